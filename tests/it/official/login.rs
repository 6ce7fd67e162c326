//! Readers come in: silently, with consent, by each other's links, through a browser, through a platform.

use rusqlite::Connection;
use serde_json::json;

use super::{LOGIN, an_article, calls, control, count, log_in, navigate, person, relate};
use crate::support::{Actor, Family, Reply, Server, now_ms, sandbox, soon};

const EXCHANGE: &str = "/sns/oauth2/access_token";

/// The link inside WeChat's authorize page, decoded.
fn target_of(page: &str) -> String {
    let (_, query) = page.split_once('?').expect("a query");
    let query = query.split('#').next().expect("a query");
    let target = form(query).into_iter().find(|(name, _)| name == "redirect_uri");
    target.unwrap_or_else(|| panic!("no redirect_uri: {page}")).1
}

fn form(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn relate_in(page: &str) -> String {
    let target = target_of(page);
    let (address, query) = target.split_once('?').expect("a query");
    assert!(address.ends_with(LOGIN), "{target}");
    form(query).into_iter().find(|(name, _)| name == "relate").expect("relate").1
}

#[test]
fn a_reader_comes_silently_agrees_and_is_bound() {
    let server = Server::demo();
    let (staff, article) = (server.salesperson(1, "lina"), an_article(&server));
    let link = relate(article, &staff, None, 1);
    let before = count(&server, "customer", "TRUE");
    let asked = log_in(&server, "lan.base.1", "snsapi_base", &link);
    assert_eq!(asked.ok()["is_verify"], false, "{}", asked.story());
    let page = asked.data["authorize_url"].as_str().expect("a page").to_owned();
    assert!(
        page.starts_with("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1e94b7a3d06c528f&"),
        "{page}"
    );
    assert!(page.contains("&scope=snsapi_userinfo&state=snsapi_userinfo#wechat_redirect"), "{page}");
    assert_eq!(relate_in(&page), link);
    // The same code again: the same answer, though WeChat takes it once.
    assert_eq!(log_in(&server, "lan.base.1", "snsapi_base", &link).ok(), asked.ok());
    assert_eq!(calls(&server, EXCHANGE).len(), 1);
    assert_eq!(count(&server, "customer", "TRUE"), before, "nobody is a customer by being asked");

    let agreed = log_in(&server, "lan.info.1", "snsapi_userinfo", &link);
    assert_eq!((&agreed.ok()["is_verify"], &agreed.data["is_first_login"]), (&json!(true), &json!("Yes")));
    let lan = server.logged_in(Family::Customer, &agreed);
    let again = log_in(&server, "lan.info.1", "snsapi_userinfo", &link);
    assert_eq!((&again.ok()["token"], &again.data["is_first_login"]), (&agreed.data["token"], &json!("Yes")));
    assert_eq!(calls(&server, EXCHANGE).len(), 2);
    let row = |columns: &str| server.select(&format!("SELECT {columns} FROM customer WHERE id = {}", lan.user_id));
    assert_eq!(
        row("user_type || nickname || sex || province || city || country || source"),
        "1lan2浙江杭州中国4",
        "as WeChat tells"
    );
    assert_eq!(row("length(unionid)"), 28);
    // In the background: a copy of the avatar, and whether she follows.
    let avatar = soon("a copy of the avatar", || {
        let avatar = row("avatar").as_str().expect("an address").to_owned();
        avatar.starts_with("statics/zhugeleida/imgs/xiaochengxu/user_photo/").then_some(avatar)
    });
    let picture = server.api.head(&format!("/{avatar}"));
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    soon("whether she follows", || (row("is_following") == 1).then_some(()));

    let relation = format!("staff_id = {} AND customer_id = {}", staff.user_id, lan.user_id);
    assert_eq!(server.select(&format!("SELECT source FROM relation WHERE {relation}")), 4);
    let place =
        format!("SELECT level || '/' || parent_id FROM article_reader WHERE article_id = {article} AND {relation}");
    assert_eq!(server.select(&place), "1/0");
    let history = lan.history(&staff);
    let words = history[0]["msg"].as_str().expect("a greeting");
    assert!(words.starts_with("终于等到你🌹，我是您的专属客服代表【云杉软件（演示） - "), "{words}");
    assert!(words.contains("关注【云杉软件服务号】, 并在公众号内进行回复(支持语音、图片、文字)"), "{words}");
    assert_eq!((history.len(), &history[0]["is_first_info"]), (1, &json!(true)), "no QR code, no picture");

    // From now on she is known at once, and her token opens the article.
    let known = log_in(&server, "lan.base.2", "snsapi_base", &link);
    assert_eq!((&known.ok()["user_id"], &known.data["token"]), (&agreed.data["user_id"], &agreed.data["token"]));
    assert_eq!(known.data["is_first_login"], "No");
    let read = lan.get(&format!("/zhugeleida/gongzhonghao/article/myarticle/{article}"), &[("uid", &staff.id())]);
    read.ok();
    assert_eq!(count(&server, "article_reader", &format!("article_id = {article} AND {relation}")), 1);
}

#[test]
fn the_greeting_shows_the_accounts_qr_code_where_there_is_one() {
    let code = "statics/zhugeleida/imgs/demo/card-1.jpg";
    let server = super::demo_with(&[("company.1.gzh.qr_code", code)]);
    let staff = server.salesperson(1, "lina");
    let lan = super::reader(&server, &staff, "lan");
    let read = lan.get("/zhugeleida/gongzhonghao/chat", &[("u_id", &staff.id())]);
    let rows = read.ok()["ret_data"].as_array().expect("messages").clone();
    assert_eq!((rows.len(), &read.data["data_count"]), (2, &json!(2)), "{}", read.story());
    assert_eq!(
        (&rows[0]["info_type"], &rows[0]["url"], &rows[0]["is_first_info"]),
        (&json!(4), &json!(code), &json!(false))
    );
    assert!(rows[1]["msg"].as_str().is_some_and(|words| words.contains("扫码关注【云杉软件服务号】")), "{}", rows[1]);
    let relation = format!("SELECT last_follow_at IS NULL FROM relation WHERE customer_id = {}", lan.user_id);
    assert_eq!(server.select(&relation), 1, "a greeting is nobody's doing");
}

/// The link that a reader hands on.
#[track_caller]
fn shared(by: &Actor, staff: &Actor, article: i64, level: i64) -> String {
    let query = [
        ("uid", staff.id()),
        ("level", level.to_string()),
        ("article_id", article.to_string()),
        ("company_id", "1".to_owned()),
    ];
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = by.get(&format!("{LOGIN}/create_gongzhonghao_share_auth_url"), &query);
    relate_in(reply.ok()["share_url"].as_str().expect("a link"))
}

#[test]
fn links_of_readers_lead_one_level_on_and_never_back_to_themselves() {
    let server = Server::demo();
    let (staff, article) = (server.salesperson(1, "lina"), an_article(&server));
    let enter = |name: &str, link: &str| {
        let reply = log_in(&server, &format!("{name}.info.{}-{}", now_ms(), link.len()), "snsapi_userinfo", link);
        server.logged_in(Family::Customer, &reply)
    };
    let lan = enter("lan", &relate(article, &staff, None, 1));
    let of_lan = shared(&lan, &staff, article, 1);
    assert_eq!(of_lan, relate(article, &staff, Some(&lan), 2));
    let mei = enter("mei", &of_lan);
    let place = |of: &Actor, column: &str| {
        let condition = format!("article_id = {article} AND customer_id = {}", of.user_id);
        server.select(&format!("SELECT {column} FROM article_reader WHERE {condition}"))
    };
    assert_eq!((place(&mei, "level"), place(&mei, "parent_id")), (json!(2), json!(lan.user_id)));
    assert_eq!((place(&lan, "has_children"), place(&mei, "has_children")), (json!(1), json!(0)));
    let superior = format!("SELECT parent_id FROM relation WHERE customer_id = {}", mei.user_id);
    assert_eq!(server.select(&superior), lan.user_id);
    // Her own link: she stays where she is.
    assert_eq!(enter("lan", &of_lan).user_id, lan.user_id);
    assert_eq!(count(&server, "article_reader", &format!("customer_id = {}", lan.user_id)), 1);
    // A preview, an article that is gone, a salesperson who is gone: in, and bound to nobody.
    for (name, link) in [
        ("vorschau", format!("article_id_{article}|pid_|level_1|uid_|company_id_1")),
        ("weg", relate(987_654, &staff, None, 1)),
        ("niemand", format!("article_id_{article}|pid_|level_1|uid_987654|company_id_1")),
    ] {
        let somebody = enter(name, &link);
        assert_eq!(count(&server, "relation", &format!("customer_id = {}", somebody.user_id)), 0, "{name}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let server = Server::demo();
    let (staff, article) = (server.staff("lina"), an_article(&server));
    let link = relate(article, &staff, None, 1);
    let of = |reply: Reply, field: &str| {
        assert!(!reply.refused(301).data[field].is_null(), "{field}: {}", reply.story());
    };
    let with = |query: &[(&str, &str)]| server.api.get(LOGIN, query);
    let base = [("code", "lan.1"), ("state", "snsapi_base")];
    of(with(&[base[0], base[1], ("relate", &link), ("appid", "wx0000000000000000")]), "appid");
    of(with(&[base[0], base[1], ("article_id", "1"), ("appid", "wx0000000000000000")]), "appid");
    of(with(&[base[0], base[1], ("article_id", "1")]), "appid");
    of(with(&[base[0], base[1], ("appid", sandbox::OFFICIAL_APP_ID)]), "article_id");
    of(with(&[base[0], ("state", "x"), ("relate", &link)]), "state");
    of(with(&[base[0], base[1], ("relate", "article_id_x|uid_1")]), "relate");
    of(with(&[base[1], ("relate", &link)]), "code");
    assert_eq!(calls(&server, EXCHANGE).len(), 0, "WeChat was not troubled");
    log_in(&server, "bad.1", "snsapi_base", &link).refused(40029);
    // Asked silently, whatever the state says: WeChat shows no profile.
    log_in(&server, "lan.base.7", "snsapi_userinfo", &link).refused(48001);
    control(&server, &json!({ "down": { "path_prefix": EXCHANGE } }));
    log_in(&server, "lan.info.8", "snsapi_userinfo", &link).refused(503);
    log_in(&server, "lan.info.8", "snsapi_userinfo", &link).ok();
    // Who is told to have stopped following is known as that.
    person(&server, sandbox::OFFICIAL_APP_ID, "lan", json!({ "following": false }));
    log_in(&server, "lan.info.9", "snsapi_userinfo", &link).ok();
    soon("that she does not follow", || {
        (server.select("SELECT coalesce(is_following, 9) FROM customer WHERE nickname = 'lan'") == 0).then_some(())
    });
}

#[test]
fn browsers_are_led_on() {
    let server = Server::demo();
    let (staff, article) = (server.salesperson(1, "lina"), an_article(&server));
    let link = relate(article, &staff, None, 1);
    let query = |code: &'static str, state: &'static str| [("code", code), ("state", state), ("relate", link.as_str())];
    let consent = navigate(&server, &query("lan.base.1", "snsapi_base"));
    assert!(consent.starts_with("https://open.weixin.qq.com/connect/oauth2/authorize?"), "{consent}");
    let page = navigate(&server, &query("lan.info.2", "snsapi_userinfo"));
    let token = server.select("SELECT token FROM customer WHERE nickname = 'lan'");
    let id = server.select("SELECT id FROM customer WHERE nickname = 'lan'");
    let expected = format!(
        "/article/#/gongzhonghao/leidawenzhang/{article}?token={}&user_id={id}&uid={}&level=1&pid=&company_id=1",
        token.as_str().expect("a token"),
        staff.user_id
    );
    assert_eq!(page, expected);
    let failed = navigate(&server, &query("bad.3", "snsapi_base"));
    assert!(failed.starts_with("/article/#/err_page?code=40029&msg="), "{failed}");
}

#[test]
fn an_account_of_a_platform_works_as_well() {
    let server = super::demo_with(&[
        ("company.1.gzh.app_id", ""),
        ("company.1.gzh.secret", ""),
        ("company.1.gzh.name", ""),
        ("platform.gzh.app_id", sandbox::OFFICIAL_PLATFORM_APP_ID),
        ("platform.gzh.secret", sandbox::OFFICIAL_PLATFORM_SECRET),
    ]);
    authorise(&server);
    let (staff, article) = (server.salesperson(1, "lina"), an_article(&server));
    let link = relate(article, &staff, None, 1);
    let enter = |code: &str, state: &str| {
        let appid = sandbox::AUTHORISED_OFFICIAL_APP_ID;
        server.api.get(LOGIN, &[("code", code), ("state", state), ("relate", &link), ("appid", appid)])
    };
    let asked = enter("lan.base.1", "snsapi_base");
    let page = asked.ok()["authorize_url"].as_str().expect("a page");
    assert!(
        page.contains("appid=wx75d2f09b4e81ac36&") && page.contains("&component_appid=wx20c8e5f7a1b3d964#"),
        "{page}"
    );
    let lan = server.logged_in(Family::Customer, &enter("lan.info.2", "snsapi_userinfo"));
    assert_eq!(calls(&server, "/sns/oauth2/component/access_token").len(), 2);
    assert_eq!(count(&server, "article_reader", &format!("customer_id = {}", lan.user_id)), 1);
    let said = format!("SELECT group_concat(content) FROM chat_message WHERE customer_id = {}", lan.user_id);
    let said = server.select(&said).to_string();
    assert!(said.contains("【云杉平台号】") && said.contains("imgs/pingtai.png"), "as WeChat told of it: {said}");
    log_in(&server, "lan.info.3", "snsapi_userinfo", &link).refused(301);
}

/// What the platform's events would have stored: the ticket, and the authorisation of the official account.
pub fn authorise(server: &Server) {
    let connection = Connection::open(server.data().join("leida.db")).expect("the data base");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a busy timeout");
    connection
        .execute(
            "INSERT OR REPLACE INTO platform_ticket VALUES ('gzh', ?1, ?2)",
            (sandbox::OFFICIAL_PLATFORM_TICKET, now_ms()),
        )
        .expect("the ticket");
    connection
        .execute(
            "INSERT INTO platform_authorizer (company_id, platform, app_id, refresh_token, created_at)
             VALUES (1, 'gzh', ?1, ?2, ?3)",
            (sandbox::AUTHORISED_OFFICIAL_APP_ID, sandbox::AUTHORISED_OFFICIAL_REFRESH_TOKEN, now_ms()),
        )
        .expect("the authorisation");
    connection
        .execute(
            "INSERT INTO platform_account (company_id, platform, app_id, name, qr_code, created_at)
             VALUES (1, 'gzh', ?1, '云杉平台号', 'statics/zhugeleida/imgs/pingtai.png', ?2)",
            (sandbox::AUTHORISED_OFFICIAL_APP_ID, now_ms()),
        )
        .expect("what WeChat tells of it");
}
