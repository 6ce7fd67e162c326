//! SQL of the figures by day.

pub mod ranking;

use rusqlite::{Connection, Row};

use super::{Deed, Figure, Summary, Sums};
use crate::{
    error::Result,
    ids::{AdminId, CompanyId, StaffId},
    time::Day,
};

/// Adds `by` to a figure of a company's day. Called in the transaction that writes what is counted.
pub fn bump(conn: &Connection, company: CompanyId, day: Day, figure: Figure, by: i64) -> Result<()> {
    let column = figure.column();
    conn.prepare_cached(&format!(
        "INSERT INTO stat_day (company_id, day, {column}) VALUES (?1, ?2, ?3)
         ON CONFLICT (company_id, day) DO UPDATE SET {column} = {column} + excluded.{column}"
    ))?
    .execute((company, day, by))?;
    Ok(())
}

/// Counts something that a staff member has done, in the transaction that writes it.
pub fn count_deed(conn: &Connection, staff: StaffId, day: Day, deed: Deed) -> Result<()> {
    let column = deed.column();
    conn.prepare_cached(&format!(
        "INSERT INTO staff_day (staff_id, day, {column}) VALUES (?1, ?2, 1)
         ON CONFLICT (staff_id, day) DO UPDATE SET {column} = {column} + 1"
    ))?
    .execute((staff, day))?;
    Ok(())
}

pub fn summary(conn: &Connection, company: CompanyId, admin: AdminId) -> Result<Summary> {
    let of_row = |row: &Row<'_>| {
        Ok(Summary {
            company_name: row.get(0)?,
            card_quota: row.get(1)?,
            customers: row.get(2)?,
            charging_start: row.get(3)?,
            expiry: row.get(4)?,
            username: row.get(5)?,
            staff: row.get(6)?,
        })
    };
    Ok(conn
        .prepare_cached(
            "SELECT company.name, card_quota, customer_count, charging_start_day, expiry_day, admin.username,
                    (SELECT count(*) FROM staff WHERE staff.company_id = company.id AND staff.status = 1)
             FROM company JOIN admin ON admin.company_id = company.id
             WHERE company.id = ?1 AND admin.id = ?2",
        )?
        .query_row((company, admin), of_row)?)
}

/// The figures of the days from `from` to `to`, both included.
pub fn sums(conn: &Connection, company: CompanyId, from: Day, to: Day) -> Result<Sums> {
    let of_row = |row: &Row<'_>| {
        Ok(Sums {
            customers: row.get(0)?,
            follow_ups: row.get(1)?,
            views: row.get(2)?,
            forwards: row.get(3)?,
            saves: row.get(4)?,
            praises: row.get(5)?,
        })
    };
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(customers), 0), coalesce(sum(follow_ups), 0), coalesce(sum(views), 0),
                    coalesce(sum(forwards), 0), coalesce(sum(saves), 0), coalesce(sum(praises), 0)
             FROM stat_day WHERE company_id = ?1 AND day BETWEEN ?2 AND ?3",
        )?
        .query_row((company, from, to), of_row)?)
}

/// A figure by day; days without a row are left out.
pub fn line(conn: &Connection, company: CompanyId, figure: Figure, from: Day, to: Day) -> Result<Vec<(Day, i64)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT day, {} FROM stat_day WHERE company_id = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day",
        figure.column()
    ))?;
    let days = statement.query_map((company, from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(days.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            summary(conn, CompanyId(1), AdminId(1)).unwrap();
            sums(conn, CompanyId(1), Day(0), Day(1)).unwrap();
            line(conn, CompanyId(1), Figure::Views, Day(0), Day(1)).unwrap();
            bump(conn, CompanyId(1), Day(0), Figure::Views, 1).unwrap();
            count_deed(conn, StaffId(1), Day(0), Deed::Message).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
