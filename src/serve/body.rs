//! Request bodies: small ones parsed as JSON, large ones spooled to disk; both limited in size and time.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::fault::Fault;
use super::store::random;
use crate::finding::Message;

/// Maximum size of a JSON body, in bytes.
const JSON: usize = 1 << 20;

/// Timeout for the next chunk of a body.
const PIECE: Duration = Duration::from_secs(20);

/// Time that any body may take, and the minimum rate in bytes per second beyond it.
const GRACE: Duration = Duration::from_secs(30);
const RATE: u64 = 4 << 10;

/// Size of a write to the disk, in bytes.
const SPOOLED: usize = 1 << 20;

/// Enforces the minimum rate of a body.
struct Pace {
    started: Instant,
    bytes: u64,
}

impl Pace {
    /// The next chunk; `None` at the end.
    async fn next(&mut self, body: &mut Body) -> Result<Option<Bytes>, Fault> {
        loop {
            let due = GRACE + Duration::from_millis(self.bytes * 1000 / RATE);
            let left = due.saturating_sub(self.started.elapsed()).min(PIECE);
            match tokio::time::timeout(left, body.frame()).await {
                Err(_) => return Err(slow()),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Fault::bad("上传中断了，没有收下。", "the upload broke off")),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.bytes += data.len() as u64;
                        return Ok(Some(data));
                    }
                }
            }
        }
    }
}

fn slow() -> Fault {
    let message =
        Message::new("传得太慢，已经停下，没有收下。请检查网络后再试。", "The upload was too slow and was stopped.");
    Fault::new(StatusCode::REQUEST_TIMEOUT, "too-slow", message)
}

/// Parses a JSON body.
pub(super) async fn json<T: DeserializeOwned>(mut body: Body) -> Result<T, Fault> {
    let mut pace = Pace { started: Instant::now(), bytes: 0 };
    let mut bytes = Vec::new();
    while let Some(piece) = pace.next(&mut body).await? {
        if bytes.len() + piece.len() > JSON {
            let message = Message::new("内容太长，没有收下。", "The request is too long.");
            return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", message));
        }
        bytes.extend_from_slice(&piece);
    }
    let read = serde_json::from_slice(&bytes);
    read.map_err(|error| Fault::bad("请求的内容不对。", format!("the body is not as documented: {error}")))
}

/// A body spooled to disk; its file is deleted on drop unless it was kept.
#[derive(Debug)]
pub(super) struct Spooled {
    path: PathBuf,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    kept: bool,
}

/// Spools a body of at most `limit` bytes into a temporary file in `folder`. `name` is used in messages only.
pub(super) async fn spool(
    mut body: Body,
    folder: &Path,
    name: &str,
    limit: u64,
    announced: Option<u64>,
) -> Result<Spooled, Fault> {
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large(name, limit));
    }
    let random = random().map_err(|_| Fault::disk(&std::io::ErrorKind::Other.into()))?;
    let path = folder.join(format!(".part-{random}"));
    let mut spooled = Spooled { path: path.clone(), sha256: String::new(), bytes: 0, kept: false };
    let mut file = Some(on_disk(move || File::create_new(path)).await?);
    let mut hash = Sha256::new();
    let mut pace = Pace { started: Instant::now(), bytes: 0 };
    let mut buffer = Vec::new();
    loop {
        let piece = pace.next(&mut body).await?;
        if let Some(piece) = &piece {
            if pace.bytes > limit {
                return Err(too_large(name, limit));
            }
            hash.update(piece);
            buffer.extend_from_slice(piece);
        }
        if (piece.is_none() || buffer.len() >= SPOOLED)
            && let Some(mut open) = file.take()
        {
            let (whole, bytes) = (piece.is_none(), std::mem::take(&mut buffer));
            let write = move || {
                open.write_all(&bytes)?;
                if whole {
                    open.sync_all()?;
                }
                Ok(open)
            };
            file = Some(on_disk(write).await?);
        }
        if piece.is_none() {
            break;
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    spooled.sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    spooled.bytes = pace.bytes;
    if spooled.bytes == 0 {
        return Err(Fault::refused(Message::new(format!("“{name}”是空文件，没有收下。"), format!("{name} is empty"))));
    }
    Ok(spooled)
}

impl Spooled {
    /// The path of the temporary file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Renames the file within its folder, so that it is kept.
    pub(super) async fn keep(mut self, name: &str) -> Result<(), Fault> {
        let (from, folder) = (self.path.clone(), self.path.parent().map(Path::to_owned).unwrap_or_default());
        let to = folder.join(name);
        on_disk(move || {
            std::fs::rename(&from, &to)?;
            super::store::sync_folder(&folder)
        })
        .await?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn too_large(name: &str, limit: u64) -> Fault {
    let megabytes = limit >> 20;
    let message = Message::new(
        format!("“{name}”超过{megabytes} MB，没有收下。多半是照片太大，请单位压缩后重报；其他文件不受影响。"),
        format!("{name} has more than {megabytes} MB and was not taken; the other files are not affected"),
    );
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", message)
}

/// Runs blocking work outside of the async threads; an error becomes a [`Fault::disk`].
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into())).map_err(|error| Fault::disk(&error))
}
