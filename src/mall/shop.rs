//! What customers do in the mall. Each act is a line on the radar of the staff member whose card they came by.

use serde_json::{Map, Value};

use super::{Filter, Good, price, store::goods as store};
use crate::{
    app::App,
    chat::{self, Content, Pair, Side},
    customers,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{GoodId, StaffId},
    radar::{self, Action},
    time::Millis,
    web::Paging,
};

/// A page of what the company offers, and how many goods there are. Turning pages is not a new visit.
pub async fn browse(
    app: &App,
    customer: Customer,
    staff: StaffId,
    filter: Filter,
    paging: Paging,
) -> Result<(Vec<Good>, i64)> {
    let pair = Pair { company: customer.company, staff, customer: customer.id };
    if paging.offset() == 0 {
        let inside = app.clone();
        app.db
            .write(move |w| {
                customers::must_be_staff_of(w, pair.company, pair.staff)?;
                radar::record_while_open(
                    w,
                    &inside,
                    pair,
                    Action::ViewProduct,
                    "正在查看您发布的商品,尽快把握商机".to_owned(),
                    Millis::now(),
                )
            })
            .await?;
    }
    super::goods::list(app, filter, paging).await
}

pub async fn look_at(app: &App, customer: Customer, staff: StaffId, id: GoodId) -> Result<Good> {
    act_on(app, customer, staff, id, |w, app, pair, good| {
        radar::record_while_open(
            w,
            app,
            pair,
            Action::ViewProduct,
            format!("正在查看【{}】,尽快把握商机", good.name),
            Millis::now(),
        )?;
        Ok(good)
    })
    .await
}

pub async fn forward(app: &App, customer: Customer, staff: StaffId, id: GoodId) -> Result<()> {
    act_on(app, customer, staff, id, |w, app, pair, good| {
        store::count_forward(w, pair.company, good.id)?;
        radar::record_while_open(w, app, pair, Action::ViewProduct, format!("转发了【{}】", good.name), Millis::now())
    })
    .await
}

/// On the radar, and as a message in the conversation.
pub async fn consult(app: &App, customer: Customer, staff: StaffId, id: GoodId) -> Result<()> {
    act_on(app, customer, staff, id, |w, app, pair, good| {
        radar::record_while_open(w, app, pair, Action::ConsultProduct, "向您咨询商品".to_owned(), Millis::now())?;
        chat::send(w, app, pair, Side::Customer, question(&good), Millis::now())?;
        Ok(())
    })
    .await
}

/// Looks like a question about a product, so that clients show it; the id's name says that it is a good's.
fn question(good: &Good) -> Content {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("product_cover_url", good.pictures.first().map_or("", String::as_str).into());
    put("product_name", good.name.as_str().into());
    put("product_price", price::yuan(good.price_fen).into());
    put("goods_id", good.id.0.into());
    Content { info_type: 2, members }
}

/// One write job: the staff member must be of the customer's company and offer the good, then `act`.
async fn act_on<T, F>(app: &App, customer: Customer, staff: StaffId, id: GoodId, act: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Write<'_>, &App, Pair, Good) -> Result<T> + Send + 'static,
{
    let pair = Pair { company: customer.company, staff, customer: customer.id };
    let inside = app.clone();
    app.db
        .write(move |w| {
            customers::must_be_staff_of(w, pair.company, pair.staff)?;
            let good = store::find(w, pair.company, id)?.filter(|good| !matches!(good.status, 2 | 4));
            act(w, &inside, pair, good.ok_or_else(|| Error::no_such("商品"))?)
        })
        .await
}
