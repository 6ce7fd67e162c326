//! Pages of lists: `current_page` from 1, `length` rows each.

use crate::error::{Error, Result};

/// Rows a page at most.
const LONGEST: i64 = 100;

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    page: i64,
    length: i64,
}

impl Paging {
    /// From the documented parameters; `default` is the page length where the caller names none.
    pub fn new(current_page: Option<i64>, length: Option<i64>, default: i64) -> Result<Self> {
        let page = current_page.unwrap_or(1);
        let length = length.unwrap_or(default);
        if page < 1 {
            return Err(Error::field("current_page", "页码从 1 开始"));
        }
        if !(1..=LONGEST).contains(&length) {
            return Err(Error::field("length", format!("每页长度应为 1 到 {LONGEST}")));
        }
        Ok(Self { page, length })
    }

    pub fn limit(self) -> i64 {
        self.length
    }

    pub fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.length)
    }
}
