import type { Data } from '@leida/api'

export type SiteBlock = Data<'/zhugeleida/admin/website', 'get'>['ret_data'][number]['website_content'][number]

/** Pictures that scroll at the top, pictures one below the other. */
export const SCROLLING = 'guntu'
export const BELOW = 'content'
export type PictureKind = typeof SCROLLING | typeof BELOW

export const MOST_PICTURES = 20

/** A block that is being edited; `key` keeps it apart while blocks are moved. */
export interface EditedPart {
  key: number
  type: string
  /** Its pictures, when it is of pictures. */
  urls: string[]
  /** What it held when it was read: other clients may have put more beside an address. */
  kept: unknown[]
}

let last = 0

export function newPart(type: string, urls: string[] = [], kept: unknown[] = []): EditedPart {
  last += 1
  return { key: last, type, urls, kept }
}

export function copyOf(part: EditedPart): EditedPart {
  return newPart(part.type, [...part.urls], [...part.kept])
}

export function hasPictures(part: { type: string }): boolean {
  return part.type === SCROLLING || part.type === BELOW
}

export function nameOf(type: string): string {
  if (type === SCROLLING) return '滚动图片'
  return type === BELOW ? '内容图片' : `其他内容（${type}）`
}

function addressOf(item: unknown): string {
  if (typeof item === 'string') return item
  const url = typeof item === 'object' && item !== null && 'picture_url' in item ? item.picture_url : ''
  return typeof url === 'string' ? url : ''
}

export function picturesOf(block: SiteBlock): string[] {
  return block.data.map(addressOf).filter(Boolean)
}

/** What is stored, ready to be edited. Blocks of kinds that this screen does not know stay as they are. */
export function toParts(blocks: SiteBlock[]): EditedPart[] {
  return blocks.map((block) => newPart(block.type, hasPictures(block) ? [...new Set(picturesOf(block))] : [], block.data))
}

/** What was edited, ready to be stored; blocks without a picture are left out. */
export function toBlocks(parts: EditedPart[]): SiteBlock[] {
  return parts
    .filter((part) => !hasPictures(part) || part.urls.length > 0)
    .map(({ type, urls, kept }) => {
      if (!hasPictures({ type })) return { type, data: kept }
      const known = new Map(kept.map((item) => [addressOf(item), item]))
      return { type, data: urls.map((url) => known.get(url) ?? { picture_url: url }) }
    })
}

/** `2 块，5 张图片`. */
export function sizeOf(blocks: SiteBlock[]): string {
  const pictures = blocks.filter(hasPictures).flatMap(picturesOf).length
  return `${blocks.length} 块，${pictures} 张图片`
}

/** The first picture, for a list. */
export function coverOf(blocks: SiteBlock[]): string {
  return blocks.filter(hasPictures).flatMap(picturesOf)[0] ?? ''
}
