//! Lets scenes happen: each through the function that a real request would go through.

use super::{Event, Scene};
use crate::{
    app::App,
    cards,
    chat::{self, Pair},
    customers::{
        self, Arrival, Invitation, Profile,
        changes::{self, Notes, Outlook},
    },
    db::Write,
    demo::{
        cast::{self, CUSTOMERS, Tags},
        script::EMPLOYERS,
    },
    error::{Error, Result},
    identity::Customer,
    ids::{CompanyId, CustomerId, MessageId, StaffId},
    radar::{self, Act, Effect},
    time::{Day, Millis},
};

pub struct Stage<'a> {
    w: &'a Write<'a>,
    app: &'a App,
    staff: &'a [StaffId],
    tags: &'a Tags,
    /// Those who have arrived, by their place in the cast: they arrive in its order.
    customers: Vec<CustomerId>,
    today: Day,
}

impl<'a> Stage<'a> {
    pub fn new(w: &'a Write<'a>, app: &'a App, staff: &'a [StaffId], tags: &'a Tags, today: Day) -> Self {
        Self { w, app, staff, tags, customers: Vec::new(), today }
    }

    pub fn perform(&mut self, scene: Scene) -> Result<()> {
        let (w, app, at) = (self.w, self.app, scene.at);
        if let Event::Arrive { source, user_type } = scene.event {
            return self.arrive(scene.customer, source, user_type, at);
        }
        let (company, staff) = (CompanyId::FIRST, self.staff(scene.staff)?);
        let customer = Customer { id: self.customer(scene.customer)?, company };
        let pair = Pair { company, staff, customer: customer.id };
        match scene.event {
            Event::Arrive { .. } => Ok(()),
            Event::Bind { source, parent } => {
                let parent = parent.map(|parent| self.customer(parent)).transpose()?;
                customers::bind_at(w, app, customer, Invitation { staff: Some(staff), source, parent }, at)
            }
            Event::Authorise => customers::authorise_at(w, app, customer, &profile(scene.customer), 1, at),
            Event::ViewCard => cards::view(w, app, pair, at),
            Event::Card(deed) => cards::act(w, app, pair, deed, at),
            Event::Praise => cards::praise(w, app, pair, at),
            Event::PraiseSignature => cards::signature(w, app, pair, at).map(drop),
            Event::Look(action, text) => {
                let act = Act { company, staff, customer: customer.id, action, text, effect: Effect::Counts };
                radar::record_at(w, app, &act, at).map(drop)
            }
            Event::Say(side, content) => chat::send(w, app, pair, side, content, at).map(drop),
            Event::Read(side) => chat::mark_read(w, app, pair, side, MessageId(i64::MAX)),
            Event::FollowUp(text) => customers::follow_up(w, app, pair, text, at).map(drop),
            Event::Rate(rate) => {
                let outlook = Outlook { rate: Some(rate), ..Outlook::default() };
                changes::set_outlook_at(w, app, pair, &outlook, at)
            }
            Event::Expect(days) => {
                let day = self.today.plus(days);
                let outlook = Outlook { day: Some(Some(day)), ..Outlook::default() };
                changes::set_outlook_at(w, app, pair, &outlook, at)
            }
            Event::Label(picks) => self.label(pair, scene.staff, picks, at),
            Event::Note(employer) => self.note(pair, scene.customer, employer, at),
        }
    }

    fn arrive(&mut self, place: usize, source: i64, user_type: i64, at: Millis) -> Result<()> {
        let arrival = Arrival {
            company: CompanyId::FIRST,
            openid: cast::openid(place, user_type),
            unionid: None,
            user_type,
            source,
            session_key: String::new(),
        };
        self.customers.push(customers::arrive(self.w, self.app, &arrival, at)?);
        Ok(())
    }

    fn label(&self, pair: Pair, staff: usize, picks: [usize; 3], at: Millis) -> Result<()> {
        let groups = [&self.tags.levels, &self.tags.concerns, &self.tags.sizes];
        let common = groups.into_iter().zip(picks).filter_map(|(group, pick)| group.get(pick));
        let own = self.tags.own.get(staff).filter(|_| picks[0] == 0);
        let outlook = Outlook { tags: Some(common.chain(own).copied().collect()), ..Outlook::default() };
        changes::set_outlook_at(self.w, self.app, pair, &outlook, at)
    }

    fn note(&self, pair: Pair, place: usize, employer: usize, at: Millis) -> Result<()> {
        let (Some(person), Some((company, position))) = (CUSTOMERS.get(place), EMPLOYERS.get(employer)) else {
            return Ok(());
        };
        let name = if person.nickname.is_empty() { "新朋友" } else { person.nickname };
        let notes = Notes {
            memo_name: Some(format!("{name}（{position}）")),
            sex: Some(person.sex),
            phone: Some(format!("1390000{:04}", 100 + place)),
            company: Some((*company).to_owned()),
            position: Some((*position).to_owned()),
            address: Some(person.city.to_owned()),
            memo: Some("通过名片认识，方便时再约。".to_owned()),
            ..Notes::default()
        };
        changes::annotate_at(self.w, self.app, pair, notes, at)
    }

    fn staff(&self, place: usize) -> Result<StaffId> {
        self.staff.get(place).copied().ok_or_else(|| Error::internal("no such salesperson in the cast"))
    }

    fn customer(&self, place: usize) -> Result<CustomerId> {
        self.customers.get(place).copied().ok_or_else(|| Error::internal("this customer has not arrived yet"))
    }
}

fn profile(place: usize) -> Profile {
    let person = CUSTOMERS.get(place);
    let text = |of: fn(&cast::Person) -> &'static str| person.map(of).unwrap_or_default().to_owned();
    Profile {
        nickname: text(|person| person.nickname),
        avatar: None,
        sex: person.map(|person| person.sex),
        city: text(|person| person.city),
        province: text(|person| person.province),
        country: "中国".to_owned(),
        language: "zh_CN".to_owned(),
    }
}
