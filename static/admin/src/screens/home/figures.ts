import type { Data } from '@leida/api'

export type Overview = Data<'/zhugeleida/admin/home_page/acount_data', 'get'>['ret_data']
export type Period = keyof Overview
export type FigureKey = keyof Overview['count_data']

export interface Figure {
  key: FigureKey
  /** What the chart's endpoint calls it. */
  index: number
  title: string
  help: string
}

export const FIGURES: [Figure, ...Figure[]] = [
  { key: 'customer_num', index: 1, title: '客户', help: '新增的客户' },
  { key: 'follow_num', index: 2, title: '跟进', help: '员工写下的跟进记录' },
  { key: 'browse_num', index: 3, title: '浏览', help: '客户查看名片与文章的次数' },
  { key: 'forward_num', index: 4, title: '转发', help: '客户转发名片与文章的次数' },
  { key: 'saved_total_num', index: 5, title: '保存电话', help: '客户保存员工电话的次数' },
  { key: 'praise_sum', index: 6, title: '点赞', help: '客户觉得靠谱、点赞文章的次数' },
]

/** All time stands in large; these beneath it. */
export const PERIODS: { key: Period; title: string }[] = [
  { key: 'today_data', title: '今日' },
  { key: 'yesterday_data', title: '昨日' },
  { key: 'nearly_seven_days', title: '近 7 天' },
  { key: 'nearly_thirty_days', title: '近 30 天' },
]
