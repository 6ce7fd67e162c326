//! Passwords: the rule for new ones, and argon2id for keeping them.

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};

use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Hashes computed at a time: each takes 19 MB, and a flood of logins shall not take them all at once.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);

/// 305 unless a password has eight characters, an upper-case letter, a lower-case letter and a digit.
pub fn check_rule(password: &str) -> Result<()> {
    let has = |test: fn(&char) -> bool| password.chars().any(|c| test(&c));
    let good = password.chars().count() >= 8
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit);
    if good {
        Ok(())
    } else {
        Err(Error::Refused("密码复杂度检查未通过,请检查最小长度为八位,包含大小写字母和数字".into()))
    }
}

/// Hashes a password; takes some ten milliseconds, hence off the async threads.
pub async fn hash(password: String) -> Result<String> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|error| Error::internal(error.to_string()))?;
    in_background(move || {
        let salt = SaltString::encode_b64(&salt).map_err(|error| Error::internal(error.to_string()))?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
    })
    .await
}

/// Whether `password` is the one that was hashed. Without a hash (no such account) it takes as long and says no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ZbGJVv0DEYkEGTcAoc2AjFgdMqcyGkRcvKyL1vHcGgc";
    in_background(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let place = AT_A_TIME.acquire().await.map_err(Error::internal)?;
    // The place goes along: a caller who hangs up does not free it while the work still runs.
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hashed_password_is_recognised() {
        let hashed = hash("Leida2026".to_owned()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("Leida2026".to_owned(), Some(hashed.clone())).await.unwrap());
        assert!(!verify("leida2026".to_owned(), Some(hashed)).await.unwrap());
        assert!(!verify("Leida2026".to_owned(), None).await.unwrap());
    }

    #[test]
    fn eight_characters_of_three_kinds() {
        assert!(check_rule("Leida2026").is_ok());
        for weak in ["Leida26", "leida2026", "LEIDA2026", "LeidaLeida", ""] {
            assert!(matches!(check_rule(weak), Err(Error::Refused(_))), "{weak}");
        }
    }
}
