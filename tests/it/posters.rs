//! Posters of cards: drawn once, drawn anew when the card changes, readable, and nobody else's.

use std::{collections::BTreeSet, fs, thread};

use image::GenericImageView;
use rusqlite::Connection;

use crate::support::{Actor, Form, Server, soon};

const FOLDER: &str = "uploads/statics/zhugeleida/imgs/xiaochengxu/user_poster";

fn save(customer: &Actor, staff: &Actor) -> String {
    let reply = customer.on_card("save_poster", staff);
    let data = reply.ok();
    assert_eq!(data["user_id"], staff.id().as_str(), "{}", reply.story());
    data["poster_url"].as_str().expect("a URL").to_owned()
}

fn file(server: &Server, url: &str) -> Vec<u8> {
    fs::read(server.data().join("uploads").join(url)).expect("the poster's file")
}

fn change(server: &Server, sql: &str) {
    let connection = Connection::open(server.data().join("leida.db")).expect("the database");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a time-out");
    assert!(connection.execute(sql, []).expect(sql) > 0, "{sql}");
}

/// What the poster's QR code says.
fn code(bytes: &[u8]) -> Vec<String> {
    let picture = image::load_from_memory(bytes).expect("a PNG");
    assert!(bytes.starts_with(b"\x89PNG") && picture.dimensions() == (750, 1240));
    let mut prepared = rqrr::PreparedImage::prepare(picture.to_luma8());
    prepared.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
}

/// Until the customer's own code is there the poster is everybody's.
fn with_own_code(server: &Server, customer: &Actor, staff: &Actor) {
    customer.on_card("create_poster", staff).ok();
    let (of, by) = (staff.user_id, customer.user_id);
    let sql = format!("SELECT qr_code FROM relation WHERE staff_id = {of} AND customer_id = {by}");
    soon("the customer's own code", || (server.select(&sql) != "").then_some(()));
}

#[test]
fn a_poster_is_kept_until_the_card_changes() {
    let server = Server::demo();
    let li_na = server.salesperson(1, "lina");
    let customer = server.customer(&li_na, "海报客");
    let form = Form::urlencoded().with("user_id", li_na.user_id);
    server.admin().post("/zhugeleida/admin/user/create_small_program_qr_code/0", &form).ok();
    with_own_code(&server, &customer, &li_na);
    let face = customer.on_card("create_poster", &li_na);
    let card = customer.on_card("", &li_na).ok()["ret_data"][0].clone();
    for (of_poster, of_card) in [
        ("user_id", "id"),
        ("user_avatar", "mingpian_avatar"),
        ("username", "username"),
        ("position", "position"),
        ("mingpian_phone", "mingpian_phone"),
        ("company", "company"),
    ] {
        assert_eq!(face.ok()[0][of_poster], card[of_card], "{of_poster}");
    }
    let own = face.data[0]["qr_code_url"].as_str().expect("a code").to_owned();
    assert!(own.contains(&format!("/{}_{}_", li_na.user_id, customer.user_id)), "{own}");

    let first = save(&customer, &li_na);
    assert!(first.contains(&format!("/{}_{}_", li_na.user_id, customer.user_id)) && first.ends_with("_poster.png"));
    let bytes = file(&server, &first);
    let picture = image::load_from_memory(&bytes).expect("a PNG").to_rgb8();
    let colours: BTreeSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 500, "{} colours only", colours.len());
    let mut served = ureq::get(format!("{}/{first}", server.api.base())).call().expect("the poster is served");
    assert_eq!(served.headers()["content-type"], "image/png");
    assert_eq!(served.body_mut().read_to_vec().expect("all of it"), bytes);

    assert_eq!(save(&customer, &li_na), first, "nothing changed");
    assert_eq!(file(&server, &first), bytes);
    let mut posters = vec![(first, bytes)];
    // No mini-program any more: when a code is lost, none comes in its place.
    server.run(&["settings", "set", "company.1.xcx.app_id", ""]);
    server.run(&["settings", "set", "platform.xcx.app_id", ""]);
    soon("the settings", || (server.mini_login(1, "bad.1").code != 40029).then_some(()));
    for sql in [
        "UPDATE staff SET is_phone_shown = 0 WHERE userid = 'lina'",
        "UPDATE staff SET card_name = '赟翀 🌸' WHERE userid = 'lina'",
        "UPDATE company SET name = '云杉软件科技（上海）有限公司浦东新区第三分公司企业服务与客户成功事业部' WHERE id = 1",
        "UPDATE relation SET qr_code = ''",
        "UPDATE staff SET qr_code = '' WHERE userid = 'lina'",
        "DELETE FROM staff_photo",
        "UPDATE staff SET avatar = 'https://elsewhere.example/a.png' WHERE userid = 'lina'",
    ] {
        // Files a moment old may be those of a poster drawn at the same time.
        thread::sleep(std::time::Duration::from_millis(60));
        change(&server, sql);
        let url = save(&customer, &li_na);
        let bytes = file(&server, &url);
        if posters.iter().any(|(known, _)| *known == url) {
            assert!(sql.contains("DELETE") || sql.contains("avatar"), "the same poster after {sql}");
        } else {
            assert!(posters.iter().all(|(_, known)| *known != bytes), "the same picture after {sql}");
            posters.push((url, bytes));
        }
    }
    assert!(posters.len() >= 6, "{}", posters.len());
    // A card without a code shows one of a link.
    let (last, bytes) = posters.last().expect("a poster");
    let link = format!("{}/pages/mingpian/index?uid={}&source=1", server.api.base(), li_na.user_id);
    assert_eq!(code(bytes), [link]);
    // One is kept for everybody, and one of the customer's own.
    let left = fs::read_dir(server.data().join(FOLDER)).expect("the folder").count();
    assert!(left <= 2 && last.contains(&format!("/{}_0_", li_na.user_id)), "{left} are left");
}

