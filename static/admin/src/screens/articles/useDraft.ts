import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { session } from '@/app/session.ts'

interface Kept<Model> {
  at: string
  model: Model
}

interface Draft<Model> {
  /** What an earlier visit left unsaved; gone once it is restored or thrown away. */
  found: Ref<Kept<Model> | undefined>
  forget: () => void
  /** Writes at once what is still waiting. */
  flush: () => void
}

/** Keeps in this browser what is being written until it is saved. What was found is not overwritten before it is decided upon. */
export function useDraft<Model extends object>(name: string, model: Model, isDirty: Ref<boolean>): Draft<Model> {
  const key = `leida.draft.${session.account?.user_id ?? 0}.${name}`
  const found = ref(read<Model>(key)) as Ref<Kept<Model> | undefined>
  let timer: ReturnType<typeof setTimeout> | undefined

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (found.value || !isDirty.value) return
    try {
      localStorage.setItem(key, JSON.stringify({ at: new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString(), model }))
    } catch {
      // The browser's store is full or closed: writing goes on without a draft.
    }
  }

  function flush(): void {
    if (timer) write()
  }

  function forget(): void {
    clearTimeout(timer)
    timer = undefined
    found.value = undefined
    localStorage.removeItem(key)
  }

  watch(
    () => JSON.stringify(model),
    () => {
      clearTimeout(timer)
      timer = setTimeout(write, 800)
    },
  )
  onBeforeUnmount(flush)
  return { found, forget, flush }
}

function read<Model>(key: string): Kept<Model> | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as Kept<Model> | null) ?? undefined
  } catch {
    return undefined
  }
}
