import { describe, expect, it, vi } from 'vitest'
import { Api, UploadTask } from '../src/index.ts'

/** A server that keeps slices, in so many words. */
function standIn(received: number[], failures = 0) {
  const sent: number[] = []
  let left = failures
  const answer = (data: unknown) => new Response(JSON.stringify({ code: 200, msg: '', data }), { headers: { 'content-type': 'application/json' } })
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.url.includes('img_status')) return answer({ ret_data: { chunk_list: received, is_merged: false, picture_url: '' } })
    if (request.url.includes('img_merge')) return answer({ picture_url: 'statics/a.png', ret_data: { picture_url: 'statics/a.png' } })
    if (left > 0) {
      left -= 1
      throw new TypeError('network')
    }
    sent.push(Number((await request.formData()).get('chunk')))
    return answer({})
  })
  return sent
}

const api = new Api({ identity: () => ({ userId: 1, token: 't' }) })
const file = () => new File([new Uint8Array(1_200_000)], 'a.png', { lastModified: 5 })

describe('an upload', () => {
  it('sends the slices that the server lacks, and tells how far it is', async () => {
    const sent = standIn([0])
    const parts: number[] = []
    const url = await new UploadTask(api, file(), 'article').run((part) => parts.push(Math.round(part * 100)))
    expect(url).toBe('statics/a.png')
    expect(sent).toEqual([1, 2])
    expect(parts).toEqual([33, 67, 100])
  })

  it('sends a slice again that the network lost', async () => {
    const sent = standIn([], 1)
    await new UploadTask(api, file(), 'article').run()
    expect(sent).toEqual([0, 1, 2])
  })
})
