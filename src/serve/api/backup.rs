//! Backup: the files of the work folder as one zip archive, packed while it is sent. The server can continue with the unpacked folder.
//!
//! The logs are packed first. A file is on the disk before the log names it, so every file named in the packed log is packed too. Files
//! that arrive meanwhile may be in the archive without an entry in its log; an incomplete last line is dropped when a log is read.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use walkdir::WalkDir;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::{Answered, disposition};
use crate::ledger::{CORRECTIONS, LOG, SETTINGS, WAIVERS};
use crate::serve::hub::Hub;
use crate::serve::now;
use crate::serve::outgoing::{PIECE, Source, streamed};

/// The files packed first, in this order: an entry of the log may refer to a correction.
const FIRST: [&str; 4] = [LOG, CORRECTIONS, WAIVERS, SETTINGS];

/// Sends all files of the work folder except hidden ones, which are generated files and the machine's secret.
pub(super) async fn all(State(hub): State<Arc<Hub>>) -> Answered {
    let folder = hub.store.folder.clone();
    let packing = super::on_disk(move || Ok(Packing::new(&folder))).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/zip"));
    let day = now().chars().take(10).collect::<String>();
    if let Some(value) = disposition(&format!("年报备份-{day}.zip")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok((headers, streamed(packing)).into_response())
}

/// Packed bytes that are not sent yet.
#[derive(Clone, Default)]
struct Packed(Arc<Mutex<Vec<u8>>>);

impl Packed {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive being packed.
struct Packing {
    /// The writer; `None` after the archive is finished.
    zip: Option<ZipWriter<StreamWriter<Packed>>>,
    packed: Packed,
    folder: PathBuf,
    walk: Box<dyn Iterator<Item = PathBuf> + Send>,
    open: Option<File>,
}

impl Packing {
    fn new(folder: &Path) -> Self {
        let packed = Packed::default();
        let logs = FIRST.map(|name| folder.join(name)).into_iter().filter(|path| path.is_file());
        let first: Vec<PathBuf> = logs.collect();
        let known = first.clone();
        let hidden =
            |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let rest = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(move |entry| !hidden(entry));
        let rest =
            rest.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
        let walk = Box::new(first.into_iter().chain(rest.filter(move |path| !known.contains(path))));
        Self { zip: Some(ZipWriter::new_stream(packed.clone())), packed, folder: folder.to_owned(), walk, open: None }
    }

    /// Packs the next chunk; returns whether there may be more.
    fn step(&mut self) -> io::Result<bool> {
        let Some(zip) = &mut self.zip else { return Ok(false) };
        if let Some(file) = &mut self.open {
            let mut piece = Vec::with_capacity(PIECE);
            file.take(PIECE as u64).read_to_end(&mut piece)?;
            zip.write_all(&piece)?;
            if piece.is_empty() {
                self.open = None;
            }
            return Ok(true);
        }
        let Some(path) = self.walk.next() else {
            if let Some(zip) = self.zip.take() {
                zip.finish()?;
            }
            return Ok(false);
        };
        // A file that was removed meanwhile is skipped.
        if let Ok(file) = File::open(&path) {
            let below = path.strip_prefix(&self.folder).unwrap_or(&path);
            let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            zip.start_file(parts.join("/"), SimpleFileOptions::default()).map_err(io::Error::from)?;
            self.open = Some(file);
        }
        Ok(true)
    }
}

impl Source for Packing {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        while piece.len() < PIECE {
            let more = self.step()?;
            piece.append(&mut self.packed.take());
            if !more {
                break;
            }
        }
        Ok((!piece.is_empty()).then_some(piece))
    }
}
