//! The back office looks at customers: the list, one of them, what happened with them, their tags.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server};

fn get(office: &Actor, path: &str, query: &[(&str, &str)]) -> Reply {
    office.get(&format!("/zhugeleida/admin/{path}"), query)
}

fn post(office: &Actor, path: &str, fields: &Value) -> Reply {
    office.post(&format!("/zhugeleida/admin/{path}"), &Form::of(Encoding::Json, fields.as_object().unwrap()))
}

/// A staff member's own doing.
fn by_staff(staff: &Actor, path: &str, fields: &Value) {
    let form = Form::of(Encoding::Urlencoded, fields.as_object().unwrap());
    staff.post(&format!("/zhugeleida/qiyeweixin/{path}"), &form).ok();
}

fn rows(reply: &Reply) -> Vec<Value> {
    reply.ok()["ret_data"].as_array().unwrap_or_else(|| panic!("no list\n{}", reply.story())).clone()
}

/// All rows under a filter, page by page; their number must be the count.
#[track_caller]
fn all(office: &Actor, filter: &[(&str, &str)]) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let page = page.to_string();
        let query: Vec<_> = filter.iter().copied().chain([("current_page", page.as_str()), ("length", "7")]).collect();
        let reply = get(office, "customer", &query);
        let more = rows(&reply);
        if more.is_empty() {
            assert_eq!(reply.data["data_count"], all.len(), "{filter:?}");
            return all;
        }
        all.extend(more);
    }
    unreachable!()
}

/// A member as text, of each row.
fn column(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().map_or_else(|| row[name].to_string(), ToOwned::to_owned)).collect()
}

#[test]
fn the_list_is_narrowed_and_sorted() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "列表里的客户");
    by_staff(
        &staff,
        &format!("customer/update_information/{}", customer.user_id),
        &json!({ "memo_name": "老板娘", "phone": "13912345678" }),
    );
    customer.say(&staff, "在吗").ok();
    let newest = rows(&get(&office, "customer", &[("length", "1")]))[0].clone();
    assert_eq!(
        (&newest["customer_id"], &newest["username"], &newest["memo_name"], &newest["phone"], &newest["area"]),
        (
            &json!(customer.user_id),
            &json!("列表里的客户"),
            &json!("老板娘"),
            &json!("13912345678"),
            &json!("浙江 杭州")
        )
    );
    assert_eq!(
        (&newest["uid"], &newest["source_text"], &newest["message_count"]),
        (&json!(staff.user_id), &json!("扫码"), &json!(1))
    );

    let everybody = all(&office, &[]);
    assert_eq!(server.select("SELECT count(*) FROM relation WHERE company_id = 1"), everybody.len());
    for search in ["表里的", "老板", "139123"] {
        assert_eq!(column(&all(&office, &[("search", search)]), "customer_id"), [customer.id()], "{search}");
    }
    assert_eq!(all(&office, &[("search", "%")]), Vec::<Value>::new(), "wildcards are letters");
    let count =
        |condition: &str| server.select(&format!("SELECT count(*) FROM relation WHERE company_id = 1 AND {condition}"));
    let uid = staff.id();
    for (filter, condition) in [
        (vec![("uid", uid.as_str())], format!("staff_id = {uid}")),
        (vec![("source", "2")], "source = 2".to_owned()),
        (vec![("user_type", "1")], "user_type = 1".to_owned()),
        (
            vec![("uid", &uid), ("source", "1"), ("user_type", "2")],
            format!("staff_id = {uid} AND source = 1 AND user_type = 2"),
        ),
        (vec![("tag_id", "2")], "id IN (SELECT relation_id FROM relation_tag WHERE tag_id = 2)".to_owned()),
        (
            vec![("tag_id", "2"), ("source", "2")],
            "source = 2 AND id IN (SELECT relation_id FROM relation_tag WHERE tag_id = 2)".to_owned(),
        ),
    ] {
        let found = all(&office, &filter);
        assert!(!found.is_empty(), "{filter:?}");
        assert_eq!(count(&condition), found.len(), "{filter:?}");
    }
    let day = newest["create_date"].as_str().unwrap()[..10].to_owned();
    let today = all(&office, &[("create_date__gte", &day), ("create_date__lt", &day)]);
    let expected: Vec<_> =
        everybody.iter().filter(|row| row["create_date"].as_str().unwrap().starts_with(&day)).collect();
    assert_eq!(today.iter().collect::<Vec<_>>(), expected);
    assert_eq!(all(&office, &[("create_date__lt", "2000-01-01")]), Vec::<Value>::new());

    for key in ["create_date", "last_activity_time", "last_follow_time", "expedted_pr", "interest"] {
        let sorted = |order: &str| all(&office, &[("order", order)]);
        let value = |row: &Value| (row[key].as_i64(), row[key].as_str().map(ToOwned::to_owned));
        let up = sorted(key);
        assert!(up.is_sorted_by_key(value), "{key}: {:?}", column(&up, key));
        let down = sorted(&format!("-{key}"));
        assert_eq!(down.iter().rev().collect::<Vec<_>>(), up.iter().collect::<Vec<_>>(), "{key}");
    }
    for (name, value) in [
        ("order", "name"),
        ("order", "--interest"),
        ("source", "6"),
        ("user_type", "3"),
        ("length", "101"),
        ("uid", "x"),
        ("create_date__lt", "x"),
    ] {
        let refused = get(&office, "customer", &[(name, value)]);
        assert!(refused.refused(301).data[name].is_array(), "{}", refused.story());
    }
}

