//! The writer of PDF, whose fonts are found and read once for each folder of fonts that is named.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nianbao::batch;
use nianbao::write::pdf::PdfWriter;

use crate::engine::of_system;
use crate::error::Failure;

/// The name of the format.
pub(crate) const PDF: &str = "pdf";

static WRITERS: Mutex<Vec<(Option<PathBuf>, &'static PdfWriter)>> = Mutex::new(Vec::new());

/// The writer with the fonts of a folder before those of the system. It lives as long as the process.
pub(crate) fn writer(fonts: Option<&Path>) -> Result<&'static PdfWriter, Failure> {
    let mut writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, writer)) = writers.iter().find(|(known, _)| known.as_deref() == fonts) {
        return Ok(writer);
    }
    if let Some(folder) = fonts {
        std::fs::read_dir(folder).map_err(|error| of_system(folder, &error))?;
    }
    let writer: &'static PdfWriter = Box::leak(Box::new(PdfWriter::new(batch::fonts(fonts)?)));
    writers.push((fonts.map(Path::to_path_buf), writer));
    Ok(writer)
}
