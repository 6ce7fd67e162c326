//! The back office looks after a company's tags, and puts tags on customers in a staff member's stead. What staff made
//! for themselves is seen, but stays theirs.

use super::{store, tags};
use crate::{
    app::App,
    chat::Pair,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CustomerId, StaffId, TagId},
    time::Millis,
};

/// A group with all its tags, also those of staff.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: TagId,
    pub name: String,
    pub tags: Vec<Owned>,
}

/// A tag, and whose it is.
#[derive(Debug, Clone)]
pub struct Owned {
    pub id: TagId,
    pub name: String,
    /// `None`: everybody's in the company.
    pub owner: Option<StaffId>,
    pub owner_name: String,
    /// Relations that have it.
    pub customers: i64,
}

/// All groups in the order of their making; in each, the company's tags before those of staff.
pub async fn groups(app: &App, admin: &Admin) -> Result<Vec<Group>> {
    let company = admin.company;
    app.db.read(move |conn| store::office_tags::groups(conn, company)).await
}

/// Leaves what a staff member and a customer have with each other exactly these tags. 302 when they have nothing, 301
/// when a tag is neither the company's nor the staff member's.
pub async fn replace(app: &App, admin: &Admin, staff: StaffId, customer: CustomerId, wanted: Vec<TagId>) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let pair = Pair { company: admin.company, staff, customer };
            let relation = store::relation(w, pair.company, staff, customer)?;
            tags::replace(w, pair, relation.ok_or_else(|| Error::no_such("客户"))?, &wanted)?;
            let ids: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            let detail = format!("雷达用户 {staff} 的客户 {customer} 的标签: [{}]", ids.join(", "));
            audit(w, &admin, "customer.update_tag", &detail)
        })
        .await
}

/// Makes a tag of the company's, or a group without `parent`. 302 when there is no such group, 300 when the name is taken.
pub async fn add(app: &App, admin: &Admin, parent: Option<TagId>, name: String) -> Result<TagId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            if let Some(parent) = parent
                && !store::office_tags::is_group(w, admin.company, parent)?
            {
                return Err(Error::no_such("标签分组"));
            }
            let made = store::tags::insert(w, admin.company, None, parent, &name, Millis::now());
            let id = made.map_err(|error| if db::is_conflict(&error) { taken() } else { error.into() })?;
            audit(w, &admin, "customer_tag.add", &format!("{} {id} {name}", called(parent.is_none())))?;
            Ok(id)
        })
        .await
}

/// Names one of the company's tags or groups anew. 302 when it is none, 300 when the name is taken.
pub async fn rename(app: &App, admin: &Admin, id: TagId, name: String) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = store::office_tags::find(w, admin.company, id)?.ok_or_else(no_such)?;
            let renamed = store::office_tags::rename(w, admin.company, id, &name);
            renamed.map_err(|error| if db::is_conflict(&error) { taken() } else { error.into() })?;
            let detail = format!("{} {id} {} 改为 {name}", called(before.is_group), before.name);
            audit(w, &admin, "customer_tag.update", &detail)
        })
        .await
}

/// Deletes one of the company's tags, which customers lose, or an empty group. 302 when it is none, 304 while a group
/// has tags.
pub async fn delete(app: &App, admin: &Admin, id: TagId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = store::office_tags::find(w, admin.company, id)?.ok_or_else(no_such)?;
            if before.is_group && store::office_tags::has_tags(w, id)? {
                return Err(Error::HasChildren);
            }
            store::office_tags::delete(w, admin.company, id)?;
            audit(w, &admin, "customer_tag.delete", &format!("{} {id} {}", called(before.is_group), before.name))
        })
        .await
}

fn called(is_group: bool) -> &'static str {
    if is_group { "标签分组" } else { "标签" }
}

fn audit(w: &Write<'_>, admin: &Admin, action: &str, detail: &str) -> Result<()> {
    identity::store::audit::put(w, admin.company, admin.author(), action, detail)
}

fn no_such() -> Error {
    Error::no_such("标签")
}

fn taken() -> Error {
    Error::NameTaken("标签名已存在".into())
}
