import { ApiError } from '@leida/api'

/**
 * Some refusals are one sentence with a code of its own (300: the name is taken, 305: the password is weak) instead of
 * messages by field. `fields` tells which field of the form such a code is about: `codeAtField({ 300: 'name' }, api.post(…))`.
 */
export async function codeAtField<T>(fields: Record<number, string>, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const field = error instanceof ApiError && Object.keys(error.fields).length === 0 ? fields[error.code] : undefined
    throw field && error instanceof ApiError ? new ApiError(error.code, error.message, { [field]: [error.message] }) : error
  }
}
