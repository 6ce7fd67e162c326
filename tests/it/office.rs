//! What the back office alone looks at: the radar, the conversations and the staff of the whole company, the settings,
//! and what runs here.

mod conversations;
mod radar;
mod settings;

use serde_json::Value;

use crate::support::{Actor, Form, Reply, Server};

fn get(office: &Actor, path: &str, query: &[(&str, &str)]) -> Reply {
    office.get(&format!("/zhugeleida/admin/{path}"), query)
}

#[track_caller]
fn rows(reply: &Reply) -> Vec<Value> {
    reply.ok()["ret_data"].as_array().unwrap_or_else(|| panic!("no list\n{}", reply.story())).clone()
}

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}

/// Pages of so many rows: none twice, and as many as the count says.
#[track_caller]
fn all(office: &Actor, path: &str, filter: &[(&str, &str)], length: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let page = page.to_string();
        let paging = [("current_page", page.as_str()), ("length", length)];
        let reply = get(office, path, &filter.iter().copied().chain(paging).collect::<Vec<_>>());
        let more = rows(&reply);
        if more.is_empty() {
            assert_eq!(reply.data["data_count"], all.len(), "{filter:?}");
            break;
        }
        all.extend(more);
    }
    all
}

/// The administrator of another company.
fn stranger(server: &Server) -> Actor {
    let form = Form::urlencoded()
        .with("name", "别家公司")
        .with("charging_start_time", "2026-01-01")
        .with("open_length_time", 4)
        .with("mingpian_available_num", 5);
    server.admin().post("/zhugeleida/admin/company/add_company/0", &form).ok();
    let company = server.select("SELECT max(id) FROM company").as_i64().expect("a company");
    let form = Form::urlencoded()
        .with("login_user", "bieren")
        .with("password", "Bieren2026")
        .with("role_id", 2)
        .with("company_id", company);
    server.admin().post("/zhugeleida/admin/admin_userprofile/add/0", &form).ok();
    server.administrator("bieren", "Bieren2026")
}
