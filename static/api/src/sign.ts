import { md5 } from 'js-md5'

/** Who signs. Administrators, staff and customers are numbered apart; the path tells whose number it is. */
export interface Identity {
  userId: number
  token: string
}

/** The server's time, as far as its answers told: a signature must not be older than a day or from the future. */
export class Clock {
  private offset = 0

  /** `date` is an answer's Date header, whole seconds. */
  learn(date: string | null): void {
    const server = date ? Date.parse(date) : NaN
    if (Number.isNaN(server)) return
    const offset = server - Date.now()
    // A second of rounding and the way here are no reason to move.
    if (Math.abs(offset - this.offset) > 3000) this.offset = offset
  }

  now(): number {
    return Date.now() + this.offset
  }
}

/** The three query parameters of every call: `rand_str` is md5(timestamp + token). */
export function signature(identity: Identity, now: number): Record<'user_id' | 'timestamp' | 'rand_str', string> {
  const timestamp = String(Math.floor(now))
  return { user_id: String(identity.userId), timestamp, rand_str: md5(timestamp + identity.token) }
}
