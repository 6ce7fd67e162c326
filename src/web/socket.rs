//! One WebSocket: reads frames, pushes events, keeps the connection alive and closes it properly.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use poem::{
    IntoResponse, Response,
    web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream},
};
use tokio::{sync::watch, time::timeout};

/// A frame of a client may not be larger.
const LARGEST: usize = 64 << 10;
/// We ask a quiet client for a sign of life this often …
const HEARTBEAT: Duration = Duration::from_secs(30);
/// … and give it up when none came for so long.
const SILENCE: Duration = Duration::from_secs(90);
/// A client must have said who it is by then.
const ANONYMITY: Duration = Duration::from_mins(1);
/// A client that does not take a frame within this time is dropped.
const SEND: Duration = Duration::from_secs(5);

/// What to do after a frame or an event.
#[derive(Debug, Default)]
pub struct Reply {
    pub frames: Vec<String>,
    pub close: bool,
}

impl Reply {
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn frame(frame: impl Into<String>) -> Self {
        Self { frames: vec![frame.into()], close: false }
    }

    /// Says one last thing and closes.
    pub fn last(frame: impl Into<String>) -> Self {
        Self { frames: vec![frame.into()], close: true }
    }

    pub fn close() -> Self {
        Self { frames: Vec::new(), close: true }
    }
}

/// What a feature does with a socket.
pub trait Socket: Send + Sync + 'static {
    type Event: Send;

    /// Said when the socket opens.
    fn on_open(&mut self) -> impl Future<Output = Reply> + Send {
        std::future::ready(Reply::nothing())
    }

    /// Answers a text frame of the client.
    fn on_text(&mut self, text: String) -> impl Future<Output = Reply> + Send;

    /// The next event for this socket; pends while nothing is subscribed to, `None` when it was dropped as too slow.
    /// Must be safe to cancel.
    fn next_event(&mut self) -> impl Future<Output = Option<Self::Event>> + Send;

    /// Turns an event into frames.
    fn on_event(&mut self, event: Self::Event) -> impl Future<Output = Reply> + Send;

    /// Called after each reply, once its frames (if any) have gone out.
    fn on_sent(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Whether the client has said who it is; those who do not within [`ANONYMITY`] are shut out.
    fn is_known(&self) -> bool;
}

/// Answers the handshake and runs the socket until either side ends it or `stop` turns true.
#[derive(Clone)]
pub struct Upgrade {
    stop: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
}

impl Upgrade {
    pub fn new(stop: watch::Receiver<bool>) -> Self {
        Self { stop, open: Arc::default() }
    }

    /// How many sockets are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    pub fn accept<S: Socket>(&self, handshake: WebSocket, socket: S) -> Response {
        let (stop, place) = (self.stop.clone(), Open::take(&self.open));
        // The default buffers cost 134 KiB a connection.
        let config = WebSocketConfig::default()
            .read_buffer_size(1024)
            .write_buffer_size(0)
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST));
        let upgraded = handshake.config(config).on_upgrade(move |stream| async move {
            let _place = place;
            run(stream, socket, stop).await;
        });
        upgraded.into_response()
    }
}

/// Counts an open socket as long as it lives.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn run<S: Socket>(mut stream: WebSocketStream, mut socket: S, mut stop: watch::Receiver<bool>) {
    let opened = Instant::now();
    let mut heard = opened;
    let mut heartbeat = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    let mut reply = socket.on_open().await;
    loop {
        if !answer(&mut stream, &mut socket, reply).await {
            return;
        }
        reply = tokio::select! {
            frame = stream.next() => {
                heard = Instant::now();
                match frame {
                    Some(Ok(Message::Text(text))) => socket.on_text(text).await,
                    Some(Ok(Message::Binary(bytes))) => match String::from_utf8(bytes) {
                        Ok(text) => socket.on_text(text).await,
                        Err(_) => Reply::close(),
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Reply::nothing(),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                }
            }
            event = socket.next_event() => match event {
                Some(event) => socket.on_event(event).await,
                None => Reply::close(),
            },
            _ = heartbeat.tick() => {
                let anonymous = !socket.is_known() && opened.elapsed() >= ANONYMITY;
                if anonymous || heard.elapsed() > SILENCE || !send(&mut stream, Message::Ping(Vec::new())).await {
                    return;
                }
                Reply::nothing()
            }
            () = stopped(&mut stop) => {
                let goodbye = Message::Close(Some((CloseCode::Away, "服务器正在停止".to_owned())));
                send(&mut stream, goodbye).await;
                return;
            }
        };
    }
}

/// Sends a reply; false when the socket is at its end.
async fn answer<S: Socket>(stream: &mut WebSocketStream, socket: &mut S, reply: Reply) -> bool {
    for frame in reply.frames {
        if !send(stream, Message::Text(frame)).await {
            return false;
        }
    }
    socket.on_sent().await;
    if reply.close {
        send(stream, Message::Close(Some((CloseCode::Normal, String::new())))).await;
    }
    !reply.close
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}

async fn send(stream: &mut WebSocketStream, message: Message) -> bool {
    matches!(timeout(SEND, stream.send(message)).await, Ok(Ok(())))
}
