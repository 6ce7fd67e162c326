//! Endpoints of companies and their people, a file a subject.

mod roles;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (roles::RoleApi(app.clone()), roles::RuleApi(app.clone()))
}
