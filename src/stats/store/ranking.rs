//! SQL of the ranking of staff.

use rusqlite::Connection;

use crate::{
    error::Result,
    identity::store::STAFF_NAME,
    ids::CompanyId,
    stats::ranking::Ranked,
    time::{Day, Millis},
};

/// The enabled staff of a company and their figures from a day on, which begins at `start`; in no order.
pub fn figures(conn: &Connection, company: CompanyId, from: Day, start: Millis) -> Result<Vec<Ranked>> {
    let mut statement = conn.prepare_cached(&format!(
        "WITH
             new AS MATERIALIZED (
                 SELECT staff_id, count(*) AS customers FROM relation INDEXED BY relation_of_company_by_creation
                 WHERE company_id = ?1 AND created_at >= ?3 GROUP BY staff_id
             )
         SELECT staff.id, {STAFF_NAME}, staff.avatar, staff.customer_count,
                (SELECT coalesce(sum(entries), 0) FROM radar_action_day WHERE staff_id = staff.id AND day >= ?2),
                coalesce(new.customers, 0),
                (SELECT coalesce(sum(follow_ups), 0) FROM staff_day WHERE staff_id = staff.id AND day >= ?2),
                (SELECT coalesce(sum(messages), 0) FROM staff_day WHERE staff_id = staff.id AND day >= ?2)
         FROM staff LEFT JOIN new ON new.staff_id = staff.id
         WHERE staff.company_id = ?1 AND staff.status = 1"
    ))?;
    let ranked = statement.query_map((company, from, start), |row| {
        Ok(Ranked {
            staff: row.get(0)?,
            name: row.get(1)?,
            avatar: row.get(2)?,
            all_customers: row.get(3)?,
            radar: row.get(4)?,
            customers: row.get(5)?,
            follow_ups: row.get(6)?,
            messages: row.get(7)?,
        })
    })?;
    Ok(ranked.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("WITH", "the new customers of some days, counted inside an index, by staff member")];
        let faults = greedy(&few, |conn| {
            let ranked = figures(conn, CompanyId(1), Day(0), Millis(0)).unwrap();
            assert_eq!((ranked.len(), ranked[0].customers, ranked[0].radar), (1, 1, 0));
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
