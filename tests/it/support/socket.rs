//! A client's end of a WebSocket.

use std::{
    io::ErrorKind,
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::Value;
use tungstenite::{Error, HandshakeError, Message, WebSocket, client};

use super::{Server, form::query_string};

/// How long a frame that must come may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Ws {
    socket: WebSocket<TcpStream>,
    url: String,
}

impl Ws {
    /// Opens a socket that must open.
    #[track_caller]
    pub fn open<K: AsRef<str>, V: AsRef<str>>(server: &Server, path: &str, query: &[(K, V)]) -> Self {
        Self::try_open(server, path, query).unwrap_or_else(|answer| panic!("{path} does not open: {answer}"))
    }

    /// Opens a socket, or tells how the handshake was answered.
    pub fn try_open<K: AsRef<str>, V: AsRef<str>>(
        server: &Server,
        path: &str,
        query: &[(K, V)],
    ) -> Result<Self, String> {
        let query = query_string(query.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("ws://{}{path}{mark}{query}", server.address());
        let stream = TcpStream::connect(server.address()).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        match client(url.as_str(), stream) {
            Ok((socket, _)) => Ok(Self { socket, url }),
            Err(HandshakeError::Failure(Error::Http(answer))) => {
                let body = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
                Err(format!("HTTP {} {body}", answer.status().as_u16()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[track_caller]
    pub fn send(&mut self, frame: &Value) {
        let text = frame.to_string();
        self.socket.send(Message::text(text.clone())).unwrap_or_else(|error| panic!("{}: {text}: {error}", self.url));
    }

    /// Sends a frame that need not be JSON.
    #[track_caller]
    pub fn send_text(&mut self, text: &str) {
        self.socket
            .send(Message::text(text.to_owned()))
            .unwrap_or_else(|error| panic!("{}: {text}: {error}", self.url));
    }

    /// All frames until nothing came for so long.
    #[track_caller]
    pub fn drain(&mut self, millis: u64) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            match self.next(Duration::from_millis(millis)) {
                Ok(frame) => frames.push(frame),
                Err(Silence::Closed(how)) => panic!("{}: closed: {how}; came before: {frames:?}", self.url),
                Err(Silence::Nothing) => return frames,
            }
        }
    }

    /// The next frame, which must come within five seconds.
    #[track_caller]
    pub fn recv(&mut self) -> Value {
        let frame = self.next(PATIENCE);
        frame.unwrap_or_else(|why| panic!("{}: a frame was expected, {why}", self.url))
    }

    /// The next frame that has this `msg`; others before it are passed over.
    #[track_caller]
    pub fn recv_msg(&mut self, msg: &str) -> Value {
        let mut others = Vec::new();
        let end = Instant::now() + PATIENCE;
        loop {
            match self.next(end.saturating_duration_since(Instant::now())) {
                Ok(frame) if frame["msg"] == msg => return frame,
                Ok(frame) => others.push(frame),
                Err(why) => panic!("{}: {msg} was expected, {why}; came instead: {others:?}", self.url),
            }
        }
    }

    /// Nothing may come for so long.
    #[track_caller]
    pub fn recv_none_for(&mut self, millis: u64) {
        match self.next(Duration::from_millis(millis)) {
            Ok(frame) => panic!("{}: nothing was expected, came: {frame}", self.url),
            Err(Silence::Closed(how)) => panic!("{}: nothing was expected, closed: {how}", self.url),
            Err(Silence::Nothing) => {}
        }
    }

    /// Waits until the server closes: the close frame's code, `None` when it just hung up.
    #[track_caller]
    pub fn closed(&mut self) -> Option<u16> {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.read(left) {
                Ok(Message::Close(frame)) => return Some(frame.map_or(1005, |frame| frame.code.into())),
                Ok(_) => {}
                Err(Silence::Closed(_)) => return None,
                Err(Silence::Nothing) => panic!("{}: still open", self.url),
            }
        }
    }

    fn next(&mut self, patience: Duration) -> Result<Value, Silence> {
        let end = Instant::now() + patience;
        loop {
            match self.read(end.saturating_duration_since(Instant::now()))? {
                Message::Text(text) => {
                    let frame = serde_json::from_str(&text);
                    return Ok(frame.unwrap_or_else(|_| panic!("{}: not JSON: {text}", self.url)));
                }
                Message::Close(frame) => return Err(Silence::Closed(format!("{frame:?}"))),
                _ => {}
            }
        }
    }

    fn read(&mut self, patience: Duration) -> Result<Message, Silence> {
        let patience = patience.max(Duration::from_millis(1));
        self.socket.get_ref().set_read_timeout(Some(patience)).map_err(|error| Silence::Closed(error.to_string()))?;
        self.socket.read().map_err(|error| match error {
            Error::Io(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Silence::Nothing,
            error => Silence::Closed(error.to_string()),
        })
    }
}

/// Why no frame came.
enum Silence {
    Nothing,
    Closed(String),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("none came"),
            Self::Closed(how) => write!(f, "the socket was closed: {how}"),
        }
    }
}
