//! Addresses that lead readers to an article: WeChat's authorize page, which comes back to our login with `relate`.

use rusqlite::Connection;

use super::{Listed, desk, store};
use crate::{
    app::App,
    customers,
    error::{Error, Result},
    identity::{self, AccountKind, AppIds, Customer},
    ids::{ArticleId, CompanyId, CustomerId, StaffId},
};

const AUTHORIZE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";
/// Scope and state of a link that asks nothing.
pub const SILENT: &str = "snsapi_base";
/// Those of one that asks for the profile.
pub const ASKING: &str = "snsapi_userinfo";
const LOGIN: &str = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth";

/// What a link says about who shares: the documents' `relate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub company: CompanyId,
    pub article: ArticleId,
    /// `None`: a preview, of nobody's.
    pub staff: Option<StaffId>,
    pub parent: Option<CustomerId>,
    pub level: i64,
}

impl Share {
    /// The reverse of [`Share::relate`]; `None` when it is not one.
    pub fn parse(relate: &str) -> Option<Self> {
        let parts: Vec<&str> = relate.split('|').map(str::trim).collect();
        let text = |name: &str| parts.iter().find_map(|part| part.strip_prefix(name));
        let number = |name: &str| match text(name) {
            None | Some("" | "undefined" | "null") => Some(None),
            Some(text) => text.parse().ok().filter(|number| *number >= 0_i64).map(Some),
        };
        Some(Self {
            company: CompanyId(number("company_id_")??),
            article: ArticleId(number("article_id_")??),
            staff: number("uid_")?.map(StaffId),
            parent: number("pid_")?.map(CustomerId),
            level: number("level_")?.unwrap_or(1).min(1_000_000),
        })
    }

    /// `article_id_1|pid_|level_1|uid_1|company_id_1`
    pub fn relate(&self) -> String {
        let Self { company, article, staff, parent, level } = self;
        let staff = staff.map_or_else(String::new, |staff| staff.to_string());
        let parent = parent.map_or_else(String::new, |parent| parent.to_string());
        format!("article_id_{article}|pid_{parent}|level_{level}|uid_{staff}|company_id_{company}")
    }
}

async fn account(app: &App, company: CompanyId) -> Result<Option<AppIds>> {
    identity::app_ids(app, company, AccountKind::OfficialAccount).await
}

async fn must_have_account(app: &App, company: CompanyId) -> Result<AppIds> {
    account(app, company).await?.ok_or_else(|| Error::Unprepared("请先设置公众号的 app_id".into()))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// WeChat's page that asks who the visitor is, and comes back to `target`. `scope`: `snsapi_base` asks silently,
/// `snsapi_userinfo` for the profile.
pub fn authorize(account: &AppIds, target: &str, scope: &str) -> String {
    let platform = account.component.as_ref().map_or_else(String::new, |id| format!("&component_appid={id}"));
    format!(
        "{AUTHORIZE}?appid={}&redirect_uri={}&response_type=code&scope={scope}&state={scope}{platform}#wechat_redirect",
        account.app_id,
        encoded(target)
    )
}

/// [`authorize`] without a question.
fn silently(account: &AppIds, target: &str) -> String {
    authorize(account, target, SILENT)
}

/// Our own page that lets a reader in and leads them on to the article.
pub fn login(app: &App, share: &Share) -> String {
    format!("{}{LOGIN}?relate={}", app.public_url, encoded(&share.relate()))
}

/// The link that a page hands to WeChat for sharing. 400 without an official account.
pub async fn share_url(app: &App, share: &Share) -> Result<String> {
    Ok(silently(&must_have_account(app, share.company).await?, &login(app, share)))
}

/// A link that opens an article from anywhere: through our own redirect; without an official account, the login itself.
pub async fn article_url(app: &App, share: &Share) -> Result<String> {
    Ok(match account(app, share.company).await? {
        Some(account) => {
            let target = silently(&account, &login(app, share));
            format!("{}{LOGIN}/redirect_share_url?share_url={}", app.public_url, encoded(&target))
        }
        None => login(app, share),
    })
}

/// What the QR code of a preview holds.
pub async fn preview(app: &App, company: CompanyId, article: ArticleId) -> Result<String> {
    article_url(app, &Share { company, article, staff: None, parent: None, level: 1 }).await
}

/// A reader passes the article on: they are the parent, one level on. 302 unless all is of the reader's company.
pub async fn share(
    app: &App,
    by: Customer,
    article: ArticleId,
    staff: StaffId,
    company: CompanyId,
    level: i64,
) -> Result<String> {
    if company != by.company {
        return Err(Error::no_such("公司"));
    }
    app.db.read(move |conn| must_be_there(conn, company, article, staff)).await?;
    let share = Share { company, article, staff: Some(staff), parent: Some(by.id), level: level.saturating_add(1) };
    share_url(app, &share).await
}

/// What else there is to read, and how much in all. 302 unless the article and the staff member are the company's.
pub async fn recommended(
    app: &App,
    company: CompanyId,
    but: ArticleId,
    staff: StaffId,
    most: i64,
) -> Result<(Vec<Listed>, i64)> {
    app.db
        .read(move |conn| {
            must_be_there(conn, company, but, staff)?;
            let articles = store::desk::recommended(conn, company, but, most)?;
            Ok((articles, store::desk::count_recommended(conn, company, but)?))
        })
        .await
}

fn must_be_there(conn: &Connection, company: CompanyId, article: ArticleId, staff: StaffId) -> Result<()> {
    if !customers::store::is_enabled_staff(conn, company, staff)? {
        return Err(Error::no_such("用户"));
    }
    store::desk::glance(conn, company, article)?.map(drop).ok_or_else(desk::no_such)
}

/// The authorize page that only finds out the visitor's openid and goes on to the back office.
pub async fn auth_url(app: &App, company: CompanyId) -> Result<String> {
    Ok(silently(&must_have_account(app, company).await?, &format!("{}/admin/", app.public_url)))
}

/// Whether we lead there: to WeChat's own pages or to our own.
pub fn is_allowed(app: &App, target: &str) -> bool {
    let begins = |host: &str| {
        let rest = target.strip_prefix(host.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    // A header takes neither control characters nor spaces; a browser drops some of them.
    let is_plain = target.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    is_plain && (begins("https://open.weixin.qq.com") || (!app.public_url.is_empty() && begins(&app.public_url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_as_the_documents_print_them() {
        let share =
            Share { company: CompanyId(1), article: ArticleId(58), staff: Some(StaffId(1)), parent: None, level: 1 };
        assert_eq!(share.relate(), "article_id_58|pid_|level_1|uid_1|company_id_1");
        let next = Share { parent: Some(CustomerId(9)), level: 2, ..share };
        assert_eq!(next.relate(), "article_id_58|pid_9|level_2|uid_1|company_id_1");
        assert_eq!((Share::parse(&share.relate()), Share::parse(&next.relate())), (Some(share), Some(next)));
        for bad in ["", "article_id_58", "article_id_x|pid_|level_1|uid_1|company_id_1", "article_id_|company_id_1"] {
            assert_eq!(Share::parse(bad), None, "{bad}");
        }
        let account = AppIds { app_id: "wxa".to_owned(), component: Some("wx6".to_owned()) };
        assert_eq!(
            silently(&account, "http://x/y?relate=a|b"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxa&redirect_uri=http%3A%2F%2Fx%2Fy%3Frelate%3Da%7Cb\
             &response_type=code&scope=snsapi_base&state=snsapi_base&component_appid=wx6#wechat_redirect"
        );
    }
}
