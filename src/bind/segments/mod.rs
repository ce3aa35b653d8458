//! Several reports in one file: where each begins and ends, and which forms among them are blank, examples or comparisons.
//!
//! [`suspect`] tells cheaply whether a file may hold more than one. Then the flow is cut into [`pieces`] by titles, headings, sheets,
//! tables and lines that name a sender, the pieces are put together again ([`fold`]) wherever nothing tells them apart, and each
//! group is judged ([`judge`]).

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

/// Most reports in one file: a county has some sixty departments. Each costs as much as a file of its own.
const SEGMENTS: usize = 1_000;

/// The kind of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Kind {
    /// A report.
    Report,
    /// A form that nobody filled in.
    Blank,
    /// A form that shows how to fill it in.
    Example,
    /// A form with the figures of another year beside those of the report.
    Comparison,
    /// Some figures of a report that stands whole elsewhere in the file.
    Extract,
}

/// A part of a file: a report, or a form that is none.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::bind) struct Segment {
    /// Its items of the flow.
    pub(in crate::bind) items: Range<usize>,
    /// What it is.
    pub(in crate::bind) kind: Kind,
    /// The agency, by a title, a line 填报单位 or a sheet's name.
    pub(in crate::bind) agency: Option<Named>,
    /// The year, by a title or a sheet's name.
    pub(in crate::bind) year: Option<i16>,
    /// Its name in the file: title, sheet, or first line.
    pub(in crate::bind) shown: String,
    /// Where it begins.
    pub(in crate::bind) place: Option<Place>,
}

/// An agency's name and what it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct Named {
    /// The name.
    pub(in crate::bind) name: String,
    /// Where it stands.
    pub(in crate::bind) by: By,
}

/// What names an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum By {
    /// The title.
    Title,
    /// A line such as `填报单位：X`.
    Sender,
    /// The name of the sheet.
    Sheet,
    /// A line above its tables that is the name alone.
    Line,
}

/// The parts of a file with several of them, and the lines before the first; `None` for a file that is one report.
pub(in crate::bind) type Found = Option<(Range<usize>, Vec<Segment>)>;

/// Looks for several reports in a document; `index` is the best matching form.
///
/// # Errors
/// The finding `file-over-limit` for more than [`SEGMENTS`] of them.
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
