//! Orders of the mall: paid, with the notification lost, doubled and forged; raced for, timed out, refunded.

use std::{thread, time::Duration};

use md5::{Digest, Md5};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server, sandbox, soon, within};

/// A demo server, with Zhang Wei and a customer of his.
struct Shop {
    server: Server,
    office: Actor,
    staff: Actor,
    customer: Actor,
}

fn shop() -> Shop {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.salesperson(1, "zhangwei"));
    let customer = server.customer(&staff, "买家");
    Shop { server, office, staff, customer }
}

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    actor.post(&format!("/zhugeleida/{path}"), &Form::of(Encoding::Urlencoded, fields.as_object().expect("fields")))
}

/// A new good for 128.50 yuan.
fn good(office: &Actor, name: &str, pieces: i64) -> i64 {
    let fields = json!({
        "goodsName": name, "goodsPrice": "128.5", "goodsInventory": pieces,
        "topLunBoTu": ["statics/zhugeleida/imgs/demo/product-1.jpg"],
    });
    post(office, "admin/mallManagement/add/0", &fields).ok()["id"].as_i64().expect("an id")
}

fn prepay(customer: &Actor, good: i64) -> Reply {
    prepay_with(customer, good, json!({}))
}

fn prepay_with(customer: &Actor, good: i64, more: Value) -> Reply {
    let mut fields = json!({ "u_id": customer.user_id, "goodsId": good, "xiaochengxu_id": 1 });
    for (name, value) in more.as_object().expect("fields") {
        fields[name] = value.clone();
    }
    post(customer, "xiaochengxu/yuZhiFu", &fields)
}

/// An order that was prepared: its id and number.
fn bought(customer: &Actor, good: i64) -> (i64, String) {
    let reply = prepay(customer, good);
    let text = reply.ok()["orderNumber"].as_str().expect("a number").to_owned();
    (reply.data["order_id"].as_i64().expect("an id"), text)
}

/// Somebody pays at WeChat: the notification, which nobody has sent yet.
fn paid(server: &Server, number: &str) -> String {
    let told = server.sandbox("/sandbox/paid", &json!({ "out_trade_no": number }));
    told.json["xml"].as_str().unwrap_or_else(|| panic!("{}", told.story())).to_owned()
}

/// What WeChat is answered to a notification.
fn payback(server: &Server, xml: &str) -> String {
    let path = "/zhugeleida/xiaochengxu/payback";
    let reply = server.api.send::<&str, &str>(path, &[], "text/xml", xml.as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.story());
    assert!(reply.header("content-type").starts_with("text/xml"), "{}", reply.header("content-type"));
    reply.body
}

const OK: &str = "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>";

fn state(server: &Server, order: i64) -> i64 {
    server.select(&format!("SELECT state FROM mall_order WHERE id = {order}")).as_i64().expect("a state")
}

/// Inventory, and pieces sold.
fn stock(server: &Server, good: i64) -> (i64, i64) {
    let number = |column: &str| server.select(&format!("SELECT {column} FROM good WHERE id = {good}"));
    (number("inventory").as_i64().expect("a number"), number("sold_count").as_i64().expect("a number"))
}

/// The radar's lines of an action about a customer, newest first.
fn radar(server: &Server, customer: &Actor, action: i64) -> Vec<String> {
    let sql = format!(
        "SELECT json_group_array(text) FROM (SELECT text FROM radar_log WHERE customer_id = {} AND action = {action}
         ORDER BY id DESC)",
        customer.user_id
    );
    serde_json::from_str(server.select(&sql).as_str().expect("a list")).expect("texts")
}

/// The calls of a path that the sandbox received about an order.
fn calls(server: &Server, path: &str, number: &str) -> usize {
    let log = server.sandbox("/sandbox/log", &Value::Null).json;
    let is = |call: &&Value| call["path"] == path && call["body"].as_str().is_some_and(|body| body.contains(number));
    log.as_array().expect("a log").iter().filter(is).count()
}

/// Makes time pass for an order.
fn age(server: &Server, order: i64) {
    let connection = Connection::open(server.data().join("leida.db")).expect("the data base");
    connection.busy_timeout(Duration::from_secs(5)).expect("a busy timeout");
    let sql = "UPDATE mall_order SET created_at = created_at - 660000, check_at = check_at - 660000 WHERE id = ?1";
    connection.execute(sql, [order]).expect("an older order");
}

