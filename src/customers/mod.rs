//! Customers and their relation to staff: profiles, binding, what staff know about them.
//!
//! Wire names: 客户 is a customer, `uid`/`u_id` the staff member on a customer's side, `pid` the customer who forwarded
//! the card, `expedted_pr` the expected closing rate, `expected_time` the expected closing date.

mod api;
mod avatar;
mod book;
pub mod changes;
pub mod follow_ups;
pub mod handover;
pub mod interest;
mod login;
mod office;
mod office_tags;
mod profile;
pub mod store;
pub mod tags;
mod timeline;

pub use api::api;
pub use avatar::copy_later as copy_avatar_later;
pub use login::{Arrival, Logins, arrive};
pub use profile::{Profile, authorise_at};

use rusqlite::Connection;

use crate::{
    app::App,
    chat::{self, Pair},
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{CompanyId, CustomerId, RelationId, StaffId},
    stats::{self, Deed, Figure},
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
    must_be_staff_of(w, bond.company, bond.staff)?;
    let id = store::insert_relation(w, bond, now)?;
    chat::greet(w, app, bond.company, bond.staff, bond.customer, now)?;
    Ok(Relation { id, is_new: true })
}

/// 302 unless the staff member is of the company.
pub fn must_be_staff_of(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<()> {
    if store::is_staff_of(conn, company, staff)? { Ok(()) } else { Err(Error::no_such("用户")) }
}

/// What a customer brings along when opening the mini-program from somebody's code or forwarded card.
#[derive(Debug, Clone, Copy)]
pub struct Invitation {
    pub staff: Option<StaffId>,
    pub source: i64,
    pub parent: Option<CustomerId>,
}

/// Binds a customer to the invitation's staff member; without one, to the staff member whom the parent last turned to.
///
/// 302 when they are bound already: nothing changes then.
pub async fn bind(app: &App, customer: Customer, invitation: Invitation) -> Result<()> {
    let app_inside = app.clone();
    app.db.write(move |w| bind_at(w, &app_inside, customer, invitation, Millis::now())).await
}

/// [`bind`] within a write job, at a given moment.
pub fn bind_at(w: &Write<'_>, app: &App, customer: Customer, invitation: Invitation, now: Millis) -> Result<()> {
    let company = customer.company;
    let staff = match (invitation.staff, invitation.parent) {
        (Some(staff), _) if store::is_enabled_staff(w, company, staff)? => staff,
        (Some(_), _) => return Err(Error::Unacceptable("用户不存在".into())),
        (None, Some(parent)) => store::recent_staff(w, company, parent)?.ok_or_else(nobody)?,
        (None, None) => return Err(nobody()),
    };
    let (source, parent) = (Some(invitation.source), invitation.parent);
    let bond = Bond { company, staff, customer: customer.id, source, parent };
    let relation = relate(w, app, &bond, now)?;
    // The card may have been looked at a moment before the binding arrived: then the relation does not know yet.
    if relation.is_new || store::complete_relation(w, relation.id, &bond)? {
        Ok(())
    } else {
        Err(Error::NotFound("关系存在".into()))
    }
}

fn nobody() -> Error {
    Error::Form("缺少所属的企业用户".into())
}

/// Writes down a follow-up of a staff member, which moves the last follow-up; its id. 307 without a relation.
pub fn follow_up(w: &Write<'_>, app: &App, pair: Pair, text: &str, now: Millis) -> Result<i64> {
    let relation = store::relation(w, pair.company, pair.staff, pair.customer)?.ok_or(Error::NoRelation)?;
    let id = store::insert_follow_up(w, pair, text, now)?;
    store::touch_follow(w, relation, now)?;
    let today = app.zone.day(now);
    stats::store::bump(w, pair.company, today, Figure::FollowUps, 1)?;
    stats::store::count_deed(w, pair.staff, today, Deed::FollowUp)?;
    Ok(id)
}

/// Counts a customer who has just been stored.
pub fn count_new(w: &Write<'_>, app: &App, company: CompanyId, now: Millis) -> Result<()> {
    stats::store::bump(w, company, app.zone.day(now), Figure::Customers, 1)?;
    store::count_company_customer(w, company)
}

/// 男 or 女; empty when unknown.
pub fn sex_text(sex: Option<i64>) -> &'static str {
    match sex {
        Some(1) => "男",
        Some(2) => "女",
        _ => "",
    }
}

/// Where a customer is, in one: a municipality is named once.
pub fn area_text(province: &str, city: &str) -> String {
    if province == city { city.to_owned() } else { format!("{province} {city}").trim().to_owned() }
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

/// The text of a customer's `user_type`.
pub fn user_type_text(user_type: i64) -> &'static str {
    match user_type {
        1 => "微信公众号",
        2 => "微信小程序",
        _ => "",
    }
}
