//! Endpoints of companies and their people, a file a subject.

mod roles;
mod staff;
mod waiting;
mod work_login;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        roles::RoleApi(app.clone()),
        roles::RuleApi(app.clone()),
        staff::StaffApi(app.clone()),
        waiting::WaitingApi(app.clone()),
        work_login::WorkLoginApi(app.clone()),
    )
}
