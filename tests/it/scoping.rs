//! Two companies on one server: nobody sees or touches what is the other's.

mod foreign;
mod world;

use serde_json::Value;

use crate::support::{Actor, Reply, Server};
use foreign::{ADMIN_CALLS, FOREIGN, LISTS};
use world::{World, worlds};

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Office,
    Staff,
    Customer,
}

/// A call as the tables write it: `POST path` or `path`, and `a=b&c=<id>`.
fn call(server: &Server, caller: &Actor, path: &str, fields: &str, own: &World, other: &World) -> Reply {
    let filled = |text: &str| own.fill(&other.fill(text, ""), "own ");
    let (path, fields) = (filled(path), filled(fields));
    let pairs: Vec<(&str, &str)> = fields.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let caller = caller.at(server);
    match path.strip_prefix("POST ") {
        Some(path) => {
            let form =
                pairs.iter().fold(crate::support::Form::urlencoded(), |form, (name, value)| form.with(name, *value));
            caller.post(&format!("/zhugeleida/{path}"), &form)
        }
        None => caller.get(&format!("/zhugeleida/{path}"), &pairs),
    }
}

#[test]
fn lists_show_nothing_of_another_company() {
    let server = Server::demo();
    let worlds = worlds(&server);
    for (own, other) in [(&worlds[0], &worlds[1]), (&worlds[1], &worlds[0])] {
        let (ours, theirs) = (own.names(&server), other.names(&server));
        for (who, path, fields) in LISTS {
            let reply = call(&server, own.actor(*who), path, fields, own, other);
            let shown = reply.ok().to_string();
            let leaked: Vec<_> = theirs.iter().filter(|name| shown.contains(*name)).collect();
            assert!(leaked.is_empty(), "{leaked:?} of the other company in {path}\n{}", reply.story());
            assert!(ours.iter().any(|name| shown.contains(name)), "nothing of their own in {path}\n{}", reply.story());
        }
    }
}