fn control(server: &Server, what: &Value) {
    let reply = server.sandbox("/sandbox/control", what);
    assert_eq!(reply.json["ok"], true, "{}", reply.story());
}

/// A notification changed and signed anew.
fn signed(xml: &str, key: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = std::collections::BTreeMap::new();
    for part in
        xml.trim_start_matches("<xml>").trim_end_matches("</xml>").split_inclusive("</").collect::<String>().split("><")
    {
        let part = part.trim_start_matches('<');
        let Some((name, rest)) = part.split_once('>') else { continue };
        let value = rest.split("</").next().unwrap_or_default();
        fields.insert(name.to_owned(), value.to_owned());
    }
    for (name, value) in changes {
        fields.insert((*name).to_owned(), (*value).to_owned());
    }
    fields.remove("sign");
    let text: String = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let sign: String = Md5::digest(format!("{text}key={key}")).iter().map(|byte| format!("{byte:02X}")).collect();
    fields.insert("sign".to_owned(), sign);
    let inside: String = fields.iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
    format!("<xml>{inside}</xml>")
}

fn key_of_company_1(shop: &Shop) -> &'static str {
    assert_eq!(shop.server.select("SELECT value FROM setting WHERE key = 'company.1.pay.mch_id'"), "1500000101");
    "sandboxkeyofthefirstmerchant0001"
}

#[test]
fn an_order_is_paid_and_counted_once_however_often_wechat_says_so() {
    let shop = shop();
    let (server, customer) = (&shop.server, &shop.customer);
    let good = good(&shop.office, "按摩椅", 3);
    let reply = prepay_with(customer, good, json!({ "goodsNum": 2, "phoneNumber": "13900000001" }));
    let data = reply.ok();
    assert_eq!(reply.msg, "预支付请求成功");
    // As WeChat's client verifies it.
    let text = |name: &str| crate::support::text(&data[name]);
    let plain = format!(
        "appId={}&nonceStr={}&package={}&signType=MD5&timeStamp={}&key={}",
        text("appId"),
        text("nonceStr"),
        text("package"),
        text("timeStamp"),
        key_of_company_1(&shop)
    );
    let sign: String = Md5::digest(plain).iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!((text("paySign"), data["timeStamp"].is_i64(), text("signType")), (sign, true, "MD5".to_owned()));
    assert!(text("package").starts_with("prepay_id="));
    assert_eq!(stock(server, good), (1, 0), "the pieces are held");
    let (order, number) = (data["order_id"].as_i64().expect("an id"), text("orderNumber"));
    let log = server.sandbox("/sandbox/log", &Value::Null).json;
    let call = log.as_array().and_then(|log| log.last()).expect("a call")["body"].to_string();
    for part in
        ["<total_fee>25700</total_fee>", "<spbill_create_ip>127.0.0.1</spbill_create_ip>", "<body>按摩椅</body>"]
    {
        assert!(call.contains(part), "{part} in {call}");
    }
    assert!(
        call.contains(&format!("<notify_url>{}/zhugeleida/xiaochengxu/payback</notify_url>", server.api.base())),
        "{call}"
    );

    let told = paid(server, &number);
    let key = key_of_company_1(&shop);
    let forgeries = [
        told.replace("<total_fee>25700<", "<total_fee>25701<"),
        signed(&told, key, &[("total_fee", "1")]),
        signed(&told, key, &[("appid", "wx0000000000000000")]),
        signed(&told, key, &[("mch_id", "1500000202")]),
        signed(&told, "another_key_of_thirty_two_letters", &[]),
        signed(&told, key, &[("out_trade_no", "20180930163517")]),
        "<xml></xml>".to_owned(),
        String::new(),
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><sign>&a;</sign></xml>".to_owned(),
    ];
    for forged in &forgeries {
        let answer = payback(server, forged);
        assert!(answer.starts_with("<xml><return_code>FAIL</return_code>"), "{answer} to {forged}");
    }
    assert_eq!((state(server, order), stock(server, good)), (1, (1, 0)), "nothing has changed");

    // Many at once, and once more.
    thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| scope.spawn(|| payback(server, &told))).collect();
        for one in all {
            assert_eq!(one.join().expect("an answer"), OK);
        }
    });
    assert_eq!(payback(server, &told), OK);
    assert_eq!((state(server, order), stock(server, good)), (8, (1, 2)));
    assert_eq!(radar(server, customer, 18), ["成功下单,购买商品【按摩椅】"]);

    let own = customer.get("/zhugeleida/xiaochengxu/theOrder", &[]);
    let row = &own.ok()["ret_data"][0];
    assert_eq!(
        (&row["theOrderStatus"], &row["yingFuKuan"], &row["goodsNum"], &row["phoneNumber"], &row["user_id"]),
        (&json!("交易成功"), &json!("257.00"), &json!(2), &json!("13900000001"), &json!(shop.staff.user_id)),
        "{row}"
    );
    let credited = shop.staff.get("/zhugeleida/qiyeweixin/theOrder", &[("theOrderStatus", "8")]);
    assert_eq!(credited.ok()["ret_data"][0]["orderNumber"], number.as_str());
    // A failure that comes after the success changes nothing.
    let failed = signed(&told, key, &[("result_code", "FAIL")]);
    assert_eq!((payback(server, &failed).as_str(), state(server, order)), (OK, 8));
    // The good may go, the order stays.
    post(&shop.office, &format!("admin/mallManagement/delete/{good}"), &json!({})).ok();
    let own = customer.get("/zhugeleida/xiaochengxu/theOrder", &[("id", &order.to_string())]);
    let row = &own.ok()["ret_data"][0];
    assert_eq!((&row["goodsName"], &row["goods_id"]), (&json!("按摩椅"), &Value::Null));
}

