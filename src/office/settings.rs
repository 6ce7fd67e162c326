//! The settings of the installation and of a company, edited by a super-administrator.

use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin},
    ids::CompanyId,
    settings::{self, Entry, Refusal, STARS, TABLE},
};

/// A setting as it stands.
#[derive(Debug)]
pub struct Standing {
    pub key: String,
    pub entry: &'static Entry,
    /// Stars for a secret; empty when it is not set.
    pub value: String,
}

/// Every setting there is, those of one company among them: the caller's when none is named. 302 when there is no such
/// company.
pub async fn list(app: &App, admin: &Admin, named: Option<i64>) -> Result<Vec<Standing>> {
    let company = admin.company_named(named)?;
    check_company(app, company, || Error::no_such("公司")).await?;
    let standing = |entry: &'static Entry| {
        let key = entry.key.replace("company.N.", &format!("company.{company}."));
        let value = app.settings.show(&key)?.unwrap_or_default();
        Ok(Standing { key, entry, value })
    };
    TABLE.iter().map(standing).collect()
}

/// Stores a setting, or forgets it when the value is empty; a secret for which only stars come stays as it is. 301 with
/// the field when there is no such setting, or when the value does not fit. In effect at once.
pub async fn update(app: &App, admin: &Admin, key: String, value: String) -> Result<()> {
    let value = value.trim().to_owned();
    let entry = settings::entry_of(&key).ok_or_else(|| Error::field("key", "没有此设置项"))?;
    let company = settings::company_of(&key);
    if let Some(company) = company {
        check_company(app, company, || Error::field("key", "公司不存在")).await?;
    }
    if entry.kind.is_secret() && !value.is_empty() && value.chars().all(|c| STARS.contains(c)) {
        return Ok(());
    }
    if !value.is_empty()
        && let Err(Refusal::BadValue(reason)) = settings::accept(&key, &value)
    {
        return Err(Error::field("value", reason));
    }
    let (settings, by, about) = (app.settings.clone(), admin.author(), company.unwrap_or(admin.company));
    app.db
        .write(move |w| {
            settings.put(w, &key, &value)?;
            let what = match (value.as_str(), entry.kind.is_secret()) {
                ("", _) => "已清除".to_owned(),
                (_, true) => "已改".to_owned(),
                (value, false) => format!("= {value}"),
            };
            identity::store::audit::put(w, about, by, "settings.update", &format!("{}（{key}）{what}", entry.name))
        })
        .await?;
    app.settings.reload().await
}

async fn check_company(app: &App, company: CompanyId, otherwise: impl FnOnce() -> Error) -> Result<()> {
    let exists = app.db.read(move |conn| identity::store::companies::exists(conn, company)).await?;
    if exists { Ok(()) } else { Err(otherwise()) }
}
