//! Spreadsheets (.xlsx) as answers.
//!
//! ```text
//! let mut sheet = Sheet::begin(&app.data, COLUMNS);
//! sheet.add(rows).await?;                      as often as there are rows
//! sheet.finish("客户-20180613.xlsx").await      the answer
//! ```
//! The rows go to a thread that writes them down at once, into files without a name in the data directory: memory stays
//! flat however long the list is, and nothing is left behind whatever happens. The answer begins when the whole file is
//! there, so that a fault on the way is an envelope like any other.

use std::{
    fs::File,
    io::{BufWriter, Seek},
    path::Path,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use poem::{IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::{sync::mpsc, task::JoinHandle};

use super::statics;
use crate::{
    error::{Error, Result},
    time::{Day, Millis, Zone},
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Rows of one sheet, below its header: as many as the programs that open it know.
const ROWS: u32 = 1_048_575;
/// Letters of a cell, by UTF-16 units as the format counts.
const LONGEST: usize = 32_767;
/// Batches of rows that may wait for the thread.
const AHEAD: usize = 2;

/// A column: its title, and how wide it is in letters.
pub type Column = (&'static str, u16);

/// What is in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(i64),
    /// A share, from 0 to 100.
    Percent(i64),
    /// Days since 1899-12-30, as spreadsheets count.
    Moment(f64),
    Day(i64),
}

impl Cell {
    /// Empty for an empty text.
    pub fn text(text: impl Into<String>) -> Self {
        match text.into() {
            text if text.is_empty() => Self::Empty,
            text => Self::Text(text),
        }
    }

    pub fn moment(at: Option<Millis>, zone: &Zone) -> Self {
        at.map_or(Self::Empty, |at| Self::Moment(zone.serial(at)))
    }

    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Self::Empty, |day| Self::Day(day.serial()))
    }
}

enum Order {
    Add(Vec<Vec<Cell>>),
    Finish,
}

/// A file without a name, from its beginning, and its length.
type Written = (File, u64);

/// A spreadsheet that is being written. One that is dropped before its end leaves nothing behind.
pub struct Sheet {
    orders: mpsc::Sender<Order>,
    /// `None` when it was dropped.
    writer: JoinHandle<Result<Option<Written>>>,
}

impl Sheet {
    /// `folder` has room for the file while it is written.
    pub fn begin(folder: &Path, columns: &'static [Column]) -> Self {
        let (orders, queue) = mpsc::channel(AHEAD);
        let folder = folder.to_path_buf();
        Self { orders, writer: tokio::task::spawn_blocking(move || write(&folder, columns, queue)) }
    }

    /// Adds rows, as soon as few enough wait to be written down.
    pub async fn add(&mut self, rows: Vec<Vec<Cell>>) -> Result<()> {
        match self.orders.send(Order::Add(rows)).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.written().await.err().unwrap_or_else(ended_early)),
        }
    }

    /// The file, ready to be sent under this name.
    pub async fn finish(mut self, name: &str) -> Result<Download> {
        let _ = self.orders.send(Order::Finish).await;
        let (file, length) = self.written().await?.ok_or_else(ended_early)?;
        Ok(Download { file, length, name: name.to_owned() })
    }

    async fn written(&mut self) -> Result<Option<Written>> {
        (&mut self.writer).await.map_err(Error::internal)?
    }
}

fn ended_early() -> Error {
    Error::internal("a spreadsheet ended early")
}

/// What the thread does. Ends when nobody wants the spreadsheet any more.
fn write(folder: &Path, columns: &'static [Column], mut queue: mpsc::Receiver<Order>) -> Result<Option<Written>> {
    let mut book = Book::begin(folder, columns).map_err(Error::internal)?;
    while let Some(order) = queue.blocking_recv() {
        match order {
            Order::Add(rows) => {
                for row in rows {
                    book.put(row).map_err(Error::internal)?;
                }
            }
            Order::Finish => return book.save(folder).map(Some),
        }
    }
    Ok(None)
}

struct Book {
    inner: Workbook,
    columns: &'static [Column],
    sheets: usize,
    /// Where the next row goes.
    row: u32,
    title: Format,
    moment: Format,
    day: Format,
    percent: Format,
}

impl Book {
    fn begin(folder: &Path, columns: &'static [Column]) -> Result<Self, XlsxError> {
        let mut inner = Workbook::new();
        inner.set_tempdir(folder)?;
        let mut book = Self {
            inner,
            columns,
            sheets: 0,
            row: 0,
            title: Format::new().set_bold(),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            percent: Format::new().set_num_format("0%"),
        };
        book.turn_over()?;
        Ok(book)
    }

    /// Begins a sheet.
    fn turn_over(&mut self) -> Result<(), XlsxError> {
        let sheet = self.inner.add_worksheet_with_constant_memory()?;
        for (number, (title, width)) in (0..).zip(self.columns) {
            sheet.set_column_width(number, *width)?;
            sheet.write_string_with_format(0, number, *title, &self.title)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        self.sheets += 1;
        self.row = 1;
        Ok(())
    }

    fn put(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        if self.row > ROWS {
            self.turn_over()?;
        }
        let sheet = self.inner.worksheet_from_index(self.sheets - 1)?;
        for (number, cell) in (0..).zip(cells) {
            let row = self.row;
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => drop(sheet.write_string(row, number, shortened(text))?),
                Cell::Number(value) => drop(sheet.write_number(row, number, float(value))?),
                Cell::Percent(value) => {
                    sheet.write_number_with_format(row, number, float(value) / 100.0, &self.percent)?;
                }
                Cell::Moment(at) => drop(sheet.write_number_with_format(row, number, at, &self.moment)?),
                Cell::Day(day) => drop(sheet.write_number_with_format(row, number, float(day), &self.day)?),
            }
        }
        self.row += 1;
        Ok(())
    }

    fn save(mut self, folder: &Path) -> Result<Written> {
        let mut file = tempfile::tempfile_in(folder)?;
        self.inner.save_to_writer(BufWriter::new(&mut file)).map_err(Error::internal)?;
        let length = file.stream_position()?;
        file.rewind()?;
        Ok((file, length))
    }
}

/// Cut where a cell ends.
fn shortened(text: String) -> String {
    let mut units = 0;
    let cut = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    });
    match cut {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

#[allow(clippy::cast_precision_loss, reason = "spreadsheets know no other numbers")]
fn float(value: i64) -> f64 {
    value as f64
}

/// A spreadsheet as an answer.
pub struct Download {
    file: File,
    length: u64,
    name: String,
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        Response::builder()
            .header(header::CONTENT_TYPE, XLSX)
            .header(header::CONTENT_LENGTH, self.length)
            .header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"export.xlsx\"; filename*=UTF-8''{name}"),
            )
            .header(header::CACHE_CONTROL, "no-store")
            .body(statics::body(tokio::fs::File::from_std(self.file), self.length))
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Excel 文件；出错时为 JSON，code 不为 200",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: XLSX, schema }],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_where_the_format_says_so() {
        assert_eq!(shortened("短".to_owned()), "短");
        assert_eq!(shortened("长".repeat(LONGEST)).chars().count(), LONGEST);
        assert_eq!(shortened("长".repeat(LONGEST + 1)).chars().count(), LONGEST);
        assert_eq!(shortened("😀".repeat(LONGEST)).chars().count(), LONGEST / 2);
    }
}
