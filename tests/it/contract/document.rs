//! The OpenAPI document, as the contract looks at it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entries::{Entry, pattern};
use crate::support::Encoding;

pub struct Document {
    root: Value,
    /// `GET /path/{}` to the operation.
    operations: BTreeMap<String, Value>,
}

impl Document {
    pub fn new(root: Value) -> Self {
        let mut operations = BTreeMap::new();
        for (path, methods) in root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                operations.insert(format!("{} {}", method.to_uppercase(), pattern(path)), operation.clone());
            }
        }
        Self { root, operations }
    }

    pub fn ids(&self) -> BTreeSet<String> {
        let ids = self.operations.values().filter_map(|operation| operation["operationId"].as_str());
        ids.map(str::to_owned).collect()
    }

    /// What the entry says and the document does not.
    pub fn shortcomings(&self, entry: &Entry) -> Vec<String> {
        let mut found = Vec::new();
        for path in entry.paths() {
            if !self.operations.contains_key(&format!("{} {}", entry.method, pattern(path))) {
                found.push(format!("{} {path} is not in the OpenAPI document", entry.method));
            }
        }
        let Some(operation) = self.operations.get(&format!("{} {}", entry.method, pattern(&entry.path))) else {
            return found;
        };
        if operation["operationId"] != entry.id.as_str() {
            found.push(format!("its operationId is {}", operation["operationId"]));
        }
        let parameters: BTreeSet<&str> =
            operation["parameters"].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
        for name in entry.documented_query().filter(|name| !parameters.contains(name)) {
            found.push(format!("the query parameter {name} is not in the OpenAPI document"));
        }
        if !entry.form.is_empty() {
            for encoding in Encoding::ALL {
                let schema = &operation["requestBody"]["content"][encoding.media_type()]["schema"];
                if schema.is_null() {
                    found.push(format!("the OpenAPI document has no body of type {}", encoding.media_type()));
                    continue;
                }
                let fields = self.properties(schema);
                for name in entry.form.keys().filter(|name| !fields.contains(*name)) {
                    found.push(format!("the field {name} is not in the OpenAPI document's {}", encoding.media_type()));
                }
            }
        }
        let responses = operation["responses"].as_object();
        if !responses.is_some_and(|responses| responses.contains_key("200")) {
            found.push("the OpenAPI document has no answer for it".to_owned());
        }
        found
    }

    /// Names of an object's fields, through references and compositions.
    fn properties(&self, schema: &Value) -> BTreeSet<String> {
        let mut names: BTreeSet<String> =
            schema["properties"].as_object().into_iter().flat_map(|it| it.keys().cloned()).collect();
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            names.extend(self.properties(&self.root["components"]["schemas"][name]));
        }
        for part in ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[*word].as_array()).flatten() {
            names.extend(self.properties(part));
        }
        names
    }
}
