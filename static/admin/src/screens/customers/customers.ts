import type { Data } from '@leida/api'

export type CustomerRow = Data<'/zhugeleida/admin/customer', 'get'>['ret_data'][number]
export type Profile = Data<'/zhugeleida/admin/customer/single/{customer_id}', 'get'>['ret_data']
export type Relation = Profile['relation_list'][number]
export type Happening = Data<'/zhugeleida/admin/customer/timeline/{customer_id}', 'get'>['ret_data'][number]
export type TagGroup = Data<'/zhugeleida/admin/customer/tags', 'get'>['ret_data'][number]
export type CompanyTag = TagGroup['tag_list'][number]

/** Some of a salesperson's customers, about to be handed over. */
export interface Leaving {
  uid: number
  staffName: string
  customerIds: number[]
}

/** Whose tags are edited: what a salesperson and a customer have with each other. */
export interface Tagged {
  customerId: number
  name: string
  uid: number
  staffName: string
  tagIds: number[]
}

export const SOURCES = [
  { value: 1, label: '扫码' },
  { value: 2, label: '转发' },
  { value: 3, label: '搜索' },
  { value: 4, label: '公众号文章' },
  { value: 5, label: '公众号视频' },
]

export const KINDS = [
  { value: 1, label: '公众号' },
  { value: 2, label: '小程序' },
]

export const ORDERS = [
  { value: '-create_date', label: '最新客户在前' },
  { value: 'create_date', label: '最早客户在前' },
  { value: '-last_activity_time', label: '最近活动在前' },
  { value: '-last_follow_time', label: '最近跟进在前' },
  { value: 'last_follow_time', label: '最久未跟进在前' },
  { value: '-expedted_pr', label: '预计成交率从高到低' },
  { value: '-interest', label: '兴趣从高到低' },
]

export function kindOf(userType: number): string {
  return KINDS.find((kind) => kind.value === userType)?.label ?? ''
}

/** The name that the salesperson gave, with the customer's own behind it. */
export function nameOf(row: { username: string; memo_name: string }): string {
  if (!row.memo_name || row.memo_name === row.username) return row.username
  return row.username ? `${row.memo_name}（${row.username}）` : row.memo_name
}
