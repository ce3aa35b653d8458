//! Two reports in one file without titles of their own, and a table beside its damaged copy. Whatever is read from the wrong one is named
//! by a finding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms};

use crate::bind_damage::{Page, Piece};
use crate::bind_offices::text;

/// The official pages of a report whose figures are these numbers and the following ones.
fn page(form: &Form, base: usize) -> Vec<Piece> {
    let figures: Vec<String> = (0..form.fields.len()).map(|index| (base + index).to_string()).collect();
    Page::official(form, &figures).pieces
}

/// A report without headings and table four, and a whole one below it, with or without headings.
#[test]
fn figures_of_a_second_report_are_named_by_a_finding() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    for headings in [true, false] {
        let mut pieces = page(form, 1000);
        let last = pieces.iter().rposition(|piece| matches!(piece, Piece::Table(_))).unwrap();
        pieces.truncate(last);
        pieces.retain(|piece| !matches!(piece, Piece::Heading(_)));
        let mut second = page(form, 40_000);
        second[0] = Piece::Text("填报单位：黑石区水务局".to_owned());
        second.retain(|piece| headings || !matches!(piece, Piece::Heading(_)));
        pieces.extend(second);
        let all = Page { pieces };
        for (name, bytes) in
            [("docx", all.docx()), ("html", all.html().into_bytes()), ("txt", text(&all.pieces).into_bytes())]
        {
            let reading = nianbao::read::read(&bytes, Some(&format!("a.{name}")), &mut Budget::default()).unwrap();
            let reports = binder.bind_all(&reading, &Hints::default()).unwrap().reports;
            let report = &reports[0];
            for (index, field) in form.fields.iter().enumerate() {
                let told = report.findings.iter().any(|finding| finding.fields.contains(&field.id));
                let value = report.values[&field.id].value;
                let right = value.is_none() || value == Some((1000 + index).into());
                let own = report.agency.as_deref() == Some("黑石区水务局");
                assert!(right || told || own, "{name}, headings: {headings}, {}: {value:?}", field.id);
            }
        }
    }
}

/// The figures of table four without its header, and the whole table with other figures below or above: nobody can tell which is right.
/// With the same figures in both, the whole one is read if it is below.
#[test]
fn a_table_of_figures_alone_makes_a_copy_uncertain() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    let figures: Vec<String> = (0..form.fields.len()).map(|index| (1000 + index).to_string()).collect();
    let table = form.tables.iter().position(|table| table.id == "disputes").unwrap();
    for (same, first, headings) in
        [(false, true, true), (false, false, true), (false, true, false), (true, true, true), (true, false, true)]
    {
        let mut page = Page::official(form, &figures);
        let at = page.pieces.iter().rposition(|piece| matches!(piece, Piece::Table(_))).unwrap();
        let Piece::Table(whole) = page.pieces[at].clone() else { unreachable!() };
        let mut bare = if same { whole.clone() } else { whole.with_other_figures() };
        bare.cells.drain(..bare.head);
        bare.head = 0;
        let at = if first { at } else { at + 1 };
        page.pieces.insert(at, Piece::Table(bare));
        page.pieces.insert(at + usize::from(first), Piece::Text("又一张。".to_owned()));
        page.pieces.retain(|piece| headings || !matches!(piece, Piece::Heading(_)));
        for (name, bytes) in [
            ("docx", page.docx()),
            ("html", page.html().into_bytes()),
            ("xlsx", page.xlsx()),
            ("txt", text(&page.pieces).into_bytes()),
        ] {
            // Without headings a text is not divided into the parts that belong to the tables.
            if name == "txt" && !headings {
                continue;
            }
            let reading = nianbao::read::read(&bytes, Some(&format!("a.{name}")), &mut Budget::default()).unwrap();
            let report = binder.bind_all(&reading, &Hints::default()).unwrap().reports.swap_remove(0);
            let case = format!("{name}, same: {same}, first: {first}, headings: {headings}");
            for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.table == table) {
                let told = report.findings.iter().any(|finding| finding.fields.contains(&field.id));
                match report.values[&field.id].value {
                    Some(value) => assert!(same && value == (1000 + index).into(), "{case}, {}: {value}", field.id),
                    None => assert!(told, "{case}, {}", field.id),
                }
            }
            let read = report.values.values().filter(|value| value.value.is_some()).count();
            assert!(!same || !first || name == "txt" || read == form.fields.len(), "{case}: {read}");
        }
    }
}

/// A report without table four, and below it the tables of another without headings: in text it is not certain whose table four is, and
/// the tables that are not read are told.
#[test]
fn tables_below_a_report_in_text_are_told() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    let is_table = |piece: &Piece| matches!(piece, Piece::Table(_));
    for whole in [true, false] {
        let mut pieces = page(form, 1000);
        if !whole {
            let last = pieces.iter().rposition(is_table).unwrap();
            pieces.truncate(last - 1);
        }
        pieces.push(Piece::Text("黑石区水务局".to_owned()));
        pieces.extend(page(form, 40_000).into_iter().filter(is_table));
        let tabs = text(&pieces);
        for text in [tabs.replace('\t', "\n"), tabs] {
            let reading = nianbao::read::read(text.as_bytes(), Some("a.txt"), &mut Budget::default()).unwrap();
            let bound = binder.bind_all(&reading, &Hints::default()).unwrap();
            let report = &bound.reports[0];
            for (index, field) in form.fields.iter().enumerate() {
                let told = report.findings.iter().any(|finding| finding.fields.contains(&field.id));
                let value = report.values[&field.id].value;
                assert!(told || value == Some((1000 + index).into()), "whole: {whole}, {}: {value:?}", field.id);
            }
            let lost = |finding: &nianbao::finding::Finding| {
                ["table-passed-over", "table-doubled", "second-report"].contains(&finding.code.as_ref())
            };
            assert!(bound.reports.len() > 1 || report.findings.iter().any(lost), "whole: {whole}\n{text}");
        }
    }
}

/// The tables of two agencies below each other in one sheet, each below a row with the agency's name.
#[test]
fn rows_with_the_names_of_agencies_name_the_reports_of_a_sheet() {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let mut pieces = Vec::new();
    for (name, base) in [("白渚市民政局", 1000), ("黑石区水务局", 40_000)] {
        let figures: Vec<String> = (0..form.fields.len()).map(|index| (base + index).to_string()).collect();
        pieces.push(Piece::Text(name.to_owned()));
        pieces
            .extend(Page::official(form, &figures).pieces.into_iter().filter(|piece| matches!(piece, Piece::Table(_))));
    }
    let bytes = Page { pieces }.xlsx();
    let reading = nianbao::read::read(&bytes, Some("a.xlsx"), &mut Budget::default()).unwrap();
    let reports = Binder::new(&forms).bind_all(&reading, &Hints::default()).unwrap().reports;
    let named: Vec<(Option<&str>, bool)> = reports
        .iter()
        .zip([1000, 40_000])
        .map(|(report, base)| {
            let right = |(index, field): (usize, &nianbao::form::Field)| {
                report.values[&field.id].value == Some((base + index).into())
            };
            (report.agency.as_deref(), form.fields.iter().enumerate().all(right))
        })
        .collect();
    assert_eq!(named, [(Some("白渚市民政局"), true), (Some("黑石区水务局"), true)]);
}
