//! SQL of comments on diaries.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    cases::{Comment, CommentFilter},
    customers::store::NAME,
    error::Result,
    identity::Customer,
    ids::{CommentId, CompanyId, DiaryId},
    time::Millis,
    web::Paging,
};

fn select(from: &str) -> String {
    format!(
        "SELECT comment.id, comment.customer_id, {NAME}, customer.avatar, comment.content, comment.status,
                comment.created_at, comment.diary_id, diary.title, diary.case_id, case_study.customer_name
         FROM diary_comment AS comment {from}
         CROSS JOIN customer ON customer.id = comment.customer_id
         CROSS JOIN diary ON diary.id = comment.diary_id
         CROSS JOIN case_study ON case_study.id = diary.case_id"
    )
}

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: row.get(0)?,
        customer: row.get(1)?,
        customer_name: row.get(2)?,
        customer_avatar: row.get(3)?,
        content: row.get(4)?,
        status: row.get(5)?,
        created_at: row.get(6)?,
        diary: row.get(7)?,
        diary_title: row.get(8)?,
        case: row.get(9)?,
        case_name: row.get(10)?,
    })
}

/// What a customer sees below a diary: what has passed, and what this customer wrote and nobody has looked at yet.
const SHOWN: &str =
    "comment.diary_id = ?2 AND (comment.status = 1 OR (comment.status = 0 AND comment.customer_id = ?1))";

/// Newest first. The diary must be of the customer's company.
pub fn of_diary(conn: &Connection, customer: Customer, diary: DiaryId, paging: Paging) -> Result<Vec<Comment>> {
    let mut statement = conn.prepare_cached(&format!(
        "{} WHERE {SHOWN} ORDER BY comment.created_at DESC, comment.id DESC LIMIT ?3 OFFSET ?4",
        select("INDEXED BY diary_comment_by_diary")
    ))?;
    let values = (customer.id, diary, paging.limit(), paging.offset());
    Ok(statement.query_map(values, comment)?.collect::<rusqlite::Result<_>>()?)
}

pub fn count_of_diary(conn: &Connection, customer: Customer, diary: DiaryId) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM diary_comment AS comment WHERE {SHOWN}"))?
        .query_row((customer.id, diary), |row| row.get(0))?)
}

/// ?1 company, ?2 diary, ?3 status; and the index that serves the order.
fn narrowed(filter: CommentFilter) -> (&'static str, &'static str) {
    match (filter.diary, filter.status) {
        (Some(_), _) => ("diary_comment_by_diary", "comment.diary_id = ?2 AND (?3 IS NULL OR comment.status = ?3)"),
        (None, Some(_)) => ("diary_comment_by_status", "comment.status = ?3 AND ?2 IS NULL"),
        (None, None) => ("diary_comment_by_company", "?2 IS NULL AND ?3 IS NULL"),
    }
}

/// The company's, newest first.
pub fn list(conn: &Connection, company: CompanyId, filter: CommentFilter, paging: Paging) -> Result<Vec<Comment>> {
    let (index, narrowed) = narrowed(filter);
    let mut statement = conn.prepare_cached(&format!(
        "{} WHERE comment.company_id = ?1 AND {narrowed}
         ORDER BY comment.created_at DESC, comment.id DESC LIMIT ?4 OFFSET ?5",
        select(&format!("INDEXED BY {index}"))
    ))?;
    let values = (company, filter.diary, filter.status, paging.limit(), paging.offset());
    Ok(statement.query_map(values, comment)?.collect::<rusqlite::Result<_>>()?)
}

pub fn count(conn: &Connection, company: CompanyId, filter: CommentFilter) -> Result<i64> {
    let (index, narrowed) = narrowed(filter);
    Ok(conn
        .prepare_cached(&format!(
            "SELECT count(*) FROM diary_comment AS comment INDEXED BY {index}
             WHERE comment.company_id = ?1 AND {narrowed}"
        ))?
        .query_row((company, filter.diary, filter.status), |row| row.get(0))?)
}

pub fn insert(
    conn: &Connection,
    customer: Customer,
    diary: DiaryId,
    content: &str,
    status: i64,
    now: Millis,
) -> Result<CommentId> {
    conn.prepare_cached(
        "INSERT INTO diary_comment (company_id, diary_id, customer_id, content, status, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((customer.company, diary, customer.id, content, status, now))?;
    Ok(CommentId(conn.last_insert_rowid()))
}

/// False when there is no such comment.
pub fn set_status(conn: &Connection, company: CompanyId, id: CommentId, status: i64) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE diary_comment SET status = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, status))?;
    Ok(changed > 0)
}

/// What the deleted comment said.
pub fn delete(conn: &Connection, company: CompanyId, id: CommentId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("DELETE FROM diary_comment WHERE id = ?2 AND company_id = ?1 RETURNING content")?
        .query_row((company, id), |row| row.get(0))
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::CustomerId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let customer = Customer { id: CustomerId(1), company };
            let paging = Paging::new(None, None, 20).unwrap();
            of_diary(conn, customer, DiaryId(1), paging).unwrap();
            count_of_diary(conn, customer, DiaryId(1)).unwrap();
            for diary in [None, Some(DiaryId(1))] {
                for status in [None, Some(0)] {
                    let filter = CommentFilter { diary, status };
                    list(conn, company, filter, paging).unwrap();
                    count(conn, company, filter).unwrap();
                }
            }
            set_status(conn, company, CommentId(1), 1).unwrap();
            delete(conn, company, CommentId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
