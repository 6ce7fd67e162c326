//! Articles: written and published, read, passed on over four levels, commented, signed up for.

use serde_json::{Value, json};

use crate::support::{Actor, Form, Reply, Server};

const READER: &str = "/zhugeleida/gongzhonghao/article";

fn office(admin: &Actor, path: &str, fields: &Value) -> Reply {
    let form = Form::of(crate::support::Encoding::Urlencoded, fields.as_object().expect("fields"));
    admin.post(&format!("/zhugeleida/admin/{path}"), &form)
}

fn id_of(reply: &Reply, name: &str) -> i64 {
    let data = reply.ok();
    data[name].as_i64().or_else(|| data[0][name].as_i64()).unwrap_or_else(|| panic!("no {name}\n{}", reply.story()))
}

/// Opens an article by a link; the access row.
fn open(reader: &Actor, article: i64, staff: &Actor, parent: Option<&Actor>) -> String {
    let parent = parent.map_or_else(String::new, Actor::id);
    let reply = reader.get(&format!("{READER}/myarticle/{article}"), &[("uid", &staff.id()), ("pid", &parent)]);
    reply.ok()["article_access_log_id"].as_i64().unwrap_or_else(|| panic!("{}", reply.story())).to_string()
}

/// Lets a page have been open so long, and tells that it still is.
fn stay(server: &Server, reader: &Actor, article: i64, staff: &Actor, access: &str, seconds: i64) {
    for _ in 0..seconds / 5 {
        let sql = format!("UPDATE article_access SET last_at = last_at - 5000 WHERE id = {access}");
        let database = rusqlite::Connection::open(server.data().join("leida.db")).expect("the database");
        database.busy_timeout(std::time::Duration::from_secs(5)).expect("patience");
        database.execute(&sql, []).expect("time passes");
        let query = [("uid", staff.id()), ("pid", String::new()), ("article_access_log_id", access.to_owned())];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        reader.get(&format!("{READER}/staytime/{article}"), &query).ok();
    }
}

fn publish(admin: &Actor, title: &str, more: &Value) -> i64 {
    let mut fields = json!({ "title": title, "content": format!("<p>{title}</p>") });
    let more = more.as_object().expect("fields").clone();
    fields.as_object_mut().expect("an object").extend(more);
    id_of(&office(admin, "article/add/0", &fields), "article_id")
}

