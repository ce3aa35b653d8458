//! Reports of a made-up office: right ones, and ones with a wrong cell that the rules determine, in any format.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::form::Forms;
use nianbao::report::{Content, Period, Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use rust_decimal::Decimal;

/// The wrong cell of [`wrong`].
pub(super) const FIELD: &str = "requests.granted.enterprise";

/// A right report of an agency.
pub(super) fn right(seed: u64, agency: &str) -> Report {
    of_year(seed, agency, 2025)
}

/// A right report of an agency and year.
pub(super) fn of_year(seed: u64, agency: &str, wanted: i16) -> Report {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let mut report = Sampler::new(seed).report(form);
    let (name, year) = (report.agency.replace(agency.to_owned()).unwrap(), report.year.replace(wanted).unwrap());
    // Every mention of year and agency is replaced.
    let renewed = |text: &str| {
        let text = text.replace(&(year + 1).to_string(), "<next>").replace(&year.to_string(), &wanted.to_string());
        text.replace("<next>", &(wanted + 1).to_string()).replace(&name, agency)
    };
    for piece in report.sections.iter_mut().flat_map(|section| &mut section.content).chain(&mut report.unclaimed) {
        if let Content::Paragraph { text, .. } = piece {
            *text = renewed(text);
        }
    }
    report.period = Some(Period { from: jiff::civil::date(wanted, 1, 1), to: jiff::civil::date(wanted, 12, 31) });
    report.published = Some(jiff::civil::date(wanted + 1, 1, 15));
    report.title = Some(form.title.for_report(agency, wanted));
    report
}

/// A report with one wrong cell, and its right figure.
pub(super) fn wrong(seed: u64, agency: &str) -> (Report, String) {
    let mut report = right(seed, agency);
    let right = report.values[FIELD].value.unwrap();
    report.values[FIELD] = Value::number(right + Decimal::from(40));
    (report, right.normalize().to_string())
}

/// A report as a file in a format.
pub(super) fn file(report: &Report, output: Output) -> Vec<u8> {
    let forms = Forms::built_in().unwrap();
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    writer.write(forms.get(&report.form).unwrap(), report).unwrap()
}

/// A report as a Word file.
pub(super) fn docx(report: &Report) -> Vec<u8> {
    file(report, Output::Docx)
}

/// A report of any form as a Word file.
pub(super) fn file_of(form: &nianbao::form::Form, report: &Report) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    writer.write(form, report).unwrap()
}
