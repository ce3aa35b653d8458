//! Connection limits: number of connections, header timeout, lifetime.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::api;
use super::hub::Hub;

/// Maximum number of connections; further ones wait in the system's backlog.
const MOST: usize = 512;

/// Timeout for the headers of a request, and idle time between requests.
const HEADERS: Duration = Duration::from_secs(15);

/// Maximum lifetime of a connection; a browser opens a new one.
const LIFE: Duration = Duration::from_mins(20);

/// Maximum size of the headers of a request, in bytes.
const HEADER_BYTES: usize = 32 << 10;

/// The client's IP address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Accepts connections until the process ends.
pub(super) async fn accept(listener: TcpListener, hub: Arc<Hub>) {
    let router = TowerToHyperService::new(api::router(hub));
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (stream, peer): (_, SocketAddr) = if let Ok(accepted) = listener.accept().await {
            accepted
        } else {
            // Too many open files, or an aborted connection: both are temporary.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        tokio::spawn(async move {
            let service = service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
                router.call(request)
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .max_buf_size(HEADER_BYTES)
                .serve_connection(TokioIo::new(stream), service);
            let _ = tokio::time::timeout(LIFE, connection).await;
            drop(permit);
        });
    }
}
