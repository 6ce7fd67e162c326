//! SQL of tickets, of the accounts that companies named, and of their authorisations. `platform` is `xcx` or `gzh`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    error::Result,
    ids::{AdminId, CompanyId},
    platform::Profile,
    time::Millis,
};

/// An account that a company named.
#[derive(Debug, Clone)]
pub struct Account {
    pub company: CompanyId,
    pub app_id: String,
    /// When it was last authorised or the contrary, by WeChat's clock; 0 never.
    pub changed_at: Millis,
    pub is_authorised: bool,
    pub profile: Profile,
    /// An official account's message template; empty when it has none.
    pub template_id: String,
}

const ACCOUNT: &str = "SELECT account.company_id, account.app_id, account.changed_at,
        EXISTS (SELECT 1 FROM platform_authorizer AS authorizer WHERE authorizer.company_id = account.company_id
                AND authorizer.platform = account.platform AND authorizer.app_id = account.app_id),
        account.name, account.head_img, account.introduction, account.service_category, account.original_id,
        account.principal_name, account.qr_code, account.is_verified, account.template_id
    FROM platform_account AS account";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        company: row.get(0)?,
        app_id: row.get(1)?,
        changed_at: row.get(2)?,
        is_authorised: row.get(3)?,
        profile: Profile {
            name: row.get(4)?,
            head_img: row.get(5)?,
            introduction: row.get(6)?,
            service_category: row.get(7)?,
            original_id: row.get(8)?,
            principal_name: row.get(9)?,
            qr_code: row.get(10)?,
            is_verified: row.get(11)?,
        },
        template_id: row.get(12)?,
    })
}

pub fn of_company(conn: &Connection, company: CompanyId, platform: &str) -> Result<Option<Account>> {
    Ok(conn
        .prepare_cached(&format!("{ACCOUNT} WHERE account.company_id = ?1 AND account.platform = ?2"))?
        .query_row((company, platform), account)
        .optional()?)
}

/// Whoever named this app id.
pub fn by_app_id(conn: &Connection, platform: &str, app_id: &str) -> Result<Option<Account>> {
    Ok(conn
        .prepare_cached(&format!("{ACCOUNT} WHERE account.platform = ?1 AND account.app_id = ?2"))?
        .query_row((platform, app_id), account)
        .optional()?)
}

/// Keeps a ticket, unless a newer one is known.
pub fn put_ticket(conn: &Connection, platform: &str, sealed: &str, at: Millis) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "INSERT INTO platform_ticket (platform, ticket, created_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (platform) DO UPDATE SET ticket = excluded.ticket, created_at = excluded.created_at
             WHERE excluded.created_at >= created_at",
        )?
        .execute((platform, sealed, at))?;
    Ok(changed > 0)
}

