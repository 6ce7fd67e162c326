//! Managing a company from the staff's side (`/qiyeweixin`). Document 003.
//!
//! Two addresses are printed for other operations than their own: role/add and role/update also for permissions, and
//! company/delete also for adding. There the body tells which one is meant.

mod companies;
mod permissions;
mod roles;
mod users;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        users::UserApi(app.clone()),
        roles::RoleApi(app.clone()),
        permissions::PermissionApi(app.clone()),
        companies::CompanyApi(app.clone()),
    )
}
