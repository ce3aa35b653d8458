//! The row of the form below a finding, as shown on a terminal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use nianbao::check::render::excerpt;
use nianbao::finding::code::check::{CELL_WRONG, RULE_BROKEN};
use nianbao::finding::{Culprit, Finding, Language, Message};
use nianbao::form::Forms;
use nianbao::report::{Report, Value};
use unicode_width::UnicodeWidthStr;

fn shown(fields: &[&str], culprit: Option<&str>) -> Option<String> {
    let form = Forms::built_in().unwrap().get("gkbg-2021").cloned().unwrap();
    let mut report = Report::empty(&form.id);
    for field in &form.fields {
        report.values.insert(field.id.clone(), Value::number(7.into()));
    }
    report.values["disputes.review.total"] = Value::default();
    report.values["disputes.review.other"].raw = "a\u{1b}[31m".into();
    let mut finding = Finding::new(&RULE_BROKEN, Message::default()).about(fields.iter().copied());
    if let Some(field) = culprit {
        finding = Finding::new(&CELL_WRONG, Message::default());
        finding.culprits = vec![Culprit { field: field.into(), from: Some(7.into()), to: Some(8.into()) }];
    }
    excerpt(&form, &report, &finding, Language::Zh)
}

#[test]
fn the_row_is_shown_with_the_wrong_cell_marked() {
    let text = shown(&[], Some("requests.granted.enterprise")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("自然人  商业企业") && lines[1].contains("（一）予以公开"), "{text}");
    // Marks are below their figures; a Chinese character is two terminal columns wide.
    let before = |line: &str, end: &str| line[..line.find(end).unwrap()].width();
    assert_eq!(before(lines[2], "^应为8"), before(lines[0], "商业企业"), "{text}");
}

#[test]
fn of_a_long_row_the_group_is_shown_and_control_characters_are_not() {
    let text = shown(&["disputes.review.total", "disputes.review.other"], None).unwrap();
    assert!(text.contains("行政复议/总计") && !text.contains("复议后起诉"), "{text}");
    assert!(text.contains('·') && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn figures_of_several_rows_are_listed_and_findings_without_fields_have_no_row() {
    let fields = ["requests.received.total", "requests.carried_in.total", "requests.handled_total.total"];
    assert_eq!(shown(&fields, None).unwrap().lines().count(), 3);
    assert_eq!(shown(&["nowhere"], None), None);
}
