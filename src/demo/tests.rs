//! The demo data hold together: every counter is what counting the rows gives.

mod figures;
mod recount;

use rusqlite::Connection;
use tokio::sync::watch;

use super::*;
use crate::{
    app::Setup,
    chat::Pair,
    customers::{self, changes, handover, tags},
    db::Db,
    identity::Staff,
    ids::{CustomerId, StaffId},
    time::Zone,
    vault::Vault,
    weixin::{Bases, Weixin},
};

use recount::{differences, oddities};

async fn app(name: &str, demo: bool) -> App {
    let directory = std::env::temp_dir().join(format!("leida-demo-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    open(directory, demo).await
}

async fn open(directory: std::path::PathBuf, demo: bool) -> App {
    open_in("Asia/Shanghai", directory, demo).await
}

async fn open_in(zone: &str, directory: std::path::PathBuf, demo: bool) -> App {
    let (_, stop) = watch::channel(false);
    App::new(Setup {
        db: Db::open(&directory.join("leida.db")).unwrap(),
        vault: Vault::open(&directory.join("secret.key")).unwrap(),
        zone: Zone::named(zone).unwrap(),
        weixin: Weixin::new(Bases { weixin: String::new(), work: String::new(), pay: String::new() }),
        public_url: String::new(),
        data: directory,
        demo,
        stop,
    })
    .await
    .unwrap()
}

async fn leave(app: &App) {
    app.db.close().await.unwrap();
    std::fs::remove_dir_all(&app.data).unwrap();
}

fn number(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_what_a_recount_gives() {
    let now = Millis::now();
    let zone = Zone::named("Asia/Shanghai").unwrap();
    let midnight = zone.start_of(zone.day(now));
    for (name, now) in [("recount", now), ("midnight", midnight), ("evening", midnight.plus(-crate::time::MINUTE))] {
        let app = app(name, true).await;
        fill_now(&app, now).await.unwrap();
        let found = app.db.read(|conn| Ok((differences(conn), oddities(conn)))).await.unwrap();
        assert_eq!(found, (vec![], vec![]), "{name}");
        leave(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_stay_right_when_customers_are_deleted() {
    let app = app("delete", true).await;
    fill_now(&app, Millis::now()).await.unwrap();
    let inside = app.clone();
    let (before, after) = app
        .db
        .write(move |w| {
            let history = |w: &Connection| number(w, "SELECT sum(customers + follow_ups + views) FROM stat_day");
            let before = (number(w, "SELECT count(*) FROM customer"), history(w));
            let mut pairs = w.prepare("SELECT staff_id, customer_id FROM relation WHERE id % 3 = 0")?;
            let pairs: Vec<(StaffId, CustomerId)> =
                pairs.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            for (staff, customer) in pairs {
                changes::delete_at(w, &inside, Pair { company: CompanyId::FIRST, staff, customer })?;
            }
            Ok((before, (number(w, "SELECT count(*) FROM customer"), history(w))))
        })
        .await
        .unwrap();
    assert!(after.0 < before.0 && after.1 == before.1, "{before:?} {after:?}");
    let found = app.db.read(|conn| Ok(differences(conn))).await.unwrap();
    let of_days = |name: &str| name.starts_with("stat_day.") || name.starts_with("staff_day.");
    let found: Vec<_> = found.into_iter().filter(|(name, _)| !of_days(name)).collect();
    assert_eq!(found, []);
    // A customer of several people stays for the others.
    let shared =
        "SELECT count(*) FROM customer WHERE NOT EXISTS (SELECT 1 FROM relation WHERE customer_id = customer.id)";
    let strays = "SELECT count(*) FROM customer_note WHERE relation_id NOT IN (SELECT id FROM relation)";
    let left = app.db.read(|conn| Ok((number(conn, shared), number(conn, strays)))).await.unwrap();
    assert_eq!(left, (0, 0));
    leave(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_stay_right_when_customers_are_handed_over() {
    let app = app("handover", true).await;
    fill_now(&app, Millis::now()).await.unwrap();
    let inside = app.clone();
    let merged = app
        .db
        .write(move |w| {
            // Everybody's customers to the first; then, those of whom both were praised among them, on to the second.
            let staff = "SELECT id FROM staff WHERE id IN (SELECT staff_id FROM relation) ORDER BY id";
            let staff: Vec<StaffId> =
                w.prepare(staff)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let (mut merged, rows) = (0, number(w, "SELECT count(*) FROM radar_log"));
            for (from, to) in staff[1..].iter().map(|from| (*from, staff[0])).chain([(staff[0], staff[1])]) {
                for customer in customers::store::handover::customers_of(w, CompanyId::FIRST, from, 1000)? {
                    let pair = Pair { company: CompanyId::FIRST, staff: from, customer };
                    merged += i64::from(handover::hand_over_at(w, &inside, pair, to)?.unwrap());
                    assert_eq!(handover::hand_over_at(w, &inside, pair, to)?, None, "nothing is left");
                }
            }
            assert_eq!(number(w, "SELECT count(*) FROM radar_log"), rows, "history is kept");
            Ok(merged)
        })
        .await
        .unwrap();
    assert!(merged >= 10, "the demo has customers of several people: {merged}");
    let found = app.db.read(|conn| Ok(differences(conn))).await.unwrap();
    // A customer who praised both is one who praises: the days on which it was counted stay as they are. What somebody did
    // stays theirs.
    let stays = |name: &str| name == "stat_day.praises" || name.starts_with("staff_day.");
    let found: Vec<_> = found.into_iter().filter(|(name, _)| !stays(name)).collect();
    assert_eq!(found, []);
    let firsts =
        "SELECT count(*) FROM (SELECT 1 FROM chat_message GROUP BY staff_id, customer_id HAVING sum(is_first) <> 1)";
    let strays =
        "SELECT count(*) FROM relation_tag JOIN tag ON tag.id = tag_id WHERE tag.staff_id <> relation_tag.staff_id";
    let left = app.db.read(|conn| Ok((number(conn, firsts), number(conn, strays)))).await.unwrap();
    assert_eq!(left, (0, 0));
    leave(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_has_tags_and_phrases_and_a_missing_own_group_is_made() {
    let app = app("first", false).await;
    identity::first_start(&app).await.unwrap();
    let counts = app
        .db
        .read(|conn| {
            Ok((
                number(conn, "SELECT count(*) FROM tag WHERE parent_id IS NULL"),
                number(conn, "SELECT count(*) FROM tag WHERE parent_id IS NOT NULL AND staff_id IS NULL"),
                number(conn, "SELECT count(*) FROM follow_phrase WHERE staff_id IS NULL"),
            ))
        })
        .await
        .unwrap();
    assert_eq!(counts, (5, 13, 9));
    let groups = app
        .db
        .write(|w| {
            w.execute("DELETE FROM tag WHERE name = '自定义'", [])?;
            w.execute(
                "INSERT INTO staff (id, company_id, userid, username, token, created_at) VALUES (1, 1, 'a', 'a', '', 0)",
                [],
            )?;
            let staff = Staff { id: StaffId(1), company: CompanyId::FIRST, role: RoleId::ORDINARY };
            tags::make(w, staff.company, staff.id, "老同学", Millis::now())?;
            tags::make(w, staff.company, staff.id, "邻居", Millis::now())?;
            assert!(tags::make(w, staff.company, staff.id, "邻居", Millis::now()).is_err());
            Ok(number(w, "SELECT count(*) FROM tag WHERE name = '自定义' AND parent_id IS NULL"))
        })
        .await
        .unwrap();
    assert_eq!(groups, 1);
    leave(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_database_is_taken_as_it_is() {
    let app = app("again", true).await;
    check_or_fill(&app).await.unwrap();
    assert_eq!(app.settings.get("company.1.xcx.app_id").unwrap().as_deref(), Some(FIRST_MINI.app_id));
    assert!(app.settings.list().iter().all(|(key, _)| !key.starts_with("internal.")));
    check_or_fill(&app).await.unwrap();
    assert_eq!(identity::first_start(&app).await.unwrap(), None);
    assert_eq!(app.db.read(|conn| Ok(oddities(conn))).await.unwrap(), []);
    leave(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_and_real_data_do_not_mix() {
    let real = app("real", false).await;
    check_or_fill(&real).await.unwrap();
    identity::first_start(&real).await.unwrap();
    check_or_fill(&real).await.unwrap();
    let directory = real.data.clone();
    real.db.close().await.unwrap();
    let mixed = open(directory, true).await;
    assert!(check_or_fill(&mixed).await.unwrap_err().to_string().contains("real data"));
    leave(&mixed).await;

    let demo = app("demo", true).await;
    check_or_fill(&demo).await.unwrap();
    let directory = demo.data.clone();
    demo.db.close().await.unwrap();
    let mixed = open(directory, false).await;
    assert!(check_or_fill(&mixed).await.unwrap_err().to_string().contains("demo data"));
    leave(&mixed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_customers_are_counted_as_well() {
    let app = app("many", true).await;
    fill_for_benchmarks(&app, Amounts { customers: 60, logs: 500, messages: 500, readings: 100 }).await.unwrap();
    let (wrong, made) = app
        .db
        .read(|conn| {
            let made = [
                number(conn, "SELECT count(*) FROM customer WHERE openid LIKE 'many_%'"),
                number(conn, "SELECT count(*) FROM radar_log WHERE text = '拨打您的手机'"),
                number(conn, "SELECT count(*) FROM chat_message WHERE content LIKE '%条消息，谢谢您的介绍%'"),
            ];
            Ok((differences(conn), made))
        })
        .await
        .unwrap();
    assert_eq!((wrong, made[0], made[2]), (vec![], 60, 500));
    assert!(made[1] >= 60, "one act in eight is a call");
    assert!(
        fill_for_benchmarks(&app, Amounts { customers: 1, logs: 1, messages: 1, readings: 0 }).await.is_err(),
        "not empty"
    );
    leave(&app).await;
}
