//! Endpoints of customers: their login (mini-program), and what staff know about them (Work WeChat).

mod changes;
mod follow_ups;
mod handover;
mod login;
mod office;
mod office_export;
mod office_rows;
mod office_tags;
mod staff;
mod tags;
mod test_login;

use poem_openapi::OpenApi;

use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        login::LoginApi(app.clone()),
        staff::CustomerApi(app.clone()),
        changes::ChangeApi(app.clone()),
        tags::TagApi(app.clone()),
        follow_ups::FollowUpApi(app.clone()),
        handover::HandoverApi(app.clone()),
        office::OfficeApi(app.clone()),
        office_export::ExportApi(app.clone()),
        office_tags::OfficeTagApi(app.clone()),
        test_login::TestLoginApi(app.clone()),
    )
}
