//! SQL of a company's mini-program and official account as far as reaching them goes. `platform` is `xcx` or `gzh`.

use rusqlite::{Connection, OptionalExtension};

use crate::{error::Result, ids::CompanyId};

/// What an authorised account gave us; the refresh token is sealed.
pub struct Authorizer {
    pub app_id: String,
    pub refresh_token: String,
}

/// The platform's newest ticket, sealed.
pub fn ticket(conn: &Connection, platform: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT ticket FROM platform_ticket WHERE platform = ?1")?
        .query_row([platform], |row| row.get(0))
        .optional()?)
}

pub fn authorizer(conn: &Connection, company: CompanyId, platform: &str) -> Result<Option<Authorizer>> {
    Ok(conn
        .prepare_cached(
            "SELECT app_id, refresh_token FROM platform_authorizer WHERE company_id = ?1 AND platform = ?2",
        )?
        .query_row((company, platform), |row| Ok(Authorizer { app_id: row.get(0)?, refresh_token: row.get(1)? }))
        .optional()?)
}

/// The companies to which this account was authorised.
pub fn authorized(conn: &Connection, platform: &str, app_id: &str) -> Result<Vec<CompanyId>> {
    let mut statement =
        conn.prepare_cached("SELECT company_id FROM platform_authorizer WHERE platform = ?1 AND app_id = ?2")?;
    let companies = statement.query_map((platform, app_id), |row| row.get(0))?;
    Ok(companies.collect::<rusqlite::Result<_>>()?)
}

/// What WeChat told of an authorised account, and the message template it got; texts may be empty.
#[derive(Debug, Clone, Default)]
pub struct Described {
    pub name: String,
    pub qr_code: String,
    pub template_id: String,
}

pub fn described(conn: &Connection, company: CompanyId, platform: &str) -> Result<Option<Described>> {
    Ok(conn
        .prepare_cached(
            "SELECT name, qr_code, template_id FROM platform_account WHERE company_id = ?1 AND platform = ?2",
        )?
        .query_row((company, platform), |row| {
            Ok(Described { name: row.get(0)?, qr_code: row.get(1)?, template_id: row.get(2)? })
        })
        .optional()?)
}

/// Replaces the refresh token of the company's authorised account.
pub fn renew(conn: &Connection, company: CompanyId, platform: &str, refresh_token: &str) -> Result<()> {
    conn.prepare_cached("UPDATE platform_authorizer SET refresh_token = ?3 WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform, refresh_token))?;
    Ok(())
}
