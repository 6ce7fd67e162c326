//! Running the server: health, figures for monitoring, signals, stopping, following changes made by other processes.

use std::{
    fmt::Write,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use poem::{
    IntoResponse, Request, Response, handler,
    http::{StatusCode, header},
    web::{Data, Redirect},
};
use rust_embed::RustEmbed;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    app::{self, App, Setup},
    db::Db,
    error::{Error, Result},
    time::Zone,
    vault::Vault,
    web,
    weixin::{Bases, Weixin},
};

/// The built front ends and the pictures that belong to the program.
#[derive(RustEmbed)]
#[folder = "static/dist"]
pub struct FrontEnds;

/// How often the database is looked at for commits of other processes.
const FOLLOW: Duration = Duration::from_secs(1);

#[handler]
pub fn home() -> impl IntoResponse {
    Redirect::see_other("/admin/")
}

/// Where the QR code of a poster leads while the mini-program has not given its own: WeChat opens the mini-program
/// instead where the address is registered for that, everybody else reads how to get there.
#[handler]
pub fn card_link() -> Response {
    Response::builder()
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")
        .content_type("text/html; charset=utf-8")
        .body(include_str!("card_link.html"))
}

/// Answers 200 when the database answers.
#[handler]
pub async fn health(app: Data<&App>) -> Response {
    match app.db.read(|conn| Ok(conn.query_row("SELECT 1", [], |_| Ok(()))?)).await {
        Ok(()) => Response::builder().content_type("text/plain").body("ok"),
        Err(error) => web::error_response(&error),
    }
}

/// Prometheus text, for this machine only.
#[handler]
pub fn metrics(request: &Request, app: Data<&App>) -> Response {
    let local = request.extensions().get::<web::RemoteCaller>().is_some_and(|caller| caller.0.is_loopback());
    if !local {
        return web::error_response(&Error::forbidden());
    }
    let mut text = String::new();
    let served = &app.served;
    let _ = writeln!(text, "# TYPE leida_requests_total counter");
    for (class, count) in [("ok", &served.ok), ("refused", &served.refused), ("failed", &served.failed)] {
        let _ = writeln!(text, "leida_requests_total{{outcome=\"{class}\"}} {}", count.load(Ordering::Relaxed));
    }
    let _ = writeln!(text, "# TYPE leida_connections gauge");
    let _ = writeln!(text, "leida_connections {}", app.connections.load(Ordering::Relaxed));
    let _ = writeln!(text, "# TYPE leida_sockets gauge");
    let _ = writeln!(text, "leida_sockets {}", app.upgrade.open());
    Response::builder().header(header::CONTENT_TYPE, "text/plain; version=0.0.4").status(StatusCode::OK).body(text)
}

/// Turns `stop` true at SIGTERM or Ctrl-C.
pub fn stop_on_signal(stop: watch::Sender<bool>) -> Result<(), String> {
    let listen = |kind| signal(kind).map_err(|error| format!("cannot listen to signals: {error}"));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        let _ = stop.send(true);
    });
    Ok(())
}

/// After the last request (which had 2.5 s): waits for the sockets' close frames, then checkpoints and closes the database.
pub async fn shut_down(app: &App, stop: watch::Sender<bool>) {
    let _ = stop.send(true);
    let begun = Instant::now();
    while app.upgrade.open() > 0 && begun.elapsed() < Duration::from_millis(500) {
        sleep(Duration::from_millis(10)).await;
    }
    match timeout(Duration::from_millis(1500), app.db.close()).await {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(error)) => tracing::error!(%error, "the database was not closed properly"),
        Err(_) => tracing::warn!("the database was not closed in time; nothing answered is lost"),
    }
}

/// Takes over what other processes (`leida settings set`, `leida admin create`) changed, within a second.
pub async fn follow_database(app: App, mut stop: watch::Receiver<bool>) {
    let mut seen = 0;
    loop {
        tokio::select! {
            () = sleep(FOLLOW) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        match app.db.data_version().await {
            Ok(version) if version != seen => {
                seen = version;
                app.sessions.clear();
                if let Err(error) = app.settings.reload().await {
                    tracing::error!(%error, "settings cannot be read");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the database cannot be followed"),
        }
    }
}

/// The OpenAPI document, as `leida openapi` prints it.
pub async fn openapi() -> Result<String> {
    let directory = std::env::temp_dir().join(format!("leida-openapi-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let (_stop, stopped) = watch::channel(false);
    let app = App::new(Setup {
        db: Db::open(&directory.join("leida.db"))?,
        vault: Vault::open(&directory.join("secret.key"))?,
        zone: Zone::named("Asia/Shanghai")?,
        weixin: Weixin::new(Bases { weixin: String::new(), work: String::new(), pay: String::new() }),
        public_url: String::new(),
        data: directory.clone(),
        demo: false,
        stop: stopped,
    })
    .await?;
    let document = serde_json::to_string_pretty(&app::document(&app::api(&app)))?;
    app.db.close().await?;
    std::fs::remove_dir_all(&directory)?;
    Ok(document)
}

/// The deepest reason of an error, in one line.
pub fn cause(error: &Error) -> String {
    match error {
        Error::Internal(detail) => detail.to_string(),
        other => other.to_string(),
    }
}
