//! Pictures at addresses that WeChat tells: avatars, and what somebody sent to the official account. Nothing else is
//! ever fetched: addresses also come from clients.

use ureq::http::Uri;

use super::{Weixin, WeixinError};

/// WeChat's own picture hosts, and everything below them.
const HOSTS: [&str; 3] = ["qlogo.cn", "qpic.cn", "wx.qq.com"];

impl Weixin {
    /// Whether a picture may be fetched from there: from WeChat's hosts, or from the sandbox that stands in.
    #[must_use]
    pub fn is_picture_address(&self, address: &str) -> bool {
        is_wechats(address) || self.is_sandboxes(address)
    }

    /// The sandbox serves its pictures where it answers; WeChat's own API serves none.
    fn is_sandboxes(&self, address: &str) -> bool {
        let base = self.http().base();
        let rest = base.strip_prefix("http://").and_then(|_| address.strip_prefix(base));
        rest.is_some_and(|rest| rest.starts_with("/mmhead/") && !rest.contains(".."))
    }

    /// A picture's bytes, whatever they are.
    ///
    /// # Errors
    /// `Refused` for an address of somebody else, `Unreachable` when nothing is there.
    pub async fn picture(&self, address: &str) -> Result<Vec<u8>, WeixinError> {
        if !self.is_picture_address(address) {
            let errmsg = "not an address of WeChat's pictures".to_owned();
            return Err(WeixinError::Refused { errcode: 40007, errmsg });
        }
        self.http().fetch("a picture", address.to_owned()).await
    }
}

fn is_wechats(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    // No names and no ports: the host is the whole of it.
    let host = authority.as_str().to_ascii_lowercase();
    let is_theirs = |known: &str| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    matches!(scheme, "http" | "https") && HOSTS.into_iter().any(is_theirs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weixin::Bases;

    #[test]
    fn only_wechats_hosts_and_the_sandbox() {
        for good in ["http://wx.qlogo.cn/mmopen/a/0", "https://thirdwx.qlogo.cn/mmopen/b/132", "http://mmbiz.qpic.cn/c"]
        {
            assert!(is_wechats(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1/x",
            "http://qlogo.cn.example.com/a",
            "http://evilqlogo.cn/a",
            "http://wx.qlogo.cn@127.0.0.1/a",
            "http://wx.qlogo.cn:8000/a",
            "ftp://wx.qlogo.cn/a",
            "statics/imgs/setAvator.jpg",
            "",
        ] {
            assert!(!is_wechats(bad), "{bad}");
        }
        let of = |weixin: &str| {
            let base = weixin.to_owned();
            Weixin::new(Bases { weixin: base.clone(), work: base.clone(), pay: base })
        };
        let sandbox = of("http://127.0.0.1:8000/sandbox/weixin");
        assert!(sandbox.is_picture_address("http://127.0.0.1:8000/sandbox/weixin/mmhead/a"));
        assert!(!sandbox.is_picture_address("http://127.0.0.1:8000/sandbox/weixin/mmhead/../../admin"));
        assert!(!sandbox.is_picture_address("http://127.0.0.1:8000/sandbox/weixin.example.com/mmhead/a"));
        assert!(!of("https://api.weixin.qq.com").is_picture_address("https://api.weixin.qq.com/mmhead/a"));
    }
}
