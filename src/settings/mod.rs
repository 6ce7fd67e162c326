//! Settings: what may change while the server runs. Kept in the database, secrets encrypted; read from a copy in
//! memory that follows the database within a second, also when another process changed it.

mod catalogue;
pub mod store;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

pub use catalogue::{Entry, Kind, TABLE};

use crate::{
    db::{Db, Write},
    error::{Error, Result},
    ids::CompanyId,
    vault::Vault,
};

/// How long and how loosely a signature holds (settings `auth.*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    pub max_age_hours: i64,
    pub future_minutes: i64,
    /// Whether documented calls without a timestamp are let in.
    pub allow_unstamped: bool,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { max_age_hours: 24, future_minutes: 5, allow_unstamped: true }
    }
}

/// What secrets print as.
pub const STARS: &str = "******";

/// The setting that a key names.
pub fn entry_of(key: &str) -> Option<&'static Entry> {
    let general = match key.strip_prefix("company.").and_then(|rest| rest.split_once('.')) {
        // Written as `settings list` prints it: `company.01` would be another row, which nobody reads.
        Some((number, rest)) if number.parse().is_ok_and(|n: u32| n > 0 && n.to_string() == number) => {
            format!("company.N.{rest}")
        }
        Some(_) => return None,
        None => key.to_owned(),
    };
    TABLE.iter().find(|entry| entry.key == general)
}

/// The company that a key is about; `None` for the settings of the whole installation.
pub fn company_of(key: &str) -> Option<CompanyId> {
    key.strip_prefix("company.")?.split_once('.')?.0.parse().ok().map(CompanyId)
}

fn unknown(key: &str) -> Error {
    Error::Unacceptable(format!("没有此设置项: {key}").into())
}

/// Why a value was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    UnknownKey,
    BadValue(String),
}

/// The value as it is to be written, or why it cannot be.
pub fn accept(key: &str, value: &str) -> Result<String, Refusal> {
    let value = value.trim();
    let whole = |range: std::ops::RangeInclusive<i64>| match value.parse::<i64>() {
        Ok(number) if range.contains(&number) => Ok(number.to_string()),
        _ => Err(Refusal::BadValue(format!("应为 {} 到 {} 之间的整数", range.start(), range.end()))),
    };
    match entry_of(key).ok_or(Refusal::UnknownKey)?.kind {
        Kind::Number if !value.chars().all(|c| c.is_ascii_digit()) => Err(Refusal::BadValue("应为数字".to_owned())),
        Kind::Text | Kind::Number | Kind::Secret if value.chars().any(char::is_control) => {
            Err(Refusal::BadValue("应为一行文字".to_owned()))
        }
        Kind::Text | Kind::Number | Kind::Secret | Kind::Pem => Ok(value.to_owned()),
        Kind::Hours => whole(1..=24 * 365),
        Kind::Minutes => whole(0..=24 * 60),
        Kind::Flag => match value {
            "true" | "1" => Ok("true".to_owned()),
            "false" | "0" => Ok("false".to_owned()),
            _ => Err(Refusal::BadValue("应为 true 或 false".to_owned())),
        },
    }
}

/// The value as it is to be stored, or why it cannot be.
fn checked(key: &str, value: &str, vault: &Vault) -> Result<String> {
    let value = accept(key, value).map_err(|refusal| match refusal {
        Refusal::UnknownKey => unknown(key),
        Refusal::BadValue(reason) => Error::Unacceptable(format!("{key} {reason}").into()),
    })?;
    if is_secret(key) && !value.is_empty() { vault.seal(&value) } else { Ok(value) }
}

/// What is not known is no less secret than what is.
fn is_secret(key: &str) -> bool {
    entry_of(key).is_none_or(|entry| entry.kind.is_secret())
}

/// The settings as last read; cheap to clone.
#[derive(Clone)]
pub struct Settings {
    db: Db,
    vault: Vault,
    current: Arc<RwLock<Arc<HashMap<String, String>>>>,
}

impl Settings {
    pub async fn load(db: Db, vault: Vault) -> Result<Self> {
        let settings = Self { db, vault, current: Arc::default() };
        settings.reload().await?;
        Ok(settings)
    }

