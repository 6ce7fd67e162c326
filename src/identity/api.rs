//! Endpoints of companies and their people, a file a subject.

mod accounts;
mod audit;
mod companies;
mod departments;
mod login;
mod manage;
mod roles;
mod rules;
mod staff;
mod waiting;
mod work_login;

use poem_openapi::{OpenApi, types::MaybeUndefined};

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        login::LoginApi(app.clone()),
        companies::CompanyApi(app.clone()),
        departments::DepartmentApi(app.clone()),
        accounts::AccountApi(app.clone()),
        audit::AuditApi(app.clone()),
        roles::RoleApi(app.clone()),
        rules::RuleApi(app.clone()),
        staff::StaffApi(app.clone()),
        waiting::WaitingApi(app.clone()),
        work_login::WorkLoginApi(app.clone()),
        manage::api(app),
    )
}

/// What a field of an update asks for: absent stays as it is, empty clears.
fn text_change(field: MaybeUndefined<String>) -> Option<String> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text.trim().to_owned()),
    }
}

/// The same for the id of a parent: empty means the top.
fn parent_change<T>(field: &MaybeUndefined<i64>, id: impl Fn(i64) -> T) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(parent) => Some(Some(id(*parent))),
    }
}

/// A text without the white space around it.
fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}
