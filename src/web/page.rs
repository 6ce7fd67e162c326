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

    /// [`Self::limit`] for lists in memory.
    pub fn most(self) -> usize {
        usize::try_from(self.length).unwrap_or_default()
    }

    pub fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.length)
    }

    /// The wanted rows of a list that is there as a whole.
    pub fn part_of<T>(self, all: &[T]) -> &[T] {
        let from = usize::try_from(self.offset()).unwrap_or(usize::MAX).min(all.len());
        let to = from.saturating_add(self.most()).min(all.len());
        &all[from..to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_lists() {
        let part = |page, length| Paging::new(Some(page), Some(length), 10).unwrap().part_of(&[1, 2, 3]).to_vec();
        assert_eq!((part(1, 2), part(2, 2), part(3, 2), part(i64::MAX, 100)), (vec![1, 2], vec![3], vec![], vec![]));
    }
}
