import { expect, test } from './office.ts'
import { customerOf, salesperson } from './people.ts'

const LONG = '👩‍🚀 星辰大海供应链管理（长三角）有限公司采购部的欧阳娜娜'

test('home tells how the account stands, the six figures and who of the staff is how busy', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/home')

  const account = page.getByRole('region', { name: '账号状态' })
  await expect(account).toContainText('云杉软件（演示）')
  await expect(account).toContainText('5 / 100')
  await expect(account).toContainText('还可开通 95 张名片')
  await expect(account.getByRole('progressbar', { name: '已使用的名片名额' })).toBeVisible()
  await expect(account).toContainText('长期有效')
  await expect(account.getByRole('link', { name: '管理员工' })).toHaveAttribute('href', '#/staff')

  const board = page.getByRole('region', { name: '数据概览' })
  const tiles = board.getByRole('group').getByRole('button')
  await expect(tiles).toHaveCount(6)
  for (const [place, title] of ['客户', '跟进', '浏览', '转发', '保存电话', '点赞'].entries()) {
    await expect(tiles.nth(place)).toHaveText(new RegExp(`^${title}[\\d,]+今日[\\d,]+昨日[\\d,]+近 7 天[\\d,]+近 30 天[\\d,]+$`))
  }

  await expect(tiles.first()).toHaveAttribute('aria-pressed', 'true')
  await expect(board.getByRole('img', { name: /^客户每日走势，7 天共 \d+/ })).toBeVisible()
  await board.getByText('近 15 天').click()
  await expect(board.getByRole('img', { name: /^客户每日走势，15 天共 \d+/ })).toBeVisible()
  await tiles.nth(2).click()
  await expect(tiles.nth(2)).toHaveAttribute('aria-pressed', 'true')
  const views = board.getByRole('img', { name: /^浏览每日走势，15 天共 \d+/ })
  await expect(views).toBeVisible()
  await expect(board.getByRole('heading', { name: '浏览走势' })).toBeVisible()
  // A line is drawn for the days of the summary.
  await expect(views.locator('svg path').first()).toBeAttached()

  const ranking = page.getByRole('region', { name: '员工排行' })
  const rows = ranking.locator('.el-table__body-wrapper .el-table__row')
  await expect(rows).toHaveCount(5)
  const figures = async (cell: number) => (await rows.locator(`td:nth-child(${cell})`).allInnerTexts()).map((text) => Number(text.replaceAll(',', '')))
  const falls = (values: number[]) => values.every((value, place) => place === 0 || value <= (values[place - 1] ?? 0))
  expect(falls(await figures(3))).toBe(true)
  await ranking.getByText('近 30 天').click()
  // The select as a whole: its text and its input lie upon each other.
  await ranking.locator('.el-select').click()
  await page.getByRole('option', { name: '按发出消息' }).click()
  await expect.poll(async () => falls(await figures(6)), { message: 'sorted by messages' }).toBe(true)
  await office.settled()
  await office.accessible()
  await office.shot('home')
})

test('what a customer does arrives on the live radar at once, and leads to the customer', async ({ office }) => {
  const { page } = office
  const lina = await salesperson(office.url, 'lina')
  await office.login()
  await office.open('/home')
  const live = page.getByRole('region', { name: '实时雷达' })
  await expect(live.getByRole('status')).toHaveText('实时')
  const entries = live.getByRole('listitem')
  await expect(entries).not.toHaveCount(0)
  await expect(live).not.toContainText('欧阳娜娜')

  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const customer = await customerOf(office.url, lina, 'ouyang', LONG)
  await customer.act('xiaochengxu/mingpian', { uid: lina.id })
  await expect(entries.first()).toContainText('查看')
  await expect(entries.first()).toContainText('欧阳娜娜')
  await customer.act('xiaochengxu/mingpian/praise', { uid: lina.id })
  await expect(entries.first()).toContainText('靠谱')
  await customer.act('xiaochengxu/mingpian/forward', { uid: lina.id })
  await expect(entries.first()).toContainText('转发')
  await expect(entries.first()).toContainText('李娜')
  // All of it was told by the socket: nothing asked for the log again.
  expect(requests.filter((url) => url.includes('/zhugeleida/admin/radar'))).toEqual([])
  await office.accessible()
  await office.shot('home-live')

  await entries.first().getByRole('link', { name: LONG }).click()
  await expect(page).toHaveURL(new RegExp(`#/customers/${customer.id}$`))
  await office.open('/home')
  await live.getByRole('link', { name: '查看全部雷达日志' }).click()
  await expect(page).toHaveURL(/#\/radar/)
  await expect(page.getByRole('row').filter({ hasText: '欧阳娜娜' }).first()).toBeVisible()
})

test('a live radar that is not let in does not pretend, and can be tried again', async ({ office }) => {
  const { page } = office
  await office.login()
  let attempts = 0
  await page.routeWebSocket(/\/admin\/websocket\/radar/, async (socket) => {
    attempts += 1
    if (attempts > 1) {
      socket.connectToServer()
      return
    }
    socket.send(JSON.stringify({ code: 400, msg: '后台token验证未通过', data: {} }))
    await socket.close()
  })
  // The socket of the screen that the login led to was open before.
  await office.open('/about')
  await office.open('/home')
  const live = page.getByRole('region', { name: '实时雷达' })
  await expect(live.getByRole('alert')).toContainText('后台token验证未通过')
  await expect(live.getByRole('status')).toHaveText('已断开')
  await expect(live.getByRole('listitem')).not.toHaveCount(0)
  await live.getByRole('button', { name: '重试' }).click()
  await expect(live.getByRole('status')).toHaveText('实时')
  await expect(live.getByRole('alert')).toHaveCount(0)
})
