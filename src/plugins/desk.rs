//! The back office makes and changes plugins.

use super::{ActivityFields, CardFields, GoodsContent, store};
use crate::{
    app::App,
    db::{self, Write},
    error::{Error, Result},
    identity::{self, Admin},
    ids::{ActivityId, AdminId, CardPluginId, CompanyId, GoodsPluginId},
    time::Millis,
    web::Paging,
};

pub async fn list_cards(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<super::Card>, i64)> {
    let (company, owner) = (admin.company, admin.id);
    app.db
        .read(move |conn| {
            Ok((store::cards::list(conn, company, owner, paging)?, store::cards::count(conn, company, owner)?))
        })
        .await
}

/// 300 when the administrator has a card of that name.
pub async fn add_card(app: &App, admin: &Admin, fields: CardFields) -> Result<CardPluginId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let id = add_card_at(w, admin.company, admin.id, &fields, Millis::now())?;
            audit(w, &admin, "plugin_mingpian.add", &format!("名片插件 {id} {}", fields.name))?;
            Ok(id)
        })
        .await
}

/// [`add_card`] within a write job, at a given moment.
pub fn add_card_at(
    w: &Write<'_>,
    company: CompanyId,
    owner: AdminId,
    fields: &CardFields,
    now: Millis,
) -> Result<CardPluginId> {
    store::cards::insert(w, company, owner, fields, now).map_err(|error| taken(error, "名片名称已存在"))
}

pub async fn update_card(app: &App, admin: &Admin, id: CardPluginId, fields: CardFields) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let changed = store::cards::update(w, admin.company, admin.id, id, &fields);
            found(changed.map_err(|error| taken(error, "名片名称已存在"))?, "名片插件")?;
            audit(w, &admin, "plugin_mingpian.update", &format!("名片插件 {id} {}", fields.name))
        })
        .await
}

/// 300 while an article shows it.
pub async fn delete_card(app: &App, admin: &Admin, id: CardPluginId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            if !store::cards::is_own(w, admin.company, admin.id, id)? {
                return Err(Error::no_such("名片插件"));
            }
            must_be_free(store::cards::is_shown(w, id)?)?;
            store::cards::delete(w, admin.company, id)?;
            audit(w, &admin, "plugin_mingpian.delete", &format!("名片插件 {id}"))
        })
        .await
}

pub async fn list_activities(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<super::Activity>, i64)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            Ok((store::activities::list(conn, company, paging)?, store::activities::count(conn, company)?))
        })
        .await
}

/// 300 when the company has an activity of that title.
pub async fn add_activity(app: &App, admin: &Admin, fields: ActivityFields) -> Result<ActivityId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let id = add_activity_at(w, admin.company, admin.id, &fields, Millis::now())?;
            audit(w, &admin, "plugin_report.add", &format!("报名插件 {id} {}", fields.title))?;
            Ok(id)
        })
        .await
}

/// [`add_activity`] within a write job, at a given moment.
pub fn add_activity_at(
    w: &Write<'_>,
    company: CompanyId,
    owner: AdminId,
    fields: &ActivityFields,
    now: Millis,
) -> Result<ActivityId> {
    store::activities::insert(w, company, owner, fields, now).map_err(|error| taken(error, "活动标题已存在"))
}

/// An activity that articles show may be changed: they show it as it is now.
pub async fn update_activity(app: &App, admin: &Admin, id: ActivityId, fields: ActivityFields) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let changed = store::activities::update(w, admin.company, id, &fields);
            found(changed.map_err(|error| taken(error, "活动标题已存在"))?, "报名插件")?;
            audit(w, &admin, "plugin_report.update", &format!("报名插件 {id} {}", fields.title))
        })
        .await
}

/// 300 while an article shows it. Those who signed up go with it.
pub async fn delete_activity(app: &App, admin: &Admin, id: ActivityId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let before = store::activities::find(w, admin.company, id)?.ok_or_else(|| Error::no_such("报名插件"))?;
            must_be_free(store::activities::is_shown(w, id)?)?;
            store::activities::delete(w, admin.company, id)?;
            audit(w, &admin, "plugin_report.delete", &format!("报名插件 {id} {}", before.fields.title))
        })
        .await
}

