//! Who may call which operation of the back office: every operation, as the server's own document lists them, by every
//! kind of role, compared with the table of needs.

use std::collections::BTreeSet;

use leida::identity::{NEEDS, Need, Right};
use serde_json::Value;

use crate::support::{Actor, Form, Reply, Server};

/// No id of anything.
const NOBODY: &str = "987654321";

/// An operation of the back office.
struct Operation {
    /// `get` or `post`.
    method: String,
    /// As the document has it, with `{o_id}`.
    path: String,
    need: Need,
}

impl Operation {
    /// Called with nothing to do: whoever may call it is refused for another reason, if at all.
    fn call(&self, by: &Actor) -> Reply {
        let path: Vec<_> = self.path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect();
        let path = path.join("/");
        if self.method == "post" { by.post(&path, &Form::urlencoded()) } else { by.get(&path, &[]) }
    }
}

/// The path as the table has it.
fn key(path: &str) -> &str {
    let path = path.split("/{").next().unwrap_or_default();
    path.strip_prefix("/zhugeleida/").unwrap_or(path)
}

/// The operations that the server's document counts to the back office, with what the table says.
fn operations(server: &Server) -> Vec<Operation> {
    let document = server.api.get::<&str, &str>("/openapi.json", &[]).json;
    let mut operations = Vec::new();
    let mut unknown = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("operations") {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            if !path.starts_with("/zhugeleida/admin") && !tag.starts_with("后台") && !tag.starts_with("公共") {
                continue;
            }
            match NEEDS.iter().find(|(known, _)| *known == key(path)) {
                Some((_, need)) => {
                    operations.push(Operation { method: method.clone(), path: path.clone(), need: *need });
                }
                None => unknown.push(operation["operationId"].as_str().unwrap_or(path)),
            }
        }
    }
    assert!(unknown.is_empty(), "nobody has said who may call {unknown:?}: see identity/needs.rs");
    operations
}

#[test]
fn the_table_knows_every_operation_and_nothing_else() {
    let server = Server::demo();
    let known: BTreeSet<_> = operations(&server).iter().map(|operation| key(&operation.path).to_owned()).collect();
    let gone: Vec<_> = NEEDS.iter().filter(|(path, _)| !known.contains(*path)).collect();
    assert!(gone.is_empty(), "there are no such operations: {gone:?}");
    let document = server.api.get::<&str, &str>("/openapi.json", &[]).json;
    let described = &document["paths"]["/zhugeleida/admin/user/delete/{o_id}"]["post"]["description"];
    assert!(described.as_str().is_some_and(|text| text.contains("用户修改（yonghu/xiugai）")), "{described}");
}

/// A role of its own and an administrator who has it.
struct Tester {
    role: i64,
    actor: Actor,
}

fn tester(server: &Server) -> Tester {
    let admin = server.admin();
    let form = Form::urlencoded().with("name", "单项权限").with("rules_list", "[]");
    let role = admin.post("/zhugeleida/admin/admin_role/add/0", &form).ok()["id"].as_i64().expect("an id");
    Tester { role, actor: account(server, "danxiang", role) }
}

/// A new administrator of company 1.
fn account(server: &Server, login_user: &str, role: i64) -> Actor {
    let form = Form::urlencoded()
        .with("login_user", login_user)
        .with("password", "Danxiang2026")
        .with("role_id", role)
        .with("company_id", 1);
    server.admin().post("/zhugeleida/admin/admin_userprofile/add/0", &form).ok();
    server.administrator(login_user, "Danxiang2026")
}

impl Tester {
    /// Gives the role these rights and no others.
    fn grant(&self, server: &Server, rights: &[Right]) {
        let rules: Vec<i64> = rights
            .iter()
            .map(|right| {
                let rule = format!("SELECT id FROM access_rule WHERE url_path = '{}'", right.url_path());
                server.select(&rule).as_i64().expect("the rule of a right")
            })
            .collect();
        let form = Form::urlencoded().with("name", "单项权限").with("rules_list", Value::from(rules));
        server.admin().post(&format!("/zhugeleida/admin/admin_role/update/{}", self.role), &form).ok();
    }
}

/// What differs from the table when this actor calls everything; `may` tells it for what needs a rule.
fn walk(operations: &[Operation], who: &str, role: i64, by: &Actor, may: impl Fn(Right) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for operation in operations {
        let reply = operation.call(by);
        let expected = match operation.need {
            Need::Nothing | Need::Signed => None,
            Need::Right(right) => (!may(right)).then_some(403),
            Need::Office => (role > 2).then_some(403),
            Need::Super => (role != 1).then_some(403),
            Need::SuperElseUnknown => (role != 1).then_some(404),
        };
        let is_right = expected.map_or(!matches!(reply.code, 400 | 403 | 404 | 500), |code| reply.code == code);
        // What is not prepared in the demo answers 400 as well, but says so.
        let is_unprepared = expected.is_none() && reply.code == 400 && !reply.msg.contains("签名");
        if !is_right && !is_unprepared {
            wrong.push(format!("{who}, {:?}, should be {expected:?}\n{}", operation.need, reply.story()));
        }
    }
    wrong
}

#[test]
fn every_operation_asks_for_what_the_table_says() {
    let server = Server::demo();
    let operations = operations(&server);
    let mut wrong = walk(&operations, "role 1", 1, &server.admin(), |_| true);
    wrong.extend(walk(&operations, "role 2", 2, &account(&server, "erhao", 2), |_| true));
    let tester = tester(&server);
    wrong.extend(walk(&operations, "no rules", tester.role, &tester.actor, |_| false));
    for right in Right::all() {
        tester.grant(&server, &[right]);
        let listed = tester.actor.get("/zhugeleida/admin/login_rules", &[]);
        assert_eq!(listed.ok()["rules_list"], Value::from(vec![right.url_path()]), "{}", listed.story());
        wrong.extend(walk(&operations, &format!("{right:?}"), tester.role, &tester.actor, |other| other == right));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn role_3_may_what_its_rules_say_and_at_first_nothing() {
    let server = Server::with_sandbox();
    let operations = operations(&server);
    let third = account(&server, "sanhao", 3);
    let wrong = walk(&operations, "role 3", 3, &third, |_| false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed = third.get("/zhugeleida/admin/login_rules", &[]);
    assert_eq!(listed.ok()["rules_list"], Value::Array(Vec::new()), "{}", listed.story());
}
