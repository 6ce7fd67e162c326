import type { Body } from '@leida/api'

type Card = Body<'/zhugeleida/admin/plugin_mingpian/add/{o_id}', 'post'>
type Activity = Body<'/zhugeleida/admin/plugin_report/add/{o_id}', 'post'>
type Goods = Body<'/zhugeleida/admin/plugin_goods/add/{o_id}', 'post'>

/** What stands below an article. */
export type ShownPlugin =
  | ({ kind: 'card' } & Pick<Card, 'avatar' | 'username' | 'phone' | 'webchat_code' | 'position'>)
  | ({ kind: 'activity' } & Pick<Activity, 'title' | 'ad_slogan' | 'introduce' | 'sign_up_button'>)
  | ({ kind: 'goods' } & Pick<Goods, 'title' | 'content'>)
  | { kind: 'text'; text: string }
