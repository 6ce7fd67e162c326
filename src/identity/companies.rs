//! Companies: what they have paid for, and their access to Work WeChat.

use tokio::join;

use super::{Admin, Manager, expiry, store};
use crate::{
    app::App,
    customers,
    db::{self, Write},
    error::{Error, Result},
    ids::CompanyId,
    settings,
    time::{Day, Millis},
    web::Paging,
    weixin::{CorpApp, WeixinError},
};

/// From when on and for how long a company has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub start: Day,
    /// 1 one month, 2 two, 3 three, 4 one year, 5 two years.
    pub open_length: i64,
    /// First day on which it is expired; `None` never (the agency's own company).
    pub expiry: Option<Day>,
}

impl Terms {
    /// So many calendar months from the start on.
    pub fn agreed(start: Day, open_length: i64) -> Self {
        let months = match open_length {
            1..=3 => open_length,
            4 => 12,
            _ => 24,
        };
        let months = i32::try_from(months).unwrap_or(1);
        Self { start, open_length, expiry: Some(start.plus_months(months)) }
    }

    /// The day of expiry as it is shown: 9999-12-31 stands for never.
    pub fn end(&self) -> Day {
        self.expiry.unwrap_or(Day::LAST)
    }

    /// Days used up: none before the start, all of them after the end.
    pub fn used_days(&self, today: Day) -> i64 {
        (today.0.min(self.end().0) - self.start.0).max(0)
    }

    /// Days left: all of them before the start, none after the end.
    pub fn available_days(&self, today: Day) -> i64 {
        (self.end().0 - today.0.max(self.start.0)).max(0)
    }
}

/// A company as it is listed.
#[derive(Debug, Clone)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub terms: Terms,
    pub card_quota: i64,
    pub address: String,
    pub remarks: Option<String>,
    pub customer_count: i64,
    pub staff_count: i64,
    pub created_at: Millis,
}

/// What a super-administrator says of a company; `None` stays as it is.
#[derive(Debug, Clone)]
pub struct CompanyForm {
    pub name: String,
    pub start: Day,
    pub open_length: i64,
    pub card_quota: i64,
    pub address: Option<String>,
    pub remarks: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Oldest,
    Newest,
    Name,
    NameBackwards,
}

impl Order {
    /// From the wire's `order`; newest first without one, 301 for anything unknown.
    pub fn named(order: Option<&str>) -> Result<Self> {
        match order {
            None | Some("-create_date") => Ok(Self::Newest),
            Some("create_date") => Ok(Self::Oldest),
            Some("name") => Ok(Self::Name),
            Some("-name") => Ok(Self::NameBackwards),
            Some(_) => Err(Error::field("order", "只能按 create_date 或 name 排序")),
        }
    }
}

/// An application of a company in Work WeChat that has a secret of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    Radar,
    Boss,
}

impl Agent {
    fn settings(self) -> (&'static str, &'static str) {
        match self {
            Self::Radar => ("work.radar_agent_id", "work.radar_secret"),
            Self::Boss => ("work.boss_agent_id", "work.boss_secret"),
        }
    }
}

/// Whether each secret is there and works.
pub struct Validity {
    pub contacts: bool,
    pub radar: bool,
    pub boss: bool,
}

/// All companies for role 1, their own for others.
pub async fn page(app: &App, only: Option<CompanyId>, order: Order, paging: Paging) -> Result<(Vec<Company>, i64)> {
    app.db
        .read(move |conn| {
            Ok((store::companies::page(conn, only, order, paging)?, store::companies::count(conn, only)?))
        })
        .await
}

/// 300 when the name is taken.
pub async fn add(app: &App, by: impl Into<Manager>, form: CompanyForm) -> Result<CompanyId> {
    let by = by.into().by;
    app.db
        .write(move |w| {
            check_name(w, &form.name, None)?;
            let terms = Terms::agreed(form.start, form.open_length);
            let now = Millis::now();
            let id = store::companies::insert(w, &form, terms, now)?;
            customers::tags::furnish(w, id, now)?;
            store::audit::put(w, id, by, "company.add_company", &described(id, &form, terms))?;
            Ok(id)
        })
        .await
}

