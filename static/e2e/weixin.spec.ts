import { expect, test, type Office } from './office.ts'
import { aPicture } from './pictures.ts'

/** The demo company's accounts at the sandbox's WeChat. */
const MINI_PROGRAM = 'wx3c7e19d05ab2468f'
const OFFICIAL_ACCOUNT = 'wx1e94b7a3d06c528f'

/** What the owner of an account does at WeChat, which WeChat then tells the server. */
async function atWeixin(office: Office, deed: 'authorise' | 'unauthorise', appId: string, isMini: boolean, body: object = {}): Promise<{ auth_code: string }> {
  const push_to = `${office.url}/zhugeleida/admin/${isMini ? 'open_weixin' : 'open_weixin_gongzhonghao'}/tongzhi`
  const answer = await office.page.request.post(`${office.url}/sandbox/${deed}`, { data: { app_id: appId, push_to, ...body } })
  expect(answer.ok()).toBe(true)
  return (await answer.json()) as { auth_code: string }
}

/** Looks again until the step is reached: WeChat tells the server in its own time. */
async function until(office: Office, path: string, text: string): Promise<void> {
  await expect(async () => {
    await office.page.reload()
    await office.open(path)
    await expect(office.page.getByText(text).first()).toBeVisible({ timeout: 1000 })
  }).toPass()
}

test('an official account is named and authorised step by step, and the screen follows by itself', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/official-account')
  await expect(page.getByLabel('公众号 AppID')).toBeVisible()
  await office.accessible()
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByText('请填写公众号 AppID')).toBeVisible()
  await page.getByLabel('公众号 AppID').fill('gh_81e94b7a3d06')
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByRole('alert').filter({ hasText: /\S/ }).first()).toBeVisible()
  await office.shot('official-name')
  await page.getByLabel('公众号 AppID').fill('wx75d2f09b4e81ac36')
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByText('wx75d2f09b4e81ac36')).toBeVisible()

  // It was the wrong one: the way back is open until somebody has agreed.
  await page.getByRole('button', { name: '更换 AppID' }).click()
  await page.getByLabel('公众号 AppID').fill(OFFICIAL_ACCOUNT)
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByText(OFFICIAL_ACCOUNT)).toBeVisible()
  await page.getByRole('button', { name: '生成授权链接' }).click()
  await expect(page.getByAltText('授权链接的二维码')).toBeVisible()
  await expect(page.getByText(/链接还有 \d+:\d\d 有效/)).toBeVisible()
  const href = await page.getByRole('link', { name: '打开微信授权页' }).getAttribute('href')
  expect(new URL(href ?? '').hostname).toBe('mp.weixin.qq.com')
  await office.accessible()
  await office.shot('official-link')

  await page.getByRole('button', { name: '我已完成授权' }).click()
  await office.says('微信还没有通知授权完成')
  await atWeixin(office, 'authorise', OFFICIAL_ACCOUNT, false)
  await expect(page.getByText('公众号已授权')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('云杉软件服务号', { exact: true })).toBeVisible()
  await office.accessible()
  await office.shot('official-done')

  await atWeixin(office, 'unauthorise', OFFICIAL_ACCOUNT, false, { create_time: Math.floor(Date.now() / 1000) + 5 })
  await until(office, '/official-account', '由公众号的管理员扫码授权')
  await office.accessible()
})

test('a mini-program is described, and authorised again by the way back from WeChat', async ({ office, context }) => {
  const { page } = office
  await office.login()
  await office.open('/mini-program')
  await expect(page.getByText('小程序已授权')).toBeVisible()
  await office.accessible()
  await page.getByRole('button', { name: '修改资料' }).click()
  const form = page.getByRole('dialog', { name: '小程序资料' })
  await form.getByLabel('小程序名称').fill('')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('请填写小程序名称')).toBeVisible()
  await expect(form.getByText('请上传头像')).toBeVisible()
  await form.locator('input[type=file]').setInputFiles(aPicture('head.png'))
  await form.getByLabel('小程序名称').fill('云杉名片🌲专业版')
  await form.getByLabel('介绍语').fill('一张会说话的名片')
  await office.accessible()
  await office.shot('mini-form')
  await form.getByRole('button', { name: '保存' }).click()
  await office.says('已保存')
  await expect(page.getByRole('heading', { name: /云杉名片🌲专业版/ })).toBeVisible()
  await expect(page.getByText('一张会说话的名片')).toBeVisible()

  await page.getByRole('button', { name: '从微信刷新' }).click()
  await office.confirm('刷新')
  await office.says('已从微信刷新')
  await expect(page.getByText('gh_1c7e19d05ab2')).toBeVisible()
  await expect(page.getByText('云杉名片🌲专业版')).toHaveCount(0)
  await office.shot('mini-program')

  await atWeixin(office, 'unauthorise', MINI_PROGRAM, true)
  await until(office, '/mini-program', '由小程序的管理员扫码授权')
  await page.getByRole('button', { name: '生成授权链接' }).click()
  const href = await page.getByRole('link', { name: '打开微信授权页' }).getAttribute('href')
  const back = new URL(new URL(href ?? '').searchParams.get('redirect_uri') ?? '')
  const answer = await page.request.post(`${office.url}/sandbox/authorise`, { data: { app_id: MINI_PROGRAM } })
  const { auth_code } = (await answer.json()) as { auth_code: string }
  back.searchParams.set('auth_code', auth_code)
  const returned = await context.newPage()
  await returned.goto(back.href)
  await expect(returned.getByRole('heading', { name: '授权成功' })).toBeVisible()
  await returned.close()
  await expect(page.getByText('小程序已授权')).toBeVisible({ timeout: 20_000 })
  await page.getByRole('link', { name: '去发布小程序 ›' }).click()
  await expect(page.getByRole('heading', { name: '小程序发布' })).toBeAttached()
})

test('who may only look sees how far it is, and cannot change anything', async ({ office }) => {
  const { page } = office
  await office.login({ username: 'viewer', password: 'Leida2026' })
  await office.open('/mini-program')
  await expect(page.getByText('由小程序的管理员扫码授权').or(page.getByText('小程序已授权')).or(page.getByText('小程序还没有完成授权。'))).toBeVisible()
  await expect(page.getByRole('button', { name: '修改资料' })).toHaveCount(0)
  await office.open('/official-account')
  await expect(page.getByText(/公众号还没有完成授权/)).toBeVisible()
  await office.accessible()
})
