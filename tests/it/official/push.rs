//! What WeChat pushes to us: in plain and sealed, once and forged, words, pictures, voices, and who follows.

use serde_json::{Value, json};

use super::{a_picture, count, reader, show, wait_for, wait_for_empty_outbox};
use crate::support::{Actor, Reply, Server, sandbox, soon};

/// A push as WeChat sends it.
struct Push {
    path: String,
    query: Vec<(String, String)>,
    body: String,
}

impl Push {
    fn new(server: &Server, person: &str, fields: &Value, encrypted: bool) -> Self {
        Self::of(server, sandbox::OFFICIAL_APP_ID, person, fields, encrypted)
    }

    fn of(server: &Server, app_id: &str, person: &str, fields: &Value, encrypted: bool) -> Self {
        let asked = json!({ "app_id": app_id, "person": person, "fields": fields, "encrypted": encrypted });
        let made = server.sandbox("/sandbox/callback", &asked).json;
        let query = made["query"].as_object().unwrap_or_else(|| panic!("{made}"));
        let query = query.iter().map(|(name, value)| (name.clone(), crate::support::text(value))).collect();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        Self { path: text("path"), query, body: text("body") }
    }

    fn send(&self, server: &Server) -> Reply {
        server.api.send(&self.path, &self.query, "text/xml", self.body.as_bytes())
    }

    #[track_caller]
    fn taken(&self, server: &Server) {
        let reply = self.send(server);
        assert_eq!((reply.status, reply.body.as_str()), (200, "success"), "{}", reply.story());
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.query.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| value.clone_into(old));
        self
    }
}

fn words(text: &str, id: &str) -> Value {
    json!({ "MsgType": "text", "Content": text, "MsgId": id })
}

/// The texts of a conversation as the staff member reads it, oldest first, without the greeting.
fn texts(staff: &Actor, customer: &Actor) -> Vec<String> {
    let mut texts: Vec<_> =
        staff.history(customer).iter().map(|row| row["msg"].as_str().unwrap_or_default().to_owned()).collect();
    texts.pop();
    texts.reverse();
    texts
}

#[test]
fn words_reach_the_salesperson_once_in_plain_and_sealed() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = reader(&server, &staff, "lan");
    for (number, encrypted) in [(1, false), (2, true)] {
        let push = Push::new(&server, "lan", &words(&format!("第{number}句 <&>"), &format!("90{number}")), encrypted);
        assert_eq!(push.body.contains("Encrypt"), encrypted);
        push.taken(&server);
        push.taken(&server);
        // WeChat's own repetition is sealed and signed anew.
        Push::new(&server, "lan", &words(&format!("第{number}句 <&>"), &format!("90{number}")), encrypted)
            .taken(&server);
    }
    assert_eq!(texts(&staff, &lan), ["第1句 <&>", "第2句 <&>"]);
    let unread = format!("SELECT customer_messages FROM relation WHERE customer_id = {}", lan.user_id);
    assert_eq!(server.select(&unread), 2);
    soon("a message in Work WeChat", || {
        let messages = server.sandbox("/sandbox/messages", &Value::Null).json.to_string();
        (messages.contains("lan:第1句") && messages.contains("lan:第2句")).then_some(())
    });

    // Nobody else can speak for WeChat.
    let stored = count(&server, "chat_message", "TRUE");
    let plain = || Push::new(&server, "lan", &words("falsch", "1"), false);
    let sealed = || Push::new(&server, "lan", &words("falsch", "1"), true);
    let mut changed = sealed();
    changed.body = changed.body.replacen("<Encrypt>", "<Encrypt>AAAA", 1);
    let mut bare = sealed();
    bare.body = plain().body;
    bare.query.retain(|(name, _)| name != "signature");
    let mut elsewhere = plain();
    elsewhere.path = elsewhere.path.replace(sandbox::OFFICIAL_APP_ID, "wx0000000000000000");
    let mut rubbish = plain();
    rubbish.body = "<!DOCTYPE x [<!ENTITY a \"b\">]><xml><MsgType>&a;</MsgType></xml>".to_owned();
    let forged = [
        plain().with("signature", "0123456789012345678901234567890123456789"),
        plain().with("nonce", "other"),
        plain().with("timestamp", "1409659589"),
        sealed().with("msg_signature", ""),
        changed,
        bare,
        elsewhere,
        rubbish,
    ];
    for push in forged {
        push.send(&server).refused(400);
    }
    // Somebody who has never been here: WeChat is content, nothing is kept.
    let pushes = count(&server, "official_push", "TRUE");
    Push::new(&server, "unbekannt", &words("hallo", "77"), false).taken(&server);
    assert_eq!(count(&server, "chat_message", "TRUE"), stored);
    assert_eq!((pushes, count(&server, "official_push", "TRUE")), (2, 2));
}

#[test]
fn our_address_answers_wechats_check() {
    let server = Server::demo();
    let push = Push::new(&server, "lan", &json!({}), false);
    let ask = |push: &Push| {
        let mut query = push.query.clone();
        query.push(("echostr".to_owned(), "6117012345".to_owned()));
        server.api.get(&push.path, &query)
    };
    assert_eq!(ask(&push).body, "6117012345");
    ask(&push.with("signature", "x")).refused(400);
}

