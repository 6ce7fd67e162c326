/** One column of a `DataTable`. Its cell can be drawn by a slot `cell-<key>`. */
export interface Column {
  key: string
  title: string
  width?: number
  /** Grows from here; for texts. */
  minWidth?: number
  /** `number` is right-aligned with thousands, `moment` and `day` are written in the one date format. */
  kind?: 'text' | 'number' | 'moment' | 'day'
  /** Not shown below this width of the table, in pixels. */
  hideBelow?: number
}

/** What lists take for a page. */
export interface PageQuery {
  current_page: number
  length: number
}

/** What lists answer. */
export interface PageAnswer<Row> {
  ret_data: Row[]
  data_count: number
}
