//! Buying: the order is stored and its pieces held, then WeChat is asked to take the payment.

use std::net::IpAddr;

use super::{
    Order, PATIENCE, State,
    checking::ask_wechat,
    merchant::{merchant_of, merchant_of_order},
    settling::{fail_at, found, stamp},
    store::{self, changes},
};
use crate::{
    app::App,
    customers,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{GoodId, OrderId, StaffId},
    mall,
    time::{MINUTE, Millis, SECOND},
    weixin::{Charge, Merchant, PaymentArguments, WeixinError},
};

/// Orders of one customer that may wait for their payment at a time: each holds pieces that others want.
const MOST_UNPAID: i64 = 10;
/// WeChat is not asked about an order before its time is over.
const GRACE: i64 = 10 * SECOND;

/// What a customer wants to buy.
#[derive(Debug, Clone)]
pub struct Purchase {
    pub good: GoodId,
    pub quantity: i64,
    pub phone: String,
    /// To whom it is credited; `None`: to whom the customer last turned.
    pub staff: Option<StaffId>,
}

/// What the mini-program pays with.
pub struct Prepaid {
    pub app_id: String,
    pub arguments: PaymentArguments,
    pub order: OrderId,
    pub number: String,
}

/// Makes an order and prepares its payment. `ip` is the customer's.
pub async fn buy(app: &App, customer: Customer, purchase: Purchase, ip: IpAddr) -> Result<Prepaid> {
    // In a task of its own: a client that hangs up leaves no order behind that is neither prepared nor given up.
    let app = app.clone();
    let bought = tokio::spawn(async move {
        let merchant = merchant_of(&app, customer.company).await.map_err(not_prepared)?;
        let inside = merchant.clone();
        let order = app
            .db
            .write(move |w| {
                let id = place_at(w, customer, &purchase, &inside, Millis::now())?;
                found(w, customer.company, id)
            })
            .await?;
        prepare(&app, &merchant, order, ip).await
    });
    bought.await.map_err(Error::internal)?
}

/// Prepares the payment of an order once more, which the customer left without paying.
pub async fn pay_again(app: &App, customer: Customer, id: OrderId, ip: IpAddr) -> Result<Prepaid> {
    let app = app.clone();
    let paid = tokio::spawn(async move {
        let order = super::customer::own(&app, customer, id).await?;
        if order.state != State::Unpaid {
            return Err(Error::Unacceptable(format!("该订单为{}状态，不能支付", order.state.title()).into()));
        }
        if Millis::now() >= order.created_at.plus(PATIENCE) {
            return Err(Error::Unacceptable("该订单已超过付款时间，请重新下单".into()));
        }
        let merchant = merchant_of_order(&app, &order).map_err(not_prepared)?;
        match &order.prepay_id {
            Some(prepay_id) => arguments(&merchant, &order, prepay_id),
            None => prepare(&app, &merchant, order, ip).await,
        }
    });
    paid.await.map_err(Error::internal)?
}

/// Stores the order and holds its pieces, within a write job and at a given moment.
pub fn place_at(
    w: &Write<'_>,
    customer: Customer,
    purchase: &Purchase,
    merchant: &Merchant,
    now: Millis,
) -> Result<OrderId> {
    let company = customer.company;
    let good = mall::store::goods::find(w, company, purchase.good)?.filter(|good| !matches!(good.status, 2 | 4));
    let good = good.ok_or_else(|| Error::no_such("商品"))?;
    let staff = match purchase.staff {
        Some(staff) => {
            customers::must_be_staff_of(w, company, staff)?;
            Some(staff)
        }
        None => customers::store::recent_staff(w, company, customer.id)?,
    };
    let amount_fen = good.price_fen.saturating_mul(purchase.quantity);
    if amount_fen < 1 {
        return Err(Error::field("goodsId", "商品价格为零，不能支付"));
    }
    if !store::payer(w, company, customer.id)?.1 {
        return Err(Error::Unacceptable("请在小程序中下单".into()));
    }
    if store::unpaid_of(w, company, customer.id)? >= MOST_UNPAID {
        return Err(Error::Unacceptable("待付款的订单过多，请先付款或取消".into()));
    }
    if !mall::store::goods::take(w, company, good.id, purchase.quantity)? {
        return Err(Error::field("goodsNum", "商品库存不足"));
    }
    let order = changes::NewOrder {
        company,
        number: number(good.id, now)?,
        customer: customer.id,
        staff,
        good: good.id,
        good_name: good.name,
        good_picture: good.pictures.into_iter().next().unwrap_or_default(),
        unit_price_fen: good.price_fen,
        quantity: purchase.quantity,
        amount_fen,
        phone: purchase.phone.clone(),
        app_id: merchant.app_id.clone(),
        mch_id: merchant.mch_id.clone(),
        check_at: now.plus(PATIENCE + GRACE),
    };
    changes::insert(w, &order, now)
}

