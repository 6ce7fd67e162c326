//! Follow-ups (跟进记录) that a staff member wrote about a customer, and the ready phrases (跟进常用语) for them.

use super::store;
use crate::{
    app::App,
    chat::Pair,
    db,
    error::{Error, Result},
    identity::Staff,
    ids::{CustomerId, PhraseId},
    time::Millis,
    web::Paging,
};

/// A follow-up, as it is listed.
pub struct FollowUp {
    pub text: String,
    pub created_at: Millis,
}

/// A page of follow-ups with the faces of both sides.
pub struct FollowUps {
    pub staff_name: String,
    pub staff_avatar: String,
    pub customer_avatar: String,
    pub rows: Vec<FollowUp>,
    pub count: i64,
}

/// A ready phrase.
pub struct Phrase {
    pub id: PhraseId,
    pub text: String,
}

/// What the caller wrote about a customer of theirs, oldest first; 302 for anybody else's.
pub async fn list(app: &App, staff: Staff, customer: CustomerId, paging: Paging) -> Result<FollowUps> {
    app.db
        .read(move |conn| store::follow_ups::page(conn, staff, customer, paging))
        .await?
        .ok_or_else(|| Error::no_such("客户"))
}

/// Writes a follow-up; 307 without a relation.
pub async fn add(app: &App, staff: Staff, customer: CustomerId, text: String) -> Result<i64> {
    let inside = app.clone();
    let pair = Pair { company: staff.company, staff: staff.id, customer };
    app.db.write(move |w| super::follow_up(w, &inside, pair, &text, Millis::now())).await
}

/// The caller's own phrases, newest first, then those of the whole company; and how many they are in all.
pub async fn phrases(app: &App, staff: Staff, paging: Paging) -> Result<(Vec<Phrase>, i64)> {
    app.db
        .read(move |conn| {
            let own = store::follow_ups::count_phrases(conn, staff, true)?;
            let common = store::follow_ups::count_phrases(conn, staff, false)?;
            let mut phrases = store::follow_ups::phrases(conn, staff, true, paging.limit(), paging.offset())?;
            let left = paging.limit() - i64::try_from(phrases.len()).unwrap_or_default();
            let skipped = (paging.offset() - own).max(0);
            phrases.extend(store::follow_ups::phrases(conn, staff, false, left, skipped)?);
            Ok((phrases, own + common))
        })
        .await
}

/// 301 when the caller or the whole company has that phrase.
pub async fn add_phrase(app: &App, staff: Staff, text: String) -> Result<PhraseId> {
    let exists = || Error::Unacceptable("自定义常用语已存在".into());
    app.db
        .write(move |w| {
            if store::follow_ups::is_common(w, staff.company, &text)? {
                return Err(exists());
            }
            let added = store::follow_ups::insert_phrase(w, staff.company, Some(staff.id), &text, Millis::now());
            added.map_err(|error| if db::is_conflict(&error) { exists() } else { error.into() })
        })
        .await
}

/// Deletes a phrase of the caller's own.
pub async fn delete_phrase(app: &App, staff: Staff, id: PhraseId) -> Result<()> {
    let deleted = app.db.write(move |w| store::follow_ups::delete_phrase(w, staff, id)).await?;
    if deleted { Ok(()) } else { Err(Error::NotFound("ID不存在或者不允许删除".into())) }
}