#[test]
fn many_who_ask_at_once_get_one_poster() {
    let server = Server::demo();
    let li_na = server.salesperson(1, "lina");
    let customer = server.customer(&li_na, "海报客");
    with_own_code(&server, &customer, &li_na);
    let urls: BTreeSet<String> = thread::scope(|scope| {
        let asking: Vec<_> = (0..20).map(|_| scope.spawn(|| save(&customer.at(&server), &li_na))).collect();
        asking.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert_eq!(urls.len(), 1, "{urls:?}");
    let files: Vec<_> = fs::read_dir(server.data().join(FOLDER)).expect("the folder").flatten().collect();
    assert_eq!(files.len(), 1, "nothing half done is left: {files:?}");
}

#[test]
fn taking_a_poster_is_seen_and_is_no_view_of_the_card() {
    let server = Server::demo();
    let li_na = server.salesperson(1, "lina");
    let customer = server.customer(&li_na, "海报客");
    customer.on_card("", &li_na).ok();
    let views = || server.select(&format!("SELECT view_count FROM staff WHERE id = {}", li_na.user_id));
    let of_day = || server.select("SELECT sum(views) || ' ' || sum(card_views) FROM stat_day WHERE company_id = 1");
    let before = (views(), of_day());
    save(&customer, &li_na);
    assert_eq!((views(), of_day()), before);
    customer.on_card("", &li_na).ok();
    let log = li_na.get("/zhugeleida/qiyeweixin/action/time", &[("customer_id", &customer.id()), ("action", "1")]);
    let lines: Vec<_> = log.ok()["ret_data"].as_array().expect("rows").iter().map(|row| row["log"].clone()).collect();
    assert_eq!(
        lines,
        [
            "海报客查看您的名片第2次,把握深度交流的机会",
            "海报客保存了您的名片海报",
            "海报客首次查看您的名片,沟通从此刻开始"
        ]
    );
}
