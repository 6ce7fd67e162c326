//! SQL of the mini-programs whose code is released here, and of its versions.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    ids::{CompanyId, MiniAppId, MiniVersionId},
    platform::Status,
    time::Millis,
    web::Paging,
};

/// Where a version stands with WeChat's reviewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    NotHandedIn = 0,
    Pending = 1,
    Passed = 2,
    Failed = 3,
    Withdrawn = 4,
}

impl ReviewState {
    fn read(number: i64) -> Self {
        match number {
            1 => Self::Pending,
            2 => Self::Passed,
            3 => Self::Failed,
            4 => Self::Withdrawn,
            _ => Self::NotHandedIn,
        }
    }
}

/// A mini-program as it is worked on.
#[derive(Debug, Clone)]
pub struct MiniApp {
    pub id: MiniAppId,
    pub company: CompanyId,
    pub company_name: String,
    pub app_id: String,
}

/// A mini-program as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub app: MiniApp,
    /// Who named it; empty when that account is gone.
    pub belong_user: String,
    pub status: Status,
    pub reason: String,
    pub status_at: Millis,
    /// The version that the status is about; empty before the first upload.
    pub version: String,
    pub template_id: Option<i64>,
    pub qr_code: String,
}

/// What is to be uploaded, and what came of it.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub version: String,
    pub template_id: i64,
    pub description: String,
    pub qr_code: String,
}

/// A version of a mini-program's code.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: MiniVersionId,
    pub version: String,
    pub review: ReviewState,
    /// WeChat's number of the review.
    pub audit_id: Option<i64>,
    pub submitted_at: Option<Millis>,
    pub reviewed_at: Option<Millis>,
    pub released_at: Option<Millis>,
}

/// Only while it is authorised.
const AUTHORISED: &str = "EXISTS (SELECT 1 FROM platform_authorizer AS authorizer
    WHERE authorizer.company_id = app.company_id AND authorizer.platform = 'xcx' AND authorizer.app_id = app.app_id)";

const MINI: &str = "SELECT app.id, app.company_id, company.name, app.app_id
    FROM xcx_app AS app JOIN company ON company.id = app.company_id";

fn mini(row: &Row<'_>) -> rusqlite::Result<MiniApp> {
    Ok(MiniApp { id: row.get(0)?, company: row.get(1)?, company_name: row.get(2)?, app_id: row.get(3)? })
}

fn scope(company: Option<CompanyId>) -> &'static str {
    if company.is_some() { "app.company_id = ?1" } else { "?1 IS NULL" }
}

