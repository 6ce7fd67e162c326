//! The figures of the back office over random days: what a recount of the rows gives, in any time zone.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::{
    app::App,
    cards,
    chat::Pair,
    customers::{self, Arrival},
    db::Write,
    ids::{CompanyId, CustomerId},
    radar::{self, Act, Action, Effect},
    stats::{self, Figure, Sums},
    time::{Day, Millis, Zone},
};

use super::{fill_now, leave, open_in, store};

const FIGURES: [Figure; 6] =
    [Figure::Customers, Figure::FollowUps, Figure::Views, Figure::Forwards, Figure::Saves, Figure::Praises];

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % most
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_random_days_are_what_a_recount_gives() {
    // A month's end in both, and in New York a day of 23 hours.
    for (zone, seed) in [("Asia/Shanghai", 1), ("America/New_York", 2), ("Pacific/Kiritimati", 3)] {
        let name = format!("leida-demo-figures-{seed}-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let app = open_in(zone, directory, true).await;
        let last = Day::parse("2026-03-12").unwrap();
        fill_now(&app, app.zone.start_of(last).plus(15 * crate::time::HOUR)).await.unwrap();
        let inside = app.clone();
        app.db
            .write(move |w| {
                let mut dice = Dice(seed);
                let mut acts: Vec<i64> = (0..700).map(|_| moment(&inside.zone, last, &mut dice).0).collect();
                acts.sort_unstable();
                let first: CustomerId = w.query_row("SELECT min(id) FROM customer", [], |row| row.get(0))?;
                let pair = Pair {
                    company: CompanyId::FIRST,
                    staff: store::first_staff(w, CompanyId::FIRST)?,
                    customer: first,
                };
                for at in acts {
                    do_something(w, &inside, pair, Millis(at), &mut dice);
                }
                Ok(())
            })
            .await
            .unwrap();
        let zone = app.zone.clone();
        app.db
            .read(move |conn| {
                compare(conn, &zone, last);
                Ok(())
            })
            .await
            .unwrap();
        leave(&app).await;
    }
}

/// On one of forty days; as often as not within a millisecond of its first moment.
fn moment(zone: &Zone, last: Day, dice: &mut Dice) -> Millis {
    let midnight = zone.start_of(last.plus(-dice.below(40)));
    match dice.below(4) {
        0 => midnight.plus(-1),
        1 => midnight,
        2 => midnight.plus(1),
        _ => midnight.plus(dice.below(23 * crate::time::HOUR)),
    }
}

fn do_something(w: &Write<'_>, app: &App, pair: Pair, at: Millis, dice: &mut Dice) {
    let Pair { company, staff, customer } = pair;
    let look = |action: Action| {
        let act = Act { company, staff, customer, action, text: String::new(), effect: Effect::Counts };
        radar::record_at(w, app, &act, at).map(drop)
    };
    match dice.below(10) {
        0 => cards::view(w, app, pair, at),
        1 => cards::act(w, app, pair, cards::Deed::Forward, at),
        2 => cards::act(w, app, pair, cards::Deed::SavePhone, at),
        3 => cards::act(w, app, pair, cards::Deed::SavePoster, at),
        4 => cards::praise(w, app, pair, at),
        5 => customers::follow_up(w, app, pair, "跟进", at).map(drop),
        6 => look(Action::ViewArticle),
        7 => look(Action::ForwardToMoments),
        8 => look(Action::PraiseArticle),
        _ => {
            let arrival = Arrival {
                company,
                openid: format!("random_{}_{}", at.0, dice.below(i64::MAX)),
                unionid: None,
                user_type: 2,
                source: 1,
                session_key: String::new(),
            };
            customers::arrive(w, app, &arrival, at).map(drop)
        }
    }
    .unwrap();
}

/// Every figure by day, counted from the rows' own moments.
fn recount(conn: &Connection, zone: &Zone) -> BTreeMap<(usize, i64), i64> {
    let rows = [
        "SELECT created_at FROM customer",
        "SELECT created_at FROM follow_up",
        "SELECT created_at FROM radar_log WHERE action IN (1, 14) AND effect = 1",
        "SELECT created_at FROM radar_log WHERE action IN (6, 15, 16) AND effect = 1",
        "SELECT created_at FROM radar_log WHERE action = 8 AND effect = 1",
        "SELECT created_at FROM radar_log WHERE action IN (9, 19) AND effect = 1",
    ];
    let mut counted = BTreeMap::new();
    for (figure, sql) in rows.into_iter().enumerate() {
        let mut statement = conn.prepare(sql).unwrap();
        for at in statement.query_map([], |row| row.get::<_, Millis>(0)).unwrap() {
            *counted.entry((figure, zone.day(at.unwrap()).0)).or_default() += 1;
        }
    }
    counted
}

fn compare(conn: &Connection, zone: &Zone, last: Day) {
    let counted = recount(conn, zone);
    let sum = |figure: usize, from: Day, to: Day| -> i64 {
        counted.range((figure, from.0)..=(figure, to.0)).map(|(_, count)| count).sum()
    };
    let sums = |from: Day, to: Day| Sums {
        customers: sum(0, from, to),
        follow_ups: sum(1, from, to),
        views: sum(2, from, to),
        forwards: sum(3, from, to),
        saves: sum(4, from, to),
        praises: sum(5, from, to),
    };
    let company = CompanyId::FIRST;
    for today in (0..20).map(|ago| last.plus(-ago)) {
        let kept = stats::overview_on(conn, company, today).unwrap();
        let yesterday = today.plus(-1);
        let periods = [
            (kept.total, Day(i64::MIN), Day(i64::MAX)),
            (kept.today, today, today),
            (kept.yesterday, yesterday, yesterday),
            (kept.seven_days, today.plus(-7), yesterday),
            (kept.thirty_days, today.plus(-30), yesterday),
        ];
        for (kept, from, to) in periods {
            assert_eq!(kept, sums(from, to), "{} to {} on {}", from.0, to.0, today.text());
        }
        for (number, figure) in FIGURES.into_iter().enumerate() {
            for days in [7, 15] {
                let line = stats::line_on(conn, company, figure, days, today).unwrap();
                let expected: Vec<(Day, i64)> =
                    (1..=days).rev().map(|ago| today.plus(-ago)).map(|day| (day, sum(number, day, day))).collect();
                assert_eq!(line, expected, "{figure:?} on {}", today.text());
            }
        }
    }
}
