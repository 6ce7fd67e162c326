//! How people are reached outside the chat: readers of the official account by customer-service messages or a template,
//! customers of the mini-program by a subscribe message or, the older way, a template for a form id.

use bytes::Bytes;

use super::{delivery::Sent, store, store::Party};
use crate::{
    app::App,
    chat::{Content, Pair},
    error::{Error, Result},
    identity::{self, AccountKind},
    time::{HOUR, Millis},
    weixin::{Keywords, Letter, Notice},
};

/// Template of a subscribe message, and the names of its three keywords: who, when, what.
pub const SUBSCRIBE_TEMPLATE: &str = "xcx.subscribe_template_id";
const SUBSCRIBE_KEYWORDS: &str = "xcx.subscribe_keywords";
const USUAL_KEYWORDS: &str = "name1,time2,thing3";
/// Template of a message for a form id.
pub const FORM_TEMPLATE: &str = "xcx.template_id";

const UNREAD: &str = "您有未读消息,点击小程序查看哦";
const PICTURE: &str = "您的专属客服发来一张图片,回复【A】查看哦";
const REPLY_HERE: &str = "如需沟通,可在此公众号进行回复";

/// Form ids that are tried for one message, and how long WeChat takes one.
const FORM_IDS: usize = 10;
const FORM_ID_LASTS: i64 = 7 * 24 * HOUR;
/// 48 hours have passed, or there were too many without an answer: a template may still go.
const WINDOW_CLOSED: [i64; 2] = [45015, 45047];
/// A form id that is unknown, outdated or used.
const BAD_FORM_ID: [i64; 2] = [41028, 41029];
/// WeChat's limits for values of subscribe messages, and for a customer-service text.
const LONGEST_NAME: usize = 10;
const LONGEST_THING: usize = 20;
const LONGEST_TEXT: usize = 2000;
/// WeChat takes pictures up to 10 MB; larger than this is nobody's chat.
const LARGEST_PICTURE: u64 = 10 << 20;

/// A message as text, and its picture when it is one.
pub fn words(content: &Content) -> (String, String) {
    let url = content.members.get("url").and_then(serde_json::Value::as_str).unwrap_or_default();
    match content.info_type {
        4 => (PICTURE.to_owned(), url.to_owned()),
        5 => ("您的专属客服发来一段语音或视频,请打开聊天查看哦".to_owned(), String::new()),
        2 => (content.preview().replacen("向您咨询:", "为您推荐:", 1), String::new()),
        _ => (content.preview(), String::new()),
    }
}

async fn party(app: &App, pair: Pair) -> Result<Party> {
    app.db.read(move |conn| store::party(conn, pair)).await?.ok_or(Error::NoRelation)
}

/// What a salesperson said, to a reader of the official account: as it is within 48 hours, else by a template.
pub async fn to_reader(app: &App, pair: Pair, text: &str, picture: &str) -> Result<Sent> {
    let party = party(app, pair).await?;
    let file = if picture.is_empty() { None } else { read_picture(app, picture).await? };
    let text = cut_bytes(text, LONGEST_TEXT);
    let template = identity::reader_template(app, pair.company).await?;
    let notice = template.map(|template_id| Notice {
        to: party.openid.clone(),
        template_id,
        page: String::new(),
        keywords: official_keywords(&party, &text),
    });
    let openid = party.openid.clone();
    let sent = identity::with_account(app, pair.company, AccountKind::OfficialAccount, async |account| {
        let letter = match file {
            Some((name, mime, bytes)) => {
                Letter::Picture(app.weixin.upload_picture(&account, &name, mime, bytes).await?)
            }
            None => Letter::Text(text.clone()),
        };
        let outcome = app.weixin.send_letter(&account, &openid, &letter).await;
        let is_closed =
            outcome.as_ref().is_err_and(|error| error.errcode().is_some_and(|c| WINDOW_CLOSED.contains(&c)));
        match notice {
            // One is enough until the reader has looked: WeChat punishes accounts that repeat themselves.
            Some(_) if is_closed && party.is_noticed => {
                Ok(Sent { note: "已发过模板消息，客户尚未查看", ..Sent::default() })
            }
            Some(notice) if is_closed => {
                app.weixin.send_template(&account, &notice).await?;
                Ok(Sent { note: "已改发模板消息", is_notice: true, ..Sent::default() })
            }
            _ => outcome.map(|()| Sent::default()),
        }
    });
    sent.await
}