/// A page of the authorised mini-programs, the newest first; of one company or of all.
pub fn list(conn: &Connection, company: Option<CompanyId>, paging: Paging) -> Result<Vec<Listed>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT app.id, app.company_id, company.name, app.app_id, coalesce(admin.login_user, ''), app.status, app.reason,
                app.status_at, coalesce(version.version, ''), version.template_id, coalesce(version.qr_code, '')
         FROM xcx_app AS app JOIN company ON company.id = app.company_id
         LEFT JOIN platform_account AS account ON account.company_id = app.company_id AND account.platform = 'xcx'
         LEFT JOIN admin ON admin.id = account.admin_id
         LEFT JOIN xcx_version AS version ON version.id = app.version_id
         WHERE {} AND {AUTHORISED} ORDER BY app.id DESC LIMIT ?2 OFFSET ?3",
        scope(company)
    ))?;
    let rows = statement.query_map((company, paging.limit(), paging.offset()), |row| {
        Ok(Listed {
            app: mini(row)?,
            belong_user: row.get(4)?,
            status: Status::read(row.get(5)?),
            reason: row.get(6)?,
            status_at: row.get(7)?,
            version: row.get(8)?,
            template_id: row.get(9)?,
            qr_code: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub fn count(conn: &Connection, company: Option<CompanyId>) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM xcx_app AS app WHERE {} AND {AUTHORISED}", scope(company)))?
        .query_row([company], |row| row.get(0))?)
}

/// A mini-program within reach, authorised or not any more.
pub fn find(conn: &Connection, company: Option<CompanyId>, id: MiniAppId) -> Result<Option<MiniApp>> {
    let sql = format!("{MINI} WHERE {} AND app.id = ?2", scope(company));
    Ok(conn.prepare_cached(&sql)?.query_row((company, id), mini).optional()?)
}

/// The mini-programs of which a version is before the reviewers.
pub fn under_review(conn: &Connection, company: Option<CompanyId>) -> Result<Vec<MiniApp>> {
    let mut statement = conn.prepare_cached(&format!(
        "{MINI} WHERE {} AND app.id IN (SELECT xcx_app_id FROM xcx_version WHERE review = 1) AND {AUTHORISED}",
        scope(company)
    ))?;
    let apps = statement.query_map([company], mini)?.collect::<rusqlite::Result<_>>()?;
    Ok(apps)
}

/// The authorised mini-programs with this app id: one at most.
pub fn by_app_id(conn: &Connection, app_id: &str) -> Result<Option<MiniApp>> {
    let sql = format!("{MINI} WHERE app.app_id = ?1 AND {AUTHORISED}");
    Ok(conn.prepare_cached(&sql)?.query_row([app_id], mini).optional()?)
}

/// The row of a mini-program, made when it is authorised for the first time.
pub fn found(conn: &Connection, company: CompanyId, app_id: &str, now: Millis) -> Result<MiniAppId> {
    conn.prepare_cached(
        "INSERT INTO xcx_app (company_id, app_id, status_at, created_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (company_id, app_id) DO NOTHING",
    )?
    .execute((company, app_id, now))?;
    Ok(conn
        .prepare_cached("SELECT id FROM xcx_app WHERE company_id = ?1 AND app_id = ?2")?
        .query_row((company, app_id), |row| row.get(0))?)
}

/// Shows a status; of a version when it is about one, else of the one before.
pub fn set_status(
    conn: &Connection,
    app: MiniAppId,
    status: Status,
    reason: &str,
    version: Option<MiniVersionId>,
    now: Millis,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE xcx_app SET status = ?2, reason = ?3, version_id = coalesce(?4, version_id), status_at = ?5 WHERE id = ?1",
    )?
    .execute((app, status as i64, reason, version, now))?;
    Ok(())
}

pub fn status(conn: &Connection, app: MiniAppId) -> Result<Status> {
    Ok(conn
        .prepare_cached("SELECT status FROM xcx_app WHERE id = ?1")?
        .query_row([app], |row| Ok(Status::read(row.get(0)?)))?)
}

pub fn insert_version(conn: &Connection, app: MiniAppId, new: &NewVersion, now: Millis) -> Result<MiniVersionId> {
    conn.prepare_cached(
        "INSERT INTO xcx_version (xcx_app_id, version, template_id, description, qr_code, uploaded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((app, &new.version, new.template_id, &new.description, &new.qr_code, now))?;
    Ok(MiniVersionId(conn.last_insert_rowid()))
}

const VERSION: &str = "SELECT id, version, review, audit_id, submitted_at, reviewed_at, released_at FROM xcx_version";

fn version(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        id: row.get(0)?,
        version: row.get(1)?,
        review: ReviewState::read(row.get(2)?),
        audit_id: row.get(3)?,
        submitted_at: row.get(4)?,
        reviewed_at: row.get(5)?,
        released_at: row.get(6)?,
    })
}

/// The last upload.
pub fn latest(conn: &Connection, app: MiniAppId) -> Result<Option<Version>> {
    Ok(conn
        .prepare_cached(&format!("{VERSION} WHERE xcx_app_id = ?1 ORDER BY id DESC LIMIT 1"))?
        .query_row([app], version)
        .optional()?)
}

/// The version that is before the reviewers.
pub fn pending(conn: &Connection, app: MiniAppId) -> Result<Option<Version>> {
    Ok(conn
        .prepare_cached(&format!("{VERSION} WHERE xcx_app_id = ?1 AND review = 1 ORDER BY id DESC LIMIT 1"))?
        .query_row([app], version)
        .optional()?)
}

