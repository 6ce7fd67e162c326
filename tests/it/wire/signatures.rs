//! Who is let in: three families, each with its own people behind the same numbers.

use crate::support::{Actor, Family, Query, Server, now_ms};

const HOUR: i64 = 3_600_000;

/// One endpoint of each family.
fn doors(server: &Server) -> [(Actor, &'static str); 3] {
    let staff = server.staff("lina");
    let customer = server.customer_of(&staff);
    [
        (server.admin(), "/zhugeleida/admin/company"),
        (staff, "/zhugeleida/qiyeweixin/contact"),
        (customer, "/zhugeleida/xiaochengxu/mingpian/all"),
    ]
}

fn code(actor: &Actor, path: &str, signature: &Query) -> i64 {
    let reply = actor.api.get(path, signature);
    if reply.code == 400 {
        assert_eq!(reply.msg, "token异常", "{}", reply.story());
    }
    reply.code
}

fn with(signature: &Query, name: &str, value: Option<&str>) -> Query {
    let mut changed: Query = signature.iter().filter(|(key, _)| key != name).cloned().collect();
    changed.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    changed
}

#[test]
fn the_right_signature_opens_and_nothing_else_does() {
    let server = Server::demo();
    for (actor, path) in &doors(&server) {
        let right = actor.signature();
        assert_eq!(code(actor, path, &right), 200, "{path}");
        assert_eq!(code(actor, path, &right), 200, "{path}: the same again");
        assert_eq!(code(actor, path, &Query::new()), 400, "{path}: none");
        for name in ["user_id", "timestamp", "rand_str"] {
            for value in [None, Some(""), Some("undefined"), Some("x"), Some("-1"), Some("99999999999999999999")] {
                assert_eq!(code(actor, path, &with(&right, name, value)), 400, "{path}: {name} {value:?}");
            }
        }
        let rand_str = &right[2].1;
        assert_eq!(code(actor, path, &with(&right, "rand_str", Some(&rand_str[..31]))), 400, "{path}: cut short");
        let forger = Actor { token: "f".repeat(32), ..actor.clone() };
        assert_eq!(code(actor, path, &forger.signature()), 400, "{path}: another token");
        let empty = Actor { token: String::new(), ..actor.clone() };
        assert_eq!(code(actor, path, &empty.signature()), 400, "{path}: an empty token");
        let nobody = Actor { user_id: 987_654, ..actor.clone() };
        assert_eq!(code(actor, path, &nobody.signature()), 400, "{path}: an unknown number");
    }
}

#[test]
fn a_signature_holds_for_a_day_and_five_minutes_ahead() {
    let server = Server::demo();
    for (actor, path) in &doors(&server) {
        for (offset, expected) in
            [(-23 * HOUR, 200), (-25 * HOUR, 400), (4 * 60_000, 200), (7 * 60_000, 400), (365 * 24 * HOUR, 400)]
        {
            let signature = actor.signature_at(now_ms() + offset);
            assert_eq!(code(actor, path, &signature), expected, "{path}: {offset} ms");
        }
        // Seconds instead of milliseconds are the year 1970.
        assert_eq!(code(actor, path, &actor.signature_at(now_ms() / 1000)), 400, "{path}: seconds");
    }
}

#[test]
fn nobody_of_one_family_passes_for_another() {
    let server = Server::demo();
    let doors = doors(&server);
    for (place, (_, path)) in doors.iter().enumerate() {
        for (other_place, (other, _)) in doors.iter().enumerate() {
            let expected = if place == other_place { 200 } else { 400 };
            assert_eq!(code(other, path, &other.signature()), expected, "{path} by {:?}", other.family);
        }
    }
}

#[test]
fn a_number_means_another_person_in_each_family() {
    let server = Server::demo();
    // The first administrator, the first staff member and the first customer share the number 1.
    for (table, path) in [
        ("admin", "/zhugeleida/admin/company"),
        ("staff", "/zhugeleida/qiyeweixin/contact"),
        ("customer", "/zhugeleida/xiaochengxu/mingpian/all"),
    ] {
        for other in ["admin", "staff", "customer"] {
            let token = server.select(&format!("SELECT token FROM {other} ORDER BY id LIMIT 1"));
            let id = server.select(&format!("SELECT id FROM {table} ORDER BY id LIMIT 1")).as_i64().expect("an id");
            let actor = Actor::new(&server.api, Family::Admin, id, token.as_str().expect("a token"));
            let expected = if other == table { 200 } else { 400 };
            assert_eq!(code(&actor, path, &actor.signature()), expected, "{path} with the token of a {other}");
        }
    }
}

#[test]
fn signing_without_a_timestamp_is_for_the_documented_calls_only() {
    let server = Server::demo();
    for (actor, path) in &doors(&server) {
        assert_eq!(code(actor, path, &actor.signature_without_timestamp()), 400, "{path}");
    }
}

#[test]
fn upper_case_hex_is_another_text() {
    let server = Server::demo();
    let admin = server.admin();
    let right = admin.signature();
    let upper = right[2].1.to_uppercase();
    assert_eq!(code(&admin, "/zhugeleida/admin/company", &with(&right, "rand_str", Some(&upper))), 400);
}
