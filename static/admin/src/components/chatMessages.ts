/** What a message holds beside its `info_type`. */
export interface MessageContent {
  msg?: string
  url?: string
  product_name?: string
  product_cover_url?: string
  product_price?: string
  product_id?: number
}

export const INFO = { text: 1, product: 2, phone: 3, picture: 4, media: 5, mall: 6 } as const

/** Who sent it. */
export const SENDER = { staff: 1, customer: 2, system: 3 } as const

/** What stands in one line for a message that has no text. */
export function lineOf(infoType: number | null, text: string): string {
  if (text) return text
  if (infoType === INFO.picture) return '[图片]'
  if (infoType === INFO.media) return '[语音或视频]'
  return '[消息]'
}

/** Both come as 5; the file's name tells them apart. */
export function isVoice(url: string): boolean {
  return /\.(mp3|amr|wav|ogg|m4a|aac|silk|speex)(\?|$)/i.test(url)
}

export interface Part {
  text: string
  isHit: boolean
}

/** A text, cut where it matches, whatever the case. */
export function hits(text: string, keyword: string): Part[] {
  if (!keyword) return [{ text, isHit: false }]
  const parts: Part[] = []
  const low = text.toLowerCase()
  const wanted = keyword.toLowerCase()
  // Some letters change their length in lower case; then nothing is marked, rather than the wrong place.
  if (low.length !== text.length) return [{ text, isHit: false }]
  let at = 0
  for (let found = low.indexOf(wanted); found >= 0; found = low.indexOf(wanted, at)) {
    if (found > at) parts.push({ text: text.slice(at, found), isHit: false })
    parts.push({ text: text.slice(found, found + wanted.length), isHit: true })
    at = found + wanted.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isHit: false })
  return parts
}
