//! Numbers of agencies by what they sent, with one wording for the terminal, the page and the workbook.

use std::collections::{HashMap, HashSet};

use super::{OtherReport, Rollup};
use crate::finding::Message;
use crate::finding::code::rollup::REPORT_UNREADABLE;

/// Unreadable files by agency, each with the reason.
pub(crate) type Unread<'r> = HashMap<Option<usize>, Vec<(&'r str, &'r Message)>>;

/// Numbers of agencies by what they sent. Agencies are counted, not files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Agencies that have to report; `None` without an agencies file. The top agency is included only if it reported.
    pub expected: Option<usize>,
    /// Agencies with a readable report.
    pub reported: usize,
    /// Agencies whose files could not be read.
    pub unreadable: usize,
    /// Files that could not be read and whose agency is unknown.
    pub unassigned: usize,
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

    /// The unreadable files by agency, each with the reason; under `None` those of which no agency is known.
    pub(crate) fn unread(&self) -> Unread<'_> {
        let agencies: HashSet<usize> = self.unreadable.iter().map(|sent| sent.agency).collect();
        let files: HashSet<&str> = self.unassigned.iter().map(String::as_str).collect();
        let mut unread = Unread::new();
        for told in self.findings.iter().filter(|told| told.finding.code != REPORT_UNREADABLE.id) {
            let Some(file) = told.file.as_deref() else { continue };
            if told.agency.map_or_else(|| files.contains(file), |agency| agencies.contains(&agency)) {
                unread.entry(told.agency).or_default().push((file, &told.finding.message));
            }
        }
        unread
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
            unassigned: self.unassigned.len(),
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
        let Self { reported, unreadable, unassigned, other, missing, repeated, taken, .. } = self;
        let (zh, en) = match other {
            0 => Default::default(),
            _ => (format!("年度或格式不符{other}个，"), format!("{other} sent one of another year or form, ")),
        };
        let (unknown_zh, unknown_en) = match unassigned {
            0 => Default::default(),
            _ => (
                format!("另有{unassigned}个文件未能读取，无法确定单位。"),
                format!(" {unassigned} more files could not be read; their agencies are unknown."),
            ),
        };
        match self.expected {
            Some(expected) => Message::new(
                format!(
                    "应报{expected}个单位，已报{reported}个，已报未能读取{unreadable}个，{zh}未报{missing}个；重复报送{repeated}个。{unknown_zh}合计由{taken}份报告相加。"
                ),
                format!(
                    "{expected} agencies to report: {reported} reported, {unreadable} sent what could not be read, {en}{missing} missing; {repeated} reported more than once.{unknown_en} The total is the sum of {taken} reports."
                ),
            ),
            None => Message::new(
                format!(
                    "没有名录；{reported}个单位有报告，重复报送{repeated}个。{unknown_zh}合计由{taken}份报告相加。"
                ),
                format!(
                    "No agencies file: {reported} agencies reported, {repeated} more than once.{unknown_en} The total is the sum of {taken} reports."
                ),
            ),
        }
    }
}
