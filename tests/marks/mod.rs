//! Text beside figures: every kind of mark and hidden text at random figures of every format that supports it. No figure is wrong, no
//! visible one is lost, and text that was set aside is reported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::type_complexity,
    clippy::cast_precision_loss,
    clippy::needless_pass_by_value,
    reason = "small figures, short functions"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "small figures, one table of looks a format"
)]

mod anchored;
mod doc;
mod elsewhere;
mod embedded;
mod hidings;
mod others;
mod pages;
mod shaded;
mod sheets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::Report;
use nianbao::sampler::Random;

/// Formatting of a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Plain,
    Struck,
    /// Explicitly not struck through.
    NotStruck,
    Raised,
    Lowered,
    Hidden,
    White,
    Tiny,
    /// Condensed until nothing can be read.
    Narrow,
    /// In the colour of a dark cell.
    Sunk,
}

pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
}

pub(super) struct Cell {
    pub(super) runs: Vec<Run>,
    pub(super) column: u32,
    pub(super) rows: u32,
    pub(super) columns: u32,
    /// Whether its background is dark.
    pub(super) dark: bool,
}

#[derive(Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    pub(super) hidden: bool,
}

pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) columns: u32,
}

pub(super) const TITLE: &str = "白渚市民政局2022年政府信息公开工作年度报告";

/// Tables with marks, the figures to be read, and the codes that must report what was set aside.
pub(super) struct Made {
    pub(super) tables: Vec<Table>,
    figures: BTreeMap<String, Option<u64>>,
    told: BTreeSet<&'static str>,
}

fn run(text: impl ToString, look: Look) -> Run {
    Run { text: text.to_string(), look }
}

/// A figure with marks around it.
fn marked(figure: u64, random: &mut Random, made: &mut Made) -> (Vec<Run>, bool, Option<u64>) {
    use Look::{Hidden, Lowered, Narrow, NotStruck, Plain, Raised, Struck, Sunk, Tiny, White};
    let other = random.below(100);
    let plain = run(figure, Plain);
    let (runs, code) = match random.below(28) {
        0 => (vec![plain, run(1, Raised)], "superscript-set-aside"),
        1 => (vec![plain, run("[2]", Raised)], "superscript-set-aside"),
        2 => (vec![plain, run(3, Lowered)], "superscript-set-aside"),
        3 => (vec![plain, run("①", Plain)], "superscript-set-aside"),
        4 => (vec![run(other, Struck), plain], "struck-out-set-aside"),
        5 => (vec![plain, run(other, Struck)], "struck-out-set-aside"),
        6 => (vec![plain, run(other, Hidden)], "unseen-set-aside"),
        7 => (vec![run(other, White), plain], "unseen-set-aside"),
        8 => (vec![plain, run(other, Tiny)], "unseen-set-aside"),
        // In some cases nothing is left of the cell; in others the figure is visible.
        9 => {
            made.told.insert("struck-out-set-aside");
            return (vec![run(figure, Struck)], false, None);
        }
        10 => {
            made.told.insert("unseen-set-aside");
            return (vec![run(figure, White)], false, None);
        }
        11 => return (vec![run(figure, White)], true, Some(figure)),
        12 => return (vec![run(figure, NotStruck)], false, Some(figure)),
        13 => return (vec![run(figure, Raised)], false, Some(figure)),
        14 => (vec![plain, run(other, Narrow)], "unseen-set-aside"),
        15 => {
            made.told.insert("unseen-set-aside");
            return (vec![run(figure, White), run(other, Sunk)], true, Some(figure));
        }
        16 => {
            made.told.insert("unseen-set-aside");
            return (vec![run(figure, Sunk)], true, None);
        }
        _ => return (vec![plain], false, Some(figure)),
    };
    made.told.insert(code);
    (runs, false, Some(figure))
}

fn make(form: &Form, seed: u64) -> Made {
    let mut random = Random::new(seed);
    let mut made = Made { tables: Vec::new(), figures: BTreeMap::new(), told: BTreeSet::new() };
    for table in 0..form.tables.len() {
        let layout = Layout::for_table(form, table);
        let mut rows: Vec<Row> = Vec::new();
        for cells in &layout.rows {
            let mut row = Row::default();
            for cell in cells {
                let (runs, dark) = match &cell.content {
                    LayoutContent::Field(index) => {
                        let (runs, dark, read) = marked(1 + random.below(900), &mut random, &mut made);
                        made.figures.insert(form.fields[*index].id.clone(), read);
                        (runs, dark)
                    }
                    LayoutContent::Caption(text)
                    | LayoutContent::Corner(text)
                    | LayoutContent::ColumnHead(text)
                    | LayoutContent::RowHead(text) => {
                        let dark = random.once_in(9);
                        (vec![run(text, if dark { Look::White } else { Look::Plain })], dark)
                    }
                };
                row.cells.push(Cell { runs, column: cell.column, rows: cell.row_span, columns: cell.col_span, dark });
            }
            rows.push(row);
        }
        // A row of last year that was hidden and not deleted.
        if let Some(last) = rows.last().filter(|_| random.once_in(2)) {
            let cells = last.cells.iter().map(|cell| Cell {
                runs: vec![run(if cell.column == 0 { cell.runs[0].text.clone() } else { "77".into() }, Look::Plain)],
                dark: false,
                ..*cell
            });
            let cells = cells.collect();
            rows.push(Row { cells, hidden: true });
            made.told.insert("hidden");
        }
        made.tables.push(Table { rows, columns: layout.columns });
    }
    made
}