#[test]
fn one_customer_and_what_happened() {
    let server = Server::demo();
    let (office, lina, zhangwei) = (server.admin(), server.staff("lina"), server.staff("zhangwei"));
    let customer = server.customer(&lina, "有故事的客户");
    customer.bind(&zhangwei).ok();
    customer.on_card("praise", &lina).ok();
    customer.on_card("praise", &zhangwei).ok();
    customer.on_card("calling", &lina).ok();
    customer.on_card("calling", &lina).ok();
    customer.say(&lina, "多少钱").ok();
    lina.say(&customer, "九块九").ok();
    by_staff(&lina, &format!("follow_info/add/{}", customer.user_id), &json!({ "follow_info": "报了价" }));
    by_staff(&lina, &format!("customer/update_expected_pr/{}", customer.user_id), &json!({ "expedted_pr": "80" }));
    let good = server.select("SELECT id FROM good WHERE company_id = 1 AND status = 1 AND inventory > 1");
    let order = Form::urlencoded().with("u_id", customer.user_id).with("goodsId", good).with("uid", lina.user_id);
    customer.post("/zhugeleida/xiaochengxu/yuZhiFu", &order).ok();

    let single = get(&office, &format!("customer/single/{}", customer.user_id), &[]);
    let single = &single.ok()["ret_data"];
    assert_eq!(
        (&single["username"], &single["city"], &single["user_type"]),
        (&json!("有故事的客户"), &json!("杭州"), &json!(2))
    );
    let actions: Vec<_> =
        single["action_list"].as_array().unwrap().iter().map(|row| (&row["name"], &row["count"])).collect();
    assert!(
        actions.contains(&(&json!("拨打电话"), &json!(2))) && actions.contains(&(&json!("觉得靠谱"), &json!(2))),
        "{actions:?}"
    );
    assert!(actions.is_sorted_by_key(|(_, count)| -count.as_i64().unwrap()), "{actions:?}");
    let relations = single["relation_list"].as_array().unwrap();
    let with = |staff: &Actor| relations.iter().find(|row| row["uid"] == staff.user_id).expect("a relation");
    assert_eq!(relations.len(), 2);
    let (first, second) = (with(&lina), with(&zhangwei));
    assert_eq!(
        (&first["expedted_pr"], &first["staff_message_num"], &first["customer_message_num"], &first["superior_id"]),
        (&json!(80), &json!(1), &json!(1), &Value::Null)
    );
    assert!(first["interest"].as_i64() > second["interest"].as_i64(), "{single}");

    let path = format!("customer/timeline/{}", customer.user_id);
    let whole = rows(&get(&office, &path, &[("length", "100")]));
    let kinds: Vec<String> = column(&whole, "kind");
    for kind in ["radar", "follow", "chat", "order"] {
        assert!(kinds.iter().any(|one| one == kind), "no {kind} in {kinds:?}");
        let alone = rows(&get(&office, &path, &[("length", "100"), ("kind", kind)]));
        let expected: Vec<_> = whole.iter().filter(|row| row["kind"] == kind).collect();
        assert_eq!(alone.iter().collect::<Vec<_>>(), expected, "{kind}");
    }
    let moments = column(&whole, "create_date");
    assert!(moments.is_sorted_by(|newer, older| newer >= older), "{moments:?}");
    let said: Vec<_> = whole
        .iter()
        .filter(|row| row["kind"] == "chat")
        .map(|row| (&row["text"], &row["send_type"], &row["uid"]))
        .collect();
    assert_eq!(
        said[..2],
        [(&json!("九块九"), &json!(1), &json!(lina.user_id)), (&json!("多少钱"), &json!(2), &json!(lina.user_id))]
    );
    let bought = whole.iter().find(|row| row["kind"] == "order").unwrap();
    assert_eq!(
        (&bought["order_status"], &bought["action_name"], &bought["uid"]),
        (&json!(1), &json!("待付款"), &json!(lina.user_id))
    );
    assert!(bought["amount"].as_str().unwrap().contains('.'), "{bought}");
    let theirs = rows(&get(&office, &path, &[("length", "100"), ("uid", &zhangwei.id())]));
    let expected: Vec<_> = whole.iter().filter(|row| row["uid"] == zhangwei.user_id).collect();
    assert_eq!(theirs.iter().collect::<Vec<_>>(), expected);

    // Page by page it is the same, however long the pages are.
    for length in ["1", "3"] {
        let (mut pages, mut before) = (Vec::new(), String::new());
        loop {
            let reply = get(&office, &path, &[("length", length), ("before", &before)]);
            pages.extend(rows(&reply));
            before = reply.data["next"].as_str().unwrap().to_owned();
            if before.is_empty() {
                break;
            }
        }
        assert_eq!(pages, whole, "{length} a page");
    }
    for (name, value) in [("kind", "tea"), ("before", "1-2"), ("length", "0")] {
        get(&office, &path, &[(name, value)]).refused(301);
    }
    get(&office, "customer/single/987654321", &[]).refused(302);
    get(&office, "customer/timeline/987654321", &[]).refused(302);
    // Looking marks nothing as read.
    assert!(lina.history(&customer).len() > 1);
}

