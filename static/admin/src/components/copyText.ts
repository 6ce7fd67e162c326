import { ElMessage } from 'element-plus'

/** Puts a text on the clipboard and says so. Without https browsers do not offer the clipboard, so there is the old way. */
export async function copyText(text: string): Promise<void> {
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false)
  if (isCopied || copyByHand(text)) ElMessage.success('已复制')
  else ElMessage.warning('浏览器不允许复制，请手动选中后复制')
}

function copyByHand(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  // Inside the open dialog: its focus trap takes the focus back from anywhere else.
  const place = document.activeElement?.closest('.el-dialog') ?? document.body
  place.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  return isCopied
}
