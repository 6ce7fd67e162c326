//! Authorisations: the link that asks for one, the browser's return from it, and WeChat's events about it.
//!
//! The return and the event carry the same code, in any order and any number of times, and each is enough. The code
//! can be exchanged once, so what came of it is remembered; what an event says is taken in only when nothing newer is
//! known.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::{accounts, component, store::accounts as store, store::releases};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, AccountKind, Admin, Author, Doer},
    ids::{AdminId, CompanyId},
    time::{HOUR, Millis, SECOND},
    weixin::{Grant, ServerDomains, xml::Fields},
};

/// A link is good this long; WeChat's own part of it ends after ten minutes.
const LINK: i64 = HOUR;
/// What a code was exchanged for is remembered as long as WeChat would take the code.
const CODE: Duration = Duration::from_hours(1);
/// WeChat wants to be answered within five seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);
/// Pauses between the tries to exchange an event's code.
const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_mins(3)];
/// IT科技: 互联网/电子商务, IT软件与服务.
const INDUSTRIES: (i64, i64) = (1, 2);
/// 客户消息提醒, for chat messages that a reader has missed.
const CHAT_TEMPLATE: &str = "OPENTM202109783";

/// Whose link somebody returns from. Sealed on its way through WeChat and the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claim {
    /// Sets it apart from anything else that is sealed.
    grant: String,
    company: i64,
    admin: i64,
    issued_at: i64,
}

/// What a code was exchanged for, and whether that was stored: what WeChat replaced since then must not come back.
#[derive(Default)]
struct Exchange {
    grant: OnceCell<Grant>,
    is_kept: AtomicBool,
}

/// Codes that were exchanged, or are being exchanged at this moment.
#[derive(Default)]
pub struct Granting(Mutex<HashMap<String, (Instant, Arc<Exchange>)>>);

impl Granting {
    fn of(&self, code: &str) -> Arc<Exchange> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, (since, _)| since.elapsed() < CODE);
        Arc::clone(&codes.entry(code.to_owned()).or_insert_with(|| (Instant::now(), Arc::default())).1)
    }

    /// Forgets a code that came to nothing.
    fn forget(&self, code: &str) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.get(code).is_some_and(|(_, exchange)| !exchange.grant.initialized()) {
            codes.remove(code);
        }
    }
}

/// How an authorisation came to us.
struct Arrival {
    code: String,
    /// Not later than the authorisation, in whole seconds as WeChat tells it: by WeChat's clock in an event, by ours on
    /// a return from a link of ours; unknown on another return.
    at: Option<Millis>,
    claim: Option<(Claim, IpAddr)>,
}

/// The page at WeChat where the owner of the company's account authorises it. 301 before step 1.
pub async fn link(app: &App, admin: &Admin, kind: AccountKind) -> Result<String> {
    let company = admin.company;
    let account = app.db.read(move |conn| store::of_company(conn, company, kind.name())).await?;
    if account.is_none() {
        return Err(Error::Unacceptable("请先填写步骤1 app_id信息".into()));
    }
    let platform = component(app, kind).await?;
    let code = app.weixin.pre_auth_code(&platform).await?;
    let claim =
        Claim { grant: kind.name().to_owned(), company: company.0, admin: admin.id.0, issued_at: Millis::now().0 };
    // Base64 within Base64, but of letters that no address has to escape: WeChat hands it through several.
    let state = URL_SAFE_NO_PAD.encode(app.vault.seal(&serde_json::to_string(&claim)?)?);
    let (family, auth_type) = match kind {
        AccountKind::MiniProgram => ("open_weixin", "2"),
        AccountKind::OfficialAccount => ("open_weixin_gongzhonghao", "1"),
    };
    let back = format!("{}/zhugeleida/admin/{family}/auth_code?state={state}", app.public_url);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("component_appid", &platform.app_id)
        .append_pair("pre_auth_code", code.expose())
        .append_pair("redirect_uri", &back)
        .append_pair("auth_type", auth_type)
        .finish();
    Ok(format!("https://mp.weixin.qq.com/cgi-bin/componentloginpage?{query}"))
}

