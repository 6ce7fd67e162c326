//! Cases and diaries (案例、日记).

use poem_openapi::OpenApi;

use crate::app::App;

/// The endpoints.
pub fn api(app: &App) -> impl OpenApi + use<> {
    let _ = app;
}
