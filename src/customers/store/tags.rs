//! SQL of customer tags.

use rusqlite::{Connection, OptionalExtension};

use super::NAME;
use crate::{
    chat::Pair,
    customers::tags::{Face, Group, Tag, Used},
    error::Result,
    identity::Staff,
    ids::{CompanyId, CustomerId, RelationId, StaffId, TagId},
    time::Millis,
    web::Paging,
};

/// Tags that are listed at most.
const MOST: i64 = 500;

/// Without a parent it is a group, without an owner everybody's in the company.
pub fn insert(
    conn: &Connection,
    company: CompanyId,
    owner: Option<StaffId>,
    parent: Option<TagId>,
    name: &str,
    now: Millis,
) -> rusqlite::Result<TagId> {
    conn.prepare_cached(
        "INSERT INTO tag (company_id, staff_id, parent_id, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, owner, parent, name, now))?;
    Ok(TagId(conn.last_insert_rowid()))
}

pub fn group_named(conn: &Connection, company: CompanyId, name: &str) -> Result<Option<TagId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM tag WHERE company_id = ?1 AND name = ?2 AND parent_id IS NULL")?
        .query_row((company, name), |row| row.get(0))
        .optional()?)
}

/// The groups in the order of their making; in each, those of the company before the staff member's own.
pub fn groups(conn: &Connection, staff: Staff, relation: Option<RelationId>) -> Result<Vec<Group>> {
    let groups: Vec<(TagId, String)> = conn
        .prepare_cached(
            "SELECT id, name FROM tag INDEXED BY tag_groups WHERE company_id = ?1 AND parent_id IS NULL ORDER BY id",
        )?
        .query_map([staff.company], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = conn.prepare_cached(
        "SELECT id, name, EXISTS (SELECT 1 FROM relation_tag WHERE relation_id = ?3 AND tag_id = tag.id)
         FROM tag INDEXED BY tag_by_parent WHERE parent_id = ?1 AND staff_id IS ?2 ORDER BY id LIMIT ?4",
    )?;
    let mut full = Vec::with_capacity(groups.len());
    for (group, name) in groups {
        let mut tags = Vec::new();
        for owner in [None, Some(staff.id)] {
            let found = statement.query_map((group, owner, relation, MOST), |row| {
                Ok(Tag { id: row.get(0)?, name: row.get(1)?, is_selected: row.get(2)? })
            })?;
            for tag in found {
                tags.push(tag?);
            }
        }
        full.push(Group { name, tags });
    }
    Ok(full)
}

/// The tag of this name that a staff member may use, their own first.
pub fn named(conn: &Connection, company: CompanyId, staff: StaffId, name: &str) -> Result<Option<TagId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM tag
         WHERE company_id = ?1 AND coalesce(staff_id, 0) = ?2 AND name = ?3 AND parent_id IS NOT NULL",
    )?;
    for owner in [staff, StaffId(0)] {
        let found = statement.query_row((company, owner, name), |row| row.get(0)).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub fn is_usable(conn: &Connection, staff: Staff, tag: TagId) -> Result<bool> {
    is_usable_by(conn, staff.company, staff.id, tag)
}

/// Whether it is a tag, no group, of the staff member's own or everybody's in the company.
pub fn is_usable_by(conn: &Connection, company: CompanyId, staff: StaffId, tag: TagId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM tag WHERE id = ?3 AND company_id = ?1 AND parent_id IS NOT NULL
             AND (staff_id IS NULL OR staff_id = ?2)",
        )?
        .exists((company, staff, tag))?)
}

pub fn is_own(conn: &Connection, staff: Staff, tag: TagId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM tag WHERE id = ?3 AND company_id = ?1 AND staff_id = ?2")?.exists((
        staff.company,
        staff.id,
        tag,
    ))?)
}

pub fn rename(conn: &Connection, staff: Staff, tag: TagId, name: &str) -> Result<()> {
    conn.prepare_cached("UPDATE tag SET name = ?4 WHERE id = ?3 AND company_id = ?1 AND staff_id = ?2")?.execute((
        staff.company,
        staff.id,
        tag,
        name,
    ))?;
    Ok(())
}

/// False unless it was the staff member's own.
pub fn delete(conn: &Connection, staff: Staff, tag: TagId) -> Result<bool> {
    let deleted = conn
        .prepare_cached("DELETE FROM tag WHERE id = ?3 AND company_id = ?1 AND staff_id = ?2")?
        .execute((staff.company, staff.id, tag))?;
    Ok(deleted > 0)
}

/// The tags of a relation.
pub fn of(conn: &Connection, relation: RelationId) -> Result<Vec<TagId>> {
    let mut statement = conn.prepare_cached("SELECT tag_id FROM relation_tag WHERE relation_id = ?1")?;
    let tags = statement.query_map([relation], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

/// Puts a tag on a customer; nothing happens when it is there.
pub fn give(conn: &Connection, staff: StaffId, relation: RelationId, tag: TagId) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO relation_tag (relation_id, tag_id, staff_id) VALUES (?1, ?2, ?3)
         ON CONFLICT (relation_id, tag_id) DO NOTHING",
    )?
    .execute((relation, tag, staff))?;
    Ok(())
}

pub fn take(conn: &Connection, relation: RelationId, tag: TagId) -> Result<()> {
    conn.prepare_cached("DELETE FROM relation_tag WHERE relation_id = ?1 AND tag_id = ?2")?.execute((relation, tag))?;
    Ok(())
}

/// Takes a tag off all customers of a staff member.
pub fn clear(conn: &Connection, staff: Staff, tag: TagId) -> Result<()> {
    conn.prepare_cached("DELETE FROM relation_tag WHERE staff_id = ?1 AND tag_id = ?2")?.execute((staff.id, tag))?;
    Ok(())
}

