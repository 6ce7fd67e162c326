use super::*;

const DAY: i64 = 24 * HOUR;
const START: Millis = Millis(1_528_000_000_000);

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides
    }

    fn life(&mut self) -> Vec<(f64, Millis)> {
        let acts = self.roll(60);
        (0..acts).map(|_| ([1.0, 3.0, 5.0, 12.0, 20.0, 30.0][self.place()], START.plus(self.roll(200 * DAY)))).collect()
    }

    fn place(&mut self) -> usize {
        usize::try_from(self.roll(6)).unwrap()
    }
}

fn after(acts: &[(f64, Millis)]) -> Interest {
    acts.iter().fold(Interest::NONE, |interest, (points, at)| interest.with(*points, *at))
}

/// Added up anew, from the acts themselves.
#[allow(clippy::cast_precision_loss, reason = "a few months in milliseconds")]
fn counted(acts: &[(f64, Millis)], now: Millis) -> f64 {
    acts.iter().map(|(points, at)| points * 0.5_f64.powf((now.0 - at.0) as f64 / HALF_LIFE as f64)).sum()
}

#[test]
fn the_numbers_of_the_description() {
    let score = |points| Interest::NONE.with(points, START).score(START);
    assert_eq!([0.0, 30.0, 60.0, 90.0].map(score), [0, 50, 75, 88]);
    let called = Interest::NONE.with(points(Action::Call), START);
    let later = |days: i64| called.score(START.plus(days * DAY));
    assert_eq!((later(0), later(14), later(28), later(3650)), (37, 21, 11, 0));
}

#[test]
fn it_is_what_a_recount_gives_in_any_order() {
    let mut dice = Dice(7);
    let now = START.plus(200 * DAY);
    for _ in 0..500 {
        let mut life = dice.life();
        let sum = counted(&life, now);
        let kept = |acts: &[(f64, Millis)]| after(acts).with(0.0, now).points;
        assert!((kept(&life) - sum).abs() < 1e-9);
        life.sort_by_key(|(_, at)| *at);
        assert!((kept(&life) - sum).abs() < 1e-9);
    }
}

#[test]
fn it_stays_between_0_and_100() {
    let mut dice = Dice(11);
    for _ in 0..500 {
        let interest = after(&dice.life());
        let now = START.plus(dice.roll(300 * DAY) - 50 * DAY);
        assert!((0..=100).contains(&interest.score(now)));
    }
    let eager = after(&vec![(30.0, START); 100_000]);
    assert_eq!(eager.score(START), 100);
    assert_eq!(Interest::NONE.without(20.0, START).score(START), 0);
}

#[test]
fn more_acts_never_lower_it() {
    let mut dice = Dice(13);
    let now = START.plus(200 * DAY);
    for _ in 0..500 {
        let life = dice.life();
        let mut last = 0;
        for many in 0..=life.len() {
            let score = after(&life[..many]).score(now);
            assert!(score >= last, "{life:?}");
            last = score;
        }
    }
}

#[test]
fn a_fresher_act_never_counts_less_and_time_alone_never_raises_it() {
    let mut dice = Dice(17);
    let now = START.plus(200 * DAY);
    for _ in 0..500 {
        let mut life = dice.life();
        life.push((12.0, START.plus(dice.roll(100 * DAY))));
        let older = after(&life).score(now);
        let act = life.last_mut().unwrap();
        act.1 = act.1.plus(dice.roll(100 * DAY));
        let fresher = after(&life);
        assert!(fresher.score(now) >= older, "{life:?}");
        assert!(fresher.score(now.plus(dice.roll(100 * DAY))) <= fresher.score(now));
    }
}

#[test]
fn what_is_taken_back_was_never_given() {
    let mut dice = Dice(19);
    let now = START.plus(200 * DAY);
    for _ in 0..500 {
        let life = dice.life();
        let praised = START.plus(dice.roll(200 * DAY));
        let with = after(&life).with(8.0, praised);
        let back = with.with(3.0, now).without(8.0, praised);
        let never = after(&life).with(3.0, now);
        assert!((back.points - never.points).abs() < 1e-9);
    }
}

#[test]
fn turning_to_the_salesperson_counts_more_than_looking() {
    for action in [Action::Call, Action::SavePhone, Action::CopyWechat, Action::ConsultProduct, Action::ForwardCard] {
        assert!(points(action) > points(Action::ViewProduct) && points(Action::ViewProduct) > points(Action::ViewCard));
    }
}

#[test]
#[allow(clippy::cast_precision_loss, reason = "a few months in milliseconds")]
fn ranks_have_the_order_of_the_scores() {
    let now = Millis(1_795_000_000_000);
    let interests: Vec<_> = [0.5, 3.0, 30.0, 31.0, 90.0]
        .into_iter()
        .flat_map(|points| [0, 1, 13, 14, 15, 60].map(|days| Interest { points, at: now.plus(-days * 24 * HOUR) }))
        .chain([Interest::NONE, Interest { points: 0.0, at: now }])
        .collect();
    let left = |one: Interest| one.points * 0.5_f64.powf((now.0 - one.at.0) as f64 / HALF_LIFE as f64);
    for one in &interests {
        for other in &interests {
            let apart = left(*one) - left(*other);
            if apart > 1e-9 {
                assert!(one.rank() > other.rank(), "{one:?} {other:?}");
                assert!(one.score(now) >= other.score(now), "{one:?} {other:?}");
            }
        }
    }
    // Whenever the points were last moved to another moment.
    let moved = Interest { points: 40.0, at: now }.with(0.0, now.plus(14 * 24 * HOUR));
    assert!((moved.rank() - Interest { points: 40.0, at: now }.rank()).abs() < 1e-9);
}
