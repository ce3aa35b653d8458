//! Numbers of agencies by what they sent, with one wording for the terminal, the page and the workbook.

use super::{OtherReport, Rollup};
use crate::finding::Message;
use crate::finding::code::rollup::REPORT_UNREADABLE;

/// Numbers of agencies by what they sent. Agencies are counted, not files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Agencies that have to report; `None` without an agencies file. The top agency is included only if it reported.
    pub expected: Option<usize>,
    /// Agencies with a readable report.
    pub reported: usize,
    /// Agencies whose files could not be read.
    pub unreadable: usize,
    /// Agencies that sent a report of another year or form.
    pub other: usize,
    /// Agencies that sent nothing.
    pub missing: usize,
    /// Agencies with more than one report.
    pub repeated: usize,
    /// Number of reports in the total.
    pub taken: usize,
}

/// What an agency of the agencies file sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A readable report.
    Reported,
    /// Only files that could not be read.
    Unreadable,
    /// A report of another year or form.
    Other,
    /// Nothing.
    Missing,
    /// The top agency, which did not report itself; the sums are its report.
    Superior,
}

impl Standing {
    /// The wording used in all lists.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reported => "已报",
            Self::Unreadable => "已报未能读取",
            Self::Other => "年度或格式不符",
            Self::Missing => "未报",
            Self::Superior => "上级，由下级汇总",
        }
    }
}

impl Rollup<'_> {
    /// The standing of each agency, in the order of the agencies file.
    pub fn standings(&self) -> Vec<Standing> {
        let mut standings = vec![Standing::Superior; self.agencies.list().len()];
        for &agency in &self.missing {
            standings[agency] = if self.other_report(agency).is_some() { Standing::Other } else { Standing::Missing };
        }
        self.unreadable.iter().for_each(|sent| standings[sent.agency] = Standing::Unreadable);
        self.entries.iter().for_each(|entry| standings[entry.agency] = Standing::Reported);
        standings
    }

    /// The unreadable files of an agency, each with the reason.
    pub(crate) fn unread(&self, agency: usize) -> impl Iterator<Item = (&str, &Message)> {
        let about = self.findings.iter().filter(move |told| told.agency == Some(agency));
        about
            .filter(|told| told.finding.code != REPORT_UNREADABLE.id)
            .filter_map(|told| Some((told.file.as_deref()?, &told.finding.message)))
    }

    /// The report of another year or form that an agency sent.
    pub(crate) fn other_report(&self, agency: usize) -> Option<&OtherReport> {
        self.first_other.get(&agency).map(|&index| &self.others[index])
    }

    /// Counts the agencies.
    pub fn counts_of_agencies(&self) -> Counts {
        let (reported, unreadable, without) = (self.entries.len(), self.unreadable.len(), self.missing.len());
        let other = self.missing.iter().filter(|&&agency| self.other_report(agency).is_some()).count();
        Counts {
            expected: (!self.agencies.are_of_reports()).then_some(reported + unreadable + without),
            reported,
            unreadable,
            other,
            missing: without - other,
            repeated: self.repeated.len(),
            taken: self.total.taken.len(),
        }
    }
}

impl Counts {
    /// The counts as a sentence.
    pub fn message(&self) -> Message {
        let Self { reported, unreadable, other, missing, repeated, taken, .. } = self;
        let (zh, en) = match other {
            0 => Default::default(),
            _ => (format!("年度或格式不符{other}个，"), format!("{other} sent one of another year or form, ")),
        };
        match self.expected {
            Some(expected) => Message::new(
                format!(
                    "应报{expected}个单位，已报{reported}个，已报未能读取{unreadable}个，{zh}未报{missing}个；重复报送{repeated}个。合计由{taken}份报告相加。"
                ),
                format!(
                    "{expected} agencies to report: {reported} reported, {unreadable} sent what could not be read, {en}{missing} missing; {repeated} reported more than once. The total is the sum of {taken} reports."
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