#[test]
fn only_the_customer_pays_and_only_for_what_is_there() {
    let shop = shop();
    let (server, customer, office) = (&shop.server, &shop.customer, &shop.office);
    let chair = good(office, "椅子", 2);
    let stranger = server.customer(&shop.staff, "生人");
    prepay_with(customer, chair, json!({ "u_id": stranger.user_id })).refused(404);
    prepay_with(customer, chair, json!({ "phoneNumber": "abc" })).refused(301);
    prepay_with(customer, chair, json!({ "goodsNum": 3 })).refused(301);
    prepay_with(customer, chair, json!({ "goodsNum": 0 })).refused(301);
    prepay_with(customer, chair, json!({ "uid": 99_999 })).refused(302);
    prepay(customer, 99_999).refused(302);
    let wrong = post(customer, "xiaochengxu/yuZhiFu", &json!({ "goodsId": "" })).refused(301).data.clone();
    assert!(wrong["u_id"].is_array() && wrong["goodsId"].is_array(), "{wrong}");
    let free = json!({ "goodsName": "赠品", "goodsPrice": "0", "goodsInventory": 1 });
    let free = post(office, "admin/mallManagement/add/0", &free).ok()["id"].as_i64().expect("an id");
    prepay(customer, free).refused(301);
    let withdrawn = json!({ "goodsName": "下架品", "goodsPrice": "1", "goodsInventory": 1, "goodsStatus": 4 });
    let withdrawn = post(office, "admin/mallManagement/add/0", &withdrawn).ok()["id"].as_i64().expect("an id");
    prepay(customer, withdrawn).refused(302);
    assert_eq!(stock(server, chair), (2, 0), "nothing is held");

    // Without a timestamp, as the document signs it.
    let form = Form::json().with("u_id", customer.user_id).with("goodsId", chair).with("xiaochengxu_id", 1);
    let reply = server.api.post("/zhugeleida/xiaochengxu/yuZhiFu", &customer.signature_without_timestamp(), &form);
    let order = reply.ok()["order_id"].as_i64().expect("an id");
    // Left and taken up again: the same order, the same prepayment, a fresh signature.
    let again = prepay_with(customer, chair, json!({ "fukuan": order }));
    assert_eq!((&again.ok()["package"], &again.data["order_id"]), (&reply.data["package"], &json!(order)));
    assert_eq!(stock(server, chair), (1, 0));
    prepay_with(&stranger, chair, json!({ "fukuan": order })).refused(302);

    // WeChat says no: the order has failed, and its piece is back.
    control(
        server,
        &json!({ "fail": { "path": "/pay/unifiedorder", "errcode": 0, "errmsg": "NOAUTH: 商户无此接口权限" } }),
    );
    assert_eq!(prepay(customer, chair).refused(301).msg, "预支付失败, 原因:商户无此接口权限");
    control(server, &json!({ "down": { "path_prefix": "/pay/pay/unifiedorder" } }));
    assert_eq!(prepay(customer, chair).refused(301).msg, "预支付失败, 原因:微信支付暂时无法访问");
    assert_eq!(stock(server, chair), (1, 0));
    assert_eq!(server.select("SELECT count(*) FROM mall_order WHERE state = 9 AND held <> 0"), 0);

    // Orders that nobody pays hold no more than a few pieces.
    let many = good(office, "便宜货", 100);
    for _ in 0..9 {
        prepay(customer, many).ok();
    }
    assert!(prepay(customer, many).refused(301).msg.contains("待付款的订单过多"));
}

