//! A case from the back office to the radar: it is written and published, customers find, read, praise, collect and
//! comment, the salesperson sees it, and what is withdrawn is gone.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, soon};

const CASES: &str = "/zhugeleida/xiaochengxu/case_manage/case_list";
const DIARIES: &str = "/zhugeleida/xiaochengxu/diary_manage/diary_list";
const VISITED: &str = "/zhugeleida/xiaochengxu/case_manage/browse_case_list_record";
const COLLECTED: &str = "/zhugeleida/xiaochengxu/case_manage/collection_case_list_record";

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    actor.post(&format!("/zhugeleida/{path}"), &Form::of(Encoding::Json, fields.as_object().expect("fields")))
}

#[track_caller]
fn made(office: &Actor, path: &str, fields: &Value) -> i64 {
    let reply = post(office, path, fields);
    reply.ok()["id"].as_i64().unwrap_or_else(|| panic!("no id\n{}", reply.story()))
}

/// One field of every row, in order.
#[track_caller]
fn shown(reply: &Reply, field: &str) -> Vec<Value> {
    let rows = reply.ok()["ret_data"].as_array().expect("rows").iter();
    rows.map(|row| row[field].clone()).collect()
}

fn cases(customer: &Actor, query: &[(&str, &str)]) -> Reply {
    customer.get(CASES, query)
}

#[track_caller]
fn one(customer: &Actor, path: &str, name: &str, id: i64) -> Value {
    customer.get(path, &[(name, &id.to_string())]).ok()["ret_data"][0].clone()
}

fn comments(customer: &Actor, diary: i64) -> Vec<Value> {
    shown(&customer.get(&format!("/zhugeleida/xiaochengxu/diary_manage/diary_id_review_list/{diary}"), &[]), "content")
}

/// What a salesperson's radar shows of cases and diaries, oldest first.
fn radar(staff: &Actor, customer: &Actor) -> Vec<String> {
    let reply = staff.get("/zhugeleida/qiyeweixin/action/time", &[("customer_id", &customer.id()), ("length", "100")]);
    let lines = shown(&reply, "log");
    let lines = lines.iter().rev().map(|line| line.as_str().expect("a line").to_owned());
    lines.filter(|line| line.contains("日记")).collect()
}

/// Every counter is what counting the rows gives.
#[track_caller]
fn recount(server: &Server) {
    for (table, counter, rows) in [
        ("case_study", "read_count", "count(*) FROM case_visit WHERE case_id"),
        ("case_study", "collection_count", "count(*) FROM case_collection WHERE case_id"),
        ("diary", "read_count", "coalesce(sum(readings), 0) FROM diary_reading WHERE diary_id"),
        ("diary", "praise_count", "count(*) FROM diary_praise WHERE diary_id"),
        ("diary", "comment_count", "count(*) FROM diary_comment WHERE status <> 2 AND diary_id"),
        ("case_tag", "search_count", "coalesce(sum(searches), 0) FROM case_tag_search WHERE tag_id"),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {counter} <> (SELECT {rows} = {table}.id)");
        assert_eq!(server.select(&sql), 0, "{table}.{counter}");
    }
}

struct Told {
    tag: i64,
    case: i64,
    first: i64,
    second: i64,
}

/// The back office writes a case with a tag and two diaries, and publishes it.
fn tell(office: &Actor, customer: &Actor) -> Told {
    let tag = made(office, "admin/case_tag/add/0", &json!({ "name": "餐饮连锁" }));
    post(office, "admin/case_tag/add/0", &json!({ "name": "餐饮连锁" })).refused(300);
    post(office, "admin/case_manage/add/0", &json!({ "status": 1 })).refused(301);
    let bad = json!({ "customer_name": "坏案例", "cover_picture": "no json" });
    assert!(post(office, "admin/case_manage/add/0", &bad).refused(301).data["cover_picture"].is_array());
    let cover = json!(["statics/zhugeleida/imgs/demo/product-1.jpg"]);
    let draft = json!({ "customer_name": "小满面馆", "cover_picture": cover, "tag_list": [tag] });
    let case = made(office, "admin/case_manage/add/0", &draft);
    post(office, "admin/case_manage/add/0", &draft).refused(300);
    let diary = |title: &str, date: &str| json!({ "case_id": case, "title": title, "diary_date": date, "status": 1, "content": "[{\"type\": \"content\"}]" });
    let first = made(office, "admin/diary_manage/add/0", &diary("开张", "2026-01-05 10:00:00"));
    let second = made(office, "admin/diary_manage/add/0", &diary("满月", "2026-02-05 09:30:00"));
    let vague = json!({ "case_id": case, "title": "何时", "diary_date": "someday" });
    post(office, "admin/diary_manage/add/0", &vague).refused(301);

    cases(customer, &[("case_id", &case.to_string())]).refused(302);
    customer.get(DIARIES, &[("diary_id", &first.to_string())]).refused(302);
    assert!(!shown(&cases(customer, &[]), "case_id").contains(&case.into()), "not published yet");
    post(office, &format!("admin/case_manage/update/{case}"), &json!({ "status": 1 })).ok();
    Told { tag, case, first, second }
}