#[test]
fn what_is_another_companys_does_not_exist() {
    let server = Server::demo();
    let worlds = worlds(&server);
    for (own, other) in [(&worlds[0], &worlds[1]), (&worlds[1], &worlds[0])] {
        let before = other.rows(&server);
        let mut wrong = Vec::new();
        for (who, path, fields, code) in FOREIGN {
            let reply = call(&server, own.actor(*who), path, fields, own, other);
            if reply.code != *code {
                wrong.push(format!(
                    "company {}: {who:?} {path} {fields}: should be {code}\n{}",
                    own.company,
                    reply.story()
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(other.rows(&server) == before, "something of company {} was changed", other.company);
        // The same calls are good with ids of one's own, so it is the company that made the difference.
        for (who, path, fields) in [
            (Who::Office, "admin/product/product_single", "product_type=1&product_id=<own product>"),
            (Who::Office, "POST admin/user/update_status/<own colleague>", "status=2"),
            (Who::Staff, "qiyeweixin/customer", "customer_id=<own customer>"),
            (Who::Customer, "xiaochengxu/mingpian/calling", "uid=<own staff>"),
            (Who::Customer, "xiaochengxu/diary_manage/diary_list", "diary_id=<own diary>"),
            (Who::Office, "POST admin/comment_manage/update/<own comment>", "status=1"),
            (Who::Customer, "xiaochengxu/product/product_single", "uid=<own staff>&product_id=<own product>"),
        ] {
            call(&server, own.actor(who), path, fields, own, other).ok();
        }
    }
}

#[test]
fn filters_by_foreign_ids_find_nothing() {
    let server = Server::demo();
    let worlds = worlds(&server);
    let (own, other) = (&worlds[1], &worlds[0]);
    for (who, path, fields) in [
        (Who::Office, "admin/user", "department=<department>"),
        (Who::Office, "admin/customer", "uid=<staff>"),
        (Who::Office, "admin/customer", "tag_id=<tag>"),
        (Who::Office, "admin/customer", "tag_id=<common_tag>"),
        (Who::Office, "admin/customer", "uid=<staff>&source=1&search=客"),
        (Who::Staff, "qiyeweixin/action/time", "customer_id=<customer>"),
        (Who::Staff, "qiyeweixin/action/time", "id=<entry>"),
        (Who::Office, "admin/theOrder", "uid=<staff>"),
        (Who::Office, "admin/case_manage", "tag_id=<case_tag>"),
        (Who::Office, "admin/diary_manage", "case_id=<case>"),
        (Who::Office, "admin/diary_manage/diary_list", "company_id=<company>"),
        (Who::Office, "admin/comment_manage", "diary_id=<diary>"),
        (Who::Customer, "xiaochengxu/case_manage/case_list", "search_tag_id=<case_tag>"),
        (Who::Customer, "xiaochengxu/case_manage/case_list", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/case_manage/browse_case_list_record", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/case_manage/collection_case_list_record", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/case_tag/case_list", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/case_tag/history_case_list", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/case_tag/top_search_tag_list", "company_id=<company>"),
        (Who::Customer, "xiaochengxu/diary_manage/diary_list", "case_id=<case>"),
        (Who::Customer, "xiaochengxu/diary_manage/diary_list", "company_id=<company>"),
    ] {
        let reply = call(&server, own.actor(who), path, fields, own, other);
        assert_eq!((&reply.ok()["ret_data"], &reply.data["data_count"]), (&Value::Array(vec![]), &0.into()), "{path}");
    }
    // Of a customer of one's own, what somebody else's staff have with them is nothing.
    let timeline = call(&server, &own.office, "admin/customer/timeline/<own customer>", "uid=<staff>", own, other);
    assert_eq!(timeline.ok(), &serde_json::json!({ "ret_data": [], "next": "" }), "{}", timeline.story());
    for fields in ["customer_id=<customer>", "id=<entry>"] {
        let reply = call(&server, &own.staff, "qiyeweixin/action/customer", fields, own, other);
        assert_eq!(reply.ok(), &Value::Array(vec![]), "{}", reply.story());
        let reply = call(&server, &own.staff, "qiyeweixin/action/count", fields, own, other);
        assert_eq!(reply.ok()[0]["detail"], serde_json::json!({}), "{}", reply.story());
    }
}

#[test]
fn a_customer_is_not_brought_to_another_companys_people() {
    let server = Server::demo();
    let worlds = worlds(&server);
    let (own, other) = (&worlds[1], &worlds[0]);
    // Whose card is asked for is not shown when they are of another company.
    let query = format!("code=fremd.1&user_type=2&company_id={}&uid=<staff>", own.company);
    let login = call(&server, &server.anonymous(), "xiaochengxu/login", &query, own, other);
    assert_eq!((&login.ok()["company_id"], &login.data["uid"]), (&own.company.into(), &own.staff.user_id.into()));
    let visitor = server.visitor(own.company, "fremd");
    let binding = "user_type=2&source=2&uid=<own staff>&pid=<customer>";
    call(&server, &visitor, "xiaochengxu/login/binding", binding, own, other);
    let parent = server.select(&format!(
        "SELECT count(*) FROM relation WHERE customer_id = {} AND parent_id IS NOT NULL",
        visitor.user_id
    ));
    assert_eq!(parent, 0, "a parent of another company");
    call(&server, &visitor, "xiaochengxu/login/binding", "user_type=2&source=2&pid=<customer>", own, other);
    let foreign =
        "SELECT count(*) FROM relation JOIN staff ON staff.id = staff_id JOIN customer ON customer.id = customer_id
         WHERE staff.company_id <> customer.company_id OR relation.company_id <> staff.company_id";
    assert_eq!(server.select(foreign), 0);
}

#[test]
fn a_role_without_rules_may_nothing_and_the_readers_role_only_reads() {
    let server = Server::demo();
    let worlds = worlds(&server);
    let own = &worlds[1];
    let role = call(&server, &server.admin(), "POST admin/admin_role/add/0", "name=无权&rules_list=[]", own, own);
    let reader = colleague(&server, own, "leser", 3);
    let nobody = colleague(&server, own, "niemand", role.ok()["id"].as_i64().expect("an id"));
    let before = own.rows(&server);
    let mut wrong = Vec::new();
    let lists = LISTS.iter().filter(|(who, ..)| *who == Who::Office).map(|(_, path, fields)| (*path, *fields));
    let foreign = FOREIGN.iter().filter(|(who, ..)| *who == Who::Office).map(|(_, path, fields, _)| (*path, *fields));
    for (path, fields) in lists.chain(foreign).chain(ADMIN_CALLS.iter().copied()) {
        // Drawing a line takes a POST, but is reading.
        let reads = !path.starts_with("POST ") || path.ends_with("line_info");
        for actor in if reads { vec![&nobody] } else { vec![&nobody, &reader] } {
            let reply = call(&server, actor, path, fields, own, own);
            if reply.code != 403 {
                wrong.push(format!("{path} {fields}\n{}", reply.story()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(own.rows(&server) == before, "something was changed");
    call(&server, &reader, "admin/product/product_list", "product_type=1", own, own).ok();
}

/// Somebody else in the back office of a company.
fn colleague(server: &Server, own: &World, login_user: &str, role: i64) -> Actor {
    let company = own.company;
    let account = format!("login_user={login_user}&password=Kollege2026&role_id={role}&company_id={company}");
    call(server, &server.admin(), "POST admin/admin_userprofile/add/0", &account, own, own).ok();
    server.administrator(login_user, "Kollege2026")
}

#[test]
fn what_is_everybodys_is_the_super_administrators() {
    let server = Server::demo();
    let worlds = worlds(&server);
    let own = &worlds[1];
    let company = "name=新公司&charging_start_time=2026-01-31&open_length_time=5&mingpian_available_num=10";
    for (path, fields) in [
        ("POST admin/company/add_company/0", company),
        ("POST admin/company/update_company/<own company>", company),
        ("POST admin/access_rules/add/0", "name=规则&url_path=guize"),
        ("POST admin/access_rules/update/1", "name=规则&url_path=guize"),
        ("POST admin/access_rules/delete/1", ""),
        ("POST admin/website_template/add/0", "template_content=[]"),
        ("POST admin/website_template/update/1", "template_content=[]"),
        ("POST admin/website_template/delete/1", ""),
    ] {
        call(&server, &own.office, path, fields, own, own).refused(403);
    }
    // The document's own code for this one.
    let switch = "POST admin/admin_userprofile/switch_admin_user/<own account>";
    call(&server, &own.office, switch, "", own, own).refused(404);
    let promotion = format!("login_user=hoch&password=Hoch20266&role_id=1&company_id={}", own.company);
    let reply = call(&server, &own.office, "POST admin/admin_userprofile/add/0", &promotion, own, own);
    assert!(matches!(reply.code, 301 | 403), "role 2 makes no super-administrators\n{}", reply.story());
    call(&server, &server.admin(), "POST admin/company/add_company/0", company, own, own).ok();
    call(&server, &server.admin(), switch, "", own, own).ok();
}
