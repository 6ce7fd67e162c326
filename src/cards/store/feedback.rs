//! SQL of feedback. Ids grow in the order of the messages.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    cards::feedback::Feedback,
    error::Result,
    identity::{Staff, store::STAFF_NAME},
    ids::{CompanyId, FeedbackId},
    time::Millis,
    web::Paging,
};

/// ?1 company, ?2 status. Each filter stands alone, so that its index serves.
fn conditions(company: Option<CompanyId>, status: Option<i64>) -> &'static str {
    match (company, status) {
        (None, None) => "?1 IS NULL AND ?2 IS NULL",
        (Some(_), None) => "feedback.company_id = ?1 AND ?2 IS NULL",
        (None, Some(_)) => "?1 IS NULL AND feedback.status = ?2",
        (Some(_), Some(_)) => "feedback.company_id = ?1 AND feedback.status = ?2",
    }
}

pub fn page(
    conn: &Connection,
    company: Option<CompanyId>,
    status: Option<i64>,
    paging: Paging,
) -> Result<Vec<Feedback>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT feedback.id, feedback.staff_id, coalesce({STAFF_NAME}, ''), feedback.company_id, company.name,
                feedback.problem_type, feedback.content, feedback.status, feedback.created_at
         FROM feedback JOIN company ON company.id = feedback.company_id
         LEFT JOIN staff ON staff.id = feedback.staff_id
         WHERE {} ORDER BY feedback.id DESC LIMIT ?3 OFFSET ?4",
        conditions(company, status)
    ))?;
    let mut rows = statement.query((company, status, paging.limit(), paging.offset()))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let content: String = row.get(6)?;
        all.push(Feedback {
            id: row.get(0)?,
            staff: row.get(1)?,
            name: row.get(2)?,
            company: row.get(3)?,
            company_name: row.get(4)?,
            problem_type: row.get(5)?,
            content: serde_json::from_str(&content)?,
            status: row.get(7)?,
            created_at: row.get(8)?,
        });
    }
    Ok(all)
}

pub fn count(conn: &Connection, company: Option<CompanyId>, status: Option<i64>) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM feedback WHERE {}", conditions(company, status)))?
        .query_row((company, status), |row| row.get(0))?)
}

pub fn insert(conn: &Connection, staff: Staff, problem_type: i64, content: &str, now: Millis) -> Result<FeedbackId> {
    conn.prepare_cached(
        "INSERT INTO feedback (company_id, staff_id, problem_type, content, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((staff.company, staff.id, problem_type, content, now))?;
    Ok(FeedbackId(conn.last_insert_rowid()))
}

/// The company whose message it was; `None` when there is none that the caller sees.
pub fn set_status(
    conn: &Connection,
    only: Option<CompanyId>,
    id: FeedbackId,
    status: i64,
) -> Result<Option<CompanyId>> {
    Ok(conn
        .prepare_cached(
            "UPDATE feedback SET status = ?3 WHERE id = ?2 AND (?1 IS NULL OR company_id = ?1) RETURNING company_id",
        )?
        .query_row((only, id, status), |row| row.get(0))
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{RoleId, StaffId},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let all = [("?1 IS NULL AND ?2 IS NULL", "walks the table in its own order, for role 1")];
        let faults = greedy(&all, |conn| {
            let company = CompanyId(1);
            let staff = Staff { id: StaffId(1), company, role: RoleId(3) };
            let id = insert(conn, staff, 1, "[]", Millis(1)).unwrap();
            for (company, status) in [(None, None), (Some(company), None), (None, Some(1)), (Some(company), Some(1))] {
                page(conn, company, status, Paging::new(None, None, 20).unwrap()).unwrap();
                count(conn, company, status).unwrap();
            }
            set_status(conn, Some(company), id, 2).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