/// Opens what [`link`] sealed; 301 when it is not ours or too old.
fn claim_of(app: &App, state: &str) -> Result<(AccountKind, Claim)> {
    let stale = || Error::Unacceptable("授权链接已失效，请重新生成".into());
    let sealed = URL_SAFE_NO_PAD.decode(state).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // The vault passes on what was never sealed, and anybody can write that.
    let sealed = sealed.filter(|text| text.starts_with("v1:")).ok_or_else(stale)?;
    let opened = app.vault.unseal(&sealed).map_err(|_| stale())?;
    let claim: Claim = serde_json::from_str(&opened).map_err(|_| stale())?;
    let kind = [AccountKind::MiniProgram, AccountKind::OfficialAccount]
        .into_iter()
        .find(|kind| kind.name() == claim.grant)
        .ok_or_else(stale)?;
    let age = Millis::now().0.saturating_sub(claim.issued_at);
    if (0..=LINK).contains(&age) { Ok((kind, claim)) } else { Err(stale()) }
}

/// The browser comes back with a code. The link says which kind of account it is; without one, the address did.
pub async fn returned(app: &App, kind: AccountKind, code: &str, state: Option<&str>, from: IpAddr) -> Result<()> {
    let (kind, claim) = match state {
        Some(state) => {
            let (kind, claim) = claim_of(app, state)?;
            (kind, Some((claim, from)))
        }
        None => (kind, None),
    };
    // Anybody may come without a link; WeChat is not to be asked about whatever they make up.
    let attempt = match &claim {
        Some(_) => None,
        None => Some(app.wrong_logins.attempt(&format!("auth_code {from}"), from)?),
    };
    let at = claim.as_ref().map(|(claim, _)| in_seconds(Millis(claim.issued_at)));
    let arrival = Arrival { code: code.to_owned(), at, claim };
    // In a task of its own: when the browser goes away, the code is spent at WeChat all the same.
    let inside = app.clone();
    tokio::spawn(async move { take_in(&inside, kind, &arrival).await }).await.map_err(Error::internal)??;
    if let Some(attempt) = attempt {
        attempt.forgive();
    }
    Ok(())
}

/// WeChat's events tell whole seconds; what is compared with them must not be later by a fraction.
fn in_seconds(at: Millis) -> Millis {
    Millis(at.0 - at.0.rem_euclid(SECOND))
}

/// An event that WeChat pushed about a platform; unknown ones do nothing.
pub async fn event(app: &App, kind: AccountKind, fields: Fields) -> Result<()> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let seconds: i64 = field("CreateTime").parse().unwrap_or_default();
    let at = Millis(seconds.saturating_mul(SECOND));
    match field("InfoType") {
        "component_verify_ticket" => {
            let sealed = app.vault.seal(field("ComponentVerifyTicket"))?;
            let is_newest = app.db.write(move |w| store::put_ticket(w, kind.name(), &sealed, at)).await?;
            tracing::debug!(platform = kind.name(), is_newest, "a ticket came");
            Ok(())
        }
        "authorized" | "updateauthorized" => {
            let arrival = Arrival { code: field("AuthorizationCode").to_owned(), at: Some(at), claim: None };
            authorised(app, kind, field("AuthorizerAppid").to_owned(), at, arrival).await
        }
        "unauthorized" => unauthorised(app, kind, field("AuthorizerAppid").to_owned(), at).await,
        other => {
            tracing::debug!(platform = kind.name(), event = other, "an event that means nothing here");
            Ok(())
        }
    }
}

