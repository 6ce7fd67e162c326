//! A customer opens the mini-program: the code of `wx.login` becomes a customer with a token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

use super::{count_new, store};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::{self, AccountKind},
    ids::{CompanyId, CustomerId, StaffId},
    time::{HOUR, Millis},
    web::signature::new_token,
};

/// A repeated code is answered as the first time for this long.
const REMEMBERED: i64 = 24 * HOUR;

/// Who knocks.
#[derive(Debug, Clone)]
pub struct Visit {
    pub code: String,
    /// 1 official account, 2 mini-program.
    pub user_type: i64,
    pub source: i64,
    pub staff: Option<StaffId>,
    pub company: Option<CompanyId>,
}

/// Who was let in.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub customer: CustomerId,
    pub company: CompanyId,
    pub token: String,
    /// Whose card is to be shown; `None` when the company has nobody.
    pub staff: Option<StaffId>,
}

/// A customer as WeChat knows them.
pub struct Arrival {
    pub company: CompanyId,
    pub openid: String,
    pub unionid: Option<String>,
    pub user_type: i64,
    pub source: i64,
    /// Encrypted.
    pub session_key: String,
}

/// Codes that are being exchanged at this moment: WeChat takes a code once, so of two identical requests the second
/// has to wait for the outcome of the first.
#[derive(Default)]
pub struct Logins(Mutex<HashMap<(CompanyId, String), Weak<Turn>>>);

/// Held while a code is exchanged.
type Turn = tokio::sync::Mutex<()>;

impl Logins {
    /// Waits until nobody else exchanges this code.
    pub async fn turn(&self, company: CompanyId, code: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.retain(|_, turn| turn.strong_count() > 0);
            let key = (company, code.to_owned());
            let turn = waiting.get(&key).and_then(Weak::upgrade).unwrap_or_default();
            waiting.insert(key, Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

/// Exchanges a code. An unknown company is a 301; what WeChat refuses passes through with its `errcode`.
pub async fn log_in(app: &App, visit: Visit) -> Result<Visitor> {
    // In a task of its own: when the client hangs up, the code is spent at WeChat all the same, and the client's
    // second try must find its outcome.
    let app = app.clone();
    tokio::spawn(async move { exchange(&app, visit).await }).await.map_err(Error::internal)?
}

async fn exchange(app: &App, visit: Visit) -> Result<Visitor> {
    let (named, staff) = (visit.company, visit.staff);
    let company = app.db.read(move |conn| store::login::company_of(conn, named, staff)).await?;
    let company = company.ok_or_else(|| Error::field("company_id", "公司不存在"))?;
    let _turn = app.logins.turn(company, &visit.code).await;
    let code = visit.code.clone();
    let known = app.db.read(move |conn| store::login::visitor_with_code(conn, company, &code, staff)).await?;
    if let Some(visitor) = known {
        return Ok(visitor);
    }
    let session = identity::with_account(app, company, AccountKind::MiniProgram, async |mini| {
        app.weixin.mini_session(&mini, &visit.code).await
    })
    .await?;
    let arrival = Arrival {
        company,
        openid: session.openid,
        unionid: session.unionid,
        user_type: visit.user_type,
        source: visit.source,
        session_key: app.vault.seal(session.session_key.expose())?,
    };
    let app_inside = app.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            let customer = arrive(w, &app_inside, &arrival, now)?;
            store::login::forget_codes(w, now.plus(-REMEMBERED))?;
            store::login::remember_code(w, company, &visit.code, Some(customer), now)?;
            store::login::visitor(w, company, customer, staff)
        })
        .await
}

/// The customer with this WeChat identity, stored and counted at first sight; later their session is refreshed.
pub fn arrive(w: &Write<'_>, app: &App, arrival: &Arrival, now: Millis) -> Result<CustomerId> {
    if let Some(customer) = store::login::refresh(w, arrival, now)? {
        return Ok(customer);
    }
    let customer = store::login::insert(w, arrival, &new_token()?, now)?;
    count_new(w, app, arrival.company, now)?;
    Ok(customer)
}
