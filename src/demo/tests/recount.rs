//! What the kept counters should be, by counting rows.

use rusqlite::Connection;

use crate::{
    customers::interest::{self, Interest},
    radar::Action,
    time::Millis,
};

use super::number;

/// Rows that a kept counter and a recount do not agree on.
pub fn differences(conn: &Connection) -> Vec<(&'static str, i64)> {
    let pair = "staff_id = relation.staff_id AND customer_id = relation.customer_id";
    let of_relation = |counter: &str, rows: &str| {
        format!("SELECT count(*) FROM relation WHERE {counter} IS NOT (SELECT {rows} AND {pair})")
    };
    let of_staff = |counter: &str, rows: &str| {
        format!("SELECT count(*) FROM staff WHERE {counter} <> (SELECT {rows} AND staff_id = staff.id)")
    };
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
        ("relation.last_message_id", of_relation("last_message_id", "max(id) FROM chat_message WHERE send_type NOT IN (3, 4)")),
        (
            "radar_day",
            "SELECT count(*) FROM radar_day FULL JOIN
                 (SELECT staff_id, day, customer_id, action, count(*) AS n, sum(effect = 1) AS counts FROM radar_log GROUP BY 1, 2, 3, 4)
                 AS counted USING (staff_id, day, customer_id, action)
             WHERE (entries, counted) IS NOT (n, counts)"
                .to_owned(),
        ),
        (
            "radar_action_day",
            "SELECT count(*) FROM (SELECT * FROM radar_action_day WHERE entries <> 0) FULL JOIN
                 (SELECT staff_id, day, action, count(*) AS n, sum(effect = 1) AS counts FROM radar_log GROUP BY 1, 2, 3) AS counted
                 USING (staff_id, day, action)
             WHERE (entries, counted) IS NOT (n, counts)"
                .to_owned(),
        ),
        (
            "radar_recent",
            "SELECT count(*) FROM radar_recent FULL JOIN
                 (SELECT staff_id, customer_id, nullif(sum(effect = 1), 0) AS n FROM radar_log
                  JOIN staff ON staff.id = staff_id
                  WHERE day BETWEEN radar_recent_until - 6 AND radar_recent_until GROUP BY 1, 2) AS counted
                 USING (staff_id, customer_id)
             WHERE counted IS NOT n"
                .to_owned(),
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
            "relation_count",
            "SELECT count(*) FROM (SELECT * FROM relation_count WHERE relations <> 0) FULL JOIN
                 (SELECT staff_id, source, user_type, count(*) AS n FROM relation GROUP BY 1, 2, 3) AS counted
                 USING (staff_id, source, user_type)
             WHERE relations IS NOT n"
                .to_owned(),
        ),
        (
            "relation.user_type",
            "SELECT count(*) FROM relation JOIN customer ON customer.id = customer_id
             WHERE relation.user_type <> customer.user_type"
                .to_owned(),
        ),
    ]
    .into_iter()
    .chain(of_days())
    .chain(of_cases())
    .chain([of_goods()])
    .chain(of_articles())
    .map(|(name, sql)| (name, number(conn, &sql)))
    .chain([("relation.interest", interests(conn))])
    .filter(|(_, differing)| *differing != 0)
    .collect()
}

/// Relations whose kept points are not what the log and the conversation add up to.
#[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "a month in milliseconds; the same sum twice")]
fn interests(conn: &Connection) -> i64 {
    let mut relations =
        conn.prepare("SELECT staff_id, customer_id, interest, interest_at, interest_rank FROM relation").unwrap();
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
        let rank = Interest { points: kept, at: Millis(at) }.rank();
        differing += i64::from((counted - kept).abs() > 1e-6 || rank != row.get::<_, f64>(4).unwrap());
    }
    differing
}

const ACTIONS: [Action; 24] = [
    Action::ViewCard,
    Action::ViewProduct,
    Action::ViewNews,
    Action::ViewWebsite,
    Action::CopyWechat,
    Action::ForwardCard,
    Action::ConsultProduct,
    Action::SavePhone,
    Action::Praise,
    Action::Call,
    Action::PlayVoice,
    Action::CopyEmail,
    Action::Authorise,
    Action::ViewArticle,
    Action::ForwardToFriend,
    Action::ForwardToMoments,
    Action::SignUp,
    Action::Order,
    Action::PraiseArticle,
    Action::CancelOrder,
    Action::ViewDiaries,
    Action::ViewDiary,
    Action::SendMall,
    Action::ViewVideo,
];

