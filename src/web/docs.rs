//! The OpenAPI document and the pages that show it: what poem-openapi says, put right where it cannot know better.

use std::sync::{Arc, OnceLock};

use poem::{Endpoint, Request, Response, http::header};
use poem_openapi::{OpenApi, OpenApiService, Webhook};
use serde_json::{Map, Value, json};

use super::reply;

/// Real requests and answers, by operation id; `tests/it/contract/examples.rs` records them.
const EXAMPLES: &str = include_str!("../../openapi/examples.json");

/// The OpenAPI document of a service, ready to be written; `note` is what is to be added to a path's operations.
pub fn document<T: OpenApi, W: Webhook>(
    service: &OpenApiService<T, W>,
    note: impl Fn(&str) -> Option<String>,
) -> Value {
    let mut document: Value = serde_json::from_str(&service.spec()).unwrap_or_default();
    let schemas = document["components"]["schemas"].clone();
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let operations = document["paths"]
        .as_object_mut()
        .into_iter()
        .flatten()
        .filter_map(|(path, operations)| Some((note(path), operations.as_object_mut()?)))
        .flat_map(|(note, operations)| operations.values_mut().map(move |operation| (note.clone(), operation)));
    for (note, operation) in operations {
        if let Some(note) = note {
            describe(operation, &note);
        }
        all_of_the_signature(operation);
        let name = operation["operationId"].as_str().unwrap_or_default().trim_end_matches(".alias");
        let example = examples.get(name).cloned().unwrap_or_default();
        single_parameters(operation, &schemas);
        with_example(operation, &example);
        operation["responses"]["default"] = json!({
            "description": "code 不为 200 时，data 为 {}；code 为 301 时，data 为 {字段: [原因]}",
        });
    }
    document
}

/// Adds a sentence to what an operation says of itself.
fn describe(operation: &mut Value, note: &str) {
    let before = operation["description"].as_str().unwrap_or_default().trim_end();
    let gap = if before.is_empty() { "" } else { "\n\n" };
    operation["description"] = format!("{before}{gap}{note}").into();
}

/// poem-openapi lists a caller's three parameters as alternatives; a request needs all of them.
fn all_of_the_signature(operation: &mut Value) {
    let Some(Value::Array(alternatives)) = operation.get_mut("security") else { return };
    let mut together = Map::new();
    for scheme in alternatives.drain(..) {
        if let Value::Object(scheme) = scheme {
            together.extend(scheme);
        }
    }
    alternatives.push(Value::Object(together));
}

/// Puts an exchange that really took place beside the types.
fn with_example(operation: &mut Value, example: &Value) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = example["query"].get(name) {
            parameter["example"] = value.clone();
        }
    }
    if let Some(form) = example.get("form")
        && let Some(Value::Object(bodies)) = operation.pointer_mut("/requestBody/content")
    {
        for body in bodies.values_mut() {
            body["example"] = form.clone();
        }
    }
    if let Some(answer) = example.get("answer")
        && let Some(Value::Object(answers)) = operation.pointer_mut("/responses/200/content")
    {
        for content in answers.values_mut() {
            content["example"] = answer.clone();
        }
    }
}

/// Writes a parameter object (`Params<T>`) as the parameters that its fields are.
fn single_parameters(operation: &mut Value, schemas: &Value) {
    let Some(Value::Array(parameters)) = operation.get_mut("parameters") else { return };
    let mut single = Vec::with_capacity(parameters.len());
    for parameter in parameters.drain(..) {
        let object = parameter["schema"]["$ref"]
            .as_str()
            .and_then(|reference| reference.rsplit('/').next())
            .and_then(|name| schemas.get(name))
            .and_then(|schema| schema.get("properties").zip(Some(schema)));
        let Some((Value::Object(properties), schema)) = object else {
            single.push(parameter);
            continue;
        };
        for (name, property) in properties {
            let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
            let mut field = json!({ "name": name, "in": "query", "required": required, "schema": property });
            if let Some(description) = property.get("description") {
                field["description"] = description.clone();
            }
            single.push(field);
        }
    }
    *parameters = single;
}

/// `/docs` (Swagger UI, all of it in one page) or `/openapi.json`; made at the first request, compressed once.
pub struct Docs {
    make: Box<dyn Fn() -> String + Send + Sync>,
    content_type: &'static str,
    made: OnceLock<(Arc<[u8]>, Arc<[u8]>)>,
}

impl Docs {
    pub fn new(content_type: &'static str, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), content_type, made: OnceLock::new() }
    }
}

impl Endpoint for Docs {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.method() != poem::http::Method::GET && request.method() != poem::http::Method::HEAD {
            return Ok(reply::error_response(&crate::error::Error::WrongMethod));
        }
        let (plain, packed) = tokio::task::block_in_place(|| {
            self.made.get_or_init(|| {
                let page = (self.make)();
                (Arc::from(page.as_bytes()), gzip(page.as_bytes()))
            })
        });
        let response = Response::builder()
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::VARY, "Accept-Encoding");
        let accepts = request.header(header::ACCEPT_ENCODING).is_some_and(|codings| codings.contains("gzip"));
        Ok(if accepts && !packed.is_empty() {
            response.header(header::CONTENT_ENCODING, "gzip").body(packed.to_vec())
        } else {
            response.body(plain.to_vec())
        })
    }
}

fn gzip(bytes: &[u8]) -> Arc<[u8]> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    Arc::from(packed)
}
