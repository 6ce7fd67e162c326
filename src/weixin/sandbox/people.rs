//! The sandbox's contacts (通讯录): departments and members, with Work WeChat's checks.

use std::collections::BTreeSet;

use poem::http::Method;
use serde_json::{Value, json};

use super::state::{CorpState, Department, Member, State};
use super::tokens::Owner;
use super::{Call, Outcome, Refusal, only, refuse, work};

/// `None` for an unknown path.
pub(super) fn answer(state: &mut State, call: &Call) -> Option<Outcome> {
    type Act = fn(&mut CorpState, &Call) -> Outcome;
    let (method, writes, act): (Method, bool, Act) = match call.path.as_str() {
        "/cgi-bin/department/list" => (Method::GET, false, list_departments),
        "/cgi-bin/user/list" => (Method::GET, false, list_members),
        "/cgi-bin/user/create" => (Method::POST, true, create_member),
        "/cgi-bin/user/update" => (Method::POST, true, update_member),
        "/cgi-bin/user/delete" => (Method::GET, true, delete_member),
        "/cgi-bin/department/create" => (Method::POST, true, create_department),
        "/cgi-bin/department/update" => (Method::POST, true, update_department),
        "/cgi-bin/department/delete" => (Method::GET, true, delete_department),
        _ => return None,
    };
    Some(only(&method, call, || match work::owner(state, call)? {
        Owner::Contacts(place) => act(&mut state.corps[place], call),
        Owner::Radar(place) if !writes => act(&mut state.corps[place], call),
        _ => refuse(48002, "api forbidden"),
    }))
}

#[allow(clippy::unnecessary_wraps, reason = "one of several actions of this shape")]
fn done(what: &str) -> Outcome {
    Ok(json!({ "errcode": 0, "errmsg": what }).into())
}

/// The department and everything below it.
fn subtree(corp: &CorpState, id: i64) -> BTreeSet<i64> {
    let mut found = BTreeSet::from([id]);
    loop {
        let below = corp.departments.iter().filter(|(_, row)| found.contains(&row.parent)).map(|(id, _)| *id);
        let more: Vec<i64> = below.filter(|id| !found.contains(id)).collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

fn known_department(corp: &CorpState, id: &str) -> Result<i64, Refusal> {
    match id.parse() {
        Ok(id) if corp.departments.contains_key(&id) => Ok(id),
        _ => refuse(60003, "department not found"),
    }
}

fn list_departments(corp: &mut CorpState, call: &Call) -> Outcome {
    let shown = match call.query("id") {
        "" => corp.departments.keys().copied().collect(),
        id => subtree(corp, known_department(corp, id)?),
    };
    let rows: Value = corp
        .departments
        .iter()
        .filter(|(id, _)| shown.contains(id))
        .map(|(id, row)| json!({ "id": id, "name": row.name, "parentid": row.parent, "order": row.order }))
        .collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "department": rows }).into())
}

fn list_members(corp: &mut CorpState, call: &Call) -> Outcome {
    let id = known_department(corp, call.query("department_id"))?;
    let shown = if call.query("fetch_child") == "1" { subtree(corp, id) } else { BTreeSet::from([id]) };
    let rows: Value = corp
        .members
        .iter()
        .filter(|(_, row)| row.department.iter().any(|id| shown.contains(id)))
        .map(|(userid, row)| {
            json!({
                "userid": userid, "name": row.name, "department": row.department, "position": row.position,
                "mobile": row.mobile, "gender": row.gender.to_string(), "email": row.email, "avatar": "", "status": 1,
            })
        })
        .collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "userlist": rows }).into())
}

fn create_member(corp: &mut CorpState, call: &Call) -> Outcome {
    let userid = call.text("userid");
    let valid = |c: char| c.is_ascii_alphanumeric() || "_-@.".contains(c);
    if userid.is_empty() || userid.len() > 64 || !userid.chars().all(valid) {
        return refuse(40003, "invalid UserID");
    }
    // WeChat does not tell the cases of letters apart.
    if corp.members.keys().any(|known| known.eq_ignore_ascii_case(userid)) {
        return refuse(60102, "UserID existed");
    }
    let member = changed(corp, call, userid, Member::default())?;
    if member.mobile.is_empty() && member.email.is_empty() {
        return refuse(60129, "missing mobile and email");
    }
    corp.members.insert(userid.to_owned(), member);
    done("created")
}

fn update_member(corp: &mut CorpState, call: &Call) -> Outcome {
    let userid = call.text("userid");
    let Some(member) = corp.members.get(userid).cloned() else {
        return refuse(60111, "userid not found");
    };
    let member = changed(corp, call, userid, member)?;
    corp.members.insert(userid.to_owned(), member);
    done("updated")
}

