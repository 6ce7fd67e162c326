import { expect, test } from './office.ts'

test('home', async ({ office }) => {
  const { page } = office
  await office.login()
  await office.open('/home')
  await office.shot('home')
})
