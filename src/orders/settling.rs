//! How an order ends: paid, failed or cancelled. Each is decided within one write job by the state found there.

use super::{
    Order, State,
    merchant::merchant_of_order,
    store::{self, changes},
};
use crate::{
    app::App,
    chat::Pair,
    db::Write,
    error::{Error, Result},
    ids::{CompanyId, OrderId},
    mall,
    radar::{self, Action},
    time::{Millis, Zone},
    weixin::{Trade, TradeState, xml},
};

/// A payment that WeChat has told of.
#[derive(Debug, Clone)]
pub struct Payment {
    pub transaction_id: String,
    pub amount: i64,
    pub at: Millis,
}

impl Payment {
    pub fn of(trade: &Trade, now: Millis) -> Self {
        Self {
            transaction_id: trade.transaction_id.clone(),
            amount: trade.amount,
            at: moment(&trade.paid_at).unwrap_or(now),
        }
    }
}

/// `yyyyMMddHHmmss` in Beijing.
fn moment(stamp: &str) -> Option<Millis> {
    let part = |from: usize, to: usize| stamp.get(from..to);
    let (day, clock) = ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?, part(12, 14)?));
    let text = format!("{}-{}-{} {}:{}:{}", day.0, day.1, day.2, clock.0, clock.1, clock.2);
    Zone::named("Asia/Shanghai").ok()?.moment(&text)
}

/// The other way round.
pub fn stamp(at: Millis) -> Result<String> {
    Ok(Zone::named("Asia/Shanghai")?.plain(at).chars().filter(char::is_ascii_digit).collect())
}

/// WeChat's notification of a payment, whatever was sent as one. An error means: not believed, nothing changed.
pub async fn take_notification(app: &App, body: &str) -> Result<()> {
    let fields = xml::read(body)?;
    let number = fields.get("out_trade_no").cloned().unwrap_or_default();
    let order = app.db.read(move |conn| store::numbered(conn, &number)).await?;
    let order = order.ok_or_else(|| Error::no_such("订单"))?;
    let trade = merchant_of_order(app, &order)?.notified(&fields)?;
    take_news(app, &order, trade).await.map(drop)
}

/// What WeChat says of an order's payment, as a notification or when asked; the order as it is then.
pub async fn take_news(app: &App, order: &Order, trade: Trade) -> Result<Order> {
    let (company, id) = (order.company, order.id);
    let inside = app.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            match trade.state {
                TradeState::Paid => settle_at(w, &inside, company, id, &Payment::of(&trade, now), now)?,
                TradeState::Over => fail_at(w, company, id, now)?,
                TradeState::Open | TradeState::Paying => {}
            }
            found(w, company, id)
        })
        .await
}

pub fn found(w: &Write<'_>, company: CompanyId, id: OrderId) -> Result<Order> {
    store::find(w, company, id)?.ok_or_else(|| Error::no_such("订单"))
}

/// The money has arrived: once, whatever came before. After a cancellation the pieces are taken again as far as there
/// are any. The amount must be the order's.
pub fn settle_at(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    id: OrderId,
    payment: &Payment,
    now: Millis,
) -> Result<()> {
    let order = found(w, company, id)?;
    if payment.amount != order.amount_fen {
        tracing::error!(order = %order.number, paid = payment.amount, due = order.amount_fen, "a wrong amount was paid");
        return Err(Error::Unacceptable("支付金额与订单不一致".into()));
    }
    if !matches!(order.state, State::Unpaid | State::Failed | State::Cancelled) {
        return Ok(());
    }
    let mut held = order.held;
    if let Some(good) = order.good {
        if held < order.quantity {
            held += mall::store::goods::take_what_is_left(w, company, good, order.quantity - held)?;
        }
        mall::store::goods::count_sold(w, company, good, order.quantity)?;
    }
    if held < order.quantity {
        tracing::warn!(order = %order.number, "paid late, when its pieces were sold already");
    }
    changes::paid(w, &order, &payment.transaction_id, held, payment.at)?;
    tell(w, app, &order, Action::Order, format!("成功下单,购买商品【{}】", order.good_name), now)
}

/// The payment failed. What was paid already stays so.
pub fn fail_at(w: &Write<'_>, company: CompanyId, id: OrderId, now: Millis) -> Result<()> {
    end_at(w, &found(w, company, id)?, State::Failed, None, now)
}

/// Cancelled by the customer, who says so, or by the time. `check_at` is when WeChat is to be told to take no payment.
pub fn cancel_at(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    id: OrderId,
    by_customer: bool,
    check_at: Option<Millis>,
    now: Millis,
) -> Result<()> {
    let order = found(w, company, id)?;
    end_at(w, &order, State::Cancelled, check_at, now)?;
    if by_customer && order.state == State::Unpaid {
        tell(w, app, &order, Action::CancelOrder, format!("取消了【{}】的订单", order.good_name), now)?;
    }
    Ok(())
}

/// The pieces go back on sale. Only an unpaid order ends so.
fn end_at(w: &Write<'_>, order: &Order, state: State, check_at: Option<Millis>, now: Millis) -> Result<()> {
    if order.state != State::Unpaid {
        return Ok(());
    }
    if let Some(good) = order.good {
        mall::store::goods::give_back(w, order.company, good, order.held)?;
    }
    changes::over(w, order, state, check_at, now)
}

/// On the radar of the staff member to whom the order is credited.
fn tell(w: &Write<'_>, app: &App, order: &Order, action: Action, text: String, now: Millis) -> Result<()> {
    let (Some(staff), Some(customer)) = (order.staff, order.customer) else { return Ok(()) };
    let pair = Pair { company: order.company, staff, customer };
    match radar::record_while_open(w, app, pair, action, text, now) {
        // The staff member has gone to another company since: the money counts all the same.
        Err(Error::NotFound(_)) => Ok(()),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_beijings() {
        let at = moment("20141030133525").unwrap();
        assert_eq!(stamp(at).unwrap(), "20141030133525");
        assert_eq!(at, Millis(1_414_647_325_000));
        assert_eq!([moment(""), moment("20141399999999"), moment("二〇一四")], [None, None, None]);
    }
}