fn read(bytes: &[u8], binder: &Binder, what: &str) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default());
    let reading = reading.unwrap_or_else(|error| panic!("{what}: {error}"));
    binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{what}: {finding:?}"))
}

fn hold(name: &str, render: impl Fn(&Made, u64) -> Vec<u8>) {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    for form in forms.iter() {
        for seed in 0..12 {
            let made = make(form, seed);
            let what = format!("{name}, {}, seed {seed}", form.id);
            let bytes = render(&made, seed);
            let report = read(&bytes, &binder, &what);
            assert_eq!(report.form, form.id, "{what}");
            for (field, figure) in &made.figures {
                let value = &report.values[field];
                assert_eq!(value.value, figure.map(Into::into), "{what}, {field}: {value:?} {:#?}", report.findings);
            }
            let codes: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
            for &code in &made.told {
                let told = match code {
                    "hidden" => codes.contains("hidden-row-set-aside") || codes.contains("cells-hidden"),
                    code => codes.contains(code),
                };
                assert!(told, "{what}: {code} is not among {codes:?}");
            }
        }
    }
}

#[test]
fn docx_figures_are_those_of_the_page() {
    hold("docx", |made, seed| pages::docx(made, seed % 2 == 1));
}

#[test]
fn word_2003_xml_figures_are_those_of_the_page() {
    hold("Word 2003 XML", |made, _| pages::word_2003(made));
}

#[test]
fn html_figures_are_those_of_the_page() {
    hold("html", |made, seed| pages::html(made, seed % 4));
}

#[test]
fn mht_figures_are_those_of_the_page() {
    hold("mht", |made, seed| others::mht(made, seed % 4));
}

#[test]
fn xlsb_figures_are_those_of_the_page() {
    hold("xlsb", |made, seed| others::xlsb(made, seed % 2 == 1));
}

#[test]
fn odt_figures_are_those_of_the_page() {
    hold("fodt", |made, _| pages::fodt(made));
}

#[test]
fn rtf_figures_are_those_of_the_page() {
    hold("rtf", |made, _| pages::rtf(made));
}

#[test]
fn doc_figures_are_those_of_the_page() {
    hold("doc", |made, seed| doc::doc(made, seed % 2 == 1));
}

#[test]
fn xlsx_figures_are_those_of_the_page() {
    hold("xlsx", |made, seed| sheets::xlsx(made, seed % 2 == 1));
}

#[test]
fn excel_2003_xml_figures_are_those_of_the_page() {
    hold("Excel 2003 XML", |made, seed| sheets::excel_2003(made, seed % 2 == 1));
}

#[test]
fn ods_figures_are_those_of_the_page() {
    hold("fods", |made, seed| sheets::fods(made, seed % 2 == 1));
}

#[test]
fn xls_figures_are_those_of_the_page() {
    hold("xls", |made, seed| sheets::xls(made, seed % 2 == 1));
}

/// Cases with text beside figures.
const MARKED: [&str; 11] = ["d01", "d02", "d03", "d33", "d57", "d85", "h02", "h03", "h21", "x04", "x13"];

/// Files like those that were sent in: right, or empty with a finding that gives the reason.
#[test]
fn cases_are_right_or_empty_with_a_finding() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/figures");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The other cases are those of tests/figures.rs.
        let marked = MARKED.iter().any(|case| name.starts_with(case));
        if name.ends_with(".truth.json") || !(marked || name.starts_with("h11b")) {
            continue;
        }
        let truth = path.with_file_name(format!("{}.truth.json", path.file_stem().unwrap().to_string_lossy()));
        let truth: serde_json::Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
        let report = read(&std::fs::read(&path).unwrap(), &binder, &name);
        cases += 1;
        for (field, figure) in truth["values"].as_object().unwrap() {
            match report.values[field].value {
                Some(value) => assert_eq!(value.to_string(), figure.to_string(), "{name}: {field}"),
                None => assert!(figure.is_null() || !report.findings.is_empty(), "{name}: {field}"),
            }
        }
        let told =
            |finding: &nianbao::finding::Finding| finding.code.contains("set-aside") || finding.code.contains("hidden");
        // A script lays a copy of its own table over h11b; the other cases contain something that is set aside.
        if marked {
            assert!(report.findings.iter().any(told), "{name}: {:?}", report.findings);
        }
    }
    assert!(cases >= 12);
}