fn official_keywords(party: &Party, text: &str) -> Keywords {
    let who = match party.position.as_str() {
        "" => format!("{} - {}", party.company, party.staff),
        position => format!("{} - {}【{position}】", party.company, party.staff),
    };
    let pairs = [("first", "您有一条新消息"), ("keyword1", &who), ("keyword2", text), ("remark", REPLY_HERE)];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A picture of ours: its name, type and bytes. `None` when it is not ours or gone; then the text goes instead.
async fn read_picture(app: &App, url: &str) -> Result<Option<(String, &'static str, Bytes)>> {
    let Some(path) = url.strip_prefix("statics/").filter(|path| !path.split('/').any(|part| part == "..")) else {
        return Ok(None);
    };
    let path = app.uploads().join("statics").join(path);
    let read = tokio::task::spawn_blocking(move || {
        let size = std::fs::metadata(&path).ok()?.len();
        let bytes = if size <= LARGEST_PICTURE { std::fs::read(&path).ok()? } else { return None };
        let mime = match image::guess_format(&bytes).ok()? {
            image::ImageFormat::Jpeg => "image/jpeg",
            image::ImageFormat::Gif => "image/gif",
            image::ImageFormat::Png => "image/png",
            image::ImageFormat::Bmp => "image/bmp",
            _ => return None,
        };
        Some((path.file_name()?.to_string_lossy().into_owned(), mime, Bytes::from(bytes)))
    });
    read.await.map_err(Error::internal)
}

/// That there is something to read, to a customer of the mini-program.
pub async fn notice(app: &App, pair: Pair, said_at: Millis) -> Result<Sent> {
    let party = party(app, pair).await?;
    if party.unread == 0 {
        return Ok(Sent { note: "客户已查看，不再发送", ..Sent::default() });
    }
    let get = |name: &str| app.settings.get_of(pair.company, name);
    let page = format!("pages/mingpian/msg?source=template_msg&uid={}&pid=", pair.staff);
    if let Some(template_id) = get(SUBSCRIBE_TEMPLATE)? {
        let names = get(SUBSCRIBE_KEYWORDS)?.unwrap_or_else(|| USUAL_KEYWORDS.to_owned());
        let when = app.zone.plain(said_at);
        let keywords = subscribe_keywords(&names, &party.staff, &when);
        let notice = Notice { to: party.openid, template_id, page, keywords };
        identity::with_account(app, pair.company, AccountKind::MiniProgram, async |mini| {
            app.weixin.send_subscribed(&mini, &notice).await
        })
        .await?;
        return Ok(Sent::default());
    }
    let template_id = get(FORM_TEMPLATE)?.ok_or(Error::Refused("小程序消息模板尚未设置".into()))?;
    let values = [party.staff, app.zone.plain(said_at), UNREAD.to_owned()];
    let keywords = values.into_iter().enumerate().map(|(n, value)| (format!("keyword{}", n + 1), value)).collect();
    by_form(app, pair, &Notice { to: party.openid, template_id, page, keywords }).await
}

/// Who, when and what, each under its keyword's name and as long as its type allows.
fn subscribe_keywords(names: &str, staff: &str, when: &str) -> Keywords {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let names = names.split([',', '，']).map(str::trim);
    let values = [staff, when, UNREAD];
    names
        .zip(values)
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| {
            let value = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
                "name" => cut(value, LONGEST_NAME),
                "thing" => cut(value, LONGEST_THING),
                _ => value.to_owned(),
            };
            (name.to_owned(), value)
        })
        .collect()
}

/// Takes the customer's form ids, the oldest first, until one does it; each is taken once.
async fn by_form(app: &App, pair: Pair, notice: &Notice) -> Result<Sent> {
    for _ in 0..FORM_IDS {
        let from = Millis::now().plus(-FORM_ID_LASTS);
        let form_id = app.db.read(move |conn| store::oldest_form_id(conn, pair.customer, from)).await?;
        let Some(form_id) = form_id else { break };
        let sent = identity::with_account(app, pair.company, AccountKind::MiniProgram, async |mini| {
            app.weixin.send_by_form(&mini, notice, &form_id).await
        })
        .await;
        let is_bad = matches!(&sent, Err(Error::Weixin { errcode, .. }) if BAD_FORM_ID.contains(errcode));
        if sent.is_ok() || is_bad {
            app.db.write(move |w| store::drop_form_id(w, pair.customer, &form_id)).await?;
        }
        if !is_bad {
            return sent.map(|()| Sent::default());
        }
    }
    Err(Error::Refused("客户没有可用的 formId".into()))
}

/// At most so many bytes, in whole characters.
fn cut_bytes(text: &str, most: usize) -> String {
    text[..text.floor_char_boundary(most)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_named_as_the_template_does_and_cut_to_its_types() {
        let long = "一二三四五六七八九十百千";
        let keywords = subscribe_keywords(USUAL_KEYWORDS, long, "2026-11-22 08:00:00");
        let expected = [("name1", "一二三四五六七八九十"), ("time2", "2026-11-22 08:00:00"), ("thing3", UNREAD)];
        assert_eq!(keywords, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(subscribe_keywords("thing2，date1", "李娜", "x").len(), 2);
        assert_eq!(cut_bytes("您好", 5), "您");
    }
}
