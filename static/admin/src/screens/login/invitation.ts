import { ApiError, type Body } from '@leida/api'

/** What a person says about themselves. */
export type Registration = Body<'/zhugeleida/admin/user/scan_code_to_add_user/{o_id}', 'post'>

/** The signature that an invitation's link holds; it is good for registering and nothing else. */
export interface Invitation {
  rand_str: string
  timestamp: string
  user_id: string
}

const VALID = 7 * 86_400_000

export function isExpired(invitation: Invitation): boolean {
  return Date.now() - Number(invitation.timestamp) > VALID
}

/** The invitation in a link's query; nothing when a part of it is missing. */
export function invitationOf(query: Record<string, unknown>): Invitation | null {
  const { rand_str, timestamp, user_id } = query
  const isWhole = typeof rand_str === 'string' && typeof timestamp === 'string' && typeof user_id === 'string' && rand_str && /^\d+$/.test(timestamp) && user_id
  return isWhole ? { rand_str, timestamp, user_id } : null
}

/** Registers somebody who has no account: signed by the invitation, whoever may be logged in in this browser. */
export async function register(invitation: Invitation, person: Registration): Promise<void> {
  const address = `/zhugeleida/admin/user/scan_code_to_add_user/0?${new URLSearchParams({ ...invitation })}`
  let answer: Response
  try {
    answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(person) })
  } catch {
    throw new ApiError(0, '无法连接服务器，请检查网络后重试')
  }
  const envelope = (await answer.json().catch(() => null)) as { code?: number; msg?: string; data?: unknown } | null
  if (typeof envelope?.code !== 'number') throw new ApiError(answer.status, '服务器返回了无法识别的内容，请稍后重试')
  if (envelope.code !== 200) throw new ApiError(envelope.code, envelope.msg || '登记失败', envelope.data)
}