#[test]
fn a_case_goes_from_the_back_office_to_the_radar() {
    let server = Server::demo();
    let (office, lina) = (server.admin(), server.staff("lina"));
    let (customer, friend) = (server.customer(&lina, "顾客甲"), server.customer(&lina, "顾客乙"));
    let told = tell(&office, &customer);
    let (case, diary) = (told.case.to_string(), told.second.to_string());

    // A customer looks around: the home page, a search, the case, its diaries.
    let newest = cases(&customer, &[]).ok()["ret_data"][0].clone();
    let seen = [&newest["case_id"], &newest["customer_name"], &newest["last_diary_data"]["diary_id"]];
    assert_eq!(seen, [&json!(told.case), &json!("小满面馆"), &json!(told.second)], "the last updated comes first");
    let found = cases(&customer, &[("search_tag_id", &told.tag.to_string())]);
    assert_eq!((shown(&found, "case_id"), &found.data["data_count"]), (vec![told.case.into()], &json!(1)));
    assert_eq!(found.data["ret_data"][0]["tag_list"], json!([{ "id": told.tag, "name": "餐饮连锁" }]));
    cases(&customer, &[("search_tag_id", &told.tag.to_string())]).ok();
    let history = customer.get("/zhugeleida/xiaochengxu/case_tag/history_case_list", &[]);
    assert_eq!(shown(&history, "name"), [json!("餐饮连锁")], "each once");
    let row = one(&customer, CASES, "case_id", told.case);
    assert_eq!(
        (&row["read_count"], &row["cover_picture"]),
        (&json!(1), &json!("[\"statics/zhugeleida/imgs/demo/product-1.jpg\"]"))
    );
    one(&customer, CASES, "case_id", told.case);
    let diaries = customer.get(DIARIES, &[("case_id", &case)]);
    assert_eq!(shown(&diaries, "title"), [json!("满月"), json!("开张")]);
    assert_eq!(shown(&diaries, "interval_days"), [31, 0]);

    let read = one(&customer, DIARIES, "diary_id", told.second);
    let read = [&read["read_count"], &read["is_praise_diary"], &read["is_praise_diary_text"], &read["content"]];
    assert_eq!(read, [&json!(1), &json!(0), &json!("未点赞"), &json!("[{\"type\": \"content\"}]")]);
    one(&customer, DIARIES, "diary_id", told.second);
    customer.get(DIARIES, &[]).ok();
    let lines = radar(&lina, &customer);
    let expected = [
        "顾客甲首次查看您的日记首页, 沟通从此刻开始",
        "顾客甲查看您的日记首页第2次, 把握深度交流的机会",
        "顾客甲首次查看您的日记《满月》, 沟通从此刻开始",
        "顾客甲查看您的日记《满月》第2次, 把握深度交流的机会",
        "顾客甲查看您的日记首页第3次, 建议标注重点客户",
    ];
    assert_eq!(lines, expected, "the first look at the home page was before the case was published");

    praise_and_collect(&customer, &friend, &told);
    recount(&server);
    they_comment(&server, &office, &customer, &friend, &told);
    recount(&server);
    let visited = customer.get(VISITED, &[]);
    assert_eq!(
        (shown(&visited, "case_id"), &visited.data["data_count"]),
        (vec![told.case.into(); 2], &json!(2)),
        "a row a visit"
    );
    let page = customer.get(VISITED, &[("length", "1"), ("current_page", "2")]);
    assert_eq!((shown(&page, "case_id").len(), &page.data["data_count"]), (1, &json!(2)));

    // Withdrawn, deleted.
    let id = |reply: &Reply| shown(reply, "diary_id");
    post(&office, &format!("admin/diary_manage/update/{diary}"), &json!({ "status": 2 })).ok();
    customer.get(DIARIES, &[("diary_id", &diary)]).refused(302);
    assert_eq!(id(&customer.get(DIARIES, &[("case_id", &case)])), [told.first]);
    let row = one(&customer, CASES, "case_id", told.case);
    let left = [&row["last_diary_data"]["title"], &row["up_count"], &row["comment_count"]];
    assert_eq!(left, [&json!("开张"), &json!(0), &json!(0)], "what is withdrawn is not counted");
    post(&office, &format!("admin/diary_manage/delete/{}", told.first), &json!({})).ok();
    assert_eq!(one(&customer, CASES, "case_id", told.case)["last_diary_data"], json!({}));
    post(&office, &format!("admin/case_manage/update/{case}"), &json!({ "status": 2 })).ok();
    for (who, list) in [(&customer, VISITED), (&friend, COLLECTED)] {
        assert_eq!(who.get(list, &[]).ok(), &json!({ "ret_data": [], "data_count": 0 }), "withdrawn");
    }
    post(&office, &format!("admin/case_manage/update/{case}"), &json!({ "status": 1 })).ok();
    assert_eq!(shown(&friend.get(COLLECTED, &[]), "case_id"), [told.case], "it is back");
    post(&office, &format!("admin/case_manage/delete/{case}"), &json!({})).ok();
    post(&office, &format!("admin/case_manage/delete/{case}"), &json!({})).refused(302);
    for (who, list) in [(&customer, VISITED), (&friend, COLLECTED)] {
        assert_eq!(who.get(list, &[]).ok(), &json!({ "ret_data": [], "data_count": 0 }), "deleted");
    }
    cases(&customer, &[("case_id", &case)]).refused(302);
    assert_eq!(server.select(&format!("SELECT count(*) FROM diary WHERE case_id = {case}")), 0);
    let noted = "SELECT count(*) FROM audit_log WHERE action LIKE 'case_manage.%' AND detail LIKE '%小满面馆%'";
    assert_eq!(server.select(noted), 7, "added, changed five times, deleted");
    recount(&server);
}

