//! Roll-up: sums the reports of many agencies along their tree, each sum traceable to its parts. Pure: no files, no clock.

mod adding;
mod beside;
mod collect;
mod counts;
mod decide;
mod entry;
mod gather;
mod packed;
mod places;
mod previous;
mod record;
mod report;
mod sums;

use std::borrow::Cow;
use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::agencies::Agencies;
use crate::finding::Finding;
use crate::form::{FieldIndex, Form};

pub use beside::{Arrival, year_of};
#[cfg(feature = "serve")]
pub(crate) use beside::{Dated, kept_for_comparison};
pub use collect::{Collection, Outcome, Unlisted};
pub(crate) use counts::Unread;
pub use counts::{Counts, Standing};
pub use entry::{Entry, Reports};
pub use gather::Gathering;
use packed::{At, Lately, Packed};
pub use previous::{Alike, Before, Compared, Previous};
pub use record::Figure;

/// An agency in the tree. Its figures are in the packed store; [`Sums`] reads them.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Index of its own report in [`Rollup::entries`].
    pub own: Option<usize>,
    /// Whether its own report already includes its subordinates.
    pub includes: bool,
    /// Direct subordinates that its own report does not include although it includes the others, such as one that reported late.
    pub apart: Vec<usize>,
    /// Number of reports in the figures of the agency and its subtree.
    pub taken: usize,
    /// Number of reports in the sum of its subtree, whether or not its own report includes them.
    pub below: usize,
    /// Number of reports with errors among those taken.
    pub wrong: usize,
    /// Position of the sums of a superior; the sums of other agencies are their reports.
    sums: Option<At>,
}

/// Figures, in the order of the form's fields; `None` for an unknown one.
pub type Row = Vec<Option<Decimal>>;

/// The sum of all agencies, as a superior of all roots would have it.
#[derive(Debug, Clone, Default)]
pub struct Total {
    /// Indices of the reports in the sum, in tree order.
    pub taken: Vec<usize>,
    /// The figures.
    pub region: Row,
}

/// Reads the figures of agencies; fastest in tree order.
#[derive(Debug)]
pub struct Sums<'r> {
    rollup: &'r Rollup<'r>,
    reports: Reports<'r>,
    lately: Lately,
}

/// Several reports of one agency; one of them counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// Index of the agency.
    pub agency: usize,
    /// The file of the report that counts.
    pub counted: String,
    /// The files of the others.
    pub others: Vec<String>,
    /// Whether all have the same figures.
    pub same: bool,
}

/// A file of an agency that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Index of the agency, found by the name of the file or its folder.
    pub agency: usize,
    /// The file.
    pub file: String,
}

/// A report that does not count because it has another form or year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherReport {
    /// Name of the agency: from the agencies file if it is listed, else from the report.
    pub agency: Option<String>,
    /// Its year.
    pub year: Option<i16>,
    /// The file.
    pub file: String,
}

/// A finding with its agency and file.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Index of the agency.
    pub agency: Option<usize>,
    /// The file.
    pub file: Option<String>,
    /// The finding.
    pub finding: Finding,
}

/// A summand of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// Index of the agency.
    pub agency: usize,
    /// The file.
    pub file: &'a str,
    /// Its place in the file, in words.
    pub place: Box<str>,
    /// The figure.
    pub number: Decimal,
}

