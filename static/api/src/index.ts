/** The one way from our front ends to the server: typed by the OpenAPI document, signed, unwrapped from the envelope. */
export { Api, type Body, type Data, type GetPath, type PostPath, type Query } from './client.ts'
export { ApiError, type FieldErrors } from './error.ts'
export { Clock, signature, type Identity } from './sign.ts'
export { LiveSocket } from './socket.ts'
export { UploadTask, type UploadSource } from './upload.ts'
export type { components } from './schema.d.ts'
