//! Makes the scenes up. Chance comes from a small generator with a fixed seed.

use super::{Event, Scene};
use crate::{
    cards::Deed,
    chat::Side,
    demo::{
        cast::{CUSTOMERS, PRODUCTS},
        script,
    },
    error::Result,
    radar::Action,
    time::{Day, HOUR, MINUTE, Millis, SECOND, Zone},
};

/// The story is this many days long.
const DAYS: i64 = 30;
/// How the customers divide among the salespeople, out of 40.
const SHARES: [i64; 5] = [13, 11, 7, 5, 4];
const ARTICLES: [&str; 3] = ["客户跟进的五个习惯", "小团队怎样用好企业微信", "一张表看懂销售漏斗"];

/// All scenes in the order of time.
pub fn write(zone: &Zone, now: Millis) -> Result<Vec<Scene>> {
    let mut author =
        Author { zone, now, today: zone.day(now), dice: Dice(20_180_613), scenes: Vec::new(), praised: Vec::new() };
    let mut owners: Vec<usize> = Vec::new();
    for customer in 0..CUSTOMERS.len() {
        let owner = author.introduce(customer, &owners)?;
        owners.push(owner);
    }
    // Stable: what happens at the same moment keeps its order.
    author.scenes.sort_by_key(|scene| scene.at);
    Ok(author.scenes)
}

/// A linear congruential generator.
struct Dice(u64);

impl Dice {
    /// 0 to `sides` - 1.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }

    fn place(&mut self, sides: usize) -> usize {
        let sides = i64::try_from(sides).unwrap_or(1);
        usize::try_from(self.roll(sides)).unwrap_or_default()
    }
}

struct Author<'a> {
    zone: &'a Zone,
    now: Millis,
    today: Day,
    dice: Dice,
    scenes: Vec<Scene>,
    /// Who has praised whose card.
    praised: Vec<(usize, usize)>,
}

/// A customer and a salesperson since they know each other.
#[derive(Clone, Copy)]
struct Bound {
    customer: usize,
    staff: usize,
    at: Millis,
    days_ago: i64,
    is_reader: bool,
}

