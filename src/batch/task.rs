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
    /// An office's own Word file or workbook, to be filled in place of the form's blank.
    pub template: Option<&'a Template>,
    /// The site that web pages are for.
    pub site: Option<&'a Site<'a>>,
    /// Writes PDF, where that is wanted.
    pub pdf: Option<&'a PdfWriter>,
    /// The agencies that are to report, where they are known.
    pub agencies: Option<&'a Agencies>,
    /// The folder for outputs.
    pub out: &'a Path,
    /// Whether what earlier runs wrote and this one does not make is removed.
    pub prune: bool,
    /// Number of workers.
    pub jobs: usize,
    /// Whether the inputs are a part of all, so that nothing may depend on the others: outputs and their names are then made of the
    /// file alone, and two reports of one agency are not told, since the second may be with another host.
    pub part: bool,
    /// Whether narrative is written as the source has it: see [`super::Maker::as_written`].
    pub as_written: bool,
    /// The SHA-256 of everything besides the inputs that decides what comes out: version of the program, texts of the forms, options.
    pub fingerprint: [u8; 32],
}
