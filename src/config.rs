//! What must be known before the database is open: flags and environment.

use std::{env, net::SocketAddr, path::PathBuf};

use clap::Args;

use crate::weixin::Bases;

/// Flags of `leida serve`; each has an environment variable. All flags may stand before or after a command.
#[derive(Debug, Clone, Args)]
pub struct ServeFlags {
    /// Address to listen on
    #[arg(long, env = "LEIDA_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS:PORT", global = true)]
    pub listen: SocketAddr,
    /// Prefix of links and QR codes [default: http://<listen>]
    #[arg(long, env = "LEIDA_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
}

/// Flags of every command that uses the data directory.
#[derive(Debug, Clone, Args)]
pub struct DataFlags {
    /// Serve a demo data set with the built-in WeChat sandbox; its data directory is ./data/demo unless --data is given
    #[arg(long, global = true)]
    pub demo: bool,
    /// Data directory (database, uploads, key file) [default: ./data]
    #[arg(long, env = "LEIDA_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// How dates are written and days are cut
    #[arg(long, env = "LEIDA_TIMEZONE", default_value = "Asia/Shanghai", value_name = "ZONE", global = true)]
    pub timezone: String,
}

impl DataFlags {
    /// The data directory. Demo data keep to a folder of their own, so that they never mix with real ones.
    pub fn directory(&self) -> PathBuf {
        match (&self.data, self.demo) {
            (Some(given), _) => given.clone(),
            (None, false) => PathBuf::from("data"),
            (None, true) => PathBuf::from("data/demo"),
        }
    }
}

impl Bases {
    /// WeChat itself, unless the environment names a stand-in.
    pub fn from_env() -> Self {
        let base = |name: &str, default: &str| {
            env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
        };
        Self {
            weixin: base("LEIDA_WEIXIN_API", "https://api.weixin.qq.com"),
            work: base("LEIDA_WORK_API", "https://qyapi.weixin.qq.com"),
            pay: base("LEIDA_PAY_API", "https://api.mch.weixin.qq.com"),
        }
    }

    /// The sandbox that this very server offers in demo mode.
    pub fn sandbox(listen: SocketAddr) -> Self {
        let host = if listen.ip().is_unspecified() { "127.0.0.1".to_owned() } else { host_of(listen) };
        let base = |name: &str| format!("http://{host}:{}/sandbox/{name}", listen.port());
        Self { weixin: base("weixin"), work: base("work"), pay: base("pay") }
    }
}

fn host_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    }
}
