//! What a staff member changes about a customer of theirs: the outlook, the notes, and that they are a customer at all.

use super::{follow_up, store, tags};
use crate::{
    app::App,
    chat::Pair,
    db::Write,
    error::{Error, FieldErrors, Result},
    events::Person,
    identity::Staff,
    ids::{CustomerId, TagId},
    time::{Day, Millis},
};

/// What is to become of the sales outlook; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// All the tags that the customer has from now on.
    pub tags: Option<Vec<TagId>>,
    /// Percent.
    pub rate: Option<i64>,
    /// `Some(None)`: not known any more.
    pub day: Option<Option<Day>>,
}

/// What is to become of the notes; `None` stays as it is, an empty text clears.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub memo_name: Option<String>,
    pub sex: Option<i64>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub company: Option<String>,
    pub position: Option<String>,
    pub address: Option<String>,
    pub birthday: Option<Option<Day>>,
    pub memo: Option<String>,
    pub source: Option<i64>,
    /// The customer who brought this one; `Some(None)`: nobody.
    pub parent: Option<Option<CustomerId>>,
    pub expected_day: Option<Option<Day>>,
}

/// Changes the outlook; 307 without a relation, 301 for a tag that the caller does not have.
pub async fn set_outlook(app: &App, staff: Staff, customer: CustomerId, outlook: Outlook) -> Result<()> {
    let inside = app.clone();
    app.db.write(move |w| set_outlook_at(w, &inside, pair(staff, customer), &outlook, Millis::now())).await
}

/// [`set_outlook`] within a write job, at a given moment. Date and rate are written down as follow-ups, also when they
/// are said to be what they were: that is news too.
pub fn set_outlook_at(w: &Write<'_>, app: &App, pair: Pair, outlook: &Outlook, now: Millis) -> Result<()> {
    let relation = store::relation(w, pair.company, pair.staff, pair.customer)?.ok_or(Error::NoRelation)?;
    if let Some(wanted) = &outlook.tags {
        tags::replace(w, pair, relation, wanted)?;
    }
    if let Some(rate) = outlook.rate {
        store::changes::set_rate(w, relation, rate)?;
        follow_up(w, app, pair, &format!("更新预计成交率为: {rate}%"), now)?;
    }
    if let Some(day) = outlook.day {
        store::changes::set_day(w, relation, day)?;
        let text = day.map_or_else(|| "未定".to_owned(), Day::text);
        follow_up(w, app, pair, &format!("更新预计成交日期: {text}"), now)?;
    }
    Ok(())
}

/// Changes the notes; 302 when the customer or the one who brought them is not the caller's, 301 for a bad field.
pub async fn annotate(app: &App, staff: Staff, customer: CustomerId, notes: Notes) -> Result<()> {
    let inside = app.clone();
    app.db.write(move |w| annotate_at(w, &inside, pair(staff, customer), notes, Millis::now())).await
}

/// [`annotate`] within a write job, at a given moment.
pub fn annotate_at(w: &Write<'_>, app: &App, pair: Pair, notes: Notes, now: Millis) -> Result<()> {
    check(&notes)?;
    let relation = store::relation(w, pair.company, pair.staff, pair.customer)?;
    let relation = relation.ok_or_else(|| Error::no_such("客户"))?;
    if let Some(parent) = notes.parent
        && parent != store::changes::parent_of(w, relation)?
    {
        // Of others' customers not even the name is shown.
        if let Some(parent) = parent
            && (parent == pair.customer || store::relation(w, pair.company, pair.staff, parent)?.is_none())
        {
            return Err(Error::no_such("上级客户"));
        }
        store::changes::set_parent(w, relation, parent)?;
    }
    if let Some(source) = notes.source {
        store::changes::set_source(w, relation, source)?;
    }
    store::changes::annotate(w, relation, &notes)?;
    if let Some(day) = notes.expected_day {
        set_outlook_at(w, app, pair, &Outlook { day: Some(day), ..Outlook::default() }, now)?;
    }
    Ok(())
}

