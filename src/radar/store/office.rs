//! SQL of the radar as the back office sees it: of all staff of a company.

use rusqlite::{Connection, ToSql};

use super::Span;
use crate::{
    customers::store::NAME,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, CustomerId, StaffId},
    radar::{Entry, office::Watched},
    time::Day,
    web::Paging,
};

/// Which rows of a company's log are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub staff: Option<StaffId>,
    pub customer: Option<CustomerId>,
    pub action: Option<i64>,
    /// First day.
    pub from: Option<Day>,
    /// Last day, inclusive.
    pub until: Option<Day>,
}

/// The index that serves the order under a filter: the planner cannot know how selective each part is.
fn index_for(filter: &Filter) -> &'static str {
    match (filter.staff, filter.customer, filter.action) {
        (Some(_), Some(_), _) => "radar_log_by_pair",
        (None, Some(_), _) => "radar_log_by_customer",
        (Some(_), None, Some(_)) => "radar_log_by_action",
        (Some(_), None, None) => "radar_log_by_staff",
        (None, None, Some(_)) => "radar_log_of_company_by_action",
        (None, None, None) => "radar_log_of_company",
    }
}

/// The conditions of a filter; [`bind`] has what they are compared with.
fn conditions(filter: &Filter) -> String {
    let parts = [
        (true, "log.company_id = :company"),
        (filter.staff.is_some(), " AND log.staff_id = :staff"),
        (filter.customer.is_some(), " AND log.customer_id = :customer"),
        (filter.action.is_some(), " AND log.action = :action"),
        (filter.from.is_some(), " AND log.created_at >= :from"),
        (filter.until.is_some(), " AND log.created_at < :until"),
    ];
    parts.iter().filter(|(wanted, _)| *wanted).map(|(_, part)| *part).collect()
}

fn bind<'a>(company: &'a CompanyId, filter: &'a Filter, span: &'a Span) -> Vec<(&'static str, &'a dyn ToSql)> {
    let all: [(bool, &'static str, &'a dyn ToSql); 6] = [
        (true, ":company", company),
        (filter.staff.is_some(), ":staff", &filter.staff),
        (filter.customer.is_some(), ":customer", &filter.customer),
        (filter.action.is_some(), ":action", &filter.action),
        (filter.from.is_some(), ":from", &span.from),
        (filter.until.is_some(), ":until", &span.until),
    ];
    all.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, name, value)| (name, value)).collect()
}

/// A page, newest first.
pub fn page(
    conn: &Connection,
    company: CompanyId,
    filter: &Filter,
    span: Span,
    paging: Paging,
) -> Result<Vec<Watched>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT log.id, log.staff_id, log.customer_id, {NAME}, customer.avatar, log.action, log.text, log.created_at,
                {STAFF_NAME}
         FROM radar_log AS log INDEXED BY {} JOIN customer ON customer.id = log.customer_id
              JOIN staff ON staff.id = log.staff_id
         WHERE {} ORDER BY log.created_at DESC, log.id DESC LIMIT :limit OFFSET :offset",
        index_for(filter),
        conditions(filter)
    ))?;
    let (limit, offset) = (paging.limit(), paging.offset());
    let mut bound = bind(&company, filter, &span);
    bound.extend([(":limit", &limit as &dyn ToSql), (":offset", &offset)]);
    let entries = statement.query_map(bound.as_slice(), |row| {
        let entry = Entry {
            id: row.get(0)?,
            staff: row.get(1)?,
            customer: row.get(2)?,
            customer_name: row.get(3)?,
            customer_avatar: row.get(4)?,
            action: row.get(5)?,
            text: row.get(6)?,
            created_at: row.get(7)?,
        };
        Ok(Watched { entry, staff_name: row.get(8)? })
    })?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// How many rows a filter leaves: read off the counters of days; rows are counted only within the log of one customer.
