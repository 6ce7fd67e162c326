//! SQL of what happened with a customer: each of the four tables is walked backwards along an index.

use rusqlite::{Connection, Row, named_params};

use crate::{
    chat::Content,
    customers::timeline::{Asked, Happened, Kind, What},
    error::{Error, Result},
    identity::store::STAFF_NAME,
    ids::CompanyId,
    orders::State,
    time::Millis,
};

/// The newest of one kind that come after the place that is asked for.
pub fn some(conn: &Connection, company: CompanyId, asked: &Asked, kind: Kind, most: i64) -> Result<Vec<Happened>> {
    let (at, id) = match asked.before {
        Some(place) => (place.at, place.before(kind)),
        None => (Millis(i64::MAX), i64::MAX),
    };
    let mut statement = conn.prepare_cached(&select(kind, asked.staff.is_some()))?;
    let mut rows = statement.query(named_params! {
        ":company": company, ":customer": asked.customer, ":staff": asked.staff, ":at": at, ":id": id, ":most": most,
    })?;
    let mut happened = Vec::new();
    while let Some(row) = rows.next()? {
        happened.push(Happened {
            id: row.get(0)?,
            staff: row.get(1)?,
            staff_name: row.get(2)?,
            created_at: row.get(3)?,
            what: what(kind, row)?,
        });
    }
    Ok(happened)
}

fn select(kind: Kind, of_one: bool) -> String {
    // Customers have to do with a handful of staff, so that the index of a customer serves one of them as well.
    let (table, index, columns, seen) = match (kind, of_one) {
        (Kind::Radar, false) => ("radar_log", "radar_log_by_customer", "one.action, one.text", ""),
        (Kind::Radar, true) => ("radar_log", "radar_log_by_pair", "one.action, one.text", ""),
        (Kind::Follow, false) => ("follow_up", "follow_up_by_customer", "one.text", ""),
        (Kind::Follow, true) => ("follow_up", "follow_up_by_pair", "one.text", ""),
        (Kind::Chat, _) => (
            "chat_message",
            "chat_message_by_customer",
            "one.send_type, one.info_type, one.content",
            "AND one.send_type <> 4",
        ),
        (Kind::Order, _) => {
            ("mall_order", "mall_order_by_customer", "one.state, one.good_name, one.quantity, one.amount_fen", "")
        }
    };
    let whose = if of_one { "one.staff_id = :staff" } else { ":staff IS NULL" };
    format!(
        "SELECT one.id, one.staff_id, coalesce({STAFF_NAME}, ''), one.created_at, {columns}
         FROM {table} AS one INDEXED BY {index} LEFT JOIN staff ON staff.id = one.staff_id
         WHERE one.customer_id = :customer AND {whose} AND one.company_id = :company {seen}
           AND (one.created_at, one.id) < (:at, :id)
         ORDER BY one.created_at DESC, one.id DESC LIMIT :most"
    )
}

fn what(kind: Kind, row: &Row<'_>) -> Result<What> {
    Ok(match kind {
        Kind::Radar => What::Act { action: row.get(4)?, text: row.get(5)? },
        Kind::Follow => What::FollowUp { text: row.get(4)? },
        Kind::Chat => {
            let members: String = row.get(6)?;
            let content = Content { info_type: row.get(5)?, members: serde_json::from_str(&members)? };
            What::Message { send_type: row.get(4)?, content }
        }
        Kind::Order => What::Order {
            state: State::of(row.get(4)?).ok_or_else(|| Error::internal("an order in no state"))?,
            good: row.get(5)?,
            quantity: row.get(6)?,
            amount_fen: row.get(7)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        customers::timeline::Place,
        ids::{CustomerId, StaffId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            for staff in [None, Some(StaffId(1))] {
                for kind in Kind::ALL {
                    let before = Some(Place { at: Millis(1), kind: Kind::Chat, id: 1 });
                    let asked = Asked { customer: CustomerId(1), staff, kind: None, before, length: 20 };
                    some(conn, CompanyId(1), &asked, kind, 21).unwrap();
                }
            }
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
