import { api } from '@/app/api.ts'
import { session } from '@/app/session.ts'
import { everything } from '@/components/wholeList.ts'
import type { ShownPlugin } from '@/screens/plugins/shown.ts'

export type AdKind = 'none' | 'sender' | 'card' | 'activity' | 'goods' | 'text'

/** What is chosen to stand below an article. `text` is `insert_ads` as it is, where no plugin is meant. */
export interface AdChoice {
  kind: AdKind
  id?: number
  text: string
}

/** A plugin that can be chosen. */
export interface PluginOption {
  id: number
  label: string
  shown: ShownPlugin
}

/** Those of the company, by kind. */
export type PluginOptions = Record<'card' | 'activity' | 'goods', PluginOption[]>

export function noPlugins(): PluginOptions {
  return { card: [], activity: [], goods: [] }
}

/** `insert_ads` as it is stored: JSON with a `type`, or any words. */
export function toChoice(stored: string): AdChoice {
  const text = stored.trim()
  if (!text) return { kind: 'none', text: '' }
  const parsed = parse(text)
  const id = Number(parsed?.id) || undefined
  if (parsed?.type === 'mingpian') return id ? { kind: 'card', id, text: '' } : { kind: 'sender', text: '' }
  if (parsed?.type === 'baoming' && id) return { kind: 'activity', id, text: '' }
  if ((parsed?.type === 'goods' || parsed?.type === 'shangpin') && id) return { kind: 'goods', id, text: '' }
  return { kind: 'text', text }
}

export function fromChoice(choice: AdChoice): string {
  if (choice.kind === 'none') return ''
  if (choice.kind === 'text') return choice.text.trim()
  if (choice.kind === 'sender') return JSON.stringify({ mingpian: true, type: 'mingpian' })
  const type = { card: 'mingpian', activity: 'baoming', goods: 'goods' }[choice.kind]
  return JSON.stringify({ ...(choice.kind === 'card' ? { mingpian: true } : {}), type, id: choice.id })
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Everything that can be chosen; nothing without the right to see plugins. */
export async function loadPlugins(): Promise<PluginOptions> {
  if (!session.may('chajian/chakan')) return noPlugins()
  const [cards, activities, goods] = await Promise.all([
    everything((page) => api.get('/zhugeleida/admin/plugin_mingpian', { query: { ...page } })),
    everything((page) => api.get('/zhugeleida/admin/plugin_report', { query: { ...page } })),
    everything((page) => api.get('/zhugeleida/admin/plugin_goods', { query: { ...page } })),
  ])
  return {
    card: cards.map((card) => ({ id: card.mingpian_id, label: `${card.name}（${card.username}）`, shown: { ...card, kind: 'card' } })),
    activity: activities.map((activity) => ({ id: activity.id, label: activity.title, shown: { ...activity, kind: 'activity' } })),
    goods: goods.map((one) => ({ id: one.goods_id, label: one.title, shown: { ...one, kind: 'goods' } })),
  }
}

/** What a reader will see; nothing where nothing is chosen yet. */
export function shownPlugin(choice: AdChoice, options: PluginOptions): ShownPlugin | undefined {
  if (choice.kind === 'none') return undefined
  if (choice.kind === 'text') return choice.text ? { kind: 'text', text: choice.text } : undefined
  // Who passes the article on is not known here.
  if (choice.kind === 'sender') return { kind: 'card', username: '转发员工的姓名', position: '职位', phone: '手机号' }
  const found = options[choice.kind].find((option) => option.id === choice.id)
  return found?.shown ?? (choice.id ? { kind: 'text', text: '已选择的插件（由其他管理员创建）' } : undefined)
}
