//! Several reports in one file: finds where each begins and ends, and which of them are blank forms, examples or comparisons.
//!
//! [`suspect`] is a cheap test whether a file may contain more than one report. If so, the flow is split into [`pieces`] at titles,
//! headings, sheets, tables and sender lines; pieces that nothing separates are combined into groups ([`fold`]); each group is classified
//! ([`judge`]).

mod fold;
mod judge;
mod pieces;
mod suspect;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use super::labels::index::FormIndex;
use super::source::items::Flow;
use crate::document::Place;
use crate::finding::code::read::FILE_OVER_LIMIT;
use crate::finding::{Finding, Message};

pub(in crate::bind) use words::Marks;

/// Maximum number of reports in one file: a county has some sixty departments. Each costs as much as a file of its own.
const SEGMENTS: usize = 1_000;

/// The kind of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum SegmentKind {
    /// A report.
    Report,
    /// A form that is not filled in.
    Blank,
    /// A form filled in as an example.
    Example,
    /// A form with the figures of another year beside those of the report.
    Comparison,
    /// Some figures of a report that is complete elsewhere in the file.
    Extract,
}

/// A part of a file: a report, or a form that is not a report.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::bind) struct Segment {
    /// Its items in the flow.
    pub(in crate::bind) items: Range<usize>,
    /// Its kind.
    pub(in crate::bind) kind: SegmentKind,
    /// The agency named by a title, a sender line (填报单位), a sheet's name or a line above the tables.
    pub(in crate::bind) agency: Option<Named>,
    /// The year named by a title or a sheet's name.
    pub(in crate::bind) year: Option<i16>,
    /// Its name in the file: title, sheet, or first line.
    pub(in crate::bind) shown: String,
    /// The place of its first item.
    pub(in crate::bind) place: Option<Place>,
}

/// An agency's name and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct Named {
    /// The name.
    pub(in crate::bind) name: String,
    /// Its source.
    pub(in crate::bind) by: By,
}

/// The source of an agency's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum By {
    /// The title.
    Title,
    /// A line such as `填报单位：X`.
    Sender,
    /// The name of the sheet.
    Sheet,
    /// A line above its tables that consists of the name.
    Line,
}

/// The segments of a file with several, and the items before the first; `None` for a file that is one report.
pub(in crate::bind) type Found = Option<(Range<usize>, Vec<Segment>)>;

/// Splits a document into several reports; `index` is the best matching form.
///
/// # Errors
/// The finding `file-over-limit` for more than [`SEGMENTS`] reports.
pub(in crate::bind) fn find(
    marks: &Marks,
    forms: &[FormIndex],
    index: &FormIndex,
    flow: &Flow,
) -> Result<Found, Box<Finding>> {
    if !suspect::may_be_several(marks, index, flow) {
        return Ok(None);
    }
    let pieces = pieces::cut(marks, forms, index, flow);
    let groups = fold::fold_pieces(&pieces, flow, marks);
    if groups.len() > SEGMENTS {
        return Err(Box::new(too_many(groups.len())));
    }
    Ok(judge::judge(groups, marks, index, flow))
}

fn too_many(count: usize) -> Finding {
    let message = Message::new(
        format!("文件中有{count}份报告，一个文件最多读取{SEGMENTS}份。请分为几个文件。"),
        format!("The file holds {count} reports; of one file at most {SEGMENTS} are read. Save it as several files."),
    );
    Finding::new(&FILE_OVER_LIMIT, message)
}
