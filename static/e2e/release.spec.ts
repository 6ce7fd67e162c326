import { expect, test, type Office } from './office.ts'

/** Mini-programs of the demo: being reviewed, refused, and without code. */
const REVIEWED = { company: '晨光教育', appId: 'wx42c7a05e9d1b836f' }
const REFUSED = { company: '佳禾餐饮', appId: 'wx97e3d1b4608fa2c5' }
const EMPTY = { company: '海蓝旅行', appId: 'wx0fa6c83b5e72d914' }
const ONLINE = { company: '云杉软件' }

function row(office: Office, company: string) {
  return office.page.locator('.el-table__body-wrapper .el-table__row').filter({ hasText: company })
}

/** The buttons of a row, in order. */
async function buttons(office: Office, company: string): Promise<string[]> {
  const found = await row(office, company).locator('td').last().getByRole('button').allInnerTexts()
  return found.map((text) => text.trim())
}

/** WeChat's reviewers decide; the server hears of it only when it asks. */
async function decide(office: Office, appId: string, verdict: { pass: true } | { reason: string }): Promise<void> {
  const answer = await office.page.request.post(`${office.url}/sandbox/audit`, { data: { app_id: appId, ...verdict } })
  expect(answer.ok()).toBe(true)
}

/** Closes the table of outcomes, after looking what it says. */
async function outcome(office: Office, title: string | RegExp): Promise<void> {
  const dialog = office.page.getByRole('dialog', { name: title })
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: '知道了' }).click()
  await expect(dialog).toBeHidden()
}

async function carryOut(office: Office, company: string, act: string): Promise<void> {
  await row(office, company).getByRole('button', { name: act }).click()
  await office.confirm(act)
}

test('code is uploaded to several mini-programs, reviewed, put online and rolled back', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/release')
  await office.accessible()
  await office.shot('release')
  expect(await buttons(office, EMPTY.company)).toEqual(['提交代码'])
  expect(await buttons(office, REFUSED.company)).toEqual(['在线体验', '提交代码', '版本回退'])
  expect(await buttons(office, REVIEWED.company)).toEqual(['在线体验', '审核撤回'])
  expect(await buttons(office, ONLINE.company)).toEqual(['在线体验', '提交代码', '版本回退'])

  await row(office, REFUSED.company).getByRole('button', { name: /为什么审核未通过/ }).click()
  await expect(page.getByText(/核心功能点击后一直加载中/)).toBeVisible()
  await office.accessible()
  await office.shot('release-reason')
  await page.keyboard.press('Escape')
  await row(office, ONLINE.company).getByRole('button', { name: '在线体验' }).click()
  const trial = page.getByRole('dialog', { name: /在线体验/ })
  await expect(trial.getByAltText(/体验二维码/)).toBeVisible()
  await office.accessible()
  await office.shot('release-trial')
  await page.keyboard.press('Escape')
  await expect(trial).toBeHidden()

  // Two at once. What is under review cannot get code, and is left out.
  for (const one of [REFUSED, EMPTY, REVIEWED]) await row(office, one.company).locator('.el-checkbox').click()
  const bulk = page.getByRole('group', { name: '批量操作' })
  await expect(bulk).toContainText('已选 3 个')
  await expect(bulk.getByRole('button', { name: '发布（0）' })).toBeDisabled()
  await office.accessible()
  await office.shot('release-bulk')
  await bulk.getByRole('button', { name: '提交代码（2）' }).click()
  const upload = page.getByRole('dialog', { name: '提交代码到 2 个小程序' })
  await upload.getByRole('button', { name: '提交代码' }).click()
  await expect(upload.getByText('请填写版本号')).toBeVisible()
  await upload.locator('.el-select').click()
  await page.getByRole('option', { name: /1\.0\.5/ }).click()
  await expect(upload.getByLabel('版本号')).toHaveValue('v1.0.5')
  await expect(upload.getByLabel('版本说明')).toHaveValue('商城与官网')
  await upload.getByLabel('版本号').fill('v1.0.6')
  await office.accessible()
  await office.shot('release-upload')
  await upload.getByRole('button', { name: '提交代码' }).click()
  await expect(page.getByRole('dialog', { name: '提交代码：2 个小程序全部完成' })).toBeVisible()
  await office.accessible()
  await office.shot('release-outcomes')
  await outcome(office, /提交代码/)
  for (const one of [REFUSED, EMPTY]) {
    await expect(row(office, one.company)).toContainText('代码上传成功')
    await expect(row(office, one.company)).toContainText('v1.0.6')
    expect(await buttons(office, one.company)).toEqual(['在线体验', '提交代码', '提交审核'])
  }

  await expect(bulk).toContainText('已选 3 个')
  await bulk.getByRole('button', { name: '提交审核（2）' }).click()
  await office.confirm('提交审核')
  await outcome(office, '提交审核：2 个小程序全部完成')
  await decide(office, EMPTY.appId, { pass: true })
  await decide(office, REFUSED.appId, { reason: '1:服务类目不符:<br>(1):请补充「餐饮」类目。<br>' })
  await page.getByRole('button', { name: '更新审核状态' }).click()
  await outcome(office, /更新审核状态/)
  await expect(row(office, EMPTY.company)).toContainText('审核通过')
  await expect(row(office, REFUSED.company)).toContainText('审核未通过')
  await row(office, REFUSED.company).getByRole('button', { name: /为什么审核未通过/ }).click()
  await expect(page.getByText('(1):请补充「餐饮」类目。')).toBeVisible()
  await page.keyboard.press('Escape')

  await carryOut(office, EMPTY.company, '发布')
  await outcome(office, '发布：已完成')
  await expect(row(office, EMPTY.company)).toContainText('上线成功')
  // Its first version: there is nothing to go back to, and WeChat says so.
  await carryOut(office, EMPTY.company, '版本回退')
  await expect(page.getByRole('dialog', { name: '版本回退：没有完成' })).toBeVisible()
  await office.accessible()
  await office.shot('release-refused')
  await outcome(office, /版本回退/)
  await expect(row(office, EMPTY.company)).toContainText('版本回退失败')

  await carryOut(office, REVIEWED.company, '审核撤回')
  await outcome(office, '审核撤回：已完成')
  await expect(row(office, REVIEWED.company)).toContainText('审核撤回成功')
  await carryOut(office, ONLINE.company, '版本回退')
  await outcome(office, '版本回退：已完成')
  await expect(row(office, ONLINE.company)).toContainText('版本回退成功')
  expect(await buttons(office, ONLINE.company)).toEqual(['在线体验', '提交代码'])

  await page.getByLabel('按公司、AppID 或版本搜索').fill('v1.0.6')
  await expect(row(office, ONLINE.company)).toHaveCount(0)
  await page.getByRole('button', { name: '清除筛选' }).first().click()
  await page.getByRole('combobox', { name: '状态' }).click()
  await page.getByRole('option', { name: '上线失败' }).click()
  await expect(page.getByText('没有符合条件的数据')).toBeVisible()
  await office.accessible()
})
