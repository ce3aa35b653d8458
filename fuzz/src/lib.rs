//! Shared by the fuzz targets: readers called by format, and packages rebuilt from changed parts.

pub mod outputs;
pub mod targets;

use std::borrow::Cow;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use nianbao::bind::{Binder, Hints};
use nianbao::check::{Context, check};
use nianbao::document::{Budget, Document, Format, Limits};
use nianbao::form::Forms;
use nianbao::read::{READERS, Reading};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Marks the beginning of a part in the fuzzer's form of a package; the name follows up to the end of the line.
const PART: &[u8] = b"\n=part= ";

/// Budget of one run: a fraction of the normal limits, so that uncounted work shows as a slow unit or as memory.
fn budget() -> Budget {
    let limits = Limits::default();
    Budget::new(Limits { steps: limits.steps / 30, inflated_bytes: limits.inflated_bytes / 10, ..limits })
}

/// Reads bytes with the reader of a format.
pub fn read(format: Format, bytes: &[u8]) -> Option<Document> {
    let reader = READERS.iter().find(|reader| reader.format == format)?;
    let mut findings = Vec::new();
    (reader.read)(bytes, &mut budget(), &mut findings).ok()
}

/// Reads a package built from parts, so that changes are not rejected by checksums and deflate streams.
pub fn read_parts(format: Format, bytes: &[u8]) -> Option<Document> {
    if bytes.starts_with(b"PK") {
        return read(format, bytes);
    }
    read(format, &pack(bytes)?)
}

/// Inflates the parts of a package that readers parse.
pub fn unpack(package: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).ok()?;
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let left_out =
            ["theme", "media/", "webSettings", "docProps/app", "Pictures", "Thumbnails", "Configurations", "settings"];
        if entry.is_dir() || left_out.iter().any(|part| name.contains(part)) {
            continue;
        }
        parts.extend_from_slice(PART);
        parts.extend_from_slice(name.as_bytes());
        parts.push(b'\n');
        std::io::copy(&mut entry, &mut parts).ok()?;
    }
    Some(parts)
}

/// The package built from parts in the form of [`unpack`].
pub fn pack(parts: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut rest = parts.strip_prefix(PART)?;
    loop {
        let end = find(rest, PART).unwrap_or(rest.len());
        let part = &rest[..end];
        let name = find(part, b"\n").unwrap_or(part.len());
        zip.start_file(std::str::from_utf8(&part[..name]).ok()?, options).ok()?;
        zip.write_all(part.get(name + 1..).unwrap_or_default()).ok()?;
        match rest.get(end + PART.len()..) {
            Some(next) => rest = next,
            None => return Some(zip.finish().ok()?.into_inner()),
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The built-in forms, compiled once.
pub(crate) static FORMS: LazyLock<Forms> = LazyLock::new(|| Forms::built_in().expect("the built-in forms"));
pub(crate) static BINDER: LazyLock<Binder> = LazyLock::new(|| Binder::new(&FORMS));

/// Reads a file of any format, binds it and checks the report.
pub fn whole(bytes: &[u8], name: Option<&str>) {
    let Ok(reading) = nianbao::read::read(bytes, name, &mut budget()) else { return };
    bind(&reading);
}

/// Binds a reading and checks the report.
pub fn bind(reading: &Reading) {
    for form in FORMS.iter() {
        let hints = Hints { form: Some(&form.id), ..Hints::default() };
        if let Ok(report) = BINDER.bind(reading, &hints) {
            let _ = check(form, &report, &Context::default());
        }
    }
}

/// Bytes as text, with invalid UTF-8 replaced, as when an office's files are decoded.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