/// 300 when the name is taken, 302 when there is no such company. What a company has paid for is worked out anew when
/// its start or length changes only: the agency's own never expires until somebody gives it an end.
pub async fn update(app: &App, admin: &Admin, id: CompanyId, form: CompanyForm) -> Result<()> {
    let by = admin.author();
    app.db
        .write(move |w| {
            let before = store::companies::find(w, id)?.ok_or_else(|| Error::no_such("公司"))?.terms;
            check_name(w, &form.name, Some(id))?;
            let is_same = (before.start, before.open_length) == (form.start, form.open_length);
            let terms = if is_same { before } else { Terms::agreed(form.start, form.open_length) };
            store::companies::update(w, id, &form, terms)?;
            store::audit::put(w, id, by, "company.update_company", &described(id, &form, terms))
        })
        .await?;
    app.sessions.clear();
    expiry::end_sockets(app).await
}

/// As [`update`], of the name alone.
pub async fn rename(app: &App, manager: Manager, id: CompanyId, name: String) -> Result<()> {
    app.db
        .write(move |w| {
            let before = store::companies::find(w, id)?.ok_or_else(|| Error::no_such("公司"))?;
            check_name(w, &name, Some(id))?;
            store::companies::rename(w, id, &name)?;
            let detail = format!("公司 {id} {} → {name}", before.name);
            store::audit::put(w, id, manager.by, "company.update_company", &detail)
        })
        .await
}

/// 302 when there is no such company, 304 while it has staff or anything else of its own, 305 for the agency's company
/// and the manager's. What was set for it is forgotten.
pub async fn delete(app: &App, manager: Manager, id: CompanyId) -> Result<()> {
    if id == CompanyId::FIRST || id == manager.company {
        return Err(Error::Refused("不能删除自己的公司".into()));
    }
    app.db
        .write(move |w| {
            let before = store::companies::find(w, id)?.ok_or_else(|| Error::no_such("公司"))?;
            if before.staff_count > 0 {
                return Err(Error::InUse("该企业有关联用户,请转移用户后再试".into()));
            }
            match store::companies::delete(w, id) {
                Ok(()) => {}
                Err(error) if db::is_still_referred_to(&error) => {
                    return Err(Error::InUse("该企业有关联数据,请先删除或转移后再试".into()));
                }
                Err(error) => return Err(error.into()),
            }
            settings::store::forget_company(w, id)?;
            store::audit::put(w, manager.company, manager.by, "company.delete", &format!("公司 {id} {}", before.name))
        })
        .await?;
    app.sessions.clear();
    app.settings.reload().await
}

fn check_name(w: &Write<'_>, name: &str, id: Option<CompanyId>) -> Result<()> {
    if store::companies::is_name_taken(w, name, id)? {
        return Err(Error::NameTaken("公司名已存在".into()));
    }
    Ok(())
}

fn described(id: CompanyId, form: &CompanyForm, terms: Terms) -> String {
    format!("公司 {id} {}，{} 起至 {}，名片数 {}", form.name, terms.start.text(), terms.end().text(), form.card_quota)
}

/// Asks Work WeChat about each stored secret; 400 when there is no such company.
pub async fn validity(app: &App, admin: &Admin, named: Option<i64>) -> Result<Validity> {
    let unknown = || Error::Unprepared("公司不存在".into());
    let company = admin.company_named(named).map_err(|_| unknown())?;
    if !app.db.read(move |conn| store::companies::exists(conn, company)).await? {
        return Err(unknown());
    }
    let corp_id = app.settings.get_of(company, "work.corp_id")?;
    let works = async |secret: &'static str| -> Result<bool> {
        let (Some(corp_id), Some(secret)) = (corp_id.clone(), app.settings.get_of(company, secret)?) else {
            return Ok(false);
        };
        match app.weixin.work_check(&CorpApp { corp_id, secret: secret.into() }).await {
            Err(WeixinError::Refused { .. }) => Ok(false),
            Ok(()) => Ok(true),
            Err(error) => {
                // It worked when it was stored, and WeChat being down does not change it.
                tracing::warn!(%error, "a secret of Work WeChat cannot be checked");
                Ok(true)
            }
        }
    };
    let (contacts, radar, boss) =
        join!(works("work.contacts_secret"), works(Agent::Radar.settings().1), works(Agent::Boss.settings().1));
    Ok(Validity { contacts: contacts?, radar: radar?, boss: boss? })
}

