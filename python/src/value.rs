//! A figure of a report.

use pyo3::prelude::*;
use rust_decimal::Decimal;

use nianbao::report as model;

use crate::place::Place;

/// A figure as it was read: the exact number or nothing, the text as written, and where it stands.
///
/// >>> figure = nianbao.read("samples/word-97.doc")["disclosure.normative_documents.issued"]
/// >>> figure.value, figure.kind, figure.raw
/// (Decimal('4'), 'number', '4')
#[pyclass(frozen, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Value(pub(crate) model::Value);

/// The kind as JSON says it.
pub(crate) fn kind(kind: model::Kind) -> &'static str {
    match kind {
        model::Kind::Number => "number",
        model::Kind::Blank => "blank",
        model::Kind::Dash => "dash",
        model::Kind::Slash => "slash",
        model::Kind::None => "none",
        model::Kind::Text => "text",
        model::Kind::Choice => "choice",
        model::Kind::Date => "date",
        model::Kind::Code => "code",
        model::Kind::Absent => "absent",
    }
}

#[pymethods]
impl Value {
    /// The exact number; ``None`` where the source says none.
    #[getter]
    fn value(&self) -> Option<Decimal> {
        self.0.value
    }

    /// The text as written.
    #[getter]
    fn raw(&self) -> &str {
        &self.0.raw
    }

    /// ``number``, ``blank``, ``dash``, ``slash``, ``none`` (无), ``text``, or ``absent`` (no such cell, or none for certain).
    #[getter]
    fn kind(&self) -> &'static str {
        kind(self.0.kind)
    }

    /// The unit written with the figure where it is not the form's own.
    #[getter]
    fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// Ids of the rules that decided a figure which the source does not delimit.
    #[getter]
    fn deduced(&self) -> Vec<String> {
        self.0.deduced.clone()
    }

    /// Where it stands.
    #[getter]
    fn place(&self) -> Option<Place> {
        Place::of(self.0.place.as_ref())
    }

    /// What the sender wrote, where the figure was corrected since.
    #[getter]
    fn corrected_from(&self) -> Option<&str> {
        self.0.corrected.as_ref().map(|corrected| corrected.from.as_str())
    }

    fn __repr__(&self) -> String {
        let place = self.0.place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        format!("<Value {} {:?}{place}>", kind(self.0.kind), self.0.raw)
    }
}
