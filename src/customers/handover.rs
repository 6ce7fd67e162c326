//! Handing customers over (移交): what a salesperson had with a customer goes on with a colleague, usually because the
//! salesperson has left. The colleague takes their place in everything: conversation, radar entries, follow-ups, notes,
//! tags, outlook. Where the colleague knows the customer already, the two histories become one.
//!
//! Which link an article was read by, and who is credited with an order or a sign-up, stays as it was.

use super::{interest::Interest, store};
use crate::{
    app::App,
    chat::{self, Pair},
    db::Write,
    error::{Error, FieldErrors, Result},
    events::Person,
    identity::{self, Admin},
    ids::{CustomerId, StaffId},
    outbox, radar,
    time::Millis,
};

/// Customers moved in one job: others may write in between.
const CHUNK: usize = 20;
/// Customers of one call. More are left for the next.
const MOST: i64 = 100_000;

/// How many customers went over, and how many of them the receiver had already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    pub customers: i64,
    pub merged: i64,
}

/// Hands over the chosen customers of a staff member, or all. 302 for unknown staff, and for a customer that is not
/// theirs; 301 when the receiver is the same person or is not enabled.
pub async fn hand_over(
    app: &App,
    admin: &Admin,
    from: StaffId,
    to: StaffId,
    chosen: Option<Vec<CustomerId>>,
) -> Result<Moved> {
    let company = admin.company;
    let customers = app
        .db
        .read(move |conn| {
            super::must_be_staff_of(conn, company, from)?;
            super::must_be_staff_of(conn, company, to)?;
            let receiver = |why: &str| FieldErrors::one("user_id", why).into_result();
            if from == to {
                receiver("不能移交给自己")?;
            }
            if !store::is_enabled_staff(conn, company, to)? {
                receiver("接收人未启用")?;
            }
            let Some(chosen) = chosen else { return store::handover::customers_of(conn, company, from, MOST) };
            for customer in &chosen {
                store::relation(conn, company, from, *customer)?.ok_or_else(|| Error::no_such("客户"))?;
            }
            Ok(chosen)
        })
        .await?;
    let mut moved = Moved::default();
    for some in customers.chunks(CHUNK) {
        let (some, author, inside) = (some.to_vec(), admin.author(), app.clone());
        let more = app
            .db
            .write(move |w| {
                let mut more = Moved::default();
                for customer in some {
                    let pair = Pair { company, staff: from, customer };
                    // Somebody else may have moved or deleted it a moment ago.
                    if let Some(is_merged) = hand_over_at(w, &inside, pair, to)? {
                        more.customers += 1;
                        more.merged += i64::from(is_merged);
                    }
                }
                let detail = format!("雷达用户 {from} 的 {} 位客户移交给 {to}", more.customers);
                identity::store::audit::put(w, company, author, "user.handover", &detail)?;
                Ok(more)
            })
            .await?;
        moved.customers += more.customers;
        moved.merged += more.merged;
    }
    if moved.customers > 0 {
        let (inside, text) = (app.clone(), format!("管理员将{}位客户移交给您,请及时跟进", moved.customers));
        app.db.write(move |w| outbox::tell_staff(w, &inside, company, to, &text, Millis::now())).await?;
    }
    Ok(moved)
}

/// Moves one customer within a write job; whether the receiver had them already, `None` when there is nothing to move.
pub fn hand_over_at(w: &Write<'_>, app: &App, pair: Pair, to: StaffId) -> Result<Option<bool>> {
    let Some(relation) = store::relation(w, pair.company, pair.staff, pair.customer)? else { return Ok(None) };
    let there = Pair { staff: to, ..pair };
    let theirs = store::relation(w, pair.company, to, pair.customer)?;
    store::changes::count_out(w, pair, relation)?;
    if let Some(theirs) = theirs {
        store::changes::count_out(w, there, theirs)?;
        // A customer's praise counts once for a card.
        if store::handover::is_praised(w, relation)? && store::handover::is_praised(w, theirs)? {
            radar::store::only_list_praise(w, pair)?;
        }
    }
    radar::store::hand_over(w, pair, to)?;
    chat::store::hand_over(w, pair, to)?;
    store::handover::give_follow_ups(w, pair, to)?;
    let tags = store::tags::take_all(w, relation)?;
    let kept = match theirs {
        None => {
            store::handover::give(w, pair.company, relation, to)?;
            relation
        }
        Some(theirs) => {
            let (one, other) = (store::interest::find(w, theirs)?, store::interest::find(w, relation)?);
            store::handover::merge(w, theirs, relation, both(one, other))?;
            store::handover::drop_merged(w, pair.company, relation)?;
            chat::store::recount(w, there, theirs)?;
            theirs
        }
    };
    store::tags::give_all(w, there, kept, &tags, Millis::now())?;
    store::changes::count_in(w, there, kept)?;
    let app = app.clone();
    // Open windows show what is not so any more; their sockets come back to what is.
    w.after_commit(move || {
        for person in [Person::Staff(pair.staff), Person::Staff(to), Person::Customer(pair.customer)] {
            app.hub.disconnect(person);
        }
    });
    Ok(Some(theirs.is_some()))
}

/// The points of two histories, as of the later moment.
fn both(one: Interest, other: Interest) -> Interest {
    one.with(other.points, other.at)
}
