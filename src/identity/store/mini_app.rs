//! SQL of a company's mini-program as far as reaching it goes.

use rusqlite::{Connection, OptionalExtension};

use crate::{error::Result, ids::CompanyId};

/// What an authorised mini-program gave us; the refresh token is sealed.
pub struct Authorizer {
    pub app_id: String,
    pub refresh_token: String,
}

pub fn ticket(conn: &Connection) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT ticket FROM platform_ticket WHERE platform = 'xcx'")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

pub fn authorizer(conn: &Connection, company: CompanyId) -> Result<Option<Authorizer>> {
    Ok(conn
        .prepare_cached(
            "SELECT app_id, refresh_token FROM platform_authorizer WHERE company_id = ?1 AND platform = 'xcx'",
        )?
        .query_row([company], |row| Ok(Authorizer { app_id: row.get(0)?, refresh_token: row.get(1)? }))
        .optional()?)
}

/// Replaces the refresh token of the company's authorised mini-program.
pub fn renew(conn: &Connection, company: CompanyId, refresh_token: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE platform_authorizer SET refresh_token = ?2 WHERE company_id = ?1 AND platform = 'xcx'",
    )?
    .execute((company, refresh_token))?;
    Ok(())
}
