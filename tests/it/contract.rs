//! Every documented endpoint, driven by the files in `tests/contract`.
//!
//! - Every entry is either built, or named in `not_built.txt`.
//! - The OpenAPI document has it, at every documented address, with every documented parameter and field, and with all
//!   three media types.
//! - The documented request is accepted in all its forms, and its answer has every documented field in the documented
//!   type; without a signature, with a forged one and by a wrong method it is refused.

mod cases;
mod context;
mod document;
mod entries;
mod examples;
mod shape;
mod sockets;
mod trial;

use std::{
    collections::{BTreeMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    thread,
};

use context::Context;
use document::Document;
use entries::{entries, not_built, pattern};
use trial::{Findings, Stage, try_entry};

use crate::support::Server;

/// How many entries are tried at the same time.
const HANDS: usize = 4;

/// Method and address of everything that is documented.
pub fn documented_operations() -> Vec<(String, String)> {
    entries().values().map(|entry| (entry.method.clone(), entry.path.clone())).collect()
}

/// The findings of all entries.
type Report = BTreeMap<String, Findings>;

fn note(report: &mut Report, id: &str, finding: impl Into<String>) {
    report.entry(id.to_owned()).or_default().entry(finding.into()).or_default();
}

/// Fails with everything that was found, by entry.
#[track_caller]
fn must_be_empty(report: &Report) {
    let mut text = String::new();
    for (id, findings) in report {
        text += &format!("\n{id}\n");
        for (finding, forms) in findings {
            text += &format!("    {finding}\n");
            if !forms.is_empty() {
                text += &format!("        ({})\n", forms.join("; "));
            }
        }
    }
    assert!(report.is_empty(), "{} entries do not hold:\n{text}", report.len());
}

fn document_of(server: &Server) -> Document {
    let reply = server.api.get::<&str, &str>("/openapi.json", &[]);
    assert_eq!(reply.status, 200, "{}", reply.story());
    Document::new(reply.json)
}

#[test]
fn every_entry_is_built_or_named_as_not_yet_built() {
    let server = Server::demo();
    let (entries, not_built, cases) = (entries(), not_built(), cases::cases());
    let built = document_of(&server).ids();
    let mut report = Report::new();
    for id in not_built.iter().filter(|id| !entries.contains_key(*id)) {
        note(&mut report, id, "is in not_built.txt, and there is no such entry");
    }
    for id in cases.keys().filter(|id| !entries.contains_key(*id)) {
        note(&mut report, id, "has a case, and there is no such entry");
    }
    let scenes = cases::scenes();
    for (id, case) in &cases {
        for scene in case.scenes.iter().filter(|scene| !scenes.contains_key(*scene)) {
            note(&mut report, id, format!("its case names the scene {scene:?}, which there is not"));
        }
    }
    for entry in entries.values() {
        let is_built = if entry.is_socket() {
            server.api.get::<&str, &str>(&entry.path, &[]).code != 404
        } else {
            built.contains(&entry.id)
        };
        match (is_built, not_built.contains(&entry.id)) {
            (true, true) => note(&mut report, &entry.id, "is built: take it out of not_built.txt"),
            (false, false) => note(&mut report, &entry.id, "is not built: no such operationId in the OpenAPI document"),
            _ => {}
        }
        if !not_built.contains(&entry.id) && !entry.is_socket() && !cases.contains_key(&entry.id) {
            note(&mut report, &entry.id, "has no case in tests/contract/cases");
        }
    }
    must_be_empty(&report);
}

#[test]
fn the_openapi_document_has_all_that_is_documented() {
    let server = Server::demo();
    let document = document_of(&server);
    let not_built = not_built();
    let mut report = Report::new();
    for entry in entries().values().filter(|entry| !entry.is_socket() && !not_built.contains(&entry.id)) {
        for shortcoming in document.shortcomings(entry) {
            note(&mut report, &entry.id, shortcoming);
        }
    }
    must_be_empty(&report);
}

/// `LEIDA_ENTRY=admin.product cargo test documented_requests` tries only entries whose ids begin so.
#[test]
fn documented_requests_are_answered_as_documented() {
    let server = Server::demo();
    let (entries, not_built, cases) = (entries(), not_built(), cases::cases());
    let stage = Stage {
        api: server.api.clone(),
        data: server.data(),
        context: Context::read(&server.database(), &cases::context_queries()),
        scenes: cases::scenes(),
        documented: entries
            .values()
            .flat_map(|entry| entry.paths().map(|path| format!("{} {}", entry.method, pattern(path))))
            .collect(),
    };
    let only = std::env::var("LEIDA_ENTRY").unwrap_or_default();
    let waiting: VecDeque<_> = entries
        .values()
        .filter(|entry| !entry.is_socket() && !not_built.contains(&entry.id) && entry.id.starts_with(&only))
        .filter_map(|entry| Some((entry, cases.get(&entry.id)?)))
        .collect();
    let (waiting, report) = (Mutex::new(waiting), Mutex::new(Report::new()));
    thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((entry, case)) = next else { break };
                    let findings = catch_unwind(AssertUnwindSafe(|| try_entry(&stage, entry, case)))
                        .unwrap_or_else(|_| Findings::from([("the test panicked, see above".to_owned(), vec![])]));
                    if !findings.is_empty() {
                        report.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.id.clone(), findings);
                    }
                }
            });
        }
    });
    examples::write();
    must_be_empty(&report.into_inner().unwrap_or_else(PoisonError::into_inner));
}
