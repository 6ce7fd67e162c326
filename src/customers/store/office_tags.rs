//! SQL of the back office's tags.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    customers::office_tags::{Group, Owned},
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, TagId},
};

/// Tags of a group that are listed at most.
const MOST: i64 = 2000;

/// One of the company's own tags or groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub is_group: bool,
}

pub fn groups(conn: &Connection, company: CompanyId) -> Result<Vec<Group>> {
    let mut groups = conn
        .prepare_cached(
            "SELECT id, name FROM tag INDEXED BY tag_groups WHERE company_id = ?1 AND parent_id IS NULL ORDER BY id",
        )?
        .query_map([company], |row| Ok(Group { id: row.get(0)?, name: row.get(1)?, tags: Vec::new() }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT tag.id, tag.name, tag.staff_id, coalesce({STAFF_NAME}, ''),
                (SELECT coalesce(sum(customers), 0) FROM tag_use WHERE tag_id = tag.id)
         FROM tag INDEXED BY tag_by_parent LEFT JOIN staff ON staff.id = tag.staff_id
         WHERE tag.parent_id = ?2 AND +tag.company_id = ?1 ORDER BY tag.staff_id, tag.id LIMIT ?3"
    ))?;
    for group in &mut groups {
        group.tags = statement
            .query_map((company, group.id, MOST), |row| {
                Ok(Owned {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    owner: row.get(2)?,
                    owner_name: row.get(3)?,
                    customers: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(groups)
}

pub fn is_group(conn: &Connection, company: CompanyId, id: TagId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM tag WHERE id = ?2 AND company_id = ?1 AND parent_id IS NULL")?
        .exists((company, id))?)
}

/// `None` for a staff member's own.
pub fn find(conn: &Connection, company: CompanyId, id: TagId) -> Result<Option<Named>> {
    Ok(conn
        .prepare_cached(
            "SELECT name, parent_id IS NULL FROM tag WHERE id = ?2 AND company_id = ?1 AND staff_id IS NULL",
        )?
        .query_row((company, id), |row| Ok(Named { name: row.get(0)?, is_group: row.get(1)? }))
        .optional()?)
}

/// Whether a group has tags, the company's or a staff member's.
pub fn has_tags(conn: &Connection, group: TagId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM tag WHERE parent_id = ?1")?.exists([group])?)
}

pub fn rename(conn: &Connection, company: CompanyId, id: TagId, name: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE tag SET name = ?3 WHERE id = ?2 AND company_id = ?1 AND staff_id IS NULL")?
        .execute((company, id, name))?;
    Ok(())
}

pub fn delete(conn: &Connection, company: CompanyId, id: TagId) -> Result<()> {
    conn.prepare_cached("DELETE FROM tag WHERE id = ?2 AND company_id = ?1 AND staff_id IS NULL")?
        .execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        customers::store::tags,
        ids::{RelationId, StaffId},
        query_plans::greedy,
        time::Millis,
    };

    #[test]
    fn statements_are_served_by_indexes_and_staff_keep_theirs() {
        let faults = greedy(&[], |conn| {
            let (company, staff) = (CompanyId(1), StaffId(1));
            let group = tags::insert(conn, company, None, None, "组", Millis(1)).unwrap();
            let own = tags::insert(conn, company, Some(staff), Some(group), "自己的", Millis(1)).unwrap();
            let ours = tags::insert(conn, company, None, Some(group), "公司的", Millis(1)).unwrap();
            tags::give(conn, staff, RelationId(1), own).unwrap();
            let found = groups(conn, company).unwrap();
            let seen: Vec<_> = found[0].tags.iter().map(|tag| (tag.id, tag.owner, tag.customers)).collect();
            assert_eq!(seen, [(ours, None, 0), (own, Some(staff), 1)]);
            assert!(is_group(conn, company, group).unwrap() && !is_group(conn, company, ours).unwrap());
            assert!(!is_group(conn, CompanyId(2), group).unwrap());
            assert!(find(conn, company, group).unwrap().unwrap().is_group);
            assert_eq!(find(conn, company, own).unwrap(), None);
            rename(conn, company, own, "改").unwrap();
            delete(conn, company, own).unwrap();
            delete(conn, CompanyId(2), ours).unwrap();
            assert_eq!(groups(conn, company).unwrap()[0].tags[1].name, "自己的");
            assert!(has_tags(conn, group).unwrap());
            delete(conn, company, ours).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
