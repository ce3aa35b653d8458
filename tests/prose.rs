//! Precision and recall of the prose checks: labelled sentences compared with one report, held by a register that may only rise; and no
//! false alarm in the prose of consistent reports.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints its table"
)]

use nianbao::check::{Context, check};
use nianbao::form::{Form, Forms};
use nianbao::report::{Content, Report, Section, Value};

const SENTENCES: &str = include_str!("fixtures/prose.txt");

/// Fields and figures of the report; all others are 0.
const FIGURES: &[(&str, &str)] = &[
    ("requests.received.natural_person", "20"),
    ("requests.received.enterprise", "3"),
    ("requests.received.total", "23"),
    ("requests.carried_in.total", "2"),
    ("requests.granted.total", "15"),
    ("requests.partly_granted.total", "3"),
    ("requests.refused.state_secret.total", "1"),
    ("requests.refused.third_party.total", "1"),
    ("requests.unavailable.not_held.total", "2"),
    ("requests.not_processed.petition.total", "1"),
    ("requests.other.remaining.total", "1"),
    ("requests.handled_total.total", "24"),
    ("requests.carried_out.total", "1"),
    ("disputes.review.upheld", "2"),
    ("disputes.review.pending", "1"),
    ("disputes.review.total", "3"),
    ("disputes.direct_suit.total", "1"),
    ("disputes.suit_after_review.total", "1"),
    ("disclosure.normative_documents.issued", "4"),
    ("disclosure.normative_documents.repealed", "1"),
    ("disclosure.normative_documents.in_force", "36"),
    ("disclosure.licensing.decisions", "1204"),
    ("disclosure.penalties.decisions", "57"),
    ("disclosure.fees.amount", "2.02"),
];

/// Figures of the previous year.
const BEFORE: &[(&str, &str)] =
    &[("requests.received.total", "19"), ("requests.handled_total.total", "17"), ("requests.carried_out.total", "2")];

fn report(form: &Form, year: i16, figures: &[(&str, &str)]) -> Report {
    let mut report = Report::empty(&form.id);
    report.year = Some(year);
    let figure = |id: &str| figures.iter().find(|(field, _)| *field == id).map_or("0", |(_, figure)| figure);
    for field in &form.fields {
        report.values.insert(field.id.clone(), Value::number(figure(&field.id).parse().unwrap()));
    }
    report
}

/// Whether a finding reports that the sentence contradicts the tables or itself.
fn is_found(form: &Form, this: &Report, last: &Report, sentence: &str) -> bool {
    let mut this = this.clone();
    let content = vec![Content::text(sentence)];
    this.sections = vec![Section { id: "overview".into(), heading: None, content }];
    let context = Context { previous: Some(last), ..Context::default() };
    let prose = |code: &str| matches!(code, "prose-sum" | "prose-table" | "unit-mistaken");
    check(form, &this, &context).iter().any(|finding| prose(&finding.code))
}

#[test]
fn precision_and_recall_may_only_rise() {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let (this, last) = (report(form, 2023, FIGURES), report(form, 2022, BEFORE));
    let (mut found, mut missed, mut false_alarms, mut count) = (0_u32, Vec::new(), Vec::new(), 0_u32);
    for line in SENTENCES.lines() {
        let Some((sign, sentence)) = line.split_once(' ') else { continue };
        let wrong = match sign {
            "+" | "?" => true,
            "-" => false,
            _ => continue,
        };
        count += 1;
        match (wrong, is_found(form, &this, &last, sentence)) {
            (true, true) => found += 1,
            (true, false) => missed.push(sentence),
            (false, true) => false_alarms.push(sentence),
            (false, false) => {}
        }
    }
    let permille = |of: u32, all: u32| of * 1000 / all.max(1);
    let precision = permille(found, found + false_alarms.len() as u32);
    let recall = permille(found, found + missed.len() as u32);
    println!("{count} sentences: precision {precision}‰, recall {recall}‰");
    println!("missed:\n{}\nfalse alarms:\n{}", missed.join("\n"), false_alarms.join("\n"));
    assert!(count >= 150, "{count}");
    for line in include_str!("prose.register").lines() {
        let (name, least) = line.split_once(' ').unwrap();
        let now = if name == "precision" { precision } else { recall };
        assert!(now >= least.trim().parse().unwrap(), "{name} {now}‰ is less than the registered {}", least.trim());
    }
}
