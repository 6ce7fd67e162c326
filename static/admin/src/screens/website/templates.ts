import type { Data } from '@leida/api'

export type Template = Data<'/zhugeleida/admin/website_template', 'get'>['ret_data'][number]
