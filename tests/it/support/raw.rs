//! Bytes on a TCP connection, for requests that no well-behaved client would send.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// What became of a connection.
#[derive(Debug)]
pub struct Ending {
    /// Everything that the server wrote.
    pub text: String,
    /// Whether the server closed it (and not our patience).
    pub closed: bool,
    pub after: Duration,
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).expect("a connection");
    stream.set_write_timeout(Some(Duration::from_secs(5))).expect("a write timeout");
    stream
}

/// Sends the bytes and reads until the server closes or the patience is over.
pub fn talk(address: SocketAddr, bytes: &[u8], patience: Duration) -> Ending {
    let mut stream = connect(address);
    stream.write_all(bytes).expect("the server takes the bytes");
    read_to_end(&mut stream, patience)
}

/// A whole request, closed by the server after its answer: the answer.
pub fn ask(address: SocketAddr, head: &str) -> String {
    let request = format!("{head}\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let ending = talk(address, request.as_bytes(), Duration::from_secs(10));
    assert!(ending.closed, "no end of the answer to {head}: {}", ending.text);
    ending.text
}

pub fn read_to_end(stream: &mut TcpStream, patience: Duration) -> Ending {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    let closed = loop {
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            break false;
        }
        stream.set_read_timeout(Some(left)).expect("a read timeout");
        match stream.read(&mut chunk) {
            Ok(0) => break true,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break true,
        }
    };
    Ending { text: String::from_utf8_lossy(&bytes).into_owned(), closed, after: begun.elapsed() }
}