/// Once each, whatever is repeated.
fn praise_and_collect(customer: &Actor, friend: &Actor, told: &Told) {
    let praise = format!("xiaochengxu/diary_manage/praise_diary/{}", told.second);
    let first = post(customer, &praise, &json!({}));
    let expected = json!({ "up_count": 1, "is_praise_diary": 1, "is_praise_diary_text": "已赞过此日记" });
    assert_eq!((first.ok(), first.msg.as_str()), (&expected, "记录成功"));
    let again = post(customer, &praise, &json!({}));
    assert_eq!((again.refused(302).msg.as_str(), &again.data), ("已经点过赞了", &expected));
    let row = one(friend, DIARIES, "diary_id", told.second);
    assert_eq!((&row["up_count"], &row["is_praise_diary"]), (&json!(1), &json!(0)), "somebody else's praise");

    let collect = "xiaochengxu/case_manage/collection_case";
    for (who, status, text) in [
        (customer, 1, "已收藏此案例"),
        (customer, 1, "已收藏"),
        (friend, 1, "已收藏此案例"),
        (customer, 0, "未收藏"),
        (customer, 0, "未收藏"),
    ] {
        let reply = post(who, collect, &json!({ "case_id": told.case, "status": status }));
        assert_eq!(reply.ok(), &json!({ "status": status, "status_text": text }));
    }
    assert_eq!(customer.get(COLLECTED, &[]).ok()["data_count"], 0);
    assert_eq!(shown(&friend.get(COLLECTED, &[]), "case_id"), [told.case]);
    let row = cases(customer, &[]).ok()["ret_data"][0].clone();
    let marks = [&row["collection_count"], &row["is_collection_case"], &row["is_praise_diary"], &row["up_count"]];
    assert_eq!(marks, [&json!(1), &json!(0), &json!(1), &json!(1)]);
}

/// What is written waits for the back office, unless the company wants it otherwise.
fn they_comment(server: &Server, office: &Actor, customer: &Actor, friend: &Actor, told: &Told) {
    let diary = told.second;
    let review = format!("xiaochengxu/diary_manage/review_diary/{diary}");
    let say = |who: &Actor, words: &str| post(who, &review, &json!({ "content": words }));
    say(customer, "  ").refused(301);
    say(customer, &"长".repeat(501)).refused(301);
    say(customer, "面很好吃").ok();
    say(friend, "广告").ok();
    assert_eq!((comments(customer, diary), comments(friend, diary)), (vec!["面很好吃".into()], vec!["广告".into()]));
    let waiting = office.get("/zhugeleida/admin/comment_manage", &[("diary_id", &diary.to_string()), ("status", "0")]);
    assert_eq!(shown(&waiting, "content"), ["广告", "面很好吃"]);
    let ids: Vec<_> = shown(&waiting, "id");
    let audit = |id: &Value, status: i64| {
        post(office, &format!("admin/comment_manage/update/{id}"), &json!({ "status": status }))
    };
    let counted = || one(customer, DIARIES, "diary_id", diary)["comment_count"].clone();
    assert_eq!(counted(), 2);
    audit(&ids[0], 3).refused(301);
    audit(&ids[0], 2).ok();
    audit(&ids[1], 1).ok();
    assert_eq!(
        (comments(customer, diary), comments(friend, diary)),
        (vec!["面很好吃".into()], vec!["面很好吃".into()])
    );
    assert_eq!(counted(), 1, "what was refused is not counted");
    audit(&ids[0], 1).ok();
    assert_eq!(counted(), 2);
    post(office, &format!("admin/comment_manage/delete/{}", ids[0]), &json!({})).ok();
    assert_eq!((counted(), comments(customer, diary)), (json!(1), vec!["面很好吃".into()]));

    post(office, &format!("admin/case_manage/update/{}", told.case), &json!({ "is_open_comment": 0 })).ok();
    say(friend, "还有吗").refused(305);
    post(office, &format!("admin/case_manage/update/{}", told.case), &json!({ "is_open_comment": 1 })).ok();
    server.run(&["settings", "set", "company.1.comments.without_audit", "true"]);
    soon("the setting is followed", || {
        say(friend, "马上看见").ok();
        comments(customer, diary).contains(&"马上看见".into()).then_some(())
    });
}

