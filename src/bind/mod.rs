//! Binding: a form laid over a document, so that every figure lands in its field or stays empty with a finding.
//!
//! The way: the document becomes one flow ([`source`]); the form's labels are looked up in it ([`labels`]) and its tables read
//! from the grids ([`grid`]); what is left becomes one text, in which tables that survive only as text ([`text`]), title, headings
//! and facts are found and the rest is cut into the parts of the report ([`page`]).

mod assemble;
mod figures;
mod grid;
mod labels;
mod page;
mod recognise;
mod source;
mod spelling;
mod text;
mod units;
mod value;

use crate::finding::Finding;
use crate::form::Forms;
use crate::read::Reading;
use crate::report::Report;

use labels::index::{AllLabels, FormIndex};

pub use page::anchors::{Anchor, Anchors};

/// What is known about a document from outside it.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// Bind this form, whatever the labels say.
    pub form: Option<&'a str>,
    /// The file's name without folders and suffix, a last resort for agency and year.
    pub file_stem: Option<&'a str>,
}

/// Forms made ready for binding. Make one and bind many documents with it, from any thread.
#[derive(Debug)]
pub struct Binder {
    forms: Vec<FormIndex>,
    labels: AllLabels,
}

impl Binder {
    /// Makes the labels of every form ready to be looked up.
    pub fn new(forms: &Forms) -> Self {
        let forms: Vec<FormIndex> = forms.iter().map(FormIndex::new).collect();
        Self { labels: AllLabels::of(&forms), forms }
    }

    /// Lays the forms over a document and reads the report of the form that fits.
    ///
    /// # Errors
    /// The finding `form-not-recognised` when no form fits, saying what the document holds instead.
    pub fn bind(&self, reading: &Reading, hints: &Hints) -> Result<Report, Box<Finding>> {
        self.locate(reading, hints).map(|(report, _)| report)
    }

    /// Like [`Binder::bind`], and says where title, headings and tables stand.
    ///
    /// # Errors
    /// As [`Binder::bind`].
    pub fn locate(&self, reading: &Reading, hints: &Hints) -> Result<(Report, Anchors), Box<Finding>> {
        let mut flow = source::items::Flow::of(&reading.document);
        let index = recognise::choose((&self.forms, &self.labels), reading, &flow, hints)?;
        flow.without_checks(&index.index.form.rules);
        flow.look_up(index.index);
        let (mut report, anchors) = assemble::report(index.index, reading, &flow, hints);
        report.findings.extend(index.finding);
        Ok((report, anchors))
    }
}

/// Binds one document. For many, make a [`Binder`] once.
///
/// # Errors
/// As [`Binder::bind`].
pub fn bind(reading: &Reading, forms: &Forms, hints: &Hints) -> Result<Report, Box<Finding>> {
    Binder::new(forms).bind(reading, hints)
}
