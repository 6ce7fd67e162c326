//! Orders of the mall (订单): buying, paying by WeChat Pay, and money back.
//!
//! An order holds its pieces of the good's inventory from the moment it is made until it fails, is cancelled or
//! refunded, so that nothing is sold twice. Whatever WeChat is asked for is stored before, and every change of state
//! is one write job that looks at the state it finds: notifications may come twice, late, or never.
//!
//! Wire names: `theOrder` is an order, `fukuan` an order to be paid again, `payback` WeChat's notification.

mod api;
mod buying;
mod checking;
mod customer;
mod desk;
mod merchant;
mod refunds;
mod settling;
pub mod store;

pub use api::api;
pub use buying::{Purchase, place_at};
pub use checking::follow_orders;
pub use merchant::try_merchant;
pub use refunds::{ask_at, refund_done_at, refuse_at};
pub use settling::{Payment, cancel_at, fail_at, settle_at};

use crate::{
    ids::{CompanyId, CustomerId, GoodId, OrderId, StaffId},
    time::{MINUTE, Millis},
};

/// How long an order waits for its payment.
pub const PATIENCE: i64 = 10 * MINUTE;

/// Where an order stands. The numbers are the documents'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Unpaid = 1,
    Refunded = 2,
    RefundFailed = 3,
    RefundWanted = 4,
    RefundRefused = 5,
    Received = 7,
    Paid = 8,
    Failed = 9,
    Cancelled = 10,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Unpaid,
        Self::Refunded,
        Self::RefundFailed,
        Self::RefundWanted,
        Self::RefundRefused,
        Self::Received,
        Self::Paid,
        Self::Failed,
        Self::Cancelled,
    ];

    pub fn code(self) -> i64 {
        self as i64
    }

    pub fn of(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unpaid => "待付款",
            Self::Refunded => "退款完成",
            Self::RefundFailed => "退款失败",
            Self::RefundWanted => "退款中",
            Self::RefundRefused => "拒绝退款",
            Self::Received => "确认收货",
            Self::Paid => "交易成功",
            Self::Failed => "交易失败",
            Self::Cancelled => "取消订单",
        }
    }
}

/// An order as it is stored.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: OrderId,
    pub company: CompanyId,
    /// `out_trade_no`
    pub number: String,
    /// `None` when the customer was deleted since.
    pub customer: Option<CustomerId>,
    pub customer_name: String,
    pub customer_avatar: String,
    /// To whom it is credited.
    pub staff: Option<StaffId>,
    pub staff_name: String,
    /// `None` when the good was deleted since.
    pub good: Option<GoodId>,
    pub good_name: String,
    pub good_picture: String,
    pub unit_price_fen: i64,
    pub quantity: i64,
    pub amount_fen: i64,
    pub phone: String,
    pub state: State,
    /// Pieces of it that are out of the good's inventory.
    pub held: i64,
    pub app_id: String,
    pub mch_id: String,
    pub prepay_id: Option<String>,
    pub transaction_id: String,
    pub refund_number: Option<String>,
    pub refund_tries: i64,
    pub refund_reason: String,
    pub refund_answer: String,
    pub created_at: Millis,
    pub paid_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub refund_wanted_at: Option<Millis>,
    pub refunded_at: Option<Millis>,
    /// Times that WeChat could not be asked, in a row.
    pub checks: i64,
}

impl Order {
    /// Paid for pieces that were sold to others meanwhile: how many.
    pub fn missing(&self) -> i64 {
        let is_sold = matches!(self.state, State::Paid | State::Received | State::RefundWanted | State::RefundRefused);
        if is_sold { self.quantity - self.held } else { 0 }
    }
}

/// Whose orders a list shows, and which of them.
#[derive(Debug, Clone)]
pub struct Filter {
    pub company: CompanyId,
    pub whose: Whose,
    pub state: Option<State>,
    /// Beginning of the order's number.
    pub number: Option<String>,
    /// Part of the customer's name.
    pub customer_name: Option<String>,
    pub from: Millis,
    pub to: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Everybodys,
    Staff(StaffId),
    Customer(CustomerId),
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn states_are_the_documents_numbers() {
        let codes: Vec<_> = State::ALL.map(State::code).into();
        assert_eq!(codes, [1, 2, 3, 4, 5, 7, 8, 9, 10]);
        assert_eq!((State::of(8), State::of(6)), (Some(State::Paid), None));
    }
}