#[test]
fn two_customers_race_for_the_last_piece() {
    let shop = shop();
    let server = &shop.server;
    let good = good(&shop.office, "孤品", 1);
    let others: Vec<_> = (0..6).map(|n| server.customer(&shop.staff, &format!("抢购{n}"))).collect();
    let replies: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = others.iter().map(|one| scope.spawn(|| prepay(one, good))).collect();
        all.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert_eq!(replies.iter().filter(|reply| reply.code == 200).count(), 1, "one has it");
    assert!(
        replies
            .iter()
            .filter(|reply| reply.code != 200)
            .all(|reply| reply.code == 301 && reply.msg.contains("库存不足"))
    );
    assert_eq!(stock(server, good), (0, 0));
    let listed = shop.office.get("/zhugeleida/admin/mallManagement", &[("goodsName", "孤品")]);
    assert_eq!(listed.ok()["ret_data"][0]["goodsStatus"], "已售罄");
    // The winner changes their mind, and somebody else may have it.
    let winner = replies.iter().position(|reply| reply.code == 200).expect("a winner");
    let order = &replies[winner].data["order_id"];
    post(&others[winner], &format!("xiaochengxu/theOrder/cancel/{order}"), &json!({})).ok();
    assert_eq!(radar(server, &others[winner], 20), ["取消了【孤品】的订单"]);
    let number = crate::support::text(&replies[winner].data["orderNumber"]);
    assert_eq!(calls(server, "/pay/closeorder", &number), 1, "WeChat takes no payment for it any more");
    assert_eq!(stock(server, good), (1, 0));
    prepay(&others[(winner + 1) % 6], good).ok();
}

#[test]
fn a_lost_notification_is_made_good() {
    let shop = shop();
    let (server, customer) = (&shop.server, &shop.customer);
    let good = good(&shop.office, "台灯", 5);
    // By the customer who looks.
    let (order, number) = bought(customer, good);
    let look = |order: i64| customer.get("/zhugeleida/xiaochengxu/theOrder", &[("id", &order.to_string())]);
    assert_eq!(look(order).ok()["ret_data"][0]["theOrderStatusCode"], 1);
    drop(paid(server, &number));
    control(server, &json!({ "down": { "path_prefix": "/pay/pay/orderquery" } }));
    assert_eq!(look(order).ok()["ret_data"][0]["theOrderStatusCode"], 1, "WeChat is down: as it was");
    assert_eq!(look(order).ok()["ret_data"][0]["theOrderStatusCode"], 8);
    // By the one who cancels what was paid.
    let (order, number) = bought(customer, good);
    drop(paid(server, &number));
    assert_eq!(
        post(customer, &format!("xiaochengxu/theOrder/cancel/{order}"), &json!({})).refused(301).msg,
        "订单已支付，不能取消"
    );
    assert_eq!(state(server, order), 8);
    // By the time-out, over a restart, and though WeChat is down at first.
    let (order, number) = bought(customer, good);
    let late = paid(server, &number);
    control(server, &json!({ "down": { "path_prefix": "/pay/pay/orderquery" } }));
    age(server, order);
    within(Duration::from_secs(10), "the failed try", || {
        let checks = server.select(&format!("SELECT checks FROM mall_order WHERE id = {order}"));
        (checks == 1).then_some(())
    });
    assert_eq!(state(server, order), 1, "nobody knows yet");
    age(server, order);
    within(Duration::from_secs(10), "the lost notification", || (state(server, order) == 8).then_some(()));
    assert_eq!(payback(server, &late), OK, "and when it comes after all, nothing more happens");
    assert_eq!((stock(server, good), radar(server, customer, 18).len()), ((2, 3), 3));
}

