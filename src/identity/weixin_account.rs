//! Which mini-program and which official account a company has, and how each is reached: directly, or through the
//! third-party platform of its kind.

use std::fmt::{Display, Formatter};

use rusqlite::Connection;

use super::store::weixin_account as store;
use crate::{
    app::App,
    error::{Error, Result},
    ids::CompanyId,
    weixin::{Account, Component, WeixinError},
};

/// The two kinds of accounts that a company may have. As text, the name that settings and tables use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// 小程序
    MiniProgram,
    /// 公众号
    OfficialAccount,
}

impl AccountKind {
    /// `xcx` or `gzh`.
    pub fn name(self) -> &'static str {
        match self {
            Self::MiniProgram => "xcx",
            Self::OfficialAccount => "gzh",
        }
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::MiniProgram => "小程序",
            Self::OfficialAccount => "公众号",
        }
    }
}

impl Display for AccountKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The company's own account when its id and secret are set, else the one authorised to the third-party platform; 400
/// when there is neither. To call WeChat with it, take [`with_account`].
pub async fn account_of(app: &App, company: CompanyId, kind: AccountKind) -> Result<Account> {
    let own = |name: &str| app.settings.get_of(company, &format!("{kind}.{name}"));
    if let (Some(app_id), Some(secret)) = (own("app_id")?, own("secret")?) {
        return Ok(Account::Own { app_id, secret: secret.into() });
    }
    let authorised = authorised_account(app, company, kind).await?;
    authorised.ok_or_else(|| Error::Unprepared(format!("{}尚未配置", kind.title()).into()))
}

/// The company's account that is authorised to the third-party platform, also when it has a secret of its own; `None`
/// when there is none, or no platform.
pub async fn authorised_account(app: &App, company: CompanyId, kind: AccountKind) -> Result<Option<Account>> {
    let Some(component) = platform_of(app, kind).await? else { return Ok(None) };
    let authorizer = app.db.read(move |conn| store::authorizer(conn, company, kind.name())).await?;
    let Some(authorizer) = authorizer else { return Ok(None) };
    let refresh_token = app.vault.unseal(&authorizer.refresh_token)?.into();
    Ok(Some(Account::Authorised { app_id: authorizer.app_id, component, refresh_token }))
}

/// The app id of the company's account, however it is reached; 400 when there is none.
pub async fn app_id_of(app: &App, company: CompanyId, kind: AccountKind) -> Result<String> {
    let ids = app_ids(app, company, kind).await?;
    ids.map(|ids| ids.app_id).ok_or_else(|| Error::Unprepared(format!("{}尚未配置", kind.title()).into()))
}

/// What everybody may know of an account: its app id, and that of the platform through which it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppIds {
    pub app_id: String,
    /// `None`: reached directly.
    pub component: Option<String>,
}

/// The ids of a company's account, also while its keys are not all there yet; `None` when it has none.
pub async fn app_ids(app: &App, company: CompanyId, kind: AccountKind) -> Result<Option<AppIds>> {
    let named = app.settings.get_of(company, &format!("{kind}.app_id"))?;
    if let Some(app_id) = &named
        && app.settings.has_of(company, &format!("{kind}.secret"))
    {
        return Ok(Some(AppIds { app_id: app_id.clone(), component: None }));
    }
    let authorizer = app.db.read(move |conn| store::authorizer(conn, company, kind.name())).await?;
    let Some(app_id) = authorizer.map(|authorizer| authorizer.app_id).or(named) else { return Ok(None) };
    let component = app.settings.get(&format!("platform.{kind}.app_id"))?;
    Ok(Some(AppIds { app_id, component }))
}

/// Whether the company has an account that WeChat may be called with; for write jobs, so nothing is decrypted.
pub fn has_account(conn: &Connection, app: &App, company: CompanyId, kind: AccountKind) -> Result<bool> {
    let is_own = ["app_id", "secret"].iter().all(|name| app.settings.has_of(company, &format!("{kind}.{name}")));
    Ok(is_own || store::authorizer(conn, company, kind.name())?.is_some())
}

/// How the company's official account introduces itself; empty where nobody has said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Face {
    pub name: String,
    /// Address of the picture that leads to it.
    pub qr_code: String,
}

