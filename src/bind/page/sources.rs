//! The sources of agency and year, and how findings about them write a date.

use jiff::civil::Date;

use super::title::FoundTitle;

/// The sources of agency and year.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    /// The title in the body.
    pub(super) body: FoundTitle,
    /// The file name parsed as a title, or at least its year.
    pub(super) name: Option<FoundTitle>,
    /// Agency in a file name that is not a complete title: may contradict other sources, but does not replace them.
    pub(super) agency_in_name: Option<String>,
    /// A title in the file's properties.
    pub(super) properties: Option<FoundTitle>,
    /// The last lines of the report.
    pub(super) closing: Vec<String>,
}

/// A date as findings write it.
pub(super) fn show(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
