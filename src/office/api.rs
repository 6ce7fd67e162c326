//! Endpoints of the installation, a file a subject.

mod about;
mod settings;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (settings::SettingsApi(app.clone()), about::AboutApi(app.clone()))
}