#[test]
fn what_is_not_paid_in_time_is_cancelled_and_a_late_payment_still_counts() {
    let shop = shop();
    let (server, customer) = (&shop.server, &shop.customer);
    let good = good(&shop.office, "花瓶", 1);
    let (order, number) = bought(customer, good);
    age(server, order);
    within(Duration::from_secs(10), "the time-out", || (state(server, order) == 10).then_some(()));
    assert_eq!((stock(server, good), calls(server, "/pay/closeorder", &number)), ((1, 0), 1));
    assert!(radar(server, customer, 20).is_empty(), "nobody cancelled it");
    prepay_with(customer, good, json!({ "fukuan": order })).refused(301);

    // Cancelled while WeChat is down, so that it can still be paid; meanwhile the piece is sold to another.
    let (order, number) = bought(customer, good);
    control(server, &json!({ "down": { "path_prefix": "/pay/pay/closeorder" } }));
    post(customer, &format!("xiaochengxu/theOrder/cancel/{order}"), &json!({})).ok();
    let told = paid(server, &number);
    let other = server.customer(&shop.staff, "别的买家");
    let (sold, sold_number) = bought(&other, good);
    let sold_told = paid(server, &sold_number);
    assert_eq!(payback(server, &sold_told), OK);
    assert_eq!(payback(server, &told), OK);
    assert_eq!((state(server, order), state(server, sold), stock(server, good)), (8, 8, (0, 2)), "the money is there");
    let listed = shop.office.get("/zhugeleida/admin/theOrder", &[("orderNumber", &number)]);
    assert_eq!(listed.ok()["ret_data"][0]["queShao"], 1, "the back office sees what is missing");

    // Told later, when WeChat is back.
    let again = json!({ "goodsName": "花瓶", "goodsPrice": "128.5", "goodsInventory": 1 });
    post(&shop.office, &format!("admin/mallManagement/update/{good}"), &again).ok();
    let (order, number) = bought(customer, good);
    control(server, &json!({ "down": { "path_prefix": "/pay/pay/closeorder" } }));
    post(customer, &format!("xiaochengxu/theOrder/cancel/{order}"), &json!({})).ok();
    age(server, order);
    within(Duration::from_secs(10), "the second try", || {
        (calls(server, "/pay/closeorder", &number) == 2).then_some(())
    });
    soon("nothing more to ask", || {
        let waiting = format!("SELECT count(*) FROM mall_order WHERE id = {order} AND check_at IS NOT NULL");
        (server.select(&waiting) == 0).then_some(())
    });
    // A failure that WeChat tells of.
    let (order, number) = bought(customer, good);
    let told = server.sandbox("/sandbox/paid", &json!({ "out_trade_no": number, "result_code": "FAIL" })).json;
    assert_eq!(payback(server, told["xml"].as_str().expect("XML")), OK);
    assert_eq!((state(server, order), stock(server, good)), (9, (1, 2)));
}

#[test]
fn the_sandbox_tells_by_itself_too() {
    let shop = shop();
    let good = good(&shop.office, "挂钟", 1);
    let (order, number) = bought(&shop.customer, good);
    shop.server.sandbox("/sandbox/paid", &json!({ "out_trade_no": number, "notify": true }));
    soon("the notification", || (state(&shop.server, order) == 8).then_some(()));
}

