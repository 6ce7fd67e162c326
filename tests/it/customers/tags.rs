//! A tag's life: made, bound, listed, replaced, removed.

use serde_json::{Value, json};

use super::{details, get, post};
use crate::support::{Actor, Server};

/// The tags in use, as `(name, number of customers, names listed)`.
#[track_caller]
fn in_use(staff: &Actor, query: &[(&str, &str)]) -> Vec<(String, i64, Vec<String>)> {
    let reply = get(staff, "tag_customer", query);
    let rows = reply.ok()["ret_data"].as_array().unwrap();
    assert_eq!(reply.data["ret_count"], rows.len());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names = |row: &Value| row["customer_list"].as_array().unwrap().iter().map(|row| text(&row["name"])).collect();
    rows.iter().map(|row| (text(&row["name"]), row["customer_num"].as_i64().unwrap(), names(row))).collect()
}

/// The groups, and the tags in them with whether they are the customer's.
#[track_caller]
fn groups(staff: &Actor, query: &[(&str, &str)]) -> Vec<(String, Vec<(String, bool)>)> {
    let reply = get(staff, "tag_list", query);
    let rows = reply.ok()["ret_data"].as_array().unwrap();
    assert_eq!(reply.data["tag_count"], rows.len());
    let tag = |row: &Value| (row["name"].as_str().unwrap().to_owned(), row["is_select"].as_bool().unwrap());
    let tags = |row: &Value| row["tags"].as_array().unwrap().iter().map(tag).collect();
    rows.iter().map(|row| (row["name"].as_str().unwrap().to_owned(), tags(row))).collect()
}

