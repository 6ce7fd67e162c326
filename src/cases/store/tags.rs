//! SQL of the tags of cases, and of searches by them.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    cases::Tag,
    db,
    error::Result,
    identity::Customer,
    ids::{CaseTagId, CompanyId},
    time::Millis,
    web::Paging,
};

const TAG: &str = "SELECT case_tag.id, case_tag.name, case_tag.search_count, case_tag.created_at";

fn tag(row: &Row<'_>) -> rusqlite::Result<Tag> {
    Ok(Tag { id: row.get(0)?, name: row.get(1)?, searches: row.get(2)?, created_at: row.get(3)? })
}

/// Newest first.
pub fn list(conn: &Connection, company: CompanyId, name: Option<&str>, paging: Paging) -> Result<Vec<Tag>> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAG} FROM case_tag WHERE company_id = ?1 AND (?2 IS NULL OR name LIKE ?2 ESCAPE '\\')
         ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4"
    ))?;
    let values = (company, name.map(db::contains), paging.limit(), paging.offset());
    Ok(statement.query_map(values, tag)?.collect::<rusqlite::Result<_>>()?)
}

pub fn count(conn: &Connection, company: CompanyId, name: Option<&str>) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM case_tag WHERE company_id = ?1 AND (?2 IS NULL OR name LIKE ?2 ESCAPE '\\')",
        )?
        .query_row((company, name.map(db::contains)), |row| row.get(0))?)
}

/// The tags that a customer searched by last.
pub fn searched(conn: &Connection, customer: Customer, most: i64) -> Result<Vec<Tag>> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAG} FROM case_tag_search AS search INDEXED BY case_tag_search_by_time
         CROSS JOIN case_tag ON case_tag.id = search.tag_id AND case_tag.company_id = ?2
         WHERE search.customer_id = ?1 ORDER BY search.searched_at DESC, search.tag_id DESC LIMIT ?3"
    ))?;
    Ok(statement.query_map((customer.id, customer.company, most), tag)?.collect::<rusqlite::Result<_>>()?)
}

/// The tags that were searched by most often; those never searched by are none.
pub fn top(conn: &Connection, company: CompanyId, most: i64) -> Result<Vec<Tag>> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAG} FROM case_tag WHERE company_id = ?1 AND search_count > 0
         ORDER BY search_count DESC, id DESC LIMIT ?2"
    ))?;
    Ok(statement.query_map((company, most), tag)?.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a customer searched by a tag; nothing when it is not the company's.
pub fn note_search(conn: &Connection, customer: Customer, id: CaseTagId, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO case_tag_search (customer_id, tag_id, searches, searched_at)
         SELECT ?1, id, 1, ?4 FROM case_tag WHERE id = ?3 AND company_id = ?2
         ON CONFLICT DO UPDATE SET searches = searches + 1, searched_at = excluded.searched_at",
    )?
    .execute((customer.id, customer.company, id, now))?;
    Ok(())
}

pub fn insert(conn: &Connection, company: CompanyId, name: &str, now: Millis) -> Result<CaseTagId> {
    conn.prepare_cached("INSERT INTO case_tag (company_id, name, created_at) VALUES (?1, ?2, ?3)")?
        .execute((company, name, now))?;
    Ok(CaseTagId(conn.last_insert_rowid()))
}

pub fn rename(conn: &Connection, company: CompanyId, id: CaseTagId, name: &str) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE case_tag SET name = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, name))?;
    Ok(changed > 0)
}

/// The name of the tag that was deleted.
pub fn delete(conn: &Connection, company: CompanyId, id: CaseTagId) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("DELETE FROM case_tag WHERE id = ?2 AND company_id = ?1 RETURNING name")?
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
            let paging = Paging::new(None, None, 10).unwrap();
            let id = insert(conn, company, "甲", Millis(1)).unwrap();
            note_search(conn, customer, id, Millis(1)).unwrap();
            note_search(conn, customer, id, Millis(2)).unwrap();
            for name in [None, Some("甲")] {
                assert_eq!(list(conn, company, name, paging).unwrap().len(), 1);
                assert_eq!(count(conn, company, name).unwrap(), 1);
            }
            assert_eq!(searched(conn, customer, 13).unwrap().len(), 1);
            assert_eq!(top(conn, company, 13).unwrap()[0].searches, 2);
            assert!(rename(conn, company, id, "乙").unwrap());
            assert_eq!(delete(conn, company, id).unwrap().as_deref(), Some("乙"));
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
