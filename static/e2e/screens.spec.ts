import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './office.ts'

/** Every address of the back office, off its own table; an id is that of the demo's first row. */
const TABLE = readFileSync(join(import.meta.dirname, '../admin/src/app/screens.ts'), 'utf8')
const PATHS = [...TABLE.matchAll(/\{ path: '([^']+)'/g)].map(([, path]) => path!.replace(/:id\([^)]*\)/, '1'))

const SIZES = [{ width: 1440, height: 900 }, { width: 1024, height: 768 }] as const

/** The usual ways of looking at it; with `SHOTS`, a picture of each of the four. */
const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => SIZES.map((viewport) => ({ colorScheme, viewport })))

test.describe.configure({ mode: 'parallel' })

for (const { colorScheme, viewport } of LOOKS.filter((_, index) => process.env.SHOTS || index === 0 || index === 3)) {
  test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
    test.use({ colorScheme, viewport })
    test('every screen fits, can be read by everybody, and loads without complaint', async ({ office }) => {
      test.setTimeout(600_000)
      expect(PATHS.length).toBeGreaterThan(40)
      await office.login()
      for (const path of PATHS) {
        await office.open(path)
        await expect(office.page, path).toHaveURL(new RegExp(`#${path}`))
        await expect(office.page.locator('.el-skeleton:visible'), `${path} loads`).toHaveCount(0)
        const tooWide = await office.page.evaluate(() => [document.documentElement, document.querySelector('main')!].some((part) => part.scrollWidth > part.clientWidth))
        expect.soft(tooWide, `${path} is wider than the window`).toBe(false)
        // What does not fit lies under the column of actions.
        const cut = await office.page.evaluate(() => [...document.querySelectorAll('main .el-table__body-wrapper .el-scrollbar__wrap')].some((area) => area.scrollWidth > area.clientWidth + 1))
        expect.soft(cut, `a table of ${path} does not fit`).toBe(false)
        await office.accessible()
        await office.shot(`${path.slice(1).replaceAll('/', '-')}-${colorScheme}-${viewport.width}`)
      }
    })
  })
}
