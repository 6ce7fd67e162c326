//! `leida_action`: every new radar entry of a salesperson, pushed as it happens, in the shape of `action/time`.

use poem::{
    EndpointExt, FromRequest, Request, Response,
    endpoint::{BoxEndpoint, make},
    web::websocket::WebSocket,
};
use serde::Serialize;
use serde_json::json;

use super::api::RadarRow;
use crate::{
    app::App,
    error::{Error, Result},
    events::{Event, Person, Subscription},
    identity::{Family, Frame, Gate, Session, failed},
    web::{Reply, Socket},
};

pub fn route() -> (&'static str, BoxEndpoint<'static, Response>) {
    ("/zhugeleida/qiyeweixin/websocket/leida_action", make(open).boxed())
}

async fn open(request: Request) -> poem::Result<Response> {
    let app = request.data::<App>().cloned().ok_or_else(|| Error::internal("no App in the request"))?;
    let gate = Gate::new(app.clone(), Family::Staff, &request);
    let handshake = WebSocket::from_request_without_body(&request).await?;
    let mut socket = RadarSocket { app: app.clone(), gate, events: None, refusal: None };
    // Subscribed before the handshake is answered: what happens after it is not missed.
    match socket.gate.admit_handshake().await {
        Some(Ok(session)) => {
            socket.subscribe(&session)?;
            socket.refusal = socket.gate.admit_handshake().await.and_then(Result::err);
        }
        Some(Err(refusal)) => socket.refusal = Some(refusal),
        None => {}
    }
    Ok(app.upgrade.accept(handshake, socket))
}

/// The documented frame for a new entry.
pub fn push(row: &impl Serialize) -> Reply {
    let rows = json!({"ret_data": [row], "data_count": 1});
    Reply::frame(json!({"code": 200, "msg": "实时推送雷达-最新访问日志成功", "data": rows}).to_string())
}

struct RadarSocket {
    app: App,
    gate: Gate,
    events: Option<Subscription>,
    /// What a badly signed handshake is answered with.
    refusal: Option<Reply>,
}

impl RadarSocket {
    fn subscribe(&mut self, session: &Session) -> Result<()> {
        let staff = session.staff()?;
        self.events = Some(self.app.hub.subscribe(Person::Staff(staff.id)));
        Ok(())
    }

    async fn register(&mut self, frame: &Frame) -> Result<(), Reply> {
        let session = self.gate.admit(frame).await?;
        if self.events.is_none() {
            self.subscribe(&session).map_err(|error| failed(&error))?;
            self.gate.admit(frame).await?;
        }
        Ok(())
    }
}

impl Socket for RadarSocket {
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
        match &mut self.events {
            Some(events) => events.next().await,
            None => std::future::pending().await,
        }
    }

    async fn on_event(&mut self, event: Event) -> Reply {
        let Event::Radar(entry) = event else { return Reply::nothing() };
        push(&RadarRow::new(&entry, &self.app.zone))
    }

    fn is_known(&self) -> bool {
        self.events.is_some()
    }
}