#[test]
fn an_account_of_a_platform_is_heard() {
    let server = super::demo_with(&[
        ("company.1.gzh.app_id", ""),
        ("company.1.gzh.secret", ""),
        ("platform.gzh.app_id", sandbox::OFFICIAL_PLATFORM_APP_ID),
        ("platform.gzh.secret", sandbox::OFFICIAL_PLATFORM_SECRET),
        ("platform.gzh.token", sandbox::OFFICIAL_PLATFORM_TOKEN),
        ("platform.gzh.aes_key", sandbox::OFFICIAL_PLATFORM_AES_KEY),
    ]);
    super::login::authorise(&server);
    let staff = server.salesperson(1, "lina");
    let link = super::relate(super::an_article(&server), &staff, None, 1);
    let query = [("code", "lan.info.1"), ("state", "snsapi_userinfo"), ("relate", link.as_str())];
    let lan = server.logged_in(crate::support::Family::Customer, &server.api.get(super::LOGIN, &query));
    Push::of(&server, sandbox::AUTHORISED_OFFICIAL_APP_ID, "lan", &words("在吗", "1"), true).taken(&server);
    assert_eq!(texts(&staff, &lan), ["", "在吗"], "behind the account's QR code, which came with the greeting");
    staff.say(&lan, "在的").ok();
    assert_eq!(wait_for(&server, "letter", 1)[0]["content"], "在的");
}

#[test]
fn who_cared_last_is_told() {
    let server = Server::demo();
    let (lina, zhangwei) = (server.salesperson(1, "lina"), server.salesperson(1, "zhangwei"));
    let lan = reader(&server, &lina, "lan");
    Push::new(&server, "lan", &words("一", "1"), false).taken(&server);
    let link = super::relate(super::an_article(&server), &zhangwei, None, 1);
    super::log_in(&server, "lan.info.2", "snsapi_userinfo", &link).ok();
    Push::new(&server, "lan", &words("二", "2"), false).taken(&server);
    lina.say(&lan, "您好").ok();
    Push::new(&server, "lan", &words("三", "3"), false).taken(&server);
    zhangwei.say(&lan, "您好").ok();
    Push::new(&server, "lan", &words("四", "4"), false).taken(&server);
    // Nobody has said anything before the second: the one who met her last.
    assert_eq!(texts(&lina, &lan), ["一", "您好", "三"]);
    assert_eq!(texts(&zhangwei, &lan), ["二", "您好", "四"]);
}

#[test]
fn followers_are_known_and_on_the_radar() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = reader(&server, &staff, "lan");
    let state = || server.select(&format!("SELECT coalesce(is_following, 9) FROM customer WHERE id = {}", lan.user_id));
    soon("what WeChat says", || (state() == 1).then_some(()));
    let event = |name: &str, at: i64| {
        Push::new(&server, "lan", &json!({ "MsgType": "event", "Event": name, "CreateTime": at }), false)
            .taken(&server);
    };
    event("unsubscribe", 1);
    assert_eq!(state(), 0);
    for _ in 0..3 {
        event("subscribe", 2);
    }
    assert_eq!(state(), 1);
    event("CLICK", 3);
    let lines = format!("customer_id = {} AND text LIKE '关注了您的公众号【云杉软件服务号】,赶快%'", lan.user_id);
    assert_eq!(count(&server, "radar_log", &format!("action = 14 AND {lines}")), 1);
}

#[test]
fn pictures_and_voices_are_fetched_and_the_last_picture_is_sent_again() {
    let server = Server::demo();
    let staff = server.salesperson(1, "lina");
    let lan = reader(&server, &staff, "lan");
    let own_host = format!("{}/sandbox/weixin/mmhead/foto", server.api.base());
    for (id, fields) in [
        ("1", json!({ "MsgType": "image", "PicUrl": own_host, "MediaId": "picture.1" })),
        ("2", json!({ "MsgType": "voice", "MediaId": "voice.1", "Format": "amr" })),
        // Not WeChat's address: not asked; the media id is.
        ("3", json!({ "MsgType": "image", "PicUrl": "http://127.0.0.1:9/x.png", "MediaId": "picture.3" })),
        ("4", json!({ "MsgType": "image", "PicUrl": "http://127.0.0.1:9/x.png", "MediaId": "gone" })),
    ] {
        let mut fields = fields;
        fields["MsgId"] = id.into();
        Push::new(&server, "lan", &fields, false).taken(&server);
    }
    wait_for_empty_outbox(&server);
    let mut history = staff.history(&lan);
    history.reverse();
    let kinds: Vec<_> = history[1..].iter().map(|row| (row["info_type"].as_i64(), row["send_type"].as_i64())).collect();
    assert_eq!(kinds, [(Some(4), Some(2)), (Some(5), Some(2)), (Some(4), Some(2)), (Some(1), Some(2))]);
    assert_eq!(history[4]["msg"], "[图片或语音未能从微信取得]");
    for row in &history[1..4] {
        let url = row["url"].as_str().expect("an address");
        assert_eq!(server.api.head(&format!("/{url}")).status, 200, "{url}");
    }

    // The salesperson shows a picture, which goes out; asked for with an A, once more.
    show(&staff, &lan, &a_picture(&server));
    wait_for(&server, "letter", 1);
    let said = count(&server, "chat_message", "TRUE");
    Push::new(&server, "lan", &words(" a ", "5"), false).taken(&server);
    let letters = wait_for(&server, "letter", 2);
    assert!(letters.iter().all(|letter| letter["msgtype"] == "image"), "{letters:?}");
    assert_eq!(count(&server, "chat_message", "TRUE"), said, "the A is no message");
}
