//! Endpoints of plugins, a file each.

mod activities;
mod cards;
mod goods;
mod sign_ups;

use poem_openapi::{Object, OpenApi};

use crate::{app::App, error::Result, web::Paging};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        cards::CardPluginApi(app.clone()),
        activities::ActivityApi(app.clone()),
        sign_ups::SignUpApi(app.clone()),
        goods::GoodsPluginApi(app.clone()),
    )
}

#[derive(Debug, Object)]
struct PluginFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10（商品 20）
    length: Option<i64>,
}

impl PluginFilter {
    fn paging(&self, default: i64) -> Result<Paging> {
        Paging::new(self.current_page, self.length, default)
    }
}
