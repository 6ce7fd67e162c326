//! The score follows what the customer does.

use serde_json::json;

use super::{details, get, post};
use crate::support::{Actor, Server};

#[track_caller]
fn score(staff: &Actor, customer: &Actor) -> i64 {
    details(staff, customer)["ai_pr"].as_str().expect("a text").parse().expect("a number")
}

#[test]
fn the_score_rises_with_what_a_customer_does() {
    let server = Server::demo();
    let (staff, colleague) = (server.staff("lina"), server.staff("zhangwei"));
    let customer = server.visitor(1, "有兴趣的");
    customer.bind(&staff).ok();
    customer.bind(&colleague).ok();
    assert_eq!(score(&staff, &customer), 0);
    let product =
        server.select("SELECT min(id) FROM product WHERE company_id = 1 AND staff_id IS NULL AND status <> 2");
    let product = product.to_string();
    let mut last = 0;
    let mut rises = |what: &str, least: i64| {
        let now = score(&staff, &customer);
        assert!(now >= last + least, "{what}: {last} to {now}");
        last = now;
    };
    customer.on_card("", &staff).ok();
    rises("looked at the card", 1);
    let look = [("uid", staff.id()), ("product_id", product)];
    let look: Vec<_> = look.iter().map(|(name, value)| (*name, value.as_str())).collect();
    customer.get("/zhugeleida/xiaochengxu/product/product_single", &look).ok();
    rises("looked at a product", 1);
    customer.say(&staff, "请问价格").ok();
    rises("wrote", 5);
    customer.get("/zhugeleida/xiaochengxu/product/consult_product", &look).ok();
    rises("asked about a product", 10);
    for (deed, least) in [("calling", 10), ("save_phone", 5), ("save_wechat", 3), ("forward", 1)] {
        customer.on_card(deed, &staff).ok();
        rises(deed, least);
    }
    // What the salesperson does or believes is no interest of the customer's.
    staff.say(&customer, "您好").ok();
    post(&staff, &format!("customer/update_expected_pr/{}", customer.user_id), &json!({ "expedted_pr": 5 })).ok();
    assert_eq!((score(&staff, &customer), &details(&staff, &customer)["expedted_pr"]), (last, &json!("5")));
    assert!((80..=100).contains(&last), "{last}");
    // And what concerns the one salesperson says nothing to another.
    assert_eq!(score(&colleague, &customer), 0);
    get(&server.staff("wangfang"), "customer", &[("customer_id", &customer.id())]).refused(302);

    // A praise counts until it is taken back.
    customer.on_card("praise", &colleague).ok();
    let praised = score(&colleague, &customer);
    assert!(praised > 0);
    customer.on_card("praise", &colleague).ok();
    assert_eq!(score(&colleague, &customer), 0);
    customer.on_card("praise", &colleague).ok();
    assert_eq!(score(&colleague, &customer), praised);
}

#[test]
fn a_score_fades() {
    let mut server = Server::demo();
    let staff = server.staff("lina");
    let customer = server.customer(&staff, "久不来的");
    for _ in 0..3 {
        customer.on_card("calling", &staff).ok();
    }
    let fresh = score(&staff, &customer);
    let at = |days: i64, server: &mut Server| {
        server.stop();
        let file = rusqlite::Connection::open(server.data().join("leida.db")).expect("the data base");
        let sql = "UPDATE relation SET interest_at = ?2 WHERE customer_id = ?1";
        let then = crate::support::now_ms() - days * 24 * 3_600_000;
        file.execute(sql, (customer.user_id, then)).expect("an older act");
        drop(file);
        server.restart();
        score(&staff.at(server), &customer)
    };
    let (week, month, year) = (at(7, &mut server), at(30, &mut server), at(365, &mut server));
    assert!(fresh > week && week > month && month > year && year == 0, "{fresh} {week} {month} {year}");
}
