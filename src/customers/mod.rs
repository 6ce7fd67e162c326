//! Customers and their relation to staff: profiles, binding, what staff know about them.
//!
//! Wire names: 客户 is a customer, `uid`/`u_id` the staff member on a customer's side, `pid` the customer who forwarded
//! the card, `expedted_pr` the expected closing rate, `expected_time` the expected closing date.

mod api;
pub mod store;

pub use api::api;

use crate::{
    app::App,
    chat,
    db::Write,
    error::{Error, Result},
    ids::{CompanyId, CustomerId, RelationId, StaffId},
    stats::{self, Figure},
    time::Millis,
};

/// Who is to be joined with whom, and how they met.
#[derive(Debug, Clone, Copy)]
pub struct Bond {
    pub company: CompanyId,
    pub staff: StaffId,
    pub customer: CustomerId,
    /// 1 scanned, 2 forwarded, 3 searched, 4 article, 5 video; `None`: as the customer came in the first place.
    pub source: Option<i64>,
    /// The customer whose forwarding led here.
    pub parent: Option<CustomerId>,
}

impl Bond {
    /// A customer who turns to a staff member without having been bound.
    pub fn by_itself(company: CompanyId, staff: StaffId, customer: CustomerId) -> Self {
        Self { company, staff, customer, source: None, parent: None }
    }
}

/// A relation, and whether it was made just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    pub id: RelationId,
    pub is_new: bool,
}

/// The relation of a customer and a staff member of the same company; made, with the greeting as the first message,
/// when there is none. 302 when the staff member is not of that company.
pub fn relate(w: &Write<'_>, app: &App, bond: &Bond, now: Millis) -> Result<Relation> {
    if let Some(id) = store::relation(w, bond.company, bond.staff, bond.customer)? {
        return Ok(Relation { id, is_new: false });
    }
    if !store::is_staff_of(w, bond.company, bond.staff)? {
        return Err(Error::no_such("用户"));
    }
    let id = store::insert_relation(w, bond, now)?;
    chat::greet(w, app, bond.company, bond.staff, bond.customer, now)?;
    Ok(Relation { id, is_new: true })
}

/// Counts a customer who has just been stored.
pub fn count_new(w: &Write<'_>, app: &App, company: CompanyId, now: Millis) -> Result<()> {
    stats::store::bump(w, company, app.zone.day(now), Figure::Customers, 1)?;
    store::count_company_customer(w, company)
}

/// The text of a relation's `source`.
pub fn source_text(source: i64) -> &'static str {
    match source {
        1 => "扫码",
        2 => "转发",
        3 => "搜索",
        4 => "公众号文章",
        5 => "公众号视频",
        _ => "",
    }
}
