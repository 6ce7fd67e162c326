//! The outbox as the back office sees it: what waits, what got through, what was given up, and sending it again.

use super::{Kind, Parcel, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin},
    ids::CompanyId,
    time::Millis,
    web::Paging,
};

/// What the list is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub company: CompanyId,
    /// 0 waiting, 1 delivered, 2 given up.
    pub state: Option<i64>,
    pub kind: Option<Kind>,
}

/// A parcel as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: i64,
    pub parcel: Parcel,
    pub recipient: String,
    pub state: i64,
    pub attempts: i64,
    pub next_at: Millis,
    pub last_error: String,
    pub done_at: Option<Millis>,
    pub created_at: Millis,
}

impl Parcel {
    /// What it says, to be read by people.
    pub fn text(&self) -> String {
        match self {
            Self::OfficialChat { picture, .. } if !picture.is_empty() => "[图片]".to_owned(),
            Self::StaffText { text, .. } | Self::MiniNotice { text, .. } | Self::OfficialChat { text, .. } => {
                text.clone()
            }
            Self::IncomingMedia { medium: super::Medium::Picture, .. } => "[图片]".to_owned(),
            Self::IncomingMedia { medium: super::Medium::Voice, .. } => "[语音]".to_owned(),
        }
    }
}

/// A page of the company's parcels, newest first, and how many there are.
pub async fn page(app: &App, filter: Filter, paging: Paging) -> Result<(Vec<Listed>, i64)> {
    app.db.read(move |conn| Ok((store::list(conn, &filter, paging)?, store::count(conn, &filter)?))).await
}

/// Tries a parcel again, at once. 302 for an unknown one, 301 for one that got through.
pub async fn retry(app: &App, admin: &Admin, id: i64) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    let kind = app
        .db
        .write(move |w| {
            let (state, parcel) = store::find(w, company, id)?.ok_or_else(|| Error::no_such("消息"))?;
            if state == store::DELIVERED {
                return Err(Error::Unacceptable("该消息已发送".into()));
            }
            store::begin_again(w, company, id, Millis::now())?;
            let detail = format!("{} {id}", parcel.kind().title());
            identity::store::audit::put(w, company, by, "outbox.retry", &detail)?;
            Ok(parcel.kind())
        })
        .await?;
    app.outbox.lane(kind).notify_one();
    Ok(())
}
