import { toEdited, toStored, type Block, type EditedBlock } from '@/components/blocks.ts'

/** Covers and contents of cases and diaries are JSON texts whose shape the clients chose over time. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The addresses of a cover: a list of texts, of `{url}` or of `{picture_url}`. */
export function coverUrls(text: string): string[] {
  const cover = parsed(text)
  const items = Array.isArray(cover) ? cover : cover ? [cover] : []
  return items
    .map((item: unknown) => {
      if (typeof item === 'string') return item
      const { url, picture_url, video_url } = (item ?? {}) as Record<string, unknown>
      return url ?? picture_url ?? video_url
    })
    .filter((url): url is string => typeof url === 'string' && url !== '')
}

/** The blocks of a diary's content; a bare text is one block. */
export function contentBlocks(text: string): Block[] {
  const content = parsed(text)
  if (content === null) return text && text !== '{}' ? [{ type: 'content', data: [text] }] : []
  if (typeof content === 'string') return content ? [{ type: 'content', data: [content] }] : []
  if (!Array.isArray(content)) return []
  return content
    .filter((block): block is { type: string; data: unknown } => typeof block === 'object' && block !== null && 'type' in block && 'data' in block)
    .map(({ type, data }) => ({ type: String(type), data: (Array.isArray(data) ? data : [data]).map(String) }))
}

export function editedContent(text: string): EditedBlock[] {
  return toEdited(contentBlocks(text))
}

export function storedContent(blocks: EditedBlock[]): string {
  return JSON.stringify(toStored(blocks))
}
