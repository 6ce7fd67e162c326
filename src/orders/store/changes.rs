//! SQL of what happens to orders. Each change names the states that it may find.

use rusqlite::{Connection, ToSql};

use crate::{
    error::Result,
    ids::{CompanyId, CustomerId, GoodId, OrderId, StaffId},
    orders::{Order, State},
    time::Millis,
};

/// An order about to be stored, unpaid.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub company: CompanyId,
    pub number: String,
    pub customer: CustomerId,
    pub staff: Option<StaffId>,
    pub good: GoodId,
    pub good_name: String,
    pub good_picture: String,
    pub unit_price_fen: i64,
    pub quantity: i64,
    pub amount_fen: i64,
    pub phone: String,
    pub app_id: String,
    pub mch_id: String,
    pub check_at: Millis,
}

/// All its pieces are held.
pub fn insert(conn: &Connection, new: &NewOrder, now: Millis) -> Result<OrderId> {
    let values: [&dyn ToSql; 15] = [
        &new.company,
        &new.number,
        &new.customer,
        &new.staff,
        &new.good,
        &new.good_name,
        &new.good_picture,
        &new.unit_price_fen,
        &new.quantity,
        &new.amount_fen,
        &new.phone,
        &new.app_id,
        &new.mch_id,
        &new.check_at,
        &now,
    ];
    conn.prepare_cached(
        "INSERT INTO mall_order (company_id, number, customer_id, staff_id, good_id, good_name, good_picture,
                                 unit_price_fen, quantity, amount_fen, phone, app_id, mch_id, check_at, created_at, held)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?9)",
    )?
    .execute(values)?;
    Ok(OrderId(conn.last_insert_rowid()))
}

pub fn prepaid(conn: &Connection, order: &Order, prepay_id: &str) -> Result<()> {
    conn.prepare_cached("UPDATE mall_order SET prepay_id = ?3 WHERE id = ?2 AND company_id = ?1")?.execute((
        order.company,
        order.id,
        prepay_id,
    ))?;
    Ok(())
}

/// Paid, with so many pieces held.
pub fn paid(conn: &Connection, order: &Order, transaction_id: &str, held: i64, at: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 8, transaction_id = ?3, held = ?4, paid_at = ?5, ended_at = ?5, check_at = NULL,
                checks = 0
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, transaction_id, held, at))?;
    Ok(())
}

/// Over without a payment, with nothing held. `check_at` is when WeChat is to be told.
pub fn over(conn: &Connection, order: &Order, state: State, check_at: Option<Millis>, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = ?3, held = 0, ended_at = ?4, check_at = ?5, checks = 0
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, state.code(), now, check_at))?;
    Ok(())
}

pub fn received(conn: &Connection, order: &Order) -> Result<()> {
    conn.prepare_cached("UPDATE mall_order SET state = 7 WHERE id = ?2 AND company_id = ?1")?
        .execute((order.company, order.id))?;
    Ok(())
}

pub fn refund_wanted(conn: &Connection, order: &Order, reason: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 4, refund_reason = ?3, refund_answer = '', refund_wanted_at = ?4
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, reason, now))?;
    Ok(())
}

pub fn refund_refused(conn: &Connection, order: &Order, answer: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 5, refund_answer = ?3, refund_number = NULL, check_at = NULL, checks = 0
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, answer))?;
    Ok(())
}

/// From now on the money may be on its way back.
pub fn refund_begun(conn: &Connection, order: &Order, refund_number: &str, check_at: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 4, refund_number = ?3, refund_answer = '', check_at = ?4, checks = 0
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, refund_number, check_at))?;
    Ok(())
}

/// Nothing is held any more.
pub fn refunded(conn: &Connection, order: &Order, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 2, held = 0, refunded_at = ?3, check_at = NULL, checks = 0
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, now))?;
    Ok(())
}

/// `refund_number` is kept when WeChat wants the same one at the next try.
pub fn refund_failed(conn: &Connection, order: &Order, answer: &str, keeps_number: bool) -> Result<()> {
    conn.prepare_cached(
        "UPDATE mall_order SET state = 3, refund_answer = ?3, check_at = NULL, checks = 0,
                refund_number = CASE WHEN ?4 THEN refund_number END, refund_tries = refund_tries + NOT ?4
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((order.company, order.id, answer, keeps_number))?;
    Ok(())
}

/// When WeChat is to be asked next; `checks` counts the times that it could not be.
pub fn check_later(conn: &Connection, order: &Order, check_at: Option<Millis>, checks: i64) -> Result<()> {
    conn.prepare_cached("UPDATE mall_order SET check_at = ?3, checks = ?4 WHERE id = ?2 AND company_id = ?1")?
        .execute((order.company, order.id, check_at, checks))?;
    Ok(())
}
