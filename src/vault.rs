//! Secrets at rest: AES-256-GCM with a key file in the data directory, made on first start.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
    sync::Arc,
};

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::error::{Error, Result};

/// What an encrypted value begins with.
const MARK: &str = "v1:";
const NONCE: usize = 12;

/// Encrypts and decrypts; cheap to clone. Prints as stars.
#[derive(Clone)]
pub struct Vault(Arc<Aes256Gcm>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

impl Vault {
    /// Reads the key file, or makes it, readable by its owner only.
    pub fn open(file: &Path) -> Result<Self> {
        let key = match fs::read(file) {
            Ok(text) => STANDARD.decode(text.trim_ascii()).map_err(|_| Error::internal("the key file is damaged"))?,
            Err(error) if error.kind() == ErrorKind::NotFound => make_key(file)?,
            Err(error) => return Err(error.into()),
        };
        let cipher = Aes256Gcm::new_from_slice(&key).map_err(|_| Error::internal("the key file is damaged"))?;
        Ok(Self(Arc::new(cipher)))
    }

    pub fn seal(&self, plain: &str) -> Result<String> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| Error::internal(error.to_string()))?;
        let sealed = self
            .0
            .encrypt(&nonce.into(), plain.as_bytes())
            .map_err(|_| Error::internal("a secret could not be encrypted"))?;
        Ok(format!("{MARK}{}", STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    /// The plain text of what [`Vault::seal`] made; text that was never sealed as it is.
    pub fn unseal(&self, stored: &str) -> Result<String> {
        let Some(coded) = stored.strip_prefix(MARK) else { return Ok(stored.to_owned()) };
        let wrong = || Error::internal("a stored secret does not fit the key file");
        let bytes = STANDARD.decode(coded).map_err(|_| wrong())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(wrong)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| wrong())?;
        let plain = self.0.decrypt(&nonce.into(), sealed).map_err(|_| wrong())?;
        String::from_utf8(plain).map_err(|_| wrong())
    }
}

fn make_key(file: &Path) -> Result<Vec<u8>> {
    let mut key = vec![0_u8; 32];
    getrandom::fill(&mut key).map_err(|error| Error::internal(error.to_string()))?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    out.write_all(STANDARD.encode(&key).as_bytes())?;
    out.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_comes_back_and_only_with_its_key() {
        let dir = std::env::temp_dir().join(format!("leida-vault-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let (one, two) = (Vault::open(&dir.join("one")).unwrap(), Vault::open(&dir.join("two")).unwrap());
        let sealed = one.seal("商户秘钥").unwrap();
        assert!(sealed.starts_with(MARK) && !sealed.contains("商户"));
        assert_eq!(one.unseal(&sealed).unwrap(), "商户秘钥");
        assert_eq!(Vault::open(&dir.join("one")).unwrap().unseal(&sealed).unwrap(), "商户秘钥");
        assert!(two.unseal(&sealed).is_err());
        assert!(one.unseal("v1:broken").is_err());
        assert_eq!(one.unseal("plain").unwrap(), "plain");
        fs::remove_dir_all(&dir).unwrap();
    }
}
