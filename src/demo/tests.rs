//! The demo data hold together: every counter is what counting the rows gives.

use rusqlite::Connection;
use tokio::sync::watch;

use super::*;
use crate::{
    app::Setup,
    db::Db,
    time::Zone,
    vault::Vault,
    weixin::{Bases, Weixin},
};

async fn app(name: &str, demo: bool) -> App {
    let directory = std::env::temp_dir().join(format!("leida-demo-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    open(directory, demo).await
}

async fn open(directory: std::path::PathBuf, demo: bool) -> App {
    let (_, stop) = watch::channel(false);
    App::new(Setup {
        db: Db::open(&directory.join("leida.db")).unwrap(),
        vault: Vault::open(&directory.join("secret.key")).unwrap(),
        zone: Zone::named("Asia/Shanghai").unwrap(),
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

/// Rows that a kept counter and a recount do not agree on.
fn differences(conn: &Connection) -> Vec<(&'static str, i64)> {
    let pair = "staff_id = relation.staff_id AND customer_id = relation.customer_id";
    let of_relation = |counter: &str, rows: &str| {
        format!("SELECT count(*) FROM relation WHERE {counter} IS NOT (SELECT {rows} AND {pair})")
    };
    let of_staff = |counter: &str, rows: &str| {
        format!("SELECT count(*) FROM staff WHERE {counter} <> (SELECT {rows} AND staff_id = staff.id)")
    };
    let of_day = |column: &str, rows: &str| {
        format!(
            "SELECT count(*) FROM (SELECT day, {column} AS n FROM stat_day WHERE {column} <> 0) AS kept
             FULL JOIN (SELECT day, count(*) AS n FROM ({rows}) GROUP BY day) AS counted ON counted.day = kept.day
             WHERE kept.n IS NOT counted.n"
        )
    };
    let acts = |codes: &str| format!("SELECT day FROM radar_log WHERE action IN ({codes}) AND is_withdrawal = 0");
    let day_of = |at: &str| format!("({at} + 8 * 3600000) / 86400000 AS day");
    vec![
        ("staff.customer_count", of_staff("customer_count", "count(*) FROM relation WHERE 1")),
        ("staff.radar_count", of_staff("radar_count", "count(*) FROM radar_log WHERE 1")),
        ("staff.view_count", of_staff("view_count", "count(*) FROM radar_log WHERE action = 1")),
        ("staff.forward_count", of_staff("forward_count", "count(*) FROM radar_log WHERE action = 6")),
        ("staff.praise_count", of_staff("praise_count", "count(*) FROM relation WHERE is_praised = 1")),
        (
            "staff.signature_praise_count",
            of_staff("signature_praise_count", "count(*) FROM relation WHERE is_signature_praised = 1"),
        ),
        ("company.customer_count", "SELECT customer_count <> (SELECT count(*) FROM customer) FROM company".to_owned()),
        ("relation.radar_count", of_relation("radar_count", "count(*) FROM radar_log WHERE 1")),
        ("relation.card_views", of_relation("card_views", "count(*) FROM radar_log WHERE action = 1")),
        (
            "relation.is_praised",
            of_relation("is_praised", "coalesce(sum(1 - 2 * is_withdrawal), 0) FROM radar_log WHERE action = 9"),
        ),
        (
            "relation.staff_messages",
            of_relation("staff_messages", "count(*) FROM chat_message WHERE send_type = 1 AND is_first = 0"),
        ),
        (
            "relation.customer_messages",
            of_relation("customer_messages", "count(*) FROM chat_message WHERE send_type = 2"),
        ),
        (
            "relation.unread_by_staff",
            of_relation("unread_by_staff", "count(*) FROM chat_message WHERE is_read_by_staff = 0"),
        ),
        (
            "relation.unread_by_customer",
            of_relation("unread_by_customer", "count(*) FROM chat_message WHERE is_read_by_customer = 0"),
        ),
        ("relation.last_message_id", of_relation("last_message_id", "max(id) FROM chat_message WHERE send_type <> 4")),
        (
            "radar_day",
            "SELECT count(*) FROM radar_day FULL JOIN
                 (SELECT staff_id, day, customer_id, action, count(*) AS n FROM radar_log GROUP BY 1, 2, 3, 4) AS counted
                 USING (staff_id, day, customer_id, action)
             WHERE entries IS NOT n"
                .to_owned(),
        ),
        ("stat_day.customers", of_day("customers", &format!("SELECT {} FROM customer", day_of("created_at")))),
        ("stat_day.follow_ups", of_day("follow_ups", &format!("SELECT {} FROM follow_up", day_of("created_at")))),
        ("stat_day.views", of_day("views", &acts("1, 14"))),
        ("stat_day.forwards", of_day("forwards", &acts("6, 15, 16"))),
        ("stat_day.saves", of_day("saves", &acts("8"))),
        ("stat_day.praises", of_day("praises", &acts("9, 19"))),
        ("stat_day.card_views", of_day("card_views", &acts("1"))),
        ("stat_day.card_forwards", of_day("card_forwards", &acts("6"))),
    ]
    .into_iter()
    .chain(of_articles())
    .map(|(name, sql)| (name, number(conn, &sql)))
    .filter(|(_, differing)| *differing != 0)
    .collect()
}

/// The counters of articles and of what they show, as [`differences`] has them.
fn of_articles() -> Vec<(&'static str, String)> {
    vec![
        (
            "article.read_count",
            "SELECT count(*) FROM article
             WHERE read_count <> (SELECT count(*) FROM article_access WHERE article_id = article.id)"
                .to_owned(),
        ),
        (
            "article.forward_count",
            "SELECT count(*) FROM article WHERE forward_count <> friend_forward_count + moments_forward_count
                 OR (friend_forward_count, moments_forward_count) IS NOT
                 (SELECT coalesce(sum(friend_forward_count), 0), coalesce(sum(moments_forward_count), 0)
                  FROM article_reader WHERE article_id = article.id)"
                .to_owned(),
        ),
        (
            "article.comment_count",
            "SELECT count(*) FROM article WHERE (comment_count, audited_comment_count) IS NOT
                 (SELECT count(*), coalesce(sum(status), 0) FROM article_comment WHERE article_id = article.id)"
                .to_owned(),
        ),
        (
            "article_reader",
            "SELECT count(*) FROM article_reader AS reader WHERE (read_count, stay) IS NOT
                 (SELECT count(*), coalesce(sum(stay), 0) FROM article_access WHERE reader_id = reader.id)"
                .to_owned(),
        ),
        (
            "article_level",
            "SELECT count(*) FROM article_level FULL JOIN
                 (SELECT article_id, staff_id, level, count(*) AS n FROM article_reader GROUP BY 1, 2, 3) AS counted
                 USING (article_id, staff_id, level)
             WHERE readers IS NOT n"
                .to_owned(),
        ),
        (
            "activity",
            "SELECT count(*) FROM activity WHERE (read_count, sign_up_count) IS NOT
                 (SELECT (SELECT count(*) FROM article_access WHERE activity_id = activity.id),
                         (SELECT count(*) FROM sign_up WHERE activity_id = activity.id))"
                .to_owned(),
        ),
    ]
}

/// How much there is of each thing, where that is not what was meant.
fn oddities(conn: &Connection) -> Vec<(&'static str, i64)> {
    let expected = [
        ("customers", "SELECT count(*) FROM customer", 40, 40),
        ("without a nickname", "SELECT count(*) FROM customer WHERE nickname = ''", 3, 3),
        ("relations", "SELECT count(*) FROM relation", 50, 60),
        ("relations with a parent", "SELECT count(*) FROM relation WHERE parent_id IS NOT NULL", 5, 20),
        ("sources", "SELECT count(DISTINCT source) FROM relation", 4, 4),
        ("salespeople with customers", "SELECT count(DISTINCT staff_id) FROM relation", 5, 5),
        ("radar entries", "SELECT count(*) FROM radar_log", 500, 750),
        ("unseen", "SELECT count(*) FROM radar_log WHERE is_seen = 0", 1, 100),
        ("withdrawn", "SELECT count(*) FROM radar_log WHERE is_withdrawal = 1", 1, 20),
        ("action codes", "SELECT count(DISTINCT action) FROM radar_log", 12, 20),
        ("message types", "SELECT count(DISTINCT info_type) FROM chat_message", 5, 5),
        ("unread", "SELECT sum(unread_by_staff) FROM relation", 3, 40),
        ("follow-ups", "SELECT count(*) FROM follow_up", 40, 150),
        ("notes", "SELECT count(*) FROM customer_note", 8, 40),
        ("expected dates", "SELECT count(*) FROM relation WHERE expected_day IS NOT NULL", 5, 40),
        ("articles", "SELECT count(*) FROM article", 6, 6),
        ("levels of the article that spread", "SELECT max(level) FROM article_level", 4, 4),
        ("sign-ups", "SELECT count(*) FROM sign_up", 3, 3),
        ("products", "SELECT count(*) FROM product", 8, 8),
        ("administrators", "SELECT count(*) FROM admin WHERE is_reset_password = 1", 3, 3),
        ("outbox", "SELECT count(*) FROM outbox", 0, 0),
        (
            "disorder",
            "SELECT count(*) FROM radar_log AS a JOIN radar_log AS b ON b.id = a.id + 1
             WHERE b.created_at < a.created_at",
            0,
            0,
        ),
        ("the future", "SELECT count(*) FROM radar_log WHERE created_at > unixepoch() * 1000 + 999", 0, 0),
    ];
    expected
        .into_iter()
        .map(|(what, sql, least, most)| (what, number(conn, sql), least..=most))
        .filter(|(_, count, range)| !range.contains(count))
        .map(|(what, count, _)| (what, count))
        .collect()
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
