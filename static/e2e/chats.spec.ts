import { expect, test } from './office.ts'
import { answer, customerOf, salesperson, write } from './people.ts'

const NAME = '🐳 上海市浦东新区一家很长名字的连锁餐饮集团的运营负责人司马南风'
const LAST = '好的，周五下午三点见。'
const NEEDLE = '请问蓝鲸礼盒还有多少库存？'

test('conversations are found by name and staff, and read from the newest message to the oldest', async ({ office }) => {
  const { page } = office
  const lina = await salesperson(office.url, 'lina')
  const customer = await customerOf(office.url, lina, 'sima', NAME)
  await write(customer, lina, NEEDLE)
  for (let turn = 1; turn <= 40; turn += 1) {
    await write(customer, lina, `第 ${turn} 个问题：这一款支持多少人同时使用？`)
    await answer(lina, customer, `第 ${turn} 个回答：不限人数，按门店计费。`)
  }
  await write(customer, lina, LAST)

  await office.login()
  await office.open('/chats')
  await expect(page.getByText('选择左边的会话')).toBeVisible()
  const list = page.getByRole('region', { name: '会话列表' })
  const conversations = list.getByRole('listitem')
  await expect(conversations).toHaveCount(30)
  await list.getByRole('button', { name: '加载更多会话' }).click()
  await expect(list.getByText(/共 \d+ 个会话/)).toBeVisible()
  expect(await conversations.count()).toBeGreaterThan(30)
  // The newest stands first.
  await expect(conversations.first()).toContainText('司马南风')
  await expect(conversations.first()).toContainText(LAST)
  await expect(conversations.first()).toContainText(/\d+ 未读/)
  await expect(conversations.first().getByTitle(NAME)).toBeVisible()
  await office.accessible()
  await office.shot('chats')

  await page.locator('.side .el-select').first().click()
  await page.getByRole('option', { name: '张伟' }).click()
  await expect(conversations.filter({ hasText: '司马南风' })).toHaveCount(0)
  await expect(conversations.filter({ hasNotText: '张伟' })).toHaveCount(0)
  await page.getByLabel('搜索客户').fill('司马')
  await expect(list.getByText('没有符合条件的会话')).toBeVisible()
  await list.getByRole('button', { name: '清除筛选' }).click()
  await page.getByLabel('搜索客户').fill('南风')
  await expect(conversations).toHaveCount(1)

  const unread = await conversations.first().getByText(/未读/).innerText()
  await conversations.first().getByRole('button').click()
  const messages = page.getByRole('log', { name: '消息' })
  await expect(messages.getByText(LAST)).toBeInViewport()
  await expect(messages.getByText('第 1 个问题')).toHaveCount(0)
  await office.accessible()
  await office.shot('chat')

  // Scrolling up fetches what is older, and what is being read stays in its place.
  await messages.hover()
  await page.mouse.wheel(0, -20_000)
  await expect(messages.getByText('第 20 个问题')).toBeAttached()
  await expect(async () => {
    await page.mouse.wheel(0, -20_000)
    await expect(messages.getByText('没有更早的消息了')).toBeInViewport({ timeout: 300 })
  }).toPass()
  await expect(messages.getByText(NEEDLE)).toBeInViewport()
  const all = messages.locator('article')
  // No message twice, none missing: a greeting, and what was said above.
  expect(await all.count()).toBe(83)
  await expect(all.last()).toContainText(LAST)

  // What comes in meanwhile is there when it is asked for; looking on has read nothing for the salesperson.
  await write(customer, lina, '地址也发我一下。')
  await page.getByRole('button', { name: '查看最新消息' }).click()
  await expect(messages.getByText('地址也发我一下。')).toBeInViewport()
  await page.getByRole('button', { name: '刷新会话' }).click()
  await expect(conversations.first()).toContainText('地址也发我一下。')
  await expect(conversations.first()).toContainText(`${Number.parseInt(unread) + 1} 未读`)

  await page.reload()
  await expect(messages.getByText('地址也发我一下。')).toBeInViewport()
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(NAME)
  await page.getByRole('heading', { level: 2 }).getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`#/customers/${customer.id}$`))
})