/// Takes in an authorisation that an event told of, as far as that is quick; the rest goes on behind the answer.
async fn authorised(app: &App, kind: AccountKind, app_id: String, at: Millis, arrival: Arrival) -> Result<()> {
    let wanted = app_id.clone();
    let account = app.db.read(move |conn| store::by_app_id(conn, kind.name(), &wanted)).await?;
    let Some(account) = account else {
        tracing::warn!(app_id, platform = kind.name(), "no company has named the account that was authorised");
        return Ok(());
    };
    if account.changed_at > at || (account.changed_at == at && account.is_authorised) {
        return Ok(());
    }
    let app = app.clone();
    let task = tokio::spawn(async move {
        let mut pauses = PAUSES.into_iter();
        loop {
            match take_in(&app, kind, &arrival).await {
                Ok(()) => return,
                Err(Error::WeixinUnreachable) => {}
                Err(error) => return tracing::warn!(%error, app_id, "an authorisation could not be taken in"),
            }
            let Some(pause) = pauses.next() else {
                return tracing::warn!(app_id, "an authorisation was not taken in: WeChat does not answer");
            };
            tokio::time::sleep(pause).await;
        }
    });
    // Whether it is done by then or not, WeChat is to hear that we have heard.
    let _ = tokio::time::timeout(ANSWER_WITHIN, task).await;
    Ok(())
}

async fn unauthorised(app: &App, kind: AccountKind, app_id: String, at: Millis) -> Result<()> {
    app.db
        .write(move |w| match store::by_app_id(w, kind.name(), &app_id)? {
            Some(account) if account.is_authorised && account.changed_at <= at => {
                tracing::info!(app_id, company = %account.company, "an authorisation was withdrawn");
                store::unauthorise(w, account.company, kind.name(), at)
            }
            _ => Ok(()),
        })
        .await
}

/// Exchanges the code, stores what it gives, and learns what the account is.
async fn take_in(app: &App, kind: AccountKind, arrival: &Arrival) -> Result<()> {
    let exchange = app.granting.of(&arrival.code);
    let grant = match exchanged(app, kind, &exchange, &arrival.code).await {
        Ok(grant) => grant,
        // A code that was spent before a restart, though what it gave is here.
        Err(Error::Weixin { .. }) if is_done(app, kind, arrival).await? => return Ok(()),
        Err(error) => return Err(error),
    };
    let (company, is_new) = keep(app, kind, &grant, arrival, &exchange).await?;
    if !is_new {
        return Ok(());
    }
    if let Err(error) = accounts::describe(app, company, kind, grant.app_id.clone(), true).await {
        tracing::warn!(%error, %company, "WeChat does not tell what was authorised");
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = prepare(&app, company, kind).await {
            tracing::warn!(%error, %company, "what was authorised is not fully prepared at WeChat");
        }
    });
    Ok(())
}

async fn exchanged(app: &App, kind: AccountKind, exchange: &Exchange, code: &str) -> Result<Grant> {
    let platform = component(app, kind).await?;
    let outcome = exchange.grant.get_or_try_init(|| app.weixin.query_auth(&platform, code)).await.cloned();
    if outcome.is_err() {
        app.granting.forget(code);
    }
    Ok(outcome?)
}

/// Whether the company that returns has been authorised since it got its link.
async fn is_done(app: &App, kind: AccountKind, arrival: &Arrival) -> Result<bool> {
    let (Some((claim, _)), Some(at)) = (&arrival.claim, arrival.at) else { return Ok(false) };
    let company = CompanyId(claim.company);
    let account = app.db.read(move |conn| store::of_company(conn, company, kind.name())).await?;
    Ok(account.is_some_and(|account| account.is_authorised && account.changed_at >= at))
}

