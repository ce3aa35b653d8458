//! Binding: a form laid over a document, so that every figure lands in its field or stays empty with a finding.
//!
//! The way: the document becomes one [`items::Flow`]; the form's tables are aligned with the rows of its grids
//! ([`grid`], [`columns`], [`tables`]); what is left becomes one [`stream::Stream`] of text, in which tables that survive only
//! as text ([`flat`]), headings ([`headings`]), title and page ([`frame`], [`title`]) and facts ([`facts`]) are found; and the
//! rest is cut into the parts of the report ([`sections`]).

mod agency;
mod anchors;
mod assemble;
mod beside;
mod broken;
mod columns;
mod facts;
mod flat;
mod flatrows;
mod frame;
mod glued;
mod grid;
mod headings;
mod index;
mod items;
mod pieces;
mod recognise;
mod rowtext;
mod sections;
mod solve;
mod stream;
mod tables;
mod title;
mod value;

use crate::finding::Finding;
use crate::form::Forms;
use crate::read::Reading;
use crate::report::Report;

use index::{AllLabels, FormIndex};

pub use anchors::{Anchor, Anchors};

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
        let mut flow = items::Flow::of(&reading.document);
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
