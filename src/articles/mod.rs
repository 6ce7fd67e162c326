//! Articles of the official account.

use poem_openapi::OpenApi;

use crate::app::App;

/// The endpoints.
pub fn api(app: &App) -> impl OpenApi + use<> {
    let _ = app;
}
