//! The chat's WebSockets: one conversation (`xiaochengxu`, `gongzhonghao_chat`, `leida_chat`), a
//! reader's unread count, and a salesperson's counts and contacts.
//!
//! Both generations of clients are spoken to: a frame with `content` is a message, `register` enters the chat page,
//! `query_num` and `closed` leave it (document 001, section 2.1).

mod conversation;
mod overview;
mod unread;

use poem::{
    EndpointExt, FromRequest, Request, Response,
    endpoint::{BoxEndpoint, make},
    web::websocket::WebSocket,
};

use super::Side;
use crate::{
    app::App,
    error::Error,
    events::{Event, Subscription},
    identity::{Family, Gate},
};
use conversation::Conversation;
use overview::{Overview, View};
use unread::Unread;

/// The chat's WebSocket paths.
pub fn sockets() -> Vec<(&'static str, BoxEndpoint<'static, Response>)> {
    vec![
        ("/zhugeleida/public/websocket/xiaochengxu", make(open_customer_chat).boxed()),
        // Not documented, but what later mini-programs open instead.
        ("/zhugeleida/xiaochengxu/websocket/xiaochengxu_chat", make(open_later_customer_chat).boxed()),
        ("/zhugeleida/xiaochengxu/websocket/xiaochengxu_query_info_num", make(open_unread).boxed()),
        ("/zhugeleida/public/websocket/leida", make(open_early_staff_chat).boxed()),
        ("/zhugeleida/gongzhonghao/websocket/gongzhonghao_chat", make(open_customer_chat).boxed()),
        ("/zhugeleida/gongzhonghao/websocket/gongzhonghao_query_info_num", make(open_unread).boxed()),
        ("/zhugeleida/qiyeweixin/websocket/leida_chat", make(open_staff_chat).boxed()),
        ("/zhugeleida/qiyeweixin/websocket/leida_query_info_num", make(open_counts).boxed()),
        ("/zhugeleida/qiyeweixin/websocket/leida_query_contact_list", make(open_contacts).boxed()),
    ]
}

async fn open_customer_chat(request: Request) -> poem::Result<Response> {
    open_conversation(&request, Side::Customer, None).await
}

async fn open_later_customer_chat(request: Request) -> poem::Result<Response> {
    open_conversation(&request, Side::Customer, Some(200)).await
}

async fn open_early_staff_chat(request: Request) -> poem::Result<Response> {
    open_conversation(&request, Side::Staff, None).await
}

async fn open_staff_chat(request: Request) -> poem::Result<Response> {
    open_conversation(&request, Side::Staff, Some(199)).await
}

async fn open_conversation(request: &Request, side: Side, welcome: Option<i64>) -> poem::Result<Response> {
    let (app, handshake) = prepare(request).await?;
    let family = match side {
        Side::Customer => Family::Customer,
        Side::Staff => Family::Staff,
    };
    let gate = Gate::new(app.clone(), family, request);
    Ok(app.upgrade.accept(handshake, Conversation::new(app.clone(), gate, side, welcome)))
}

async fn open_unread(request: Request) -> poem::Result<Response> {
    let program = if request.uri().path().contains("gongzhonghao") { "公众号" } else { "小程序" };
    let (app, handshake) = prepare(&request).await?;
    let gate = Gate::new(app.clone(), Family::Customer, &request);
    Ok(app.upgrade.accept(handshake, Unread::new(app.clone(), gate, program)))
}

async fn open_counts(request: Request) -> poem::Result<Response> {
    open_overview(&request, View::Counts).await
}

async fn open_contacts(request: Request) -> poem::Result<Response> {
    open_overview(&request, View::Contacts).await
}

async fn open_overview(request: &Request, view: View) -> poem::Result<Response> {
    let (app, handshake) = prepare(request).await?;
    let gate = Gate::new(app.clone(), Family::Staff, request);
    Ok(app.upgrade.accept(handshake, Overview::new(app.clone(), gate, view)))
}

/// The next event of a subscription; none comes before there is one.
async fn next_of(events: Option<&mut Subscription>) -> Option<Event> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

async fn prepare(request: &Request) -> poem::Result<(App, WebSocket)> {
    let app = request.data::<App>().cloned().ok_or_else(|| Error::internal("no App in the request"))?;
    Ok((app, WebSocket::from_request_without_body(request).await?))
}
