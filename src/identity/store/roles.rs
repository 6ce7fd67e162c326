//! SQL of roles. A role without a company is everybody's; a company sees those and its own.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    db,
    error::Result,
    identity::roles::Role,
    ids::{CompanyId, RoleId, RuleId},
    time::Millis,
    web::Paging,
};

fn role(row: &Row<'_>) -> rusqlite::Result<Role> {
    Ok(Role { id: row.get(0)?, company: row.get(1)?, name: row.get(2)?, created_at: row.get(3)? })
}

/// Newest first; without a company those of all companies.
pub fn page(conn: &Connection, company: Option<CompanyId>, paging: Paging) -> Result<Vec<Role>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, company_id, name, created_at FROM admin_role
         WHERE ?1 IS NULL OR company_id IS NULL OR company_id = ?1 ORDER BY id DESC LIMIT ?2 OFFSET ?3",
    )?;
    let roles =
        statement.query_map((company, paging.limit(), paging.offset()), role)?.collect::<rusqlite::Result<_>>()?;
    Ok(roles)
}

pub fn count(conn: &Connection, company: Option<CompanyId>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM admin_role WHERE ?1 IS NULL OR company_id IS NULL OR company_id = ?1")?
        .query_row([company], |row| row.get(0))?)
}

/// A role that accounts of the company may have; without a company any role.
pub fn find(conn: &Connection, company: Option<CompanyId>, id: RoleId) -> Result<Option<Role>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, company_id, name, created_at FROM admin_role
             WHERE id = ?1 AND (?2 IS NULL OR company_id IS NULL OR company_id = ?2)",
        )?
        .query_row((id, company), role)
        .optional()?)
}

/// Whether a role other than `except` that the company sees has the name; without a company any role.
pub fn is_name_taken(
    conn: &Connection,
    company: Option<CompanyId>,
    name: &str,
    except: Option<RoleId>,
) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM admin_role
             WHERE name = ?1 AND id IS NOT ?2 AND (?3 IS NULL OR company_id IS NULL OR company_id = ?3)",
        )?
        .exists((name, except, company))?)
}

/// Which of the roles have which rules.
pub fn rules(conn: &Connection, roles: &[RoleId]) -> Result<Vec<(RoleId, RuleId)>> {
    let ids: Vec<i64> = roles.iter().map(|role| role.0).collect();
    let mut statement =
        conn.prepare_cached("SELECT role_id, rule_id FROM admin_role_rule WHERE role_id IN rarray(?1)")?;
    let pairs = statement
        .query_map([db::id_list(&ids)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(pairs)
}

pub fn insert(conn: &Connection, company: Option<CompanyId>, name: &str, now: Millis) -> Result<RoleId> {
    conn.prepare_cached("INSERT INTO admin_role (company_id, name, created_at) VALUES (?1, ?2, ?3)")?
        .execute((company, name, now))?;
    Ok(RoleId(conn.last_insert_rowid()))
}

pub fn rename(conn: &Connection, id: RoleId, name: &str) -> Result<()> {
    conn.prepare_cached("UPDATE admin_role SET name = ?2 WHERE id = ?1")?.execute((id, name))?;
    Ok(())
}

/// Makes `rules` the ones that a role has.
pub fn set_rules(conn: &Connection, id: RoleId, rules: &[RuleId]) -> Result<()> {
    conn.prepare_cached("DELETE FROM admin_role_rule WHERE role_id = ?1")?.execute([id])?;
    let mut statement =
        conn.prepare_cached("INSERT OR IGNORE INTO admin_role_rule (role_id, rule_id) VALUES (?1, ?2)")?;
    for rule in rules {
        statement.execute((id, rule))?;
    }
    Ok(())
}

/// Whether an account of the back office or a staff member has the role.
pub fn is_in_use(conn: &Connection, id: RoleId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM admin WHERE role_id = ?1 UNION ALL SELECT 1 FROM staff WHERE role_id = ?1")?
        .exists([id])?)
}

pub fn delete(conn: &Connection, id: RoleId) -> Result<()> {
    conn.prepare_cached("DELETE FROM admin_role WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = "roles are few, and those of all companies are everybody's";
        let lists = [("ORDER BY id DESC LIMIT", few), ("count(*) FROM admin_role", few), ("WHERE name = ?1", few)];
        let faults = greedy(&lists, |conn| {
            let company = Some(CompanyId(1));
            page(conn, company, Paging::new(None, None, 10).unwrap()).unwrap();
            count(conn, company).unwrap();
            find(conn, company, RoleId(1)).unwrap();
            is_name_taken(conn, company, "r", None).unwrap();
            rules(conn, &[RoleId(1)]).unwrap();
            set_rules(conn, RoleId(1), &[]).unwrap();
            is_in_use(conn, RoleId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