impl Author<'_> {
    fn add(&mut self, at: Millis, bound: Bound, event: Event) {
        let at = at.min(self.now);
        self.scenes.push(Scene { at, customer: bound.customer, staff: bound.staff, event });
    }

    /// A moment in the working hours of a day; of today, in what has passed of it.
    fn moment(&self, days_ago: i64, permille: i64) -> Millis {
        let start = self.zone.start_of(self.today.plus(-days_ago));
        if days_ago == 0 {
            let passed = self.now.0 - start.0;
            start.plus(passed * 6 / 10 + passed * 39 / 100 * permille / 1000)
        } else {
            start.plus(9 * HOUR + 12 * HOUR * permille / 1000)
        }
    }

    /// Any moment since they know each other, but not within the first `pause`.
    fn later(&mut self, bound: Bound, pause: i64) -> Millis {
        let days_ago = self.dice.roll(bound.days_ago + 1);
        let permille = self.dice.roll(1000);
        self.moment(days_ago, permille).max(bound.at.plus(pause))
    }

    /// The arrival of a customer and what follows; the salesperson they come to.
    fn introduce(&mut self, customer: usize, owners: &[usize]) -> Result<usize> {
        let number = i64::try_from(customer).unwrap_or_default();
        let people = i64::try_from(CUSTOMERS.len()).unwrap_or(1);
        // Evenly over the days, in the order of the cast: who forwards a card was there before.
        let position = (number * 1000 + self.dice.roll(800)) * DAYS / people;
        let days_ago = DAYS - 1 - position / 1000;
        let at = self.moment(days_ago, position % 1000);
        let (source, parent) = match self.dice.roll(10) {
            5..=7 if owners.len() > 2 => (2, Some(self.dice.place(owners.len()))),
            8 => (3, None),
            9 => (4, None),
            _ => (1, None),
        };
        let staff = parent.and_then(|parent| owners.get(parent).copied()).unwrap_or_else(|| self.salesperson());
        let is_reader = source == 4;
        let bound = Bound { customer, staff, at: at.plus(2 * SECOND), days_ago, is_reader };
        self.add(at, bound, Event::Arrive { source, user_type: if is_reader { 1 } else { 2 } });
        self.add(bound.at, bound, Event::Bind { source, parent });
        if CUSTOMERS.get(customer).is_some_and(|person| !person.nickname.is_empty()) {
            self.add(bound.at.plus(25 * SECOND), bound, Event::Authorise);
        }
        let visits = 3 + self.dice.roll(4);
        self.follow(bound, visits)?;
        if number % 3 == 1 {
            let second = (staff + 1 + self.dice.place(3)) % SHARES.len();
            let at = self.later(bound, HOUR);
            let days_ago = self.zone.days_ago(at, self.now).max(0);
            let bound = Bound { staff: second, at, days_ago, ..bound };
            self.add(at, bound, Event::Bind { source: 1, parent: None });
            let visits = 1 + self.dice.roll(3);
            self.follow(bound, visits)?;
        }
        Ok(staff)
    }

    fn salesperson(&mut self) -> usize {
        let mut left = self.dice.roll(SHARES.iter().sum());
        for (staff, share) in SHARES.iter().enumerate() {
            if left < *share {
                return staff;
            }
            left -= share;
        }
        0
    }

    /// What becomes of a relation.
    fn follow(&mut self, bound: Bound, visits: i64) -> Result<()> {
        for visit in 0..visits {
            let at = if visit == 0 { bound.at.plus(3 * SECOND) } else { self.later(bound, 40 * MINUTE * visit) };
            self.visit(bound, at);
        }
        if self.dice.roll(4) > 0 {
            let at = self.later(bound, 8 * MINUTE);
            self.converse(bound, at)?;
        }
        for _ in 0..self.dice.roll(3) {
            let at = self.later(bound, HOUR);
            let text = script::FOLLOW_UPS[self.dice.place(script::FOLLOW_UPS.len())];
            self.add(at, bound, Event::FollowUp(text));
        }
        if self.dice.roll(3) > 0 {
            let (at, rate) = (self.later(bound, 2 * HOUR), [20, 40, 50, 60, 80, 90][self.dice.place(6)]);
            self.add(at, bound, Event::Rate(rate));
            if self.dice.roll(2) == 0 {
                let days = 5 + self.dice.roll(40);
                self.add(at.plus(MINUTE), bound, Event::Expect(days));
            }
        }
        if self.dice.roll(5) > 0 {
            let picks = [self.dice.place(3), self.dice.place(4), self.dice.place(3)];
            self.add(bound.at.plus(3 * HOUR), bound, Event::Label(picks));
        }
        if self.dice.roll(3) == 0 {
            let employer = self.dice.place(script::EMPLOYERS.len());
            self.add(bound.at.plus(3 * HOUR), bound, Event::Note(employer));
        }
        Ok(())
    }

    /// A customer looks around for a few minutes.
    fn visit(&mut self, bound: Bound, at: Millis) {
        if bound.is_reader {
            return self.read(bound, at);
        }
        self.add(at, bound, Event::ViewCard);
        let mut at = at;
        for _ in 0..=self.dice.roll(4) {
            at = at.plus((15 + self.dice.roll(75)) * SECOND);
            let event = match self.dice.roll(13) {
                0 | 1 => Event::Look(Action::ViewProduct, "正在查看您发布的产品,尽快把握商机".to_owned()),
                2..=4 => {
                    let name = PRODUCTS[self.dice.place(PRODUCTS.len())].1;
                    Event::Look(Action::ViewProduct, format!("正在查看{name},尽快把握商机"))
                }
                5 => Event::Look(Action::ViewWebsite, "查看了您公司的官网,看来TA对您公司感兴趣".to_owned()),
                6 => Event::Card(Deed::SaveWechat),
                7 => Event::Card(Deed::SavePhone),
                8 => Event::Card(Deed::Call),
                9 => Event::Card(Deed::Forward),
                10 => Event::Look(Action::ConsultProduct, "向您咨询产品".to_owned()),
                11 => Event::PraiseSignature,
                _ => {
                    // Hardly anybody takes a praise back.
                    let pair = (bound.customer, bound.staff);
                    if self.praised.contains(&pair) && self.dice.roll(2) == 0 {
                        continue;
                    }
                    self.praised.push(pair);
                    Event::Praise
                }
            };
            self.add(at, bound, event);
        }
    }

    /// A reader of the official account reads an article, and sometimes passes it on.
    fn read(&mut self, bound: Bound, at: Millis) {
        let title = ARTICLES[self.dice.place(ARTICLES.len())];
        let viewed = format!("正在查看文章《{title}》,看来对您的文章感兴趣");
        self.add(at, bound, Event::Look(Action::ViewArticle, viewed));
        let praised = format!("点赞了您的文章《{title}》");
        let forwarded = format!("转发了您的文章《{title}》分享给【朋友】,帮您进一步扩大了传播效果");
        match self.dice.roll(4) {
            0 => self.add(at.plus(2 * MINUTE), bound, Event::Look(Action::PraiseArticle, praised)),
            1 => self.add(at.plus(3 * MINUTE), bound, Event::Look(Action::ForwardToFriend, forwarded)),
            _ => {}
        }
    }

    /// One of the conversations. Who writes has read what was there; the last words of recent ones wait to be read.
    fn converse(&mut self, bound: Bound, at: Millis) -> Result<()> {
        let lines = script::dialogue(self.dice.place(script::DIALOGUES))?;
        let (mut at, mut last) = (at, Side::Staff);
        for (side, content) in lines {
            self.add(at, bound, Event::Read(side));
            self.add(at, bound, Event::Say(side, content));
            at = at.plus((30 + self.dice.roll(150)) * SECOND);
            last = side;
        }
        let reader = if last == Side::Staff { Side::Customer } else { Side::Staff };
        let is_recent = self.zone.days_ago(at, self.now) <= 1;
        if !is_recent && self.dice.roll(6) > 0 {
            self.add(at.plus(10 * MINUTE), bound, Event::Read(reader));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_ends_now_at_any_time_of_day_and_is_the_same_each_time() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let midnight = zone.start_of(Day::parse("2026-01-01").unwrap());
        for now in [midnight, midnight.plus(1), midnight.plus(8 * HOUR), midnight.plus(24 * HOUR - 1)] {
            let (scenes, again) = (write(&zone, now).unwrap(), write(&zone, now).unwrap());
            let times = |scenes: &[Scene]| scenes.iter().map(|scene| scene.at).collect::<Vec<_>>();
            assert_eq!(times(&scenes), times(&again));
            assert!(scenes.iter().all(|scene| scene.at <= now));
            assert_eq!(zone.days_ago(scenes[0].at, now), DAYS - 1);
            let arrivals = scenes.iter().filter(|scene| matches!(scene.event, Event::Arrive { .. }));
            let order: Vec<_> = arrivals.map(|scene| scene.customer).collect();
            assert!(order.is_sorted() && order.len() == CUSTOMERS.len());
        }
    }
}
