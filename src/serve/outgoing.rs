//! Streamed response bodies with back-pressure: read from the disk in chunks, so that no file is held in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::Frame;
use tokio::sync::mpsc::{Receiver, channel};

/// Size of a chunk, in bytes.
pub(super) const PIECE: usize = 64 << 10;

/// Number of chunks that are buffered for the client.
const WAITING: usize = 2;

/// Timeout for a client to accept a chunk.
const PATIENCE: Duration = Duration::from_mins(1);

/// Produces the chunks of a body.
pub(super) trait Source: Send + 'static {
    /// The next chunk; `None` at the end. Blocking: it may read from the disk.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>>;
}

/// A body of chunks from a channel.
struct Pieces(Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

/// A body of the chunks of a source. No thread is held between two chunks, so that slow clients block nobody.
pub(super) fn streamed(mut source: impl Source) -> Body {
    let (pieces, receiver) = channel(WAITING);
    tokio::spawn(async move {
        loop {
            let read = tokio::task::spawn_blocking(move || {
                let piece = source.next();
                (source, piece)
            });
            let Ok((again, piece)) = read.await else { return };
            source = again;
            let (piece, last) = match piece {
                Ok(Some(piece)) => (Ok(Bytes::from(piece)), false),
                Ok(None) => return,
                Err(error) => (Err(error), true),
            };
            let sent = tokio::time::timeout(PATIENCE, pieces.send(piece)).await;
            if last || !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    });
    Body::new(Pieces(receiver))
}

/// A file as a source; deleted on drop if `once` is set.
pub(super) struct Download {
    file: Option<File>,
    path: PathBuf,
    once: bool,
}

impl Download {
    /// Opens a file and returns its size in bytes.
    pub(super) fn open(path: &Path, once: bool) -> io::Result<(Self, u64)> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok((Self { file: Some(file), path: path.to_owned(), once }, size))
    }
}

impl Source for Download {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let mut piece = Vec::with_capacity(PIECE);
        file.take(PIECE as u64).read_to_end(&mut piece)?;
        Ok((!piece.is_empty()).then_some(piece))
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // Windows cannot delete an open file.
        self.file = None;
        if self.once {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
