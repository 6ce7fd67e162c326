//! Addresses that lead readers to an article: WeChat's authorize page, which comes back to our login with `relate`.

use rusqlite::Connection;

use super::{Listed, desk, store};
use crate::{
    app::App,
    customers,
    error::{Error, Result},
    identity::Customer,
    ids::{ArticleId, CompanyId, CustomerId, StaffId},
};

const AUTHORIZE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";
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
    /// `article_id_1|pid_|level_1|uid_1|company_id_1`
    pub fn relate(&self) -> String {
        let Self { company, article, staff, parent, level } = self;
        let staff = staff.map_or_else(String::new, |staff| staff.to_string());
        let parent = parent.map_or_else(String::new, |parent| parent.to_string());
        format!("article_id_{article}|pid_{parent}|level_{level}|uid_{staff}|company_id_{company}")
    }
}

/// An official account as WeChat's authorize page needs it.
struct Account {
    app_id: String,
    /// The third-party platform that it is authorised to.
    platform: Option<String>,
}

fn account(app: &App, company: CompanyId) -> Result<Option<Account>> {
    let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
    let Some(app_id) = filled(app.settings.get_of(company, "gzh.app_id")?) else { return Ok(None) };
    Ok(Some(Account { app_id, platform: filled(app.settings.get("platform.gzh.app_id")?) }))
}

fn must_have_account(app: &App, company: CompanyId) -> Result<Account> {
    account(app, company)?.ok_or_else(|| Error::Unprepared("请先设置公众号的 app_id".into()))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Account {
    /// WeChat's page that asks who the visitor is, silently, and comes back to `target`.
    fn authorize(&self, target: &str) -> String {
        let platform = self.platform.as_ref().map_or_else(String::new, |id| format!("&component_appid={id}"));
        format!(
            "{AUTHORIZE}?appid={}&redirect_uri={}&response_type=code&scope=snsapi_base&state=snsapi_base{platform}#wechat_redirect",
            self.app_id,
            encoded(target)
        )
    }
}

fn login(app: &App, share: &Share) -> String {
    format!("{}{LOGIN}?relate={}", app.public_url, encoded(&share.relate()))
}

/// The link that a page hands to WeChat for sharing. 400 without an official account.
pub fn share_url(app: &App, share: &Share) -> Result<String> {
    Ok(must_have_account(app, share.company)?.authorize(&login(app, share)))
}

/// A link that opens an article from anywhere: through our own redirect; without an official account, the login itself.
pub fn article_url(app: &App, share: &Share) -> Result<String> {
    Ok(match account(app, share.company)? {
        Some(account) => {
            let target = account.authorize(&login(app, share));
            format!("{}{LOGIN}/redirect_share_url?share_url={}", app.public_url, encoded(&target))
        }
        None => login(app, share),
    })
}

/// What the QR code of a preview holds.
pub fn preview(app: &App, company: CompanyId, article: ArticleId) -> Result<String> {
    article_url(app, &Share { company, article, staff: None, parent: None, level: 1 })
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
    share_url(app, &share)
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
pub fn auth_url(app: &App, company: CompanyId) -> Result<String> {
    Ok(must_have_account(app, company)?.authorize(&format!("{}/admin/", app.public_url)))
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
        let account = Account { app_id: "wxa".to_owned(), platform: Some("wx6".to_owned()) };
        assert_eq!(
            account.authorize("http://x/y?relate=a|b"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxa&redirect_uri=http%3A%2F%2Fx%2Fy%3Frelate%3Da%7Cb\
             &response_type=code&scope=snsapi_base&state=snsapi_base&component_appid=wx6#wechat_redirect"
        );
    }
}