/// Names the company's account; what was known of another one is forgotten.
pub fn name(
    conn: &Connection,
    company: CompanyId,
    platform: &str,
    app_id: &str,
    by: AdminId,
    now: Millis,
) -> Result<()> {
    conn.prepare_cached("DELETE FROM platform_authorizer WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform))?;
    conn.prepare_cached("DELETE FROM platform_account WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform))?;
    conn.prepare_cached(
        "INSERT INTO platform_account (company_id, platform, app_id, admin_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((company, platform, app_id, by, now))?;
    Ok(())
}

/// Stores an authorisation, in place of an earlier one.
pub fn authorise(
    conn: &Connection,
    company: CompanyId,
    platform: &str,
    app_id: &str,
    sealed_token: &str,
    at: Millis,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO platform_authorizer (company_id, platform, app_id, refresh_token, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (company_id, platform) DO UPDATE
         SET app_id = excluded.app_id, refresh_token = excluded.refresh_token, created_at = excluded.created_at",
    )?
    .execute((company, platform, app_id, sealed_token, Millis::now()))?;
    touch(conn, company, platform, at)
}

/// Notes when the account was authorised, unless something later is known.
pub fn touch(conn: &Connection, company: CompanyId, platform: &str, at: Millis) -> Result<()> {
    conn.prepare_cached(
        "UPDATE platform_account SET changed_at = max(changed_at, ?3) WHERE company_id = ?1 AND platform = ?2",
    )?
    .execute((company, platform, at))?;
    Ok(())
}

/// Forgets an authorisation; what is shown of the account stays.
pub fn unauthorise(conn: &Connection, company: CompanyId, platform: &str, at: Millis) -> Result<()> {
    conn.prepare_cached("DELETE FROM platform_authorizer WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform))?;
    conn.prepare_cached("UPDATE platform_account SET changed_at = ?3 WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform, at))?;
    Ok(())
}

/// Stores what WeChat tells of an account. What was written by hand stays when `keep_edited`.
pub fn describe(
    conn: &Connection,
    company: CompanyId,
    platform: &str,
    app_id: &str,
    told: &Profile,
    keep_edited: bool,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE platform_account SET original_id = ?4, principal_name = ?5, qr_code = ?6, is_verified = ?7
         WHERE company_id = ?1 AND platform = ?2 AND app_id = ?3",
    )?
    .execute((
        company,
        platform,
        app_id,
        &told.original_id,
        &told.principal_name,
        &told.qr_code,
        told.is_verified,
    ))?;
    conn.prepare_cached(
        "UPDATE platform_account SET name = ?4, head_img = ?5, introduction = ?6, service_category = ?7, is_edited = 0
         WHERE company_id = ?1 AND platform = ?2 AND app_id = ?3 AND NOT (is_edited AND ?8)",
    )?
    .execute((
        company,
        platform,
        app_id,
        &told.name,
        &told.head_img,
        &told.introduction,
        &told.service_category,
        keep_edited,
    ))?;
    Ok(())
}

/// Stores what was written by hand; false when the company has named no account.
pub fn edit(conn: &Connection, company: CompanyId, platform: &str, by_hand: &Profile) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE platform_account
             SET name = ?3, head_img = ?4, introduction = ?5, service_category = ?6, is_edited = 1
             WHERE company_id = ?1 AND platform = ?2",
        )?
        .execute((
            company,
            platform,
            &by_hand.name,
            &by_hand.head_img,
            &by_hand.introduction,
            &by_hand.service_category,
        ))?;
    Ok(changed > 0)
}

pub fn set_template(conn: &Connection, company: CompanyId, platform: &str, template_id: &str) -> Result<()> {
    conn.prepare_cached("UPDATE platform_account SET template_id = ?3 WHERE company_id = ?1 AND platform = ?2")?
        .execute((company, platform, template_id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::{greedy, small_database};

    const COMPANY: CompanyId = CompanyId(1);

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            put_ticket(conn, "xcx", "t", Millis(1)).unwrap();
            name(conn, COMPANY, "xcx", "wx1", AdminId(1), Millis(1)).unwrap();
            authorise(conn, COMPANY, "xcx", "wx1", "r", Millis(1)).unwrap();
            of_company(conn, COMPANY, "xcx").unwrap().unwrap();
            by_app_id(conn, "xcx", "wx1").unwrap().unwrap();
            describe(conn, COMPANY, "xcx", "wx1", &Profile::default(), true).unwrap();
            edit(conn, COMPANY, "xcx", &Profile::default()).unwrap();
            set_template(conn, COMPANY, "xcx", "t").unwrap();
            unauthorise(conn, COMPANY, "xcx", Millis(2)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn an_older_ticket_does_not_replace_a_newer_one() {
        let conn = small_database();
        let pushes = [("a", 5), ("b", 4), ("c", 5), ("d", 6)];
        let kept = pushes.map(|(ticket, at)| put_ticket(&conn, "xcx", ticket, Millis(at)).unwrap());
        assert_eq!(kept, [true, false, true, true]);
    }

    #[test]
    fn what_was_written_by_hand_stays_until_it_is_fetched_again() {
        let conn = small_database();
        name(&conn, COMPANY, "xcx", "wx1", AdminId(1), Millis(1)).unwrap();
        let called = |name: &str| Profile { name: name.to_owned(), ..Profile::default() };
        let shown = || of_company(&conn, COMPANY, "xcx").unwrap().unwrap().profile.name;
        describe(&conn, COMPANY, "xcx", "wx1", &called("told"), true).unwrap();
        assert_eq!(shown(), "told");
        edit(&conn, COMPANY, "xcx", &called("by hand")).unwrap();
        describe(&conn, COMPANY, "xcx", "wx1", &called("told"), true).unwrap();
        assert_eq!(shown(), "by hand");
        describe(&conn, COMPANY, "xcx", "wx1", &called("told"), false).unwrap();
        assert_eq!(shown(), "told");
    }
}
