import type { Data } from '@leida/api'
import { api } from '@/app/api.ts'

export type Grant = Data<'/zhugeleida/admin/xcx_auth_process', 'get'>['ret_data']

/** The two kinds of accounts that a company authorises. */
export type AccountKind = 'xcx' | 'gzh'

/** Where the process stands: the app id is wanted, WeChat's authorisation, what is shown of the account; or all is done. */
export type Stage = 'name' | 'authorise' | 'describe' | 'done'

export const TITLES: Record<AccountKind, string> = { xcx: '小程序', gzh: '公众号' }

const STAGES: Record<string, Stage> = { 1: 'name', 2: 'authorise', 3: 'describe' }

export async function readGrant(kind: AccountKind): Promise<{ stage: Stage; account: Grant }> {
  const { step, ret_data } = await api.get(kind === 'xcx' ? '/zhugeleida/admin/xcx_auth_process' : '/zhugeleida/admin/gzh_auth_process')
  return { stage: STAGES[String(step)] ?? 'done', account: ret_data }
}

export async function nameAccount(kind: AccountKind, appId: string): Promise<void> {
  const path = kind === 'xcx' ? '/zhugeleida/admin/xcx_auth_process/update/app_id' as const : '/zhugeleida/admin/gzh_auth_process/update/app_id' as const
  await api.post(path, { body: { authorization_appid: appId } })
}

/** A new link to WeChat's page; WeChat takes it for ten minutes. */
export async function grantLink(kind: AccountKind): Promise<string> {
  const path = kind === 'xcx' ? '/zhugeleida/admin/open_weixin/create_grant_url' as const : '/zhugeleida/admin/open_weixin_gongzhonghao/create_grant_url' as const
  return await api.post(path)
}

/** The page may show pictures of our own server only; what WeChat gave the address of is not shown. */
export function ownPicture(url: string): string {
  return /^\/?statics\//.test(url) ? url : ''
}
