//! `App`: what a handler may use, built once; and all routes in one list.

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, atomic::AtomicUsize},
};

use poem::{Endpoint, EndpointExt, Response, Route, get};
use poem_openapi::{OpenApi, OpenApiService};
use tokio::sync::watch;

use crate::{
    articles, cards, cases, chat, checks, customers,
    db::Db,
    error::Result,
    events::Hub,
    identity, mall, office, official, ops, orders, outbox, platform, plugins, products, radar, scripts,
    settings::Settings,
    stats,
    time::{Millis, Zone},
    uploads,
    vault::Vault,
    web::{self, Docs, Served, Upgrade},
    website,
    weixin::{self, Weixin},
};

/// Everything a handler may use; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub db: Db,
    pub hub: Hub,
    pub settings: Settings,
    pub vault: Vault,
    pub weixin: Weixin,
    pub zone: Zone,
    pub public_url: String,
    pub data: PathBuf,
    pub demo: bool,
    pub started_at: Millis,
    /// How much of it the uploads take.
    pub disk: office::Disk,
    pub sessions: identity::Sessions,
    pub wrong_logins: identity::WrongLogins,
    pub logins: customers::Logins,
    /// Whose uploads are being written or merged.
    pub uploading: uploads::Uploading,
    pub posters: cards::Posters,
    /// Customers who are in a conversation now.
    pub presence: chat::Presence,
    /// Woken when something was put into it.
    pub outbox: outbox::Outbox,
    /// Codes of authorisations at WeChat.
    pub granting: platform::Granting,
    pub upgrade: Upgrade,
    pub served: Arc<Served>,
    /// Open connections.
    pub connections: Arc<AtomicUsize>,
}

/// What the command line decided.
pub struct Setup {
    pub db: Db,
    pub vault: Vault,
    pub zone: Zone,
    pub weixin: Weixin,
    pub public_url: String,
    pub data: PathBuf,
    pub demo: bool,
    pub stop: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub async fn new(setup: Setup) -> Result<Self> {
        Ok(Self(Arc::new(Parts {
            settings: Settings::load(setup.db.clone(), setup.vault.clone()).await?,
            db: setup.db,
            hub: Hub::new(),
            vault: setup.vault,
            weixin: setup.weixin,
            zone: setup.zone,
            public_url: setup.public_url,
            data: setup.data,
            demo: setup.demo,
            started_at: Millis::now(),
            disk: office::Disk::default(),
            sessions: identity::Sessions::default(),
            wrong_logins: identity::WrongLogins::default(),
            logins: customers::Logins::default(),
            uploading: uploads::Uploading::default(),
            posters: cards::Posters::default(),
            presence: chat::Presence::default(),
            outbox: outbox::Outbox::default(),
            granting: platform::Granting::default(),
            upgrade: Upgrade::new(setup.stop),
            served: Arc::default(),
            connections: Arc::default(),
        })))
    }

    /// Where pictures and videos are kept; its `statics/` is what the URLs call so.
    pub fn uploads(&self) -> PathBuf {
        self.data.join("uploads")
    }
}

/// The documented endpoints, a group a feature.
pub fn api(app: &App) -> OpenApiService<impl OpenApi + use<>, ()> {
    // Tuples end at sixteen.
    let office = (identity::api(app), stats::api(app), checks::api(app), office::api(app));
    let common = (outbox::api(app), uploads::api(app));
    let sales = (radar::api(app), chat::api(app), customers::api(app), cards::api(app), scripts::api(app));
    let shop = (products::api(app), mall::api(app), orders::api(app), website::api(app), cases::api(app));
    let articles = (articles::api(app), official::api(app), plugins::api(app), platform::api(app));
    let groups = (office, common, shop, sales, articles);
    OpenApiService::new(groups, "Leida 雷达", env!("CARGO_PKG_VERSION")).description(include_str!("api.md"))
}

/// The OpenAPI document, with what the back office's operations need.
pub fn document<T: OpenApi>(service: &OpenApiService<T, ()>) -> serde_json::Value {
    web::document(service, |path| identity::need_of(path)?.text())
}

/// All routes of the server.
pub fn routes(app: &App) -> impl Endpoint<Output = Response> + use<> {
    let service = api(app);
    let (for_page, for_document) = (app.clone(), app.clone());
    let page = move || {
        let service = api(&for_page);
        service.swagger_ui_html().replace(&service.spec(), &document(&service).to_string())
    };
    let bare = move || document(&api(&for_document)).to_string();
    let mut routes = Route::new()
        .at("/", get(ops::home))
        .at("/healthz", get(ops::health))
        .at("/metrics", get(ops::metrics))
        .at("/pages/mingpian/index", get(ops::card_link))
        .at("/docs", Docs::new("text/html; charset=utf-8", page))
        .at("/openapi.json", Docs::new("application/json; charset=utf-8", bare))
        .at("/admin", web::Assets::<ops::FrontEnds>::new("admin"))
        .at("/admin/*rest", web::Assets::<ops::FrontEnds>::new("admin"))
        .nest("/statics", web::Statics::<ops::FrontEnds>::new(app.uploads().join("statics")));
    for (path, socket) in chat::sockets().into_iter().chain(radar::sockets()) {
        routes = routes.at(path, socket);
    }
    if app.demo {
        routes = routes.nest("/sandbox", weixin::sandbox::routes());
    }
    // Not nested at the root, which would take "/" away from the redirect above.
    web::door(routes.nest_no_strip("/zhugeleida", service).data(app.clone()), Arc::clone(&app.served))
}

/// Work that goes on beside the requests until `stop` turns true.
pub fn spawn_background(app: &App, stop: &watch::Receiver<bool>) {
    tokio::spawn(outbox::deliver_all(app.clone(), stop.clone()));
    tokio::spawn(outbox::forget_old(app.clone(), stop.clone()));
    tokio::spawn(identity::fill_qr_code_gaps(app.clone(), stop.clone()));
    tokio::spawn(identity::end_expired_sockets(app.clone(), stop.clone()));
    tokio::spawn(uploads::forget_abandoned(app.clone(), stop.clone()));
    tokio::spawn(platform::follow_reviews(app.clone(), stop.clone()));
    tokio::spawn(cards::tidy_pictures(app.clone(), stop.clone()));
    tokio::spawn(orders::follow_orders(app.clone(), stop.clone()));
    tokio::spawn(ops::follow_database(app.clone(), stop.clone()));
}
