import { Editor } from '@tiptap/core'
import { Image } from '@tiptap/extension-image'
import { TextAlign } from '@tiptap/extension-text-align'
import { Color, TextStyle } from '@tiptap/extension-text-style'
import { StarterKit } from '@tiptap/starter-kit'
import { RichVideo } from './richVideo.ts'

/** What the editor can show. Anything else would be lost when it is edited there. */
const TAGS = new Set('A B BLOCKQUOTE BR CODE DEL EM H1 H2 H3 H4 HR I IMG LI OL P PRE S SPAN STRIKE STRONG U UL VIDEO'.split(' '))
const STYLES = new Set(['color', 'text-align'])

/** Whether the editor shows this HTML as it is; articles from other tools hold layouts that it would flatten. */
export function isEditable(html: string): boolean {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  // A picture cannot be a link there.
  if (body.querySelector('a img, a video')) return false
  return [...body.querySelectorAll<HTMLElement>('*')].every((element) => TAGS.has(element.tagName) && [...element.style].every((property) => STYLES.has(property)))
}

/** Files of this server are stored without the leading slash; below /admin/ the browser needs it. */
export function fromStored(html: string): string {
  return html.replace(/(<(?:img|video)\b[^>]*?\s(?:src|poster)=")statics\//g, '$1/statics/')
}

/** Pictures stand between paragraphs in the editor; one alone in a paragraph would leave that behind, empty. */
export function toEditor(html: string): string {
  const { body } = new DOMParser().parseFromString(fromStored(html), 'text/html')
  for (const paragraph of body.querySelectorAll('p')) {
    const media = paragraph.querySelectorAll('img, video')
    if (media.length && !paragraph.textContent?.trim()) paragraph.replaceWith(...media)
  }
  return body.innerHTML
}

export function toStored(html: string): string {
  return html.replace(/(<(?:img|video)\b[^>]*?\s(?:src|poster)=")\/statics\//g, '$1statics/')
}

/** A picture with an empty description rather than none: readers' screen readers would spell its address. */
const Picture = Image.extend({ addAttributes() { return { ...this.parent?.(), alt: { default: '' } } } })

interface Hooks {
  element: HTMLElement
  html: string
  label: string
  onChange: (html: string) => void
  /** Something about the selection or the content is new; the toolbar looks again. */
  onTouch: () => void
  /** Pictures and videos that were pasted or dropped. True when they are taken. */
  onFiles: (files: File[]) => boolean
  onLink: () => void
}

/** The editor itself. Its styles are ours: what it would add to the page by itself the page's policy might forbid. */
export function createEditor(hooks: Hooks): Editor {
  const editor: Editor = new Editor({
    element: hooks.element,
    injectCSS: false,
    content: toEditor(hooks.html),
    extensions: [
      StarterKit.configure({
        heading: { levels: [1, 2, 3, 4] },
        link: { openOnClick: false, defaultProtocol: 'https', protocols: ['mailto', 'tel'], HTMLAttributes: { target: null, rel: null } },
      }),
      Picture,
      RichVideo,
      TextStyle,
      Color,
      TextAlign.configure({ types: ['heading', 'paragraph'] }),
    ],
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': hooks.label },
      handlePaste: (_view, event) => hooks.onFiles([...(event.clipboardData?.files ?? [])]),
      handleDrop: (_view, event, _slice, isMoved) => !isMoved && hooks.onFiles([...(event.dataTransfer?.files ?? [])]),
      handleKeyDown: (_view, event) => {
        if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return false
        event.preventDefault()
        hooks.onLink()
        return true
      },
    },
    onUpdate: () => hooks.onChange(editor.isEmpty ? '' : toStored(editor.getHTML())),
    onTransaction: () => hooks.onTouch(),
  })
  return editor
}

/** Puts a picture or a video below the paragraph that is being written, or in its place when it is empty. */
export function insertMedia(editor: Editor, type: 'image' | 'video', src: string): void {
  const { $to } = editor.state.selection
  const isEmptyBlock = $to.depth > 0 && $to.parent.isTextblock && $to.parent.content.size === 0
  const place = $to.depth === 0 ? $to.pos : isEmptyBlock && $to.depth === 1 ? { from: $to.before(1), to: $to.after(1) } : $to.after(1)
  // A paragraph behind it, to go on writing.
  editor.chain().focus().insertContentAt(place, [{ type, attrs: { src } }, { type: 'paragraph' }]).run()
}
