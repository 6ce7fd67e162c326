import type { Data } from '@leida/api'

export type GoodsClass = Data<'/zhugeleida/xiaochengxu/goodsClassShow', 'get'>[number]

export interface ClassChoice {
  value: number
  label: string
  children: ClassChoice[]
}

/** The tree of classes as a tree select takes it. */
export function choices(classes: GoodsClass[]): ClassChoice[] {
  return classes.map(({ id, name, children }) => ({ value: id, label: name, children: choices(children ?? []) }))
}
