//! The demo data hold together: every counter is what counting the rows gives.

use rusqlite::Connection;
use tokio::sync::watch;

use super::*;
use crate::{
    app::Setup,
    chat::Pair,
    customers::{changes, interest, tags},
    db::Db,
    identity::Staff,
    ids::{CustomerId, StaffId},
    radar::Action,
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
    let of_case = |table: &str, counter: &str, rows: &str| {
        format!("SELECT count(*) FROM {table} WHERE {counter} <> (SELECT {rows} = {table}.id)")
    };
    let of_day = |column: &str, rows: &str| {
        format!(
            "SELECT count(*) FROM (SELECT day, {column} AS n FROM stat_day WHERE {column} <> 0) AS kept
             FULL JOIN (SELECT day, count(*) AS n FROM ({rows}) GROUP BY day) AS counted ON counted.day = kept.day
             WHERE kept.n IS NOT counted.n"
        )
    };
    let acts = |codes: &str| format!("SELECT day FROM radar_log WHERE action IN ({codes}) AND effect = 1");
    let day_of = |at: &str| format!("({at} + 8 * 3600000) / 86400000 AS day");
    vec![
        ("staff.customer_count", of_staff("customer_count", "count(*) FROM relation WHERE 1")),
        ("staff.radar_count", of_staff("radar_count", "count(*) FROM radar_log WHERE 1")),
        ("staff.view_count", of_staff("view_count", "count(*) FROM radar_log WHERE action = 1 AND effect = 1")),
        ("staff.forward_count", of_staff("forward_count", "count(*) FROM radar_log WHERE action = 6")),
        ("staff.praise_count", of_staff("praise_count", "count(*) FROM relation WHERE is_praised = 1")),
        (
            "staff.signature_praise_count",
            of_staff("signature_praise_count", "count(*) FROM relation WHERE is_signature_praised = 1"),
        ),
        ("company.customer_count", "SELECT customer_count <> (SELECT count(*) FROM customer) FROM company".to_owned()),
        ("relation.radar_count", of_relation("radar_count", "count(*) FROM radar_log WHERE 1")),
        ("relation.card_views", of_relation("card_views", "count(*) FROM radar_log WHERE action = 1 AND effect = 1")),
        (
            "relation.is_praised",
            of_relation("is_praised", "coalesce(sum(effect), 0) FROM radar_log WHERE action = 9"),
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
                 (SELECT staff_id, day, customer_id, action, count(*) AS n, sum(effect) AS effects FROM radar_log GROUP BY 1, 2, 3, 4)
                 AS counted USING (staff_id, day, customer_id, action)
             WHERE (entries, net) IS NOT (n, effects)"
                .to_owned(),
        ),
        (
            "radar_action_day",
            "SELECT count(*) FROM (SELECT * FROM radar_action_day WHERE entries <> 0) FULL JOIN
                 (SELECT staff_id, day, action, count(*) AS n, sum(effect) AS effects FROM radar_log GROUP BY 1, 2, 3) AS counted
                 USING (staff_id, day, action)
             WHERE (entries, net) IS NOT (n, effects)"
                .to_owned(),
        ),
        (
            "radar_recent",
            "SELECT count(*) FROM radar_recent FULL JOIN
                 (SELECT staff_id, customer_id, nullif(sum(effect), 0) AS n FROM radar_log
                  JOIN staff ON staff.id = staff_id
                  WHERE day BETWEEN radar_recent_until - 6 AND radar_recent_until GROUP BY 1, 2) AS counted
                 USING (staff_id, customer_id)
             WHERE nullif(net, 0) IS NOT n"
                .to_owned(),
        ),
        ("case_study.read_count", of_case("case_study", "read_count", "count(*) FROM case_visit WHERE case_id")),
        (
            "case_study.collection_count",
            of_case("case_study", "collection_count", "count(*) FROM case_collection WHERE case_id"),
        ),
        ("diary.read_count", of_case("diary", "read_count", "coalesce(sum(readings), 0) FROM diary_reading WHERE diary_id")),
        ("diary.praise_count", of_case("diary", "praise_count", "count(*) FROM diary_praise WHERE diary_id")),
        (
            "diary.comment_count",
            of_case("diary", "comment_count", "count(*) FROM diary_comment WHERE status <> 2 AND diary_id"),
        ),
        (
            "case_tag.search_count",
            of_case("case_tag", "search_count", "coalesce(sum(searches), 0) FROM case_tag_search WHERE tag_id"),
        ),
        (
            "tag_use",
            "SELECT count(*) FROM (SELECT staff_id, tag_id, customers FROM tag_use WHERE customers > 0) FULL JOIN
                 (SELECT relation.staff_id, tag_id, count(*) AS n FROM relation_tag
                  JOIN relation ON relation.id = relation_id GROUP BY 1, 2) AS counted USING (staff_id, tag_id)
             WHERE customers IS NOT n"
                .to_owned(),
        ),
        (
            "relation.user_type",
            "SELECT count(*) FROM relation JOIN customer ON customer.id = customer_id
             WHERE relation.user_type <> customer.user_type"
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
    .chain([("relation.interest", interests(conn))])
    .filter(|(_, differing)| *differing != 0)
    .collect()
}

/// Relations whose kept points are not what the log and the conversation add up to.
#[allow(clippy::cast_precision_loss, reason = "a month in milliseconds")]
fn interests(conn: &Connection) -> i64 {
    let mut relations = conn.prepare("SELECT staff_id, customer_id, interest, interest_at FROM relation").unwrap();
    let mut acts = conn
        .prepare(
            "SELECT action, effect = -1, created_at FROM radar_log WHERE staff_id = ?1 AND customer_id = ?2
             UNION ALL SELECT 0, 0, created_at FROM chat_message
             WHERE staff_id = ?1 AND customer_id = ?2 AND send_type = 2",
        )
        .unwrap();
    let mut differing = 0;
    let mut rows = relations.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let pair: (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let (kept, at): (f64, i64) = (row.get(2).unwrap(), row.get(3).unwrap());
        let mut given: Vec<(i64, i64)> = Vec::new();
        let acts = acts.query_map(pair, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        for (action, is_withdrawal, at) in acts.map(Result::unwrap) {
            if is_withdrawal {
                let taken = given.iter().rposition(|(kind, _)| *kind == action).unwrap();
                given.remove(taken);
            } else {
                given.push((action, at));
            }
        }
        let worth = |action: i64| match ACTIONS.iter().find(|known| known.code() == action) {
            Some(action) => interest::points(*action),
            None => interest::MESSAGE,
        };
        let left = |then: i64| 0.5_f64.powf((at - then) as f64 / interest::HALF_LIFE as f64);
        let counted: f64 = given.iter().map(|(action, then)| worth(*action) * left(*then)).sum();
        differing += i64::from((counted - kept).abs() > 1e-6);
    }
    differing
}

/// Those that the demo's customers do.
const ACTIONS: [Action; 15] = [
    Action::ViewCard,
    Action::ViewProduct,
    Action::ViewWebsite,
    Action::CopyWechat,
    Action::ForwardCard,
    Action::ConsultProduct,
    Action::SavePhone,
    Action::Praise,
    Action::Call,
    Action::Authorise,
    Action::ViewArticle,
    Action::ForwardToFriend,
    Action::PraiseArticle,
    Action::ViewDiaries,
    Action::ViewDiary,
];

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
        ("withdrawn", "SELECT count(*) FROM radar_log WHERE effect = -1", 1, 20),
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
        ("cases", "SELECT count(*) FROM case_study", 6, 6),
        ("diaries", "SELECT count(*) FROM diary", 12, 30),
        (
            "cases without enough diaries",
            "SELECT count(*) FROM case_study WHERE (SELECT count(*) FROM diary WHERE case_id = case_study.id) NOT BETWEEN 2 AND 5",
            0,
            0,
        ),
        ("comments that wait", "SELECT count(*) FROM diary_comment WHERE status = 0", 1, 5),
        ("comments that passed", "SELECT count(*) FROM diary_comment WHERE status = 1", 3, 20),
        ("collections", "SELECT count(*) FROM case_collection", 4, 30),
        ("footprints", "SELECT count(*) FROM case_visit", 12, 60),
        (
            "footprints before the customer came",
            "SELECT count(*) FROM case_visit JOIN customer ON customer.id = customer_id WHERE case_visit.created_at < customer.created_at",
            0,
            0,
        ),
        ("diaries of the future", "SELECT count(*) FROM diary WHERE written_at > unixepoch() * 1000 + 999", 0, 0),
        ("goods", "SELECT count(*) FROM good", 7, 7),
        ("goods in three classes", "SELECT count(DISTINCT class_id) FROM good", 3, 3),
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
    let found: Vec<_> = found.into_iter().filter(|(name, _)| !name.starts_with("stat_day.")).collect();
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
    fill_for_benchmarks(&app, Amounts { customers: 60, logs: 500, messages: 500 }).await.unwrap();
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
    assert!(fill_for_benchmarks(&app, Amounts { customers: 1, logs: 1, messages: 1 }).await.is_err(), "not empty");
    leave(&app).await;
}
