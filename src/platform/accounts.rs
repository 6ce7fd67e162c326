//! The account that a company authorises: named first, authorised at WeChat then, described at last.

use super::{component, store::accounts as store, store::releases};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, AccountKind, Admin},
    ids::CompanyId,
    time::Millis,
    weixin::AuthorizerInfo,
};

/// What is shown of an account.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub head_img: String,
    pub introduction: String,
    /// `IT\技术`; several separated by `，`.
    pub service_category: String,
    pub original_id: String,
    pub principal_name: String,
    pub qr_code: String,
    pub is_verified: bool,
}

impl From<AuthorizerInfo> for Profile {
    fn from(info: AuthorizerInfo) -> Self {
        let categories = info.categories.iter().map(|(first, second)| format!("{first}\\{second}"));
        Self {
            name: info.nickname,
            head_img: info.head_img,
            introduction: info.introduction,
            service_category: categories.collect::<Vec<_>>().join("，"),
            original_id: info.original_id,
            principal_name: info.principal_name,
            qr_code: info.qr_code,
            is_verified: info.is_verified,
        }
    }
}

/// Which page the back office shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 1: no app id yet.
    Name,
    /// 2: not authorised.
    Authorise,
    /// 3: it has no name.
    Describe,
    Done,
}

/// How far a company is with one of its accounts.
#[derive(Debug, Clone)]
pub struct Process {
    pub step: Step,
    pub app_id: String,
    pub profile: Profile,
    /// The version online and since when; the one that waits, and since when it is good.
    pub online: Option<(String, Option<Millis>)>,
    pub waiting: Option<(String, Option<Millis>)>,
}

pub async fn process(app: &App, company: CompanyId, kind: AccountKind) -> Result<Process> {
    app.db
        .read(move |conn| {
            let Some(account) = store::of_company(conn, company, kind.name())? else {
                return Ok(Process {
                    step: Step::Name,
                    app_id: String::new(),
                    profile: Profile::default(),
                    online: None,
                    waiting: None,
                });
            };
            let step = match (account.is_authorised, account.profile.name.is_empty()) {
                (false, _) => Step::Authorise,
                (true, true) => Step::Describe,
                (true, false) => Step::Done,
            };
            let (mut online, mut waiting) = (None, None);
            if kind == AccountKind::MiniProgram
                && let Some(mini) = releases::of_company(conn, company)?
            {
                let latest = releases::latest(conn, mini)?.filter(|version| version.released_at.is_none());
                online = releases::online(conn, mini)?.map(|version| (version.version, version.released_at));
                waiting = latest.map(|version| (version.version, version.reviewed_at));
            }
            Ok(Process { step, app_id: account.app_id, profile: account.profile, online, waiting })
        })
        .await
}

/// Names the account (step 1). 300 when another company has it; 305 while another account is authorised.
pub async fn name(app: &App, admin: &Admin, kind: AccountKind, app_id: &str) -> Result<()> {
    let (company, by, admin, app_id) = (admin.company, admin.author(), admin.id, app_id.trim().to_owned());
    let is_shaped = app_id.starts_with("wx") && app_id.len() <= 32 && app_id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_shaped {
        return Err(Error::field("authorization_appid", "应为以 wx 开头的 AppID"));
    }
    app.db
        .write(move |w| {
            let title = kind.title();
            if store::by_app_id(w, kind.name(), &app_id)?.is_some_and(|other| other.company != company) {
                return Err(Error::NameTaken(format!("此{title}已属于另一家公司").into()));
            }
            match store::of_company(w, company, kind.name())? {
                Some(before) if before.app_id == app_id => return Ok(()),
                Some(before) if before.is_authorised => {
                    let text = format!("{title} {} 已授权，请先在微信公众平台取消授权再更换", before.app_id);
                    return Err(Error::Refused(text.into()));
                }
                _ => {}
            }
            store::name(w, company, kind.name(), &app_id, admin, Millis::now())?;
            let action = format!("{kind}_auth_process.app_id");
            identity::store::audit::put(w, company, by, &action, &format!("{title} {app_id}"))
        })
        .await
}

/// Writes by hand what is shown of the mini-program (step 3).
pub async fn edit(app: &App, admin: &Admin, kind: AccountKind, by_hand: Profile) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            if !store::edit(w, company, kind.name(), &by_hand)? {
                return Err(Error::no_such(kind.title()));
            }
            let action = format!("{kind}_auth_process.info");
            identity::store::audit::put(w, company, by, &action, &format!("{} {}", kind.title(), by_hand.name))
        })
        .await
}

/// Fetches anew what WeChat tells of the company's account; 302 when there is none that is authorised.
pub async fn refresh(app: &App, company: CompanyId, kind: AccountKind) -> Result<()> {
    let account = app.db.read(move |conn| store::of_company(conn, company, kind.name())).await?;
    let account = account.filter(|account| account.is_authorised).ok_or_else(|| Error::no_such(kind.title()))?;
    describe(app, company, kind, account.app_id, false).await
}

/// Stores what WeChat tells of an account.
pub(super) async fn describe(
    app: &App,
    company: CompanyId,
    kind: AccountKind,
    app_id: String,
    keep_edited: bool,
) -> Result<()> {
    let told = app.weixin.authorizer_info(&component(app, kind).await?, &app_id).await?.into();
    app.db.write(move |w| store::describe(w, company, kind.name(), &app_id, &told, keep_edited)).await
}