#[test]
fn the_radar_is_the_salespersons_whom_the_customer_has_to_do_with() {
    let server = Server::demo();
    let (lina, zhangwei, chenjie) = (server.staff("lina"), server.staff("zhangwei"), server.staff("chenjie"));
    let stranger = server.visitor(1, "路人");
    let before = server.select("SELECT count(*) FROM radar_log");
    let relations = server.select("SELECT count(*) FROM relation");
    stranger.get(CASES, &[]).ok();
    stranger.get(CASES, &[("uid", &lina.id())]).ok();
    stranger.get(DIARIES, &[]).ok();
    assert_eq!(server.select("SELECT count(*) FROM radar_log"), before, "nobody's customer is nobody's business");
    assert_eq!(server.select("SELECT count(*) FROM relation"), relations);

    let customer = server.customer(&lina, "两边");
    customer.bind(&zhangwei).ok();
    customer.on_card("", &zhangwei).ok();
    let count = |staff: &Actor| radar(staff, &customer).len();
    customer.get(CASES, &[]).ok();
    assert_eq!((count(&lina), count(&zhangwei)), (0, 1), "the last turned to");
    customer.get(CASES, &[("uid", &lina.id())]).ok();
    assert_eq!((count(&lina), count(&zhangwei)), (1, 1), "the one named");
    customer.get(CASES, &[("uid", &chenjie.id())]).ok();
    assert_eq!((count(&lina), count(&zhangwei), count(&chenjie)), (1, 1, 0), "one the customer does not know");
    customer.get(CASES, &[("current_page", "2")]).ok();
    customer.get(DIARIES, &[("current_page", "2")]).ok();
    assert_eq!((count(&lina), count(&zhangwei)), (1, 1), "turning pages is no new visit");
    assert_eq!(radar(&lina, &customer), ["两边首次查看您的日记首页, 沟通从此刻开始"]);
}

#[test]
fn the_shared_address_knows_customers_and_the_back_office_apart() {
    let server = Server::demo();
    let (office, lina) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&lina, "顾客丙");
    let list = "/zhugeleida/admin/diary_manage/diary_list";
    let drafts =
        "SELECT min(diary.id) FROM diary JOIN case_study ON case_study.id = case_id WHERE case_study.status = 2";
    let draft = server.select(drafts);
    let all = server.select("SELECT count(*) FROM diary WHERE company_id = 1");
    assert_eq!(office.get(list, &[]).ok()["data_count"], all);
    assert!(customer.get(list, &[]).ok()["data_count"].as_i64() < all.as_i64());
    let reads = || server.select(&format!("SELECT read_count FROM diary WHERE id = {draft}"));
    office.get(list, &[("diary_id", &draft.to_string())]).ok();
    assert_eq!(reads(), 0, "the back office is no reader");
    customer.get(list, &[("diary_id", &draft.to_string())]).refused(302);
    lina.get(list, &[]).refused(400);
    office.get(DIARIES, &[]).refused(400);
}

#[test]
fn counters_follow_customers_who_are_deleted() {
    let server = Server::demo();
    let path = server.data().join("leida.db");
    let deleted = {
        let connection = rusqlite::Connection::open(path).expect("the database");
        connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a busy timeout");
        connection.execute_batch("PRAGMA foreign_keys = ON").expect("foreign keys");
        connection
            .execute("DELETE FROM customer WHERE id IN (SELECT customer_id FROM diary_comment)", [])
            .expect("customers go with everything below them")
    };
    assert!(deleted > 0);
    assert_eq!(server.select("SELECT count(*) FROM diary_comment"), 0);
    recount(&server);
}
