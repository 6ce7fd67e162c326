//! Trying one entry: the scenes before, the documented request in every form, and the requests that must be refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::{Map, Value, json};

use super::{
    cases::{Case, Request, Step, filled},
    context::{Context, at},
    entries::{Caller, Entry, Signature, pattern},
    examples,
    shape::{Leave, differences},
};
use crate::support::{Actor, Api, Encoding, Family, Form, Query, Reply, audited_action, database, select, text};

/// What all trials share.
pub struct Stage<'a> {
    pub api: Api,
    pub data: &'a Path,
    pub context: Context,
    pub scenes: BTreeMap<String, Vec<Step>>,
    /// `GET /path/{}` of all entries, built or not.
    pub documented: BTreeSet<String>,
}

/// What went wrong, and in which forms of the request.
pub type Findings = BTreeMap<String, Vec<String>>;

/// One request, ready to be sent with a signature of any kind.
struct Ready<'a> {
    stage: &'a Stage<'a>,
    method: &'a str,
    /// `/path/{}`
    pattern: String,
    path: String,
    query: Query,
    form: Form,
    signer: Actor,
}

/// Tries an entry in all its forms.
pub fn try_entry(stage: &Stage<'_>, entry: &Entry, case: &Case) -> Findings {
    let mut findings = Findings::new();
    let encodings: &[Encoding] = if entry.method == "POST" { &Encoding::ALL } else { &[Encoding::Urlencoded] };
    for path in entry.paths() {
        for (number, request) in case.requests().iter().enumerate() {
            for (place, encoding) in encodings.iter().enumerate() {
                let label = label(entry, path, number, *encoding);
                let mut note = |finding: String| findings.entry(finding).or_default().push(label.clone());
                match Ready::prepare(stage, entry, case, path, request, *encoding) {
                    Err(why) => note(why),
                    Ok(ready) => {
                        if number == 0 && place == 0 {
                            refusals(&ready, entry).into_iter().for_each(&mut note);
                        }
                        let is_plain = number == 0 && place == 0 && path == entry.path;
                        answers(&ready, entry, case, is_plain).into_iter().for_each(&mut note);
                    }
                }
            }
        }
    }
    if entry.signature == Signature::NoTimestamp {
        let first = case.requests().swap_remove(0);
        let outcome = Ready::prepare(stage, entry, case, &entry.path, &first, Encoding::Urlencoded).and_then(|ready| {
            wanted(&ready.send(&ready.signer.signature_without_timestamp()), 200, "without a timestamp")
        });
        if let Err(why) = outcome {
            findings.entry(why).or_default().push("no timestamp".to_owned());
        }
    }
    findings
}

/// The form of a request, for people.
fn label(entry: &Entry, path: &str, number: usize, encoding: Encoding) -> String {
    let mut label = if entry.method == "POST" { encoding.media_type().to_owned() } else { entry.method.clone() };
    if number > 0 {
        label += &format!(", form {}", number + 1);
    }
    if path != entry.path {
        label += &format!(", at {path}");
    }
    label
}

impl<'a> Ready<'a> {
    fn prepare(
        stage: &'a Stage<'a>,
        entry: &'a Entry,
        case: &Case,
        path: &str,
        request: &Request,
        encoding: Encoding,
    ) -> Result<Self, String> {
        let mut context = stage.context.fresh();
        for name in &case.scenes {
            let steps = stage.scenes.get(name).ok_or_else(|| format!("there is no scene {name:?}"))?;
            for step in steps {
                play(stage, step, &mut context).map_err(|why| format!("scene {name:?}: {why}"))?;
            }
        }
        let family = match entry.caller {
            _ if entry.signature == Signature::None => Family::Anonymous,
            Caller::Admin => Family::Admin,
            Caller::Staff => Family::Staff,
            Caller::Customer => Family::Customer,
            Caller::Anonymous | Caller::Wechat => Family::Anonymous,
        };
        Ok(Self {
            stage,
            method: &entry.method,
            pattern: pattern(path),
            path: fill_path(path, &case.path, &context)?,
            query: texts(&filled(&request.query, &context)?),
            form: Form::of(encoding, &filled(&request.form, &context)?),
            signer: actor(stage, family, &context)?,
        })
    }

