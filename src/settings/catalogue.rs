//! Every setting there is: what its value may be, what it is called, and what it is for.

/// What a setting's value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Secret,
    /// A secret of several lines: PEM.
    Pem,
    Hours,
    Minutes,
    Flag,
}

impl Kind {
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Pem)
    }

    /// As the wire calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Pem => "multiline_secret",
            Self::Number | Self::Hours | Self::Minutes => "number",
            Self::Flag => "flag",
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            Self::Hours => "小时",
            Self::Minutes => "分钟",
            _ => "",
        }
    }
}

/// A setting as people read about it.
#[derive(Debug)]
pub struct Entry {
    /// `company.N.` stands for any company.
    pub key: &'static str,
    pub kind: Kind,
    pub name: &'static str,
    /// What it is, and where at WeChat it is found.
    pub help: &'static str,
    /// What holds while it is not set.
    default: &'static str,
}

impl Entry {
    /// What stands together: the key without its last part and the company, and what that is called.
    pub fn group(&self) -> (&'static str, &'static str) {
        let above = self.key.rsplit_once('.').map_or(self.key, |(above, _)| above);
        let group = above.strip_prefix("company.N.").map_or_else(|| above.to_owned(), |rest| format!("company.{rest}"));
        GROUPS.iter().find(|(known, _)| *known == group).copied().unwrap_or_default()
    }

    /// What holds while it is not set.
    pub fn default_value(&self) -> &'static str {
        self.default
    }
}

/// What the groups are called.
const GROUPS: &[(&str, &str)] = &[
    ("platform.xcx", "第三方平台（小程序）"),
    ("platform.gzh", "第三方平台（公众号）"),
    ("platform", "小程序发布"),
    ("company.xcx", "小程序"),
    ("company.gzh", "公众号"),
    ("company.work", "企业微信"),
    ("company.pay", "微信支付"),
    ("company.comments", "评论"),
    ("auth", "签名"),
];

const fn text(key: &'static str, name: &'static str, help: &'static str) -> Entry {
    Entry { key, kind: Kind::Text, name, help, default: "" }
}

const fn number(key: &'static str, name: &'static str, help: &'static str) -> Entry {
    Entry { key, kind: Kind::Number, name, help, default: "" }
}

const fn secret(key: &'static str, name: &'static str, help: &'static str) -> Entry {
    Entry { key, kind: Kind::Secret, name, help, default: "" }
}

const fn certificate(key: &'static str, name: &'static str, help: &'static str) -> Entry {
    Entry { key, kind: Kind::Pem, name, help, default: "" }
}

const fn flag(key: &'static str, name: &'static str, help: &'static str, default: &'static str) -> Entry {
    Entry { key, kind: Kind::Flag, name, help, default }
}

const PLATFORM_ID: &str =
    "微信开放平台“管理中心 - 第三方平台 - 详情”中的 AppID。没有第三方平台时留空，各公司改用自己的 AppSecret。";
const PLATFORM_SECRET: &str = "微信开放平台“管理中心 - 第三方平台 - 详情”中的 AppSecret，重置后须在此处重新填写。";
const PLATFORM_TOKEN: &str = "第三方平台“开发资料”中填写的消息校验Token，两边须一致。";
const PLATFORM_KEY: &str = "第三方平台“开发资料”中填写的消息加解密Key，43 位字母与数字，两边须一致。";
const PUSH_TOKEN: &str =
    "微信公众平台“设置与开发 - 基本配置 - 服务器配置”中的令牌(Token)，两边须一致；授权给第三方平台时不需要。";
const PUSH_KEY: &str =
    "微信公众平台“设置与开发 - 基本配置 - 服务器配置”中的消息加解密密钥(EncodingAESKey)，43 位字母与数字。";

