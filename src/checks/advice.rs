//! What WeChat's refusals mean and what an administrator does about them. WeChat's page 全局返回码.

use crate::weixin::WeixinError;

/// Number, meaning, what to do.
const KNOWN: &[(i64, &str, &str)] = &[
    (-1, "微信系统繁忙", "请稍后再试"),
    (40001, "秘钥(Secret)错误", "请在对应的管理后台核对或重置秘钥,并在此处重新填写"),
    (40013, "AppID 或 corp_id 不正确", "请核对 ID,注意不要有空格,也不要把小程序与公众号的 ID 填反"),
    (40014, "访问凭证不合法", "请重新检测;仍不成功时请核对秘钥"),
    (40125, "AppSecret 错误", "请在微信公众平台“开发管理 - 开发设置”重置 AppSecret 并在此处重新填写"),
    (40243, "AppSecret 已被冻结", "请在微信公众平台解冻 AppSecret"),
    (41004, "缺少秘钥", "请填写秘钥"),
    (42001, "访问凭证已过期", "请重新检测"),
    (45009, "当天调用次数已达上限", "请明天再试,或在微信公众平台清零接口调用次数"),
    (45011, "调用过于频繁", "请稍后再试"),
    (48001, "账号没有此接口的权限", "请确认账号已通过微信认证,并已添加所需的服务类目"),
    (50002, "账号被限制使用", "请登录微信公众平台查看账号状态"),
    (61003, "账号没有授权给第三方平台", "请在“授权”页面重新生成授权链接并由账号管理员扫码"),
    (
        61004,
        "服务器 IP 不在第三方平台的白名单",
        "请在微信开放平台的第三方平台“开发资料”中把本服务器的公网 IP 加入白名单",
    ),
    (61005, "component_verify_ticket 已过期", "请核对第三方平台的授权事件接收URL;微信每十分钟推送一次新的票据"),
    (
        61006,
        "component_verify_ticket 不正确",
        "请核对第三方平台的授权事件接收URL、消息校验Token与加解密Key,等待微信下一次推送",
    ),
    (61007, "授权时没有勾选所需的权限集", "请重新授权,并同意全部权限"),
    (61023, "授权凭证(refresh_token)已失效", "请重新授权"),
    (60020, "服务器 IP 不在企业微信的可信IP中", "请在企业微信管理后台该应用的“企业可信IP”中加入本服务器的公网 IP"),
    (60011, "应用没有通讯录权限", "请在企业微信管理后台核对应用的可见范围与通讯录权限"),
    (301_002, "应用没有权限", "请核对 AgentId 与秘钥属于同一个应用"),
];

/// Meaning and advice, in Chinese.
pub fn on(error: &WeixinError) -> (String, String) {
    match error {
        WeixinError::Refused { errcode: 40164, errmsg } => {
            let ip = address_in(errmsg).unwrap_or("本服务器的公网 IP");
            (
                format!("服务器 IP {ip} 不在 IP 白名单"),
                format!("请在微信公众平台“开发管理 - 开发设置 - IP白名单”中加入 {ip}"),
            )
        }
        WeixinError::Refused { errcode, errmsg } => match KNOWN.iter().find(|(known, ..)| known == errcode) {
            Some((_, meaning, advice)) => {
                let named = address_in(errmsg).filter(|_| *errcode == 60020).map(|ip| format!(": {ip}"));
                ((*meaning).to_owned(), format!("{advice}{}", named.unwrap_or_default()))
            }
            None => (format!("微信返回错误,{errmsg}"), format!("请在微信官方文档“全局返回码”中查询 {errcode}")),
        },
        WeixinError::PayRefused { err_code, text } => {
            let meaning = if text.is_empty() { err_code.clone() } else { text.clone() };
            (
                format!("微信支付拒绝:{meaning}"),
                "请在微信商户平台核对商户号、API秘钥(v2,32位),并确认商户号已与该小程序的 AppID 绑定".to_owned(),
            )
        }
        WeixinError::BadCertificate => {
            ("商户 API 证书不可用".to_owned(), "请重新填写 apiclient_cert.pem 与 apiclient_key.pem 的内容".to_owned())
        }
        WeixinError::Unreachable(reason) => (
            format!("无法连接微信服务器({reason})"),
            "请检查服务器的网络、DNS 与防火墙是否允许访问微信;需要代理时请设置 HTTPS_PROXY".to_owned(),
        ),
        WeixinError::Malformed(reason) | WeixinError::Decrypt(reason) => {
            (format!("微信的答复无法识别({reason})"), "请检查网络中是否有改写内容的代理".to_owned())
        }
    }
}

/// The IPv4 address that WeChat names: `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`, `from ip: 1.2.3.4`.
fn address_in(errmsg: &str) -> Option<&str> {
    errmsg.split(|c: char| !c.is_ascii_digit() && c != '.').find(|part| part.parse::<std::net::Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(errcode: i64, errmsg: &str) -> (String, String) {
        on(&WeixinError::Refused { errcode, errmsg: errmsg.to_owned() })
    }

    #[test]
    fn addresses_that_are_not_allowed_are_named() {
        let (meaning, advice) =
            refused(40164, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist hint: [x]");
        assert!(meaning.contains("203.0.113.9") && advice.contains("IP白名单"), "{meaning} {advice}");
        let (_, advice) = refused(60020, "not allow to access from your ip, from ip: 198.51.100.7, more info at …");
        assert!(advice.ends_with(": 198.51.100.7"), "{advice}");
        assert!(refused(40164, "no address").0.contains("公网 IP"));
    }

    #[test]
    fn every_refusal_gets_an_answer() {
        assert!(refused(40125, "invalid appsecret").1.contains("重置"));
        let (meaning, advice) = refused(12345, "something new");
        assert!(meaning.contains("something new") && advice.contains("12345"));
        for (index, (errcode, ..)) in KNOWN.iter().enumerate() {
            assert!(KNOWN[index + 1..].iter().all(|(other, ..)| other != errcode), "{errcode} stands twice");
        }
    }
}
