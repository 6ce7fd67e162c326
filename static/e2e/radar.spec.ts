import type { Locator, Page } from '@playwright/test'
import { expect, test } from './office.ts'
import { customerOf, salesperson } from './people.ts'

/** Longer than any column, and with characters of several code units. */
const LONG = '🦄 一家名字非常非常长的进出口贸易有限责任公司的采购经理慕容雪松'

function parts(page: Page) {
  const charts = page.getByRole('region', { name: '雷达统计' })
  const log = page.getByRole('region', { name: '访问日志' })
  return {
    charts,
    log,
    rows: log.locator('.el-table__body-wrapper .el-table__row'),
    byDay: charts.getByRole('img', { name: /^每天的客户行为/ }),
    byAction: charts.getByRole('img', { name: /^各种行为的次数/ }),
  }
}

/** The sum that a chart tells to those who do not see it. */
async function sumOf(chart: Locator): Promise<number> {
  return Number((await chart.getAttribute('aria-label'))?.match(/共 (\d+)/)?.[1])
}

test('the radar log has what customers did, the newest first, page by page and customer by customer', async ({ office }) => {
  const { page } = office
  const lina = await salesperson(office.url, 'lina')
  const customer = await customerOf(office.url, lina, 'murong', LONG)
  await customer.act('xiaochengxu/mingpian', { uid: lina.id })
  await customer.act('xiaochengxu/mingpian/calling', { uid: lina.id })

  await office.login()
  await office.open('/radar')
  const { log, rows, byDay } = parts(page)

  // What was done last stands first, the long name cut to its column.
  await expect(rows).toHaveCount(20)
  await expect(rows.first()).toContainText('拨打电话')
  await expect(rows.first()).toContainText('李娜')
  await expect(rows.first().getByTitle(LONG)).toBeVisible()
  await expect(byDay).toBeVisible()
  await office.accessible()
  await office.shot('radar')

  // Pages, and from a customer the log of this customer alone.
  await log.getByRole('button', { name: '下一页' }).click()
  await expect(page).toHaveURL(/page=2/)
  await office.open(`/radar?customer_id=${customer.id}`)
  await expect(log.getByText('只看一位客户')).toBeVisible()
  await expect(rows.filter({ hasNotText: '慕容雪松' })).toHaveCount(0)
  await rows.first().getByRole('link', { name: LONG }).click()
  await expect(page).toHaveURL(new RegExp(`#/customers/${customer.id}$`))
})

test('charts of the radar cover the chosen days, and a bar narrows the log', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/radar')
  const { charts, log, rows, byDay, byAction } = parts(page)
  const all = await sumOf(byDay)
  expect(all).toBeGreaterThan(0)

  // Days: every choice draws as many as it says.
  for (const days of [15, 30, 90, 7]) {
    await charts.getByText(`近 ${days} 天`).click()
    await expect.poll(async () => (await byDay.getAttribute('aria-label'))?.match(/\d{4}-\d\d-\d\d/g)?.length).toBe(days)
  }

  // One salesperson.
  await log.locator('.el-select').first().click()
  await page.getByRole('option', { name: '李娜' }).click()
  await expect.poll(() => sumOf(byDay)).toBeLessThan(all)
  await expect(page).toHaveURL(/uid=\d+/)
  await expect(rows.filter({ hasNotText: '李娜' })).toHaveCount(0)

  // A bar becomes the filter of the log, and the same bar again takes it away.
  const bar = byAction.locator('svg path[fill="#2563eb"]').first()
  await bar.click()
  await expect(page).toHaveURL(/action=\d+/)
  const picked = Number(new URL(page.url().replace('#/', '')).searchParams.get('action'))
  const name = (await byAction.getAttribute('aria-label'))?.match(/：(\S+) \d+/)?.[1] ?? ''
  expect(picked).toBeGreaterThan(0)
  await expect(rows.filter({ hasNotText: name })).toHaveCount(0)
  await expect(log.locator('.action')).toContainText(name)
  await office.settled()
  await office.shot('radar-picked')
  await bar.click()
  await expect(page).not.toHaveURL(/action=/)
})

test('the log is narrowed by act and days, which the address keeps', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/radar')
  const { log, rows } = parts(page)
  await log.locator('.el-select.action').click()
  await page.getByRole('option', { name: '拨打电话' }).click()
  await expect(rows.filter({ hasNotText: '拨打电话' })).toHaveCount(0)
  await expect(rows.first()).toContainText('拨打')
  await office.accessible()

  // Days of the log, and nothing on them.
  await log.getByPlaceholder('时间起').fill('2020-01-01')
  await log.getByPlaceholder('时间止').fill('2020-01-31')
  await log.getByPlaceholder('时间止').press('Enter')
  await expect(log.getByText('没有符合条件的数据')).toBeVisible()
  await expect(page).toHaveURL(/create_date__gte=2020-01-01/)

  // The address brings the filters back; then they go.
  await page.reload()
  await office.settled()
  await expect(log.getByText('没有符合条件的数据')).toBeVisible()
  await expect(log.locator('.action')).toContainText('拨打电话')
  await log.getByRole('button', { name: '清除筛选' }).first().click()
  await expect(rows).toHaveCount(20)
})

test('a log that cannot be read says so and is read again', async ({ office }) => {
  const { page } = office
  office.expected.push('admin/radar', '500')
  await office.login()
  await page.route('**/zhugeleida/admin/radar?**', (route) => route.fulfill({ json: { code: 500, msg: '服务器内部错误', data: {} } }))
  await page.route('**/zhugeleida/admin/radar/stats?**', (route) => route.fulfill({ json: { code: 500, msg: '服务器内部错误', data: {} } }))
  await office.open('/radar')
  const { charts, log, rows, byDay } = parts(page)
  await expect(charts.getByRole('alert')).toContainText('服务器内部错误')
  await expect(log.getByRole('alert')).toContainText('服务器内部错误')
  await office.accessible()
  await office.shot('radar-failed')
  await page.unrouteAll()
  await charts.getByRole('button', { name: '重试' }).click()
  await expect(byDay).toBeVisible()
  await log.getByRole('button', { name: '重试' }).click()
  await expect(rows).toHaveCount(20)
})
