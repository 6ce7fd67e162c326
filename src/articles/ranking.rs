//! Who carried an article far: its readers by level, those who stayed longest first.

use super::{desk, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Staff},
    ids::{ArticleId, CustomerId, StaffId},
    web::Paging,
};

/// A place of the tree in the ranking.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    /// 1 male, 2 female.
    pub sex: Option<i64>,
    pub province: String,
    pub city: String,
    pub read_count: i64,
    /// Milliseconds.
    pub stay: i64,
    pub level: i64,
}

/// One level of an article's readers.
#[derive(Debug, Clone)]
pub struct Ranking {
    pub staff: StaffId,
    pub staff_name: String,
    pub rows: Vec<Ranked>,
    /// All on this level.
    pub count: i64,
    /// The deepest level that there is.
    pub deepest: i64,
}

/// Readers by the links of a staff member of the caller's company, the caller themself when none is named. Level 0 is
/// the first one.
pub async fn by_level(
    app: &App,
    caller: Staff,
    article: ArticleId,
    staff: Option<StaffId>,
    level: i64,
    paging: Paging,
) -> Result<Ranking> {
    let (company, staff, level) = (caller.company, staff.unwrap_or(caller.id), level.max(1));
    app.db
        .read(move |conn| {
            store::desk::glance(conn, company, article)?.ok_or_else(desk::no_such)?;
            let name = identity::store::staff_name(conn, company, staff)?;
            Ok(Ranking {
                staff,
                staff_name: name.ok_or_else(|| Error::no_such("用户"))?,
                rows: store::readers::ranking(conn, article, staff, level, paging)?,
                count: store::readers::count_level(conn, article, staff, level)?,
                deepest: store::readers::deepest(conn, article, staff)?,
            })
        })
        .await
}