#[test]
fn an_article_is_written_read_and_commented_on() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.salesperson(1, "lina"));
    let (reader, other) = (server.customer(&staff, "读者甲"), server.customer(&staff, "读者乙"));
    let nobody = server.visitor(1, "niemand");
    let written = json!({
        "content": "<p style=\"color:red\">您好<script>alert(1)</script></p><img src=x onerror=alert(1)>",
        "insert_ads": r#"{"mingpian": true, "type": "mingpian"}"#,
    });
    let article = publish(&admin, "新文章", &written);
    office(&admin, "article/add/0", &json!({ "title": "新文章", "content": "x" })).refused(300);
    let shown = reader.get(&format!("{READER}/myarticle/{article}"), &[("uid", &staff.id()), ("pid", "")]);
    let content = shown.ok()["ret_data"][0]["content"].as_str().expect("the content").to_owned();
    assert!(content.contains("您好") && content.contains("color:red"), "{content}");
    assert!(!content.contains("script") && !content.contains("onerror"), "{content}");
    let card: Value =
        serde_json::from_str(shown.data["ret_data"][0]["insert_ads"].as_str().expect("a text")).expect("JSON");
    assert_eq!(card["username"], server.select(&format!("SELECT card_name FROM staff WHERE id = {}", staff.user_id)));
    // Who has not said their name is counted, and not on the radar.
    open(&nobody, article, &staff, None);
    let lines = format!(
        "SELECT count(*) FROM radar_log WHERE action = 14 AND text LIKE '%新文章%' AND staff_id = {}",
        staff.user_id
    );
    assert_eq!(server.select(&lines), 1);
    assert_eq!(server.select(&format!("SELECT read_count FROM article WHERE id = {article}")), 2);
    let source = format!("SELECT source FROM relation WHERE customer_id = {}", nobody.user_id);
    assert_eq!(server.select(&source), 4, "bound by the article");
    // Passed on, to a friend and to everybody.
    for kind in ["1", "2", "2"] {
        reader
            .get(&format!("{READER}/forward_article/{article}"), &[("uid", &staff.id()), ("forward_type", kind)])
            .ok();
    }
    let forwards =
        format!("SELECT friend_forward_count * 10 + moments_forward_count FROM article WHERE id = {article}");
    assert_eq!(server.select(&forwards), 12);
    assert_eq!(server.select("SELECT count(*) FROM radar_log WHERE action = 16 AND text LIKE '%新文章%朋友圈%'"), 2);
    // A comment waits until it has been audited; its writer sees it at once.
    let form = Form::urlencoded().with("content", "写得好");
    reader.post(&format!("{READER}/review_article/{article}"), &form).ok();
    let comments =
        |of: &Actor| of.get(&format!("{READER}/article_review_list/{article}"), &[]).ok()["data_count"].clone();
    assert_eq!((comments(&reader), comments(&other)), (json!(1), json!(0)));
    let waiting =
        admin.get("/zhugeleida/admin/article_review", &[("article_id", &article.to_string()), ("status", "0")]);
    let comment = waiting.ok()["ret_data"][0]["id"].as_i64().expect("a comment");
    office(&admin, &format!("article_review/update/{comment}"), &json!({ "status": 1 })).ok();
    assert_eq!((comments(&reader), comments(&other)), (json!(1), json!(1)));
    office(&admin, &format!("article_review/delete/{comment}"), &json!({})).ok();
    assert_eq!((comments(&reader), comments(&other)), (json!(0), json!(0)));
    // The others are recommended, most read first; a deleted one is nowhere.
    let recommended = || {
        let query = [("uid", staff.id()), ("company_id", "1".to_owned())];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        reader.get(&format!("{READER}/recommend_article_list/{article}"), &query)
    };
    let list = recommended();
    let reads: Vec<_> =
        list.ok()["ret_data"].as_array().expect("rows").iter().map(|row| row["read_count"].as_i64()).collect();
    assert_eq!((reads.len(), &list.data["data_count"]), (3, &json!(5)), "{}", list.story());
    assert!(reads.is_sorted_by(|a, b| a >= b), "{reads:?}");
    office(&admin, &format!("article/delete/{article}"), &json!({})).ok();
    recommended().refused(302);
    reader.get(&format!("{READER}/myarticle/{article}"), &[]).refused(302);
}

