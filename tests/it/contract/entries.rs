//! `tests/contract/*.yaml`: what the documents say, one entry an endpoint.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use serde::Deserialize;
use serde_json::{Map, Value};

/// One documented endpoint.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    pub id: String,
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub caller: Caller,
    pub signature: Signature,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub query: Map<String, Value>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub form: Map<String, Value>,
    /// Null: undocumented.
    #[serde(default)]
    pub response: Value,
    /// Everything else, such as a socket's messages.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    Admin,
    Staff,
    Customer,
    Anonymous,
    Wechat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    Required,
    None,
    NoTimestamp,
}

fn null_is_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Entry {
    pub fn is_socket(&self) -> bool {
        self.method == "WS"
    }

    /// The path and its aliases, each in its printed form.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.path).chain(&self.aliases).map(String::as_str)
    }

    /// `user_id` is listed in some queries and forms although it belongs to the signature.
    pub fn documented_query(&self) -> impl Iterator<Item = &str> {
        self.query.keys().map(String::as_str).filter(|name| !["user_id", "timestamp", "rand_str"].contains(name))
    }
}

/// A path with its parameters' names left out and without a slash at the end: how an OpenAPI path is compared.
pub fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut inside = false;
    for c in path.trim_end_matches('/').chars() {
        inside = inside && c != '}';
        if !inside {
            pattern.push(c);
        }
        inside = inside || c == '{';
    }
    pattern
}

/// Where the contract lies.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

/// All entries of all files, by id.
pub fn entries() -> BTreeMap<String, Entry> {
    let mut all = BTreeMap::new();
    for entry in read_folder::<Vec<Entry>>("").into_iter().flatten() {
        let before = all.insert(entry.id.clone(), entry);
        assert!(before.is_none(), "two entries are called {}", before.map(|entry| entry.id).unwrap_or_default());
    }
    assert!(all.len() > 200, "only {} entries", all.len());
    all
}

/// Ids of the entries that are not built yet. The list only shrinks.
pub fn not_built() -> BTreeSet<String> {
    let text = fs::read_to_string(folder().join("not_built.txt")).expect("tests/contract/not_built.txt");
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Every YAML file of a folder below `tests/contract`.
pub fn read_folder<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    let folder = folder().join(name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("a readable file");
            serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

#[test]
fn paths_compare_without_the_names_of_their_parameters() {
    assert_eq!(pattern("/a/{o_id}/b/"), "/a/{}/b");
    assert_eq!(pattern("/a/{company_id}"), pattern("/a/{id}/"));
}
