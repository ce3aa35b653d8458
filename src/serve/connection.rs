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

/// Most connections at once; more wait in the system's queue.
const MOST: usize = 512;

/// How long a client may take to send the headers of a request, and to send nothing between requests.
const HEADERS: Duration = Duration::from_secs(15);

/// How long a connection may last; a browser makes a new one.
const LIFE: Duration = Duration::from_mins(20);

/// Most bytes of the headers of a request.
const HEADER_BYTES: usize = 32 << 10;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Takes connections until the program ends.
pub(super) async fn accept(listener: TcpListener, hub: Arc<Hub>) {
    let router = TowerToHyperService::new(api::router(hub));
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (stream, peer): (_, SocketAddr) = if let Ok(accepted) = listener.accept().await {
            accepted
        } else {
            // Too many open files, or a client that went: neither lasts.
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