test('words are found in all conversations, and a hit opens its conversation at that message', async ({ office }) => {
  const { page } = office
  const lina = await salesperson(office.url, 'lina')
  const customer = await customerOf(office.url, lina, 'dongfang', '东方未明')
  await write(customer, lina, `${'前面说了很多别的事情，'.repeat(6)}最后想问：${NEEDLE}`)
  for (let turn = 1; turn <= 40; turn += 1) await write(customer, lina, `补充说明之 ${turn}`)
  await answer(lina, customer, '蓝鲸礼盒库存充足。')

  await office.login()
  await office.open('/chats')
  await page.getByText('搜索消息').click()
  await expect(page.getByText('在全公司的聊天消息中搜索')).toBeVisible()
  const box = page.getByLabel('搜索全部消息')
  const results = page.getByRole('region', { name: '搜索结果' })
  await box.fill('这句话没有人说过')
  await box.press('Enter')
  await expect(results.getByText('没有找到含「这句话没有人说过」的消息')).toBeVisible()
  await box.fill('蓝鲸礼盒')
  await box.press('Enter')
  const hits = results.getByRole('listitem').filter({ hasText: '东方未明' })
  await expect(hits).toHaveCount(2)
  await expect(hits.first()).toContainText('来自 李娜')
  await expect(hits.last()).toContainText('客户发给 李娜')
  await expect(hits.last().locator('mark')).toHaveText('蓝鲸礼盒')
  await expect(hits.last().locator('mark')).toBeInViewport()
  await office.accessible()
  await office.shot('chat-search')

  const messages = page.getByRole('log', { name: '消息' })
  const target = messages.locator('article.target')
  await hits.last().getByRole('button').click()
  await expect(target).toBeInViewport()
  await expect(target.locator('mark')).toHaveText('蓝鲸礼盒')
  await expect(messages.getByText('补充说明之 40')).toHaveCount(0)
  await office.accessible()
  await office.shot('chat-hit')
  // From there on to the end.
  await messages.getByRole('button', { name: '加载更新的消息' }).click()
  await expect(messages.getByText('补充说明之 20', { exact: true })).toBeAttached()
  await messages.getByRole('button', { name: '加载更新的消息' }).click()
  await expect(messages.getByText('蓝鲸礼盒库存充足。')).toBeAttached()
  await expect(messages.getByRole('button', { name: '加载更新的消息' })).toHaveCount(0)
  // The same hit once more leads back to it.
  await hits.last().getByRole('button').click()
  await expect(target).toBeInViewport()
  await hits.first().getByRole('button').click()
  await expect(target).toContainText('库存充足')
  await expect(target).toBeInViewport()

  // Only what 张伟 and his customers wrote.
  await page.locator('.side .el-select').locator('visible=true').click()
  await page.getByRole('option', { name: '张伟' }).locator('visible=true').click()
  await expect(results.getByText('没有找到含「蓝鲸礼盒」的消息')).toBeVisible()
})

test('a search that did not reach the oldest messages goes on from there', async ({ office }) => {
  const { page } = office
  await office.login()
  // No demo has half a million messages: the first answer is the one that a search gives after going through so many.
  await page.route(/admin\/chat\/search\?(?!.*before=)/, (route) => route.fulfill({ json: { code: 200, msg: '查询成功', data: { ret_data: [], next_before: 1_000_000 } } }))
  await office.open('/chats')
  await page.getByText('搜索消息').click()
  await page.getByLabel('搜索全部消息').fill('标准版')
  await page.getByRole('button', { name: '搜索', exact: true }).click()
  const results = page.getByRole('region', { name: '搜索结果' })
  await expect(results.getByText('最近的消息中没有含「标准版」的')).toBeVisible()
  await office.accessible()
  const more = results.getByRole('button', { name: '继续搜索更早的消息' })
  await expect(async () => {
    await more.click()
    await expect(results.getByRole('listitem').first()).toBeVisible({ timeout: 1000 })
  }).toPass()
  await expect(results.locator('mark').first()).toHaveText('标准版')
})
