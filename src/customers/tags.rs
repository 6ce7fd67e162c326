//! Customer tags. Groups and the tags that a company begins with are everybody's; a staff member's own tags lie in the
//! group 自定义. A tag is put on a customer by one staff member, and shows to nobody else.

use rusqlite::Connection;

use super::store;
use crate::{
    app::App,
    chat::Pair,
    db::{self, Write},
    error::{Error, Result},
    identity::Staff,
    ids::{CompanyId, CustomerId, RelationId, StaffId, TagId},
    time::Millis,
    web::Paging,
};

/// Where own tags lie.
pub const OWN_GROUP: &str = "自定义";

/// A group with its tags.
pub struct Group {
    pub name: String,
    pub tags: Vec<Tag>,
}

/// A tag that a staff member may use.
pub struct Tag {
    pub id: TagId,
    pub name: String,
    /// Whether the customer who was asked about has it.
    pub is_selected: bool,
}

/// A tag in use, and some of the customers who have it.
pub struct Used {
    pub id: TagId,
    pub name: String,
    pub customers: i64,
    pub faces: Vec<Face>,
}

/// A customer in the list of a tag.
pub struct Face {
    pub customer: CustomerId,
    pub name: String,
    pub avatar: String,
}

/// All groups with the tags that the caller may use; 302 when the customer is not the caller's.
pub async fn groups(app: &App, staff: Staff, customer: Option<CustomerId>) -> Result<Vec<Group>> {
    app.db
        .read(move |conn| {
            let relation = match customer {
                Some(customer) => Some(
                    store::relation(conn, staff.company, staff.id, customer)?.ok_or_else(|| Error::no_such("客户"))?,
                ),
                None => None,
            };
            store::tags::groups(conn, staff, relation)
        })
        .await
}

/// The tags that customers of the caller have, the most used first; `paging` is of the customers within each. With
/// `only`, that tag alone: 302 when the caller has no such tag.
pub async fn in_use(app: &App, staff: Staff, only: Option<TagId>, paging: Paging) -> Result<Vec<Used>> {
    app.db
        .read(move |conn| {
            if let Some(tag) = only
                && !store::tags::is_usable(conn, staff, tag)?
            {
                return Err(no_such_tag());
            }
            let mut used = store::tags::in_use(conn, staff, only)?;
            for tag in &mut used {
                tag.faces = store::tags::faces(conn, staff, tag.id, paging)?;
            }
            Ok(used)
        })
        .await
}

/// The tags most used by the caller, without the customers.
pub async fn top(app: &App, staff: Staff, most: usize) -> Result<Vec<Used>> {
    let mut used = app.db.read(move |conn| store::tags::in_use(conn, staff, None)).await?;
    used.truncate(most);
    Ok(used)
}

/// Makes an own tag and puts it on customers; 302 without customers or with somebody else's, 301 when the name is taken.
pub async fn add_with_customers(app: &App, staff: Staff, name: String, customers: Vec<CustomerId>) -> Result<TagId> {
    if customers.is_empty() {
        return Err(Error::NotFound("标签关联客户不能为空".into()));
    }
    app.db
        .write(move |w| {
            if store::tags::named(w, staff.company, staff.id, &name)?.is_some() {
                return Err(name_taken());
            }
            let tag = make(w, staff.company, staff.id, &name, Millis::now())?;
            give_to(w, staff, tag, &customers)?;
            Ok(tag)
        })
        .await
}

/// Changes an own tag: its name, and which customers have it; `None` stays as it is. 302 unless it is an own one.
pub async fn update(
    app: &App,
    staff: Staff,
    tag: TagId,
    name: Option<String>,
    customers: Option<Vec<CustomerId>>,
) -> Result<()> {
    if customers.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::NotFound("标签关联客户不能为空".into()));
    }
    app.db
        .write(move |w| {
            if !store::tags::is_own(w, staff, tag)? {
                return Err(no_such_tag());
            }
            if let Some(name) = name {
                if store::tags::named(w, staff.company, staff.id, &name)?.is_some_and(|other| other != tag) {
                    return Err(name_taken());
                }
                store::tags::rename(w, staff, tag, &name)?;
            }
            if let Some(customers) = customers {
                store::tags::clear(w, staff, tag)?;
                give_to(w, staff, tag, &customers)?;
            }
            Ok(())
        })
        .await
}

