//! SQL of access rules.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    db,
    error::Result,
    identity::rules::Rule,
    ids::{RoleId, RuleId},
};

const LIST: &str =
    "SELECT rule.id, rule.name, rule.url_path, rule.parent_id, coalesce(parent.name, ''), rule.created_at
    FROM access_rule AS rule LEFT JOIN access_rule AS parent ON parent.id = rule.parent_id";

fn rule(row: &Row<'_>) -> rusqlite::Result<Rule> {
    Ok(Rule {
        id: row.get(0)?,
        name: row.get(1)?,
        url_path: row.get(2)?,
        parent: row.get(3)?,
        parent_name: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Newest first.
pub fn list(conn: &Connection, only_top: bool) -> Result<Vec<Rule>> {
    let mut statement =
        conn.prepare_cached(&format!("{LIST} WHERE ?1 = 0 OR rule.parent_id IS NULL ORDER BY rule.id DESC"))?;
    let rules = statement.query_map([only_top], rule)?.collect::<rusqlite::Result<_>>()?;
    Ok(rules)
}

pub fn find(conn: &Connection, id: RuleId) -> Result<Option<Rule>> {
    Ok(conn.prepare_cached(&format!("{LIST} WHERE rule.id = ?1"))?.query_row([id], rule).optional()?)
}

/// All `url_path`s, in the order of the rules.
pub fn all_paths(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached("SELECT url_path FROM access_rule ORDER BY id")?;
    let paths = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(paths)
}

/// Those of the rules that there are.
pub fn known(conn: &Connection, ids: &[RuleId]) -> Result<Vec<RuleId>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut statement = conn.prepare_cached("SELECT id FROM access_rule WHERE id IN rarray(?1)")?;
    let known = statement.query_map([db::id_list(&ids)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(known)
}

/// Those of the rules that a role does not have.
pub fn beyond(conn: &Connection, role: RoleId, ids: &[RuleId]) -> Result<Vec<RuleId>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut statement = conn.prepare_cached(
        "SELECT id FROM access_rule WHERE id IN rarray(?2)
         AND NOT EXISTS (SELECT 1 FROM admin_role_rule WHERE role_id = ?1 AND rule_id = access_rule.id)",
    )?;
    let beyond = statement.query_map((role, db::id_list(&ids)), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(beyond)
}

pub fn exists(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM access_rule WHERE id = ?1")?.exists([id])?)
}

/// Whether a rule other than `except` has the name.
pub fn is_name_taken(conn: &Connection, name: &str, except: Option<RuleId>) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM access_rule WHERE name = ?1 AND id IS NOT ?2")?.exists((name, except))?)
}

/// Whether a rule other than `except` has the path.
pub fn is_path_taken(conn: &Connection, url_path: &str, except: Option<RuleId>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM access_rule WHERE url_path = ?1 AND id IS NOT ?2")?
        .exists((url_path, except))?)
}

/// Whether `below` is `above` or lies anywhere below it. UNION ends at a loop, should there be one.
pub fn is_within(conn: &Connection, below: RuleId, above: RuleId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE up (id) AS (
                 SELECT ?1 UNION SELECT access_rule.parent_id FROM access_rule JOIN up ON up.id = access_rule.id
             ) SELECT 1 FROM up WHERE id = ?2",
        )?
        .exists((below, above))?)
}

pub fn update(conn: &Connection, id: RuleId, name: &str, url_path: &str, parent: Option<RuleId>) -> Result<()> {
    conn.prepare_cached("UPDATE access_rule SET name = ?2, url_path = ?3, parent_id = ?4 WHERE id = ?1")?
        .execute((id, name, url_path, parent))?;
    Ok(())
}

pub fn has_children(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM access_rule WHERE parent_id = ?1")?.exists([id])?)
}

pub fn delete(conn: &Connection, id: RuleId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM access_rule WHERE id = ?1")?.execute([id])? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = "there are some dozens of rules, listed whole";
        let lists = [("ORDER BY rule.id DESC", few), ("url_path FROM access_rule ORDER BY id", few)];
        let faults = greedy(&lists, |conn| {
            list(conn, true).unwrap();
            all_paths(conn).unwrap();
            find(conn, RuleId(1)).unwrap();
            known(conn, &[RuleId(1)]).unwrap();
            beyond(conn, RoleId(1), &[RuleId(1)]).unwrap();
            is_within(conn, RuleId(1), RuleId(1)).unwrap();
            has_children(conn, RuleId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
