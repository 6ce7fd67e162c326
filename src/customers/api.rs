//! Endpoints of customers: their login (mini-program), and what staff know about them (Work WeChat).

mod login;
mod staff;
mod test_login;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (login::LoginApi(app.clone()), staff::CustomerApi(app.clone()), test_login::TestLoginApi(app.clone()))
}
