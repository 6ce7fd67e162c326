//! SQL of websites and their templates.

use rusqlite::{Connection, OptionalExtension};

use super::{SiteContent, Template, Website};
use crate::{
    error::Result,
    ids::{CompanyId, TemplateId},
    time::Millis,
    web::Paging,
};

/// `None` when there is no such company.
pub fn find(conn: &Connection, company: CompanyId) -> Result<Option<Website>> {
    let found = conn
        .prepare_cached(
            "SELECT company.name, company.created_at, coalesce(website.content, '[]')
             FROM company LEFT JOIN website ON website.company_id = company.id WHERE company.id = ?1",
        )?
        .query_row([company], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
        .optional()?;
    let Some((name, created_at, content)) = found else { return Ok(None) };
    Ok(Some(Website { company, name, content: serde_json::from_str(&content)?, created_at }))
}

/// Whether there is such a company.
pub fn put(conn: &Connection, company: CompanyId, content: &SiteContent, now: Millis) -> Result<bool> {
    let content = serde_json::to_string(content)?;
    let changed = conn
        .prepare_cached(
            "INSERT INTO website (company_id, content, updated_at) SELECT id, ?2, ?3 FROM company WHERE id = ?1
             ON CONFLICT (company_id) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at",
        )?
        .execute((company, content, now))?;
    Ok(changed > 0)
}

/// Newest first.
pub fn templates(conn: &Connection, paging: Paging) -> Result<Vec<Template>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, content, created_at FROM website_template ORDER BY created_at DESC, id DESC
         LIMIT ?1 OFFSET ?2",
    )?;
    let mut rows = statement.query((paging.limit(), paging.offset()))?;
    let mut templates = Vec::new();
    while let Some(row) = rows.next()? {
        let content = serde_json::from_str(&row.get::<_, String>(2)?)?;
        templates.push(Template { id: row.get(0)?, name: row.get(1)?, content, created_at: row.get(3)? });
    }
    Ok(templates)
}

pub fn count_templates(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT count(*) FROM website_template")?.query_row([], |row| row.get(0))?)
}

pub fn insert_template(conn: &Connection, name: &str, content: &SiteContent, now: Millis) -> Result<TemplateId> {
    let content = serde_json::to_string(content)?;
    conn.prepare_cached("INSERT INTO website_template (name, content, created_at) VALUES (?1, ?2, ?3)")?
        .execute((name, content, now))?;
    Ok(TemplateId(conn.last_insert_rowid()))
}

/// Without a name it keeps its own.
pub fn update_template(conn: &Connection, id: TemplateId, name: Option<&str>, content: &SiteContent) -> Result<bool> {
    let content = serde_json::to_string(content)?;
    let changed = conn
        .prepare_cached("UPDATE website_template SET name = coalesce(?2, name), content = ?3 WHERE id = ?1")?
        .execute((id, name, content))?;
    Ok(changed > 0)
}

pub fn delete_template(conn: &Connection, id: TemplateId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM website_template WHERE id = ?1")?.execute([id])? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = [("count(*) FROM website_template", "there are some dozens of templates")];
        let faults = greedy(&few, |conn| {
            let content = SiteContent::default();
            find(conn, CompanyId(1)).unwrap();
            assert!(put(conn, CompanyId(1), &content, Millis(1)).unwrap());
            assert!(!put(conn, CompanyId(2), &content, Millis(1)).unwrap(), "no such company");
            count_templates(conn).unwrap();
            update_template(conn, TemplateId(1), None, &content).unwrap();
            delete_template(conn, TemplateId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn templates_are_listed_by_their_index() {
        let by_index = [("website_template ORDER BY", "walks the index in the order of the list")];
        let faults = greedy(&by_index, |conn| {
            templates(conn, Paging::new(None, None, 100).unwrap()).unwrap();
            let sql = "EXPLAIN QUERY PLAN SELECT id FROM website_template ORDER BY created_at DESC, id DESC LIMIT 1";
            let step: String = conn.query_row(sql, [], |row| row.get(3)).unwrap();
            assert!(step.contains("website_template_by_creation"), "{step}");
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
