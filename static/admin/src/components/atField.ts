import { ApiError } from '@leida/api'

/** Shows a refusal that names no field, such as a name that is taken, beside the field that it is about. */
export async function atField<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isTaken = error instanceof ApiError && (error.code === 300 || error.code === 303) && Object.keys(error.fields).length === 0
    throw isTaken ? new ApiError(error.code, error.message, { [field]: [error.message] }) : error
  }
}
