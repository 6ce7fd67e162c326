//! The clients against the sandbox, over real sockets.

mod contacts;
mod mini;
mod official;
mod pay;
mod platform;
mod release;
mod requests;
mod troubles;
mod work;

use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Route, Server};
use serde_json::{Value, json};

use super::http::Limits;
use super::{Bases, Secret, Weixin, WeixinError, sandbox};

/// A running sandbox and a client for it.
struct World {
    base: String,
    weixin: Weixin,
}

/// The trailing slash must do no harm.
fn bases(base: &str) -> Bases {
    Bases { weixin: format!("{base}/weixin"), work: format!("{base}/work/"), pay: format!("{base}/pay") }
}

impl World {
    /// Another client with nothing cached, as after a restart.
    fn restarted(&self) -> Weixin {
        Weixin::new(bases(&self.base))
    }

    async fn start() -> Self {
        Self::start_with(Limits::default()).await
    }

    async fn start_with(limits: Limits) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let app = Route::new().nest("/sandbox", sandbox::routes());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        let base = format!("http://{address}/sandbox");
        let weixin = Weixin::with_limits(bases(&base), limits);
        Self { base, weixin }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.base);
        let call = move || direct().post(&url).send_json(&body).unwrap().body_mut().read_json().unwrap();
        tokio::task::spawn_blocking(call).await.unwrap()
    }

    async fn get(&self, path: &str) -> Vec<Value> {
        let url = format!("{}{path}", self.base);
        let call = move || direct().get(&url).call().unwrap().body_mut().read_json().unwrap();
        tokio::task::spawn_blocking(call).await.unwrap()
    }

    async fn control(&self, body: Value) {
        assert_eq!(self.post("/control", body).await, json!({ "ok": true }));
    }

    /// How often a path was called.
    async fn calls(&self, path: &str) -> usize {
        self.get("/log").await.iter().filter(|call| call["path"] == path).count()
    }
}

/// No proxy of the environment between the test and its own server.
fn direct() -> ureq::Agent {
    ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build())
}

fn code<T: std::fmt::Debug>(result: Result<T, WeixinError>) -> i64 {
    let error = result.unwrap_err();
    error.errcode().unwrap_or_else(|| panic!("not a refusal: {error}"))
}

fn wrong() -> Secret {
    Secret::from("wrong")
}
