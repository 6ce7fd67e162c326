//! SQL of how much there is: sums of kept counters.

use rusqlite::Connection;

use super::about::Amounts;
use crate::{error::Result, ids::CompanyId};

/// Of all companies, or of one.
pub fn amounts(conn: &Connection, only: Option<CompanyId>) -> Result<Amounts> {
    let (company, staff) = match only {
        Some(_) => ("id = ?1", "company_id = ?1"),
        None => ("?1 IS NULL", "?1 IS NULL"),
    };
    let sql = format!(
        "SELECT companies, customers, messages, staff, entries
         FROM (SELECT count(*) AS companies, coalesce(sum(customer_count), 0) AS customers,
                      coalesce(sum(message_count), 0) AS messages FROM company WHERE {company}),
              (SELECT count(*) AS staff, coalesce(sum(radar_count), 0) AS entries FROM staff WHERE {staff})"
    );
    Ok(conn.prepare_cached(&sql)?.query_row([only], |row| {
        Ok(Amounts {
            companies: row.get(0)?,
            customers: row.get(1)?,
            messages: row.get(2)?,
            staff: row.get(3)?,
            radar_entries: row.get(4)?,
        })
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let all = [("FROM company WHERE ?1 IS NULL", "companies and their staff are few, their rows are not counted")];
        let faults = greedy(&all, |conn| {
            let expected = Amounts { companies: 1, staff: 1, customers: 0, radar_entries: 0, messages: 0 };
            assert_eq!(amounts(conn, Some(CompanyId(1))).unwrap(), expected);
            assert_eq!(amounts(conn, None).unwrap(), expected);
            assert_eq!(amounts(conn, Some(CompanyId(2))).unwrap(), Amounts::default());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
