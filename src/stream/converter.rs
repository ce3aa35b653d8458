//! Converts one line to its row and writes the outputs.

use std::path::PathBuf;

use super::line::{self, Line};
use super::row::Row;
use crate::agencies::Matcher;
use crate::batch::{self, Content, Input, Loader, Maker, Product, Status, guarded, not_taken};
use crate::finding::code::batch::OUTPUT_UNWRITABLE;
use crate::finding::code::bind::FORM_NOT_RECOGNISED;
use crate::finding::{Finding, Severity};

/// Converts lines to rows.
#[derive(Debug)]
pub struct Converter<'a> {
    maker: Maker<'a>,
    agencies: Option<Matcher<'a>>,
    out: Option<PathBuf>,
}

impl<'a> Converter<'a> {
    /// A converter that writes outputs into `out`, if given, and looks up agencies.
    pub fn new(maker: Maker<'a>, agencies: Option<Matcher<'a>>, out: Option<PathBuf>) -> Self {
        let to = if out.is_some() { maker.to } else { &[] };
        // The outputs must not depend on the location of the file.
        let maker = Maker { to, anywhere: true, ..maker };
        Self { maker, agencies, out }
    }

    /// The row of a line. Never fails: errors are part of the row.
    pub(super) fn row(&self, line: &[u8]) -> Row {
        let line = line::split(line);
        self.try_row(line).unwrap_or_else(|finding| Row::failed(line.shown(), *finding))
    }

    fn try_row(&self, line: Line) -> Result<Row, Box<Finding>> {
        let line = line.checked()?;
        let input = Input::file(&file_path(line.path)?, line.shown());
        let bytes = match line.bytes() {
            Some(bytes) => bytes?,
            None => guarded(|| Loader::default().bytes(&input))?,
        };
        let content = Content::from_bytes(&bytes);
        let made = guarded(|| self.maker.make(&input, &content));
        Ok(match made {
            Ok(products) => {
                let mut rows = products.into_iter().enumerate();
                let mut row = |(number, product)| self.written(&input, &content.sha256, number, product);
                match rows.next().map(&mut row) {
                    Some(mut first) => {
                        first.more = rows.map(row).collect();
                        first
                    }
                    // A file without reports always has a finding.
                    None => {
                        Row::failed(line.shown(), Finding::new(&FORM_NOT_RECOGNISED, FORM_NOT_RECOGNISED.message()))
                    }
                }
            }
            Err(finding) => Row { sha256: Some(content.sha256), ..Row::failed(line.shown(), *finding) },
        })
    }

    fn written(&self, input: &Input, sha256: &str, number: usize, product: Product) -> Row {
        let Product { report, outputs, name } = product;
        let form = self.maker.pipeline.forms().get(&report.form).map(AsRef::as_ref);
        let mut row = Row { sha256: Some(sha256.to_owned()), ..Row::from_report(input.path.to_string(), form, report) };
        let name = batch::name_of_content(&name, input.file_name(), sha256, number);
        // One folder for each of the 256 leading byte values of the digest: folders with millions of files are slow or not allowed.
        let folder = name.len().checked_sub(12).and_then(|digest| name.get(digest..digest + 2)).unwrap_or_default();
        for (output, bytes) in outputs {
            let name = format!("{folder}/{name}.{}", output.suffix());
            match bytes.and_then(|bytes| self.write(&name, &bytes)) {
                Ok(()) => row.outputs.push(name),
                Err(finding) => row.findings.push(*finding),
            }
        }
        if let Some(agencies) = &self.agencies {
            let found = agencies.find(row.agency.as_deref().unwrap_or_default());
            row.listed = found.agency.map(|agency| agencies.name(agency).to_owned());
            row.findings.extend(found.finding);
        }
        row.status = status(&row.findings);
        row
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Box<Finding>> {
        let Some(out) = &self.out else { return Ok(()) };
        batch::write_unsynced(out, name, bytes).map_err(|error| not_taken(name, &error))
    }
}

fn status(findings: &[Finding]) -> Status {
    if findings.iter().any(|finding| finding.code == OUTPUT_UNWRITABLE.id) {
        return Status::Failed;
    }
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    if wrong { Status::Findings } else { Status::Ok }
}

/// File names are bytes; old archives unpack to names that are not UTF-8.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
fn file_path(bytes: &[u8]) -> Result<PathBuf, Box<Finding>> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// File names are UTF-8 on this system.
#[cfg(not(unix))]
fn file_path(bytes: &[u8]) -> Result<PathBuf, Box<Finding>> {
    std::str::from_utf8(bytes).map(PathBuf::from).map_err(|error| line::not_utf_8(&error))
}
