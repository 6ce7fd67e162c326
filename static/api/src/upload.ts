import { type Api } from './client.ts'
import { ApiError } from './error.ts'

/** What a file is for (`img_source`); decides which kinds are taken. */
export type UploadSource =
  | 'user_photo' | 'user_avatar' | 'cover_picture' | 'product_picture' | 'feedback' | 'website' | 'wcx_head_image'
  | 'article' | 'admin_qrcode' | 'case' | 'goods' | 'logo'

/** Bytes of one slice: small enough for a progress bar that moves, large enough for few requests. */
const SLICE = 512 * 1024
const TRIES = 4

/** One file on its way, in slices. Can be paused and resumed, also after a reload when the same file is chosen again. */
export class UploadTask {
  private readonly api: Api
  private readonly file: File
  private readonly source: UploadSource
  private abort = new AbortController()

  constructor(api: Api, file: File, source: UploadSource) {
    this.api = api
    this.file = file
    this.source = source
  }

  /** Sends what the server has not got yet, and merges; the file's address, without a leading slash. `onProgress` from 0 to 1. */
  async run(onProgress: (part: number) => void = () => {}): Promise<string> {
    this.abort = new AbortController()
    const slices = Math.max(1, Math.ceil(this.file.size / SLICE))
    const there = await this.received()
    if (there.url) return there.url
    let sent = there.slices.length
    onProgress(sent / slices)
    for (let number = 0; number < slices; number += 1) {
      if (there.slices.includes(number)) continue
      await this.insist(() => this.send(number))
      sent += 1
      onProgress(sent / slices)
    }
    const form = { img_name: this.file.name, timestamp: this.key, chunk_num: slices, img_source: this.source }
    const merged = await this.insist(() => this.api.post('/zhugeleida/public/img_merge', { body: form, signal: this.abort.signal }))
    return merged.picture_url
  }

  /** Ends `run` with an AbortError; the slices stay on the server for an hour. */
  pause(): void {
    this.abort.abort()
  }

  /** The same for the same file whenever it is chosen: that is what makes it resumable. */
  private get key(): string {
    return `${this.file.lastModified}-${this.file.size}`
  }

  private async received(): Promise<{ slices: number[]; url: string }> {
    const query = { img_name: this.file.name, img_timestamp: this.key }
    const { ret_data: state } = await this.api.get('/zhugeleida/public/img_status', { query, signal: this.abort.signal })
    return { slices: state.chunk_list, url: state.is_merged ? state.picture_url : '' }
  }

  private async send(number: number): Promise<void> {
    const form = new FormData()
    form.set('img_name', this.file.name)
    form.set('timestamp', this.key)
    form.set('chunk', String(number))
    form.set('img_source', this.source)
    form.set('img_data', this.file.slice(number * SLICE, (number + 1) * SLICE), 'slice')
    await this.api.post('/zhugeleida/public/img_upload', { body: form as never, signal: this.abort.signal })
  }

  /** A slice that the network lost is sent again, a little later each time. */
  private async insist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        const mayPass = error instanceof ApiError && (error.isOffline || error.code >= 500)
        if (!mayPass || attempt === TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt))
      }
    }
  }
}
