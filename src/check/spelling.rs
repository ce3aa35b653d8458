//! Misspelt words of the narrative, by a list of the form.

use super::manner::texts;
use crate::finding::code::check::WORD_MISSPELT;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::Report;

/// Adds findings about misspelt words, one per word and section.
pub(super) fn check(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    for section in &report.sections {
        let heading = section.heading.as_deref();
        for (wrong, right) in &form.words.misspelt {
            let Some((_, place)) = texts(section).find(|(text, _)| text.contains(wrong.as_str())) else { continue };
            let message = Message::new(
                format!("“{}”中的“{wrong}”疑为“{right}”之误。请核对。", heading.unwrap_or("开头部分")),
                format!(
                    "\"{wrong}\" in \"{}\" may be meant to be \"{right}\". Check it.",
                    heading.unwrap_or("the beginning")
                ),
            );
            findings.push(Finding::new(&WORD_MISSPELT, message).at(place.clone()));
        }
    }
}
