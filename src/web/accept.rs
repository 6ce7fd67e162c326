//! The accept loop: connections in, with limits on how long one may be silent and on how many there may be.
//!
//! poem's own server has no time limit on headers and spins when no file descriptors are left; this one shuts out a
//! half-sent header, a silent connection and whoever comes when all places are taken, and goes on serving the others.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use poem::{
    Addr, Endpoint, Response,
    endpoint::BoxEndpoint,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

/// How much patience and how many places there are.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connections: usize,
    /// From the connection to its first byte.
    pub first_byte: Duration,
    /// For a whole request head; also how long a kept-alive connection may idle.
    pub head: Duration,
    /// For running requests when the server stops.
    pub grace: Duration,
}

impl Limits {
    /// For a process that may open so many files; some are left for the database and for calls to WeChat.
    pub fn for_open_files(files: u64) -> Self {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        Self {
            connections: files.saturating_sub(64).clamp(16, 60_000),
            first_byte: Duration::from_secs(5),
            head: Duration::from_secs(10),
            grace: Duration::from_millis(2500),
        }
    }
}

/// The listening socket and everybody who came in through it.
pub struct Doorway {
    pub limits: Limits,
    /// How many connections are open.
    pub open: Arc<AtomicUsize>,
}

/// Binds the address; the error says which one in one line.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

impl Doorway {
    /// Serves until `stop` turns true, then lets running requests finish within the grace time.
    pub async fn serve(
        &self,
        listener: TcpListener,
        endpoint: BoxEndpoint<'static, Response>,
        mut stop: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let endpoint = Arc::new(endpoint);
        let graceful = GracefulShutdown::new();
        let local = listener.local_addr()?;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stopped| *stopped) => break,
            };
            match accepted {
                Ok((stream, peer)) => self.welcome(stream, local, peer, &endpoint, graceful.watcher()),
                Err(error) => {
                    // Out of file descriptors, most likely: accepting again at once would only burn the processor.
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        if timeout(self.limits.grace, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        Ok(())
    }

    fn welcome(
        &self,
        stream: TcpStream,
        local: SocketAddr,
        peer: SocketAddr,
        endpoint: &Arc<BoxEndpoint<'static, Response>>,
        watcher: Watcher,
    ) {
        let place = Place::take(&self.open);
        if place.number > self.limits.connections {
            // All places are taken: closing at once is kinder than an answer that never comes.
            return;
        }
        let (limits, endpoint) = (self.limits, Arc::clone(endpoint));
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            if !matches!(timeout(limits.first_byte, stream.peek(&mut [0])).await, Ok(Ok(1))) {
                return;
            }
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let endpoint = Arc::clone(&endpoint);
                async move {
                    let addresses =
                        (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)), Scheme::HTTP);
                    let request = (request, addresses.0, addresses.1, addresses.2).into();
                    Ok::<hyper::Response<_>, std::convert::Infallible>(endpoint.get_response(request).await.into())
                }
            });
            let mut builder = Builder::new(TokioExecutor::new()).http1_only();
            builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(64 * 1024);
            let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

/// One of the counted places; given back when dropped.
struct Place {
    open: Arc<AtomicUsize>,
    number: usize,
}

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        Self { number: open.fetch_add(1, Ordering::Relaxed) + 1, open: Arc::clone(open) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
