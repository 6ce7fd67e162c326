//! SQL of companies.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    identity::companies::{Company, CompanyForm, Order, Terms},
    ids::CompanyId,
    time::{Day, Millis},
    web::Paging,
};

const SELECT: &str = "SELECT id, name, charging_start_day, open_length, expiry_day, card_quota, address, remarks,
        customer_count, (SELECT count(*) FROM staff WHERE staff.company_id = company.id), created_at
    FROM company";

fn company(row: &Row<'_>) -> rusqlite::Result<Company> {
    Ok(Company {
        id: row.get(0)?,
        name: row.get(1)?,
        terms: Terms { start: row.get(2)?, open_length: row.get(3)?, expiry: row.get(4)? },
        card_quota: row.get(5)?,
        address: row.get(6)?,
        remarks: row.get(7)?,
        customer_count: row.get(8)?,
        staff_count: row.get(9)?,
        created_at: row.get(10)?,
    })
}

/// One company, or all of them without one.
pub fn page(conn: &Connection, only: Option<CompanyId>, order: Order, paging: Paging) -> Result<Vec<Company>> {
    let order = match order {
        Order::Oldest => "created_at, id",
        Order::Newest => "created_at DESC, id DESC",
        Order::Name => "name",
        Order::NameBackwards => "name DESC",
    };
    let mut statement =
        conn.prepare_cached(&format!("{SELECT} WHERE ?1 IS NULL OR id = ?1 ORDER BY {order} LIMIT ?2 OFFSET ?3"))?;
    let companies =
        statement.query_map((only, paging.limit(), paging.offset()), company)?.collect::<rusqlite::Result<_>>()?;
    Ok(companies)
}

pub fn count(conn: &Connection, only: Option<CompanyId>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM company WHERE ?1 IS NULL OR id = ?1")?
        .query_row([only], |row| row.get(0))?)
}

pub fn find(conn: &Connection, id: CompanyId) -> Result<Option<Company>> {
    Ok(conn.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id], company).optional()?)
}

pub fn exists(conn: &Connection, id: CompanyId) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM company WHERE id = ?1")?.exists([id])?)
}

/// The first day on which a company is expired, when it ever is; `None` when there is no such company.
pub fn expiry(conn: &Connection, id: CompanyId) -> Result<Option<Option<Day>>> {
    Ok(conn
        .prepare_cached("SELECT expiry_day FROM company WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// Whether a company other than `except` has the name.
pub fn is_name_taken(conn: &Connection, name: &str, except: Option<CompanyId>) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM company WHERE name = ?1 AND id IS NOT ?2")?.exists((name, except))?)
}

pub fn insert(conn: &Connection, form: &CompanyForm, terms: Terms, now: Millis) -> Result<CompanyId> {
    conn.prepare_cached(
        "INSERT INTO company
             (name, charging_start_day, open_length, expiry_day, card_quota, address, remarks, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, ''), nullif(?7, ''), ?8)",
    )?
    .execute((
        &form.name,
        terms.start,
        terms.open_length,
        terms.expiry,
        form.card_quota,
        &form.address,
        &form.remarks,
        now,
    ))?;
    Ok(CompanyId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, id: CompanyId, form: &CompanyForm, terms: Terms) -> Result<()> {
    conn.prepare_cached(
        "UPDATE company SET name = ?2, charging_start_day = ?3, open_length = ?4, expiry_day = ?5, card_quota = ?6,
            address = coalesce(?7, address), remarks = nullif(coalesce(?8, remarks), '') WHERE id = ?1",
    )?
    .execute((
        id,
        &form.name,
        terms.start,
        terms.open_length,
        terms.expiry,
        form.card_quota,
        &form.address,
        &form.remarks,
    ))?;
    Ok(())
}

pub fn rename(conn: &Connection, id: CompanyId, name: &str) -> Result<()> {
    conn.prepare_cached("UPDATE company SET name = ?2 WHERE id = ?1")?.execute((id, name))?;
    Ok(())
}

/// With everything that is nothing without it; refused by the database while anything else refers to it.
pub fn delete(conn: &Connection, id: CompanyId) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM company WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let pages = [("LIMIT ?2 OFFSET ?3", "walks an index in its order, for super-administrators")];
        let faults = greedy(&pages, |conn| {
            let paging = Paging::new(None, None, 10).unwrap();
            page(conn, None, Order::Newest, paging).unwrap();
            find(conn, CompanyId(1)).unwrap();
            is_name_taken(conn, "c", None).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