/// The figures of days, as [`differences`] has them.
fn of_days() -> Vec<(&'static str, String)> {
    let of_day = |column: &str, rows: &str| {
        format!(
            "SELECT count(*) FROM (SELECT day, {column} AS n FROM stat_day WHERE {column} <> 0) AS kept
             FULL JOIN (SELECT day, count(*) AS n FROM ({rows}) GROUP BY day) AS counted ON counted.day = kept.day
             WHERE kept.n IS NOT counted.n"
        )
    };
    let of_staff_day = |column: &str, rows: &str| {
        format!(
            "SELECT count(*) FROM (SELECT staff_id, day, {column} AS n FROM staff_day WHERE {column} <> 0) AS kept
             FULL JOIN (SELECT staff_id, day, count(*) AS n FROM ({rows}) GROUP BY 1, 2) AS counted USING (staff_id, day)
             WHERE kept.n IS NOT counted.n"
        )
    };
    let acts = |codes: &str| format!("SELECT day FROM radar_log WHERE action IN ({codes}) AND effect = 1");
    let day_of = |at: &str| format!("({at} + 8 * 3600000) / 86400000 AS day");
    vec![
        ("stat_day.customers", of_day("customers", &format!("SELECT {} FROM customer", day_of("created_at")))),
        ("stat_day.follow_ups", of_day("follow_ups", &format!("SELECT {} FROM follow_up", day_of("created_at")))),
        (
            "staff_day.follow_ups",
            of_staff_day("follow_ups", &format!("SELECT staff_id, {} FROM follow_up", day_of("created_at"))),
        ),
        (
            "staff_day.messages",
            of_staff_day(
                "messages",
                &format!(
                    "SELECT staff_id, {} FROM chat_message WHERE send_type = 1 AND is_first = 0",
                    day_of("created_at")
                ),
            ),
        ),
        ("stat_day.views", of_day("views", &acts("1, 14"))),
        ("stat_day.forwards", of_day("forwards", &acts("6, 15, 16"))),
        ("stat_day.saves", of_day("saves", &acts("8"))),
        ("stat_day.praises", of_day("praises", &acts("9, 19"))),
        ("stat_day.card_views", of_day("card_views", &acts("1"))),
        ("stat_day.card_forwards", of_day("card_forwards", &acts("6"))),
    ]
}

/// The counters of cases and diaries, likewise.
fn of_cases() -> Vec<(&'static str, String)> {
    let of_case = |table: &str, counter: &str, rows: &str| {
        format!("SELECT count(*) FROM {table} WHERE {counter} <> (SELECT {rows} = {table}.id)")
    };
    vec![
        ("case_study.read_count", of_case("case_study", "read_count", "count(*) FROM case_visit WHERE case_id")),
        (
            "case_study.collection_count",
            of_case("case_study", "collection_count", "count(*) FROM case_collection WHERE case_id"),
        ),
        (
            "diary.read_count",
            of_case("diary", "read_count", "coalesce(sum(readings), 0) FROM diary_reading WHERE diary_id"),
        ),
        ("diary.praise_count", of_case("diary", "praise_count", "count(*) FROM diary_praise WHERE diary_id")),
        (
            "diary.comment_count",
            of_case("diary", "comment_count", "count(*) FROM diary_comment WHERE status <> 2 AND diary_id"),
        ),
        (
            "case_tag.search_count",
            of_case("case_tag", "search_count", "coalesce(sum(searches), 0) FROM case_tag_search WHERE tag_id"),
        ),
    ]
}

/// What the mall has sold, likewise: paid, and not given back.
fn of_goods() -> (&'static str, String) {
    let sold = "SELECT count(*) FROM good WHERE sold_count <> (SELECT coalesce(sum(quantity), 0) FROM mall_order
                WHERE good_id = good.id AND state IN (3, 4, 5, 7, 8))";
    ("good.sold_count", sold.to_owned())
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
            "SELECT count(*) FROM (SELECT * FROM article_level WHERE readers <> 0) FULL JOIN
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
pub fn oddities(conn: &Connection) -> Vec<(&'static str, i64)> {
    let expected = [
        ("customers", "SELECT count(*) FROM customer", 40, 40),
        ("without a nickname", "SELECT count(*) FROM customer WHERE nickname = ''", 3, 3),
        ("relations", "SELECT count(*) FROM relation", 60, 70),
        ("relations with a parent", "SELECT count(*) FROM relation WHERE parent_id IS NOT NULL", 15, 30),
        ("sources", "SELECT count(DISTINCT source) FROM relation", 4, 4),
        ("salespeople with customers", "SELECT count(DISTINCT staff_id) FROM relation", 5, 5),
        ("radar entries", "SELECT count(*) FROM radar_log", 500, 750),
        ("unseen", "SELECT count(*) FROM radar_log WHERE is_seen = 0", 1, 140),
        ("withdrawn", "SELECT count(*) FROM radar_log WHERE effect = -1", 1, 20),
        ("action codes", "SELECT count(DISTINCT action) FROM radar_log", 12, 20),
        ("message types", "SELECT count(DISTINCT info_type) FROM chat_message", 5, 5),
        ("unread", "SELECT sum(unread_by_staff) FROM relation", 3, 40),
        ("follow-ups", "SELECT count(*) FROM follow_up", 40, 150),
        ("notes", "SELECT count(*) FROM customer_note", 8, 40),
        ("expected dates", "SELECT count(*) FROM relation WHERE expected_day IS NOT NULL", 5, 40),
        ("articles", "SELECT count(*) FROM article", 6, 6),
        ("levels of the article that spread", "SELECT max(level) FROM article_level", 6, 6),
        ("sign-ups", "SELECT count(*) FROM sign_up", 3, 3),
        ("products", "SELECT count(*) FROM product", 8, 8),
        ("orders", "SELECT count(*) FROM mall_order", 13, 13),
        ("states of orders", "SELECT count(DISTINCT state) FROM mall_order", 9, 9),
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
        ("administrators", "SELECT count(*) FROM admin WHERE is_reset_password = 1", 6, 6),
        ("waiting in the outbox", "SELECT count(*) FROM outbox WHERE state = 0", 0, 0),
        ("the outbox", "SELECT count(*) FROM outbox", 6, 6),
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
