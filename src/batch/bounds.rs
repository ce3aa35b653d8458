//! Output budget: limits on the number of picture references and on the bytes written per report.

use crate::document::Limits;
use crate::finding::code::batch::PICTURES_LEFT_OUT;
use crate::finding::{Finding, Message};
use crate::report::{Content, Report};

/// Most places of a report in which a picture stands. Honest reports have some dozens; one picture can be referred to from a hundred
/// thousand places in a file of 200 KB.
const MOST_PICTURES: usize = 1_000;

/// Most bytes of an output: what is larger would be refused by whoever reads it again, ourselves included.
pub(super) fn most_output() -> u64 {
    Limits::default().file_bytes
}

/// Leaves out pictures beyond the bound, and says so.
pub(super) fn bound(report: &mut Report) {
    let is_picture = |content: &Content| matches!(content, Content::Picture { .. });
    let count =
        report.sections.iter().flat_map(|section| &section.content).filter(|content| is_picture(content)).count();
    if count <= MOST_PICTURES {
        return;
    }
    let mut seen = 0;
    for section in &mut report.sections {
        section.content.retain(|content| {
            seen += usize::from(is_picture(content));
            !is_picture(content) || seen <= MOST_PICTURES
        });
    }
    let message = Message::new(
        format!("报告中有{count}处图片，只保留前{MOST_PICTURES}处。请核对文件来源。"),
        format!(
            "The report has pictures in {count} places; only the first {MOST_PICTURES} are kept. Check where the file comes from."
        ),
    );
    report.findings.push(Finding::new(&PICTURES_LEFT_OUT, message));
}

/// The bytes of an output, unless they are too many.
///
/// # Errors
/// What is said of an output that is too large.
pub(super) fn within(bytes: Vec<u8>) -> Result<Vec<u8>, Box<Finding>> {
    if bytes.len() as u64 <= most_output() { Ok(bytes) } else { Err(too_large()) }
}

/// Whether the pictures of a report alone are more than an output may be.
pub(super) fn pictures_fit(report: &Report) -> bool {
    report.pictures.iter().map(|picture| picture.bytes.len() as u64).sum::<u64>() <= most_output()
}

/// What is said of an output that is too large.
pub(super) fn too_large() -> Box<Finding> {
    let megabytes = most_output() >> 20;
    super::unwritable(&Message::new(
        format!("输出超过{megabytes}MB"),
        format!("the output is larger than {megabytes} MB"),
    ))
}
