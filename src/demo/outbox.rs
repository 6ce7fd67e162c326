//! What was on its way to WeChat on the day before: most of it got through.

use super::store::first_visitors;
use crate::{
    db::Write,
    error::{Error, Result},
    ids::{CompanyId, StaffId},
    outbox::{self, Parcel},
    time::{HOUR, MINUTE, Millis},
};

/// What salespeople were told, by who was first in the staff.
const TOLD: [&str; 4] = [
    "【温馨提示】:管理员发布了文章《客户跟进的五个习惯》,大家积极转发呦",
    "查看您的名片第2次,把握深度交流的机会",
    "正在查看您发布的产品,尽快把握商机",
    "转发了你的名片,你的人脉圈正在裂变",
];
const NOTICE: &str = "资料已经发到您的邮箱，请查收。";
const LETTER: &str = "您好，公开课的回放已经上线，欢迎观看。";

/// Of the company's outbox: texts, a notice, and a letter to somebody who does not follow the account.
pub fn fill(w: &Write<'_>, staff: &[StaffId], now: Millis) -> Result<()> {
    let company = CompanyId::FIRST;
    let owner = *staff.first().ok_or_else(|| Error::internal("no salesperson in the demo"))?;
    let visitors = first_visitors(w, company, 3)?;
    let Some(userid) = outbox::store::userid(w, company, owner)? else { return Ok(()) };
    let begun = now.plus(-20 * HOUR);
    for (number, (text, minutes)) in TOLD.into_iter().zip([0, 40, 55, 130]).enumerate() {
        let at = begun.plus(minutes * MINUTE);
        let name = match visitors.get(number % visitors.len().max(1)) {
            Some(customer) if number > 0 => crate::customers::store::face(w, company, *customer)?.0,
            _ => String::new(),
        };
        let parcel = Parcel::StaffText { userid: userid.clone(), text: format!("{name}{text}") };
        put(w, &parcel, at, None)?;
    }
    if let [first, second, ..] = visitors[..] {
        let (text, at) = (NOTICE.to_owned(), begun.plus(3 * HOUR));
        put(w, &Parcel::MiniNotice { staff: owner, customer: first, text, said_at: at.0 }, at, None)?;
        let (text, at) = (LETTER.to_owned(), begun.plus(4 * HOUR));
        let letter = Parcel::OfficialChat { staff: owner, customer: second, text, picture: String::new() };
        put(w, &letter, at, Some("微信返回错误,require subscribe"))?;
    }
    Ok(())
}

/// Delivered, or given up for a reason.
fn put(w: &Write<'_>, parcel: &Parcel, at: Millis, trouble: Option<&str>) -> Result<()> {
    outbox::store::put(w, CompanyId::FIRST, parcel, at, at)?;
    let id = w.last_insert_rowid();
    match trouble {
        None => outbox::store::delivered(w, &[id], "", at.plus(700)),
        Some(reason) => outbox::store::given_up(w, id, reason, at.plus(900)),
    }
}
