/** WeChat's error texts in words, and what helps. What is not known is shown as WeChat wrote it. */
const KNOWN: [RegExp, string, string][] = [
  [/require subscribe|43004/i, '对方没有关注公众号', '请客户关注公众号后再发，或改用其他方式联系。'],
  [/out of response count|45047/i, '对方没有回复，已超过微信允许的条数', '等客户发来消息后再重发。'],
  [/response out of time limit|45015/i, '超过 48 小时没有互动', '等客户发来消息后再重发。'],
  [/user refuse|43101/i, '客户没有订阅此通知', '客户下次打开小程序时可再订阅。'],
  [/invalid openid|40003/i, '微信不认识这位客户', '客户可能属于另一个小程序或公众号。'],
  [/form id|41028|41029/i, '没有可用的通知机会', '客户下次在小程序中操作后才能再通知。'],
  [/invalid (template|template_id)|template_id|40037/i, '消息模板不存在', '请在「设置」中检查模板 ID。'],
  [/api unauthorized|48001/i, '账号没有这个接口的权限', '请确认账号已认证，并授予了相应权限。'],
  [/access_token|invalid credential|40001|42001|40014/i, '微信没有接受登录凭证', '请检查 AppSecret 或授权，可在「连接检测」中查看。'],
  [/invalid corpid|corp_?secret|40013|invalid appid/i, '企业 ID 或 AppID 不正确', '请在「设置」中检查后重发。'],
  [/limit|45009|45011/i, '超过微信的调用次数限制', '稍后会自动重试。'],
  [/not allow to access from your ip|60020|whitelist/i, '服务器的 IP 不在白名单中', '请在微信后台把服务器 IP 加入白名单。'],
  [/尚未配置/, '', '请在「设置」中填写后重发。'],
  [/无法访问|timeout|timed out/i, '', '网络恢复后会自动重试。'],
]

export interface Failure {
  text: string
  advice: string
}

/** An error as the outbox keeps it: `微信返回错误,require subscribe`. */
export function failureOf(error: string): Failure {
  const said = error.replace(/^微信返回错误[,，]\s*/, '')
  const [, text = '', advice = ''] = KNOWN.find(([pattern]) => pattern.test(said)) ?? []
  return { text: text || error, advice }
}
