//! Endpoints of the official account, a file a subject.

mod login;
mod push;
mod sign;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (login::ReaderLoginApi(app.clone()), sign::SignApi(app.clone()), push::PushApi(app.clone()))
}
