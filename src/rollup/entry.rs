//! What a roll-up keeps of a report: its figures and where they stand, and no text.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::finding::Finding;
use crate::form::Form;
use crate::report::{Kind, Report, Value};

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figure {
    /// The number in the form's unit, where there is one.
    pub number: Option<Decimal>,
    /// What kind of text it is.
    pub kind: Kind,
    /// The text as written; empty for a number.
    pub raw: Box<str>,
    /// Where it stands in the file, for people; empty where that is not known.
    pub place: Box<str>,
}

/// A report of an agency.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Index of the agency.
    pub agency: usize,
    /// The file's path as it was given.
    pub file: String,
    /// Day of publication.
    pub published: Option<Date>,
    /// The figures, in the order of the form's fields.
    pub figures: Vec<Figure>,
    /// What there is to say about the report.
    pub findings: Vec<Finding>,
}

impl Entry {
    /// What a roll-up keeps of a report.
    pub(super) fn new(form: &Form, agency: usize, file: &str, report: Report) -> Self {
        let figures = form.fields.iter().map(|field| {
            report.values.get(&field.id).map_or_else(Figure::default, |value| Figure::new(value, field.unit.is_some()))
        });
        Self {
            agency,
            file: file.to_owned(),
            published: report.published,
            figures: figures.collect(),
            findings: report.findings,
        }
    }

    /// Whether two reports have the same figures, wherever these stand.
    pub(super) fn same_figures(&self, other: &Self) -> bool {
        let pairs = self.figures.iter().zip(&other.figures);
        pairs
            .into_iter()
            .all(|(one, other)| (one.number, one.kind) == (other.number, other.kind) && one.raw == other.raw)
    }
}

impl Figure {
    /// A number in a unit that the form does not have cannot be added to others, so it is kept as text.
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