fn delete_member(corp: &mut CorpState, call: &Call) -> Outcome {
    match corp.members.remove(call.query("userid")) {
        Some(_) => done("deleted"),
        None => refuse(60111, "userid not found"),
    }
}

/// The member with the fields of the call, checked.
fn changed(corp: &CorpState, call: &Call, userid: &str, mut member: Member) -> Result<Member, Refusal> {
    let given = |field: &str| call.body[field].as_str().map(str::to_owned);
    member.name = given("name").unwrap_or(member.name);
    member.position = given("position").unwrap_or(member.position);
    member.mobile = given("mobile").unwrap_or(member.mobile);
    member.email = given("email").unwrap_or(member.email);
    match &call.body["gender"] {
        Value::String(gender) => member.gender = gender.parse().unwrap_or(0),
        Value::Number(gender) => member.gender = gender.as_i64().unwrap_or(0),
        _ => {}
    }
    if let Value::Array(ids) = &call.body["department"] {
        member.department = ids.iter().map(|id| id.as_i64().unwrap_or(0)).collect();
    }
    if member.department.is_empty() {
        member.department = vec![1];
    }
    if member.name.is_empty() || member.name.chars().count() > 64 {
        return refuse(60112, "invalid name");
    }
    if !member.department.iter().all(|id| corp.departments.contains_key(id)) {
        return refuse(60123, "invalid department id");
    }
    let mobile = &member.mobile;
    if !mobile.is_empty() && !is_mobile(mobile) {
        return refuse(60103, "invalid mobile");
    }
    if !member.email.is_empty() && !member.email.contains('@') {
        return refuse(60105, "invalid email");
    }
    for (_, other) in corp.members.iter().filter(|(other, _)| *other != userid) {
        if !mobile.is_empty() && other.mobile == *mobile {
            return refuse(60104, "mobile existed");
        }
        if !member.email.is_empty() && other.email == member.email {
            return refuse(60106, "email existed");
        }
    }
    Ok(member)
}

fn is_mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn create_department(corp: &mut CorpState, call: &Call) -> Outcome {
    let id = match &call.body["id"] {
        Value::Null => corp.departments.keys().next_back().map_or(1, |last| last + 1),
        given => match given.as_i64() {
            Some(id) if id > 0 => id,
            _ => return refuse(60123, "invalid department id"),
        },
    };
    if corp.departments.contains_key(&id) {
        return refuse(60008, "department existed");
    }
    let Some(parent) = call.body["parentid"].as_i64() else {
        return refuse(60004, "parent department not found");
    };
    let row =
        Department { name: call.text("name").to_owned(), parent, order: call.body["order"].as_i64().unwrap_or(0) };
    check_department(corp, id, &row)?;
    corp.departments.insert(id, row);
    Ok(json!({ "errcode": 0, "errmsg": "created", "id": id }).into())
}

fn update_department(corp: &mut CorpState, call: &Call) -> Outcome {
    let id = known_department(corp, &call.body["id"].to_string())?;
    let Some(mut row) = corp.departments.get(&id).cloned() else {
        return refuse(60003, "department not found");
    };
    if let Some(name) = call.body["name"].as_str() {
        name.clone_into(&mut row.name);
    }
    row.order = call.body["order"].as_i64().unwrap_or(row.order);
    row.parent = call.body["parentid"].as_i64().unwrap_or(row.parent);
    check_department(corp, id, &row)?;
    corp.departments.insert(id, row);
    done("updated")
}

fn check_department(corp: &CorpState, id: i64, row: &Department) -> Result<(), Refusal> {
    if row.name.is_empty() || row.name.chars().count() > 32 {
        return refuse(60001, "invalid department name length");
    }
    if row.name.contains(|c| "\\:*?\"<>|".contains(c)) {
        return refuse(60009, "invalid character in department name");
    }
    // The company itself stands below 0.
    if id == 1 {
        return if row.parent == 0 { Ok(()) } else { refuse(60010, "department in a circle") };
    }
    if !corp.departments.contains_key(&row.parent) {
        return refuse(60004, "parent department not found");
    }
    if subtree(corp, id).contains(&row.parent) {
        return refuse(60010, "department in a circle");
    }
    let same =
        |(other, known): (&i64, &Department)| *other != id && known.parent == row.parent && known.name == row.name;
    if corp.departments.iter().any(same) {
        return refuse(60008, "department existed");
    }
    Ok(())
}

fn delete_department(corp: &mut CorpState, call: &Call) -> Outcome {
    let id = known_department(corp, call.query("id"))?;
    if id == 1 {
        return refuse(60007, "can not delete root department");
    }
    if corp.members.values().any(|member| member.department.contains(&id)) {
        return refuse(60005, "department contains user");
    }
    if corp.departments.values().any(|row| row.parent == id) {
        return refuse(60006, "department contains sub-department");
    }
    corp.departments.remove(&id);
    done("deleted")
}