#[test]
fn an_article_spreads_over_four_levels() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.salesperson(1, "lina"));
    let tag =
        id_of(&office(&admin, "article_tag/add/0", &json!({ "tag_name": "耐心", "reading_seconds": 20 })), "tag_id");
    let article = publish(&admin, "传开了", &json!({ "tags_id_list": format!("[{tag}]") }));
    let people: Vec<_> = ["一", "二", "三", "四", "五", "六", "七"].map(|name| server.customer(&staff, name)).into();
    // Reader, whose link it was, seconds: 一 and 二 have it from the staff member.
    let readings: [(usize, Option<usize>, i64); 9] = [
        (0, None, 10),
        (1, None, 30),
        (2, Some(0), 15),
        (3, Some(0), 25),
        (4, Some(1), 5),
        (5, Some(3), 20),
        (6, Some(5), 10),
        // 三 gives it back to 一, and 一 to 三 again: a place on the third level, nothing new on the second.
        (0, Some(2), 5),
        (2, Some(0), 15),
    ];
    for (reader, parent, seconds) in readings {
        let access = open(&people[reader], article, &staff, parent.map(|parent| &people[parent]));
        stay(&server, &people[reader], article, &staff, &access, seconds);
    }
    // Nobody is bound to themself.
    open(&people[0], article, &staff, Some(&people[0]));
    let level = |level: &str| {
        let path = format!("/zhugeleida/qiyeweixin/article/customer_effect_ranking_by_level/{article}");
        let reply = staff.get(&path, &[("level", level)]);
        let rows = reply.ok()["ret_data"].as_array().expect("rows").clone();
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                (row["customer_name"].as_str().expect("a name").to_owned(), row["stay_time"].as_i64().expect("a time"))
            })
            .collect();
        let count = reply.data["count"].as_i64();
        (rows, count, reply.data["level_num"].as_i64())
    };
    let named = |rows: &[(&str, i64)]| -> Vec<(String, i64)> {
        rows.iter().map(|(name, time)| ((*name).to_owned(), *time)).collect()
    };
    assert_eq!(level("0"), (named(&[("二", 30), ("一", 10)]), Some(2), Some(4)));
    assert_eq!(level("2"), (named(&[("三", 30), ("四", 25), ("五", 5)]), Some(3), Some(4)));
    assert_eq!(level("3"), (named(&[("六", 20), ("一", 5)]), Some(2), Some(4)));
    assert_eq!(level("4"), (named(&[("七", 10)]), Some(1), Some(4)));
    assert_eq!(level("5"), (vec![], Some(0), Some(4)));
    // The tag went to those who stayed twenty seconds in one place.
    let tagged = "SELECT group_concat(nickname, '') FROM (SELECT nickname FROM relation_tag JOIN tag ON tag.id = tag_id
         JOIN relation ON relation.id = relation_id JOIN customer ON customer.id = customer_id
         WHERE tag.name = '耐心' ORDER BY customer.id)";
    assert_eq!(server.select(tagged), "二三四六");
    // The back office sees the same, as figures, as a list and as a tree.
    let spread =
        |what: &str, query: &[(&str, &str)]| admin.get(&format!("/zhugeleida/admin/article/{what}/{article}"), query);
    let summary = spread("summary", &[]);
    let summary = &summary.ok()["ret_data"];
    assert_eq!((&summary["reader_num"], &summary["read_count"]), (&json!(7), &json!(10)), "{summary}");
    let levels: Vec<_> =
        summary["level_list"].as_array().expect("levels").iter().map(|row| row["reader_num"].clone()).collect();
    assert_eq!(levels, [2, 3, 2, 1]);
    assert_eq!(summary["staff_list"][0]["uid"], staff.user_id);
    let readers = spread("readers", &[("level", "3"), ("order", "-stay"), ("length", "1")]);
    let row = &readers.ok()["ret_data"][0];
    assert_eq!(
        (&row["customer_name"], &row["stay_time"], &row["parent_name"], &readers.data["data_count"]),
        (&json!("六"), &json!(20), &json!("四"), &json!(2))
    );
    assert_eq!(spread("readers", &[("search", "四")]).ok()["data_count"], 1);
    let tree = spread("tree", &[("uid", &staff.id())]);
    let root = &tree.ok()["ret_data"];
    assert_eq!((&root["kind"], &root["id"]), (&json!("staff"), &json!(staff.user_id)), "{root}");
    let mut names = Vec::new();
    let mut below: Vec<&Value> = root["children"].as_array().expect("children").iter().collect();
    while let Some(node) = below.pop() {
        names.push(node["name"].as_str().expect("a name").to_owned());
        below.extend(node["children"].as_array().expect("children"));
    }
    names.sort_unstable();
    assert_eq!(names, ["一", "一", "七", "三", "二", "五", "六", "四"], "eight places, seven people");
    // Time that did not pass is not counted, and nobody counts on another's row.
    let access = open(&people[6], article, &staff, None);
    let path = format!("{READER}/staytime/{article}");
    let query = [("uid", staff.id()), ("article_access_log_id", access.clone())];
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..20 {
        people[6].get(&path, &query).ok();
    }
    let counted = server.select(&format!("SELECT stay FROM article_access WHERE id = {access}"));
    assert!(counted.as_i64().expect("a time") < 5000, "{counted}");
    people[0].get(&path, &query).refused(302);
    let link = people[2].get(
        "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/create_gongzhonghao_share_auth_url",
        &[("uid", &staff.id()), ("level", "2"), ("article_id", &article.to_string()), ("company_id", "1")],
    );
    let url = link.ok()["share_url"].as_str().expect("a link").to_owned();
    assert!(url.contains(&format!("pid_{}%257Clevel_3%257Cuid_{}", people[2].user_id, staff.user_id)), "{url}");
}

