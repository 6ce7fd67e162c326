//! SQL of orders: reading. What changes them is in [`changes`].

pub mod changes;

use rusqlite::{Connection, Row};

use super::{Filter, Order, State, Whose};
use crate::{
    customers::store::NAME,
    db,
    error::{Error, Result},
    identity::store::STAFF_NAME,
    ids::{CompanyId, CustomerId, OrderId},
    time::Millis,
    web::Paging,
};

fn select() -> String {
    format!(
        "SELECT mall_order.id, mall_order.company_id, number, mall_order.customer_id,
                CASE WHEN customer.id IS NULL THEN '' ELSE {NAME} END, coalesce(customer.avatar, ''),
                mall_order.staff_id, CASE WHEN staff.id IS NULL THEN '' ELSE {STAFF_NAME} END, good_id, good_name,
                good_picture, unit_price_fen, quantity, amount_fen, mall_order.phone, state, held, app_id, mch_id,
                prepay_id, transaction_id, refund_number, refund_tries, refund_reason, refund_answer,
                mall_order.created_at, paid_at, ended_at, refund_wanted_at, refunded_at, checks
         FROM mall_order LEFT JOIN customer ON customer.id = mall_order.customer_id
              LEFT JOIN staff ON staff.id = mall_order.staff_id AND staff.company_id = mall_order.company_id"
    )
}

fn order(row: &Row<'_>) -> Result<Order> {
    Ok(Order {
        id: row.get(0)?,
        company: row.get(1)?,
        number: row.get(2)?,
        customer: row.get(3)?,
        customer_name: row.get(4)?,
        customer_avatar: row.get(5)?,
        staff: row.get(6)?,
        staff_name: row.get(7)?,
        good: row.get(8)?,
        good_name: row.get(9)?,
        good_picture: row.get(10)?,
        unit_price_fen: row.get(11)?,
        quantity: row.get(12)?,
        amount_fen: row.get(13)?,
        phone: row.get(14)?,
        state: State::of(row.get(15)?).ok_or_else(|| Error::internal("an order in no state"))?,
        held: row.get(16)?,
        app_id: row.get(17)?,
        mch_id: row.get(18)?,
        prepay_id: row.get(19)?,
        transaction_id: row.get(20)?,
        refund_number: row.get(21)?,
        refund_tries: row.get(22)?,
        refund_reason: row.get(23)?,
        refund_answer: row.get(24)?,
        created_at: row.get(25)?,
        paid_at: row.get(26)?,
        ended_at: row.get(27)?,
        refund_wanted_at: row.get(28)?,
        refunded_at: row.get(29)?,
        checks: row.get(30)?,
    })
}

/// ?1 company, ?2 state, ?3 and ?4 the time, ?5 the number, ?6 the customer's name, ?7 whose; what is not asked for is
/// left out, so that an index serves what is.
fn condition(filter: &Filter) -> String {
    let whose = match filter.whose {
        Whose::Everybodys => "?7 IS NULL AND",
        Whose::Staff(_) => "mall_order.staff_id = ?7 AND",
        Whose::Customer(_) => "mall_order.customer_id = ?7 AND",
    };
    let state = if filter.state.is_some() { "mall_order.state = ?2 AND" } else { "" };
    let name = if filter.customer_name.is_some() { "AND customer.nickname LIKE ?6 ESCAPE '\\'" } else { "" };
    format!(
        "{whose} {state} mall_order.company_id = ?1 AND mall_order.created_at >= ?3 AND mall_order.created_at < ?4
         AND (?5 IS NULL OR substr(mall_order.number, 1, length(?5)) = ?5) {name}"
    )
}

fn whose(filter: &Filter) -> Option<i64> {
    match filter.whose {
        Whose::Everybodys => None,
        Whose::Staff(staff) => Some(staff.0),
        Whose::Customer(customer) => Some(customer.0),
    }
}

/// Newest first.
pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Order>> {
    let mut statement = conn.prepare_cached(&format!(
        "{} WHERE {} ORDER BY mall_order.created_at DESC, mall_order.id DESC LIMIT ?8 OFFSET ?9",
        select(),
        condition(filter)
    ))?;
    let mut rows = statement.query((
        filter.company,
        filter.state.map(State::code),
        filter.from,
        filter.to,
        &filter.number,
        filter.customer_name.as_deref().map(db::contains),
        whose(filter),
        paging.limit(),
        paging.offset(),
    ))?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(order(row)?);
    }
    Ok(orders)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    let names =
        if filter.customer_name.is_some() { "JOIN customer ON customer.id = mall_order.customer_id" } else { "" };
    let sql = format!("SELECT count(*) FROM mall_order {names} WHERE {}", condition(filter));
    Ok(conn.prepare_cached(&sql)?.query_row(
        (
            filter.company,
            filter.state.map(State::code),
            filter.from,
            filter.to,
            &filter.number,
            filter.customer_name.as_deref().map(db::contains),
            whose(filter),
        ),
        |row| row.get(0),
    )?)
}

pub fn find(conn: &Connection, company: CompanyId, id: OrderId) -> Result<Option<Order>> {
    let sql = format!("{} WHERE mall_order.id = ?2 AND mall_order.company_id = ?1", select());
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query((company, id))?;
    rows.next()?.map(order).transpose()
}

/// An order of any company: WeChat names no other thing than the number.
pub fn numbered(conn: &Connection, number: &str) -> Result<Option<Order>> {
    let mut statement = conn.prepare_cached(&format!("{} WHERE mall_order.number = ?1", select()))?;
    let mut rows = statement.query([number])?;
    rows.next()?.map(order).transpose()
}

/// How many orders of a customer wait for their payment.
pub fn unpaid_of(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM mall_order WHERE customer_id = ?2 AND company_id = ?1 AND state = 1")?
        .query_row((company, customer), |row| row.get(0))?)
}

/// Who pays: WeChat's id of the customer, and whether it is the mini-program's.
pub fn payer(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<(String, bool)> {
    Ok(conn
        .prepare_cached("SELECT openid, user_type = 2 FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, customer), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Orders, of every company, about which WeChat is to be asked by now: a few at a time, those that wait longest first.
pub fn to_check(conn: &Connection, now: Millis, most: i64) -> Result<Vec<Order>> {
    let sql = format!("{} WHERE check_at <= ?1 ORDER BY check_at LIMIT ?2", select());
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query((now, most))?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(order(row)?);
    }
    Ok(orders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::StaffId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let paging = Paging::new(None, None, 10).unwrap();
            for whose in [Whose::Everybodys, Whose::Staff(StaffId(1)), Whose::Customer(CustomerId(1))] {
                for state in [None, Some(State::Paid)] {
                    for customer_name in [None, Some("a".to_owned())] {
                        let number = Some("2018".to_owned());
                        let (from, to) = (Millis(0), Millis(9));
                        let filter = Filter { company, whose, state, number, customer_name, from, to };
                        list(conn, &filter, paging).unwrap();
                        count(conn, &filter).unwrap();
                    }
                }
            }
            find(conn, company, OrderId(1)).unwrap();
            numbered(conn, "1").unwrap();
            unpaid_of(conn, company, CustomerId(1)).unwrap();
            payer(conn, company, CustomerId(1)).unwrap();
            to_check(conn, Millis(1), 10).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
