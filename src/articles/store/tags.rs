//! SQL of article tags.

use rusqlite::{Connection, Row};

use crate::{
    articles::ArticleTag,
    error::Result,
    ids::{ArticleId, ArticleTagId, CompanyId},
    time::Millis,
};

fn tag(row: &Row<'_>) -> rusqlite::Result<ArticleTag> {
    Ok(ArticleTag { id: row.get(0)?, name: row.get(1)?, reading_seconds: row.get(2)? })
}

/// In the order of the ids.
pub fn list(conn: &Connection, company: CompanyId) -> Result<Vec<ArticleTag>> {
    let mut statement =
        conn.prepare_cached("SELECT id, name, reading_seconds FROM article_tag WHERE company_id = ?1 ORDER BY id")?;
    let tags = statement.query_map([company], tag)?.collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

pub fn of_article(conn: &Connection, article: ArticleId) -> Result<Vec<ArticleTag>> {
    let mut statement = conn.prepare_cached(
        "SELECT tag.id, tag.name, tag.reading_seconds FROM article_tag_link AS link
         JOIN article_tag AS tag ON tag.id = link.tag_id WHERE link.article_id = ?1 ORDER BY link.tag_id",
    )?;
    let tags = statement.query_map([article], tag)?.collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

pub fn insert(conn: &Connection, company: CompanyId, name: &str, seconds: i64, now: Millis) -> Result<ArticleTagId> {
    conn.prepare_cached(
        "INSERT INTO article_tag (company_id, name, reading_seconds, created_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((company, name, seconds, now))?;
    Ok(ArticleTagId(conn.last_insert_rowid()))
}

/// Without `seconds` the reading time stays.
pub fn update(
    conn: &Connection,
    company: CompanyId,
    id: ArticleTagId,
    name: &str,
    seconds: Option<i64>,
) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE article_tag SET name = ?3, reading_seconds = coalesce(?4, reading_seconds)
             WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((company, id, name, seconds))?;
    Ok(changed > 0)
}

pub fn delete(conn: &Connection, company: CompanyId, id: ArticleTagId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM article_tag WHERE id = ?2 AND company_id = ?1")?.execute((company, id))? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let id = insert(conn, company, "标签", 60, Millis(0)).unwrap();
            assert!(update(conn, company, id, "改名", None).unwrap());
            assert_eq!(list(conn, company).unwrap()[0].reading_seconds, 60);
            of_article(conn, ArticleId(1)).unwrap();
            assert!(delete(conn, company, id).unwrap());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