#[test]
fn refunds_are_asked_for_refused_and_granted() {
    let shop = shop();
    let (server, customer, office) = (&shop.server, &shop.customer, &shop.office);
    let good = good(office, "毛毯", 3);
    let (order, number) = bought(customer, good);
    let act = |what: &str, fields: Value| post(customer, &format!("xiaochengxu/theOrder/{what}/{order}"), &fields);
    let decide =
        |what: &str| post(office, &format!("admin/theOrder/{what}/{order}"), &json!({ "tuiKuanHuiFu": "已发货" }));
    act("refund", json!({})).refused(301);
    act("confirm", json!({})).refused(301);
    decide("refund").refused(301);
    assert_eq!(payback(server, &paid(server, &number)), OK);
    act("cancel", json!({})).refused(301);
    act("refund", json!({ "tuiKuanYuanYin": "颜色不合适" })).ok();
    act("confirm", json!({})).refused(301);
    decide("refuse").ok();
    let row = customer.get("/zhugeleida/xiaochengxu/theOrder", &[("theOrderStatus", "5")]);
    let row = &row.ok()["ret_data"][0];
    assert_eq!((&row["tuiKuanYuanYin"], &row["tuiKuanHuiFu"]), (&json!("颜色不合适"), &json!("已发货")));
    act("refund", json!({ "tuiKuanYuanYin": "再次申请" })).ok();

    // The merchant has no money, then WeChat is down, then it works: one refund in all.
    control(
        server,
        &json!({ "fail": { "path": "/secapi/pay/refund", "errcode": 0, "errmsg": "NOTENOUGH: 基本账户余额不足" } }),
    );
    assert_eq!(decide("refund").refused(301).msg, "退款失败, 原因:基本账户余额不足");
    assert_eq!(state(server, order), 3);
    control(server, &json!({ "down": { "path_prefix": "/secapi/pay/refund" } }));
    decide("refund").refused(503);
    assert_eq!(state(server, order), 4);
    decide("refuse").refused(301);
    control(server, &json!({ "refund_status": "PROCESSING" }));
    let reply = decide("refund");
    assert_eq!((reply.ok()["theOrderStatusCode"].as_i64(), reply.msg.as_str()), (Some(4), "退款已提交"));
    assert_eq!(stock(server, good), (2, 1));
    control(server, &json!({ "refund_status": "SUCCESS" }));
    age(server, order);
    within(Duration::from_secs(10), "the money's arrival", || (state(server, order) == 2).then_some(()));
    assert_eq!(stock(server, good), (3, 0), "on sale again");
    decide("refund").refused(301);
    let numbers = server.select(&format!("SELECT refund_number FROM mall_order WHERE id = {order}"));
    assert_eq!(numbers, format!("R1{number}"));
    let audit = "SELECT json_group_array(action) FROM (SELECT action FROM audit_log WHERE action LIKE 'theOrder.%' ORDER BY id)";
    let audit: Vec<String> = serde_json::from_str(server.select(audit).as_str().expect("a list")).expect("actions");
    assert_eq!(audit, ["theOrder.refuse", "theOrder.refund", "theOrder.refund", "theOrder.refund"]);

    // What was handed over and never arrived is handed over again; and at once when all is well.
    let (order, number) = bought(customer, good);
    assert_eq!(payback(server, &paid(server, &number)), OK);
    post(customer, &format!("xiaochengxu/theOrder/refund/{order}"), &json!({})).ok();
    control(server, &json!({ "down": { "path_prefix": "/secapi/pay/refund" } }));
    post(office, &format!("admin/theOrder/refund/{order}"), &json!({})).refused(503);
    age(server, order);
    within(Duration::from_secs(10), "the second try", || (state(server, order) == 2).then_some(()));
    let (order, number) = bought(customer, good);
    assert_eq!(payback(server, &paid(server, &number)), OK);
    post(customer, &format!("xiaochengxu/theOrder/refund/{order}"), &json!({})).ok();
    assert_eq!(post(office, &format!("admin/theOrder/refund/{order}"), &json!({})).msg, "退款成功");
    let (order, number) = bought(customer, good);
    assert_eq!(payback(server, &paid(server, &number)), OK);
    post(customer, &format!("xiaochengxu/theOrder/confirm/{order}"), &json!({})).ok();
    post(customer, &format!("xiaochengxu/theOrder/refund/{order}"), &json!({})).refused(301);
    assert_eq!(state(server, order), 7);
}

