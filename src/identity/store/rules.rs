//! SQL of access rules.

use rusqlite::Connection;

use crate::{error::Result, identity::rules::Rule, ids::RuleId};

pub fn list(conn: &Connection, only_top: bool) -> Result<Vec<Rule>> {
    let mut statement = conn.prepare_cached(
        "SELECT rule.id, rule.name, rule.url_path, rule.parent_id, coalesce(parent.name, ''), rule.created_at
         FROM access_rule AS rule LEFT JOIN access_rule AS parent ON parent.id = rule.parent_id
         WHERE ?1 = 0 OR rule.parent_id IS NULL ORDER BY rule.id DESC",
    )?;
    let rules = statement
        .query_map([only_top], |row| {
            Ok(Rule {
                id: row.get(0)?,
                name: row.get(1)?,
                url_path: row.get(2)?,
                parent: row.get(3)?,
                parent_name: row.get(4)?,
                created_at: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rules)
}

pub fn exists(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM access_rule WHERE id = ?1")?.exists([id])?)
}

pub fn has_children(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM access_rule WHERE parent_id = ?1")?.exists([id])?)
}

pub fn delete(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM access_rule WHERE id = ?1")?.execute([id])? > 0)
}
