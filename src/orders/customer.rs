//! What customers do with their orders.

use super::{
    Filter, Order, State, Whose,
    checking::ask_wechat,
    merchant::merchant_of_order,
    refunds::ask_at,
    settling::{cancel_at, found},
    store::{self, changes},
};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Customer,
    ids::OrderId,
    time::Millis,
    web::Paging,
};

/// A customer's own order; 302 when it is not.
pub async fn own(app: &App, customer: Customer, id: OrderId) -> Result<Order> {
    let order = app.db.read(move |conn| store::find(conn, customer.company, id)).await?;
    order.filter(|order| order.customer == Some(customer.id)).ok_or_else(|| Error::no_such("订单"))
}

/// The same within a write job.
fn own_at(w: &crate::db::Write<'_>, customer: Customer, id: OrderId) -> Result<Order> {
    let order = found(w, customer.company, id)?;
    if order.customer == Some(customer.id) { Ok(order) } else { Err(Error::no_such("订单")) }
}

pub async fn list(app: &App, customer: Customer, state: Option<State>, paging: Paging) -> Result<(Vec<Order>, i64)> {
    let filter = Filter {
        company: customer.company,
        whose: Whose::Customer(customer.id),
        state,
        number: None,
        customer_name: None,
        from: Millis(0),
        to: Millis(i64::MAX),
    };
    super::desk::page(app, filter, paging).await
}

/// An order; while it is unpaid WeChat is asked, since a notification may have been lost.
pub async fn look_at(app: &App, customer: Customer, id: OrderId) -> Result<Order> {
    let order = own(app, customer, id).await?;
    if order.state != State::Unpaid || order.prepay_id.is_none() {
        return Ok(order);
    }
    match ask_wechat(app, &order).await {
        Ok(order) => Ok(order),
        Err(error) => {
            tracing::info!(order = %order.number, %error, "WeChat cannot be asked about an order");
            Ok(order)
        }
    }
}

/// Cancels an unpaid order. WeChat is told first; when the order turns out to be paid it stays, and when WeChat does not
/// answer it is told later.
pub async fn cancel(app: &App, customer: Customer, id: OrderId) -> Result<()> {
    let app = app.clone();
    let cancelled = tokio::spawn(async move {
        let order = own(&app, customer, id).await?;
        must_be(&order, &[State::Unpaid], "取消")?;
        let closed = match (&order.prepay_id, merchant_of_order(&app, &order)) {
            (Some(_), Ok(merchant)) => app.weixin.pay_close_order(&merchant, &order.number).await.map_err(Some),
            (None, _) => Ok(()),
            (_, Err(_)) => Err(None),
        };
        let is_told = match closed.as_ref().map_err(|error| error.as_ref().and_then(|error| error.pay_code())) {
            Err(Some("ORDERPAID")) => {
                ask_wechat(&app, &order).await?;
                return Err(Error::Unacceptable("订单已支付，不能取消".into()));
            }
            Ok(()) | Err(Some("ORDERCLOSED" | "ORDERNOTEXIST")) => true,
            Err(_) => false,
        };
        let inside = app.clone();
        app.db
            .write(move |w| {
                let now = Millis::now();
                must_be(&own_at(w, customer, id)?, &[State::Unpaid], "取消")?;
                let check_at = (!is_told).then_some(now.plus(super::buying::pause(0)));
                cancel_at(w, &inside, customer.company, id, true, check_at, now)
            })
            .await
    });
    cancelled.await.map_err(Error::internal)?
}

/// The goods have arrived.
pub async fn confirm(app: &App, customer: Customer, id: OrderId) -> Result<()> {
    app.db
        .write(move |w| {
            let order = own_at(w, customer, id)?;
            must_be(&order, &[State::Paid, State::RefundRefused], "确认收货")?;
            changes::received(w, &order)
        })
        .await
}

/// Asks for the money back; the back office decides.
pub async fn ask_for_refund(app: &App, customer: Customer, id: OrderId, reason: String) -> Result<()> {
    app.db
        .write(move |w| {
            own_at(w, customer, id)?;
            ask_at(w, customer.company, id, &reason, Millis::now())
        })
        .await
}

/// 301 unless the order stands where that can be done.
pub fn must_be(order: &Order, states: &[State], what: &str) -> Result<()> {
    if states.contains(&order.state) {
        return Ok(());
    }
    Err(Error::Unacceptable(format!("该订单为{}状态，不能{what}", order.state.title()).into()))
}
