import type { Data } from '@leida/api'
import { api } from '@/app/api.ts'
import { MANAGER, session, SUPER } from '@/app/session.ts'
import { everything } from '@/components/wholeList.ts'

export type Administrator = Data<'/zhugeleida/admin/admin_userprofile', 'get'>['ret_data'][number]

export const ENABLED = 1
export const DISABLED = 2

export async function allAdministrators(): Promise<Administrator[]> {
  return await everything((query) => api.get('/zhugeleida/admin/admin_userprofile', { query: { ...query } }))
}

/** Companies to put an account into: all for role 1, else the own one. */
export async function companyChoices(): Promise<{ id: number; name: string }[]> {
  const own = { id: session.account?.company_id ?? 0, name: session.account?.company_name ?? '' }
  if (!session.is(SUPER)) return [own]
  return (await everything((query) => api.get('/zhugeleida/admin/company', { query: { ...query } }))).map((company) => ({ id: company.company_id, name: company.name }))
}

/** Nobody touches an account whose role goes beyond their own; the server holds it for roles made by hand. */
export function isWithinReach(account: Administrator): boolean {
  return session.is(SUPER) || (account.role_id !== SUPER && (session.is(MANAGER) || account.role_id !== MANAGER))
}
