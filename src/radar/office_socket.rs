//! The back office's radar socket: every new entry of the company, as it happens, for administrators who may see the radar.

use poem::{
    EndpointExt, FromRequest, Request, Response,
    endpoint::{BoxEndpoint, make},
    web::websocket::WebSocket,
};
use serde_json::json;

use super::{Entry, api::office::OfficeRadarRow, office, socket::push};
use crate::{
    app::App,
    error::{Error, Result},
    events::{Event, Person, Subscription},
    identity::{Admin, Family, Frame, Gate, Right, Session, failed},
    web::{Reply, Socket, signature::Signature},
};

pub fn route() -> (&'static str, BoxEndpoint<'static, Response>) {
    ("/zhugeleida/admin/websocket/radar", make(open).boxed())
}

async fn open(request: Request) -> poem::Result<Response> {
    let app = request.data::<App>().cloned().ok_or_else(|| Error::internal("no App in the request"))?;
    let gate = Gate::new(app.clone(), Family::Admin, &request);
    let handshake = WebSocket::from_request_without_body(&request).await?;
    let mut socket = OfficeSocket { app: app.clone(), gate, watching: None, refusal: None };
    socket.refusal = match socket.gate.admit_handshake().await {
        Some(Ok(session)) => {
            socket.gate.handshake().cloned().and_then(|signature| socket.watch(&session, signature).err())
        }
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    Ok(app.upgrade.accept(handshake, socket))
}

struct OfficeSocket {
    app: App,
    gate: Gate,
    watching: Option<Watching>,
    /// What a handshake that is not let in is answered with.
    refusal: Option<Reply>,
}

struct Watching {
    events: Subscription,
    admin: Admin,
    /// With which the administrator was let in.
    signature: Signature,
}

impl OfficeSocket {
    /// From here on entries come. `Err` is the answer to somebody who may not see them.
    fn watch(&mut self, session: &Session, signature: Signature) -> Result<(), Reply> {
        let admin = watcher(session).map_err(|error| Reply { close: true, ..failed(&error) })?;
        let events = self.app.hub.subscribe(Person::Office(admin.company));
        self.watching = Some(Watching { events, admin, signature });
        Ok(())
    }

    async fn register(&mut self, frame: &Frame) -> Result<(), Reply> {
        let session = self.gate.admit(frame).await?;
        if self.watching.is_some() {
            return Ok(());
        }
        let signature = self.gate.signature_of(frame).map_err(|error| failed(&error))?;
        self.watch(&session, signature)
    }

    /// The frame for an entry; `None` once the account may not see it any more.
    async fn frame_for(&self, entry: &Entry) -> Result<Option<Reply>> {
        let Some(watching) = &self.watching else { return Ok(None) };
        let session = self.gate.session_of(&watching.signature).await?;
        // An account may have been moved to another company.
        let goes_on =
            session.is_some_and(|session| session.company == watching.admin.company && watcher(&session).is_ok());
        if !goes_on {
            return Ok(None);
        }
        let watched = office::watched(&self.app, watching.admin.company, entry.clone()).await?;
        Ok(Some(push(&OfficeRadarRow::new(watched, &self.app.zone))))
    }
}

/// The administrator of a session, if the radar is theirs to see.
fn watcher(session: &Session) -> Result<Admin> {
    let admin = session.admin()?;
    admin.require(Right::RadarRead)?;
    Ok(admin)
}

impl Socket for OfficeSocket {
    type Event = Event;

    async fn on_open(&mut self) -> Reply {
        self.refusal.take().unwrap_or_default()
    }

    async fn on_text(&mut self, text: String) -> Reply {
        let frame = match Frame::request(&text) {
            Ok(frame) => frame,
            Err(answer) => return answer,
        };
        match self.register(&frame).await {
            Ok(()) => Reply::frame(json!({"code": 200, "msg": "注册成功"}).to_string()),
            Err(refusal) => refusal,
        }
    }

    async fn next_event(&mut self) -> Option<Event> {
        match &mut self.watching {
            Some(watching) => watching.events.next().await,
            None => std::future::pending().await,
        }
    }

    async fn on_event(&mut self, event: Event) -> Reply {
        let Event::Radar(entry) = event else { return Reply::nothing() };
        match self.frame_for(&entry).await {
            Ok(Some(frame)) => frame,
            Ok(None) => Reply::close(),
            Err(error) => failed(&error),
        }
    }

    fn is_known(&self) -> bool {
        self.watching.is_some()
    }
}
