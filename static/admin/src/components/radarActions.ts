import { CircleClose, Collection, CopyDocument, DataAnalysis, Document, Goods, Medal, Message, Microphone, Monitor, Notebook, Phone, Pointer, Postcard, Present, Promotion, Reading, Service, Share, ShoppingBag, ShoppingCart, Stamp, Tickets, VideoPlay } from '@element-plus/icons-vue'
import type { Component } from 'vue'

/** What a kind of act is worth to a salesperson: looking, spreading, getting in touch, buying. */
export type Tone = 'primary' | 'success' | 'warning' | 'danger' | 'info'

export interface RadarAction {
  code: number
  name: string
  icon: Component
  tone: Tone
}

/** The action codes of the documents, in their order. */
export const RADAR_ACTIONS: RadarAction[] = [
  { code: 1, name: '查看名片', icon: Postcard, tone: 'primary' },
  { code: 2, name: '查看产品', icon: Goods, tone: 'primary' },
  { code: 3, name: '查看动态', icon: DataAnalysis, tone: 'primary' },
  { code: 4, name: '查看官网', icon: Monitor, tone: 'primary' },
  { code: 5, name: '复制微信', icon: CopyDocument, tone: 'success' },
  { code: 6, name: '转发名片', icon: Share, tone: 'warning' },
  { code: 7, name: '咨询产品', icon: Service, tone: 'success' },
  { code: 8, name: '保存电话', icon: Collection, tone: 'success' },
  { code: 9, name: '觉得靠谱', icon: Medal, tone: 'success' },
  { code: 10, name: '拨打电话', icon: Phone, tone: 'success' },
  { code: 11, name: '播放语音', icon: Microphone, tone: 'primary' },
  { code: 12, name: '复制邮箱', icon: Message, tone: 'success' },
  { code: 13, name: '授权访问', icon: Stamp, tone: 'success' },
  { code: 14, name: '查看文章', icon: Document, tone: 'primary' },
  { code: 15, name: '转发文章到朋友', icon: Share, tone: 'warning' },
  { code: 16, name: '转发文章到朋友圈', icon: Promotion, tone: 'warning' },
  { code: 17, name: '报名活动', icon: Tickets, tone: 'success' },
  { code: 18, name: '下单成功', icon: ShoppingCart, tone: 'danger' },
  { code: 19, name: '点赞文章', icon: Present, tone: 'success' },
  { code: 20, name: '取消订单', icon: CircleClose, tone: 'info' },
  { code: 21, name: '查看日记首页', icon: Notebook, tone: 'primary' },
  { code: 22, name: '查看日记详情', icon: Reading, tone: 'primary' },
  { code: 23, name: '发送小程序', icon: ShoppingBag, tone: 'warning' },
  { code: 24, name: '查看视频', icon: VideoPlay, tone: 'primary' },
]

const BY_CODE = new Map(RADAR_ACTIONS.map((action) => [action.code, action]))

/** How an action is drawn, also one that is not known yet. */
export function radarAction(code: number | null | undefined): RadarAction {
  return BY_CODE.get(code ?? 0) ?? { code: code ?? 0, name: '其他行为', icon: Pointer, tone: 'info' }
}

/** The line of the log without the customer's name, which stands beside it. */
export function withoutName(log: string, name: string): string {
  return name && log.startsWith(name) ? log.slice(name.length) : log
}