    /// Reads the settings again; called when anything was committed to the database.
    pub async fn reload(&self) -> Result<()> {
        let fresh = Arc::new(self.db.read(store::all).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn snapshot(&self) -> Arc<HashMap<String, String>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A setting's value in plain, `None` when it is not set.
    pub fn get(&self, key: &str) -> Result<Option<String>> {
        let current = self.snapshot();
        let Some(value) = current.get(key).filter(|value| !value.is_empty()) else { return Ok(None) };
        (if entry_of(key).is_some_and(|entry| entry.kind.is_secret()) {
            self.vault.unseal(value)
        } else {
            Ok(value.clone())
        })
        .map(Some)
    }

    /// A company's setting: `get_of(company, "xcx.app_id")`.
    pub fn get_of(&self, company: CompanyId, name: &str) -> Result<Option<String>> {
        self.get(&format!("company.{company}.{name}"))
    }

    /// Whether a company's setting is set; nothing is decrypted, so this may be asked within a write job.
    pub fn has_of(&self, company: CompanyId, name: &str) -> bool {
        self.snapshot().get(&format!("company.{company}.{name}")).is_some_and(|value| !value.is_empty())
    }

    /// The companies that have this value in a setting that is no secret: `holders("gzh.app_id", "wx…")`.
    pub fn holders(&self, name: &str, value: &str) -> Vec<CompanyId> {
        let ending = format!(".{name}");
        let current = self.snapshot();
        let keys = current
            .iter()
            .filter(|(_, held)| *held == value)
            .filter_map(|(key, _)| key.strip_prefix("company.")?.strip_suffix(&ending)?.parse().ok());
        let mut companies: Vec<_> = keys.map(CompanyId).collect();
        companies.sort();
        companies
    }

    /// Whether comments on a company's diaries are shown without anybody having looked at them.
    pub fn shows_comments_at_once(&self, company: CompanyId) -> bool {
        self.snapshot().get(&format!("company.{company}.comments.without_audit")).is_some_and(|value| value == "true")
    }

    /// Whether code that WeChat's reviewers passed goes online without anybody asking for it.
    pub fn releases_automatically(&self) -> bool {
        self.snapshot().get("platform.release_automatically").is_some_and(|value| value == "true")
    }

    /// The secrets that the key file does not open, in the order of the keys: there is another key file than the one
    /// that they were stored with.
    pub fn unreadable(&self) -> Vec<String> {
        let current = self.snapshot();
        let mut keys: Vec<_> = current.keys().filter(|key| self.get(key).is_err()).cloned().collect();
        keys.sort();
        keys
    }

    /// Every setting that is set, secrets as stars, in the order of the keys. What the program notes for itself
    /// (`internal.…`) is none.
    pub fn list(&self) -> Vec<(String, String)> {
        let current = self.snapshot();
        let settings = current.iter().filter(|(key, _)| entry_of(key).is_some());
        let mut list: Vec<_> = settings.map(|(key, value)| (key.clone(), shown(key, value))).collect();
        list.sort();
        list
    }

    /// One setting as it may be shown: secrets as stars.
    pub fn show(&self, key: &str) -> Result<Option<String>> {
        entry_of(key).ok_or_else(|| unknown(key))?;
        Ok(self.snapshot().get(key).map(|value| shown(key, value)))
    }

    /// Checks and stores one setting, in effect at once here and within a second elsewhere.
    pub async fn set(&self, key: &str, value: &str) -> Result<()> {
        let (name, stored) = (key.to_owned(), checked(key, value, &self.vault)?);
        self.db.write(move |w| store::put(w, &name, &stored)).await?;
        self.reload().await
    }

    /// Stores one setting within a write job, or forgets it when the value is empty; call [`Settings::reload`] after it.
    pub fn put(&self, w: &Write<'_>, key: &str, value: &str) -> Result<()> {
        if value.trim().is_empty() {
            return store::remove(w, key);
        }
        store::put(w, key, &checked(key, value, &self.vault)?)
    }

    /// Checks and stores a company's settings within a write job; call [`Settings::reload`] after it.
    pub fn put_of(&self, w: &Write<'_>, company: CompanyId, values: &[(&str, &str)]) -> Result<()> {
        for (name, value) in values {
            let key = format!("company.{company}.{name}");
            store::put(w, &key, &checked(&key, value, &self.vault)?)?;
        }
        Ok(())
    }

    /// How strictly signatures are judged.
    pub fn tolerance(&self) -> Tolerance {
        let current = self.snapshot();
        let number = |key: &str| current.get(key).and_then(|value| value.parse().ok());
        let default = Tolerance::default();
        Tolerance {
            max_age_hours: number("auth.max_age_hours").unwrap_or(default.max_age_hours),
            future_minutes: number("auth.future_minutes").unwrap_or(default.future_minutes),
            allow_unstamped: current
                .get("auth.allow_unstamped")
                .map_or(default.allow_unstamped, |value| value == "true"),
        }
    }
}

fn shown(key: &str, value: &str) -> String {
    if is_secret(key) && !value.is_empty() { STARS.to_owned() } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_the_table_are_known() {
        let kind_of = |key: &str| entry_of(key).map(|entry| entry.kind);
        assert_eq!(kind_of("company.12.work.radar_secret"), Some(Kind::Secret));
        for key in ["company.N.work.radar_secret", "company.0.xcx.app_id", "company.01.xcx.app_id", "company.1.xcx.x"] {
            assert_eq!(kind_of(key), None, "{key}");
        }
        assert_eq!(kind_of("auth.max_age_hours"), Some(Kind::Hours));
        assert_eq!(shown("company.1.xcx.secret", "v1:abc"), STARS);
        assert_eq!(shown("company.1.xcx.app_id", "wx1"), "wx1");
        assert_eq!(
            (company_of("company.12.work.corp_id"), company_of("auth.max_age_hours")),
            (Some(CompanyId(12)), None)
        );
    }

    #[test]
    fn values_are_taken_or_refused_with_a_reason() {
        assert_eq!(accept("auth.max_age_hours", " 48 "), Ok("48".to_owned()));
        assert!(matches!(accept("auth.max_age_hours", "0"), Err(Refusal::BadValue(_))));
        assert_eq!(accept("auth.allow_unstamped", "0"), Ok("false".to_owned()));
        assert_eq!(accept("auth.nothing", "1"), Err(Refusal::UnknownKey));
    }
}
