//! Signing up for an activity: once for each phone number, a repeat corrects what was said.

use super::store;
use crate::{
    app::App,
    articles,
    chat::Pair,
    customers,
    db::Write,
    error::{Error, Result},
    identity::{self, CustomerOrAdmin},
    ids::{ActivityId, CompanyId, CustomerId, StaffId},
    radar::{self, Action},
    time::Millis,
};

/// What the form says.
#[derive(Debug, Clone)]
pub struct Form {
    pub name: String,
    pub phone: String,
    pub leave_message: String,
    /// Whose article it was.
    pub staff: Option<StaffId>,
}

/// 301 when there is no such activity in the signer's company, or the phone number is none.
pub async fn sign_up(app: &App, by: CustomerOrAdmin, activity: ActivityId, form: Form) -> Result<()> {
    let (company, customer, author) = match by {
        CustomerOrAdmin::Customer(customer) => (customer.company, Some(customer.id), None),
        // Only customers name a staff member.
        CustomerOrAdmin::Admin(_) if form.staff.is_some() => return Err(Error::Forged),
        CustomerOrAdmin::Admin(admin) => (admin.company, None, Some(admin.author())),
    };
    let app_inside = app.clone();
    app.db
        .write(move |w| {
            sign_up_at(w, &app_inside, company, customer, activity, &form, Millis::now())?;
            let Some(author) = author else { return Ok(()) };
            let detail = format!("报名插件 {activity} {}", form.name);
            identity::store::audit::put(w, company, author, "plugin_report.sign_up_activity", &detail)
        })
        .await
}

/// [`sign_up`] within a write job, at a given moment. `customer` is `None` when the back office does it.
pub fn sign_up_at(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    customer: Option<CustomerId>,
    id: ActivityId,
    form: &Form,
    now: Millis,
) -> Result<()> {
    let phone = phone_number(&form.phone).ok_or_else(|| Error::field("phone", "手机号码格式错误"))?;
    let activity = store::activities::find(w, company, id)?.ok_or(Error::Unacceptable("报名活动不存在".into()))?;
    if let Some(staff) = form.staff
        && !customers::store::is_enabled_staff(w, company, staff)?
    {
        return Err(Error::no_such("用户"));
    }
    let source = match customer {
        Some(customer) => articles::store::readers::last_shown(w, customer, id)?,
        None => None,
    };
    let staff = form.staff.or(source.as_ref().and_then(|(staff, _)| *staff));
    let is_new = store::activities::put_sign_up(w, id, customer, staff, form, &phone, now)?;
    let (true, Some(staff), Some(customer)) = (is_new, staff, customer) else { return Ok(()) };
    let title = match source {
        Some((_, title)) => format!("文章《{title}》的活动"),
        None => format!("活动《{}》", activity.fields.title),
    };
    let text = format!("报名参加了{title},具体详情在后台查看");
    let pair = Pair { company, staff, customer };
    // Who signed up after the company has expired is in the list all the same.
    radar::record_while_open(w, app, pair, Action::SignUp, text, now)
}

/// Digits, perhaps with a country code and marks between them; a document's own sample has one digit too many for a
/// mobile number.
fn phone_number(given: &str) -> Option<String> {
    let (sign, rest) = given.trim().strip_prefix('+').map_or(("", given.trim()), |rest| ("+", rest));
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let is_phone = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
    (is_phone && (7..=15).contains(&digits.len())).then(|| format!("{sign}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::phone_number;

    #[test]
    fn phone_numbers_are_judged_loosely() {
        for (given, kept) in [
            ("130200023412", "130200023412"),
            (" 138-0013-8000 ", "13800138000"),
            ("+86 13800138000", "+8613800138000"),
            ("(021) 5555666", "0215555666"),
        ] {
            assert_eq!(phone_number(given).as_deref(), Some(kept));
        }
        for bad in ["", "12345", "1380013800a", "1234567890123456", "++8613800138000"] {
            assert_eq!(phone_number(bad), None, "{bad}");
        }
    }
}
