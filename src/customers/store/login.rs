//! SQL of logging in to the mini-program.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    customers::login::{Arrival, Visitor},
    error::Result,
    ids::{CompanyId, CustomerId, StaffId},
    time::Millis,
};

/// The named company; else the staff member's; else the first. `None` when the named one does not exist.
pub fn company_of(conn: &Connection, named: Option<CompanyId>, staff: Option<StaffId>) -> Result<Option<CompanyId>> {
    let of_staff = match (named, staff) {
        (None, Some(staff)) => conn
            .prepare_cached("SELECT company_id FROM staff WHERE id = ?1")?
            .query_row([staff], |row| row.get(0))
            .optional()?,
        _ => None,
    };
    Ok(conn
        .prepare_cached("SELECT id FROM company WHERE id = ?1")?
        .query_row([named.or(of_staff).unwrap_or(CompanyId::FIRST)], |row| row.get(0))
        .optional()?)
}

/// Who came with this code the first time.
pub fn visitor_with_code(
    conn: &Connection,
    company: CompanyId,
    code: &str,
    wanted: Option<StaffId>,
) -> Result<Option<Visitor>> {
    let customer = conn
        .prepare_cached(
            "SELECT customer_id FROM login_code WHERE company_id = ?1 AND code = ?2 AND customer_id IS NOT NULL",
        )?
        .query_row((company, code), |row| row.get(0))
        .optional()?;
    customer.map(|customer| visitor(conn, company, customer, wanted)).transpose()
}

pub fn remember_code(
    conn: &Connection,
    company: CompanyId,
    code: &str,
    customer: Option<CustomerId>,
    now: Millis,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO login_code (company_id, code, customer_id, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?
    .execute((company, code, customer, now))?;
    Ok(())
}

pub fn forget_codes(conn: &Connection, before: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM login_code WHERE created_at < ?1")?.execute([before])?;
    Ok(())
}

/// Refreshes the session of a known customer.
pub fn refresh(conn: &Connection, arrival: &Arrival, now: Millis) -> Result<Option<CustomerId>> {
    Ok(conn
        .prepare_cached(
            "UPDATE customer SET session_key = ?4, unionid = coalesce(?5, unionid), last_login_at = ?6
             WHERE openid = ?2 AND user_type = ?3 AND company_id = ?1 RETURNING id",
        )?
        .query_row(
            (arrival.company, &arrival.openid, arrival.user_type, &arrival.session_key, &arrival.unionid, now),
            |row| row.get(0),
        )
        .optional()?)
}

pub fn insert(conn: &Connection, arrival: &Arrival, token: &str, now: Millis) -> Result<CustomerId> {
    conn.prepare_cached(
        "INSERT INTO customer (company_id, openid, user_type, unionid, source, session_key, token, last_login_at,
                               created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
    )?
    .execute((
        arrival.company,
        &arrival.openid,
        arrival.user_type,
        &arrival.unionid,
        arrival.source,
        &arrival.session_key,
        token,
        now,
    ))?;
    Ok(CustomerId(conn.last_insert_rowid()))
}

/// What a customer is answered at login: `wanted` is the staff member whose card was asked for.
pub fn visitor(
    conn: &Connection,
    company: CompanyId,
    customer: CustomerId,
    wanted: Option<StaffId>,
) -> Result<Visitor> {
    let token = conn
        .prepare_cached("SELECT token FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, customer), |row| row.get(0))?;
    let staff = staff_to_show(conn, company, customer, wanted)?;
    Ok(Visitor { customer, company, token, staff })
}

/// The wanted staff member; else whom the customer has last turned to; else any of the company.
fn staff_to_show(
    conn: &Connection,
    company: CompanyId,
    customer: CustomerId,
    wanted: Option<StaffId>,
) -> Result<Option<StaffId>> {
    if let Some(wanted) = wanted
        && super::is_enabled_staff(conn, company, wanted)?
    {
        return Ok(Some(wanted));
    }
    if let Some(recent) = super::recent_staff(conn, company, customer)? {
        return Ok(Some(recent));
    }
    staff_by_turns(conn, company, customer)
}

/// Any enabled staff member: spread evenly by the customer's number instead of drawn, so that a repeated request is
/// answered the same.
fn staff_by_turns(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<StaffId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM staff WHERE company_id = ?1 AND status = 1 ORDER BY created_at, id LIMIT 1
             OFFSET (SELECT ?2 % max(count(*), 1) FROM staff WHERE company_id = ?1 AND status = 1)",
        )?
        .query_row((company, customer), |row| row.get(0))
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, customer) = (CompanyId(1), CustomerId(1));
            company_of(conn, None, Some(StaffId(1))).unwrap();
            visitor_with_code(conn, company, "c", None).unwrap();
            remember_code(conn, company, "c", Some(customer), Millis(1)).unwrap();
            forget_codes(conn, Millis(0)).unwrap();
            staff_by_turns(conn, company, customer).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
