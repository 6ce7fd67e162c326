//! Whether each of a company's credentials at WeChat works, tried one by one, with what is wrong and what to do in plain
//! words.

mod advice;
mod api;

pub use api::api;

use futures_util::future::join_all;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, AccountKind, Admin},
    ids::CompanyId,
    orders,
    weixin::{Account, CorpApp, WeixinError},
};

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In Chinese, for people.
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    /// Not set up: what is missing.
    Missing(String),
    /// WeChat's number (0: none), what it means, and what to do.
    Wrong {
        errcode: i64,
        meaning: String,
        advice: String,
    },
}

/// Tries all credentials of a company at the same time. 302 for a company that is not the caller's to look at.
pub async fn check(app: &App, admin: &Admin, company: Option<i64>) -> Result<Vec<Finding>> {
    let company = admin.company_named(company)?;
    let exists = app.db.read(move |conn| identity::store::companies::exists(conn, company)).await?;
    if !exists {
        return Err(Error::no_such("公司"));
    }
    let (contacts, radar) = (work(app, company, "contacts_secret"), work(app, company, "radar_secret"));
    let accounts =
        join_all([AccountKind::MiniProgram, AccountKind::OfficialAccount].map(|kind| account(app, company, kind)));
    let (contacts, radar, accounts, pay) = tokio::join!(contacts, radar, accounts, merchant(app, company));
    let mut findings = vec![
        Finding { name: "访问地址".to_owned(), outcome: address(&app.public_url) },
        Finding { name: "企业微信通讯录".to_owned(), outcome: contacts? },
        Finding { name: "企业微信AI雷达应用".to_owned(), outcome: radar? },
    ];
    for found in accounts {
        findings.extend(found?);
    }
    findings.push(Finding { name: "微信支付".to_owned(), outcome: pay? });
    Ok(findings)
}

/// The merchant of the mall.
async fn merchant(app: &App, company: CompanyId) -> Result<Outcome> {
    match orders::try_merchant(app, company).await {
        Ok(tried) => Ok(outcome(tried)),
        Err(Error::Unprepared(what)) => Ok(Outcome::Missing(what.into_owned())),
        Err(error) => Err(error),
    }
}

/// WeChat's pages and mini-programs talk to https only, and to nobody at home.
fn address(public_url: &str) -> Outcome {
    let host = public_url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let is_local = matches!(host, "" | "localhost" | "127.0.0.1" | "0.0.0.0" | "[");
    if public_url.starts_with("https://") && !is_local {
        return Outcome::Fine;
    }
    Outcome::Wrong {
        errcode: 0,
        meaning: format!("对外地址为 {public_url},微信无法访问"),
        advice: "请以 --public-url 或 LEIDA_PUBLIC_URL 设置以 https:// 开头的公网域名;该域名还须填入小程序的 request、socket、\
                 uploadFile、downloadFile 合法域名,公众号的网页授权域名与JS接口安全域名,以及企业微信应用的可信域名"
            .to_owned(),
    }
}

/// One application in Work WeChat.
async fn work(app: &App, company: CompanyId, secret: &str) -> Result<Outcome> {
    let setting = |name: &str| app.settings.get_of(company, name);
    let Some(corp_id) = setting("work.corp_id")? else {
        return Ok(Outcome::Missing("尚未填写企业微信的 corp_id".to_owned()));
    };
    let Some(secret_text) = setting(&format!("work.{secret}"))? else {
        return Ok(Outcome::Missing("尚未填写应用秘钥".to_owned()));
    };
    if secret == "radar_secret" && setting("work.radar_agent_id")?.and_then(|id| id.parse::<i64>().ok()).is_none() {
        return Ok(Outcome::Missing("尚未填写AI雷达应用的 AgentId".to_owned()));
    }
    let tried = app.weixin.work_check(&CorpApp { corp_id, secret: secret_text.into() }).await;
    Ok(outcome(tried))
}

/// A mini-program or an official account, and before it the platform that it is authorised to, if it is.
async fn account(app: &App, company: CompanyId, kind: AccountKind) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let is_own = app.settings.has_of(company, &format!("{kind}.secret"));
    if !is_own && app.settings.get(&format!("platform.{kind}.app_id"))?.is_some() {
        let outcome = match identity::platform_of(app, kind).await? {
            None => Outcome::Missing(
                "第三方平台的秘钥未填写,或尚未收到微信推送的 component_verify_ticket(每十分钟推送一次,请核对授权事件接收URL、消息校验Token与加解密Key)"
                    .to_owned(),
            ),
            Some(component) => outcome(app.weixin.component_check(&component).await),
        };
        findings.push(Finding { name: format!("第三方平台({})", kind.title()), outcome });
    }
    let tried = identity::with_account(app, company, kind, async |account| {
        // An outer error would lose what WeChat said.
        Ok(try_account(app, &account, kind).await)
    });
    let outcome = match tried.await {
        Ok(outcome) => outcome,
        Err(Error::Unprepared(_)) => {
            let title = kind.title();
            Outcome::Missing(format!("尚未填写{title}的 AppID 与 AppSecret,也没有授权给第三方平台的{title}"))
        }
        Err(error) => return Err(error),
    };
    findings.push(Finding { name: kind.title().to_owned(), outcome });
    Ok(findings)
}

/// Its credentials, and what a mini-program that we release must have besides.
async fn try_account(app: &App, account: &Account, kind: AccountKind) -> Outcome {
    let tried = app.weixin.account_check(account).await;
    if tried.is_err() || kind != AccountKind::MiniProgram || matches!(account, Account::Own { .. }) {
        return outcome(tried);
    }
    match app.weixin.service_categories(account).await {
        Ok(categories) if categories.is_empty() => Outcome::Wrong {
            errcode: 0,
            meaning: "小程序没有服务类目,代码无法提交审核".to_owned(),
            advice: "请由小程序管理员在微信公众平台“设置 - 基本设置 - 服务类目”中添加类目".to_owned(),
        },
        other => outcome(other.map(drop)),
    }
}

fn outcome(tried: std::result::Result<(), WeixinError>) -> Outcome {
    match tried {
        Ok(()) => Outcome::Fine,
        Err(error) => {
            let (meaning, advice) = advice::on(&error);
            Outcome::Wrong { errcode: error.errcode().unwrap_or(0), meaning, advice }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_of_the_world_will_do() {
        assert_eq!(address("https://leida.example.com"), Outcome::Fine);
        for url in ["http://leida.example.com", "http://127.0.0.1:8000", "https://localhost:8443/x", "https://", ""] {
            assert_ne!(address(url), Outcome::Fine, "{url}");
        }
    }
}