/// Stores the corp id and the secret of the contacts once Work WeChat has accepted them.
pub async fn set_contacts(app: &App, admin: &Admin, id: CompanyId, corp_id: String, secret: String) -> Result<()> {
    check_configurable(app, admin, id).await?;
    check_secret(app, &corp_id, &secret).await?;
    let detail = format!("企业微信通讯录，企业 {corp_id}");
    let values = vec![("work.corp_id", corp_id), ("work.contacts_secret", secret)];
    store_settings(app, admin, id, values, "company.update_tongxunlu", detail).await
}

/// Stores an application's number and secret once Work WeChat has accepted the secret; 400 before the contacts.
pub async fn set_agent(
    app: &App,
    admin: &Admin,
    id: CompanyId,
    agent: Agent,
    agent_id: String,
    secret: String,
) -> Result<()> {
    check_configurable(app, admin, id).await?;
    let missing = || Error::Unprepared("请您先填写企业微信corp_id".into());
    let corp_id = app.settings.get_of(id, "work.corp_id")?.ok_or_else(missing)?;
    check_secret(app, &corp_id, &secret).await?;
    let detail = format!("企业微信应用 {agent_id}（{agent:?}）");
    let (agent_key, secret_key) = agent.settings();
    let values = vec![(agent_key, agent_id), (secret_key, secret)];
    store_settings(app, admin, id, values, "company.update_agent", detail).await
}

/// Roles 1 and 2 may, the latter in their own company; 302 when there is no such company.
async fn check_configurable(app: &App, admin: &Admin, id: CompanyId) -> Result<()> {
    admin.require_office()?;
    let is_visible = admin.only_company().is_none_or(|own| own == id);
    if is_visible && app.db.read(move |conn| store::companies::exists(conn, id)).await? {
        Ok(())
    } else {
        Err(Error::no_such("公司"))
    }
}

async fn check_secret(app: &App, corp_id: &str, secret: &str) -> Result<()> {
    let corp = CorpApp { corp_id: corp_id.to_owned(), secret: secret.into() };
    app.weixin.work_check(&corp).await.map_err(|error| match error {
        WeixinError::Refused { errcode, .. } => Error::Weixin { errcode, msg: "企业微信验证未能通过".into() },
        other => other.into(),
    })
}

async fn store_settings(
    app: &App,
    admin: &Admin,
    id: CompanyId,
    values: Vec<(&'static str, String)>,
    action: &'static str,
    detail: String,
) -> Result<()> {
    let (settings, by) = (app.settings.clone(), admin.author());
    app.db
        .write(move |w| {
            if !store::companies::exists(w, id)? {
                return Err(Error::no_such("公司"));
            }
            let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
            settings.put_of(w, id, &values)?;
            store::audit::put(w, id, by, action, &detail)
        })
        .await?;
    app.settings.reload().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_company_is_open_for_calendar_months() {
        let end = |start: &str, length| Terms::agreed(day(start), length).end().text();
        assert_eq!(end("2018-08-13", 1), "2018-09-13");
        assert_eq!(end("2018-08-13", 3), "2018-11-13");
        assert_eq!(end("2018-01-31", 1), "2018-02-28");
        assert_eq!(end("2018-08-13", 4), "2019-08-13");
        assert_eq!(end("2018-08-13", 5), "2020-08-13");
    }

    #[test]
    fn used_and_available_days_add_up_to_what_was_paid() {
        let terms = Terms::agreed(day("2018-08-13"), 3);
        let days = |today: &str| (terms.used_days(day(today)), terms.available_days(day(today)));
        assert_eq!(days("2018-08-01"), (0, 92));
        assert_eq!(days("2018-08-13"), (0, 92));
        assert_eq!(days("2018-08-23"), (10, 82));
        assert_eq!(days("2018-11-13"), (92, 0));
        assert_eq!(days("2020-01-01"), (92, 0));
    }

    #[test]
    fn never_is_written_as_the_last_day_there_is() {
        let terms = Terms { start: day("2018-08-13"), open_length: 5, expiry: None };
        assert_eq!(terms.end().text(), "9999-12-31");
        assert_eq!(terms.used_days(day("2018-08-23")), 10);
        assert!(terms.available_days(day("2018-08-23")) > 2_000_000);
    }
}
