//! SQL of cases, of visits to them and of collections.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::diaries::{DIARY, diary};
use crate::{
    cases::{Case, CaseDraft, CaseFilter, PUBLISHED, Tag, UNPUBLISHED, Viewer},
    db,
    error::Result,
    identity::Customer,
    ids::{CaseId, CaseTagId, CompanyId, CustomerId, DiaryId},
    time::Millis,
    web::Paging,
};

/// Rows of [`case`], each with its newest diary; `at` is the moment that is shown. ?1 the customer who looks or NULL,
/// ?2 whether what is not published counts, ?3 the company.
fn select(from: &str, at: &str) -> String {
    format!(
        "SELECT case_study.id, case_study.company_id, case_study.customer_name, case_study.avatar,
                case_study.cover_picture, case_study.status, case_study.is_open, case_study.read_count,
                case_study.collection_count,
                (SELECT coalesce(sum(comment_count), 0) FROM diary
                 WHERE case_id = case_study.id AND (?2 OR status = 1)),
                (SELECT coalesce(sum(praise_count), 0) FROM diary
                 WHERE case_id = case_study.id AND (?2 OR status = 1)),
                EXISTS (SELECT 1 FROM case_collection WHERE customer_id = ?1 AND case_id = case_study.id),
                {at}, case_study.updated_at, {DIARY}
         FROM {from}
         LEFT JOIN diary ON diary.id = (
             SELECT newest.id FROM diary AS newest WHERE newest.case_id = case_study.id AND (?2 OR newest.status = 1)
             ORDER BY newest.written_at DESC, newest.id DESC LIMIT 1)"
    )
}

fn case(row: &Row<'_>) -> rusqlite::Result<Case> {
    const DIARY_AT: usize = 14;
    let has_diary = row.get::<_, Option<DiaryId>>(DIARY_AT)?.is_some();
    Ok(Case {
        id: row.get(0)?,
        company: row.get(1)?,
        customer_name: row.get(2)?,
        avatar: row.get(3)?,
        cover_picture: row.get(4)?,
        status: row.get(5)?,
        is_open: row.get(6)?,
        reads: row.get(7)?,
        collections: row.get(8)?,
        comments: row.get(9)?,
        praises: row.get(10)?,
        is_collected: row.get(11)?,
        at: row.get(12)?,
        updated_at: row.get(13)?,
        tags: Vec::new(),
        last_diary: if has_diary { Some(diary(row, DIARY_AT)?) } else { None },
    })
}

/// ?3 company, ?4 status, ?5 part of the name, ?6 tag; NULL is any.
const FILTER: &str = "case_study.company_id = ?3 AND (?4 IS NULL OR case_study.status = ?4)
     AND (?5 IS NULL OR case_study.customer_name LIKE ?5 ESCAPE '\\')
     AND (?6 IS NULL OR EXISTS
          (SELECT 1 FROM case_study_tag WHERE case_study_tag.case_id = case_study.id AND tag_id = ?6))";

/// The last updated first.
pub fn list(conn: &Connection, viewer: Viewer, filter: &CaseFilter, paging: Paging) -> Result<Vec<Case>> {
    let sql = format!(
        "{} WHERE {FILTER} ORDER BY case_study.updated_at DESC, case_study.id DESC LIMIT ?7 OFFSET ?8",
        select("case_study", "case_study.created_at")
    );
    let name = filter.customer_name.as_deref().map(db::contains);
    let (customer, is_office) = (viewer.customer, viewer.is_office());
    let page = (paging.limit(), paging.offset());
    let values = (customer, is_office, viewer.company, filter.status, name, filter.tag, page.0, page.1);
    let mut statement = conn.prepare_cached(&sql)?;
    let cases = statement.query_map(values, case)?.collect::<rusqlite::Result<_>>()?;
    with_tags(conn, cases)
}

pub fn count(conn: &Connection, viewer: Viewer, filter: &CaseFilter) -> Result<i64> {
    let name = filter.customer_name.as_deref().map(db::contains);
    // The same numbers as in the list, so ?1 and ?2 are bound and not used.
    let sql = format!("SELECT count(*) FROM case_study WHERE {FILTER} AND (?1 IS ?1) AND (?2 IS ?2)");
    let values = (viewer.customer, viewer.is_office(), viewer.company, filter.status, name, filter.tag);
    Ok(conn.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?)
}

pub fn find(conn: &Connection, viewer: Viewer, id: CaseId) -> Result<Option<Case>> {
    let sql = format!(
        "{} WHERE case_study.id = ?4 AND case_study.company_id = ?3 AND (?2 OR case_study.status = 1)",
        select("case_study", "case_study.created_at")
    );
    let values = (viewer.customer, viewer.is_office(), viewer.company, id);
    let found = conn.prepare_cached(&sql)?.query_row(values, case).optional()?;
    Ok(with_tags(conn, found.into_iter().collect())?.pop())
}

