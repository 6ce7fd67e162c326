import { ElMessageBox } from 'element-plus'
import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'

/** Asks whether unsaved changes are to be given up. */
export async function mayGiveUp(): Promise<boolean> {
  return await ElMessageBox.confirm('有尚未保存的修改，确定放弃吗？', '放弃修改', { type: 'warning', confirmButtonText: '放弃', cancelButtonText: '继续编辑' })
    .then(() => true)
    .catch(() => false)
}

/** Leaving the screen, or closing the browser's tab, with unsaved changes is asked about. For screens that are one whole form. */
export function guardLeaving(isDirty: () => boolean): void {
  function onUnload(event: BeforeUnloadEvent): void {
    if (isDirty()) event.preventDefault()
  }
  onBeforeRouteLeave(async () => !isDirty() || (await mayGiveUp()))
  onMounted(() => addEventListener('beforeunload', onUnload))
  onBeforeUnmount(() => removeEventListener('beforeunload', onUnload))
}
