//! Proposals from the prose for figures that no table decides: made only if a single field can be meant, and never applied.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use nianbao::check::{Context, check};
use nianbao::form::Forms;
use nianbao::report::{Content, Kind, Report, Section, Value};

/// The proposals for a report with this sentence. Fields that begin with one of `open` are empty, all others 0 except for `figures`.
fn proposals(sentence: &str, open: &[&str], figures: &[(&str, i64)]) -> Vec<(String, String)> {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let mut report = Report::empty(&form.id);
    report.year = Some(2023);
    for field in &form.fields {
        let figure = figures.iter().find(|(id, _)| *id == field.id).map_or(0, |(_, figure)| *figure);
        let is_open = open.iter().any(|begin| field.id.starts_with(begin));
        let value = if is_open { Value::default() } else { Value::number(figure.into()) };
        report.values.insert(field.id.clone(), value);
    }
    let content = vec![Content::text(sentence)];
    report.sections = vec![Section { id: "overview".into(), heading: None, content }];
    let before = report.values.clone();
    let found = check(form, &report, &Context::default());
    assert_eq!(report.values, before);
    let proposals = found.into_iter().filter_map(|finding| {
        let proposal = finding.proposal?;
        assert_eq!(
            (finding.code.as_str(), finding.fields.as_slice()),
            ("prose-proposal", &[proposal.field.clone()][..])
        );
        assert!(sentence.contains(&proposal.quoted) && finding.message.zh.contains(&proposal.quoted));
        Some((proposal.field, proposal.value.to_string()))
    });
    proposals.collect()
}

fn one(field: &str, figure: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), figure.to_owned())]
}

#[test]
fn a_figure_of_a_single_empty_field_is_proposed() {
    let open = ["disclosure.licensing"];
    let decisions = "disclosure.licensing.decisions";
    assert_eq!(proposals("作出行政许可决定1,204件。", &open, &[]), one(decisions, "1204"));
    assert_eq!(proposals("作出行政许可决定一百二十件。年末，行政许可决定120件。", &open, &[]), one(decisions, "120"));
    assert_eq!(proposals("行政事业性收费20200元。", &["disclosure.fees"], &[]), one("disclosure.fees.amount", "2.02"));
    assert_eq!(
        proposals("全年未收到政府信息公开申请。", &["requests.received"], &[]),
        one("requests.received.total", "0")
    );
}

#[test]
fn uncertain_figures_are_not_proposed() {
    let licensing = ["disclosure.licensing"];
    for sentence in [
        "作出行政许可决定120件。作出行政许可决定121件。",
        "上年作出行政许可决定120件。",
        "2021年作出行政许可决定120件。",
        "办理行政许可120件。",
    ] {
        assert_eq!(proposals(sentence, &licensing, &[]), [], "{sentence}");
    }
    // The field is not empty, or its cell says that there is none.
    assert_eq!(proposals("作出行政许可决定120件。", &[], &[]), []);
    // New, new plus carried over, or handled: if all are empty, any of them may be meant.
    assert_eq!(proposals("全年收到政府信息公开申请70件。", &["requests."], &[]), []);
    // Another field that may be meant has the same figure.
    let handled = [("requests.handled_total.total", 70)];
    assert_eq!(proposals("全年收到政府信息公开申请70件。", &["requests.received.total"], &handled), []);
}

#[test]
fn figures_that_a_rule_contradicts_are_not_proposed() {
    let figures = [("requests.received.natural_person", 60), ("requests.received.enterprise", 9)];
    let open = ["requests.received.total"];
    assert_eq!(proposals("全年收到政府信息公开申请70件。", &open, &figures), []);
    assert_eq!(
        proposals(
            "全年收到政府信息公开申请69件。",
            &open,
            &[figures[0], figures[1], ("requests.handled_total.total", 69)]
        ),
        [],
    );
    assert_eq!(proposals("结转下年度继续办理申请1.5件。", &["requests.carried_out"], &[]), []);
}

#[test]
fn a_cell_with_a_word_for_none_is_not_empty() {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    for (kind, offered) in
        [(Kind::Dash, 0), (Kind::Blank, 0), (Kind::Slash, 0), (Kind::None, 0), (Kind::Text, 1), (Kind::Absent, 1)]
    {
        let mut report = Report::empty(&form.id);
        for field in &form.fields {
            report.values.insert(field.id.clone(), Value { kind, ..Value::default() });
        }
        let content = vec![Content::text("作出行政许可决定120件。")];
        report.sections = vec![Section { id: "overview".into(), heading: None, content }];
        let found = check(form, &report, &Context::default());
        assert_eq!(found.iter().filter(|finding| finding.proposal.is_some()).count(), offered, "{kind:?}");
    }
}
