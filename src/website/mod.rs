//! A company's website in the mini-program, and templates for it.
//!
//! Wire names: `website_content` and `template_content` are lists of blocks `{type, data}`; `guntu` (滚图) are the
//! pictures that scroll at the top, `content` those below.

mod api;
mod content;
pub mod store;

pub use api::api;
pub use content::{Block, SiteContent};

use crate::{
    app::App,
    chat::Pair,
    customers,
    error::{Error, Result},
    identity::{self, Admin, Customer},
    ids::{CompanyId, StaffId, TemplateId},
    radar::{self, Action},
    time::Millis,
    web::Paging,
};

/// A company and what its website shows; nothing until it is edited.
#[derive(Debug, Clone)]
pub struct Website {
    pub company: CompanyId,
    pub name: String,
    pub content: SiteContent,
    /// Of the company.
    pub created_at: Millis,
}

/// A website to begin with.
#[derive(Debug, Clone)]
pub struct Template {
    pub id: TemplateId,
    pub name: String,
    pub content: SiteContent,
    pub created_at: Millis,
}

pub async fn show(app: &App, company: CompanyId) -> Result<Website> {
    app.db.read(move |conn| store::find(conn, company)).await?.ok_or_else(|| Error::no_such("公司"))
}

/// 302 when there is no such company.
pub async fn edit(app: &App, admin: &Admin, company: CompanyId, content: SiteContent) -> Result<()> {
    let by = admin.author();
    app.db
        .write(move |w| {
            if !store::put(w, company, &content, Millis::now())? {
                return Err(Error::no_such("公司"));
            }
            let detail = format!("官网，{} 块，{} 张图片", content.blocks().len(), content.count_pictures());
            identity::store::audit::put(w, company, by, "website.edit", &detail)
        })
        .await
}

/// The website of the company whose salesperson's card the customer came by; a line on that salesperson's radar.
pub async fn look_at(app: &App, customer: Customer, staff: StaffId) -> Result<SiteContent> {
    let pair = Pair { company: customer.company, staff, customer: customer.id };
    let inside = app.clone();
    app.db
        .write(move |w| {
            customers::must_be_staff_of(w, pair.company, staff)?;
            let text = "查看了您公司的官网,看来TA对您公司感兴趣".to_owned();
            radar::record_while_open(w, &inside, pair, Action::ViewWebsite, text, Millis::now())?;
            Ok(store::find(w, pair.company)?.map(|website| website.content).unwrap_or_default())
        })
        .await
}

/// Newest first.
pub async fn templates(app: &App, paging: Paging) -> Result<(Vec<Template>, i64)> {
    app.db.read(move |conn| Ok((store::templates(conn, paging)?, store::count_templates(conn)?))).await
}

pub async fn add_template(app: &App, admin: &Admin, name: String, content: SiteContent) -> Result<TemplateId> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            let id = store::insert_template(w, &name, &content, Millis::now())?;
            let detail = format!("官网模板 {id} {name}");
            identity::store::audit::put(w, company, by, "website_template.add", &detail)?;
            Ok(id)
        })
        .await
}

/// Without a name the template keeps its own.
pub async fn update_template(
    app: &App,
    admin: &Admin,
    id: TemplateId,
    name: Option<String>,
    content: SiteContent,
) -> Result<()> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            found(store::update_template(w, id, name.as_deref(), &content)?)?;
            let detail = format!("官网模板 {id} {}", name.as_deref().unwrap_or("名称未变"));
            identity::store::audit::put(w, company, by, "website_template.update", &detail)
        })
        .await
}

pub async fn delete_template(app: &App, admin: &Admin, id: TemplateId) -> Result<()> {
    let (by, company) = (admin.author(), admin.company);
    app.db
        .write(move |w| {
            found(store::delete_template(w, id)?)?;
            identity::store::audit::put(w, company, by, "website_template.delete", &format!("官网模板 {id}"))
        })
        .await
}

fn found(changed: bool) -> Result<()> {
    if changed { Ok(()) } else { Err(Error::no_such("模板ID")) }
}