pub fn total(conn: &Connection, company: CompanyId, filter: &Filter, span: Span) -> Result<i64> {
    if filter.customer.is_some() {
        let mut statement = conn.prepare_cached(&format!(
            "SELECT count(*) FROM radar_log AS log INDEXED BY {} WHERE {}",
            index_for(filter),
            conditions(filter)
        ))?;
        return Ok(statement.query_row(bind(&company, filter, &span).as_slice(), |row| row.get(0))?);
    }
    let everything = filter.action.is_none() && filter.from.is_none() && filter.until.is_none();
    if everything {
        return Ok(conn
            .prepare_cached(
                "SELECT coalesce(sum(radar_count), 0) FROM staff WHERE company_id = ?1 AND (?2 IS NULL OR id = ?2)",
            )?
            .query_row((company, filter.staff), |row| row.get(0))?);
    }
    let (from, until) = (filter.from.unwrap_or(Day(i64::MIN)), filter.until.unwrap_or(Day(i64::MAX)));
    Ok(conn
        .prepare_cached(&format!(
            "SELECT coalesce(sum(days.entries), 0) FROM {DAYS} AND days.day <= ?4 AND (?5 IS NULL OR days.action = ?5)"
        ))?
        .query_row((company, filter.staff, from, until, filter.action), |row| row.get(0))?)
}

/// The counted days of a company's staff, or of one of them, from a day on.
const DAYS: &str = "staff CROSS JOIN radar_action_day AS days ON days.staff_id = staff.id
     WHERE staff.company_id = ?1 AND (?2 IS NULL OR staff.id = ?2) AND days.day >= ?3";

/// How much was done on each day from `from` on; days without anything are left out.
pub fn by_day(conn: &Connection, company: CompanyId, staff: Option<StaffId>, from: Day) -> Result<Vec<(Day, i64)>> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT days.day, sum(days.entries) FROM {DAYS} GROUP BY days.day"))?;
    let days = statement.query_map((company, staff, from), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(days.collect::<rusqlite::Result<_>>()?)
}

/// How often each action was done from `from` on, the most often first.
pub fn by_action(conn: &Connection, company: CompanyId, staff: Option<StaffId>, from: Day) -> Result<Vec<(i64, i64)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT days.action, sum(days.entries) AS total FROM {DAYS}
         GROUP BY days.action HAVING total > 0 ORDER BY total DESC, days.action"
    ))?;
    let actions = statement.query_map((company, staff, from), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(actions.collect::<rusqlite::Result<_>>()?)
}

/// How much was done to each staff member from `from` on, the most first.
pub fn by_staff(
    conn: &Connection,
    company: CompanyId,
    staff: Option<StaffId>,
    from: Day,
) -> Result<Vec<(StaffId, String, i64)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT staff.id, {STAFF_NAME}, sum(days.entries) AS total FROM {DAYS}
         GROUP BY staff.id HAVING total > 0 ORDER BY total DESC, staff.id"
    ))?;
    let staff = statement.query_map((company, staff, from), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(staff.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query_plans::greedy, time::Millis};

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [
            ("days.day, sum", "some days of at most two dozen actions of a company's staff, added up"),
            ("days.action, sum", "the same"),
            ("sum(days.entries) AS total FROM staff", "the same, one row a staff member"),
        ];
        let faults = greedy(&few, |conn| {
            let company = CompanyId(1);
            let paging = Paging::new(None, None, 10).unwrap();
            for staff in [None, Some(StaffId(1))] {
                for customer in [None, Some(CustomerId(1))] {
                    for action in [None, Some(1)] {
                        for day in [None, Some(Day(1))] {
                            let filter = Filter { staff, customer, action, from: day, until: day };
                            let span = Span { from: day.map(|_| Millis(0)), until: day.map(|_| Millis(1)) };
                            page(conn, company, &filter, span, paging).unwrap();
                            total(conn, company, &filter, span).unwrap();
                        }
                    }
                }
                by_day(conn, company, staff, Day(0)).unwrap();
                by_action(conn, company, staff, Day(0)).unwrap();
                by_staff(conn, company, staff, Day(0)).unwrap();
            }
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
