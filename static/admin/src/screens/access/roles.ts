import type { Data } from '@leida/api'
import { api } from '@/app/api.ts'
import { MANAGER, session, SUPER } from '@/app/session.ts'
import { everything } from '@/components/wholeList.ts'

export type Role = Data<'/zhugeleida/admin/admin_role', 'get'>['ret_data'][number]
export interface RoleChoice {
  id: number
  name: string
}

/** The third role that every installation has. */
export const ORDINARY = 3
const MAY_ALL = [SUPER, MANAGER]

/** The roles that the program itself knows, in words. */
export const SYSTEM_ROLES: Record<number, string> = {
  [SUPER]: '可见全部公司，拥有全部权限，可以设置系统、代为操作其他账号。不能修改或删除。',
  [MANAGER]: '拥有本公司的全部权限。不能修改或删除。',
  [ORDINARY]: '默认的普通账号，只有勾选的权限。不能删除。',
}

/** Whether a role has every rule, whatever is ticked. */
export function hasAll(role: number): boolean {
  return MAY_ALL.includes(role)
}

export async function allRoles(): Promise<Role[]> {
  return await everything((query) => api.get('/zhugeleida/admin/admin_role', { query: { ...query } }))
}

/** The roles that somebody may give: nobody gives more than they have, which the server checks. */
export async function grantableRoles(own: number): Promise<RoleChoice[]> {
  const known = session.may('juese/chakan') ? (await allRoles()).map((role) => ({ id: role.role_id, name: role.role_name })) : [{ id: ORDINARY, name: '普通用户' }]
  return known.filter((role) => own === SUPER || (role.id !== SUPER && (own === MANAGER || role.id !== MANAGER))).sort((one, other) => one.id - other.id)
}
