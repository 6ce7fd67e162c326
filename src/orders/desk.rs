//! Lists of orders: of staff and of the back office.

use super::{Filter, Order, store};
use crate::{app::App, error::Result, web::Paging};

/// A page, newest first, and how many there are.
pub async fn page(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Order>, i64)> {
    app.db.read(move |conn| Ok((store::list(conn, &filter, paging)?, store::count(conn, &filter)?))).await
}
