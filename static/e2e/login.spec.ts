import { ADMIN, expect, test } from './office.ts'

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
})