#[test]
fn signing_up_counts_each_phone_number_once() {
    let server = Server::demo();
    let (admin, staff) = (server.admin(), server.salesperson(1, "lina"));
    let reader = server.customer(&staff, "报名人");
    let plugin = json!({ "title": "开放日", "ad_slogan": "来", "sign_up_button": "报名", "introduce": "说明" });
    let activity = id_of(&office(&admin, "plugin_report/add/0", &plugin), "id");
    office(&admin, "plugin_report/add/0", &plugin).refused(300);
    let ad = json!({ "insert_ads": json!({ "type": "baoming", "id": activity }).to_string() });
    let article = publish(&admin, "开放日来了", &ad);
    for _ in 0..3 {
        open(&reader, article, &staff, None);
    }
    let sign_up = |by: &Actor, family: &str, phone: &str| {
        let form =
            Form::urlencoded().with("customer_name", "孙先生").with("phone", phone).with("leave_message", "期待");
        by.post(&format!("/zhugeleida/{family}/plugin_report/sign_up_activity/{activity}"), &form)
    };
    sign_up(&reader, "gongzhonghao", "13800138000").ok();
    sign_up(&reader, "gongzhonghao", "138-0013-8000").ok();
    sign_up(&reader, "admin", "13800138000").ok();
    sign_up(&admin, "admin", "13900139000").ok();
    sign_up(&reader, "gongzhonghao", "电话").refused(301);
    let list = admin.get("/zhugeleida/admin/plugin_report", &[]);
    let row = &list.ok()["ret_data"][0];
    let figures = (&row["read_count"], &row["join_num"], &row["convert_pr"], row["name_list"].as_array().map(Vec::len));
    assert_eq!(figures, (&json!(3), &json!(2), &json!("0.67"), Some(2)), "{row}");
    let lines = server.select("SELECT group_concat(text) FROM radar_log WHERE action = 17 AND text LIKE '%开放日%'");
    assert_eq!(lines, "报名参加了文章《开放日来了》的活动,具体详情在后台查看");
    office(&admin, &format!("plugin_report/delete/{activity}"), &json!({})).refused(300);
    office(&admin, &format!("article/delete/{article}"), &json!({})).ok();
    office(&admin, &format!("plugin_report/delete/{activity}"), &json!({})).ok();
    sign_up(&reader, "gongzhonghao", "13800138000").refused(301);
}

#[test]
fn redirects_lead_to_wechat_and_to_ourselves_only() {
    let server = Server::demo();
    let path = "/zhugeleida/gongzhonghao/work_gongzhonghao_auth/redirect_share_url";
    let lead = |target: &str| server.api.get(path, &[("share_url", target)]);
    for target in [
        "https://open.weixin.qq.com/connect/oauth2/authorize?a=b|c#wechat_redirect".to_owned(),
        format!("{}/docs", server.api.base()),
    ] {
        let reply = lead(&target);
        assert_eq!((reply.status, reply.header("location")), (302, target.as_str()));
    }
    for target in [
        "https://evil.example/",
        "//evil.example",
        "https://open.weixin.qq.com.evil.example/",
        "https://open.weixin.qq.com@evil.example/",
        "http://open.weixin.qq.com/",
        "https://open.weixin.qq.com\\@evil.example/",
        "https://open.weixin.qq.com/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
    ] {
        let reply = lead(target);
        assert_eq!((reply.code, reply.header("location")), (404, ""), "{target}\n{}", reply.story());
    }
}
