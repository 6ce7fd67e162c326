//! The demo's third-party platforms, and mini-programs in different states of their release: the demo company's, and
//! those of three companies that have just begun.

use super::store;
use crate::{
    app::App,
    customers,
    db::Write,
    error::Result,
    identity::{AccountKind, pictures},
    ids::{AdminId, CompanyId, MiniAppId, RoleId},
    platform::{
        Profile, Status,
        store::{
            accounts,
            releases::{self, NewVersion, ReviewState},
        },
    },
    settings,
    time::{HOUR, Millis},
    web::signature::new_token,
    weixin::sandbox::accounts::{
        Authorised, EMPTY_MINI, FIRST_MINI_AUTHORISED, MINI_PLATFORM, OFFICIAL_PLATFORM, REFUSED_MINI, REVIEWED_MINI,
    },
};

const DAY: i64 = 24 * HOUR;
const XCX: AccountKind = AccountKind::MiniProgram;
const REASON: &str = "1:小程序内容不符合规则:<br>(1):小程序核心功能点击后一直加载中，请完善后再提交。\
                      （测试环境wifi/4G，Android 8.0.0，微信6.6.7）<br>";

/// A company with its administrator and its mini-program.
struct Beginner {
    company: &'static str,
    login_user: &'static str,
    username: &'static str,
    mini: &'static Authorised,
    name: &'static str,
    principal: &'static str,
    category: &'static str,
}

const BEGINNERS: [Beginner; 3] = [
    Beginner {
        company: "晨光教育（演示）",
        login_user: "chenguang",
        username: "顾老师",
        mini: &REVIEWED_MINI,
        name: "晨光课堂",
        principal: "晨光教育咨询有限公司",
        category: "IT科技\\软件服务提供商",
    },
    Beginner {
        company: "佳禾餐饮（演示）",
        login_user: "jiahe",
        username: "方店长",
        mini: &REFUSED_MINI,
        name: "佳禾小馆",
        principal: "佳禾餐饮管理有限公司",
        category: "商家自营\\家居/家纺",
    },
    Beginner {
        company: "海蓝旅行（演示）",
        login_user: "hailan",
        username: "于经理",
        mini: &EMPTY_MINI,
        name: "海蓝旅行",
        principal: "海蓝旅行社有限公司",
        category: "IT科技\\软件服务提供商",
    },
];

/// A picture of the trial version's QR code, made before the rest.
pub async fn draw(app: &App, mini: &'static Authorised) -> Result<String> {
    let make = move || pictures::as_jpeg(pictures::qr_code(&format!("{}:pages/mingpian/index", mini.app_id))?);
    pictures::store(app, "admin/qr_code", make, |stamp| format!("{}_{stamp}_QRCode.jpg", mini.app_id)).await
}

/// The pictures of all that have a version.
pub async fn draw_all(app: &App) -> Result<[String; 3]> {
    Ok([draw(app, &FIRST_MINI_AUTHORISED).await?, draw(app, &REVIEWED_MINI).await?, draw(app, &REFUSED_MINI).await?])
}

