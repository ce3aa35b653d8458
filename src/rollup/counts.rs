//! How many agencies reported: counted once, and said in the same words on the terminal, on the page and in the workbook.

use super::Rollup;
use crate::finding::Message;

/// How many agencies are to report and what they did. Agencies are counted, not files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Agencies that are to report; `None` where no agencies file says so. The one at the top is among them only where it did.
    pub expected: Option<usize>,
    /// Those with a report that was read.
    pub reported: usize,
    /// Those that sent what could not be read.
    pub unreadable: usize,
    /// Those that sent nothing.
    pub missing: usize,
    /// Of those with a report, the ones with more than one.
    pub repeated: usize,
    /// Reports that the total is the sum of.
    pub taken: usize,
}

impl Rollup<'_> {
    /// How many agencies reported.
    pub fn counts_of_agencies(&self) -> Counts {
        let (reported, unreadable, missing) = (self.entries.len(), self.unreadable.len(), self.missing.len());
        Counts {
            expected: (!self.agencies.are_of_reports()).then_some(reported + unreadable + missing),
            reported,
            unreadable,
            missing,
            repeated: self.repeated.len(),
            taken: self.total.taken.len(),
        }
    }
}

impl Counts {
    /// The counts in a sentence.
    pub fn message(&self) -> Message {
        let Self { reported, unreadable, missing, repeated, taken, .. } = self;
        match self.expected {
            Some(expected) => Message::new(
                format!(
                    "应报{expected}个单位，已报{reported}个，已报未能读取{unreadable}个，未报{missing}个；重复报送{repeated}个。合计由{taken}份报告相加。"
                ),
                format!(
                    "{expected} agencies to report: {reported} reported, {unreadable} sent what could not be read, {missing} missing; {repeated} reported more than once. The total is the sum of {taken} reports."
                ),
            ),
            None => Message::new(
                format!("没有名录；{reported}个单位有报告，重复报送{repeated}个。合计由{taken}份报告相加。"),
                format!(
                    "No agencies file: {reported} agencies reported, {repeated} more than once. The total is the sum of {taken} reports."
                ),
            ),
        }
    }
}
