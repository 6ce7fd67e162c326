import createClient from 'openapi-fetch'
import { ApiError } from './error.ts'
import type { paths } from './schema.d.ts'
import { Clock, signature, type Identity } from './sign.ts'

type Method = 'get' | 'post'
type Operation<P extends keyof paths, M extends Method> = paths[P][M]
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends undefined ? never : P }[keyof paths] & string

/** A path of the document that can be read. */
export type GetPath = PathsWith<'get'>
/** A path of the document that can be written to. */
export type PostPath = PathsWith<'post'>

/** The query of an operation, without the signature. */
export type Query<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { parameters: { query?: infer Q } } ? (Q extends undefined ? never : NonNullable<Q>) : never

/** The segments of an operation's path. */
type Segments<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { parameters: { path: infer S } } ? S : never

/** The body of an operation. */
export type Body<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody?: infer B }
    ? NonNullable<B> extends { content: { 'application/json': infer J } }
      ? J
      : never
    : never

/** What an operation answers in `data`. */
export type Data<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: { 200: { content: infer C } } }
    ? C[keyof C] extends { data: infer D }
      ? D
      : never
    : never

interface Options<P extends keyof paths, M extends Method> {
  query?: Partial<Query<P, M>>
  path?: Segments<P, M>
  body?: Body<P, M>
  /** Ends the call early; it then fails as aborted. */
  signal?: AbortSignal
}

interface Envelope {
  code: number
  msg: string
  data: unknown
}

/** Where an `Api` gets its signer from, and whom it tells. */
interface Hooks {
  identity: () => Identity | null
  /** An answer said that the session is over. */
  onSessionEnd?: (error: ApiError) => void
}

/** The server's operations: `api.get(path, { query })`, `api.post(path, { body })`, both answering `data` or failing with `ApiError`. */
export class Api {
  readonly clock = new Clock()
  private readonly client = createClient({ baseUrl: location.origin, fetch: (request) => fetch(request), querySerializer: { array: { style: 'form', explode: false } } })
  private readonly hooks: Hooks

  constructor(hooks: Hooks) {
    this.hooks = hooks
    this.client.use({ onResponse: ({ response }) => this.clock.learn(response.headers.get('date')) })
  }

  async get<P extends GetPath>(path: P, options: Options<P, 'get'> = {}): Promise<Data<P, 'get'>> {
    return (await this.call('GET', path, options)).data as Data<P, 'get'>
  }

  async post<P extends PostPath>(path: P, options: Options<P, 'post'> = {}): Promise<Data<P, 'post'>> {
    return (await this.call('POST', path, options)).data as Data<P, 'post'>
  }

  /** As `post`, with the server's `msg`, where that is to be shown. */
  async postForMessage<P extends PostPath>(path: P, options: Options<P, 'post'> = {}): Promise<{ data: Data<P, 'post'>; msg: string }> {
    const { data, msg } = await this.call('POST', path, options)
    return { data: data as Data<P, 'post'>, msg }
  }

  /** A signed address of a path, for downloads and sockets. */
  signed(url: string, query: Record<string, string | number | boolean | null | undefined> = {}): string {
    const address = new URL(url, location.origin)
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined && value !== '') address.searchParams.set(name, String(value))
    }
    for (const [name, value] of Object.entries(this.signature())) address.searchParams.set(name, value)
    return address.toString()
  }

  private signature(): Record<string, string> {
    const identity = this.hooks.identity()
    return identity ? signature(identity, this.clock.now()) : {}
  }

  private async call(method: 'GET' | 'POST', path: string, options: object): Promise<Envelope> {
    const { query, path: segments, body, signal } = options as Options<keyof paths, Method>
    const parameters = { params: { query: { ...present(query), ...this.signature() }, path: segments }, body, signal }
    let answer: { data?: unknown; error?: unknown; response: Response }
    try {
      // The document's types were checked by `get` and `post`.
      answer = await (this.client[method] as (path: string, options: unknown) => Promise<typeof answer>)(path, parameters)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiError(0, '无法连接服务器，请检查网络后重试')
    }
    const envelope = (answer.data ?? answer.error) as Envelope | undefined
    if (typeof envelope?.code !== 'number') throw new ApiError(answer.response.status, '服务器返回了无法识别的内容')
    if (envelope.code === 200) return envelope
    const error = new ApiError(envelope.code, envelope.msg || '操作失败', envelope.data)
    if (error.isSessionEnd) this.hooks.onSessionEnd?.(error)
    throw error
  }
}

/** Empty fields are no filter. */
function present(query: unknown): Record<string, unknown> {
  const entries = Object.entries((query ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.filter(([, value]) => value !== '' && value !== null && value !== undefined))
}