/// Deletes an own tag; customers lose it. 302 unless it is an own one.
pub async fn delete(app: &App, staff: Staff, tag: TagId) -> Result<()> {
    let deleted = app.db.write(move |w| store::tags::delete(w, staff, tag)).await?;
    if deleted { Ok(()) } else { Err(no_such_tag()) }
}

/// Puts the tag of this name on a customer; an own one is made when there is none. 307 without a relation.
pub async fn add(app: &App, staff: Staff, customer: CustomerId, name: String) -> Result<TagId> {
    let pair = Pair { company: staff.company, staff: staff.id, customer };
    app.db.write(move |w| add_at(w, pair, &name, Millis::now())).await
}

/// [`add`] within a write job, at a given moment.
pub fn add_at(w: &Write<'_>, pair: Pair, name: &str, now: Millis) -> Result<TagId> {
    let relation = store::relation(w, pair.company, pair.staff, pair.customer)?.ok_or(Error::NoRelation)?;
    let tag = match store::tags::named(w, pair.company, pair.staff, name)? {
        Some(tag) => tag,
        None => make(w, pair.company, pair.staff, name, now)?,
    };
    store::tags::give(w, pair.staff, relation, tag)?;
    Ok(tag)
}

/// Makes a tag of the staff member's own within a write job.
pub fn make(w: &Write<'_>, company: CompanyId, staff: StaffId, name: &str, now: Millis) -> Result<TagId> {
    let group = match store::tags::group_named(w, company, OWN_GROUP)? {
        Some(group) => group,
        None => store::tags::insert(w, company, None, None, OWN_GROUP, now)?,
    };
    store::tags::insert(w, company, Some(staff), Some(group), name, now)
        .map_err(|error| if db::is_conflict(&error) { name_taken() } else { error.into() })
}

/// Leaves a customer exactly these tags; 301 when one of them is not the staff member's to use.
pub fn replace(w: &Write<'_>, pair: Pair, relation: RelationId, tags: &[TagId]) -> Result<()> {
    let mut wanted = tags.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    for tag in &wanted {
        if !store::tags::is_usable_by(w, pair.company, pair.staff, *tag)? {
            return Err(Error::Unacceptable("用户标签不存在".into()));
        }
    }
    let has = store::tags::of(w, relation)?;
    for tag in has.iter().filter(|tag| !wanted.contains(tag)) {
        store::tags::take(w, relation, *tag)?;
    }
    for tag in wanted.iter().filter(|tag| !has.contains(tag)) {
        store::tags::give(w, pair.staff, relation, *tag)?;
    }
    Ok(())
}

fn give_to(w: &Write<'_>, staff: Staff, tag: TagId, customers: &[CustomerId]) -> Result<()> {
    for customer in customers {
        let relation = store::relation(w, staff.company, staff.id, *customer)?;
        store::tags::give(w, staff.id, relation.ok_or_else(|| Error::no_such("客户"))?, tag)?;
    }
    Ok(())
}

fn no_such_tag() -> Error {
    Error::no_such("标签")
}

fn name_taken() -> Error {
    Error::Unacceptable("标签名已存在".into())
}

/// Groups and tags that every company begins with.
const DEFAULT_TAGS: [(&str, &[&str]); 5] = [
    ("级别", &["重要客户", "一般客户", "潜在客户"]),
    ("关注点", &["在意质量", "在意服务", "在意价格", "在意交付"]),
    ("客户规模", &["10 人以下", "10-50 人", "50 人以上"]),
    ("基本信息", &["已婚", "80后", "90后"]),
    (OWN_GROUP, &[]),
];

/// Phrases that every company begins with, those of the documents; the last one is shown first.
const DEFAULT_PHRASES: [&str; 9] = [
    "客户查看了公司产品,有合作意向",
    "标记一下,客户有合作意向",
    "计划近期安排拜访",
    "意向客户,需安排拜访",
    "见面聊过,客户有合作意向",
    "曾拜访过的客户",
    "标记一下,需要给客户发送报价",
    "已发报价,待客户反馈",
    "已成交客户,维护好后续关系",
];

/// Gives a new company its tags and phrases.
pub fn furnish(conn: &Connection, company: CompanyId, now: Millis) -> Result<()> {
    for (group, tags) in DEFAULT_TAGS {
        let group = store::tags::insert(conn, company, None, None, group, now)?;
        for tag in tags {
            store::tags::insert(conn, company, None, Some(group), tag, now)?;
        }
    }
    for phrase in DEFAULT_PHRASES {
        store::follow_ups::insert_phrase(conn, company, None, phrase, now)?;
    }
    Ok(())
}
