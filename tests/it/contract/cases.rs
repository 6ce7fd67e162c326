//! `tests/contract/cases` and `tests/contract/scenes`: with which values an entry is tried, and what must have
//! happened before.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    context::Context,
    entries::{folder, read_folder},
};

/// How one entry is tried.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// Played before each request, in order; each request gets its own.
    pub scenes: Vec<String>,
    /// Values of the path's parameters; 0 where nothing is said.
    pub path: Map<String, Value>,
    pub query: Map<String, Value>,
    pub form: Map<String, Value>,
    /// Further documented forms of the request: these fields replace or join the ones above, null takes one away.
    pub also: Vec<Request>,
    /// What is expected where the documents say nothing, or where they cannot be taken at their word.
    pub expect: Option<Expect>,
    /// Places of the answer that are not compared, each with the reason.
    pub skip_fields: BTreeMap<String, String>,
    /// Places of the answer that may be null, `""` or `[]`, each with the reason.
    pub may_be_empty: BTreeMap<String, String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    pub query: Map<String, Value>,
    pub form: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Why the contract's own answer does not do.
    pub reason: String,
    #[serde(default)]
    pub msg: Option<String>,
    #[serde(default)]
    pub data: Option<Value>,
    /// The answer leads elsewhere: how that address begins.
    #[serde(default)]
    pub redirect: Option<String>,
}

/// A request of a scene.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Who signs: admin, staff, customer; nobody when absent.
    #[serde(rename = "as")]
    pub who: Option<String>,
    pub get: Option<String>,
    pub post: Option<String>,
    pub query: Map<String, Value>,
    pub form: Map<String, Value>,
    /// The body goes out as JSON; else URL-encoded.
    pub json: bool,
    /// Names for values of the answer: `product: data.id`.
    pub keep: BTreeMap<String, String>,
    /// Names for values at hand: `staff: ${chenjie}`.
    pub set: BTreeMap<String, Value>,
    /// Names for values out of the data base.
    pub select: BTreeMap<String, String>,
}

impl Case {
    /// The request and its further forms.
    pub fn requests(&self) -> Vec<Request> {
        let plain = Request { query: self.query.clone(), form: self.form.clone() };
        let mut all = vec![plain.clone()];
        for also in &self.also {
            let mut request = plain.clone();
            change(&mut request.query, &also.query);
            change(&mut request.form, &also.form);
            all.push(request);
        }
        all
    }
}

fn change(fields: &mut Map<String, Value>, by: &Map<String, Value>) {
    for (name, value) in by {
        if value.is_null() {
            fields.shift_remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
}

/// All cases, by the id of their entry.
pub fn cases() -> BTreeMap<String, Case> {
    read_folder::<BTreeMap<String, Case>>("cases").into_iter().flatten().collect()
}

/// The scenes by name.
pub fn scenes() -> BTreeMap<String, Vec<Step>> {
    read("scenes/scenes.yaml")
}

/// What every case may refer to: a name and the query that finds it in the demo data.
pub fn context_queries() -> BTreeMap<String, String> {
    read("scenes/context.yaml")
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = folder().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fills the templates of all values.
pub fn filled(fields: &Map<String, Value>, context: &Context) -> Result<Map<String, Value>, String> {
    fields.iter().map(|(name, value)| Ok((name.clone(), context.fill(value)?))).collect()
}
