//! Two years' reports in one collection, by the library alone: which year is summed, what is compared, what is of a wrong year.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::agencies::Agencies;
use nianbao::form::Forms;
use nianbao::migrate::Migrations;
use nianbao::report::Report;
use nianbao::rollup::{Arrival, Collection, Compared, Rollup, Unlisted};
use nianbao::sampler::Sampler;
use rust_decimal::Decimal;

const TREE: &str = "单位名称,上级\n青山县人民政府,\n甲局,青山县人民政府\n乙局,青山县人民政府\n丙局,青山县人民政府\n";
const TOTAL: &str = "requests.received.total";

/// Reports of agencies, each in a file: its path, form, agency and year.
type Sent<'a> = &'a [(&'a str, &'a str, &'a str, i16)];

fn reports(forms: &Forms, sent: Sent) -> Vec<(String, Report)> {
    let made = sent.iter().zip(1..).map(|((path, form, agency, year), seed)| {
        let mut report = Sampler::new(seed).report(forms.get(form).expect("a form"));
        (report.agency, report.year) = (Some((*agency).to_owned()), Some(*year));
        ((*path).to_owned(), report)
    });
    made.collect()
}

/// The sum of a figure over some of the reports.
fn sum<'r>(reports: impl Iterator<Item = &'r (String, Report)>) -> Decimal {
    reports.map(|(_, report)| report.values[TOTAL].value.expect("a figure")).sum()
}

/// Calls `look` with the roll-up along [`TREE`] and its reports.
fn finished(sent: Sent, year: Option<i16>, look: impl Fn(&Rollup, &[(String, Report)])) {
    let forms = Forms::built_in().expect("the forms");
    let migrations = Migrations::built_in(&forms);
    let agencies = Agencies::read("agencies.csv", TREE.as_bytes()).expect("the agencies");
    let reports = reports(&forms, sent);
    let mut collection = Collection::new(&forms, &migrations, &agencies, false);
    for (path, report) in &reports {
        collection.add(path.as_str(), Ok(vec![report.clone()]));
    }
    look(&collection.finish(year, &Arrival::of_path).expect("a roll-up"), &reports);
}

/// Code and file of the findings that name a file.
fn told<'r>(rollup: &'r Rollup) -> Vec<(&'r str, &'r str)> {
    let of_file = |told: &'r nianbao::rollup::Told| Some((told.finding.code.as_str(), told.file.as_deref()?));
    rollup.findings.iter().filter_map(of_file).collect()
}

const TWO_YEARS: Sent = &[
    ("2023/甲.docx", "gkbg-2021", "甲局", 2023),
    ("2023/乙.docx", "gkbg-2019", "乙局", 2023),
    ("2023/丙.docx", "gkbg-2021", "丙局", 2023),
    ("2024/甲.docx", "gkbg-2021", "甲局", 2024),
    ("2024/乙.docx", "gkbg-2021", "乙局", 2024),
];

#[test]
fn last_years_reports_are_compared_with_and_are_not_of_a_wrong_year() {
    // By default the year that has begun is summed, though most reports are of last year.
    finished(TWO_YEARS, None, |rollup, reports| {
        assert_eq!((rollup.year, rollup.form.id.as_str(), rollup.others.len()), (2024, "gkbg-2021", 0));
        assert!(!told(rollup).iter().any(|told| told.0 == "report-of-other-year"), "{:?}", told(rollup));
        let previous = rollup.previous.as_ref().expect("last year");
        let field = rollup.form.field_index(TOTAL).expect("a field");
        let compared = Compared { this: Some(sum(reports[3..].iter())), before: Some(sum(reports[..2].iter())) };
        assert_eq!(previous.compared(rollup, field), compared);
        let alike = previous.alike.as_ref().expect("the agencies");
        let name = |agency: &usize| rollup.agencies.list()[*agency].name.as_str();
        let only: Vec<&str> = alike.only_before.iter().map(name).collect();
        assert_eq!((previous.year, alike.count, only), (2023, 2, vec!["丙局"]));
        assert!(rollup.findings.iter().any(|told| told.finding.code == "agencies-not-compared"));
    });
    // If last year is asked for, this year's reports are of another one.
    finished(TWO_YEARS, Some(2023), |rollup, _| {
        assert!(rollup.previous.is_none() && rollup.others.iter().all(|other| other.year == Some(2024)));
        assert_eq!((rollup.year, rollup.others.len()), (2023, 2));
    });
}

#[test]
fn a_report_of_last_year_sent_instead_of_this_years_is_of_a_wrong_year() {
    let sent: Sent = &[
        ("sent/甲.docx", "gkbg-2021", "甲局", 2024),
        ("sent/甲23.docx", "gkbg-2021", "甲局", 2023),
        ("sent/乙.docx", "gkbg-2021", "乙局", 2024),
        ("sent/丙.docx", "gkbg-2021", "丙局", 2023),
    ];
    finished(sent, None, |rollup, _| {
        let wrong: Vec<_> = told(rollup).into_iter().filter(|told| told.0 == "report-of-other-year").collect();
        assert_eq!(wrong, [("report-of-other-year", "sent/丙.docx")]);
        assert_eq!(rollup.previous.as_ref().map(|previous| previous.year), Some(2023));
    });
}

#[test]
fn a_report_of_last_year_in_a_form_that_cannot_be_brought_over_is_reported() {
    // The older form is summed; figures of the newer one are not brought back into it.
    let sent: Sent = &[
        ("2023/甲.docx", "gkbg-2021", "甲局", 2023),
        ("2023/乙.docx", "gkbg-2019", "乙局", 2023),
        ("2024/甲.docx", "gkbg-2019", "甲局", 2024),
        ("2024/乙.docx", "gkbg-2019", "乙局", 2024),
    ];
    finished(sent, Some(2024), |rollup, reports| {
        assert_eq!(rollup.form.id, "gkbg-2019");
        assert_eq!(told(rollup), [("agencies-not-compared", "2023/甲.docx")]);
        let field = rollup.form.field_index(TOTAL).expect("a field");
        let previous = rollup.previous.as_ref().expect("last year");
        let compared = Compared { this: Some(sum(reports[3..].iter())), before: Some(sum(reports[1..2].iter())) };
        assert_eq!(previous.compared(rollup, field), compared);
    });
}

#[test]
fn without_an_agencies_file_and_without_a_comparison_the_years_are_the_same() {
    let forms = Forms::built_in().expect("the forms");
    let migrations = Migrations::built_in(&forms);
    for compares in [true, false] {
        let mut unlisted = Unlisted::new(&forms, &migrations, false);
        for (path, report) in reports(&forms, TWO_YEARS) {
            unlisted.add(path, Ok(vec![report]));
        }
        let agencies = unlisted.agencies();
        let collection = unlisted.with_agencies(&agencies);
        let rollup = if compares {
            collection.finish(None, &Arrival::of_path)
        } else {
            collection.finish_uncompared(None, &Arrival::of_path)
        };
        let rollup = rollup.expect("a roll-up");
        assert_eq!((rollup.year, rollup.entries.len(), rollup.others.len()), (2024, 2, 0));
        assert_eq!(rollup.previous.is_some(), compares);
    }
}
