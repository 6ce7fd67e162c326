//! Endpoints of products, a file a family.

mod admin;
mod customer;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Block;
use crate::app::App;

pub fn api(app: &App) -> impl OpenApi + use<> {
    (admin::AdminProductApi(app.clone()), customer::CustomerProductApi(app.clone()))
}

/// 产品封面
#[derive(Debug, Object, Serialize)]
struct ProductCover {
    cover_data: Vec<Block>,
}
