//! PDF and OFD files built here from documents: what is read back must be the same.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, reason = "positions on a sheet")]

mod comments;
mod layout;
mod ofd;
mod pdf;

use std::path::Path;

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Budget, Document, Format};
use nianbao::form::{Form, Forms};
use nianbao::read::{Reading, read};
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

fn forms() -> Forms {
    Forms::built_in().expect("forms")
}

fn opened(bytes: &[u8]) -> Reading {
    read(bytes, None, &mut Budget::default()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn bound(reading: &Reading) -> Report {
    Binder::new(&forms()).bind(reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

/// The document of a report, read from our own Word file.
fn document(form: &Form, report: &Report) -> Document {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).expect("a writer");
    opened(&writer.write(form, report).expect("a file")).document
}

/// Asserts that exactly the right figures are read, and title, agency and year.
fn same(wanted: &Report, found: &Report, what: &str) {
    assert_eq!((&found.form, &found.agency, found.year), (&wanted.form, &wanted.agency, wanted.year), "{what}");
    for (field, value) in &wanted.values {
        assert_eq!(found.values[field].value, value.value, "{what}: {field}");
    }
}

/// Reports of every form, and their sheets.
fn reports() -> Vec<(Report, Vec<layout::Sheet>)> {
    let forms = forms();
    let reports = forms.iter().flat_map(|form| (3..5).map(move |seed| (form, Sampler::new(seed).report(form))));
    reports.map(|(form, report)| (report.clone(), layout::lay(&document(form, &report)))).collect()
}

#[test]
fn ofd_in_every_way_of_writing_it_gives_every_figure_with_its_page() {
    let plain = ofd::Style::default();
    let styles = [
        plain,
        ofd::Style { characters: true, ..plain },
        ofd::Style { boxes: true, watermark: true, ..plain },
        ofd::Style { matrices: true, signed: true, ..plain },
    ];
    for (report, sheets) in reports() {
        for style in styles {
            let what = format!("{style:?}");
            let reading = opened(&ofd::write(&sheets, report.title.as_deref().unwrap_or_default(), style));
            assert_eq!(reading.format, Format::Ofd);
            let codes: Vec<&str> = reading.findings.iter().map(|finding| finding.code.as_str()).collect();
            let expected: &[&str] = match (style.watermark, style.signed) {
                (true, _) => &["content-skipped"],
                (_, true) => &["signature-unverified"],
                _ => &[],
            };
            assert_eq!(codes, expected, "{what}");
            let found = bound(&reading);
            same(&report, &found, &what);
            for value in found.values.values() {
                let place = value.place.as_ref().expect("a place");
                assert!(place.page.is_some_and(|page| (page as usize) < sheets.len()), "{what}: {place:?}");
                let (left, top, right, bottom) = place.bounds.expect("a box");
                assert!(left < right && top < bottom && right < 59_600 && bottom < 84_200, "{what}: {place:?}");
            }
        }
    }
}

#[test]
fn pdf_in_every_way_of_writing_it_gives_every_figure_with_its_page() {
    let plain = pdf::Style::default();
    let unicode = pdf::Style { encoding: "UniGB-UCS2-H", ..plain };
    let own = pdf::Style { encoding: "Identity-H", mapped: true, ..plain };
    let styles = [
        (plain, &[][..]),
        (pdf::Style { encoding: "GB-EUC-H", twice: true, ..plain }, &[]),
        (pdf::Style { encoding: "UniGB-UTF16-H", boxes: true, packed: true, ..plain }, &[]),
        (pdf::Style { rotate: 90, packed: true, ..unicode }, &[]),
        (pdf::Style { rotate: 180, ..unicode }, &[]),
        (pdf::Style { rotate: 270, form: true, ..own }, &[]),
        (pdf::Style { form: true, ..unicode }, &[]),
        (pdf::Style { stamped: true, ..own }, &["content-skipped", "content-skipped"]),
        (pdf::Style { invisible: true, ..own }, &["text-recognised"]),
    ];
    for (report, sheets) in reports() {
        for (style, expected) in styles {
            let what = format!("{style:?}");
            let reading = opened(&pdf::write(&sheets, style));
            assert_eq!(reading.format, Format::Pdf);
            let codes: Vec<&str> = reading.findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(codes, expected, "{what}");
            let found = bound(&reading);
            same(&report, &found, &what);
            let places = found.values.values().filter_map(|value| value.place.as_ref());
            for place in places {
                assert!(place.page.is_some_and(|page| (page as usize) < sheets.len()), "{what}: {place:?}");
                assert!(place.bounds.is_some(), "{what}: {place:?}");
            }
        }
    }
}

#[test]
fn pdf_without_character_maps_or_lines_gives_no_wrong_figure() {
    for (report, sheets) in reports() {
        let unmapped = pdf::write(&sheets, pdf::Style { encoding: "Identity-H", ..pdf::Style::default() });
        let refused = read(&unmapped, None, &mut Budget::default()).map(|_| ());
        assert_eq!(refused, Err(nianbao::read::ReadError::NoCharacters));
        let unruled = pdf::write(&sheets, pdf::Style { unruled: true, ..pdf::Style::default() });
        let Ok(found) = Binder::new(&forms()).bind(&opened(&unruled), &Hints::default()) else { continue };
        for (field, value) in &found.values {
            let right = &report.values[field].value;
            assert!(value.value.is_none() || value.value == *right, "{field}: {:?} for {right:?}", value.value);
        }
    }
}

#[test]
fn pdf_without_lines_is_read_by_its_structure() {
    for (report, sheets) in reports() {
        let style = pdf::Style { unruled: true, tagged: Some(0), ..pdf::Style::default() };
        let reading = opened(&pdf::write(&sheets, style));
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        same(&report, &bound(&reading), "by its structure");
        // A structure tree in addition to ruled lines changes nothing.
        let ruled = opened(&pdf::write(&sheets, pdf::Style { tagged: Some(0), ..pdf::Style::default() }));
        let plain = opened(&pdf::write(&sheets, pdf::Style::default()));
        assert_eq!(ruled.document, plain.document);
    }
}

#[test]
fn findings_name_the_page_in_words() {
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    let mut report = Sampler::new(3).report(form);
    let (id, value) = report.values.iter_mut().rfind(|(id, _)| id.ends_with("total")).expect("a total");
    let id = id.clone();
    *value = nianbao::report::Value::number(9999.into());
    let sheets = layout::lay(&document(form, &report));
    let folder = crate::program::Folder::new();
    folder.file("report.pdf", pdf::write(&sheets, pdf::Style::default()));
    let ran = folder.run(&["--lang", "zh", "check", "report.pdf"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let place = bound(&opened(&pdf::write(&sheets, pdf::Style::default()))).values[&id].place.clone().expect("a place");
    let words = format!("第{}页表格第{}行", place.page.expect("a page") + 1, place.row.expect("a row") + 1);
    assert!(ran.out.contains(&words) || ran.err.contains(&words), "{words} in {ran:?}");
    let found = folder.run(&["inspect", "report.pdf"]);
    let found: serde_json::Value = serde_json::from_str(&found.out).expect("JSON");
    let place = &found["values"][&id]["place"];
    assert!(place["page"].is_u64() && place["bounds"].as_array().is_some_and(|edges| edges.len() == 4), "{place}");
}

#[test]
fn mistakes_in_the_structure_give_no_wrong_figure() {
    let (mut right, mut lost) = (0, 0);
    for (report, sheets) in reports() {
        for mistake in 1..60 {
            let style = pdf::Style { unruled: true, tagged: Some(mistake), ..pdf::Style::default() };
            let reading = opened(&pdf::write(&sheets, style));
            let Ok(found) = Binder::new(&forms()).bind(&reading, &Hints::default()) else { continue };
            for (field, value) in &found.values {
                let wanted = &report.values[field].value;
                assert!(
                    value.value.is_none() || value.value == *wanted,
                    "{} mistake {mistake} {field}: {:?} for {wanted:?}",
                    report.form,
                    value.value
                );
                *(if value.value.is_some() { &mut right } else { &mut lost }) += 1;
            }
        }
    }
    assert!(right > lost, "{right} right, {lost} empty");
}

#[test]
fn pdf_damaged_in_its_tables_is_found_again_object_by_object() {
    let (report, sheets) = reports().swap_remove(0);
    for packed in [false, true] {
        let mut file = pdf::write(&sheets, pdf::Style { packed, ..pdf::Style::default() });
        let at = file.windows(9).rposition(|word| word == b"startxref").expect("its end");
        file.truncate(at);
        same(&report, &bound(&opened(&file)), "without its end");
        // Everything is 7 bytes after its offset in the table.
        let mut file = pdf::write(&sheets, pdf::Style { packed, ..pdf::Style::default() });
        let second = file.windows(6).position(|word| word == b"\n8 0 o").expect("an object");
        file.splice(second..second, *b"\n% xxxx");
        same(&report, &bound(&opened(&file)), "shifted");
    }
}

/// The Word files of tests/corpus, which have every figure of a form.
fn word_files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = std::fs::read_dir(folder).expect("tests/corpus").map(|entry| entry.expect("an entry").path());
    let files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|suffix| suffix == "docx")).collect();
    assert!(!files.is_empty());
    files
}

/// Every Word file, printed by LibreOffice, gives exactly its figures.
#[test]
#[ignore = "needs LibreOffice"]
fn printed_reports_give_their_figures() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in word_files() {
        let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
        let ran = std::process::Command::new("soffice")
            .args([profile.as_str(), "--headless", "--convert-to", "pdf", "--outdir"])
            .arg(folder.path())
            .arg(&path)
            .output()
            .expect("soffice");
        assert!(ran.status.success(), "{ran:?}");
        let name = path.with_extension("pdf");
        let printed = folder.path().join(name.file_name().expect("a name"));
        let wanted = bound(&opened(&std::fs::read(&path).expect("the Word file")));
        let found = bound(&opened(&std::fs::read(&printed).expect("the printed file")));
        same(&wanted, &found, &path.to_string_lossy());
    }
}

/// Every Word file, converted to OFD, gives exactly its figures.
#[test]
fn word_files_made_into_ofd_give_their_figures() {
    for path in word_files() {
        let reading = opened(&std::fs::read(&path).expect("a file"));
        let sheets = layout::lay(&reading.document);
        same(
            &bound(&reading),
            &bound(&opened(&ofd::write(&sheets, "", ofd::Style::default()))),
            &path.to_string_lossy(),
        );
    }
}
