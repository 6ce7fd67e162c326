import type { FormItemRule } from 'element-plus'

/** What the server asks of a password. */
export const PASSWORD: FormItemRule = {
  validator: (_rule: unknown, value: string, done: (error?: Error) => void) => {
    const isStrong = value === '' || ([...value].length >= 8 && /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value))
    done(isStrong ? undefined : new Error('至少八位，包含大写字母、小写字母和数字'))
  },
  trigger: 'blur',
}

// Without characters that are taken for one another when somebody reads the password out.
const SETS = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789']
const LENGTH = 12

/** A random first password that meets the rule. */
export function freshPassword(): string {
  const all = SETS.join('')
  const characters = Array.from({ length: LENGTH }, (_, index) => pick(SETS[index] ?? all))
  // One of each kind comes first; shuffled, so that nobody knows which.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = random(last + 1)
    ;[characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? '']
  }
  return characters.join('')
}

function pick(set: string): string {
  return set[random(set.length)] ?? ''
}

function random(below: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % below
}
