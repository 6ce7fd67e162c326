//! SQL of diaries, of their readers and of praise.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    cases::{Diary, DiaryDraft, DiaryFilter, UNPUBLISHED, Viewer},
    error::Result,
    ids::{CaseId, CompanyId, CustomerId, DiaryId},
    time::Millis,
    web::Paging,
};

/// Columns of [`diary`]; ?1 is the customer who looks, or NULL.
pub const DIARY: &str = "diary.id, diary.case_id, diary.company_id, diary.title, diary.written_at, diary.cover_picture,
     diary.content, diary.cover_show_type, diary.status, diary.read_count, diary.comment_count, diary.praise_count,
     diary.created_at,
     EXISTS (SELECT 1 FROM diary_praise WHERE customer_id = ?1 AND diary_id = diary.id),
     (SELECT first.written_at FROM diary AS first WHERE first.case_id = diary.case_id AND first.status = 1
      ORDER BY first.written_at LIMIT 1)";

/// A diary whose columns begin at `at`.
pub fn diary(row: &Row<'_>, at: usize) -> rusqlite::Result<Diary> {
    Ok(Diary {
        id: row.get(at)?,
        case: row.get(at + 1)?,
        company: row.get(at + 2)?,
        title: row.get(at + 3)?,
        written_at: row.get(at + 4)?,
        cover_picture: row.get(at + 5)?,
        content: row.get(at + 6)?,
        cover_show_type: row.get(at + 7)?,
        status: row.get(at + 8)?,
        reads: row.get(at + 9)?,
        comments: row.get(at + 10)?,
        praises: row.get(at + 11)?,
        created_at: row.get(at + 12)?,
        is_praised: row.get(at + 13)?,
        first_written_at: row.get(at + 14)?,
    })
}

/// ?2 whether what is not published counts, ?3 the company. A diary is published if its case is, too.
const SHOWN: &str = "diary.company_id = ?3 AND (?2 OR (diary.status = 1 AND EXISTS
     (SELECT 1 FROM case_study WHERE case_study.id = diary.case_id AND case_study.status = 1)))";

/// The index that serves the order, and ?4 the case, ?5 the status.
fn from(filter: DiaryFilter) -> String {
    let (index, of_case) = match filter.case {
        Some(_) => ("diary_by_case", "diary.case_id = ?4"),
        None => ("diary_by_company", "?4 IS NULL"),
    };
    format!("FROM diary INDEXED BY {index} WHERE {SHOWN} AND {of_case} AND (?5 IS NULL OR diary.status = ?5)")
}

/// Newest first.
pub fn list(conn: &Connection, viewer: Viewer, filter: DiaryFilter, paging: Paging) -> Result<Vec<Diary>> {
    let sql =
        format!("SELECT {DIARY} {} ORDER BY diary.written_at DESC, diary.id DESC LIMIT ?6 OFFSET ?7", from(filter));
    let (limit, offset) = (paging.limit(), paging.offset());
    let (customer, is_office) = (viewer.customer, viewer.is_office());
    let values = (customer, is_office, viewer.company, filter.case, filter.status, limit, offset);
    let mut statement = conn.prepare_cached(&sql)?;
    Ok(statement.query_map(values, |row| diary(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

pub fn count(conn: &Connection, viewer: Viewer, filter: DiaryFilter) -> Result<i64> {
    // The same numbers as in the list, so ?1 is bound and not used.
    let sql = format!("SELECT count(*) {} AND (?1 IS ?1)", from(filter));
    let values = (viewer.customer, viewer.is_office(), viewer.company, filter.case, filter.status);
    Ok(conn.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?)
}

pub fn find(conn: &Connection, viewer: Viewer, id: DiaryId) -> Result<Option<Diary>> {
    let sql = format!("SELECT {DIARY} FROM diary WHERE diary.id = ?4 AND {SHOWN}");
    let values = (viewer.customer, viewer.is_office(), viewer.company, id);
    Ok(conn.prepare_cached(&sql)?.query_row(values, |row| diary(row, 0)).optional()?)
}

/// The title of a diary that customers see; `None` when they do not. Without its text, for what is done to it.
pub fn published_title(conn: &Connection, company: CompanyId, id: DiaryId) -> Result<Option<String>> {
    let sql = format!("SELECT diary.title FROM diary WHERE diary.id = ?1 AND {SHOWN}");
    Ok(conn.prepare_cached(&sql)?.query_row((id, false, company), |row| row.get(0)).optional()?)
}

pub fn praises(conn: &Connection, id: DiaryId) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT praise_count FROM diary WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// Whether the case of a diary may be commented on.
pub fn is_open(conn: &Connection, id: DiaryId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT case_study.is_open FROM diary JOIN case_study ON case_study.id = diary.case_id WHERE diary.id = ?1",
        )?
        .query_row([id], |row| row.get(0))?)
}

/// How often this customer has now read this diary.
pub fn count_reading(conn: &Connection, customer: CustomerId, id: DiaryId) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "INSERT INTO diary_reading (customer_id, diary_id, readings) VALUES (?1, ?2, 1)
             ON CONFLICT DO UPDATE SET readings = readings + 1 RETURNING readings",
        )?
        .query_row((customer, id), |row| row.get(0))?)
}

