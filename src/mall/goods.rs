//! Goods of the mall, as the back office keeps them.

use super::store::{classes, goods as store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CompanyId, GoodId, GoodsClassId},
    time::Millis,
    web::Paging,
};

/// On sale, as long as there is some.
pub const ON_SALE: i64 = 1;
pub const SOLD_OUT: i64 = 3;

/// A good as it is stored.
#[derive(Debug, Clone)]
pub struct Good {
    pub id: GoodId,
    pub class: Option<GoodsClassId>,
    /// Empty without a class.
    pub class_name: String,
    pub name: String,
    pub price_fen: i64,
    pub inventory: i64,
    pub sold: i64,
    pub status: i64,
    pub recommend_index: i64,
    pub pictures: Vec<String>,
    pub detail_pictures: Vec<String>,
    pub description: String,
    pub created_at: Millis,
}

impl Good {
    /// What is on sale without any left is sold out.
    pub fn shown_status(&self) -> i64 {
        if self.status == ON_SALE && self.inventory == 0 { SOLD_OUT } else { self.status }
    }
}

/// The text of a status code.
pub fn status_text(status: i64) -> &'static str {
    match status {
        ON_SALE => "已上架",
        2 => "未上架",
        SOLD_OUT => "已售罄",
        4 => "已下架",
        _ => "",
    }
}

/// What the form of a good says.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub class: Option<GoodsClassId>,
    pub price_fen: i64,
    pub inventory: i64,
    pub status: i64,
    pub recommend_index: i64,
    pub pictures: Vec<String>,
    pub detail_pictures: Vec<String>,
    pub description: String,
}

/// What a list is narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    pub company: CompanyId,
    pub id: Option<GoodId>,
    pub name: Option<String>,
    /// Classes below it included.
    pub class: Option<GoodsClassId>,
    /// As shown: sold out is what has none left.
    pub status: Option<i64>,
    /// As customers see it: neither what is not yet on sale nor what was withdrawn.
    pub only_offered: bool,
}

pub async fn list(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Good>, i64)> {
    app.db.read(move |conn| Ok((store::list(conn, &filter, paging)?, store::count(conn, &filter)?))).await
}

/// 300 when the company has a good of that name, 301 when there is no such class.
pub async fn add(app: &App, admin: &Admin, draft: Draft) -> Result<GoodId> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let id = add_at(w, company, &draft, Millis::now())?;
            let detail = format!("商品 {id} {}", draft.name);
            identity::store::audit::put(w, company, by, "mallManagement.add", &detail)?;
            Ok(id)
        })
        .await
}

/// [`add`] within a write job, at a given moment.
pub fn add_at(w: &Write<'_>, company: CompanyId, draft: &Draft, now: Millis) -> Result<GoodId> {
    check_class(w, company, draft)?;
    store::insert(w, company, draft, now).map_err(taken)
}

/// As [`add`]; 302 when there is no such good.
pub async fn update(app: &App, admin: &Admin, id: GoodId, draft: Draft) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let before = store::find(w, company, id)?.ok_or_else(|| Error::no_such("商品"))?;
            check_class(w, company, &draft)?;
            store::update(w, company, id, &draft).map_err(taken)?;
            let detail = format!("商品 {id} {} → {}", before.name, draft.name);
            identity::store::audit::put(w, company, by, "mallManagement.update", &detail)
        })
        .await
}

pub async fn delete(app: &App, admin: &Admin, id: GoodId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let before = store::find(w, company, id)?.ok_or_else(|| Error::no_such("商品"))?;
            store::delete(w, company, id)?;
            let detail = format!("商品 {id} {}", before.name);
            identity::store::audit::put(w, company, by, "mallManagement.delete", &detail)
        })
        .await
}

fn check_class(w: &Write<'_>, company: CompanyId, draft: &Draft) -> Result<()> {
    match draft.class {
        Some(class) if classes::find(w, company, class)?.is_none() => {
            Err(Error::field("parentClassification", "无此分类"))
        }
        _ => Ok(()),
    }
}

fn taken(error: Error) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => {
            Error::NameTaken("商品名称不能重复".into())
        }
        _ => error,
    }
}