#[test]
fn the_demo_has_orders_in_every_state_and_the_back_office_finds_them() {
    let server = Server::demo();
    let office = server.admin();
    let list = |query: &[(&str, &str)]| office.get("/zhugeleida/admin/theOrder", query).ok().clone();
    for state in ["1", "2", "3", "4", "5", "7", "8", "9", "10"] {
        let page = list(&[("theOrderStatus", state)]);
        assert!(page["data_count"].as_i64() > Some(0), "no order in state {state}");
        let rows = page["ret_data"].as_array().expect("rows");
        assert!(rows.iter().all(|row| row["theOrderStatusCode"].as_i64() == state.parse().ok()), "{page}");
    }
    office.get("/zhugeleida/admin/theOrder", &[("theOrderStatus", "6")]).refused(301);
    let all = list(&[("length", "100")]);
    assert_eq!(all["data_count"].as_i64(), all["ret_data"].as_array().map(|rows| i64::try_from(rows.len()).unwrap()));
    let wanted = &list(&[("theOrderStatus", "4")])["ret_data"][0];
    let text = |name: &str| wanted[name].as_str().expect("a text").to_owned();
    let found = list(&[("orderNumber", &text("orderNumber"))]);
    assert_eq!((&found["data_count"], &found["ret_data"][0]["id"]), (&json!(1), &wanted["id"]));
    let found = list(&[("customer_name", &text("customer_name")), ("theOrderStatus", "4")]);
    assert_eq!(found["ret_data"][0]["id"], wanted["id"]);
    let day = text("createDate")[..10].to_owned();
    let found = list(&[("create_date__gte", &day), ("create_date__lt", &day), ("theOrderStatus", "4")]);
    assert_eq!(found["data_count"], 1);
    assert_eq!(list(&[("create_date__gte", "2099-01-01")])["data_count"], 0);
    // A demo order can be refunded though the sandbox did not see it paid.
    let id = &wanted["id"];
    assert_eq!(post(&office, &format!("admin/theOrder/refund/{id}"), &json!({})).msg, "退款成功");
}

#[test]
fn each_company_has_its_own_orders_and_merchant() {
    let server = Server::demo();
    let first = server.admin();
    let company = json!({
        "name": "青禾家居", "charging_start_time": server.select("SELECT date('now', '+8 hours')"),
        "open_length_time": 4, "mingpian_available_num": 20,
    });
    let second = post(&first, "admin/company/add_company/0", &company).ok()["id"].as_i64().expect("an id");
    let account = json!({ "login_user": "qinghe", "password": "Qinghe2026", "role_id": 2, "company_id": second });
    post(&first, "admin/admin_userprofile/add/0", &account).ok();
    let office = server.administrator("qinghe", "Qinghe2026");
    for (key, value) in [("app_id", sandbox::MINI_APP_ID), ("secret", sandbox::MINI_SECRET)] {
        server.run(&["settings", "set", &format!("company.{second}.xcx.{key}"), value]);
    }
    soon("the mini-program's settings", || (server.mini_login(second, "bad.1").code == 40029).then_some(()));
    let customer = server.visitor(second, "青禾的客户");
    let lamp = good(&office, "吊灯", 3);
    let refused = prepay(&customer, lamp);
    assert_eq!(refused.refused(301).msg, "预支付失败, 原因:微信支付商户号尚未设置");
    let merchant =
        json!({ "shangChengName": "青禾", "shangHuHao": sandbox::MERCHANT, "shangHuMiYao": sandbox::MERCHANT_KEY });
    post(&office, "xiaochengxu/jiChuSheZhiOper/addOrUpdate", &merchant).ok();
    let (order, number) = bought(&customer, lamp);
    let told = paid(&server, &number);

    let ours = server.customer_of(&server.salesperson(1, "zhangwei"));
    prepay(&ours, lamp).refused(302);
    ours.get("/zhugeleida/xiaochengxu/theOrder", &[("id", &order.to_string())]).refused(302);
    for what in ["cancel", "confirm", "refund"] {
        post(&ours, &format!("xiaochengxu/theOrder/{what}/{order}"), &json!({})).refused(302);
    }
    for what in ["refund", "refuse"] {
        post(&first, &format!("admin/theOrder/{what}/{order}"), &json!({})).refused(302);
    }
    let first_key = "sandboxkeyofthefirstmerchant0001";
    let foreign = signed(&told, first_key, &[("mch_id", "1500000101")]);
    assert!(payback(&server, &foreign).contains("FAIL"), "the first company's key signs nothing of the second's");
    assert_eq!(state(&server, order), 1);
    assert_eq!(payback(&server, &told), OK);
    assert_eq!(state(&server, order), 8);
    let number_of = |office: &Actor| {
        let listed = office.get("/zhugeleida/admin/theOrder", &[("orderNumber", &number)]);
        listed.ok()["data_count"].as_i64().expect("a count")
    };
    assert_eq!((number_of(&office), number_of(&first)), (1, 0));
}
