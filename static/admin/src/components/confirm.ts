import { ElMessage, ElMessageBox } from 'element-plus'
import { explain } from '@/app/api.ts'

/** Asks before something is lost (or, `harmless`, before something of consequence), does it, says so. True when it was done. */
export async function confirmThen(question: string, work: () => Promise<unknown>, words: { title?: string; button?: string; done?: string; harmless?: boolean } = {}): Promise<boolean> {
  const { title = '请确认', button = '删除', done = '已删除', harmless = false } = words
  const isSure = await ElMessageBox.confirm(question, title, {
    type: harmless ? 'info' : 'warning',
    confirmButtonText: button,
    cancelButtonText: '取消',
    confirmButtonClass: harmless ? '' : 'el-button--danger',
  })
    .then(() => true)
    .catch(() => false)
  return isSure && attempt(work, done)
}

/** Does something that needs no question; explains a failure. True when it was done. */
export async function attempt(work: () => Promise<unknown>, done = '已完成'): Promise<boolean> {
  try {
    await work()
    if (done) ElMessage.success(done)
    return true
  } catch (error) {
    explain(error)
    return false
  }
}