/// One who signed up, as exports have it.
#[derive(Debug, Clone)]
pub struct Exported {
    pub id: i64,
    pub sign_up: super::SignUp,
    /// Whose link brought them; empty: nobody's.
    pub staff_name: String,
}

/// Those who signed up that an export reads at once: no read lasts long.
const EXPORTED_AT_ONCE: i64 = 500;

/// Writes down that those who signed up are exported, before the first of them is; the activity's title. 302 unless it
/// is the company's.
pub async fn note_export(app: &App, admin: &Admin, id: ActivityId) -> Result<String> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let activity = store::activities::find(w, admin.company, id)?.ok_or_else(|| Error::no_such("报名插件"))?;
            audit(w, &admin, "plugin_report.export", &format!("报名插件 {id} {}", activity.fields.title))?;
            Ok(activity.fields.title)
        })
        .await
}

/// The next ones of an export, after the last one of those before.
pub async fn next_sign_ups(app: &App, id: ActivityId, after: Option<(Millis, i64)>) -> Result<Vec<Exported>> {
    app.db.read(move |conn| store::activities::sign_ups_after(conn, id, after, EXPORTED_AT_ONCE)).await
}

pub async fn list_goods(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<super::Goods>, i64)> {
    let (company, owner) = (admin.company, admin.id);
    app.db
        .read(move |conn| {
            Ok((store::goods::list(conn, company, owner, paging)?, store::goods::count(conn, company, owner)?))
        })
        .await
}

/// 300 when the administrator has a good of that title.
pub async fn add_goods(app: &App, admin: &Admin, title: String, content: GoodsContent) -> Result<GoodsPluginId> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let id = add_goods_at(w, admin.company, admin.id, &title, &content, Millis::now())?;
            audit(w, &admin, "plugin_goods.add", &format!("商品插件 {id} {title}"))?;
            Ok(id)
        })
        .await
}

/// [`add_goods`] within a write job, at a given moment.
pub fn add_goods_at(
    w: &Write<'_>,
    company: CompanyId,
    owner: AdminId,
    title: &str,
    content: &GoodsContent,
    now: Millis,
) -> Result<GoodsPluginId> {
    store::goods::insert(w, company, owner, title, content, now).map_err(|error| taken(error, "商品名称不能重复"))
}

pub async fn update_goods(
    app: &App,
    admin: &Admin,
    id: GoodsPluginId,
    title: String,
    content: GoodsContent,
) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            let changed = store::goods::update(w, admin.company, admin.id, id, &title, &content);
            found(changed.map_err(|error| taken(error, "商品名称不能重复"))?, "商品插件")?;
            audit(w, &admin, "plugin_goods.update", &format!("商品插件 {id} {title}"))
        })
        .await
}

/// 300 while an article shows it.
pub async fn delete_goods(app: &App, admin: &Admin, id: GoodsPluginId) -> Result<()> {
    let admin = admin.clone();
    app.db
        .write(move |w| {
            if !store::goods::is_own(w, admin.company, admin.id, id)? {
                return Err(Error::no_such("商品插件"));
            }
            must_be_free(store::goods::is_shown(w, id)?)?;
            store::goods::delete(w, admin.company, id)?;
            audit(w, &admin, "plugin_goods.delete", &format!("商品插件 {id}"))
        })
        .await
}

fn audit(w: &Write<'_>, admin: &Admin, action: &str, detail: &str) -> Result<()> {
    identity::store::audit::put(w, admin.company, admin.author(), action, detail)
}

fn must_be_free(is_shown: bool) -> Result<()> {
    if is_shown { Err(Error::NameTaken("插件有关联的文章,可解除关联后删除".into())) } else { Ok(()) }
}

fn found(changed: bool, what: &'static str) -> Result<()> {
    if changed { Ok(()) } else { Err(Error::no_such(what)) }
}

fn taken(error: Error, msg: &'static str) -> Error {
    match &error {
        Error::Internal(cause) if cause.downcast_ref().is_some_and(db::is_conflict) => Error::NameTaken(msg.into()),
        _ => error,
    }
}
