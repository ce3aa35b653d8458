//! What the form asks of a report besides figures: the right form for the year, all parts, title, length, nothing left from the blank.

use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::{Content, Report};
use crate::text::fold;

/// Adds the findings about form and manner.
pub(super) fn check(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    form_of_year(form, report, findings);
    title(form, report, findings);
    sections_missing(form, report, findings);
    for section in &report.sections {
        let Some(spec) = form.section(&section.id) else { continue };
        let texts = || {
            section.content.iter().filter_map(|content| match content {
                Content::Paragraph { text, place, .. } => Some((text.as_str(), place)),
                _ => None,
            })
        };
        let length =
            texts().map(|(text, _)| text.chars().filter(|character| !character.is_whitespace()).count()).sum::<usize>();
        let name = section.heading.as_deref().unwrap_or(&section.id);
        if let Some(most) = spec.max_characters.filter(|&most| length > most as usize) {
            let message = Message::new(
                format!("“{name}”有{length}字，原则上不超过{most}字。请精简。"),
                format!("\"{name}\" has {length} characters; {most} is the most. Shorten it."),
            );
            findings.push(Finding::new(&code::SECTION_TOO_LONG, message));
        }
        for (text, place) in texts() {
            if spec.placeholders.iter().any(|placeholder| *placeholder == fold(text)) {
                let message = Message::new(
                    format!("“{name}”中仍留有空白表单的提示文字“{text}”。请填写或删除。"),
                    format!("\"{name}\" still holds the blank form's guidance \"{text}\". Fill it in or delete it."),
                );
                findings.push(Finding::new(&code::PLACEHOLDER_LEFT, message).at(place.clone()));
            }
        }
    }
}

fn form_of_year(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    let (Some(year), Some((from, to))) = (report.year, form.years) else { return };
    if (from..=to).contains(&year) {
        return;
    }
    let message = Message::new(
        format!("{year}年度报告使用了“{}”，该年度应使用另一种格式。请换用当年的格式重新填报。", form.name.zh),
        format!(
            "The report for {year} uses \"{}\", which is not the form of that year. Use the year's own form.",
            form.name.en
        ),
    );
    findings.push(Finding::new(&code::FORM_OF_ANOTHER_YEAR, message));
}

fn title(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    let (Some(title), Some(agency), Some(year)) = (&report.title, &report.agency, report.year) else { return };
    let wanted = form.title.for_report(agency, year);
    if fold(title) == fold(&wanted) {
        return;
    }
    let message = Message::new(
        format!("标题为“{title}”，规范标题是“{wanted}”。"),
        format!("The title is \"{title}\"; the prescribed one is \"{wanted}\"."),
    );
    findings.push(Finding::new(&code::TITLE_NOT_PRESCRIBED, message));
}

/// Parts without a heading; nothing where no part has one, as in a workbook of tables alone.
fn sections_missing(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    if !report.sections.iter().any(|section| section.heading.is_some()) {
        return;
    }
    let headings = form.sections.iter().filter_map(|spec| Some((spec, spec.heading.as_ref()?)));
    let missing: Vec<&str> = headings
        .filter(|(spec, _)| report.section(&spec.id).is_none())
        .map(|(_, heading)| heading.text.as_str())
        .collect();
    if missing.is_empty() {
        return;
    }
    let shown = missing.join("”“");
    let message = Message::new(
        format!("报告缺少“{shown}”。请补充。"),
        format!("The report lacks \"{}\". Add it.", missing.join("\", \"")),
    );
    findings.push(Finding::new(&code::SECTION_MISSING, message));
}
