//! Endpoints of mall.

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(_app: &App) -> impl OpenApi + use<> {}
