import type { PageAnswer, PageQuery } from './table.ts'

const LENGTH = 100
const MOST_PAGES = 50

/** Every row of a short list that the server cannot search: it is read whole and searched here. */
export async function everything<Row>(load: (page: PageQuery) => Promise<PageAnswer<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await load({ current_page: page, length: LENGTH })
    rows.push(...answer.ret_data)
    if (answer.ret_data.length < LENGTH || rows.length >= answer.data_count) break
  }
  return rows
}

/** One page of rows whose texts contain what is looked for, without regard to case. */
export function sought<Row>(rows: Row[], search: string | undefined, textsOf: (row: Row) => string[], page?: PageQuery): PageAnswer<Row> {
  const wanted = (search ?? '').trim().toLowerCase()
  const found = wanted ? rows.filter((row) => textsOf(row).some((text) => text.toLowerCase().includes(wanted))) : rows
  const start = page ? (page.current_page - 1) * page.length : 0
  return { ret_data: page ? found.slice(start, start + page.length) : found, data_count: found.length }
}
