import type { Data } from '@leida/api'

export type Order = Data<'/zhugeleida/admin/theOrder', 'get'>['ret_data'][number]

/** The states of an order, in the order in which they are looked for. */
export const STATES = [
  { value: 1, label: '待付款' },
  { value: 8, label: '交易成功' },
  { value: 7, label: '确认收货' },
  { value: 4, label: '退款中' },
  { value: 2, label: '退款完成' },
  { value: 5, label: '拒绝退款' },
  { value: 3, label: '退款失败' },
  { value: 9, label: '交易失败' },
  { value: 10, label: '取消订单' },
]

const REFUND_WANTED = 4
const REFUND_FAILED = 3

export function orderKind(state: number): 'success' | 'warning' | 'danger' | 'info' | 'primary' {
  if (state === 8 || state === 7) return 'success'
  if (state === REFUND_WANTED || state === 1) return 'warning'
  if (state === REFUND_FAILED || state === 9) return 'danger'
  return 'info'
}

/** Whether somebody in the office has to say yes or no. */
export function awaitsDecision(order: Order): boolean {
  return [REFUND_WANTED, REFUND_FAILED].includes(order.theOrderStatusCode)
}

/** What happened to an order, oldest first. */
export function history(order: Order): { text: string; date: string; note?: string }[] {
  const steps = [
    { text: '客户下单', date: order.createDate },
    { text: '付款成功', date: order.payDate, note: order.transaction_id && `微信支付单号 ${order.transaction_id}` },
    { text: '申请退款', date: order.tuiKuanShenQingDate, note: order.tuiKuanYuanYin },
    { text: '退款完成', date: order.tuiKuanDate },
  ].filter((step) => step.date)
  if ([9, 10].includes(order.theOrderStatusCode)) steps.push({ text: order.theOrderStatus, date: order.stopDate })
  if ([REFUND_FAILED, 5].includes(order.theOrderStatusCode)) steps.push({ text: order.theOrderStatus, date: '', note: order.tuiKuanHuiFu })
  return steps
}
