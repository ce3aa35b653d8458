//! Comments in PDF files: at the right place, with every byte of the sent file kept, and readable by other programs.

use std::process::Command;

use nianbao::annotate::{AUTHOR, AnnotateError, NotPdf, annotate};
use nianbao::document::{Budget, Place};
use nianbao::finding::{Bilingual, Finding, Language, Message, codes};
use nianbao::report::Report;

use super::pdf::{Style, write};
use super::{bound, opened, reports, same};
use crate::program::Folder;

/// The report with its file in several ways of writing it, one of them with bytes before the header.
fn files() -> (Report, Vec<(String, Vec<u8>)>) {
    let (report, sheets) = reports().swap_remove(0);
    let plain = Style { encoding: "UniGB-UCS2-H", ..Style::default() };
    let styles = [
        plain,
        Style { packed: true, ..plain },
        Style { rotate: 90, packed: true, ..plain },
        Style { rotate: 180, ..plain },
        Style { rotate: 270, form: true, ..plain },
        Style { annotations: "/Annots null", ..plain },
        Style { annotations: "/Annots 9999 0 R", packed: true, ..plain },
    ];
    let mut files: Vec<(String, Vec<u8>)> =
        styles.iter().map(|&style| (format!("{style:?}"), write(&sheets, style))).collect();
    files.push(("bytes before the header".to_owned(), [b"\r\n\r\n", &files[0].1[..]].concat()));
    (report, files)
}

fn finding(text: &str, place: Option<Place>) -> Finding {
    let code = codes().find(|code| code.id == "cell-wrong").expect("a code of a warning or error");
    Finding::new(code, Message::new(text, text)).at(place)
}

/// Findings at the first and last figure, and one without a place.
fn findings(report: &Report) -> (Vec<Finding>, [Place; 2]) {
    let mut places = report.values.values().filter_map(|value| value.place.clone());
    let (first, last) = (places.next().expect("a figure"), places.next_back().expect("another"));
    assert_ne!(first.page, last.page, "on two pages");
    let about = [finding("合计应为5，\n请核对。", Some(first.clone())), finding("应为空。", Some(last.clone()))];
    (about.into_iter().chain([finding("没有“五、”。", None)]).collect(), [first, last])
}

fn commented(bytes: &[u8], findings: &[Finding]) -> Vec<u8> {
    let done = annotate(bytes, findings, (Language::Zh, AUTHOR), &mut Budget::default()).expect("a copy");
    assert_eq!((done.kind, done.comments), ("pdf", 3));
    done.bytes
}

#[test]
fn a_pdf_with_comments_begins_with_the_sent_file_and_reads_the_same() {
    let (report, files) = files();
    for (what, bytes) in files {
        let read = bound(&opened(&bytes));
        let once = commented(&bytes, &findings(&read).0);
        // A second time, to a page that has comments.
        let twice = commented(&once, &findings(&read).0);
        assert!(once.starts_with(&bytes) && twice.starts_with(&once), "{what}");
        for copy in [once, twice] {
            let found = bound(&opened(&copy));
            same(&report, &found, &what);
            assert_eq!(found.values, read.values, "{what}");
        }
    }
}

#[test]
fn a_pdf_that_takes_no_update_is_refused_with_the_reason() {
    let (_, mut files) = files();
    let (_, bytes) = files.swap_remove(0);
    let read = bound(&opened(&bytes));
    // An offset that points nowhere: reading recovers the objects.
    let at = memchr::memmem::rfind(&bytes, b"startxref\n").expect("an end") + 10;
    let broken = [&bytes[..at], b"7\n%%EOF"].concat();
    assert_eq!(bound(&opened(&broken)).values, read.values);
    let refused = annotate(&broken, &findings(&read).0, (Language::Zh, AUTHOR), &mut Budget::default());
    let Err(error @ AnnotateError::Pdf(NotPdf::Damaged)) = refused else { panic!("{refused:?}") };
    assert_eq!(error.message().zh, "PDF 文件的内部目录已损坏，不能加批注，请重新导出 PDF。");
}

#[test]
fn a_page_with_damaged_annotations_has_its_findings_in_the_note() {
    let (_, sheets) = reports().swap_remove(0);
    let bytes = write(&sheets, Style { encoding: "UniGB-UCS2-H", annotations: "/Annots 12", ..Style::default() });
    let read = bound(&opened(&bytes));
    let done = annotate(&bytes, &findings(&read).0, (Language::Zh, AUTHOR), &mut Budget::default()).expect("a copy");
    // The page of the last figure is sound: one frame, and one note with what is about the first figure and about no place.
    assert_eq!(done.comments, 2);
    assert_eq!(bound(&opened(&done.bytes)).values, read.values);
    // "合计应为5" in the note.
    let text = String::from_utf8_lossy(&done.bytes).into_owned();
    assert!(text.contains("54088BA15E944E3A0035"), "the finding about the first figure");
}

fn run(program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    output.stdout
}

/// The pixels of a page at 72 dots an inch: one dot a point. Width, and red, green and blue of each.
fn picture(file: &str, page: u32) -> (usize, Vec<u8>) {
    let page = (page + 1).to_string();
    let image = run("pdftoppm", &["-r", "72", "-f", &page, "-l", &page, "-cropbox", file]);
    let mut fields = image.splitn(4, u8::is_ascii_whitespace);
    assert_eq!(fields.next(), Some(&b"P6"[..]));
    let width = std::str::from_utf8(fields.next().expect("a width")).expect("digits").parse().expect("a number");
    let pixels = fields.nth(1).expect("pixels");
    (width, pixels[pixels.iter().position(|&byte| byte == b'\n').expect("a line") + 1..].to_vec())
}

#[test]
#[ignore = "drives qpdf and poppler; scripts/test runs it"]
fn interop_comments_are_drawn_around_the_figures() {
    let (_, files) = files();
    let folder = Folder::new();
    for (number, (what, bytes)) in files.iter().enumerate() {
        let (findings, places) = findings(&bound(&opened(bytes)));
        let name = format!("{number}.pdf");
        folder.file(&name, commented(&commented(bytes, &findings), &findings));
        let path = folder.path(&name);
        let name = path.to_str().expect("a path");
        run("qpdf", &["--check", name]);
        for place in places {
            let (left, top, right, bottom) = place.bounds.expect("a box");
            let (width, pixels) = picture(name, place.page.expect("a page"));
            let is_red = |x: u32, y: u32| {
                let at = 3 * ((y / 100) as usize * width + (x / 100) as usize);
                let near = [at, at + 3, at.saturating_sub(3), at + 3 * width, at.saturating_sub(3 * width)];
                near.iter().any(|&at| pixels[at] > 170 && pixels[at + 1] < 140 && pixels[at + 2] < 140)
            };
            let (across, down) = (left.midpoint(right), top.midpoint(bottom));
            for (x, y) in [(left, down), (right, down), (across, top), (across, bottom)] {
                assert!(is_red(x, y), "{what}: {place:?} at {x}, {y}");
            }
        }
    }
}
