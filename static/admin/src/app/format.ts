/** How things are written everywhere in the back office. */

/** 1234567 → 1,234,567. Nothing known: a dash. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toLocaleString('zh-CN')
}

/** Date and time as `YYYY-MM-DD HH:mm`; the documents write them in three ways. Empty: a dash. */
export function moment(text: string | null | undefined): string {
  if (!text) return '–'
  return text.replace('T', ' ').slice(0, 16)
}

/** The date alone, `YYYY-MM-DD`. Empty: a dash. */
export function day(text: string | null | undefined): string {
  return text ? text.slice(0, 10) : '–'
}

/** Seconds as people say them: 45 秒, 3 分 20 秒, 1 小时 5 分. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} 秒`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} 分` : `${minutes} 分 ${Math.round(seconds % 60)} 秒`
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`
}

/** 1536 → 1.5 KB. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const step = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1)
  const number = value / 1024 ** step
  return `${step === 0 || number >= 100 ? Math.round(number) : number.toFixed(1)} ${units[step]}`
}

/** `statics/…` as the browser asks for it; whole addresses stay. */
export function picture(url: string | null | undefined): string {
  if (!url) return ''
  return /^(https?:|data:|blob:|\/)/.test(url) ? url : `/${url}`
}

/** Text without the tags of its HTML. */
export function plain(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent?.trim() ?? ''
}
