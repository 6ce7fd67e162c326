//! SQL of what customers tell of themselves.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    customers::profile::Profile,
    error::{Error, Result},
    identity::Customer,
    ids::{CompanyId, CustomerId},
    time::Millis,
};

pub fn update(conn: &Connection, customer: Customer, profile: &Profile) -> Result<()> {
    let changed = conn
        .prepare_cached(
            "UPDATE customer SET nickname = ?3, avatar = coalesce(?4, avatar), sex = coalesce(?5, sex), city = ?6,
                    province = ?7, country = ?8, language = ?9
             WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((
            customer.company,
            customer.id,
            &profile.nickname,
            &profile.avatar,
            profile.sex,
            &profile.city,
            &profile.province,
            &profile.country,
            &profile.language,
        ))?;
    if changed == 0 { Err(Error::Unacceptable("用户不存在".into())) } else { Ok(()) }
}

/// The avatar as it is; `None` without such a customer.
pub fn avatar(conn: &Connection, customer: Customer) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT avatar FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((customer.company, customer.id), |row| row.get(0))
        .optional()?)
}

/// Puts the copy in place of the avatar that it is of; false when there is another one meanwhile.
pub fn replace_avatar(
    conn: &Connection,
    company: CompanyId,
    customer: CustomerId,
    address: &str,
    copy: &str,
) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE customer SET avatar = ?4 WHERE id = ?2 AND company_id = ?1 AND avatar = ?3")?
        .execute((company, customer, address, copy))?;
    Ok(changed > 0)
}

pub fn insert_form_id(conn: &Connection, customer: Customer, form_id: &str, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO form_id (customer_id, form_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute((customer.id, form_id, now))?;
    Ok(())
}

pub fn forget_form_ids(conn: &Connection, customer: Customer, before: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM form_id WHERE customer_id = ?1 AND created_at < ?2")?
        .execute((customer.id, before))?;
    Ok(())
}
