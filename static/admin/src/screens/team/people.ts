import type { Data, Query } from '@leida/api'
import { api } from '@/app/api.ts'

type List = Data<'/zhugeleida/admin/user', 'get'>
type Filter = Partial<Omit<Query<'/zhugeleida/admin/user', 'get'>, 'type'>>

export type StaffPage = Extract<List, { mingpian_available_num: number }>
export type StaffMember = StaffPage['ret_data'][number]
export type WaitingPage = Exclude<List, StaffPage>
export type WaitingPerson = WaitingPage['ret_data'][number]
export type Department = StaffPage['department_list'][number]

export const ENABLED = 1
export const DISABLED = 2

/** The list answers one of two kinds of people; which one is said by `type`. */
export async function staffPage(query: Filter): Promise<StaffPage> {
  return (await api.get('/zhugeleida/admin/user', { query })) as StaffPage
}

export async function waitingPage(query: Filter): Promise<WaitingPage> {
  return (await api.get('/zhugeleida/admin/user', { query: { ...query, type: 'temp_user' } })) as WaitingPage
}

/** How many cards the company has opened and may open. */
export async function cardQuota(): Promise<{ used: number; most: number }> {
  const { data_count, mingpian_available_num } = await staffPage({ status: ENABLED, length: 1 })
  return { used: data_count, most: mingpian_available_num }
}
