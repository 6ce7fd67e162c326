//! SQL of the interest score.

use rusqlite::Connection;

use crate::{chat::Pair, customers::interest::Interest, error::Result, ids::RelationId, radar::Action, time::Millis};

pub fn find(conn: &Connection, relation: RelationId) -> Result<Interest> {
    Ok(conn
        .prepare_cached("SELECT interest, interest_at FROM relation WHERE id = ?1")?
        .query_row([relation], |row| Ok(Interest { points: row.get(0)?, at: row.get(1)? }))?)
}

pub fn set(conn: &Connection, relation: RelationId, interest: Interest) -> Result<()> {
    conn.prepare_cached("UPDATE relation SET interest = ?2, interest_at = ?3, interest_rank = ?4 WHERE id = ?1")?
        .execute((relation, interest.points, interest.at, interest.rank()))?;
    Ok(())
}

/// When that was given which the newest entry of the log, a withdrawal, takes back: the newest of its kind that no other
/// withdrawal has taken back.
pub fn taken_back(conn: &Connection, pair: Pair, action: Action) -> Result<Option<Millis>> {
    let mut statement = conn.prepare_cached(
        "SELECT effect = -1, created_at FROM radar_log INDEXED BY radar_log_by_pair
         WHERE staff_id = ?2 AND customer_id = ?3 AND company_id = ?1 AND action = ?4 AND effect <> 0
         ORDER BY created_at DESC, id DESC",
    )?;
    let mut rows = statement.query((pair.company, pair.staff, pair.customer, action.code()))?;
    let mut withdrawals = 0;
    while let Some(row) = rows.next()? {
        match (row.get::<_, bool>(0)?, withdrawals) {
            (true, _) => withdrawals += 1,
            (false, 1) => return Ok(Some(row.get(1)?)),
            (false, _) => withdrawals = (withdrawals - 1).max(0),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{CompanyId, CustomerId, StaffId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let pair = Pair { company: CompanyId(1), staff: StaffId(1), customer: CustomerId(1) };
            let interest = find(conn, RelationId(1)).unwrap();
            set(conn, RelationId(1), interest).unwrap();
            taken_back(conn, pair, Action::Praise).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
