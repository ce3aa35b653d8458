//! The record that a roll-up keeps of a report: figures with their places, and findings; no text.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::packed::{At, Lately, Packed};
use super::record::{Bytes, Figure, put_figures, put_length};
use crate::finding::{Finding, Severity};
use crate::form::Form;
use crate::report::{Kind, Report, Value};

/// A report of an agency. Its figures and findings are in the packed store; [`Reports`] reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Index of the agency.
    pub agency: usize,
    /// Path of the file as given.
    pub file: Arc<str>,
    /// Day of publication.
    pub published: Option<Date>,
    /// Number of errors that are not waived.
    pub errors: usize,
    pub(super) at: At,
}

impl Entry {
    /// Makes an entry; figures and findings are added to `packed`.
    pub(super) fn new(form: &Form, agency: usize, file: &Arc<str>, report: &Report, packed: &mut Packed) -> Self {
        let figures = form.fields.iter().map(|field| {
            report.values.get(&field.id).map_or_else(Figure::default, |value| Figure::new(value, field.unit.is_some()))
        });
        let mut figures: Vec<Figure> = figures.collect();
        let (mut figures_of, mut record) = (Vec::new(), Vec::new());
        let list = packed.places.intern(figures.iter().map(|figure| &*figure.place));
        if list.is_some() {
            for figure in &mut figures {
                figure.place = Box::default();
            }
        }
        put_length(&mut record, list.map_or(0, |list| list + 1));
        put_figures(&mut figures_of, &figures);
        put_length(&mut record, figures_of.len());
        record.append(&mut figures_of);
        if !report.findings.is_empty() {
            // Findings are always serialisable.
            record.extend(serde_json::to_vec(&report.findings).unwrap_or_default());
        }
        let errors = report.findings.iter().filter(|finding| finding.counts(Severity::Error)).count();
        Self { agency, file: Arc::clone(file), published: report.published, errors, at: packed.add(&record) }
    }
}

/// Reads the figures and findings of reports; fastest in the order of the entries.
#[derive(Debug)]
pub struct Reports<'r> {
    entries: &'r [Entry],
    packed: &'r Packed,
    lately: Lately,
}

impl<'r> Reports<'r> {
    pub(super) fn new(entries: &'r [Entry], packed: &'r Packed) -> Self {
        Self { entries, packed, lately: Lately::default() }
    }

    /// The figures of a report, in the order of the form's fields.
    pub fn figures(&mut self, entry: usize) -> Vec<Figure> {
        let Parts { list, figures, .. } = self.parts(entry);
        let mut figures = Bytes(figures).figures();
        if let Some(list) = list {
            figures.iter_mut().zip(self.packed.places.list(list)).for_each(|(figure, place)| figure.place = place);
        }
        figures
    }

    /// The numbers of a report, in the order of the form's fields.
    pub(super) fn numbers(&mut self, entry: usize) -> Vec<Option<Decimal>> {
        Bytes(self.parts(entry).figures).numbers()
    }

    /// Findings about a report.
    pub fn findings(&mut self, entry: usize) -> Vec<Finding> {
        match self.parts(entry).findings {
            [] => Vec::new(),
            // The record was written by this program, so it deserialises.
            findings => serde_json::from_slice(findings).unwrap_or_default(),
        }
    }

    fn parts(&mut self, entry: usize) -> Parts<'_> {
        let mut record = Bytes(self.lately.get(self.packed, self.entries[entry].at));
        let list = record.length().checked_sub(1);
        let length = record.length();
        Parts { list, figures: record.take(length), findings: record.0 }
    }
}

/// The parts of a record of a report.
struct Parts<'r> {
    /// The number of its list of places; `None` if the figures have them.
    list: Option<usize>,
    figures: &'r [u8],
    /// Findings in JSON; empty if there are none.
    findings: &'r [u8],
}

/// Whether figures are equal, regardless of their places.
pub(super) fn same_figures(one: &[Figure], other: &[Figure]) -> bool {
    let pairs = one.iter().zip(other);
    pairs.into_iter().all(|(one, other)| (one.number, one.kind) == (other.number, other.kind) && one.raw == other.raw)
}

impl Figure {
    /// A number in a unit that the form does not convert cannot be added, so it is kept as text.
    fn new(value: &Value, converts: bool) -> Self {
        let place = value.place.as_ref().map(ToString::to_string).unwrap_or_default().into();
        let number = value.value.filter(|_| converts || value.unit.is_none());
        let (kind, raw) = match (number, value.value) {
            (Some(_), _) => (Kind::Number, Box::default()),
            (None, Some(_)) => (Kind::Text, value.raw.as_str().into()),
            (None, None) => (value.kind, value.raw.as_str().into()),
        };
        Self { number, kind, raw, place }
    }
}
