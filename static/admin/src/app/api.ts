import { Api, ApiError } from '@leida/api'
import { ElMessage } from 'element-plus'
import { session } from './session.ts'

/** The back office's calls, signed by whoever is logged in. */
export const api: Api = new Api({
  identity: () => session.identity,
  onSessionEnd: (error) => session.end(error.code === 306 ? '账户已被停用，请联系管理员' : '登录已失效：密码已修改，或已在别处退出'),
})

/** Shows why something failed; what is shown at fields, aborted, or ended the session is not repeated. */
export function explain(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  if (error instanceof ApiError && error.isSessionEnd) return
  ElMessage.error({ message: reason(error), grouping: true, showClose: true })
}

/** Why something failed, in words for the reader. */
export function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return '页面出错了，请刷新后重试'
  if (error.code === 403) return error.message || '没有权限执行此操作'
  return error.message
}

/** Starts the download of a file that the server makes. The signature is in the address, so it is made at the last moment. */
export function download(path: string, query: Record<string, string | number | null | undefined> = {}): void {
  const link = document.createElement('a')
  link.href = api.signed(path, query)
  link.download = ''
  link.click()
}
