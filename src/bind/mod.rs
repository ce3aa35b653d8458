//! Binding: aligns a document with a form, so that every figure gets into its field or the field stays empty with a finding.
//!
//! The steps: the document becomes one flow (`source`); the labels of the form are looked up in it (`labels`) and the tables are read
//! from the grids (`grid`); the rest becomes one text, in which tables that survive only as text (`text`), title, headings and facts are
//! found, and which is split into the sections of the report (`page`).

mod asides;
mod assemble;
mod figures;
mod free;
mod grid;
mod labels;
mod ledger;
mod limits;
mod notemark;
mod page;
mod recognise;
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
use crate::form::Forms;
use crate::read::Reading;
use crate::report::Report;

use labels::index::{AllLabels, FormIndex};
use segments::Marks;
use source::items::Flow;

pub use page::anchors::{Anchor, Anchors};

/// Hints about a document from outside of it.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// Bind this form, whatever the labels say.
    pub form: Option<&'a str>,
    /// The file's name without folders and suffix, a last resort for agency and year.
    pub file_stem: Option<&'a str>,
    /// Read what no form fits as a document without a form.
    pub any: bool,
}

/// Forms made ready for binding. Make one and bind many documents with it, from any thread.
#[derive(Debug)]
pub struct Binder {
    forms: Vec<FormIndex>,
    labels: AllLabels,
    marks: Marks,
}

/// The reports of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The reports in their order; one at least.
    pub reports: Vec<Report>,
    /// Skipped segments: blank forms, examples, comparisons.
    pub passed_over: Vec<Finding>,
}

impl Binder {
    /// Makes the labels of every form ready to be looked up.
    pub fn new(forms: &Forms) -> Self {
        let forms: Vec<FormIndex> = forms.iter().map(FormIndex::new).collect();
        Self { labels: AllLabels::of(&forms), marks: Marks::of(&forms), forms }
    }

    /// Lays the forms over a document and reads its reports: one, or those of several agencies or years.
    ///
    /// # Errors
    /// The finding `form-not-recognised` when no form fits, saying what the document holds instead, and `file-over-limit` for more
    /// reports than are read of one file.
    pub fn bind_all(&self, reading: &Reading, hints: &Hints) -> Result<Bound, Box<Finding>> {
        let flow = Flow::of(&reading.document);
        let choice = self.choose(reading, &flow, hints)?;
        if choice.index.form.title.is_free() {
            let report = free::read(&choice.index.form, reading, hints);
            return Ok(Bound { reports: vec![report], passed_over: Vec::new() });
        }
        if choice.index.form.identity.by_sheet() {
            return Ok(self.by_sheet(choice, reading, flow, hints));
        }
        // The tables of an open form are found by their headers, which may stand any number of times.
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

    /// Like [`Binder::bind_all`], and gives the first report; that there are others is told by the finding `second-report`.
    ///
    /// # Errors
    /// As [`Binder::bind_all`].
    pub fn bind(&self, reading: &Reading, hints: &Hints) -> Result<Report, Box<Finding>> {
        let Bound { reports, passed_over } = self.bind_all(reading, hints)?;
        let others = (reports.len() > 1).then(|| several::first_only(&reports));
        let mut reports = reports.into_iter();
        let Some(mut report) = reports.next() else { return Err(Box::new(several::none())) };
        report.findings.extend(passed_over.into_iter().chain(others));
        Ok(report)
    }

    /// Reads a document as one report, and says where title, headings and tables stand.
    ///
    /// # Errors
    /// The finding `form-not-recognised` when no form fits.
    pub fn locate(&self, reading: &Reading, hints: &Hints) -> Result<(Report, Anchors), Box<Finding>> {
        let flow = Flow::of(&reading.document);
        let choice = recognise::choose((&self.forms, &self.labels), reading, &flow, hints)?;
        Ok(self.lay(choice, reading, flow, hints))
    }

    /// The form that fits; with `any`, the one without labels where none does.
    fn choose(&self, reading: &Reading, flow: &Flow, hints: &Hints) -> Result<recognise::Choice<'_>, Box<Finding>> {
        let chosen = recognise::choose((&self.forms, &self.labels), reading, flow, hints);
        match chosen {
            Err(finding) if hints.any => {
                let free = self.forms.iter().find(|index| index.form.title.is_free());
                free.map(|index| recognise::Choice { index, finding: None }).ok_or(finding)
            }
            other => other,
        }
    }

    /// Reads the report of a form that was chosen.
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

/// Binds one document. For many, make a [`Binder`] once.
///
/// # Errors
/// As [`Binder::bind`].
pub fn bind(reading: &Reading, forms: &Forms, hints: &Hints) -> Result<Report, Box<Finding>> {
    Binder::new(forms).bind(reading, hints)
}
