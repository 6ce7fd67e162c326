import { ADMIN, expect, Office, test } from './office.ts'

test('a wrong password is explained, the right one opens the back office, logging out closes it', async ({ office }) => {
  const { page } = office
  await page.goto(`${office.url}/admin/`)
  await expect(page.getByRole('heading', { name: '登录雷达后台' })).toBeVisible()
  await page.getByRole('button', { name: '登录' }).click()
  await expect(page.getByText('请填写用户名')).toBeVisible()
  await office.accessible()
  await office.shot('login')
  await page.getByLabel('用户名').fill(ADMIN.username)
  await page.getByLabel('密码', { exact: true }).fill('not-the-password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: '密码错误' })).toBeVisible()
  await office.login()
  await page.reload()
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await page.locator('.top .person').click()
  await page.getByRole('menuitem', { name: '退出登录' }).click()
  await expect(page.getByRole('heading', { name: '登录雷达后台' })).toBeVisible()
  // Without the way back: the next one may be somebody else.
  await expect(page).toHaveURL(/#\/login$/)
})

test('who changes the password is logged out everywhere, and told why', async ({ office, browser }) => {
  const { page } = office
  const manager = { username: 'manager', password: 'Leida2026' }
  await office.login(manager)
  // The same person at another desk.
  const desk = new Office(await (await browser.newContext({ locale: 'zh-CN' })).newPage(), office.url)
  await desk.login(manager)
  await desk.page.locator('.top .person').click()
  await desk.page.getByRole('menuitem', { name: '修改密码' }).click()
  const dialog = desk.page.getByRole('dialog', { name: '修改密码' })
  await dialog.getByLabel('新密码', { exact: true }).fill('short')
  await dialog.getByLabel('重复新密码').fill('short')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.locator('.el-form-item__error').first()).toBeVisible()
  await dialog.getByLabel('新密码', { exact: true }).fill('Yunshan2027')
  await dialog.getByLabel('重复新密码').fill('Yunshan2027')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(desk.page.getByText('密码已修改，请用新密码登录')).toBeVisible()
  await desk.login({ ...manager, password: 'Yunshan2027' })
  expect(desk.troubles).toEqual([])
  await desk.page.context().close()
  await page.goto(`${office.url}/admin/#/articles`)
  await expect(page.getByText('登录已失效')).toBeVisible()
  await expect(page.getByRole('heading', { name: '登录雷达后台' })).toBeVisible()
})
