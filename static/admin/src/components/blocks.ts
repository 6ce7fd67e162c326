/** A part of a product's or a diary's content, as it is stored. */
export interface Block {
  type: string
  data: string[]
}

/** A block that is being edited; `key` keeps it apart while blocks are moved. */
export interface EditedBlock {
  key: number
  kind: 'title' | 'content' | 'picture_url' | 'video_url'
  text: string
  urls: string[]
}

let next = 0

export function newBlock(kind: EditedBlock['kind'], text = '', urls: string[] = []): EditedBlock {
  next += 1
  return { key: next, kind, text, urls }
}

const MEDIA = ['picture_url', 'video_url']

/** What is stored, ready to be edited. A kind that nobody knows is shown as text, so that nothing is lost. */
export function toEdited(blocks: Block[]): EditedBlock[] {
  return blocks.map(({ type, data }) => {
    if (type === 'picture_url' || type === 'video_url') return newBlock(type, '', [...data])
    return newBlock(type === 'title' ? 'title' : 'content', data.join('\n'))
  })
}

/** What was edited, ready to be stored; empty blocks are left out. */
export function toStored(blocks: EditedBlock[]): Block[] {
  return blocks
    .filter((block) => (MEDIA.includes(block.kind) ? block.urls.length > 0 : block.text.trim() !== ''))
    .map((block) => ({ type: block.kind, data: MEDIA.includes(block.kind) ? [...block.urls] : [block.text.trim()] }))
}
