import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { reason } from '@/app/api.ts'

interface Asked<T> {
  /** The newest answer; what was there before stays until then. */
  answer: ShallowRef<T | undefined>
  isLoading: Ref<boolean>
  problem: Ref<string>
  load: () => Promise<void>
}

/**
 * Something that is asked for again as its circumstances change: a late answer to an earlier question counts no more.
 * `take` gets each answer that counts.
 */
export function useAnswer<T>(ask: () => Promise<T>, take: (answer: T) => void = () => {}): Asked<T> {
  const answer = shallowRef<T>()
  const isLoading = ref(true)
  const problem = ref('')
  let turn = 0

  async function load(): Promise<void> {
    turn += 1
    const mine = turn
    isLoading.value = true
    problem.value = ''
    try {
      const given = await ask()
      if (mine !== turn) return
      answer.value = given
      take(given)
    } catch (error) {
      if (mine === turn) problem.value = reason(error)
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  return { answer, isLoading, problem, load }
}