    fn send(&self, signature: &Query) -> Reply {
        self.send_by(self.method, signature)
    }

    fn send_by(&self, method: &str, signature: &Query) -> Reply {
        let mut query = self.query.clone();
        query.extend(signature.iter().cloned());
        match method {
            "GET" => self.stage.api.get(&self.path, &query),
            "POST" => self.stage.api.post(&self.path, &query, &self.form),
            _ => self.stage.api.delete(&self.path, &query),
        }
    }
}

/// Sends the request as documented and compares the answer; the plainest form of a request becomes the example.
fn answers(ready: &Ready<'_>, entry: &Entry, case: &Case, is_plain: bool) -> Vec<String> {
    let noted_before = newest_note(ready.stage);
    let reply = ready.send(&ready.signer.signature());
    if let Some(target) = case.expect.as_ref().and_then(|expect| expect.redirect.as_ref()) {
        let is_led = reply.status == 302 && reply.header("location").starts_with(target.as_str());
        return if is_led { Vec::new() } else { vec![format!("should lead to {target}: {}", reply.story())] };
    }
    if let Err(why) = wanted(&reply, 200, "as documented") {
        return vec![why];
    }
    if let Err(why) = must_be_noted(ready, entry, noted_before) {
        return vec![why];
    }
    if is_plain {
        examples::record(&entry.id, &ready.query, ready.form.fields(), &reply.json);
    }
    let mut documented =
        if entry.response.is_null() { json!({ "code": 200, "data": {} }) } else { entry.response.clone() };
    let mut msg = documented["msg"].as_str().map(str::to_owned);
    if let Some(expect) = &case.expect {
        if let Some(data) = &expect.data {
            documented["data"] = data.clone();
        }
        msg = expect.msg.clone().or(msg);
    }
    let leave = Leave { skip: Some(&case.skip_fields), may_be_empty: Some(&case.may_be_empty) };
    let mut found = differences(&documented, &reply.json, leave);
    if let Some(msg) = msg.filter(|msg| *msg != reply.msg && !case.skip_fields.contains_key("msg")) {
        let why = case.expect.as_ref().map_or("", |expect| &expect.reason);
        found.push(format!("msg: should be {msg:?}, is {:?} {why}", reply.msg));
    }
    if reply.status != 200 {
        found.push(format!("HTTP status {}", reply.status));
    }
    found
}

fn newest_note(stage: &Stage<'_>) -> i64 {
    let newest = select(&database(stage.data), "SELECT coalesce(max(id), 0) FROM audit_log");
    newest.and_then(|id| id.as_i64()).unwrap_or_default()
}

/// An administrative write stands in the audit log, under the name of who signed.
fn must_be_noted(ready: &Ready<'_>, entry: &Entry, before: i64) -> Result<(), String> {
    let Some(action) = audited_action(&entry.method, &entry.path) else { return Ok(()) };
    let who = match ready.signer.family {
        Family::Admin => "admin_id",
        Family::Staff => "staff_id",
        Family::Customer | Family::Anonymous => return Err("an administrative write by nobody".to_owned()),
    };
    let id = ready.signer.user_id;
    let sql = format!("SELECT 1 FROM audit_log WHERE id > {before} AND action = '{action}' AND {who} = {id}");
    let noted = select(&database(ready.stage.data), &sql);
    noted.map(drop).ok_or_else(|| format!("the audit log has no {action:?} of {who} {id}"))
}