/// Stores a grant with the company that named the account; whether that changed anything.
async fn keep(
    app: &App,
    kind: AccountKind,
    grant: &Grant,
    arrival: &Arrival,
    exchange: &Arc<Exchange>,
) -> Result<(CompanyId, bool)> {
    let sealed = app.vault.seal(grant.refresh_token.expose())?;
    let (app_id, at, claim, exchange) = (grant.app_id.clone(), arrival.at, arrival.claim.clone(), Arc::clone(exchange));
    app.db
        .write(move |w| {
            let platform = kind.name();
            let account = named(w, kind, &app_id, claim.as_ref().map(|(claim, _)| CompanyId(claim.company)))?;
            let (company, was_kept) = (account.company, exchange.is_kept.load(Ordering::Relaxed));
            // What was stored before is told again: only when it was, by WeChat's clock, may be news. It does not bring
            // back what was withdrawn since.
            if was_kept && (account.is_authorised || at.is_none_or(|at| account.changed_at > at)) {
                if let Some(at) = at.filter(|_| account.is_authorised) {
                    store::touch(w, company, platform, at)?;
                }
                return Ok((company, false));
            }
            // WeChat has exchanged the code, so the authorisation stands now.
            let at = at.unwrap_or_else(|| in_seconds(Millis::now()));
            store::authorise(w, company, platform, &app_id, &sealed, at)?;
            if kind == AccountKind::MiniProgram {
                releases::found(w, company, &app_id, Millis::now())?;
            }
            if let Some((claim, address)) = claim {
                let by = Author { who: Doer::Admin(AdminId(claim.admin)), address };
                let detail = format!("{} {app_id}", kind.title());
                identity::store::audit::put(w, company, by, &format!("{platform}_auth_process.authorise"), &detail)?;
            }
            w.after_commit(move || exchange.is_kept.store(true, Ordering::Relaxed));
            Ok((company, true))
        })
        .await
}

/// The account of this app id, as its company named it; a refusal when that is not the company that asked.
fn named(conn: &Connection, kind: AccountKind, app_id: &str, asked: Option<CompanyId>) -> Result<store::Account> {
    let title = kind.title();
    let Some(account) = store::by_app_id(conn, kind.name(), app_id)? else {
        let text = format!("授权的{title} {app_id} 与步骤1填写的 app_id 不一致，请修改后重新授权");
        return Err(Error::Unacceptable(text.into()));
    };
    if asked.is_some_and(|asked| asked != account.company) {
        let text = format!("{title} {app_id} 已属于另一家公司，不能授权给您的公司");
        return Err(Error::Refused(text.into()));
    }
    Ok(account)
}

/// What an account needs at WeChat in order to work with us: a mini-program our address among those that it may call,
/// an official account its trades and a message template.
async fn prepare(app: &App, company: CompanyId, kind: AccountKind) -> Result<()> {
    let Some(account) = identity::authorised_account(app, company, kind).await? else { return Ok(()) };
    match kind {
        AccountKind::MiniProgram => {
            let host = app.public_url.split_once("://").map_or(app.public_url.as_str(), |(_, host)| host);
            let host = host.split('/').next().unwrap_or_default();
            // WeChat takes these two schemes only.
            let domains =
                ServerDomains { requests: vec![format!("https://{host}")], sockets: vec![format!("wss://{host}")] };
            identity::with_this(app, company, kind, account, async |mini| {
                app.weixin.set_server_domains(&mini, &domains).await
            })
            .await??;
        }
        AccountKind::OfficialAccount => {
            let known = app.db.read(move |conn| store::of_company(conn, company, kind.name())).await?;
            if known.is_none_or(|account| !account.template_id.is_empty()) {
                return Ok(());
            }
            // The trades can be changed once a month; that they stay as they were is no reason to do without the rest.
            let template = identity::with_this(app, company, kind, account, async |official| {
                if let Err(error) = app.weixin.set_industries(&official, INDUSTRIES.0, INDUSTRIES.1).await {
                    tracing::warn!(%error, %company, "the official account keeps its trades");
                }
                app.weixin.add_message_template(&official, CHAT_TEMPLATE).await
            })
            .await??;
            app.db.write(move |w| store::set_template(w, company, kind.name(), &template)).await?;
        }
    }
    Ok(())
}
