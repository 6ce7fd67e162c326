//! The demo data set: small, fixed, polite and complete. It tells a month that ends now, through the same functions
//! that real requests go through, so that every counter is right.
//!
//! `cast` is who and what there is, `script` what they say, `story` when which thing happens, `store` the SQL for what
//! no request makes yet.

mod articles;
mod bulk;
mod cases;
mod cast;
mod mall;
mod orders;
mod outbox;
mod platform;
mod script;
mod store;
mod story;
mod team;
#[cfg(test)]
mod tests;
mod website;

pub use bulk::{Amounts, fill_for_benchmarks};

use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::{self, Right},
    ids::{AdminId, CompanyId, RoleId},
    settings,
    time::Millis,
    web::signature::new_token,
    weixin::sandbox::accounts::{
        FIRST_CORP, FIRST_MERCHANT, FIRST_MINI, FIRST_OFFICIAL, FIRST_OFFICIAL_AES_KEY, FIRST_OFFICIAL_TOKEN,
    },
};

/// The setting that marks a database of demo mode.
const MARK: &str = "internal.demo";
const COMPANY: &str = "云杉软件（演示）";
const ADDRESS: &str = "上海市浦东新区云杉路 8 号";
const PASSWORD: &str = "Leida2026";
/// The company has been a customer for this many days.
const AGE: i64 = 45;

/// What role 3 of the demo may: look at things.
const READING: [Right; 13] = [
    Right::Home,
    Right::StaffRead,
    Right::AdminRead,
    Right::ProductRead,
    Right::MallRead,
    Right::OrderRead,
    Right::WebsiteRead,
    Right::CaseRead,
    Right::ArticleRead,
    Right::PluginRead,
    Right::ScriptRead,
    Right::GrantRead,
    Right::ReleaseRead,
];

/// In demo mode fills an empty database; refuses to mix demo and real data.
pub async fn check_or_fill(app: &App) -> Result<()> {
    let (is_marked, has_companies) =
        app.db.read(|conn| Ok((store::is_marked(conn, MARK)?, identity::store::has_companies(conn)?))).await?;
    match (app.demo, is_marked, has_companies) {
        (true, false, true) => Err(Error::Refused(
            "the data directory holds real data: give --demo another one with --data, or leave --data away".into(),
        )),
        (false, true, _) => Err(Error::Refused(
            "the data directory holds demo data: start with --demo, or choose another one with --data".into(),
        )),
        (true, false, false) => fill_now(app, Millis::now()).await,
        _ => Ok(()),
    }
}

async fn fill_now(app: &App, now: Millis) -> Result<()> {
    let hash = identity::hash_password(PASSWORD.to_owned()).await?;
    let app_inside = app.clone();
    let qr_codes = platform::draw_all(app).await?;
    app.db
        .write(move |w| {
            fill(w, &app_inside, &hash, now)?;
            platform::fill(w, &app_inside, &hash, &qr_codes, now)?;
            connect(w, &app_inside)
        })
        .await?;
    app.sessions.clear();
    app.settings.reload().await
}

fn fill(w: &Write<'_>, app: &App, hash: &str, now: Millis) -> Result<()> {
    let today = app.zone.day(now);
    let founded = app.zone.start_of(today.plus(-AGE)).plus(9 * crate::time::HOUR);
    identity::found(w, COMPANY, today.plus(-AGE), founded)?;
    store::set_address(w, CompanyId::FIRST, ADDRESS)?;
    let reading: Vec<&str> = READING.iter().map(|right| right.url_path()).collect();
    store::grant(w, RoleId::ORDINARY, &reading)?;
    for (role, login_user, username, position) in [
        (RoleId::SUPER, "admin", "演示管理员", "系统管理员"),
        (RoleId::ADMIN, "manager", "周经理", "运营经理"),
        (RoleId::ORDINARY, "viewer", "小林", "数据专员"),
    ] {
        let admin = store::Admin { role, login_user, username, position };
        store::insert_admin(w, CompanyId::FIRST, &admin, hash, &new_token()?, founded)?;
    }
    let staff = cast::hire(w, founded)?;
    cast::fill_shelves(w, &staff, founded)?;
    website::open(w, CompanyId::FIRST, founded)?;
    mall::open(w, founded)?;
    let tags = cast::label(w, &staff, founded)?;
    story::play(w, app, &staff, &tags, now)?;
    cases::fill(w, app, founded, now)?;
    team::set_up(w, &staff, founded, now)?;
    articles::fill(w, app, AdminId(1), &staff, now)?;
    orders::fill(w, app, &staff, now)?;
    outbox::fill(w, &staff, now)?;
    // Yesterday's radar entries have been looked at.
    store::mark_seen(w, CompanyId::FIRST, app.zone.start_of(today))?;
    settings::store::put(w, MARK, &today.text())
}

/// Only now the company gets its accounts at WeChat: what happened before was told to nobody.
fn connect(w: &Write<'_>, app: &App) -> Result<()> {
    app.settings.put_of(
        w,
        CompanyId::FIRST,
        &[
            ("work.corp_id", FIRST_CORP.corp_id),
            ("work.contacts_secret", FIRST_CORP.contacts_secret),
            ("work.radar_agent_id", &FIRST_CORP.radar_agent_id.to_string()),
            ("work.radar_secret", FIRST_CORP.radar_secret),
            ("xcx.app_id", FIRST_MINI.app_id),
            ("xcx.secret", FIRST_MINI.secret),
            ("pay.mch_id", FIRST_MERCHANT.mch_id),
            ("pay.key", FIRST_MERCHANT.key),
            ("xcx.subscribe_template_id", "sandbox-template-of-unread-messages"),
            ("gzh.app_id", FIRST_OFFICIAL.app_id),
            ("gzh.secret", FIRST_OFFICIAL.secret),
            ("gzh.token", FIRST_OFFICIAL_TOKEN),
            ("gzh.aes_key", FIRST_OFFICIAL_AES_KEY),
            ("gzh.name", "云杉软件服务号"),
            ("gzh.template_id", "sandbox-template-of-service-messages"),
        ],
    )
}
