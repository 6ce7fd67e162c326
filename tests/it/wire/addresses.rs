//! Paths, methods and the envelope around every answer.

use serde_json::json;

use crate::support::{Form, Server, raw};

const COMPANIES: &str = "/zhugeleida/admin/company";

#[test]
fn an_unknown_path_is_404_in_the_envelope() {
    let server = Server::start();
    for path in ["/zhugeleida/admin/nothing", "/zhugeleida", "/nowhere/at/all", "/zhugeleida/admin/company/nothing/0"] {
        for reply in [server.anonymous().get(path, &[]), server.admin().post(path, &Form::json())] {
            reply.refused(404);
            assert_eq!(reply.data, json!({}), "{}", reply.story());
            assert!(!reply.msg.is_empty(), "{}", reply.story());
        }
    }
}

#[test]
fn a_known_path_by_another_method_is_402() {
    let server = Server::start();
    let admin = server.admin();
    admin.post(COMPANIES, &Form::urlencoded()).refused(402);
    admin.get("/zhugeleida/admin/company/add_company/0", &[]).refused(402);
    server.anonymous().get("/zhugeleida/admin/login", &[]).refused(402);
    server.api.delete(COMPANIES, &admin.signature()).refused(402);
    // Also where nobody has signed: the method is wrong whoever asks.
    server.anonymous().post(COMPANIES, &Form::urlencoded()).refused(402);
}

#[test]
fn slashes_too_many_do_no_harm() {
    let server = Server::start();
    let admin = server.admin();
    let plain = admin.get(COMPANIES, &[]);
    for path in [
        "//zhugeleida/admin/company",
        "/zhugeleida//admin///company",
        "/zhugeleida/admin/company/",
        "//zhugeleida/admin/company//",
    ] {
        let reply = admin.get(path, &[]);
        assert_eq!(reply.ok(), plain.ok(), "{}", reply.story());
    }
    let form = Form::urlencoded().with("username", "nobody").with("password", "nothing");
    server.anonymous().post("/zhugeleida/admin/login/", &form).refused(401);
}

#[test]
fn the_whole_address_may_stand_in_the_request_line() {
    let server = Server::start();
    let address = server.address();
    let answer = raw::ask(address, &format!("GET http://{address}//zhugeleida/admin/company HTTP/1.1"));
    assert!(answer.contains("\"code\":400"), "{answer}");
}

#[test]
fn blanks_around_names_and_values_of_the_query_are_dropped() {
    let server = Server::start();
    let admin = server.admin();
    let [user_id, timestamp, rand_str] = admin.signature().try_into().expect("three parameters");
    // As one document prints it: `user_id=1 & timestamp=1528620512844&rand_str=…`
    let query = format!("user_id={}%20&%20timestamp={}&rand_str={}%20", user_id.1, timestamp.1, rand_str.1);
    admin.api.get::<&str, &str>(&format!("{COMPANIES}?{query}"), &[]).ok();
    let plus = query.replace("%20", "+");
    admin.api.get::<&str, &str>(&format!("{COMPANIES}?{plus}"), &[]).ok();
}

#[test]
fn of_a_parameter_given_twice_the_last_counts() {
    let server = Server::start();
    let admin = server.admin();
    let reply = admin.get(COMPANIES, &[("length", "many"), ("length", "10"), ("user_id", "999")]);
    reply.ok();
}

#[test]
fn head_is_get_without_the_body() {
    let server = Server::start();
    for path in ["/healthz", "/openapi.json", "/docs"] {
        let reply = server.api.head(path);
        assert_eq!(reply.status, 200, "{}", reply.story());
        assert_eq!(reply.body, "", "{}", reply.story());
    }
}

#[test]
fn pages_beyond_the_end_are_empty_and_bad_ones_are_named() {
    let server = Server::start();
    let admin = server.admin();
    let data = admin.get(COMPANIES, &[("current_page", "1000"), ("length", "10")]);
    assert_eq!(data.ok()["ret_data"], json!([]));
    assert_eq!(data.ok()["data_count"], 1);
    for (name, value) in [("current_page", "x"), ("length", "ten"), ("order", "password_hash")] {
        let reply = admin.get(COMPANIES, &[(name, value)]);
        reply.refused(301);
        assert!(reply.data[name].is_array(), "{}", reply.story());
    }
}