/// The company's official account as people see it: as the settings say, else as WeChat told when it was authorised. For
/// write jobs, so nothing is decrypted.
pub fn face_of(conn: &Connection, app: &App, company: CompanyId) -> Result<Face> {
    let told = store::described(conn, company, AccountKind::OfficialAccount.name())?.unwrap_or_default();
    let get = |name: &str| app.settings.get_of(company, name);
    Ok(Face { name: get("gzh.name")?.unwrap_or(told.name), qr_code: get("gzh.qr_code")?.unwrap_or(told.qr_code) })
}

/// The template for messages to readers who have not written for long: the setting, else the one that an authorised
/// account got; `None` when there is neither.
pub async fn reader_template(app: &App, company: CompanyId) -> Result<Option<String>> {
    if let Some(template) = app.settings.get_of(company, "gzh.template_id")? {
        return Ok(Some(template));
    }
    let told = app.db.read(move |conn| store::described(conn, company, AccountKind::OfficialAccount.name())).await?;
    Ok(told.map(|told| told.template_id).filter(|template| !template.is_empty()))
}

/// The companies whose account this is.
pub async fn companies_of(app: &App, kind: AccountKind, app_id: &str) -> Result<Vec<CompanyId>> {
    let mut companies = app.settings.holders(&format!("{kind}.app_id"), app_id);
    let app_id = app_id.to_owned();
    companies.extend(app.db.read(move |conn| store::authorized(conn, kind.name(), &app_id)).await?);
    companies.sort();
    companies.dedup();
    Ok(companies)
}

/// The third-party platform that accounts of this kind are authorised to; `None` until it is set up and WeChat has
/// pushed a ticket.
pub async fn platform_of(app: &App, kind: AccountKind) -> Result<Option<Component>> {
    let setting = |name: &str| app.settings.get(&format!("platform.{kind}.{name}"));
    let (Some(app_id), Some(secret)) = (setting("app_id")?, setting("secret")?) else { return Ok(None) };
    let Some(ticket) = app.db.read(move |conn| store::ticket(conn, kind.name())).await? else { return Ok(None) };
    Ok(Some(Component { app_id, secret: secret.into(), ticket: app.vault.unseal(&ticket)?.into() }))
}

/// Calls WeChat with the company's account, and keeps what WeChat replaced on the way: without the newest refresh
/// token a restart would lock us out.
pub async fn with_account<T, C, Calling>(app: &App, company: CompanyId, kind: AccountKind, call: C) -> Result<T>
where
    C: FnOnce(Account) -> Calling,
    Calling: Future<Output = Result<T, WeixinError>>,
{
    let account = account_of(app, company, kind).await?;
    Ok(with_this(app, company, kind, account, call).await??)
}

/// Calls WeChat with an account that [`account_of`] or [`authorised_account`] gave, as [`with_account`] does; the inner
/// result is WeChat's.
pub async fn with_this<T, C, Calling>(
    app: &App,
    company: CompanyId,
    kind: AccountKind,
    account: Account,
    call: C,
) -> Result<Result<T, WeixinError>>
where
    C: FnOnce(Account) -> Calling,
    Calling: Future<Output = Result<T, WeixinError>>,
{
    let answer = call(account.clone()).await;
    keep_renewed_token(app, company, kind, &account).await?;
    Ok(answer)
}

/// Stores the refresh token that WeChat may have given in place of the one in `account`. One that was stored meanwhile
/// is newer and stays.
async fn keep_renewed_token(app: &App, company: CompanyId, kind: AccountKind, account: &Account) -> Result<()> {
    let Account::Authorised { app_id, refresh_token, .. } = account else { return Ok(()) };
    let Some(renewed) = app.weixin.renewed_refresh_token(account) else { return Ok(()) };
    let (app_id, replaced) = (app_id.clone(), refresh_token.clone());
    let (vault, sealed) = (app.vault.clone(), app.vault.seal(renewed.expose())?);
    app.db
        .write(move |w| match store::authorizer(w, company, kind.name())? {
            Some(stored) if stored.app_id == app_id && vault.unseal(&stored.refresh_token)? == replaced.expose() => {
                store::renew(w, company, kind.name(), &sealed)
            }
            _ => Ok(()),
        })
        .await
}
