//! SQL of giving a customer's radar entries to another staff member, with all that is counted by day.

use rusqlite::Connection;

use super::recent;
use crate::{chat::Pair, error::Result, ids::StaffId, radar::Action};

/// Gives the pair's entries to another staff member.
pub fn hand_over(conn: &Connection, pair: Pair, to: StaffId) -> Result<()> {
    // The receiver's window must have come as far as what goes into it.
    if let Some(until) = recent::until(conn, pair.staff)? {
        recent::advance(conn, to, until)?;
    }
    super::take_out_of_days(conn, pair)?;
    let both = (pair.staff, pair.customer, to);
    for statement in [
        "INSERT INTO radar_action_day (staff_id, day, action, entries, counted)
         SELECT ?3, day, action, entries, counted FROM radar_day INDEXED BY radar_day_by_customer
         WHERE staff_id = ?1 AND customer_id = ?2
         ON CONFLICT DO UPDATE SET entries = entries + excluded.entries, counted = counted + excluded.counted",
        "INSERT INTO radar_day (staff_id, day, customer_id, action, entries, counted)
         SELECT ?3, day, customer_id, action, entries, counted FROM radar_day INDEXED BY radar_day_by_customer
         WHERE staff_id = ?1 AND customer_id = ?2
         ON CONFLICT DO UPDATE SET entries = entries + excluded.entries, counted = counted + excluded.counted",
        "UPDATE radar_log SET staff_id = ?3 WHERE staff_id = ?1 AND customer_id = ?2",
    ] {
        conn.prepare_cached(statement)?.execute(both)?;
    }
    conn.prepare_cached("DELETE FROM radar_day WHERE staff_id = ?1 AND customer_id = ?2")?
        .execute((pair.staff, pair.customer))?;
    recent::recount(conn, to, pair.customer)
}

/// Lets the praise that the customer has given count no more: it is still listed.
pub fn only_list_praise(conn: &Connection, pair: Pair) -> Result<()> {
    let praise = (pair.staff, pair.customer, Action::Praise.code());
    let day: i64 = conn
        .prepare_cached(
            "UPDATE radar_log SET effect = 0 WHERE id =
                 (SELECT id FROM radar_log INDEXED BY radar_log_by_pair
                  WHERE staff_id = ?1 AND customer_id = ?2 AND action = ?3 AND effect = 1
                  ORDER BY created_at DESC, id DESC LIMIT 1)
             RETURNING day",
        )?
        .query_row(praise, |row| row.get(0))?;
    for statement in [
        "UPDATE radar_day SET counted = counted - 1
         WHERE staff_id = ?1 AND day = ?4 AND customer_id = ?2 AND action = ?3",
        "UPDATE radar_action_day SET counted = counted - 1 WHERE staff_id = ?1 AND day = ?4 AND action = ?3 AND ?2 > 0",
    ] {
        conn.prepare_cached(statement)?.execute((pair.staff, pair.customer, Action::Praise.code(), day))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, CustomerId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let emptied = [("UPDATE radar_action_day SET entries", "the days of one pair, added up by day and action")];
        let faults = greedy(&emptied, |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            let _ = only_list_praise(conn, pair);
            hand_over(conn, pair, StaffId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
