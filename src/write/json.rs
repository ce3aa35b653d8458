//! Writes the report model as JSON according to `schemas/report.schema.json`.

use super::{Output, WriteError};
use crate::form::Form;
use crate::report::Report;

/// Writes a report as JSON with a final line break.
pub(super) fn write(_form: &Form, report: &Report) -> Result<Vec<u8>, WriteError> {
    let mut bytes = serde_json::to_vec_pretty(report).map_err(|error| WriteError::new(Output::Json, error))?;
    bytes.push(b'\n');
    Ok(bytes)
}