/// The last version that the reviewers passed and that never was online.
pub fn passed(conn: &Connection, app: MiniAppId) -> Result<Option<Version>> {
    Ok(conn
        .prepare_cached(&format!(
            "{VERSION} WHERE xcx_app_id = ?1 AND review = 2 AND released_at IS NULL ORDER BY id DESC LIMIT 1"
        ))?
        .query_row([app], version)
        .optional()?)
}

/// The version that is online.
pub fn online(conn: &Connection, app: MiniAppId) -> Result<Option<Version>> {
    Ok(conn
        .prepare_cached(&format!(
            "{VERSION} WHERE xcx_app_id = ?1 AND released_at IS NOT NULL AND reverted_at IS NULL
             ORDER BY released_at DESC, id DESC LIMIT 1"
        ))?
        .query_row([app], version)
        .optional()?)
}

/// The name of the version that is online in the company's mini-program, the one it has named.
pub fn online_version(conn: &Connection, company: CompanyId) -> Result<Option<String>> {
    match of_company(conn, company)? {
        Some(app) => Ok(online(conn, app)?.map(|version| version.version)),
        None => Ok(None),
    }
}

/// The row of the mini-program that the company has named.
pub fn of_company(conn: &Connection, company: CompanyId) -> Result<Option<MiniAppId>> {
    Ok(conn
        .prepare_cached(
            "SELECT app.id FROM platform_account AS account
             JOIN xcx_app AS app ON app.company_id = account.company_id AND app.app_id = account.app_id
             WHERE account.company_id = ?1 AND account.platform = 'xcx'",
        )?
        .query_row([company], |row| row.get(0))
        .optional()?)
}

pub fn submitted(conn: &Connection, version: MiniVersionId, audit_id: i64, now: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE xcx_version SET review = 1, audit_id = ?2, submitted_at = ?3, reviewed_at = NULL WHERE id = ?1",
    )?
    .execute((version, audit_id, now))?;
    Ok(())
}

pub fn reviewed(conn: &Connection, version: MiniVersionId, review: ReviewState, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE xcx_version SET review = ?2, reviewed_at = ?3 WHERE id = ?1")?.execute((
        version,
        review as i64,
        now,
    ))?;
    Ok(())
}

pub fn released(conn: &Connection, version: MiniVersionId, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE xcx_version SET review = 2, released_at = ?2, reverted_at = NULL WHERE id = ?1")?
        .execute((version, now))?;
    Ok(())
}

pub fn reverted(conn: &Connection, version: MiniVersionId, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE xcx_version SET reverted_at = ?2 WHERE id = ?1")?.execute((version, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let few = "a company has one mini-program";
        let lists = [
            ("?1 IS NULL AND EXISTS (SELECT 1 FROM platform_authorizer", few),
            ("app.id IN (SELECT xcx_app_id", "only what is under review is looked at"),
        ];
        let faults = greedy(&lists, |conn| {
            let paging = Paging::new(None, None, 20).unwrap();
            let app = found(conn, CompanyId(1), "wx1", Millis(1)).unwrap();
            let new = NewVersion {
                version: "v1".to_owned(),
                template_id: 0,
                description: String::new(),
                qr_code: String::new(),
            };
            let version = insert_version(conn, app, &new, Millis(1)).unwrap();
            for company in [None, Some(CompanyId(1))] {
                list(conn, company, paging).unwrap();
                count(conn, company).unwrap();
                find(conn, company, app).unwrap();
                under_review(conn, company).unwrap();
            }
            by_app_id(conn, "wx1").unwrap();
            set_status(conn, app, Status::Uploaded, "", Some(version), Millis(1)).unwrap();
            status(conn, app).unwrap();
            latest(conn, app).unwrap();
            pending(conn, app).unwrap();
            passed(conn, app).unwrap();
            online(conn, app).unwrap();
            online_version(conn, CompanyId(1)).unwrap();
            submitted(conn, version, 1, Millis(1)).unwrap();
            reviewed(conn, version, ReviewState::Passed, Millis(1)).unwrap();
            released(conn, version, Millis(1)).unwrap();
            reverted(conn, version, Millis(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
