//! Findings: what is wrong, uncertain or worth knowing about a report.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rust_decimal::Decimal;

use nianbao::finding::{Finding as Found, Severity};

use crate::place::Place;
use crate::report::json_object;

/// What is wrong, uncertain or worth knowing about a report.
///
/// >>> [finding] = nianbao.check("tests/damaged/transposed.docx")
/// >>> finding.code, finding.severity, finding.rule
/// ('cell-wrong', 'error', 'T3-R')
/// >>> finding.message
/// '表三第4行“一、本年新收”，“总计”栏填23件，推算应为32件（疑两位数字颠倒）；改后有关的2条勾稽关系均成立。请对照台账核对。'
/// >>> finding.culprits
/// [<Culprit requests.received.total: 23 should be 32>]
#[pyclass(frozen, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Finding(Found);

impl Finding {
    pub(crate) fn new(finding: Found) -> Self {
        Self(finding)
    }

    pub(crate) fn all(findings: &[Found]) -> Vec<Self> {
        findings.iter().cloned().map(Self).collect()
    }
}

/// The severity as JSON says it.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

#[pymethods]
impl Finding {
    /// The stable code; :func:`nianbao.explain` tells more.
    #[getter]
    fn code(&self) -> &str {
        &self.0.code
    }

    /// ``error``, ``warning`` or ``info``.
    #[getter]
    fn severity(&self) -> &'static str {
        severity(self.0.severity)
    }

    /// What was found, what was wanted, what to do, in Chinese.
    #[getter]
    fn message(&self) -> &str {
        &self.0.message.zh
    }

    /// The same in English.
    #[getter]
    fn message_en(&self) -> &str {
        &self.0.message.en
    }

    /// Id of the form's rule that failed.
    #[getter]
    fn rule(&self) -> Option<&str> {
        self.0.rule.as_deref()
    }

    /// Ids of the fields concerned.
    #[getter]
    fn fields(&self) -> Vec<String> {
        self.0.fields.clone()
    }

    /// Left side of the rule as computed.
    #[getter]
    fn left(&self) -> Option<Decimal> {
        self.0.left
    }

    /// Right side of the rule as computed.
    #[getter]
    fn right(&self) -> Option<Decimal> {
        self.0.right
    }

    /// ``left - right``.
    #[getter]
    fn difference(&self) -> Option<Decimal> {
        self.0.difference
    }

    /// Where it stands.
    #[getter]
    fn place(&self) -> Option<Place> {
        Place::of(self.0.place.as_ref())
    }

    /// The cells that are wrong, where they can be named.
    #[getter]
    fn culprits(&self) -> Vec<Culprit> {
        let culprits = self.0.culprits.iter();
        culprits.map(|one| Culprit { field: one.field.clone(), found: one.from, wanted: one.to }).collect()
    }

    /// Whether an office has accepted it.
    #[getter]
    fn waived(&self) -> bool {
        self.0.waived.is_some()
    }

    /// Everything that there is, as the JSON says it (schemas/finding.schema.json).
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        json_object(py, &self.0)
    }

    fn __str__(&self) -> &str {
        &self.0.message.zh
    }

    fn __repr__(&self) -> String {
        let place = self.0.place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
        format!("<Finding {} {}{place}>", severity(self.0.severity), self.0.code)
    }
}

/// A cell that is wrong, and the figure with which every rule holds.
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Culprit {
    /// Field id.
    field: String,
    /// The figure that stands there.
    found: Option<Decimal>,
    /// The figure with which every rule holds.
    wanted: Option<Decimal>,
}

#[pymethods]
impl Culprit {
    fn __repr__(&self) -> String {
        let shown = |number: Option<Decimal>| number.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
        format!("<Culprit {}: {} should be {}>", self.field, shown(self.found), shown(self.wanted))
    }
}
