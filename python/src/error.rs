//! Errors of the library as the exceptions of `nianbao.errors`.

use pyo3::prelude::*;
use pyo3::types::PyAny;

use nianbao::finding::{Bilingual, Finding as Found, Message};

use crate::finding::Finding;

/// An exception of `nianbao.errors`, made with these arguments.
fn exception<'py, A>(py: Python<'py>, class: &str, args: A) -> PyErr
where
    A: pyo3::call::PyCallArgs<'py>,
{
    let made = || -> PyResult<Bound<'py, PyAny>> { py.import("nianbao.errors")?.getattr(class)?.call1(args) };
    made().map_or_else(|error| error, PyErr::from_value)
}

/// The exception about a file that gave no report.
pub(crate) fn read_error(py: Python<'_>, path: &str, finding: Found) -> PyErr {
    exception(py, "ReadError", (path, Finding::new(finding)))
}

/// The exception about a file with several reports where one was asked for.
pub(crate) fn several(py: Python<'_>, path: &str, count: usize) -> PyErr {
    exception(py, "SeveralReportsError", (path, count))
}

/// The exception about an argument that cannot be used.
pub(crate) fn input_error(py: Python<'_>, message: &Message) -> PyErr {
    exception(py, "InputError", (message.zh.as_str(), message.en.as_str()))
}

/// A failure that is told outside of Python's lock and becomes an exception inside.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Message);

impl Failure {
    /// A failure about a file: its name before what is wrong.
    pub(crate) fn of_file(path: &str, message: &Message) -> Self {
        Self(Message::new(format!("“{path}”：{}", message.zh), format!("{path}: {}", message.en)))
    }

    /// The exception.
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        input_error(py, &self.0)
    }
}

impl<E: Bilingual> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.message())
    }
}
