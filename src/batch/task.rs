//! The options of a batch.

use std::path::Path;

use super::inputs::Input;
use super::make::Site;
use super::pipeline::Pipeline;
use crate::agencies::Agencies;
use crate::fill::Template;
use crate::write::Output;
use crate::write::pdf::PdfWriter;

/// What a batch is to do.
#[derive(Debug)]
pub struct Task<'a> {
    /// The inputs in order.
    pub inputs: &'a [Input],
    /// Reads, binds and checks.
    pub pipeline: &'a Pipeline<'a>,
    /// The formats to write.
    pub to: &'a [Output],
    /// An office's own Word file or workbook, filled in place of the form's blank.
    pub template: Option<&'a Template>,
    /// The site of the web pages.
    pub site: Option<&'a Site<'a>>,
    /// Writes PDF, if requested.
    pub pdf: Option<&'a PdfWriter>,
    /// The agencies that have to report, if known.
    pub agencies: Option<&'a Agencies>,
    /// The output folder.
    pub out: &'a Path,
    /// Whether outdated files of earlier runs are removed.
    pub prune: bool,
    /// Number of workers.
    pub jobs: usize,
    /// Whether the inputs are one shard of all, so that nothing may depend on other inputs: outputs and their names then depend on the
    /// file alone, and duplicate reports are not detected, since the second may be on another host.
    pub part: bool,
    /// Whether narrative is written as in the source: see [`super::Maker::as_written`].
    pub as_written: bool,
    /// The SHA-256 of everything besides the inputs that outputs depend on: version of the program, texts of the forms, options.
    pub fingerprint: [u8; 32],
}
