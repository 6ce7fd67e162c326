//! The back office looks at the customers of a company: the list, one row a relation, and everything about one customer.

use super::{interest::Interest, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CompanyId, CustomerId, RelationId, StaffId, TagId},
    time::{Day, Millis},
    web::Paging,
};

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Creation,
    Activity,
    Follow,
    Rate,
    Interest,
}

/// A key and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub key: Key,
    pub is_descending: bool,
}

impl Order {
    /// 301 for a name that there is not.
    pub fn named(text: Option<&str>) -> Result<Self> {
        let text = text.unwrap_or("-create_date").trim();
        let (name, is_descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let key = match name {
            "create_date" => Key::Creation,
            "last_activity_time" => Key::Activity,
            "last_follow_time" => Key::Follow,
            "expedted_pr" => Key::Rate,
            "interest" => Key::Interest,
            _ => {
                let known =
                    "应为 create_date、last_activity_time、last_follow_time、expedted_pr 或 interest，可在前面加 -";
                return Err(Error::field("order", known));
            }
        };
        Ok(Self { key, is_descending })
    }
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a name or of a phone number, the customer's own or noted.
    pub search: Option<String>,
    pub staff: Option<StaffId>,
    pub source: Option<i64>,
    pub user_type: Option<i64>,
    pub tag: Option<TagId>,
    pub from: Option<Millis>,
    /// The first moment that is not wanted any more.
    pub until: Option<Millis>,
}

impl Filter {
    /// In words, for the audit log.
    pub fn text(&self) -> String {
        let parts = [
            self.search.as_ref().map(|search| format!("搜索 {search}")),
            self.staff.map(|staff| format!("雷达用户 {staff}")),
            self.source.map(|source| format!("来源 {}", super::source_text(source))),
            self.user_type.map(|kind| super::user_type_text(kind).to_owned()),
            self.tag.map(|tag| format!("标签 {tag}")),
            (self.from.is_some() || self.until.is_some()).then(|| "按日期".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "全部".to_owned() } else { parts.join("，") }
    }
}

/// A row of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub relation: RelationId,
    pub customer: CustomerId,
    pub name: String,
    pub memo_name: String,
    pub avatar: String,
    /// The noted one, else the customer's own.
    pub phone: String,
    pub sex: Option<i64>,
    pub province: String,
    pub city: String,
    pub user_type: i64,
    pub source: i64,
    pub staff: StaffId,
    pub staff_name: String,
    pub tags: Vec<(TagId, String)>,
    pub expected_rate: i64,
    pub expected_day: Option<Day>,
    pub interest: Interest,
    pub radar_count: i64,
    pub messages: i64,
    pub last_activity_at: Option<Millis>,
    pub last_follow_at: Option<Millis>,
    pub created_at: Millis,
}

/// What a customer is, without regard to staff.
#[derive(Debug, Clone)]
pub struct Profile {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
    pub phone: String,
    pub sex: Option<i64>,
    pub country: String,
    pub province: String,
    pub city: String,
    pub language: String,
    pub user_type: i64,
    pub openid: String,
    pub is_following: Option<bool>,
    pub last_login_at: Millis,
    pub created_at: Millis,
}

/// What a staff member and a customer have with each other.
#[derive(Debug, Clone)]
pub struct Bonded {
    pub relation: RelationId,
    pub staff: StaffId,
    pub staff_name: String,
    pub staff_avatar: String,
    pub source: i64,
    /// Who brought them, and their name.
    pub parent: Option<(CustomerId, String)>,
    pub expected_day: Option<Day>,
    pub expected_rate: i64,
    pub interest: Interest,
    pub last_activity_at: Option<Millis>,
    pub last_follow_at: Option<Millis>,
    pub radar_count: i64,
    pub staff_messages: i64,
    pub customer_messages: i64,
    pub tags: Vec<(TagId, String)>,
    pub memo_name: String,
    pub memo_phone: String,
    pub memo_email: String,
    pub memo_company: String,
    pub memo_position: String,
    pub memo_address: String,
    pub memo_birthday: String,
    pub memo: String,
    pub created_at: Millis,
}

/// Everything about one customer.
#[derive(Debug, Clone)]
pub struct Whole {
    pub profile: Profile,
    pub bonds: Vec<Bonded>,
    /// Action codes and how often each was done, the most often first.
    pub actions: Vec<(i64, i64)>,
}

/// A page of the company's customers, and how many there are in all.
pub async fn list(
    app: &App,
    admin: &Admin,
    order: Order,
    filter: Filter,
    paging: Paging,
) -> Result<(Vec<Listed>, i64)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let (ids, count) = if filter.search.is_some() {
                // What is searched for is compared with every name: once, not for the page and again for the count.
                let all = store::office::ids(conn, company, order, &filter, None)?;
                (paging.part_of(&all).to_vec(), i64::try_from(all.len()).unwrap_or(i64::MAX))
            } else {
                let page = store::office::ids(conn, company, order, &filter, Some(paging))?;
                (page, store::office::count(conn, company, &filter)?)
            };
            let rows = ids.into_iter().map(|id| store::office::listed(conn, company, id)).collect::<Result<_>>()?;
            Ok((rows, count))
        })
        .await
}

/// 302 unless the customer is the company's.
pub async fn whole(app: &App, admin: &Admin, customer: CustomerId) -> Result<Whole> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let profile = store::office::profile(conn, company, customer)?.ok_or_else(|| Error::no_such("客户"))?;
            let bonds = store::office::bonds(conn, company, customer)?;
            let mut actions = store::office::actions(conn, customer)?;
            actions.sort_by_key(|(action, count)| (-count, *action));
            Ok(Whole { profile, bonds, actions })
        })
        .await
}

/// Rows that an export reads at once: no read lasts long.
const EXPORTED_AT_ONCE: i64 = 500;

/// Writes down that the customers left the house, before the first of them does.
pub async fn note_export(app: &App, admin: &Admin, filter: &Filter) -> Result<()> {
    let (admin, detail) = (admin.clone(), filter.text());
    app.db
        .write(move |w| identity::store::audit::put(w, admin.company, admin.author(), "customer.export", &detail))
        .await
}

/// The next rows of an export, newest first, after the last one of those before.
pub async fn next_rows(
    app: &App,
    company: CompanyId,
    filter: Filter,
    after: Option<(Millis, RelationId)>,
) -> Result<Vec<Listed>> {
    app.db
        .read(move |conn| {
            let ids = store::office::ids_after(conn, company, &filter, after, EXPORTED_AT_ONCE)?;
            ids.into_iter().map(|id| store::office::listed(conn, company, id)).collect()
        })
        .await
}
