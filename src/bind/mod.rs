//! Binding: aligns a document with a form, so that every figure is assigned to its field, or the field stays empty with a finding.
//!
//! The steps: the document becomes one flow (`source`); the labels of the form are looked up in it (`labels`), and its tables are read from
//! grids (`grid`). The rest becomes one text: tables that survive only as text are read from it (`text`), title, headings and facts are
//! found, and it is split into the sections of the report (`page`).

mod asides;
mod assemble;
mod figures;
mod free;
mod grid;
mod labels;
mod ledger;
mod limits;
mod notemark;
mod openrows;
mod page;
mod recognise;
mod regrid;
mod segments;
mod several;
mod sheets;
mod source;
mod spelling;
mod summary;
mod text;
mod unitline;
mod units;
mod value;

use crate::finding::Finding;
use crate::finding::code::bind as code;
use crate::form::Forms;
use crate::read::Reading;
use crate::report::Report;

use labels::index::{AllLabels, FormIndex};
use segments::Marks;
use source::items::Flow;

pub use openrows::{OpenCell, OpenPlaces};
pub use page::anchors::{Anchor, Anchors};

/// Hints about a document that do not come from its content.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// Id of the form to bind, whatever the labels say.
    pub form: Option<&'a str>,
    /// The file's name without folders and suffix; used for agency and year only if nothing else names them.
    pub file_stem: Option<&'a str>,
    /// Read a document that no form fits as a document without a form.
    pub any: bool,
}

/// Forms with their labels compiled for binding. Make it once and bind many documents with it, from any thread.
#[derive(Debug)]
pub struct Binder {
    forms: Vec<FormIndex>,
    labels: AllLabels,
    marks: Marks,
}

/// The reports of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The reports in document order; at least one.
    pub reports: Vec<Report>,
    /// Skipped segments: blank forms, examples, comparisons.
    pub passed_over: Vec<Finding>,
}

impl Binder {
    /// Compiles the labels of every form.
    pub fn new(forms: &Forms) -> Self {
        let forms: Vec<FormIndex> = forms.iter().map(FormIndex::new).collect();
        Self { labels: AllLabels::from_forms(&forms), marks: Marks::from_forms(&forms), forms }
    }

    /// Chooses the form of a document and reads its reports: one, or those of several agencies or years.
    ///
    /// # Errors
    /// The finding `form-not-recognised` if no form fits, which describes what the document contains instead, `form-undecided` if several
    /// fit equally well, and `file-over-limit` for more reports than are read from one file.
    pub fn bind_all(&self, reading: &Reading, hints: &Hints) -> Result<Bound, Box<Finding>> {
        let bound = self.bind_once(reading, hints)?;
        Ok(self.with_grids(reading, hints, bound))
    }

    fn bind_once(&self, reading: &Reading, hints: &Hints) -> Result<Bound, Box<Finding>> {
        let flow = Flow::from_document(&reading.document);
        let choice = self.choose(reading, &flow, hints)?;
        if choice.index.form.title.is_free() {
            let report = free::read(&choice.index.form, reading, hints);
            return Ok(Bound { reports: vec![report], passed_over: Vec::new() });
        }
        if choice.index.form.identity.by_sheet() {
            return Ok(self.by_sheet(choice, reading, flow, hints));
        }
        // The tables of an open form are found by their headers, which may occur any number of times.
        if choice.index.form.is_open() {
            let report = self.lay(choice, reading, flow, hints).0;
            return Ok(Bound { reports: vec![report], passed_over: Vec::new() });
        }
        if let Some((before, segments)) = segments::find(&self.marks, &self.forms, choice.index, &flow)? {
            return self.several(reading, hints, flow, (before, segments));
        }
        let report = self.lay(choice, reading, flow, hints).0;
        Ok(Bound { reports: vec![report], passed_over: Vec::new() })
    }

    /// Like [`Binder::bind_all`], but returns only the first report; further reports are named in the finding `second-report`.
    ///
    /// # Errors
    /// As [`Binder::bind_all`].
    pub fn bind(&self, reading: &Reading, hints: &Hints) -> Result<Report, Box<Finding>> {
        let Bound { reports, passed_over } = self.bind_all(reading, hints)?;
        let others = (reports.len() > 1).then(|| several::first_only(&reports));
        let mut reports = reports.into_iter();
        let Some(mut report) = reports.next() else { return Err(Box::new(several::no_report())) };
        report.findings.extend(passed_over.into_iter().chain(others));
        Ok(report)
    }

    /// Reads a document as one report, and returns the places of title, headings and tables.
    ///
    /// # Errors
    /// The findings `form-not-recognised` and `form-undecided`.
    pub fn locate(&self, reading: &Reading, hints: &Hints) -> Result<(Report, Anchors), Box<Finding>> {
        let flow = Flow::from_document(&reading.document);
        let choice = recognise::choose((&self.forms, &self.labels), reading, &flow, hints)?;
        Ok(self.lay(choice, reading, flow, hints))
    }

    /// The form that fits; with `any`, the form without labels if none does.
    fn choose(&self, reading: &Reading, flow: &Flow, hints: &Hints) -> Result<recognise::Choice<'_>, Box<Finding>> {
        let chosen = recognise::choose((&self.forms, &self.labels), reading, flow, hints);
        match chosen {
            Err(finding) if hints.any && finding.code == code::FORM_NOT_RECOGNISED.id => {
                let free = self.forms.iter().find(|index| index.form.title.is_free());
                free.map(|index| recognise::Choice { index, finding: None }).ok_or(finding)
            }
            other => other,
        }
    }

    /// Reads the report of the chosen form.
    fn lay<'d>(
        &'d self,
        choice: recognise::Choice<'d>,
        reading: &Reading,
        mut flow: Flow<'d>,
        hints: &Hints,
    ) -> (Report, Anchors) {
        flow.without_checks(&choice.index.form.rules);
        flow.look_up(choice.index);
        let (mut report, anchors) = assemble::report((choice.index, &self.forms), reading, &flow, hints);
        report.findings.extend(choice.finding);
        (report, anchors)
    }
}

/// Binds one document as [`Binder::bind`] does. For many documents, make a [`Binder`] once.
///
/// # Errors
/// As [`Binder::bind`].
pub fn bind(reading: &Reading, forms: &Forms, hints: &Hints) -> Result<Report, Box<Finding>> {
    Binder::new(forms).bind(reading, hints)
}