fn check(notes: &Notes) -> Result<()> {
    let mut errors = FieldErrors::new();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if given(&notes.phone).is_some_and(|phone| !is_mobile(&phone)) {
        errors.add("phone", "手机号码格式错误");
    }
    if given(&notes.email).is_some_and(|email| !is_email(&email)) {
        errors.add("email", "邮箱格式错误");
    }
    if notes.sex.is_some_and(|sex| !(0..=2).contains(&sex)) {
        errors.add("sex", "应为 1（男）或 2（女）");
    }
    if notes.source.is_some_and(|source| !(1..=5).contains(&source)) {
        errors.add("source", "应为 1 到 5");
    }
    errors.into_result()
}

/// A mainland mobile number: eleven digits, 13 to 19 at the front.
pub fn is_mobile(text: &str) -> bool {
    let digits = text.as_bytes();
    digits.len() == 11
        && digits.iter().all(u8::is_ascii_digit)
        && digits[0] == b'1'
        && (b'3'..=b'9').contains(&digits[1])
}

/// Something before an @, and a name with a dot behind it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |part: &str| part.chars().all(|c| !c.is_whitespace() && c != '@' && !c.is_control());
    let labels_hold = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    !local.is_empty() && is_plain(local) && is_plain(domain) && labels_hold
}

/// Takes a customer out of a staff member's list, with all that the two have between them: conversation, radar entries,
/// follow-ups, notes, tags. What colleagues have with the same customer is theirs and stays; when nobody has any, the
/// customer is deleted altogether, and whoever comes by that WeChat account again is a new one.
///
/// The figures of past days (`stat_day`) are history and stay; every other counter is what a recount gives.
pub async fn delete(app: &App, staff: Staff, customer: CustomerId) -> Result<()> {
    let inside = app.clone();
    app.db.write(move |w| delete_at(w, &inside, pair(staff, customer))).await
}

/// [`delete`] within a write job.
pub fn delete_at(w: &Write<'_>, app: &App, pair: Pair) -> Result<()> {
    let relation = store::relation(w, pair.company, pair.staff, pair.customer)?;
    let relation = relation.ok_or_else(|| Error::NotFound("用户ID不存在".into()))?;
    store::changes::count_out(w, pair, relation)?;
    store::changes::delete_relation(w, pair, relation)?;
    let is_gone = !store::changes::has_relations(w, pair)?;
    if is_gone {
        store::changes::delete_customer(w, pair)?;
    }
    let app = app.clone();
    w.after_commit(move || {
        if is_gone {
            // Before the sockets end: whoever comes back at once must not be let in by the old token.
            app.sessions.clear();
            app.hub.disconnect(Person::Customer(pair.customer));
        }
        // A window of the staff member may still show the conversation; its socket comes back, and is refused.
        app.hub.disconnect(Person::Staff(pair.staff));
    });
    Ok(())
}

fn pair(staff: Staff, customer: CustomerId) -> Pair {
    Pair { company: staff.company, staff: staff.id, customer }
}

/// A closing rate as clients write it: `80`, `80%`; empty and `NaN` are 0.
pub fn rate_of(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches(['%', '％']).trim_end();
    if text.is_empty() || text.eq_ignore_ascii_case("nan") {
        return Some(0);
    }
    let number: f64 = text.parse().ok()?;
    #[allow(clippy::cast_possible_truncation, reason = "0 to 100")]
    (0.0..=100.0).contains(&number).then_some(number.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_as_clients_write_them() {
        for (text, rate) in [("80", 80), ("80%", 80), (" 80 ％ ", 80), ("NaN", 0), ("", 0), ("NaN%", 0), ("100", 100)]
        {
            assert_eq!(rate_of(text), Some(rate), "{text}");
        }
        for text in ["-1", "101%", "viel", "8O", "1e9"] {
            assert_eq!(rate_of(text), None, "{text}");
        }
    }

    #[test]
    fn mobile_numbers_and_mail_addresses() {
        for number in ["13800138000", "14912345678", "16612345678", "19912345678"] {
            assert!(is_mobile(number), "{number}");
        }
        for number in ["12800138000", "1380013800", "138001380000", "+8613800138000", "1380013800a", "二3800138000"] {
            assert!(!is_mobile(number), "{number}");
        }
        for address in ["1224423@qq.com", "a.b+c@mail.example.com.cn", "客服@例子.公司"] {
            assert!(is_email(address), "{address}");
        }
        for address in ["", "a", "@b.c", "a@b", "a@b.", "a@.b", "a b@c.d", "a@b@c d.e"] {
            assert!(!is_email(address), "{address}");
        }
    }
}
