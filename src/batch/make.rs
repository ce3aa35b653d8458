//! Converts one input: checked report, outputs in every requested format, and the preferred output name.

use super::bounds;
use super::content::Content;
use super::inputs::Input;
use super::names;
use super::pipeline::{Pipeline, guarded};
use crate::agencies::Matcher;
use crate::annotate::annotate;
use crate::bind::Hints;
use crate::document::Budget;
use crate::fill::Template;
use std::io;

use crate::finding::code::batch::OUTPUT_UNWRITABLE;
use crate::finding::code::corrections::FIGURE_CORRECTED;
use crate::finding::{Bilingual, Finding, Language, Message, Severity, system};
use crate::form::Form;
use crate::mend;
use crate::read;
use crate::report::Report;
use crate::write::Output;
use crate::write::html::PageWriter;
use crate::write::pdf::{NoFonts, PdfWriter};

/// The bytes of an output, or the finding why there are none.
pub type Written = Result<Vec<u8>, Box<Finding>>;

/// Everything needed to convert an input.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
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
    /// Whether a report names its source by the file name without folders, so that outputs do not depend on the file's location.
    pub anywhere: bool,
    /// Whether narrative is written as in the source, without repairs of lost characters.
    pub as_written: bool,
}

/// The site of the web pages.
#[derive(Debug)]
pub struct Site<'a> {
    /// Writes its pages.
    pub pages: PageWriter,
    /// Looks up the site codes of agencies.
    pub agencies: Option<Matcher<'a>>,
}

impl Site<'_> {
    /// The site code of a report's agency.
    fn code(&self, report: &Report) -> Option<&str> {
        let agencies = self.agencies.as_ref()?;
        agencies.agency(agencies.find(report.agency.as_deref()?).agency?).site.as_deref()
    }
}

/// The result for a report.
#[derive(Debug)]
pub struct Product {
    /// The report with all its findings.
    pub report: Report,
    /// The outputs in the order of the requested formats.
    pub outputs: Vec<(Output, Written)>,
    /// The preferred name of the outputs, valid on every system: the prescribed title if agency and year are known, else the name of the
    /// source file.
    pub name: String,
}

impl Maker<'_> {
    /// Converts the reports of an input, in order. A panic in a writer only loses that output; a panic in a reader must be caught by the
    /// caller.
    ///
    /// # Errors
    /// The finding why there is no report.
    pub fn make(&self, input: &Input, content: &Content) -> Result<Vec<Product>, Box<Finding>> {
        let reports = self.pipeline.report(input, content)?;
        Ok(reports.into_iter().map(|report| self.product(input, report)).collect())
    }

    fn product(&self, input: &Input, mut report: Report) -> Product {
        if let Some(source) = report.source.as_mut().filter(|_| self.anywhere) {
            input.file_name().clone_into(&mut source.file);
        }
        let outputs = self.outputs(&mut report);
        self.pipeline.settle(&mut report);
        let name = self.name(&report, input);
        Product { report, outputs, name }
    }

    fn outputs(&self, report: &mut Report) -> Vec<(Output, Written)> {
        let Some(form) = self.pipeline.forms().get(&report.form) else { return Vec::new() };
        let mut told = Vec::new();
        // JSON has the text of the source; formats for people have the repaired text.
        let read = if self.as_written { None } else { mend::as_read(form, report, &mut told) };
        report.findings.append(&mut told);
        let report_read = read.map(|mended| Report { findings: report.findings.clone(), ..mended });
        let source: &Report = report;
        let mut write = |output: Output| {
            let report = report_read.as_ref().filter(|_| output != Output::Json).unwrap_or(source);
            let written = guarded(|| self.write(form, report, output));
            written.map(|(bytes, findings)| {
                told.extend(findings);
                bytes
            })
        };
        let fits = bounds::pictures_fit(source);
        let written = self.to.iter().map(|&output| {
            let bytes = if fits { write(output) } else { Err(bounds::too_large()) };
            (output, bytes.and_then(bounds::within))
        });
        let written = written.collect();
        report.findings.extend(told);
        written
    }

    /// Writes a report in a format; also returns findings about the output.
    fn write(&self, form: &Form, report: &Report, output: Output) -> Result<(Vec<u8>, Vec<Finding>), Box<Finding>> {
        let failed = |error: &dyn Bilingual| unwritable(&error.message());
        if let Some(template) = self.template.filter(|template| output == template.output()) {
            let filled = template.fill(report).map_err(|error| failed(&error))?;
            return Ok((self.noted(report, output, filled.bytes), filled.findings));
        }
        let Some(writer) = output.writer() else {
            let pdf = self.pdf.ok_or_else(|| failed(&NoFonts))?;
            let written = pdf.write(form, report).map_err(|error| failed(&error))?;
            return Ok((written.bytes, written.findings));
        };
        let bytes = match self.site.filter(|_| output == Output::Html) {
            Some(site) => site.pages.write(form, report, site.code(report)),
            None => self.pipeline.scratch(|scratch| writer.write_with(form, report, scratch)),
        };
        Ok((self.noted(report, output, bytes.map_err(|error| failed(&error))?), Vec::new()))
    }

    /// Adds a note to every corrected figure of a workbook: the text as sent, who changed it and why.
    fn noted(&self, report: &Report, output: Output, bytes: Vec<u8>) -> Vec<u8> {
        let Some(corrected) = report.values.values().find_map(|value| value.corrected.as_ref()) else { return bytes };
        if output != Output::Xlsx {
            return bytes;
        }
        let by = corrected.by.as_str();
        // The workbook is bound to find its figures, whether it is the form's or an office's own.
        let hints = Hints { form: Some(&report.form), ..Hints::default() };
        let reading = read::read(&bytes, None, &mut Budget::default()).ok();
        let placed = reading.and_then(|reading| self.pipeline.binder().bind(&reading, &hints).ok());
        let Some(placed) = placed else { return bytes };
        let told = report.findings.iter().filter(|finding| finding.code == FIGURE_CORRECTED.id);
        let notes = told.filter_map(|finding| {
            let place = placed.values.get(finding.fields.first()?)?.place.clone()?;
            // Only warnings and errors become comments.
            Some(Finding { severity: Severity::Warning, related: Vec::new(), ..finding.clone() }.at(Some(place)))
        });
        let notes: Vec<Finding> = notes.collect();
        match annotate(&bytes, &notes, (Language::Zh, by), &mut Budget::default()) {
            Ok(annotated) if !notes.is_empty() => annotated.bytes,
            _ => bytes,
        }
    }

    fn name(&self, report: &Report, input: &Input) -> String {
        let form = self.pipeline.forms().get(&report.form);
        let free = form.filter(|form| form.title.is_free()).and(report.title.clone());
        let prescribed = match (form, &report.agency, report.year) {
            (Some(form), Some(agency), Some(year)) => form.title.for_period(agency, year, report.months()),
            _ => None,
        };
        let title = free.or(prescribed).unwrap_or_else(|| input.stem().unwrap_or("report").to_owned());
        names::safe(&title)
    }
}

/// The finding about an output that could not be built or written.
pub fn unwritable(detail: &Message) -> Box<Finding> {
    Box::new(Finding::detailed(&OUTPUT_UNWRITABLE, detail.zh.trim_end_matches('。'), &detail.en))
}

/// The finding about a file that the system does not accept.
pub(crate) fn not_taken(name: &str, error: &io::Error) -> Box<Finding> {
    let said = system(error);
    unwritable(&Message::new(format!("“{name}”{}", said.zh), format!("{name}: {}", said.en)))
}