/// Date and time, ten random digits, and the good's id: 32 characters at most.
fn number(good: GoodId, now: Millis) -> Result<String> {
    let mut noise = [0_u8; 8];
    getrandom::fill(&mut noise).map_err(|error| Error::internal(error.to_string()))?;
    let random = u64::from_le_bytes(noise) % 10_000_000_000;
    Ok(format!("{}{random:010}{:.8}", stamp(now)?, good.0.to_string()))
}

/// Asks WeChat for the payment. When it says no, or nothing, the order has failed: nobody has anything to pay it with.
async fn prepare(app: &App, merchant: &Merchant, order: Order, ip: IpAddr) -> Result<Prepaid> {
    let charge = charge(app, &order, ip).await?;
    let prepay_id = match app.weixin.pay_unified_order(merchant, &charge).await {
        Ok(prepay_id) => prepay_id,
        Err(error) if error.pay_code() == Some("ORDERPAID") => {
            ask_wechat(app, &order).await?;
            return Err(Error::Unacceptable("该订单已支付".into()));
        }
        Err(error) => {
            let (company, id) = (order.company, order.id);
            app.db.write(move |w| fail_at(w, company, id, Millis::now())).await?;
            return Err(refused(&order, error));
        }
    };
    let (inside, stored) = (order.clone(), prepay_id.clone());
    app.db.write(move |w| changes::prepaid(w, &inside, &stored)).await?;
    arguments(merchant, &order, &prepay_id)
}

async fn charge(app: &App, order: &Order, ip: IpAddr) -> Result<Charge> {
    let company = order.company;
    let customer = order.customer.ok_or_else(|| Error::no_such("客户"))?;
    let (openid, _) = app.db.read(move |conn| store::payer(conn, company, customer)).await?;
    Ok(Charge {
        number: order.number.clone(),
        body: order.good_name.clone(),
        amount: order.amount_fen,
        ip: ip.to_string(),
        notify_url: format!("{}/zhugeleida/xiaochengxu/payback", app.public_url.trim_end_matches('/')),
        openid,
        begins: stamp(order.created_at)?,
        // A little earlier than we give up, so that nobody pays in between.
        ends: stamp(order.created_at.plus(PATIENCE))?,
    })
}

fn arguments(merchant: &Merchant, order: &Order, prepay_id: &str) -> Result<Prepaid> {
    let arguments = merchant.payment(prepay_id, Millis::now().0 / SECOND)?;
    Ok(Prepaid { app_id: merchant.app_id.clone(), arguments, order: order.id, number: order.number.clone() })
}

fn refused(order: &Order, error: WeixinError) -> Error {
    let reason = match &error {
        WeixinError::PayRefused { text, .. } if !text.is_empty() => text.clone(),
        WeixinError::PayRefused { err_code, .. } => err_code.clone(),
        _ => "微信支付暂时无法访问".to_owned(),
    };
    tracing::warn!(order = %order.number, %error, "an order's payment could not be prepared");
    Error::Unacceptable(format!("预支付失败, 原因:{reason}").into())
}

/// The customer can do nothing about it, and 400 would send them to log in again.
fn not_prepared(error: Error) -> Error {
    match error {
        Error::Unprepared(what) => Error::Unacceptable(format!("预支付失败, 原因:{what}").into()),
        other => other,
    }
}

/// How long after now an order that WeChat could not be asked about is looked at again.
pub fn pause(checks: i64) -> i64 {
    (MINUTE / 2).saturating_mul(1 << checks.clamp(0, 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_enough_and_never_the_same() {
        let now = Millis(1_538_296_517_000);
        let made = number(GoodId(1_234_567_890), now).unwrap();
        assert_eq!((made.len(), made.get(..14)), (32, Some("20180930163517")));
        assert!(made.bytes().all(|byte| byte.is_ascii_digit()));
        assert_ne!(made, number(GoodId(1_234_567_890), now).unwrap());
    }

    #[test]
    fn pauses_grow_and_stop_growing() {
        assert_eq!((pause(0), pause(1), pause(7), pause(99)), (30_000, 60_000, 64 * MINUTE, 64 * MINUTE));
    }
}
