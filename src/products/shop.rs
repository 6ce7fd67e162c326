//! What customers do with products. Each act is a line on the radar of the staff member whose card they came by.

use serde_json::{Map, Value};

use super::{Product, store};
use crate::{
    app::App,
    chat::{self, Content, Pair, Side},
    customers,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{ProductId, StaffId},
    radar::{self, Action},
    time::Millis,
    web::Paging,
};

/// The staff member as the product pages show them.
#[derive(Debug, Clone)]
pub struct Seller {
    pub name: String,
    pub avatar: String,
    pub position: String,
}

/// A product that a customer looks at.
#[derive(Debug, Clone)]
pub struct Look {
    pub seller: Seller,
    pub product: Product,
    /// Messages of the staff member that the customer has not read.
    pub unread: i64,
}

/// A page of what the staff member offers, and how many products there are. Turning pages is not a new visit.
pub async fn browse(
    app: &App,
    customer: Customer,
    staff: StaffId,
    paging: Paging,
) -> Result<(Seller, Vec<Product>, i64)> {
    let pair = pair(customer, staff);
    let inside = app.clone();
    if paging.offset() == 0 {
        app.db
            .write(move |w| {
                customers::must_be_staff_of(w, pair.company, pair.staff)?;
                radar::record_while_open(
                    w,
                    &inside,
                    pair,
                    Action::ViewProduct,
                    "正在查看您发布的产品,尽快把握商机".to_owned(),
                    Millis::now(),
                )
            })
            .await?;
    }
    app.db
        .read(move |conn| {
            let seller = store::seller(conn, pair.company, staff)?.ok_or_else(|| Error::no_such("用户"))?;
            let products = store::offered(conn, pair.company, staff, paging)?;
            Ok((seller, products, store::count_offered(conn, pair.company, staff)?))
        })
        .await
}

/// Any product of the company, withdrawn ones too: a customer may have kept the link.
pub async fn look_at(app: &App, customer: Customer, staff: StaffId, id: ProductId) -> Result<Look> {
    act_on(app, customer, staff, id, |w, app, pair, product| {
        radar::record_while_open(
            w,
            app,
            pair,
            Action::ViewProduct,
            format!("正在查看{},尽快把握商机", product.name),
            Millis::now(),
        )?;
        Ok(Look {
            seller: store::seller(w, pair.company, pair.staff)?.ok_or_else(|| Error::no_such("用户"))?,
            product,
            unread: chat::store::unread_in(w, pair, Side::Customer)?,
        })
    })
    .await
}

pub async fn forward(app: &App, customer: Customer, staff: StaffId, id: ProductId) -> Result<()> {
    act_on(app, customer, staff, id, |w, app, pair, product| {
        store::count_forward(w, pair.company, product.id)?;
        radar::record_while_open(w, app, pair, Action::ViewProduct, format!("转发了{}", product.name), Millis::now())
    })
    .await
}

/// On the radar, and as a message in the conversation.
pub async fn consult(app: &App, customer: Customer, staff: StaffId, id: ProductId) -> Result<()> {
    act_on(app, customer, staff, id, |w, app, pair, product| {
        radar::record_while_open(w, app, pair, Action::ConsultProduct, "向您咨询产品".to_owned(), Millis::now())?;
        chat::send(w, app, pair, Side::Customer, question(&product), Millis::now())?;
        Ok(())
    })
    .await
}

fn question(product: &Product) -> Content {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("product_cover_url", product.content.cover_url().into());
    put("product_name", product.name.as_str().into());
    put("product_price", product.price.as_str().into());
    put("product_id", product.id.0.into());
    Content { info_type: 2, members }
}

fn pair(customer: Customer, staff: StaffId) -> Pair {
    Pair { company: customer.company, staff, customer: customer.id }
}

/// One write job: the staff member and the product must be of the customer's company, then `act`.
async fn act_on<T, F>(app: &App, customer: Customer, staff: StaffId, id: ProductId, act: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Write<'_>, &App, Pair, Product) -> Result<T> + Send + 'static,
{
    let pair = pair(customer, staff);
    let inside = app.clone();
    app.db
        .write(move |w| {
            customers::must_be_staff_of(w, pair.company, pair.staff)?;
            let product = store::find(w, pair.company, id)?.ok_or_else(|| Error::no_such("产品"))?;
            act(w, &inside, pair, product)
        })
        .await
}