/// Every setting there is.
pub const TABLE: &[Entry] = &[
    text("platform.xcx.app_id", "AppID", PLATFORM_ID),
    secret("platform.xcx.secret", "AppSecret", PLATFORM_SECRET),
    secret("platform.xcx.token", "消息校验Token", PLATFORM_TOKEN),
    secret("platform.xcx.aes_key", "消息加解密Key", PLATFORM_KEY),
    text("platform.gzh.app_id", "AppID", PLATFORM_ID),
    secret("platform.gzh.secret", "AppSecret", PLATFORM_SECRET),
    secret("platform.gzh.token", "消息校验Token", PLATFORM_TOKEN),
    secret("platform.gzh.aes_key", "消息加解密Key", PLATFORM_KEY),
    flag(
        "platform.release_automatically",
        "审核通过后自动发布",
        "开启后，小程序代码通过微信审核即自动上线；关闭时由管理员在“代码发布”中手动发布。",
        "false",
    ),
    text("company.N.xcx.app_id", "小程序 AppID", "微信公众平台“开发管理 - 开发设置”中的 AppID(小程序ID)，以 wx 开头。"),
    secret(
        "company.N.xcx.secret",
        "小程序 AppSecret",
        "微信公众平台“开发管理 - 开发设置”中的 AppSecret(小程序密钥)。填写后直接使用小程序，不经第三方平台。",
    ),
    text(
        "company.N.xcx.subscribe_template_id",
        "订阅消息模板 ID",
        "微信公众平台“功能 - 订阅消息 - 我的模板”中的模板 ID；客户有未读聊天消息时发送。留空则不发送。",
    ),
    text(
        "company.N.xcx.subscribe_keywords",
        "订阅消息的关键词",
        "模板中各项的名称，以逗号分隔，依次为雷达用户姓名、时间、提示内容；留空则为 name1,time2,thing3。",
    ),
    text(
        "company.N.xcx.template_id",
        "模板消息 ID",
        "旧版模板消息的 ID；小程序仍提交 form_id 时使用。新小程序请改用订阅消息。",
    ),
    text(
        "company.N.gzh.app_id",
        "公众号 AppID",
        "微信公众平台“设置与开发 - 基本配置”中的开发者ID(AppID)，以 wx 开头。",
    ),
    secret(
        "company.N.gzh.secret",
        "公众号 AppSecret",
        "微信公众平台“设置与开发 - 基本配置”中的开发者密码(AppSecret)。填写后直接使用公众号，不经第三方平台。",
    ),
    secret("company.N.gzh.token", "令牌(Token)", PUSH_TOKEN),
    secret("company.N.gzh.aes_key", "消息加解密密钥", PUSH_KEY),
    text("company.N.gzh.name", "公众号名称", "在聊天与关注提示中显示的名称。"),
    text(
        "company.N.gzh.qr_code",
        "公众号二维码",
        "微信公众平台“设置与开发 - 公众号设置”中下载二维码，上传后填写其地址；提示客户关注公众号时显示。",
    ),
    text(
        "company.N.gzh.template_id",
        "模板消息 ID",
        "微信公众平台“广告与服务 - 模板消息”中的模板 ID；客户有未读聊天消息时发送。留空则不发送。",
    ),
    text("company.N.work.corp_id", "企业 ID", "企业微信管理后台“我的企业 - 企业信息”最下方的企业 ID，以 ww 开头。"),
    secret(
        "company.N.work.contacts_secret",
        "通讯录秘钥",
        "企业微信管理后台“管理工具 - 通讯录同步”中的 Secret；同步通讯录时使用。",
    ),
    number(
        "company.N.work.radar_agent_id",
        "AI雷达 AgentId",
        "企业微信管理后台“应用管理 - 自建 - AI雷达”中的 AgentId。",
    ),
    secret(
        "company.N.work.radar_secret",
        "AI雷达秘钥",
        "企业微信管理后台“应用管理 - 自建 - AI雷达”中的 Secret；雷达用户登录与消息提醒时使用。",
    ),
    number(
        "company.N.work.boss_agent_id",
        "Boss雷达 AgentId",
        "企业微信管理后台“应用管理 - 自建 - Boss雷达”中的 AgentId。没有此应用时留空。",
    ),
    secret(
        "company.N.work.boss_secret",
        "Boss雷达秘钥",
        "企业微信管理后台“应用管理 - 自建 - Boss雷达”中的 Secret。没有此应用时留空。",
    ),
    text(
        "company.N.pay.mch_id",
        "商户号",
        "微信支付商户平台“账户中心 - 商户信息”中的商户号；须与小程序的 AppID 关联。",
    ),
    secret("company.N.pay.key", "商户秘钥", "微信支付商户平台“账户中心 - API安全”中设置的 APIv2 密钥，32 位。"),
    certificate(
        "company.N.pay.cert",
        "商户证书",
        "微信支付商户平台“账户中心 - API安全”中申请的 API 证书，填写 apiclient_cert.pem 的全部内容；退款时使用。",
    ),
    certificate(
        "company.N.pay.cert_key",
        "商户证书私钥",
        "与商户证书一起下载的 apiclient_key.pem 的全部内容；退款时使用。",
    ),
    flag(
        "company.N.comments.without_audit",
        "评论直接显示",
        "开启后，客户对案例日记的评论不经审核即显示；关闭时须先在“评论审核”中通过。",
        "false",
    ),
    Entry {
        key: "auth.max_age_hours",
        kind: Kind::Hours,
        name: "签名有效期",
        help: "早于此时间的签名不再有效，1 到 8760 小时。",
        default: "24",
    },
    Entry {
        key: "auth.future_minutes",
        kind: Kind::Minutes,
        name: "允许的时钟误差",
        help: "客户端的时钟可以比服务器快多少，0 到 1440 分钟。",
        default: "5",
    },
    flag(
        "auth.allow_unstamped",
        "允许不带时间戳的签名",
        "个别旧接口的签名不带 timestamp。现有小程序不使用这些接口时可以关闭，更为安全。",
        "true",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_explained_and_has_its_group() {
        for (index, one) in TABLE.iter().enumerate() {
            assert!(!one.name.is_empty() && one.help.ends_with('。'), "{}", one.key);
            assert_ne!(one.group(), ("", ""), "{} stands in no group", one.key);
            assert!(TABLE[index + 1..].iter().all(|other| other.key != one.key), "{} stands twice", one.key);
        }
    }
}
