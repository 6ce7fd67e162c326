//! SQL of article tags, and of the customers' tags that readers get from them.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    articles::ArticleTag,
    error::Result,
    ids::{ArticleId, ArticleTagId, CompanyId, RelationId, StaffId, TagId},
    time::Millis,
};

/// The group that a staff member's own tags lie in.
const OWN_GROUP: &str = "自定义";

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

/// Gives a customer a tag of the staff member's own, making the tag when there is none of that name.
pub fn pass_on(
    conn: &Connection,
    company: CompanyId,
    staff: StaffId,
    relation: RelationId,
    name: &str,
    now: Millis,
) -> Result<()> {
    let group = match own_group(conn, company)? {
        Some(group) => group,
        None => insert_tag(conn, company, None, None, OWN_GROUP, now)?,
    };
    let known = conn
        .prepare_cached("SELECT id FROM tag WHERE staff_id = ?1 AND parent_id = ?2 AND name = ?3")?
        .query_row((staff, group, name), |row| row.get(0))
        .optional()?;
    let tag: TagId = match known {
        Some(tag) => tag,
        None => insert_tag(conn, company, Some(staff), Some(group), name, now)?,
    };
    conn.prepare_cached("INSERT OR IGNORE INTO relation_tag (relation_id, tag_id) VALUES (?1, ?2)")?
        .execute((relation, tag))?;
    Ok(())
}

/// The company's own group, else everybody's.
fn own_group(conn: &Connection, company: CompanyId) -> Result<Option<TagId>> {
    for owner in [Some(company), None] {
        let group = conn
            .prepare_cached(
                "SELECT id FROM tag
                 WHERE company_id IS ?1 AND staff_id IS NULL AND parent_id IS NULL AND name = ?2 LIMIT 1",
            )?
            .query_row((owner, OWN_GROUP), |row| row.get(0))
            .optional()?;
        if group.is_some() {
            return Ok(group);
        }
    }
    Ok(None)
}

fn insert_tag(
    conn: &Connection,
    company: CompanyId,
    staff: Option<StaffId>,
    parent: Option<TagId>,
    name: &str,
    now: Millis,
) -> Result<TagId> {
    conn.prepare_cached(
        "INSERT INTO tag (company_id, staff_id, parent_id, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, staff, parent, name, now))?;
    Ok(TagId(conn.last_insert_rowid()))
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
            for _ in 0..2 {
                pass_on(conn, company, StaffId(1), RelationId(1), "改名", Millis(0)).unwrap();
            }
            let passed = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(passed("SELECT count(*) FROM relation_tag WHERE relation_id = 1"), 1);
            assert!(delete(conn, company, id).unwrap());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