/// Whether there is such a case for customers.
pub fn is_published(conn: &Connection, company: CompanyId, id: CaseId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM case_study WHERE id = ?2 AND company_id = ?1 AND status = ?3")?
        .exists((company, id, PUBLISHED))?)
}

/// Puts the tags of all the cases to them, with one query.
fn with_tags(conn: &Connection, mut cases: Vec<Case>) -> Result<Vec<Case>> {
    if cases.is_empty() {
        return Ok(cases);
    }
    let mut statement = conn.prepare_cached(
        "SELECT case_study_tag.case_id, case_tag.id, case_tag.name, case_tag.search_count, case_tag.created_at
         FROM case_study_tag JOIN case_tag ON case_tag.id = case_study_tag.tag_id
         WHERE case_study_tag.case_id IN rarray(?1)",
    )?;
    let ids: Vec<i64> = cases.iter().map(|case| case.id.0).collect();
    let mut rows = statement.query([db::id_list(&ids)])?;
    let mut tags: HashMap<CaseId, Vec<Tag>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let tag = Tag { id: row.get(1)?, name: row.get(2)?, searches: row.get(3)?, created_at: row.get(4)? };
        tags.entry(row.get(0)?).or_default().push(tag);
    }
    for case in &mut cases {
        // A case may be in the list twice.
        case.tags = tags.get(&case.id).cloned().unwrap_or_default();
        case.tags.sort_by_key(|tag| tag.id);
    }
    Ok(cases)
}

/// The cases that a customer visited, a row a visit, the latest first.
pub fn visited(conn: &Connection, customer: Customer, paging: Paging) -> Result<Vec<Case>> {
    let sql = format!(
        "{} WHERE case_visit.customer_id = ?1
         ORDER BY case_visit.created_at DESC, case_visit.id DESC LIMIT ?4 OFFSET ?5",
        select(&format!("{VISITS} {SHOWN} AND case_study.id = case_visit.case_id"), "case_visit.created_at")
    );
    marked(conn, &sql, customer, paging)
}

pub fn count_visited(conn: &Connection, customer: Customer) -> Result<i64> {
    count_marked(
        conn,
        &format!("{VISITS} {SHOWN} AND case_study.id = case_visit.case_id WHERE case_visit.customer_id = ?1"),
        customer,
    )
}

/// The cases that a customer collected, the latest first.
pub fn collected(conn: &Connection, customer: Customer, paging: Paging) -> Result<Vec<Case>> {
    let sql = format!(
        "{} WHERE kept.customer_id = ?1 ORDER BY kept.created_at DESC, kept.case_id DESC LIMIT ?4 OFFSET ?5",
        select(&format!("{KEPT} {SHOWN} AND case_study.id = kept.case_id"), "kept.created_at")
    );
    marked(conn, &sql, customer, paging)
}

pub fn count_collected(conn: &Connection, customer: Customer) -> Result<i64> {
    count_marked(
        conn,
        &format!("{KEPT} {SHOWN} AND case_study.id = kept.case_id WHERE kept.customer_id = ?1"),
        customer,
    )
}

const VISITS: &str = "case_visit INDEXED BY case_visit_by_customer";
const KEPT: &str = "case_collection AS kept INDEXED BY case_collection_by_time";
/// What was withdrawn is not shown. CROSS keeps the order of the marks, which the page is cut from.
const SHOWN: &str = "CROSS JOIN case_study ON case_study.company_id = ?3 AND case_study.status = 1";

fn marked(conn: &Connection, sql: &str, customer: Customer, paging: Paging) -> Result<Vec<Case>> {
    let values = (customer.id, false, customer.company, paging.limit(), paging.offset());
    let cases = conn.prepare_cached(sql)?.query_map(values, case)?.collect::<rusqlite::Result<_>>()?;
    with_tags(conn, cases)
}

fn count_marked(conn: &Connection, from: &str, customer: Customer) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM {from}").replace("?3", "?2");
    Ok(conn.prepare_cached(&sql)?.query_row((customer.id, customer.company), |row| row.get(0))?)
}

pub fn insert_visit(conn: &Connection, customer: CustomerId, id: CaseId, now: Millis) -> Result<()> {
    conn.prepare_cached("INSERT INTO case_visit (customer_id, case_id, created_at) VALUES (?1, ?2, ?3)")?
        .execute((customer, id, now))?;
    Ok(())
}