/// Sends what must be refused: unsigned, forged, by the wrong method. None of it may do anything.
fn refusals(ready: &Ready<'_>, entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    let mut expect = |reply: &Reply, code, how| found.extend(wanted(reply, code, how).err());
    if ready.signer.family != Family::Anonymous {
        let forger = Actor { token: "0123456789abcdef0123456789abcdef".to_owned(), ..ready.signer.clone() };
        expect(&ready.send(&Query::new()), 400, "without a signature");
        expect(&ready.send(&forger.signature()), 400, "with a forged signature");
        expect(&ready.send(&forger.signature_without_timestamp()), 400, "with a forged signature without timestamp");
        if entry.signature == Signature::Required {
            let unstamped = ready.signer.signature_without_timestamp();
            expect(&ready.send(&unstamped), 400, "with a signature without timestamp");
        }
    }
    let other = if entry.method == "GET" { "POST" } else { "GET" };
    let accepts_both =
        entry.other.get("resolution").and_then(Value::as_str).is_some_and(|it| it.contains("GET is accepted"));
    let is_another = accepts_both || ready.stage.documented.contains(&format!("{other} {}", ready.pattern));
    let other = if is_another { "DELETE" } else { other };
    let reply = ready.send_by(other, &ready.signer.signature());
    expect(&reply, 402, &format!("by {other}"));
    found
}

fn wanted(reply: &Reply, code: i64, how: &str) -> Result<(), String> {
    if reply.code == code {
        return Ok(());
    }
    let shown: String = reply.body.chars().take(300).collect();
    let status = if reply.status == 200 { String::new() } else { format!("HTTP {} ", reply.status) };
    Err(format!("{how}: code should be {code}: {status}{shown}"))
}

/// Plays one step of a scene.
fn play(stage: &Stage<'_>, step: &Step, context: &mut Context) -> Result<(), String> {
    for (name, value) in &step.set {
        let value = context.fill(value)?;
        context.set(name, value);
    }
    for (name, sql) in &step.select {
        let sql = context.fill_text(sql)?;
        let value = select(&database(stage.data), &sql).ok_or_else(|| format!("no row: {sql}"))?;
        context.set(name, value);
    }
    let (Some(path), is_post) = (step.get.as_ref().or(step.post.as_ref()), step.post.is_some()) else { return Ok(()) };
    let family = match step.who.as_deref() {
        None => Family::Anonymous,
        Some("admin") => Family::Admin,
        Some("staff") => Family::Staff,
        Some("customer") => Family::Customer,
        Some(other) => return Err(format!("nobody is called {other:?}")),
    };
    let mut query = texts(&filled(&step.query, context)?);
    query.extend(actor(stage, family, context)?.signature());
    let path = context.fill_text(path)?;
    let encoding = if step.json { Encoding::Json } else { Encoding::Urlencoded };
    let reply = if is_post {
        stage.api.post(&path, &query, &Form::of(encoding, &filled(&step.form, context)?))
    } else {
        stage.api.get(&path, &query)
    };
    // The sandbox's own addresses answer without an envelope.
    if !path.starts_with("/sandbox/") {
        wanted(&reply, 200, &path)?;
    }
    for (name, place) in &step.keep {
        let value = at(&reply.json, place).ok_or_else(|| format!("{path}: no {place} in {}", reply.body))?;
        context.set(name, value.clone());
    }
    Ok(())
}

/// The person of a family that the context names: `${staff}` with `${staff_token}`.
fn actor(stage: &Stage<'_>, family: Family, context: &Context) -> Result<Actor, String> {
    let name = match family {
        Family::Admin => "admin",
        Family::Staff => "staff",
        Family::Customer => "customer",
        Family::Anonymous => return Ok(Actor::anonymous(&stage.api)),
    };
    let id = context.get(name)?.as_i64().ok_or_else(|| format!("${{{name}}} is not an id"))?;
    let token = text(context.get(&format!("{name}_token"))?);
    Ok(Actor::new(&stage.api, family, id, &token))
}

fn texts(fields: &Map<String, Value>) -> Query {
    fields.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn fill_path(path: &str, values: &Map<String, Value>, context: &Context) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or("a brace is not closed")?;
        filled += before;
        filled += &match values.get(name) {
            Some(value) => text(&context.fill(value)?),
            None => "0".to_owned(),
        };
        rest = after;
    }
    Ok(filled + rest)
}
