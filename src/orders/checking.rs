//! Asking WeChat about orders: when their time is over, when a cancellation could not be told, when money is on its way
//! back. So a lost notification is made good, and nothing that waits is forgotten by a restart.

use std::time::Duration;

use tokio::sync::watch;

use super::{
    Order, State,
    buying::pause,
    merchant::merchant_of_order,
    refunds,
    settling::{cancel_at, take_news},
    store::{self, changes},
};
use crate::{
    app::App,
    error::{Error, Result},
    time::{MINUTE, Millis},
    weixin::{TradeState, WeixinError},
};

/// How often it is looked whether an order is due.
const EVERY: Duration = Duration::from_secs(3);
/// Orders at a time.
const MOST: i64 = 20;

/// Follows orders until `stop` turns true.
pub async fn follow_orders(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        if let Err(error) = check_due(&app).await {
            tracing::error!(%error, "orders cannot be looked up");
        }
    }
}

async fn check_due(app: &App) -> Result<()> {
    let due = app.db.read(|conn| store::to_check(conn, Millis::now(), MOST)).await?;
    for order in due {
        let checked = match order.state {
            State::Unpaid => time_out(app, &order).await,
            State::Cancelled | State::Failed => close(app, &order).await,
            State::RefundWanted if order.refund_number.is_some() => refunds::follow(app, &order).await,
            _ => later(app, &order, None, 0).await,
        };
        if let Err(error) = checked {
            tracing::warn!(order = %order.number, %error, "an order could not be followed");
            let next = Millis::now().plus(pause(order.checks));
            later(app, &order, Some(next), order.checks + 1).await?;
        }
    }
    Ok(())
}

/// Unless something happened to the order meanwhile.
async fn later(app: &App, order: &Order, check_at: Option<Millis>, checks: i64) -> Result<()> {
    let order = order.clone();
    app.db
        .write(move |w| match store::find(w, order.company, order.id)? {
            Some(now) if now.state == order.state && now.checks == order.checks => {
                changes::check_later(w, &order, check_at, checks)
            }
            _ => Ok(()),
        })
        .await
}

/// Asks WeChat how the payment of an order stands, and keeps what it says; the order as it is then.
pub async fn ask_wechat(app: &App, order: &Order) -> Result<Order> {
    let merchant = merchant_of_order(app, order)?;
    let trade = app.weixin.pay_order_query(&merchant, &order.number).await?;
    take_news(app, order, trade).await
}

/// The time for paying is over: paid after all, or cancelled.
async fn time_out(app: &App, order: &Order) -> Result<()> {
    // Without a merchant nobody can be asked, and nobody can pay.
    let Ok(merchant) = merchant_of_order(app, order) else { return cancel(app, order).await };
    match app.weixin.pay_order_query(&merchant, &order.number).await {
        Ok(trade) if trade.state == TradeState::Paid => return take_news(app, order, trade).await.map(drop),
        Ok(trade) if trade.state == TradeState::Paying => {
            return later(app, order, Some(Millis::now().plus(MINUTE)), 0).await;
        }
        Ok(trade) if trade.state == TradeState::Over => return cancel(app, order).await,
        Err(error) if error.pay_code() == Some("ORDERNOTEXIST") => return cancel(app, order).await,
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    match app.weixin.pay_close_order(&merchant, &order.number).await {
        Err(error) if error.pay_code() == Some("ORDERPAID") => ask_wechat(app, order).await.map(drop),
        outcome if is_closed(&outcome) => cancel(app, order).await,
        outcome => outcome.map_err(Error::from),
    }
}

fn is_closed(outcome: &Result<(), WeixinError>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) => matches!(error.pay_code(), Some("ORDERCLOSED" | "ORDERNOTEXIST")),
    }
}

async fn cancel(app: &App, order: &Order) -> Result<()> {
    let (company, id, inside) = (order.company, order.id, app.clone());
    app.db.write(move |w| cancel_at(w, &inside, company, id, false, None, Millis::now())).await
}

/// A cancellation that WeChat does not know of yet.
async fn close(app: &App, order: &Order) -> Result<()> {
    let merchant = merchant_of_order(app, order)?;
    match app.weixin.pay_close_order(&merchant, &order.number).await {
        Err(error) if error.pay_code() == Some("ORDERPAID") => ask_wechat(app, order).await.map(drop),
        outcome if is_closed(&outcome) => later(app, order, None, 0).await,
        outcome => outcome.map_err(Error::from),
    }
}
