import type { Data } from '@leida/api'

export type Conversation = Data<'/zhugeleida/admin/chat', 'get'>['ret_data'][number]
export type Message = Data<'/zhugeleida/admin/chat/messages', 'get'>['ret_data'][number]
export type Hit = Data<'/zhugeleida/admin/chat/search', 'get'>['ret_data'][number]

/** Whose conversation is read, and where in it. */
export interface Place {
  uid: number
  customer_id: number
  /** The message to go to; without it the newest. */
  around?: number
  keyword?: string
}

/** Who talks, as far as a list showed it. */
export interface Party {
  uid: number
  customer_id: number
  staff_name: string
  customer_name: string
  headimgurl: string
}
