/** What a field was refused for, by wire name. */
export type FieldErrors = Record<string, string[]>

/** An answer whose code is not 200, or no answer at all (code 0). */
export class ApiError extends Error {
  readonly code: number
  readonly fields: FieldErrors
  /** What the answer held beside the message: some operations tell what was done all the same. */
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.fields = fieldsOf(data)
    this.data = data
  }

  /** The server could not be reached. */
  get isOffline(): boolean {
    return this.code === 0
  }

  /** The signature is no good any more: logged out elsewhere, password changed, account disabled. */
  get isSessionEnd(): boolean {
    // 400 says also that something has to be set up first, such as the company's contacts.
    return (this.code === 400 && this.message === 'token异常') || this.code === 306
  }
}

/** Code 301 and 303 answer `{field: [message, …]}`. */
function fieldsOf(data: unknown): FieldErrors {
  const fields: FieldErrors = {}
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return fields
  for (const [name, messages] of Object.entries(data)) {
    if (Array.isArray(messages) && messages.every((message) => typeof message === 'string')) fields[name] = messages
  }
  return fields
}
