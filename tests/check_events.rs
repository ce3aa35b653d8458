//! Which cell or event a check names: random reports with one mistake in each place; no cell is named wrongly.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::{Folder, page};
use nianbao::check::{Context, check};
use nianbao::finding::{Finding, Severity};
use nianbao::form::{Form, Forms};
use nianbao::report::{Content, Report, Value};
use nianbao::sampler::{Random, Sampler};
use rust_decimal::Decimal;

fn form() -> std::sync::Arc<Form> {
    let forms = Forms::built_in().expect("the built-in forms");
    forms.iter().find(|form| form.id == "gkbg-2021").expect("a form").clone()
}

fn number(report: &Report, field: &str) -> Decimal {
    report.values[field].value.expect("a figure")
}

fn set(report: &mut Report, field: &str, to: Decimal) {
    report.values[field] = Value::number(to);
}

/// Findings about figures.
fn told(form: &Form, report: &Report, previous: Option<&Report>) -> Vec<Finding> {
    check(form, report, &Context { previous, ..Context::default() })
}

/// The cells named as wrong, with their expected values.
fn named(findings: &[Finding]) -> Vec<(String, Decimal)> {
    let mut named: Vec<(String, Decimal)> = findings
        .iter()
        .flat_map(|one| &one.culprits)
        .map(|one| (one.field.clone(), one.to.expect("a figure")))
        .collect();
    named.sort();
    named
}

fn cells(form: &Form, table: &str) -> Vec<String> {
    form.fields.iter().map(|field| field.id.clone()).filter(|id| id.starts_with(table)).collect()
}

/// A figure with a random typing error.
fn mistyped(figure: Decimal, random: &mut Random) -> Decimal {
    match random.below(4) {
        0 => figure + Decimal::ONE,
        1 => figure * Decimal::TEN + Decimal::from(random.below(10)) + Decimal::from(u8::from(figure.is_zero())),
        2 if figure >= Decimal::TEN => (figure / Decimal::TEN).floor(),
        _ => figure + Decimal::from(1 + random.below(90)),
    }
}

#[test]
fn one_wrong_cell_is_named_rightly_or_not_at_all() {
    let form = form();
    for table in ["requests.", "disputes."] {
        let (mut right, mut none) = (0, 0);
        for (seed, id) in (0..).zip(cells(&form, table)).flat_map(|(seed, id)| [(seed, id.clone()), (seed + 500, id)]) {
            let mut report = Sampler::new(seed).report(&form);
            let mut random = Random::new(seed);
            let before = number(&report, &id);
            let wrong = mistyped(before, &mut random);
            set(&mut report, &id, wrong);
            let findings = told(&form, &report, None);
            let named = named(&findings);
            assert!(findings.iter().any(|one| one.severity == Severity::Error), "{seed} {id}");
            match named.as_slice() {
                [] => none += 1,
                [(field, to)] if *field == id && *to == before => right += 1,
                other => panic!("{seed} {id}: {before} became {wrong}, named {other:?}"),
            }
        }
        // In one table rows and columns determine the cell; in the other a sum alone determines nothing.
        assert!(if table == "requests." { none == 0 } else { none > right }, "{table} {right} {none}");
    }
}

#[test]
fn two_wrong_cells_of_table_four_never_name_another() {
    let form = form();
    let cells = cells(&form, "disputes.");
    for seed in 0..200 {
        let mut report = Sampler::new(seed).report(&form);
        let mut random = Random::new(seed);
        let group = random.below(3) as usize * 5;
        let mut changed = Vec::new();
        for id in [group + random.below(5) as usize, random.below(15) as usize].map(|at| cells[at].clone()) {
            let before = number(&report, &id);
            let wrong = mistyped(before, &mut random);
            set(&mut report, &id, wrong);
            changed.push((id, before));
        }
        // Totals that are all 0 although their parts are not are reported as such.
        if cells.iter().filter(|id| id.rsplit('.').next() == Some("total")).all(|id| number(&report, id).is_zero()) {
            continue;
        }
        let named = named(&told(&form, &report, None));
        assert!(named.iter().all(|cell| changed.contains(cell)), "{seed}: {changed:?} {named:?}");
    }
}