/// The tags that customers of a staff member have, the most used first, of equals the older; read off the counters.
pub fn in_use(conn: &Connection, staff: Staff, only: Option<TagId>) -> Result<Vec<Used>> {
    let narrowed = if only.is_some() { "AND tag_use.tag_id = ?3" } else { "AND ?3 IS NULL" };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT tag.id, tag.name, tag_use.customers
         FROM tag_use JOIN tag ON tag.id = tag_use.tag_id AND tag.company_id = ?1
         WHERE tag_use.staff_id = ?2 AND tag_use.customers > 0 {narrowed}
         ORDER BY tag_use.customers DESC, tag_use.tag_id DESC LIMIT ?4"
    ))?;
    let used = statement
        .query_map((staff.company, staff.id, only, MOST), |row| {
            Ok(Used { id: row.get(0)?, name: row.get(1)?, customers: row.get(2)?, faces: Vec::new() })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(used)
}

/// A page of the staff member's customers with a tag, the newest first.
pub fn faces(conn: &Connection, staff: Staff, tag: TagId, paging: Paging) -> Result<Vec<Face>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT customer.id, {NAME}, customer.avatar
         FROM relation_tag INDEXED BY relation_tag_by_staff
         JOIN relation ON relation.id = relation_tag.relation_id
         JOIN customer ON customer.id = relation.customer_id
         WHERE relation_tag.staff_id = ?1 AND relation_tag.tag_id = ?2
         ORDER BY relation_tag.relation_id DESC LIMIT ?3 OFFSET ?4"
    ))?;
    let faces = statement
        .query_map((staff.id, tag, paging.limit(), paging.offset()), |row| {
            Ok(Face { customer: row.get::<_, CustomerId>(0)?, name: row.get(1)?, avatar: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(faces)
}

/// A tag as another staff member is to have it: everybody's by its id, one's own by its name.
pub struct Carried {
    id: TagId,
    owner: Option<StaffId>,
    parent: Option<TagId>,
    name: String,
}

/// Takes all tags off a relation.
pub fn take_all(conn: &Connection, relation: RelationId) -> Result<Vec<Carried>> {
    let tags = conn
        .prepare_cached(
            "SELECT tag.id, tag.staff_id, tag.parent_id, tag.name FROM relation_tag CROSS JOIN tag ON tag.id = tag_id
             WHERE relation_id = ?1",
        )?
        .query_map([relation], |row| {
            Ok(Carried { id: row.get(0)?, owner: row.get(1)?, parent: row.get(2)?, name: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    conn.prepare_cached("DELETE FROM relation_tag WHERE relation_id = ?1")?.execute([relation])?;
    Ok(tags)
}

/// Puts tags on a relation of another staff member, who gets one of the same name for each that was a colleague's own.
pub fn give_all(conn: &Connection, pair: Pair, relation: RelationId, tags: &[Carried], now: Millis) -> Result<()> {
    for tag in tags {
        let id = match tag.owner {
            None => tag.id,
            Some(_) => match named(conn, pair.company, pair.staff, &tag.name)? {
                Some(id) => id,
                None => insert(conn, pair.company, Some(pair.staff), tag.parent, &tag.name, now)?,
            },
        };
        give(conn, pair.staff, relation, id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::RoleId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            let (relation, paging) = (RelationId(1), Paging::new(None, None, 20).unwrap());
            let group = insert(conn, staff.company, None, None, "组", Millis(1)).unwrap();
            let tag = insert(conn, staff.company, Some(staff.id), Some(group), "签", Millis(1)).unwrap();
            assert_eq!(group_named(conn, staff.company, "组").unwrap(), Some(group));
            assert_eq!(named(conn, staff.company, staff.id, "签").unwrap(), Some(tag));
            assert_eq!(named(conn, staff.company, staff.id, "组").unwrap(), None);
            assert!(is_usable(conn, staff, tag).unwrap() && !is_usable(conn, staff, group).unwrap());
            assert!(is_own(conn, staff, tag).unwrap() && !is_own(conn, staff, group).unwrap());
            give(conn, staff.id, relation, tag).unwrap();
            give(conn, staff.id, relation, tag).unwrap();
            assert_eq!(of(conn, relation).unwrap(), [tag]);
            assert!(groups(conn, staff, Some(relation)).unwrap()[0].tags[0].is_selected);
            for only in [None, Some(tag)] {
                assert_eq!(in_use(conn, staff, only).unwrap()[0].customers, 1);
            }
            assert_eq!(faces(conn, staff, tag, paging).unwrap().len(), 1);
            take(conn, relation, tag).unwrap();
            assert!(in_use(conn, staff, None).unwrap().is_empty());
            give(conn, staff.id, relation, tag).unwrap();
            clear(conn, staff, tag).unwrap();
            rename(conn, staff, tag, "签二").unwrap();
            assert!(delete(conn, staff, tag).unwrap() && !delete(conn, staff, group).unwrap());
        });
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn the_counter_follows_whatever_deletes() {
        greedy(&[], |conn| {
            let staff = Staff { id: StaffId(1), company: CompanyId(1), role: RoleId(3) };
            conn.pragma_update(None, "foreign_keys", true).unwrap();
            let group = insert(conn, staff.company, None, None, "组", Millis(1)).unwrap();
            let tag = insert(conn, staff.company, None, Some(group), "签", Millis(1)).unwrap();
            give(conn, staff.id, RelationId(1), tag).unwrap();
            assert_eq!(in_use(conn, staff, None).unwrap().len(), 1);
            conn.execute("DELETE FROM customer WHERE id = 1", []).unwrap();
            assert_eq!(in_use(conn, staff, None).unwrap().len(), 0);
        });
    }
}