/// False when the customer had praised it before.
pub fn praise(conn: &Connection, customer: CustomerId, id: DiaryId, now: Millis) -> Result<bool> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO diary_praise (customer_id, diary_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((customer, id, now))?;
    Ok(inserted > 0)
}

/// `case` must be the company's.
pub fn insert(
    conn: &Connection,
    company: CompanyId,
    case: CaseId,
    title: &str,
    draft: &DiaryDraft,
    now: Millis,
) -> Result<DiaryId> {
    conn.prepare_cached(
        "INSERT INTO diary (company_id, case_id, title, written_at, cover_picture, content, cover_show_type, status,
                            created_at)
         VALUES (?1, ?2, ?3, coalesce(?4, ?9), coalesce(?5, '{}'), coalesce(?6, '{}'), ?7, ?8, ?9)",
    )?
    .execute((
        company,
        case,
        title,
        draft.written_at,
        &draft.cover_picture,
        &draft.content,
        draft.cover_show_type.unwrap_or(1),
        draft.status.unwrap_or(UNPUBLISHED),
        now,
    ))?;
    Ok(DiaryId(conn.last_insert_rowid()))
}

/// What the draft leaves out stays as it is.
pub fn update(conn: &Connection, company: CompanyId, id: DiaryId, draft: &DiaryDraft) -> Result<()> {
    conn.prepare_cached(
        "UPDATE diary SET case_id = coalesce(?3, case_id), title = coalesce(?4, title),
                written_at = coalesce(?5, written_at), cover_picture = coalesce(?6, cover_picture),
                content = coalesce(?7, content), cover_show_type = coalesce(?8, cover_show_type),
                status = coalesce(?9, status)
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((
        company,
        id,
        draft.case,
        &draft.title,
        draft.written_at,
        &draft.cover_picture,
        &draft.content,
        draft.cover_show_type,
        draft.status,
    ))?;
    Ok(())
}

/// With its comments and praise.
pub fn delete(conn: &Connection, company: CompanyId, id: DiaryId) -> Result<()> {
    conn.prepare_cached("DELETE FROM diary WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cases::{CaseDraft, store::cases},
        query_plans::greedy,
    };

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, customer) = (CompanyId(1), CustomerId(1));
            let paging = Paging::new(None, None, 20).unwrap();
            let case = cases::insert(conn, company, "甲", &CaseDraft::default(), Millis(1)).unwrap();
            let draft = DiaryDraft::default();
            let id = insert(conn, company, case, "一", &draft, Millis(1)).unwrap();
            for customer in [None, Some(customer)] {
                let viewer = Viewer { company, customer };
                for case in [None, Some(case)] {
                    let filter = DiaryFilter { case, status: Some(1) };
                    list(conn, viewer, filter, paging).unwrap();
                    count(conn, viewer, filter).unwrap();
                }
                find(conn, viewer, id).unwrap();
                published_title(conn, viewer.company, id).unwrap();
                praises(conn, id).unwrap();
            }
            assert!(is_open(conn, id).unwrap());
            assert_eq!(count_reading(conn, customer, id).unwrap(), 1);
            assert_eq!(count_reading(conn, customer, id).unwrap(), 2);
            assert!(praise(conn, customer, id, Millis(1)).unwrap());
            assert!(!praise(conn, customer, id, Millis(2)).unwrap());
            update(conn, company, id, &draft).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