#[test]
fn the_prose_decides_where_the_figures_cannot() {
    let form = form();
    let mut decided = 0;
    for seed in 0..60 {
        let mut report = Sampler::new(seed).report(&form);
        let id = "disputes.review.total";
        let total = number(&report, id);
        let overview = report.sections.iter_mut().find(|section| section.id == "overview").expect("a part");
        overview.content.push(Content::text(format!("因政府信息公开申请行政复议{total}件。")));
        // The total is wrong, and the sentence is right.
        let mut wrong = report.clone();
        set(&mut wrong, id, mistyped(total, &mut Random::new(seed)));
        let named_total = named(&told(&form, &wrong, None));
        assert_eq!(named_total, [(id.to_owned(), total.normalize())], "{seed}");
        decided += 1;
        // A part is wrong: the sentence agrees with the total, and the wrong part cannot be determined.
        let mut wrong = report.clone();
        let part = "disputes.review.upheld";
        set(&mut wrong, part, mistyped(number(&report, part), &mut Random::new(seed + 1)));
        assert_eq!(named(&told(&form, &wrong, None)), [], "{seed}");
    }
    assert_eq!(decided, 60);
}

/// Makes a mistake and checks what is named: the mistake, or nothing.
fn mistake(least: usize, words: &str, make: impl Fn(&Form, &mut Report, &mut Random) -> Vec<String>) {
    let form = form();
    let (mut right, mut made) = (0, 0);
    for seed in 0..80 {
        let report = Sampler::new(seed).report(&form);
        let mut wrong = report.clone();
        let touched = make(&form, &mut wrong, &mut Random::new(seed));
        let mut meant: Vec<(String, Decimal)> = touched
            .iter()
            .filter(|id| wrong.values[id.as_str()].value != report.values[id.as_str()].value)
            .map(|id| (id.clone(), number(&report, id).normalize()))
            .collect();
        meant.sort();
        let findings = told(&form, &wrong, None);
        let named = named(&findings);
        if meant.is_empty() || named.is_empty() {
            continue;
        }
        made += 1;
        assert_eq!(named, meant, "{seed}: {:?}", findings.iter().map(|one| &one.message.zh).collect::<Vec<_>>());
        right += usize::from(findings.iter().any(|one| one.message.zh.contains(words)));
    }
    assert!(right >= least, "{words}: {right} of {made}");
}

#[test]
fn two_exchanged_cells_are_named_as_that() {
    mistake(30, "填反", |form, report, random| {
        let rows = ["received", "granted", "refused.other_law", "handled_total", "carried_out"];
        let row = random.pick(&rows).expect("a row");
        let columns = ["natural_person", "enterprise", "research", "public_interest"];
        let one = format!("requests.{row}.{}", random.pick(&columns).expect("a column"));
        let other = format!("requests.{row}.{}", random.pick(&columns).expect("a column"));
        let (a, b) = (number(report, &one), number(report, &other));
        set(report, &one, b);
        set(report, &other, a);
        assert!(form.field_index(&one).is_some());
        vec![one, other]
    });
}

#[test]
fn a_row_that_is_moved_by_a_column_is_named_as_that() {
    mistake(20, "整体", |form, report, random| {
        let row = random.pick(&["received", "granted", "partly_granted", "carried_out"]).expect("a row");
        let row: Vec<String> = cells(form, &format!("requests.{row}."));
        let figures: Vec<Decimal> = row.iter().map(|id| number(report, id)).collect();
        let right = random.once_in(2);
        for (at, id) in row.iter().enumerate() {
            let from = if right { at.checked_sub(1) } else { Some(at + 1).filter(|&from| from < row.len()) };
            set(report, id, from.map_or(Decimal::ZERO, |from| figures[from]));
        }
        row
    });
}

