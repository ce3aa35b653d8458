//! Output budget: limits on the number of picture references and on the bytes written per report.

use crate::document::Limits;
use crate::finding::code::batch::PICTURES_LEFT_OUT;
use crate::finding::{Finding, Message};
use crate::report::{Content, Report};

/// Maximum number of picture references of a report. Typical reports have some dozens; a file of 200 KB can refer to one picture a
/// hundred thousand times.
const MOST_PICTURES: usize = 1_000;

/// Maximum number of bytes of an output: readers, including ours, refuse a larger file.
pub(super) fn most_output() -> u64 {
    Limits::default().file_bytes
}

/// Leaves out pictures beyond the limit, with a finding.
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

/// The bytes of an output within the limit.
///
/// # Errors
/// The finding that the output is too large.
pub(super) fn within(bytes: Vec<u8>) -> Result<Vec<u8>, Box<Finding>> {
    if bytes.len() as u64 <= most_output() { Ok(bytes) } else { Err(too_large()) }
}

/// Whether the pictures of a report alone are within the output limit.
pub(super) fn pictures_fit(report: &Report) -> bool {
    report.pictures.iter().map(|picture| picture.bytes.len() as u64).sum::<u64>() <= most_output()
}

/// The finding that an output is too large.
pub(super) fn too_large() -> Box<Finding> {
    let megabytes = most_output() >> 20;
    super::unwritable(&Message::new(
        format!("输出超过{megabytes}MB"),
        format!("the output is larger than {megabytes} MB"),
    ))
}
