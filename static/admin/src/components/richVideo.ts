import { mergeAttributes, Node } from '@tiptap/core'

/** A video between paragraphs; written as a plain `<video controls src>`, which every page that shows articles plays. */
export const RichVideo = Node.create({
  name: 'video',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({ src: { default: null }, poster: { default: null } }),
  parseHTML: () => [{ tag: 'video[src]' }],
  renderHTML: ({ HTMLAttributes }) => ['video', mergeAttributes({ controls: '', preload: 'metadata' }, HTMLAttributes)],
})