#[test]
fn totals_that_are_all_0_are_named_as_that() {
    mistake(40, "总计全部填0", |form, report, _| {
        let totals: Vec<String> =
            cells(form, "requests.").into_iter().filter(|id| id.rsplit('.').next() == Some("total")).collect();
        for id in &totals {
            set(report, id, Decimal::ZERO);
        }
        totals
    });
}

#[test]
fn figures_and_text_of_last_year_are_reported() {
    let form = form();
    let mut last = Sampler::new(0).report(&form);
    let mut seed = 0;
    while cells(&form, "requests.").iter().filter(|id| !number(&last, id).is_zero()).count() < 20 {
        seed += 1;
        last = Sampler::new(seed).report(&form);
    }
    let year = last.year.expect("a year");
    let mut now = Sampler::new(seed + 1).report(&form);
    (now.agency, now.year) = (last.agency.clone(), Some(year + 1));
    let codes =
        |report: &Report| -> Vec<String> { told(&form, report, Some(&last)).into_iter().map(|one| one.code).collect() };
    assert!(!codes(&now).iter().any(|code| code == "table-unchanged" || code == "narrative-unchanged"));
    let mut copied = now.clone();
    for id in cells(&form, "requests.") {
        set(&mut copied, &id, number(&last, &id));
    }
    assert!(codes(&copied).contains(&"table-unchanged".to_owned()));
    let text = |year: i16| {
        Content::text(format!(
            "{year}年，本机关认真贯彻条例，健全制度，加强培训，规范答复，拓展渠道，回应关切，推进标准化规范化，强化监督保障，公开内容不断丰富，公开时效不断提高，群众满意度不断提升，各项工作取得新的成效，为下一步工作打下了基础。"
        ))
    };
    now.sections.iter_mut().find(|section| section.id == "overview").expect("a part").content = vec![text(year + 1)];
    let mut before = last.clone();
    before.sections.iter_mut().find(|section| section.id == "overview").expect("a part").content = vec![text(year)];
    let same = told(&form, &now, Some(&before));
    let said = same.iter().find(|one| one.code == "narrative-unchanged").expect("the same text");
    assert!(said.message.zh.contains("总体情况"), "{}", said.message.zh);
}

#[test]
fn the_text_of_another_agency_and_a_folder_without_matches_are_reported() {
    let folder = Folder::new();
    let form = form();
    let text = "一年来，本机关认真贯彻条例，健全制度，加强培训，规范答复，拓展渠道，回应关切，推进标准化规范化，强化监督保障，公开内容不断丰富，公开时效不断提高，群众满意度不断提升，各项工作取得新的成效，为下一步打下了基础。";
    for (seed, name) in [(1, "青山县教育局"), (2, "青山县民政局")] {
        let mut report = Sampler::new(seed).report(&form);
        (report.agency, report.year, report.published) = (Some(name.to_owned()), Some(2024), None);
        report.title = Some(form.title.for_report(name, 2024));
        report.sections.retain(|section| section.id != "preamble");
        for section in &mut report.sections {
            section.content.retain(|content| matches!(content, Content::Table { .. }));
            if section.id == "overview" {
                section.content.push(Content::text(format!("{name}{text}")));
            }
        }
        folder.file(&format!("in/{name}.html"), page(&report));
    }
    let ran = folder.run(&["--lang", "zh", "check", "in"]);
    let copied: Vec<&str> = ran.out.lines().filter(|line| line.contains("报告的文字相同")).collect();
    assert!(copied.len() == 1 && copied[0].contains("青山县教育局"), "{ran:?}");
    // The folder given as last year's contains this year's reports.
    let ran = folder.run(&["--lang", "zh", "check", "in", "--previous", "in"]);
    assert!(ran.err.contains("没有一份是这些单位的上年度报告"), "{ran:?}");
    assert!(ran.out.contains("没有找到该单位的2023年度报告"), "{ran:?}");
}
