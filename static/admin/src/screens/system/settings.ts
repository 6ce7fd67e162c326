import type { Data } from '@leida/api'

export type Setting = Data<'/zhugeleida/admin/settings', 'get'>['ret_data'][number]

export interface SettingGroup {
  name: string
  title: string
  settings: Setting[]
}

/** The settings by group, in the server's order. */
export function grouped(settings: Setting[]): SettingGroup[] {
  const groups = new Map<string, SettingGroup>()
  for (const setting of settings) {
    const group = groups.get(setting.group) ?? { name: setting.group, title: setting.group_name, settings: [] }
    group.settings.push(setting)
    groups.set(setting.group, group)
  }
  return [...groups.values()]
}

export function isSecret(setting: Setting): boolean {
  return setting.kind === 'secret' || setting.kind === 'multiline_secret'
}

export function isOfCompany(group: string): boolean {
  return group.startsWith('company.')
}

/** What stands in the field before anything is typed: never a secret. */
export function startOf(setting: Setting): string {
  if (isSecret(setting)) return ''
  if (setting.kind === 'flag') return (setting.value || setting.default) === 'true' ? 'true' : 'false'
  return setting.value
}
