//! Products: of a company or of one of its staff, shown to customers in the mini-program.
//!
//! Wire names: `product_type` 1 is a company's product, 2 a staff member's; `publisher` who put it there;
//! `recommend_index` (also `index`) 0 none to 10 first.

mod api;
mod content;
mod shop;
pub mod store;

pub use api::api;
pub use content::{Block, ProductContent};
pub use shop::{browse, consult, forward, look_at};

use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin, Author},
    ids::{CompanyId, ProductId, StaffId},
    time::Millis,
    web::Paging,
};

/// Withdrawn: customers do not see it in lists.
pub const WITHDRAWN: i64 = 2;

/// Whose products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Company,
    Staff,
}

impl Kind {
    /// From the documents' `product_type`.
    pub fn from_code(code: i64) -> Result<Self> {
        match code {
            1 => Ok(Self::Company),
            2 => Ok(Self::Staff),
            _ => Err(Error::field("product_type", "应为 1 或 2")),
        }
    }
}

/// A product as it is stored, with the names around it.
#[derive(Debug, Clone)]
pub struct Product {
    pub id: ProductId,
    /// `None`: the company's.
    pub staff: Option<StaffId>,
    /// The owner's name and avatar; an empty name and the default avatar when it is the company's.
    pub staff_name: String,
    pub staff_avatar: String,
    pub company_name: String,
    pub name: String,
    pub price: String,
    pub reason: String,
    pub content: ProductContent,
    pub status: i64,
    pub recommend_index: i64,
    pub created_at: Millis,
}

impl Product {
    /// Who published it, as lists of the back office say.
    pub fn publisher(&self) -> &str {
        if self.staff.is_some() { &self.staff_name } else { &self.company_name }
    }

    /// The same to an administrator who looks at this one: the company's are ours.
    pub fn added_by(&self) -> String {
        if self.staff.is_some() { format!("{}添加的", self.staff_name) } else { "我添加的".to_owned() }
    }
}

/// The text of a status code.
pub fn status_text(status: i64) -> &'static str {
    match status {
        1 => "已发布",
        WITHDRAWN => "已下架",
        3 => "推荐",
        _ => "",
    }
}

/// What the form of a product says.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub price: String,
    pub reason: String,
    pub content: ProductContent,
}

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    pub company: CompanyId,
    pub kind: Kind,
    /// 1 on sale, recommended ones included; others exactly.
    pub status: i64,
    pub name: Option<String>,
}

pub async fn list(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Product>, i64)> {
    app.db.read(move |conn| Ok((store::list(conn, &filter, paging)?, store::count(conn, &filter)?))).await
}

/// A product of the administrator's company, of the given kind.
pub async fn single(app: &App, admin: &Admin, id: ProductId, kind: Kind) -> Result<Product> {
    let company = admin.company;
    let found = app.db.read(move |conn| store::find(conn, company, id)).await?;
    found.filter(|product| product.staff.is_some() == (kind == Kind::Staff)).ok_or_else(|| Error::no_such("产品"))
}

/// 300 when the company has a product of that name, 302 when the owner is not of the company.
pub async fn add(app: &App, admin: &Admin, draft: Draft, owner: Option<StaffId>) -> Result<ProductId> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if let Some(owner) = owner
                && !crate::customers::store::is_staff_of(w, company, owner)?
            {
                return Err(Error::no_such("用户"));
            }
            let id = store::insert(w, company, owner, &draft, Millis::now()).map_err(taken)?;
            note(w, company, by, "product.add", &format!("产品 {id} {}", draft.name))?;
            Ok(id)
        })
        .await
}

pub async fn update(app: &App, admin: &Admin, id: ProductId, draft: Draft) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            found(store::update(w, company, id, &draft).map_err(taken)?)?;
            note(w, company, by, "product.update", &format!("产品 {id} {}", draft.name))
        })
        .await
}

/// Everybody but a super-administrator may delete products of staff only.
pub async fn delete(app: &App, admin: &Admin, id: ProductId) -> Result<()> {
    let (company, by, may_all) = (admin.company, admin.author(), admin.is_super());
    app.db
        .write(move |w| {
            let product = store::find(w, company, id)?.ok_or_else(|| Error::no_such("产品"))?;
            if product.staff.is_none() && !may_all {
                return Err(Error::forbidden());
            }
            found(store::delete(w, company, id)?)?;
            note(w, company, by, "product.delete", &format!("产品 {id} {}", product.name))
        })
        .await
}

pub async fn set_status(app: &App, admin: &Admin, id: ProductId, status: i64) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            found(store::set_status(w, company, id, status)?)?;
            note(w, company, by, "product.change_status", &format!("产品 {id} → {}", status_text(status)))
        })
        .await
}

pub async fn recommend(app: &App, admin: &Admin, id: ProductId, index: i64) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            found(store::set_recommend_index(w, company, id, index)?)?;
            note(w, company, by, "product.recommend_index", &format!("产品 {id} → {index}"))
        })
        .await
}

fn note(w: &Write<'_>, company: CompanyId, by: Author, action: &str, detail: &str) -> Result<()> {
    identity::store::audit::put(w, company, by, action, detail)
}

fn found(changed: bool) -> Result<()> {
    if changed { Ok(()) } else { Err(Error::no_such("产品")) }
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => {
            Error::NameTaken("产品名称不能重复".into())
        }
        _ => error,
    }
}
