//! Plain HTTP to one server, and the [`Reply`] it gives.

use std::time::Duration;

use serde_json::Value;

use super::form::{Form, query_string};

/// A keep-alive HTTP client with the address of a server.
#[derive(Debug, Clone)]
pub struct Api {
    agent: ureq::Agent,
    base: String,
}

impl Api {
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .max_redirects(0)
            // The server closes connections that idle for ten seconds.
            .max_idle_age(Duration::from_secs(3))
            .build();
        Self { agent: config.into(), base: base.to_owned() }
    }

    /// `http://127.0.0.1:PORT`
    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn url<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, query: &[(K, V)]) -> String {
        if query.is_empty() {
            return format!("{}{path}", self.base);
        }
        let mark = if path.contains('?') { '&' } else { '?' };
        let query = query_string(query.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        format!("{}{path}{mark}{query}", self.base)
    }

    pub fn get<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, query: &[(K, V)]) -> Reply {
        let url = self.url(path, query);
        Reply::of("GET", &url, self.agent.get(&url).call())
    }

    /// A GET with headers of its own.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let url = self.url::<&str, &str>(path, &[]);
        let request = headers.iter().fold(self.agent.get(&url), |request, (name, value)| request.header(*name, *value));
        Reply::of("GET", &url, request.call())
    }

    pub fn head(&self, path: &str) -> Reply {
        let url = self.url::<&str, &str>(path, &[]);
        Reply::of("HEAD", &url, self.agent.head(&url).call())
    }

    pub fn delete<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, query: &[(K, V)]) -> Reply {
        let url = self.url(path, query);
        Reply::of("DELETE", &url, self.agent.delete(&url).call())
    }

    pub fn post<K: AsRef<str>, V: AsRef<str>>(&self, path: &str, query: &[(K, V)], form: &Form) -> Reply {
        let (content_type, body) = form.encode();
        self.send(path, query, &content_type, &body)
    }

    /// A POST of bytes that no [`Form`] would make.
    pub fn send<K: AsRef<str>, V: AsRef<str>>(
        &self,
        path: &str,
        query: &[(K, V)],
        content_type: &str,
        body: &[u8],
    ) -> Reply {
        let url = self.url(path, query);
        Reply::of("POST", &url, self.agent.post(&url).header("Content-Type", content_type).send(body))
    }
}

/// An answer, taken apart.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What was asked, for the panic messages.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The envelope's code; 0 when the answer is not an envelope.
    pub code: i64,
    pub msg: String,
    pub data: Value,
    /// The whole answer; null when it is not JSON.
    pub json: Value,
    /// The whole answer as it came.
    pub bytes: Vec<u8>,
    pub body: String,
    headers: ureq::http::HeaderMap,
}

impl Reply {
    fn of(method: &str, url: &str, outcome: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        let request = format!("{method} {url}");
        let mut response = outcome.unwrap_or_else(|error| panic!("{request}: no answer: {error}"));
        let bytes = response
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .unwrap_or_else(|error| panic!("{request}: half an answer: {error}"));
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let json: Value = serde_json::from_str(&body).unwrap_or_default();
        Self {
            request,
            status: response.status().as_u16(),
            code: json["code"].as_i64().unwrap_or_default(),
            msg: json["msg"].as_str().unwrap_or_default().to_owned(),
            data: json["data"].clone(),
            json,
            bytes,
            body,
            headers: response.headers().clone(),
        }
    }

    /// Empty when the header is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Success: the data.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        assert_eq!((self.status, self.code), (200, 200), "should succeed\n{}", self.story());
        &self.data
    }

    /// The refusal that was expected.
    #[track_caller]
    pub fn refused(&self, code: i64) -> &Self {
        assert_eq!(self.code, code, "should be refused with {code}\n{}", self.story());
        self
    }

    /// Request and answer, shortened.
    pub fn story(&self) -> String {
        let shown: String = self.body.chars().take(1500).collect();
        format!("  asked: {}\n  HTTP {}: {shown}", self.request, self.status)
    }
}
