import { ApiError, type Data } from '@leida/api'
import { api } from '@/app/api.ts'
import { plain } from '@/app/format.ts'

export type MiniApp = Data<'/zhugeleida/admin/xcx_app', 'get'>['ret_data'][number]
export type CodeTemplate = Data<'/zhugeleida/admin/dai_xcx/template_list', 'get'>['template_list'][number]
export type Outcome = Data<'/zhugeleida/admin/dai_xcx/submit_audit', 'post'>['ret_data'][number]

/** What is done to a mini-program's code; `trial` only shows the trial version's QR code. */
export type Deed = 'submit' | 'withdraw' | 'release' | 'revert'
export type Act = Deed | 'trial' | 'upload'

type TagKind = 'success' | 'warning' | 'danger' | 'info' | 'primary'

interface Status {
  text: string
  kind: TagKind
  /** What may be done in this state, as document 002, 12.1 rules; nothing is printed there for 0. */
  acts: Act[]
}

const AGAIN: Act[] = ['trial', 'upload', 'revert']

export const STATUSES: Record<number, Status> = {
  0: { text: '未上线过', kind: 'info', acts: ['upload'] },
  1: { text: '代码上传成功', kind: 'primary', acts: ['trial', 'upload', 'submit'] },
  2: { text: '代码上传失败', kind: 'danger', acts: AGAIN },
  3: { text: '提交审核报错', kind: 'danger', acts: AGAIN },
  4: { text: '审核中', kind: 'warning', acts: ['trial', 'withdraw'] },
  5: { text: '审核通过', kind: 'success', acts: ['upload', 'release'] },
  6: { text: '审核未通过', kind: 'danger', acts: AGAIN },
  7: { text: '上线成功', kind: 'success', acts: AGAIN },
  8: { text: '上线失败', kind: 'danger', acts: AGAIN },
  9: { text: '审核撤回成功', kind: 'info', acts: AGAIN },
  10: { text: '审核撤回失败', kind: 'danger', acts: AGAIN },
  11: { text: '版本回退成功', kind: 'info', acts: ['trial', 'upload'] },
  12: { text: '版本回退失败', kind: 'danger', acts: AGAIN },
}

export function may(app: Pick<MiniApp, 'status'>, act: Act): boolean {
  return STATUSES[app.status]?.acts.includes(act) ?? false
}

export const ACT_NAMES: Record<Act, string> = { trial: '在线体验', upload: '提交代码', submit: '提交审核', withdraw: '审核撤回', release: '发布', revert: '版本回退' }

const PATHS = {
  submit: '/zhugeleida/admin/dai_xcx/submit_audit',
  withdraw: '/zhugeleida/admin/dai_xcx/undocode_audit',
  release: '/zhugeleida/admin/dai_xcx/relase_code',
  revert: '/zhugeleida/admin/dai_xcx/revert_code_release',
} as const

/** What follows from it, told before it is done. */
export const CONSEQUENCES: Record<Deed, string> = {
  submit: '提交后由微信审核，通常一到三天；审核期间不能提交新代码，可以撤回。',
  withdraw: '撤回后可以重新提交代码。微信限制每个小程序每天撤回一次、每月十次。',
  release: '发布后所有客户立即使用这个版本。',
  revert: '线上会换回上一个版本，所有客户立即受影响；不能连续回退两次。',
}

function outcomesIn(data: unknown): Outcome[] | undefined {
  const rows = typeof data === 'object' && data !== null && 'ret_data' in data ? data.ret_data : undefined
  return Array.isArray(rows) && rows.length > 0 ? (rows as Outcome[]) : undefined
}

/** When one of several failed, the answer's code is that one's; what became of each is in its data all the same. */
async function withOutcomes(work: Promise<{ ret_data: Outcome[] }>): Promise<Outcome[]> {
  try {
    return (await work).ret_data
  } catch (error) {
    const outcomes = error instanceof ApiError ? outcomesIn(error.data) : undefined
    if (outcomes) return outcomes
    throw error
  }
}

export function perform(deed: Deed, ids: number[]): Promise<Outcome[]> {
  return withOutcomes(api.post(PATHS[deed], { body: { app_ids_list: ids } }))
}

export function upload(ids: number[], code: { user_version: string; template_id: number; user_desc: string }): Promise<Outcome[]> {
  return withOutcomes(api.post('/zhugeleida/admin/dai_xcx/upload_code', { body: { app_ids_list: ids, ...code } }))
}

/** Asks WeChat about everything that is under review. */
export function askReviewers(): Promise<Outcome[]> {
  return withOutcomes(api.get('/zhugeleida/admin/dai_xcx/get_latest_audit_status'))
}

/** Why WeChat refused, line by line; it writes HTML. */
export function reasonLines(reason: string): string[] {
  return reason
    .split(/<br\s*\/?>|\n/i)
    .map(plain)
    .filter(Boolean)
}
