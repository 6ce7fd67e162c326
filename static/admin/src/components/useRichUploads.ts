import { UploadTask, type UploadSource } from '@leida/api'
import { ElMessage } from 'element-plus'
import { computed, markRaw, onBeforeUnmount, reactive, ref, type ComputedRef, type Ref } from 'vue'
import { api, reason } from '@/app/api.ts'

/** A file on its way into the text. */
export interface RichUpload {
  key: number
  name: string
  kind: 'image' | 'video'
  /** From 0 to 1. */
  part: number
  problem: string
  task: Pick<UploadTask, 'run' | 'pause'>
}

export const PICTURES = 'image/jpeg,image/png,image/gif,image/webp,image/bmp'
export const VIDEOS = 'video/mp4,video/quicktime,video/webm'
const MEGABYTES = { image: 10, video: 200 }

interface RichUploads {
  running: Ref<RichUpload[]>
  isBusy: ComputedRef<boolean>
  /** Takes the pictures and videos among the files; false when there is none. */
  take: (files: File[]) => boolean
  again: (upload: RichUpload) => Promise<void>
  giveUp: (upload: RichUpload) => void
}

/** Sends the files that go into a text, one by one in the order in which they were chosen, and tells where they are. */
export function useRichUploads(source: UploadSource, place: (kind: RichUpload['kind'], url: string) => void): RichUploads {
  const running = ref<RichUpload[]>([])
  let next = 0
  let line = Promise.resolve()

  function take(files: File[]): boolean {
    const wanted = files.filter((file) => PICTURES.includes(file.type || '-') || VIDEOS.includes(file.type || '-'))
    for (const file of wanted) {
      const kind = file.type.startsWith('video/') ? 'video' : 'image'
      if (file.size > MEGABYTES[kind] * 1024 * 1024) {
        ElMessage.warning(`「${file.name}」超过 ${MEGABYTES[kind]} MB，不能上传`)
        continue
      }
      next += 1
      const upload = reactive<RichUpload>({ key: next, name: file.name, kind, part: 0, problem: '', task: markRaw(new UploadTask(api, file, source)) })
      running.value.push(upload)
      line = line.then(() => send(upload))
    }
    return wanted.length > 0
  }

  async function send(upload: RichUpload): Promise<void> {
    if (!running.value.includes(upload)) return
    upload.problem = ''
    try {
      const url = await upload.task.run((part) => (upload.part = part))
      if (running.value.includes(upload)) place(upload.kind, url)
      giveUp(upload)
    } catch (error) {
      upload.problem = reason(error)
    }
  }

  function giveUp(upload: RichUpload): void {
    running.value = running.value.filter((other) => other.key !== upload.key)
    upload.task.pause()
  }

  onBeforeUnmount(() => [...running.value].forEach(giveUp))
  return { running, isBusy: computed(() => running.value.some((upload) => !upload.problem)), take, again: send, giveUp }
}
