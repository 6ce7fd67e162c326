import type { Data, Identity } from '@leida/api'
import { reactive } from 'vue'
import { api } from './api.ts'

type Account = Data<'/zhugeleida/admin/login', 'post'>

interface Stored {
  account: Account
  rules: string[]
  /** Set while a super-administrator acts as somebody else; what to come back to. */
  original?: Stored
}

/** Roles that every installation has. */
export const SUPER = 1
export const MANAGER = 2

const KEY = 'leida.admin'

/** Who is logged in, in all tabs of this browser. */
class Session {
  stored: Stored | null = read()
  /** Why the last session ended; shown once above the login form. */
  farewell = ''

  get account(): Account | null {
    return this.stored?.account ?? null
  }

  get identity(): Identity | null {
    return this.stored ? { userId: this.stored.account.user_id, token: this.stored.account.token } : null
  }

  get isActing(): boolean {
    return this.stored?.original !== undefined
  }

  /** Whether the role has a rule (`url_path`), as the server sees it. */
  may(right: string | undefined): boolean {
    return right === undefined || (this.stored?.rules.includes(right) ?? false)
  }

  /** Whether the account has one of these roles. */
  is(...roles: number[]): boolean {
    return this.stored !== null && roles.includes(this.stored.account.role_id)
  }

  /** Logs in; `is_reset_password` tells whether the password is still the one that was handed out. */
  async login(username: string, password: string): Promise<void> {
    const account = await api.post('/zhugeleida/admin/login', { body: { username, password } })
    this.stored = { account, rules: [] }
    await this.learnRules()
    this.farewell = ''
  }

  /** The rights may have changed since they were read: asked for at every start. */
  async learnRules(): Promise<void> {
    const { rules_list } = await api.get('/zhugeleida/admin/login_rules')
    if (!this.stored) return
    this.stored = { ...this.stored, rules: rules_list }
    write(this.stored)
  }

  /** Takes on another account (`switch_admin_user`) until `comeBack`. */
  async actAs(account: Account): Promise<void> {
    const original = this.stored ?? undefined
    this.stored = { account, rules: [], original: original?.original ?? original }
    await this.learnRules()
  }

  comeBack(): void {
    this.stored = this.stored?.original ?? null
    write(this.stored)
  }

  logout(): void {
    this.stored = null
    write(null)
  }

  /** What the server, or another tab, says: the login form is shown, with the reason. */
  end(why: string): void {
    if (!this.stored) return
    if (this.isActing) {
      this.comeBack()
      return
    }
    this.farewell = why
    this.logout()
  }

  /** Another tab logged in or out. */
  follow(): void {
    const stored = read()
    if (!stored && this.stored) this.farewell = '已在另一个窗口退出登录'
    this.stored = stored
  }
}

function read(): Stored | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Stored | null
  } catch {
    return null
  }
}

function write(stored: Stored | null): void {
  if (stored) localStorage.setItem(KEY, JSON.stringify(stored))
  else localStorage.removeItem(KEY)
}

export const session = reactive(new Session())

addEventListener('storage', (event) => {
  if (event.key === KEY || event.key === null) session.follow()
})
