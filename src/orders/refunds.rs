//! Money back: asked for by the customer, granted or refused by the back office, carried out by WeChat.

use super::{
    Order, State, buying::pause, customer::must_be, merchant::merchant_of_order, settling::found, store::changes,
};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CompanyId, OrderId},
    mall,
    time::Millis,
    weixin::{Refund, RefundState, WeixinError},
};

/// Refusals that say nothing about whether the refund was done: with the same number it may be asked for again.
const UNDECIDED: [&str; 4] = ["SYSTEMERROR", "BIZERR_NEED_RETRY", "FREQUENCY_LIMITED", "FREQ_LIMIT"];

/// A customer wants the money back.
pub fn ask_at(w: &Write<'_>, company: CompanyId, id: OrderId, reason: &str, now: Millis) -> Result<()> {
    let order = found(w, company, id)?;
    must_be(&order, &[State::Paid, State::RefundRefused], "申请退款")?;
    changes::refund_wanted(w, &order, reason, now)
}

/// The back office says no.
pub async fn refuse(app: &App, admin: &Admin, id: OrderId, answer: String) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let order = refuse_at(w, company, id, &answer)?;
            let detail = format!("订单 {} {}，拒绝退款：{answer}", order.number, order.good_name);
            identity::store::audit::put(w, company, by, "theOrder.refuse", &detail)
        })
        .await
}

/// [`refuse`] within a write job. Not while the money may be on its way.
pub fn refuse_at(w: &Write<'_>, company: CompanyId, id: OrderId, answer: &str) -> Result<Order> {
    let order = found(w, company, id)?;
    must_be(&order, &[State::RefundWanted, State::RefundFailed], "拒绝退款")?;
    if order.state == State::RefundWanted && order.refund_number.is_some() {
        return Err(Error::Unacceptable("退款已提交微信支付，不能拒绝".into()));
    }
    changes::refund_refused(w, &order, answer)?;
    Ok(order)
}

/// The back office says yes: the money goes back. What WeChat refuses is 301 and noted in the order, which may then be
/// tried again; without an answer the refund goes on in the background.
pub async fn approve(app: &App, admin: &Admin, id: OrderId) -> Result<State> {
    let (company, by) = (admin.company, admin.author());
    let order = app.db.read(move |conn| super::store::find(conn, company, id)).await?;
    let order = order.ok_or_else(|| Error::no_such("订单"))?;
    must_be(&order, &[State::RefundWanted, State::RefundFailed], "退款")?;
    let merchant = merchant_of_order(app, &order)?;
    if app.weixin.wants_certificate() {
        let certificate = merchant.certificate.ok_or_else(|| {
            Error::Unprepared(
                "退款需要微信商户 API 证书：请先设置证书（apiclient_cert.pem）与私钥（apiclient_key.pem）".into(),
            )
        })?;
        certificate.check()?;
    }
    // In a task of its own: what is begun is carried out, also when the client hangs up.
    let app = app.clone();
    let approved = tokio::spawn(async move {
        let order = app
            .db
            .write(move |w| {
                let order = found(w, company, id)?;
                must_be(&order, &[State::RefundWanted, State::RefundFailed], "退款")?;
                let fresh = || format!("R{}{}", order.refund_tries + 1, order.number);
                let refund_number = order.refund_number.clone().unwrap_or_else(fresh);
                changes::refund_begun(w, &order, &refund_number, Millis::now().plus(pause(0)))?;
                let detail = format!("订单 {} {}，退款 {} 分", order.number, order.good_name, order.amount_fen);
                identity::store::audit::put(w, company, by, "theOrder.refund", &detail)?;
                found(w, company, id)
            })
            .await?;
        send(&app, &order).await
    });
    approved.await.map_err(Error::internal)?
}

/// Hands the refund to WeChat, and asks at once whether the money is back.
async fn send(app: &App, order: &Order) -> Result<State> {
    let merchant = merchant_of_order(app, order)?;
    let refund = Refund {
        number: order.number.clone(),
        refund_number: order.refund_number.clone().unwrap_or_default(),
        total: order.amount_fen,
        amount: order.amount_fen,
        reason: order.refund_reason.clone(),
    };
    match app.weixin.pay_refund(&merchant, &refund).await {
        Ok(()) => {}
        Err(WeixinError::PayRefused { err_code, text }) if !UNDECIDED.contains(&err_code.as_str()) => {
            let reason = if text.is_empty() { err_code } else { text };
            fail(app, order, &reason, true).await?;
            return Err(Error::Unacceptable(format!("退款失败, 原因:{reason}").into()));
        }
        Err(error) => return Err(error.into()),
    }
    match app.weixin.pay_refund_query(&merchant, &refund.refund_number).await {
        Ok(state) => conclude(app, order, state).await,
        // It is on its way; the background asks again.
        Err(_) => Ok(State::RefundWanted),
    }
}

/// Asks about a refund that is on its way. One that WeChat never received is handed over again: with its number it is
/// the same.
pub async fn follow(app: &App, order: &Order) -> Result<()> {
    let merchant = merchant_of_order(app, order)?;
    let refund_number = order.refund_number.clone().unwrap_or_default();
    match app.weixin.pay_refund_query(&merchant, &refund_number).await {
        Ok(state) => conclude(app, order, state).await.map(drop),
        Err(error) if error.pay_code() == Some("REFUNDNOTEXIST") => match send(app, order).await {
            // Noted in the order.
            Ok(_) | Err(Error::Unacceptable(_)) => Ok(()),
            Err(error) => Err(error),
        },
        Err(error) => Err(error.into()),
    }
}

async fn conclude(app: &App, order: &Order, state: RefundState) -> Result<State> {
    let (company, id) = (order.company, order.id);
    match state {
        RefundState::Done => {
            app.db.write(move |w| refund_done_at(w, company, id, Millis::now())).await?;
            Ok(State::Refunded)
        }
        RefundState::Failed => {
            fail(app, order, "退款关闭或异常，请在微信商户平台处理", false).await?;
            Ok(State::RefundFailed)
        }
        RefundState::Processing => {
            let (order, next) = (order.clone(), Millis::now().plus(pause(order.checks)));
            app.db
                .write(move |w| {
                    let now = found(w, company, id)?;
                    if now.state != State::RefundWanted {
                        return Ok(());
                    }
                    changes::check_later(w, &now, Some(next), order.checks + 1)
                })
                .await?;
            Ok(State::RefundWanted)
        }
    }
}

/// The money is back: the pieces are on sale again, and not sold.
pub fn refund_done_at(w: &Write<'_>, company: CompanyId, id: OrderId, now: Millis) -> Result<()> {
    let order = found(w, company, id)?;
    if !matches!(order.state, State::RefundWanted | State::RefundFailed) {
        return Ok(());
    }
    if let Some(good) = order.good {
        mall::store::goods::give_back(w, company, good, order.held)?;
        mall::store::goods::count_sold(w, company, good, -order.quantity)?;
    }
    changes::refunded(w, &order, now)
}

async fn fail(app: &App, order: &Order, answer: &str, keeps_number: bool) -> Result<()> {
    let (company, id, answer) = (order.company, order.id, answer.to_owned());
    app.db
        .write(move |w| {
            let order = found(w, company, id)?;
            if order.state != State::RefundWanted {
                return Ok(());
            }
            changes::refund_failed(w, &order, &answer, keeps_number)
        })
        .await
}
