//! Endpoints of the third-party platforms. Document 002, sections 11 to 13.

mod process;
mod pushes;
mod release;
mod returning;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        process::ProcessApi(app.clone()),
        returning::ReturningApi(app.clone()),
        pushes::PushApi(app.clone()),
        release::ReleaseApi(app.clone()),
    )
}
