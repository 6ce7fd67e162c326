//! The documentation: there, complete, and with nothing in it that comes from elsewhere.

use crate::support::Server;

#[test]
fn the_documentation_needs_no_internet() {
    let server = Server::start();
    for path in ["/docs", "/openapi.json"] {
        let reply = server.api.get::<&str, &str>(path, &[]);
        assert_eq!(reply.status, 200, "{path}");
        for word in [
            "src=\"http",
            "src='http",
            "src=\"//",
            "<link href=\"http",
            "@import",
            "url(http",
            "fonts.googleapis",
            "unpkg.com",
            "cdn.",
        ] {
            assert!(!reply.body.contains(word), "{path} has {word}");
        }
    }
    let page = server.api.get::<&str, &str>("/docs", &[]);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.header("content-type"));
    assert!(page.body.contains("swagger"), "it is Swagger UI");
}

#[test]
fn the_openapi_document_describes_the_api() {
    let server = Server::start();
    let reply = server.api.get::<&str, &str>("/openapi.json", &[]);
    assert!(reply.header("content-type").starts_with("application/json"), "{:?}", reply.header("content-type"));
    let document = &reply.json;
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with('3')), "an OpenAPI document");
    let schemes = document["components"]["securitySchemes"].as_object().expect("the signature");
    let names: Vec<&str> = schemes.values().filter_map(|scheme| scheme["name"].as_str()).collect();
    for name in ["user_id", "timestamp", "rand_str"] {
        assert!(names.contains(&name), "{name} is part of the signature: {names:?}");
    }
    let mut without_summary = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let has_tags = operation["tags"].as_array().is_some_and(|tags| !tags.is_empty());
            if operation["summary"].as_str().unwrap_or_default().is_ascii() || !has_tags {
                without_summary.push(format!("{method} {path}"));
            }
        }
    }
    assert!(without_summary.is_empty(), "without a Chinese summary or a tag: {without_summary:#?}");
}

#[test]
fn health_and_figures_are_for_machines() {
    let server = Server::start();
    assert_eq!(server.api.get::<&str, &str>("/healthz", &[]).status, 200);
    let figures = server.api.get::<&str, &str>("/metrics", &[]);
    assert_eq!(figures.status, 200);
    assert!(figures.body.lines().any(|line| line.starts_with("# TYPE ")), "{}", figures.body);
}
