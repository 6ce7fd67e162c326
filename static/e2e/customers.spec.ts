import { test } from './office.ts'

test('customers', async ({ office }) => {
  await office.login()
  await office.open('/customers')
  await office.shot('customers')
  await office.open('/customers/10')
  await office.shot('customer')
  await office.open('/customer-tags')
  await office.shot('customer-tags')
})