/// Both platforms with a ticket, and the mini-programs. The first administrator runs the demo company's.
pub fn fill(w: &Write<'_>, app: &App, hash: &str, qr_codes: &[String; 3], now: Millis) -> Result<()> {
    for (kind, platform) in [(XCX, &MINI_PLATFORM), (AccountKind::OfficialAccount, &OFFICIAL_PLATFORM)] {
        settings::store::put(w, &format!("platform.{kind}.app_id"), platform.app_id)?;
        for (name, secret) in [("secret", platform.secret), ("token", platform.token), ("aes_key", platform.aes_key)] {
            settings::store::put(w, &format!("platform.{kind}.{name}"), &app.vault.seal(secret)?)?;
        }
        accounts::put_ticket(w, kind.name(), &app.vault.seal(platform.ticket)?, now)?;
    }
    let first = Profile {
        name: "云杉名片".to_owned(),
        service_category: "IT科技\\软件服务提供商".to_owned(),
        principal_name: "云杉软件（上海）有限公司".to_owned(),
        is_verified: true,
        ..Profile::default()
    };
    let mini = authorise(w, app, CompanyId::FIRST, AdminId(1), &FIRST_MINI_AUTHORISED, &first, now.plus(-20 * DAY))?;
    release(w, mini, &version("v1.0.4", 4, "案例与日记", &qr_codes[0]), 1000, now.plus(-14 * DAY))?;
    release(w, mini, &version("v1.0.5", 5, "商城与官网", &qr_codes[0]), 1001, now.plus(-3 * DAY))?;
    for (place, beginner) in BEGINNERS.iter().enumerate() {
        let days = i64::try_from(place).unwrap_or_default();
        let mini = begin(w, app, beginner, hash, now.plus((days - 9) * DAY))?;
        match place {
            0 => {
                let at = now.plus(-DAY);
                let id = submit(w, mini, &version("v1.0.5", 5, "商城与官网", &qr_codes[1]), 1002, at)?;
                releases::set_status(w, mini, Status::InReview, "", Some(id), at)?;
            }
            1 => {
                let at = now.plus(-2 * DAY);
                let id = submit(w, mini, &version("v1.0.4", 4, "案例与日记", &qr_codes[2]), 1003, at.plus(-5 * HOUR))?;
                releases::reviewed(w, id, ReviewState::Failed, at)?;
                releases::set_status(w, mini, Status::Rejected, REASON, Some(id), at)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn begin(w: &Write<'_>, app: &App, beginner: &Beginner, hash: &str, at: Millis) -> Result<MiniAppId> {
    let company = store::insert_company(w, beginner.company, app.zone.day(at), at)?;
    customers::tags::furnish(w, company, at)?;
    let admin = store::Admin {
        role: RoleId::ADMIN,
        login_user: beginner.login_user,
        username: beginner.username,
        position: "负责人",
    };
    store::insert_admin(w, company, &admin, hash, &new_token()?, at)?;
    let admin = AdminId(w.last_insert_rowid());
    let profile = Profile {
        name: beginner.name.to_owned(),
        service_category: beginner.category.to_owned(),
        principal_name: beginner.principal.to_owned(),
        is_verified: true,
        ..Profile::default()
    };
    authorise(w, app, company, admin, beginner.mini, &profile, at)
}

fn authorise(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    admin: AdminId,
    mini: &Authorised,
    profile: &Profile,
    at: Millis,
) -> Result<MiniAppId> {
    accounts::name(w, company, XCX.name(), mini.app_id, admin, at)?;
    accounts::authorise(w, company, XCX.name(), mini.app_id, &app.vault.seal(mini.refresh_token)?, at)?;
    accounts::describe(w, company, XCX.name(), mini.app_id, profile, true)?;
    releases::found(w, company, mini.app_id, at)
}

fn version(version: &str, template_id: i64, description: &str, qr_code: &str) -> NewVersion {
    NewVersion {
        version: version.to_owned(),
        template_id,
        description: description.to_owned(),
        qr_code: qr_code.to_owned(),
    }
}

fn submit(
    w: &Write<'_>,
    mini: MiniAppId,
    new: &NewVersion,
    audit_id: i64,
    at: Millis,
) -> Result<crate::ids::MiniVersionId> {
    let id = releases::insert_version(w, mini, new, at.plus(-HOUR))?;
    releases::submitted(w, id, audit_id, at)?;
    Ok(id)
}

/// Uploaded, passed the day after, and put online.
fn release(w: &Write<'_>, mini: MiniAppId, new: &NewVersion, audit_id: i64, at: Millis) -> Result<()> {
    let id = submit(w, mini, new, audit_id, at.plus(-DAY))?;
    releases::reviewed(w, id, ReviewState::Passed, at.plus(-HOUR))?;
    releases::released(w, id, at)?;
    releases::set_status(w, mini, Status::Released, "", Some(id), at)
}
