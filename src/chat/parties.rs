//! Who talks with whom in a request: from the caller and the ids that the documents send, in all their spellings.

use super::{Pair, store};
use crate::{
    app::App,
    customers,
    error::{Error, Result},
    identity::{Customer, Staff, StaffOrCustomer},
    ids::{CustomerId, StaffId},
};

use super::Side;

/// The ids of a request. `staff` is `u_id` or `uid`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named {
    pub customer: Option<i64>,
    pub staff: Option<i64>,
}

/// The conversation that a request is about, and the caller's side of it.
pub async fn parties(app: &App, caller: StaffOrCustomer, named: Named) -> Result<(Pair, Side)> {
    match caller {
        StaffOrCustomer::Staff(staff) => Ok((of_staff(app, staff, named).await?, Side::Staff)),
        StaffOrCustomer::Customer(customer) => Ok((of_customer(app, customer, named).await?, Side::Customer)),
    }
}

/// A staff member talks with customers of theirs only.
async fn of_staff(app: &App, staff: Staff, named: Named) -> Result<Pair> {
    let customer = named.customer.map(CustomerId).ok_or_else(|| Error::field("customer_id", "此字段不能为空"))?;
    let known = app.db.read(move |conn| customers::store::relation(conn, staff.company, staff.id, customer)).await?;
    known.ok_or_else(|| Error::no_such("客户"))?;
    Ok(Pair { company: staff.company, staff: staff.id, customer })
}

/// A customer talks with any staff member of the company; without a name, with the one they last had to do with.
pub async fn of_customer(app: &App, customer: Customer, named: Named) -> Result<Pair> {
    if named.customer.is_some_and(|id| id != customer.id.0) {
        return Err(Error::no_such("客户"));
    }
    let staff = app
        .db
        .read(move |conn| match named.staff.map(StaffId) {
            Some(staff) if customers::store::is_staff_of(conn, customer.company, staff)? => Ok(Some(staff)),
            Some(_) => Err(Error::no_such("用户")),
            None => store::last_staff_of(conn, customer.company, customer.id),
        })
        .await?;
    let staff = staff.ok_or_else(|| Error::field("u_id", "此字段不能为空"))?;
    Ok(Pair { company: customer.company, staff, customer: customer.id })
}
