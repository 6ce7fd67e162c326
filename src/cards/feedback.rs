//! What salespeople tell the makers (意见反馈), and how the back office deals with it.

use serde_json::Value;

use super::store;
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin, Staff},
    ids::{CompanyId, FeedbackId, StaffId},
    time::Millis,
    web::Paging,
};

/// A message as it is listed.
#[derive(Debug, Clone)]
pub struct Feedback {
    pub id: FeedbackId,
    /// `None` when the person has left.
    pub staff: Option<StaffId>,
    pub name: String,
    pub company: CompanyId,
    pub company_name: String,
    pub problem_type: i64,
    pub content: Value,
    pub status: i64,
    pub created_at: Millis,
}

/// Writes down what a salesperson says.
pub async fn write(app: &App, staff: Staff, problem_type: i64, content: &Value) -> Result<FeedbackId> {
    let text = serde_json::to_string(content)?;
    app.db.write(move |w| store::feedback::insert(w, staff, problem_type, &text, Millis::now())).await
}

/// Newest first: of all companies for role 1 unless it names one, of their own for others.
pub async fn page(
    app: &App,
    admin: &Admin,
    company: Option<i64>,
    status: Option<i64>,
    paging: Paging,
) -> Result<(Vec<Feedback>, i64)> {
    let only = match company {
        Some(named) => Some(admin.company_named(Some(named))?),
        None => admin.only_company(),
    };
    app.db
        .read(move |conn| {
            Ok((store::feedback::page(conn, only, status, paging)?, store::feedback::count(conn, only, status)?))
        })
        .await
}

pub async fn set_status(app: &App, admin: &Admin, id: FeedbackId, status: i64) -> Result<()> {
    let (only, by) = (admin.only_company(), admin.author());
    app.db
        .write(move |w| {
            let company =
                store::feedback::set_status(w, only, id, status)?.ok_or_else(|| Error::no_such("意见反馈"))?;
            let detail = format!("意见反馈 {id}，状态 {status}");
            identity::store::audit::put(w, company, by, "product.change_feedback_status", &detail)
        })
        .await
}