#[test]
fn a_tags_life() {
    let server = Server::demo();
    let staff = server.staff("lina");
    let own_in = |staff: &Actor| groups(staff, &[]).pop().expect("the own group");
    assert_eq!(own_in(&staff), ("自定义".to_owned(), vec![("老同学介绍".to_owned(), false)]));
    let customers: Vec<_> = (0..3).map(|n| server.customer(&staff, &format!("标签客户{n}"))).collect();
    let ids = |of: &[Actor]| of.iter().map(|customer| customer.user_id).collect::<Vec<_>>();

    // Made with customers.
    let add =
        |name: &str, list: Value| post(&staff, "tag_customer/add/0", &json!({ "name": name, "customer_list": list }));
    let tag = add("大客户", json!(ids(&customers[..2]))).ok()["id"].clone();
    assert_eq!(add("大客户", json!(ids(&customers))).refused(301).msg, "标签名已存在");
    add("重要客户", json!(ids(&customers))).refused(301);
    assert_eq!(add("空的", json!([])).refused(302).msg, "标签关联客户不能为空");
    add("外人", json!([999_999])).refused(302);
    assert!(
        !server.select("SELECT group_concat(name) FROM tag").to_string().contains("外人"),
        "nothing of a bad one stays"
    );
    // A colleague may have a tag of the same name; it is another one.
    let colleague = server.staff("zhangwei");
    let theirs = server.customer(&colleague, "同事的");
    let path = format!("tag_list/add_tag/{}", theirs.user_id);
    assert_ne!(post(&colleague, &path, &json!({ "name": "大客户" })).ok()["id"], tag);
    add("小客户", json!([theirs.user_id])).refused(302);
    assert!(own_in(&staff).1.contains(&("大客户".to_owned(), false)));

    // Bound by name to a third one, made on the way when there is none.
    let path = format!("tag_list/add_tag/{}", customers[2].user_id);
    assert_eq!(post(&staff, &path, &json!({ "name": "大客户" })).ok()["id"], tag);
    post(&staff, &path, &json!({ "name": "北方" })).ok();
    post(&staff, &path, &json!({ "name": " " })).refused(301);
    post(&staff, &format!("tag_list/add_tag/{}", theirs.user_id), &json!({ "name": "北方" })).refused(307);
    assert_eq!(details(&staff, &customers[2])["tag"], json!(["大客户", "北方"]));

    // Listed: the most used first, the newest customers first, a page of them at a time.
    let used = in_use(&staff, &[]);
    assert!(used.is_sorted_by_key(|(_, customers, _)| -customers), "{used:?}");
    let tag_id = tag.to_string();
    let of_tag = in_use(&staff, &[("tag_id", &tag_id)]);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(of_tag, [("大客户".to_owned(), 3, names(&["标签客户2", "标签客户1", "标签客户0"]))]);
    let second = in_use(&staff, &[("tag_id", &tag_id), ("length", "2"), ("current_page", "2")]);
    assert_eq!(second, [("大客户".to_owned(), 3, names(&["标签客户0"]))]);
    get(&colleague, "tag_customer", &[("tag_id", &tag_id)]).refused(302);
    let top = get(&staff, "search/get_tag", &[]);
    assert!(top.ok()["ret_data"].as_array().unwrap().len() <= 9);
    assert_eq!(top.data["ret_data"][0]["customer_num"], used[0].1, "{}", top.story());
    let selected = groups(&staff, &[("customer_id", &customers[2].id())]);
    let selected: Vec<_> = selected.into_iter().flat_map(|(_, tags)| tags).filter(|(_, yes)| *yes).collect();
    assert_eq!(selected, [("大客户".to_owned(), true), ("北方".to_owned(), true)]);
    get(&staff, "tag_list", &[("customer_id", &theirs.id())]).refused(302);

    // Replaced, through each of the four doors.
    let common = server.select("SELECT id FROM tag WHERE name = '一般客户' AND company_id = 1");
    let one = &customers[0];
    for path in
        ["customer/update_tag", "customer/update_expected_pr", "tag_list/customer_tag", "customer/update_customer"]
    {
        let path = format!("{path}/{}", one.user_id);
        post(&staff, &path, &json!({ "tag_list": [common, common] })).ok();
        assert_eq!(details(&staff, one)["tag"], json!(["一般客户"]), "{path}");
        for bad in [json!([common, 999_999]), server.select("SELECT '[' || id || ']' FROM tag WHERE name = '展会认识'")]
        {
            let reply = post(&staff, &path, &json!({ "tag_list": bad }));
            assert_eq!(reply.refused(301).msg, "用户标签不存在", "{path}");
        }
        post(&staff, &path, &json!({ "tag_list": [] })).ok();
        assert_eq!(details(&staff, one)["tag"], json!([]), "{path}");
    }
    // A group is no tag.
    let group = server.select("SELECT id FROM tag WHERE name = '级别' AND company_id = 1");
    post(&staff, &format!("customer/update_tag/{}", one.user_id), &json!({ "tag_list": [group] })).refused(301);
    let path = format!("tag_list/customer_tag/{}", one.user_id);
    post(&staff, &path, &json!({ "name": "大客户" })).ok();
    post(&staff, &path, &json!({})).refused(301);
    assert_eq!(details(&staff, one)["tag"], json!(["大客户"]));

    // Renamed, given to others, removed; only by whose it is.
    let update = |staff: &Actor, fields: Value| post(staff, &format!("tag_customer/update/{tag}"), &fields);
    update(&colleague, json!({ "name": "偷来的" })).refused(302);
    update(&staff, json!({ "name": "北方" })).refused(301);
    update(&staff, json!({ "name": "更大的客户", "customer_list": [customers[1].user_id] })).ok();
    assert_eq!(in_use(&staff, &[("tag_id", &tag_id)]), [("更大的客户".to_owned(), 1, names(&["标签客户1"]))]);
    update(&staff, json!({ "customer_list": [customers[0].user_id, theirs.user_id] })).refused(302);
    assert_eq!(in_use(&staff, &[("tag_id", &tag_id)])[0].1, 1, "nothing of a bad one stays");
    let delete = |staff: &Actor, tag: &Value| post(staff, &format!("tag_customer/delete/{tag}"), &json!({}));
    delete(&colleague, &tag).refused(302);
    delete(&staff, &common).refused(302);
    delete(&staff, &group).refused(302);
    delete(&staff, &tag).ok();
    delete(&staff, &tag).refused(302);
    assert_eq!(details(&staff, &customers[1])["tag"], json!([]));
    assert!(in_use(&staff, &[]).iter().all(|(name, ..)| name != "更大的客户"));
}