#[test]
fn tags_of_the_company_and_of_customers() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    let customer = server.customer(&staff, "待标记的客户");
    let add = |fields: Value| post(&office, "customer_tag/add/0", &fields);
    let group = add(json!({ "name": "行业" })).ok()["id"].clone();
    let tag = add(json!({ "name": "餐饮", "parent_id": group })).ok()["id"].clone();
    add(json!({ "name": "行业" })).refused(300);
    add(json!({ "name": "餐饮", "parent_id": group })).refused(300);
    add(json!({ "name": "零售", "parent_id": tag })).refused(302);
    add(json!({ "name": "  " })).refused(301);

    let own = server.select("SELECT id FROM tag WHERE staff_id = 1");
    let colleagues = server.select("SELECT id FROM tag WHERE staff_id = 2");
    let path = format!("customer/update_tag/{}", customer.user_id);
    let set = |tags: Value| post(&office, &path, &json!({ "uid": staff.user_id, "tag_list": tags }));
    set(json!([tag, own])).ok();
    let shown = || {
        let row = &rows(&get(&office, "customer", &[("search", "待标记的客户")]))[0];
        row["tag_list"].as_array().unwrap().iter().map(|tag| tag["id"].clone()).collect::<Vec<_>>()
    };
    let mut expected = vec![tag.clone(), own.clone()];
    expected.sort_by_key(Value::as_i64);
    assert_eq!(shown(), expected);
    set(json!([colleagues])).refused(301);
    set(json!([group])).refused(301);
    post(&office, &path, &json!({ "uid": staff.user_id })).refused(301);
    post(&office, &path, &json!({ "uid": server.staff("zhangwei").user_id, "tag_list": [] })).refused(302);
    assert_eq!(shown(), expected, "nothing of a bad one stays");

    let listed = || {
        let groups = rows(&get(&office, "customer/tags", &[]));
        groups.into_iter().flat_map(|group| group["tag_list"].as_array().unwrap().clone()).collect::<Vec<_>>()
    };
    let found = |id: &Value| listed().into_iter().find(|row| row["id"] == *id);
    let row = found(&tag).unwrap();
    assert_eq!((&row["uid"], &row["staff_name"], &row["customer_num"]), (&json!(0), &json!(""), &json!(1)));
    assert_eq!((&found(&own).unwrap()["uid"], &found(&own).unwrap()["staff_name"]), (&json!(1), &json!("李娜")));
    for tag in listed() {
        let filtered = get(&office, "customer", &[("tag_id", &tag["id"].to_string())]);
        assert_eq!(filtered.ok()["data_count"], tag["customer_num"], "{tag}");
    }

    post(&office, &format!("customer_tag/update/{tag}"), &json!({ "name": "餐饮业" })).ok();
    assert_eq!(found(&tag).unwrap()["name"], "餐饮业");
    post(&office, &format!("customer_tag/update/{tag}"), &json!({ "name": "重要客户" })).refused(300);
    post(&office, &format!("customer_tag/update/{own}"), &json!({ "name": "改" })).refused(302);
    post(&office, &format!("customer_tag/delete/{own}"), &json!({})).refused(302);
    post(&office, &format!("customer_tag/delete/{group}"), &json!({})).refused(304);
    post(&office, &format!("customer_tag/delete/{tag}"), &json!({})).ok();
    assert_eq!(shown(), [own], "who had it has it no more");
    post(&office, &format!("customer_tag/delete/{group}"), &json!({})).ok();
    post(&office, &format!("customer_tag/delete/{group}"), &json!({})).refused(302);
    set(json!([])).ok();
    assert_eq!(shown(), Vec::<Value>::new());
}
