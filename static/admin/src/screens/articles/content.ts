interface Block {
  type: string
  data: string[]
}

/**
 * The content of an article as HTML. Some articles are stored as blocks of texts and pictures; they become headings,
 * paragraphs and pictures.
 */
export function asHtml(content: string): string {
  const blocks = blocksOf(content)
  if (!blocks) return content
  const root = document.createElement('div')
  for (const { type, data } of blocks) {
    if (type.endsWith('_url')) {
      for (const url of data) {
        const media = document.createElement(type === 'video_url' ? 'video' : 'img')
        media.setAttribute('src', url)
        if (type === 'video_url') media.setAttribute('controls', '')
        root.append(media)
      }
    } else {
      for (const text of data) {
        const paragraph = document.createElement(type === 'title' ? 'h2' : 'p')
        paragraph.textContent = new DOMParser().parseFromString(text, 'text/html').body.textContent
        root.append(paragraph)
      }
    }
  }
  return root.innerHTML
}

/** Whether the content is stored as blocks. */
export function isBlocks(content: string): boolean {
  return blocksOf(content) !== undefined
}

function blocksOf(content: string): Block[] | undefined {
  if (!content.trim().startsWith('{')) return undefined
  try {
    const parsed = JSON.parse(content) as { cover_data?: Block[]; article_data?: Block[] }
    if (!parsed.cover_data && !parsed.article_data) return undefined
    return [...(parsed.cover_data ?? []), ...(parsed.article_data ?? [])]
  } catch {
    return undefined
  }
}
