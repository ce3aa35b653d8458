//! Two reports in one file without titles of their own. Whatever is read from the second is named by a finding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;

use crate::bind_damage::{Page, Piece};
use crate::bind_offices::text;

/// A report without headings and table four, and a whole one below it, with or without headings.
#[test]
fn figures_of_a_second_report_are_named_by_a_finding() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    let page = |base: usize| {
        let figures: Vec<String> = (0..form.fields.len()).map(|index| (base + index).to_string()).collect();
        Page::official(form, &figures).pieces
    };
    for headings in [true, false] {
        let mut pieces = page(1000);
        let last = pieces.iter().rposition(|piece| matches!(piece, Piece::Table(_))).unwrap();
        pieces.truncate(last);
        pieces.retain(|piece| !matches!(piece, Piece::Heading(_)));
        let mut second = page(40_000);
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