/// False when the customer had collected it before.
pub fn collect(conn: &Connection, customer: CustomerId, id: CaseId, now: Millis) -> Result<bool> {
    let inserted = conn
        .prepare_cached(
            "INSERT INTO case_collection (customer_id, case_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((customer, id, now))?;
    Ok(inserted > 0)
}

pub fn let_go(conn: &Connection, customer: CustomerId, id: CaseId) -> Result<()> {
    conn.prepare_cached("DELETE FROM case_collection WHERE customer_id = ?1 AND case_id = ?2")?
        .execute((customer, id))?;
    Ok(())
}

pub fn insert(conn: &Connection, company: CompanyId, name: &str, draft: &CaseDraft, now: Millis) -> Result<CaseId> {
    conn.prepare_cached(
        "INSERT INTO case_study (company_id, customer_name, avatar, cover_picture, status, is_open, created_at,
                                 updated_at)
         VALUES (?1, ?2, coalesce(?3, 'statics/imgs/setAvator.jpg'), coalesce(?4, '{}'), ?5, ?6, ?7, ?7)",
    )?
    .execute((
        company,
        name,
        &draft.avatar,
        &draft.cover_picture,
        draft.status.unwrap_or(UNPUBLISHED),
        draft.is_open.unwrap_or(true),
        now,
    ))?;
    Ok(CaseId(conn.last_insert_rowid()))
}

/// What the draft leaves out stays as it is. False when there is no such case.
pub fn update(conn: &Connection, company: CompanyId, id: CaseId, draft: &CaseDraft, now: Millis) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE case_study SET customer_name = coalesce(?3, customer_name), avatar = coalesce(?4, avatar),
                    cover_picture = coalesce(?5, cover_picture), status = coalesce(?6, status),
                    is_open = coalesce(?7, is_open), updated_at = ?8
             WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((
            company,
            id,
            &draft.customer_name,
            &draft.avatar,
            &draft.cover_picture,
            draft.status,
            draft.is_open,
            now,
        ))?;
    Ok(changed > 0)
}

/// A diary of the case was written or changed.
pub fn touch(conn: &Connection, company: CompanyId, id: CaseId, now: Millis) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE case_study SET updated_at = max(updated_at, ?3) WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, now))?;
    Ok(changed > 0)
}

/// With its diaries and all that customers did with them.
pub fn delete(conn: &Connection, company: CompanyId, id: CaseId) -> Result<()> {
    conn.prepare_cached("DELETE FROM case_study WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

/// The name of a case.
pub fn name(conn: &Connection, company: CompanyId, id: CaseId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT customer_name FROM case_study WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, id), |row| row.get(0))
        .optional()?)
}

/// Gives a case exactly these tags; false when one of them is not the company's.
pub fn set_tags(conn: &Connection, company: CompanyId, id: CaseId, tags: &[CaseTagId]) -> Result<bool> {
    let mut ids: Vec<i64> = tags.iter().map(|tag| tag.0).collect();
    ids.sort_unstable();
    ids.dedup();
    conn.prepare_cached("DELETE FROM case_study_tag WHERE case_id = ?1")?.execute([id])?;
    let inserted = conn
        .prepare_cached(
            "INSERT INTO case_study_tag (case_id, tag_id)
             SELECT ?2, id FROM case_tag WHERE id IN rarray(?3) AND company_id = ?1",
        )?
        .execute((company, id, db::id_list(&ids)))?;
    Ok(inserted == ids.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, customer) = (CompanyId(1), CustomerId(1));
            let paging = Paging::new(None, None, 20).unwrap();
            let draft = CaseDraft::default();
            let id = insert(conn, company, "甲", &draft, Millis(1)).unwrap();
            for customer in [None, Some(customer)] {
                let viewer = Viewer { company, customer };
                for tag in [None, Some(CaseTagId(1))] {
                    let filter = CaseFilter { status: Some(1), customer_name: Some("甲".to_owned()), tag };
                    list(conn, viewer, &filter, paging).unwrap();
                    count(conn, viewer, &filter).unwrap();
                }
                list(conn, viewer, &CaseFilter::default(), paging).unwrap();
                find(conn, viewer, id).unwrap();
            }
            let customer = Customer { id: customer, company };
            insert_visit(conn, customer.id, id, Millis(1)).unwrap();
            collect(conn, customer.id, id, Millis(1)).unwrap();
            visited(conn, customer, paging).unwrap();
            count_visited(conn, customer).unwrap();
            collected(conn, customer, paging).unwrap();
            count_collected(conn, customer).unwrap();
            let_go(conn, customer.id, id).unwrap();
            is_published(conn, company, id).unwrap();
            name(conn, company, id).unwrap();
            update(conn, company, id, &draft, Millis(2)).unwrap();
            touch(conn, company, id, Millis(2)).unwrap();
            set_tags(conn, company, id, &[CaseTagId(1)]).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
