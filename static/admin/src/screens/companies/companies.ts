import type { Data } from '@leida/api'
import { api } from '@/app/api.ts'
import { everything } from '@/components/wholeList.ts'

export type Company = Data<'/zhugeleida/admin/company', 'get'>['ret_data'][number]
export type Connection = Data<'/zhugeleida/admin/company/author_status', 'get'>['ret_data'][number]

/** `open_length_time` in words. */
export const TERMS: Record<number, string> = { 1: '一个月', 2: '二个月', 3: '三个月', 4: '一年', 5: '二年' }

export async function allCompanies(order?: string): Promise<Company[]> {
  return await everything((query) => api.get('/zhugeleida/admin/company', { query: { ...query, order } }))
}

/** The installation's own company never expires. */
export function isForever(company: Pick<Company, 'account_expired_time'>): boolean {
  return company.account_expired_time.startsWith('9999')
}
