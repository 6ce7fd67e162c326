import type { PageAnswer, PageQuery } from './table.ts'

const LENGTH = 100

/** Every row of a short list whose server side knows pages but no search: companies, accounts, roles. */
export async function allPages<Row>(load: (page: PageQuery) => Promise<PageAnswer<Row>>): Promise<Row[]> {
  const first = await load({ current_page: 1, length: LENGTH })
  const more = Math.ceil(first.data_count / LENGTH) - 1
  const pages = await Promise.all(Array.from({ length: Math.max(0, more) }, (_, index) => load({ current_page: index + 2, length: LENGTH })))
  return [first, ...pages].flatMap((page) => page.ret_data)
}

/** The part of such rows that a `DataTable` asked for. */
export function pageOf<Row>(rows: Row[], page: PageQuery): PageAnswer<Row> {
  const start = (page.current_page - 1) * page.length
  return { ret_data: rows.slice(start, start + page.length), data_count: rows.length }
}

/** Whether one of the texts contains what was typed, whatever the case. */
export function matches(search: string, ...texts: (string | null | undefined)[]): boolean {
  const wanted = search.trim().toLowerCase()
  return wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted))
}
