//! What WeChat pushes to us for an official account: who follows and who leaves, and what people write to it. WeChat's
//! pages 接收普通消息, 接收事件推送, 消息加解密说明.

use subtle::ConstantTimeEq;

use super::store;
use crate::{
    app::App,
    chat::{self, Content, Pair, Side},
    db::Write,
    error::{Error, Result},
    identity::{self, AccountKind},
    ids::{CompanyId, CustomerId},
    outbox::{self, Medium, Parcel},
    radar::{self, Action},
    time::{HOUR, MINUTE, Millis},
    weixin::{Envelope, Secret, xml},
};

const KIND: AccountKind = AccountKind::OfficialAccount;
/// WeChat repeats what it thinks was not received within seconds; so long we know that we have had it.
const REMEMBERED: i64 = 24 * HOUR;
/// WeChat signs when it sends.
const STALE: i64 = 10 * MINUTE;

/// How a push is signed.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    pub signature: String,
    pub timestamp: String,
    pub nonce: String,
    /// Of what is sealed.
    pub msg_signature: String,
}

/// A push that is WeChat's own, and for which company.
#[derive(Debug)]
pub struct Push {
    company: CompanyId,
    fields: xml::Fields,
}

impl Push {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// What tells it from others: the message's id; of an event, who, when and what.
    fn key(&self) -> String {
        match self.field("MsgId") {
            "" => format!("{} {} {}", self.field("FromUserName"), self.field("CreateTime"), self.field("Event")),
            id => id.to_owned(),
        }
    }
}

/// In plain the signature does not cover the message: an old one must not be good for new words.
fn is_fresh(app: &App, signs: &Signs) -> bool {
    let future = app.settings.tolerance().future_minutes * MINUTE;
    let Ok(seconds) = signs.timestamp.parse::<i64>() else { return false };
    let age = Millis::now().0 - seconds.saturating_mul(1000);
    (-future..=STALE).contains(&age)
}

/// Whether WeChat's check of our address is right, for an account with its own token: plainly signed.
pub async fn is_own_check(app: &App, app_id: &str, signs: &Signs) -> Result<bool> {
    let companies = identity::companies_of(app, KIND, app_id).await?;
    Ok(is_fresh(app, signs) && plainly_signed(app, &companies, signs)?.is_some())
}

/// The company whose token has signed.
fn plainly_signed(app: &App, companies: &[CompanyId], signs: &Signs) -> Result<Option<CompanyId>> {
    for company in companies {
        let Some(token) = app.settings.get_of(*company, "gzh.token")? else { continue };
        let expected = Envelope::signature_with(&token.into(), &[&signs.timestamp, &signs.nonce]);
        if expected.as_bytes().ct_eq(signs.signature.as_bytes()).into() {
            return Ok(Some(*company));
        }
    }
    Ok(None)
}

/// Checks and opens a push: sealed by the account's own key or by the third-party platform's, or in plain. 400 unless
/// it is WeChat's.
pub async fn open(app: &App, app_id: &str, signs: &Signs, body: &str) -> Result<Push> {
    let companies = identity::companies_of(app, KIND, app_id).await?;
    if !is_fresh(app, signs) {
        return Err(Error::Forged);
    }
    let fields = xml::read(body).map_err(|_| Error::Forged)?;
    // In the compatible mode (兼容模式) both forms come at once: the sealed one counts.
    let Some(sealed) = fields.get("Encrypt") else {
        let company = plainly_signed(app, &companies, signs)?.ok_or(Error::Forged)?;
        return Ok(Push { company, fields });
    };
    for company in companies {
        for envelope in envelopes(app, company, app_id)? {
            if let Ok(plain) = envelope.open(&signs.msg_signature, &signs.timestamp, &signs.nonce, sealed) {
                return Ok(Push { company, fields: xml::read(&plain)? });
            }
        }
    }
    Err(Error::Forged)
}

/// What may have sealed a push for the company's account.
fn envelopes(app: &App, company: CompanyId, app_id: &str) -> Result<Vec<Envelope>> {
    let mut envelopes = Vec::new();
    let of = |name: &str| app.settings.get_of(company, &format!("gzh.{name}"));
    let own = (Some(app_id.to_owned()), of("token")?, of("aes_key")?);
    let of = |name: &str| app.settings.get(&format!("platform.gzh.{name}"));
    let platform = (of("app_id")?, of("token")?, of("aes_key")?);
    for keys in [own, platform] {
        if let (Some(receiver), Some(token), Some(aes_key)) = keys {
            match Envelope::new(receiver, token.into(), &Secret::from(aes_key)) {
                Ok(envelope) => envelopes.push(envelope),
                Err(error) => tracing::warn!(%error, "an AES key in the settings is no good"),
            }
        }
    }
    Ok(envelopes)
}

/// Does what a push says, once. Of people we do not know nothing is stored.
pub async fn receive(app: &App, push: Push) -> Result<()> {
    let openid = push.field("FromUserName").to_owned();
    let company = push.company;
    let reader = app.db.read(move |conn| store::reader(conn, company, &openid)).await?;
    let Some(reader) = reader else { return Ok(()) };
    let inside = app.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            store::forget_pushes(w, now.plus(-REMEMBERED))?;
            if !store::remember_push(w, company, &push.key(), now)? {
                return Ok(());
            }
            match push.field("MsgType") {
                "event" => note_event(w, &inside, company, reader.customer, &push, now),
                _ => hear(w, &inside, company, reader.customer, &push, now),
            }
        })
        .await
}

fn note_event(
    w: &Write<'_>,
    app: &App,
    company: CompanyId,
    customer: CustomerId,
    push: &Push,
    now: Millis,
) -> Result<()> {
    let follows = match push.field("Event") {
        "subscribe" => true,
        "unsubscribe" => false,
        _ => return Ok(()),
    };
    let is_news = store::set_following(w, company, customer, follows, now)?;
    let Some(staff) = store::staff_of(w, company, customer)?.filter(|_| follows && is_news) else { return Ok(()) };
    let name = identity::face_of(w, app, company)?.name;
    let name = if name.is_empty() { String::new() } else { format!("【{name}】") };
    let text = format!("关注了您的公众号{name},赶快在通讯录里和Ta沟通吧");
    radar::record_while_open(w, app, Pair { company, staff, customer }, Action::ViewArticle, text, now)
}

/// A text, a picture or a voice message becomes one of the conversation with the staff member who cares for the reader.
fn hear(w: &Write<'_>, app: &App, company: CompanyId, customer: CustomerId, push: &Push, now: Millis) -> Result<()> {
    let Some(staff) = store::staff_of(w, company, customer)? else { return Ok(()) };
    let pair = Pair { company, staff, customer };
    let media = |medium: Medium| Parcel::IncomingMedia {
        staff,
        customer,
        medium,
        address: push.field("PicUrl").to_owned(),
        media_id: push.field("MediaId").to_owned(),
    };
    match push.field("MsgType") {
        "text" => {
            let text = push.field("Content").trim();
            if text.eq_ignore_ascii_case("A")
                && let Some(picture) = chat::store::outside::last_picture(w, pair)?
            {
                return outbox::say_to_reader(w, app, pair, &picture, now);
            }
            if text.is_empty() {
                return Ok(());
            }
            chat::send(w, app, pair, Side::Customer, Content::text(text), now).map(drop)
        }
        "image" => outbox::put(w, app, company, &media(Medium::Picture), now),
        "voice" => outbox::put(w, app, company, &media(Medium::Voice), now),
        _ => Ok(()),
    }
}
