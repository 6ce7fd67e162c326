//! Orders of the demo's mall, one or more in every state, made by the same functions as real ones.

use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{CompanyId, OrderId, StaffId},
    orders::{self, Payment, Purchase, State},
    time::{HOUR, MINUTE, Millis},
    weixin::sandbox::accounts::{FIRST_MERCHANT, PAID_BEFORE},
};

use super::store;

const COMPANY: CompanyId = CompanyId::FIRST;

/// Place of the good in the mall, quantity, hours ago, state, and what was said of a refund.
type Bought = (i64, i64, i64, State, &'static str);

const BOUGHT: [Bought; 13] = [
    (0, 1, 19 * 24, State::Received, ""),
    (2, 1, 16 * 24, State::Received, ""),
    (3, 2, 12 * 24, State::Paid, ""),
    (4, 1, 9 * 24, State::Refunded, "日程有变，暂不需要上门服务"),
    (1, 1, 8 * 24, State::Paid, ""),
    (2, 2, 6 * 24, State::RefundRefused, "买错了版本"),
    (0, 1, 5 * 24, State::Cancelled, ""),
    (3, 1, 4 * 24, State::RefundFailed, "重复购买"),
    (2, 1, 3 * 24, State::Failed, ""),
    (4, 2, 2 * 24, State::RefundWanted, "公司流程调整，改为线上部署"),
    (0, 1, 30, State::Paid, ""),
    (3, 3, 5, State::Paid, ""),
    (1, 1, 0, State::Unpaid, ""),
];

/// Zhang Wei's and Wang Fang's customers buy. All of it shows on the radar now, after the story.
pub fn fill(w: &Write<'_>, app: &App, staff: &[StaffId], now: Millis) -> Result<()> {
    let goods = store::goods(w, COMPANY)?;
    let sellers: Vec<StaffId> = staff.iter().copied().skip(1).take(2).collect();
    let mut buyers = Vec::new();
    for seller in sellers {
        buyers.extend(store::buyers(w, COMPANY, seller, 4)?.into_iter().map(|customer| (seller, customer)));
    }
    if buyers.is_empty() {
        return Err(Error::internal("nobody can buy"));
    }
    for ((place, quantity, hours, state, words), (seller, customer)) in BOUGHT.into_iter().zip(buyers.iter().cycle()) {
        let good = usize::try_from(place).ok().and_then(|place| goods.get(place).copied());
        let good = good.ok_or_else(|| Error::internal("no such good"))?;
        let customer = Customer { id: *customer, company: COMPANY };
        let phone = format!("1390000{:04}", 300 + customer.id.0);
        let purchase = Purchase { good, quantity, phone, staff: Some(*seller) };
        let at = now.plus(-hours * HOUR - MINUTE);
        let id = orders::place_at(w, customer, &purchase, &FIRST_MERCHANT.merchant(), at)?;
        store::rename_order(w, id, PAID_BEFORE)?;
        bring_to(w, app, id, state, words, at, now)?;
    }
    Ok(())
}

fn bring_to(w: &Write<'_>, app: &App, id: OrderId, state: State, words: &str, at: Millis, now: Millis) -> Result<()> {
    match state {
        State::Unpaid => return Ok(()),
        State::Failed => return orders::fail_at(w, COMPANY, id, at.plus(MINUTE)),
        State::Cancelled => return orders::cancel_at(w, app, COMPANY, id, true, None, now),
        _ => {}
    }
    let order = orders::store::find(w, COMPANY, id)?.ok_or_else(|| Error::no_such("订单"))?;
    let transaction_id = format!("4200{}", order.number);
    let payment = Payment { transaction_id, amount: order.amount_fen, at: at.plus(MINUTE) };
    orders::settle_at(w, app, COMPANY, id, &payment, now)?;
    match state {
        State::Received => orders::store::changes::received(w, &order),
        State::Paid => Ok(()),
        _ => {
            orders::ask_at(w, COMPANY, id, words, at.plus(HOUR))?;
            match state {
                State::Refunded => orders::refund_done_at(w, COMPANY, id, at.plus(3 * HOUR)),
                State::RefundRefused => orders::refuse_at(w, COMPANY, id, "插件各版本通用，客服已协助启用").map(drop),
                State::RefundFailed => {
                    let answer = "基本账户余额不足，请充值后重新发起";
                    orders::store::changes::refund_failed(w, &order, answer, true)
                }
                _ => Ok(()),
            }
        }
    }
}
