//! Roll-up: the reports of many agencies added up along their tree, each sum traceable to its parts. Pure: no files, no clock.

mod collect;
mod counts;
mod decide;
mod entry;
mod gather;
mod previous;
mod report;
mod sums;

use rust_decimal::Decimal;

use crate::agencies::Agencies;
use crate::finding::{Finding, Severity};
use crate::form::{FieldIndex, Form};

pub use collect::{Collection, Outcome, Unlisted};
pub use counts::Counts;
pub use entry::{Entry, Figure};
pub use gather::Gathering;
pub use previous::{Alike, Previous};

/// An agency in the tree, with its figures added up.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Index of its own report in [`Rollup::entries`].
    pub own: Option<usize>,
    /// Whether its own report already includes those below it.
    pub includes: bool,
    /// Agencies right below it whose reports its own does not include although it includes the others, such as one that came late.
    pub apart: Vec<usize>,
    /// The reports whose figures make up it and all below it, in the order of the tree.
    pub taken: Vec<usize>,
    /// The reports of the agencies below it that its sum is made of, whether or not its own report includes them.
    pub below: Vec<usize>,
    /// What it did itself, field by field: its own report, less those below it where that includes them. Empty where it has
    /// no report; `None` for a figure that is not certain.
    pub itself: Vec<Option<Decimal>>,
    /// It and all below it, field by field; `None` where there is no number at all.
    pub region: Vec<Option<Decimal>>,
}

/// Reports of one agency of which one counts.
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

/// A file of an agency that no report could be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Index of the agency, by the name of the file or of its folder.
    pub agency: usize,
    /// The file.
    pub file: String,
}

/// A report that does not count, for it is of another form or year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherReport {
    /// Name of the agency: as in the agencies file where it is there, else as the report gives it.
    pub agency: Option<String>,
    /// Its year.
    pub year: Option<i16>,
    /// The file.
    pub file: String,
}

/// A finding with the agency and the file that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Index of the agency.
    pub agency: Option<usize>,
    /// The file.
    pub file: Option<String>,
    /// The finding.
    pub finding: Finding,
}

/// A figure that a sum is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Index of the agency.
    pub agency: usize,
    /// The file.
    pub file: &'a str,
    /// Where it stands in the file, for people.
    pub place: &'a str,
    /// The figure.
    pub number: Decimal,
}

/// Reports of one form and year, added up.
#[derive(Debug, Clone)]
pub struct Rollup<'a> {
    /// The form.
    pub form: &'a Form,
    /// The agencies.
    pub agencies: &'a Agencies,
    /// The year.
    pub year: i16,
    /// Whether reports with errors are kept out of the sums.
    pub without_errors: bool,
    /// The reports that count, in the order of the tree.
    pub entries: Vec<Entry>,
    /// A node an agency, in the order of the agencies file.
    pub nodes: Vec<Node>,
    /// The sum of everything, which a superior of all roots would have.
    pub total: Node,
    /// Agencies that sent nothing, in the order of the file; the one at the top is not expected to report.
    pub missing: Vec<usize>,
    /// Agencies that sent nothing but files that could not be read, in the order of the file.
    pub unreadable: Vec<Unreadable>,
    /// Reports that do not count, in the order of the inputs.
    pub others: Vec<OtherReport>,
    /// Agencies with more than one report.
    pub repeated: Vec<Repeated>,
    /// Last year's figures, where they were given.
    pub previous: Option<Previous>,
    /// What there is to say.
    pub findings: Vec<Told>,
}

impl Rollup<'_> {
    /// The agency in whose name the sums are reported: the only one at the top.
    pub fn superior(&self) -> Option<usize> {
        match self.agencies.roots().as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Whether a report has an error that nobody has accepted.
    pub fn has_errors(&self, entry: usize) -> bool {
        self.entries[entry].findings.iter().any(|finding| finding.counts(Severity::Error))
    }

    /// Whether a report is kept out of all sums because it has errors.
    pub fn leaves_out(&self, entry: usize) -> bool {
        self.without_errors && self.has_errors(entry)
    }

    /// Whether a report is part of the total.
    pub fn counts(&self, entry: usize) -> bool {
        self.total.taken.contains(&entry)
    }

    /// Which reports are part of the total.
    pub fn counted(&self) -> Vec<bool> {
        let mut counted = vec![false; self.entries.len()];
        for &entry in &self.total.taken {
            counted[entry] = true;
        }
        counted
    }

    /// The figures that a node's sum of a field is made of.
    pub fn parts(&self, node: &Node, field: FieldIndex) -> Vec<Part<'_>> {
        if !self.form.tables[self.form.fields[field].table].additive {
            return Vec::new();
        }
        let entries = node.taken.iter().map(|&entry| &self.entries[entry]);
        entries
            .filter_map(|entry| {
                let figure = entry.figures.get(field)?;
                Some(Part { agency: entry.agency, file: &entry.file, place: &figure.place, number: figure.number? })
            })
            .collect()
    }
}
