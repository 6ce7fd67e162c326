import { createHash } from 'node:crypto'

/** What somebody with a phone did is answered like this. */
interface Answer {
  code: number
  msg: string
  data: Record<string, unknown>
}

let codes = 0

/** Somebody with a phone in the demo: a customer in the mini-program or a salesperson, who acts over HTTP as the phone does. */
export class Person {
  readonly id: number
  private readonly url: string
  private readonly token: string

  constructor(url: string, id: unknown, token: unknown) {
    this.url = url
    this.id = Number(id)
    this.token = String(token)
  }

  /** Does something; without `form` it is a look. */
  async act(path: string, query: Record<string, string | number> = {}, form?: Record<string, string | number>): Promise<Answer> {
    const timestamp = String(Date.now())
    const rand_str = createHash('md5').update(timestamp + this.token).digest('hex')
    return ask(this.url, path, { ...query, user_id: this.id, timestamp, rand_str }, form)
  }
}

async function ask(url: string, path: string, query: Record<string, string | number>, form?: Record<string, string | number>): Promise<Answer> {
  const body = form && new URLSearchParams(texts(form))
  const response = await fetch(`${url}/zhugeleida/${path}?${new URLSearchParams(texts(query)).toString()}`, { method: body ? 'POST' : 'GET', body })
  const answer = (await response.json()) as Answer
  if (answer.code !== 200) throw new Error(`${path}: ${answer.code} ${answer.msg}`)
  return answer
}

function texts(values: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** A code of the sandbox: whose it is, a dot, and what makes it new. */
function codeOf(name: string): string {
  codes += 1
  return `${name}.${process.pid}-${Date.now()}-${codes}`
}

/** A salesperson of the demo company logs in through Work WeChat. */
export async function salesperson(url: string, userid: string): Promise<Person> {
  const { data } = await ask(url, 'qiyeweixin/work_weixin_auth/1', { code: codeOf(userid), user_type: 1 })
  return new Person(url, data.user_id, data.token)
}

/** Somebody opens the mini-program by the card of a salesperson and says who they are. */
export async function customerOf(url: string, staff: Person, openid: string, name: string): Promise<Person> {
  const { data } = await ask(url, 'xiaochengxu/login', { code: codeOf(openid), user_type: 2, source: 1 })
  const customer = new Person(url, data.cid, data.token)
  await customer.act('xiaochengxu/login/binding', { uid: staff.id, user_type: 2, source: 1 })
  const profile = { username: name, city: '杭州', province: '浙江', country: '中国', language: 'zh_CN', headimgurl: 'statics/imgs/setAvator.jpg' }
  await customer.act('xiaochengxu/login/send_user_info', {}, profile)
  return customer
}

/** A customer writes to a salesperson. */
export async function write(customer: Person, staff: Person, words: string): Promise<void> {
  await customer.act('xiaochengxu/chat/send_msg/0', {}, { u_id: staff.id, content: JSON.stringify({ info_type: 1, msg: words }) })
}

/** A salesperson writes to a customer. */
export async function answer(staff: Person, customer: Person, words: string): Promise<void> {
  await staff.act('qiyeweixin/chat/send_msg/0', {}, { customer_id: customer.id, msg: words })
}
