//! Detects text that reports of two agencies in a run have in common.

use std::collections::HashMap;

use nianbao::finding::code::check::NARRATIVE_COPIED;
use nianbao::finding::{Finding, Message};

use super::ReportOutcome;

/// Digests of the passages seen so far, each with the first agency that has it.
#[derive(Default)]
pub(super) struct Passages {
    met: HashMap<u64, String>,
}

impl Passages {
    /// Adds a finding for each passage that is equal to another agency's. Called in the order of the inputs.
    pub(super) fn compare(&mut self, checked: &mut ReportOutcome) {
        let Some(report) = &checked.report else { return };
        let Some(agency) = &report.agency else { return };
        for passage in report.passages() {
            let first = self.met.entry(passage.digest).or_insert_with(|| agency.clone());
            if first == agency {
                continue;
            }
            let name = passage.heading.unwrap_or("开头部分");
            let message = Message::new(
                format!("“{name}”与“{first}”报告的文字相同。请核对是否套用。"),
                format!("\"{name}\" has the text of the report of \"{first}\". Check whether it was copied."),
            );
            checked.findings.push(Finding::new(&NARRATIVE_COPIED, message).at(passage.place.cloned()));
        }
    }
}