/// Reports of one form and year, with their sums.
#[derive(Debug, Clone)]
pub struct Rollup<'a> {
    /// The form.
    pub form: Cow<'a, Form>,
    /// The agencies.
    pub agencies: &'a Agencies,
    /// The year.
    pub year: i16,
    /// The first and the last month of the part of the year, if the form's reports are of parts.
    pub months: Option<(i8, i8)>,
    /// Whether reports with errors are left out of the sums.
    pub without_errors: bool,
    /// The reports that count, in tree order.
    pub entries: Vec<Entry>,
    packed: Packed,
    /// One node per agency, in the order of the agencies file.
    pub nodes: Vec<Node>,
    sums: Packed,
    /// The sum of all agencies, as a superior of all roots would have it.
    pub total: Total,
    /// Agencies that sent nothing, in the order of the file; the top agency is not expected to report.
    pub missing: Vec<usize>,
    /// Agencies that sent only unreadable files, in the order of the file.
    pub unreadable: Vec<Unreadable>,
    /// Unreadable files whose names tell no agency, in the order of the inputs.
    pub unassigned: Vec<String>,
    /// Reports that do not count, in the order of the inputs.
    pub others: Vec<OtherReport>,
    /// For each agency, the index of its first report in `others`.
    first_other: HashMap<usize, usize>,
    /// Agencies with more than one report.
    pub repeated: Vec<Repeated>,
    /// Last year's figures, if they were given.
    pub previous: Option<Previous>,
    /// Findings about the roll-up.
    pub findings: Vec<Told>,
}

impl Rollup<'_> {
    /// The agency in whose name the sums are reported: the top agency, if there is only one.
    pub fn superior(&self) -> Option<usize> {
        match self.agencies.roots().as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// A reader of the reports' figures and findings.
    pub fn reports(&self) -> Reports<'_> {
        Reports::new(&self.entries, &self.packed)
    }

    /// A reader of the agencies' figures.
    pub fn sums(&self) -> Sums<'_> {
        Sums { rollup: self, reports: self.reports(), lately: Lately::default() }
    }

    /// Whether a report has an error that is not waived.
    pub(crate) fn has_errors(&self, entry: usize) -> bool {
        self.entries[entry].errors > 0
    }

    /// Whether a report is left out of all sums because it has errors.
    pub(crate) fn leaves_out(&self, entry: usize) -> bool {
        self.without_errors && self.has_errors(entry)
    }

    /// For each report, whether it is part of the total.
    pub fn counted(&self) -> Vec<bool> {
        let mut counted = vec![false; self.entries.len()];
        for &entry in &self.total.taken {
            counted[entry] = true;
        }
        counted
    }

    /// The reports in the sums of an agency and its subtree, in tree order.
    pub fn contributing(&self, agency: usize) -> Vec<usize> {
        adding::contributing(self, &self.nodes, &[agency]).collect()
    }

    /// Whether the figures of a field add up over agencies.
    pub fn adds_up(&self, field: FieldIndex) -> bool {
        decide::additive(&self.form, field)
    }

    /// The summands of a field's sum over some reports.
    pub fn parts(&self, taken: &[usize], field: FieldIndex) -> Vec<Part<'_>> {
        if !decide::additive(&self.form, field) {
            return Vec::new();
        }
        let mut reports = self.reports();
        let part = |&index: &usize| {
            let entry = &self.entries[index];
            let figure = reports.figures(index).into_iter().nth(field)?;
            Some(Part { agency: entry.agency, file: &entry.file, place: figure.place, number: figure.number? })
        };
        taken.iter().filter_map(part).collect()
    }
}

impl Sums<'_> {
    /// An agency's own figures, field by field: its report, minus those of its subordinates if it includes them. Empty if no report of
    /// the agency counts; `None` for an uncertain figure.
    pub fn itself(&mut self, agency: usize) -> Row {
        self.rows(agency).0
    }

    /// The sums of an agency and its subtree, field by field; `None` if there is no number.
    pub fn region(&mut self, agency: usize) -> Row {
        self.rows(agency).1
    }

    fn rows(&mut self, agency: usize) -> (Row, Row) {
        let (form, node) = (&self.rollup.form, &self.rollup.nodes[agency]);
        match (node.sums, node.own) {
            (Some(at), _) => {
                let mut record = record::Bytes(self.lately.get(&self.rollup.sums, at));
                let region = record.sum().figures;
                (record.sum().figures, region)
            }
            (None, Some(own)) if node.taken > 0 => {
                let row = adding::adding_up(form, self.reports.numbers(own));
                (row.clone(), row)
            }
            (None, _) => (Row::new(), vec![None; form.fields.len()]),
        }
    }
}
