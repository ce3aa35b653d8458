//! The roll-up as an office sees it: decisions, comparisons, reports with errors, reports of an older form.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use crate::program::{Folder, page};
use nianbao::agencies::Agencies;
use nianbao::document::{Block, Budget, Grid};
use nianbao::finding::{Finding, Message, Severity, code};
use nianbao::form::Forms;
use nianbao::read;
use nianbao::report::{Report, Value};
use nianbao::rollup::Gathering;
use nianbao::sampler::Sampler;
use nianbao::summary::workbook;
use rust_decimal::Decimal;

const AGENCIES: &str = "单位名称,上级\n青山县人民政府,\n青山县教育局,青山县人民政府\n青山县民政局,青山县人民政府\n青山县审计局,青山县人民政府\n";

/// A folder with an agencies file and the reports of a year.
struct Office {
    folder: Folder,
    forms: Forms,
}

impl Office {
    fn new() -> Self {
        let folder = Folder::new();
        folder.file("agencies.csv", AGENCIES);
        Self { folder, forms: Forms::built_in().expect("the built-in forms") }
    }

    fn report(&self, form: &str, name: &str, year: i16, change: impl FnOnce(&mut Report)) -> Report {
        let form = self.forms.get(form).expect("a form");
        let seed = name.bytes().map(u64::from).sum::<u64>() + u64::from(year.unsigned_abs());
        let mut report = Sampler::new(seed).report(form);
        let old = (report.agency.clone().expect("a name"), report.year.expect("a year"));
        let text = serde_json::to_string(&report).expect("JSON");
        let (next, shown) = (format!("{}", old.1 + 1), format!("{}", year + 1));
        let text = text.replace(&old.0, name).replace(&next, "NEXT").replace(&old.1.to_string(), &year.to_string());
        report = serde_json::from_str(&text.replace("NEXT", &shown)).expect("a report");
        report.form.clone_from(&form.id);
        change(&mut report);
        self.folder.file(&format!("{year}/{name}.html"), page(&report));
        report
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let args = [&["--lang", "zh", "rollup", "--agencies", "agencies.csv", "-o", "out"], args].concat();
        let ran = self.folder.run(&args);
        (ran.status, ran.err)
    }

    fn sheets(&self) -> BTreeMap<String, Vec<Vec<String>>> {
        let bytes = std::fs::read(self.folder.path("out/汇总.xlsx")).expect("the workbook");
        let reading = read::read(&bytes, Some("汇总.xlsx"), &mut Budget::default()).expect("a workbook");
        let grids = reading.document.blocks.into_iter().filter_map(|block| match block {
            Block::Grid(grid) => Some((grid.caption.clone().unwrap_or_default(), texts(&grid))),
            _ => None,
        });
        grids.collect()
    }

    fn codes(&self) -> Vec<(String, String)> {
        let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let lines = self.folder.log("out/findings.jsonl");
        lines
            .iter()
            .map(|line| (text(line, "code"), line["message"]["zh"].as_str().unwrap_or_default().to_owned()))
            .collect()
    }
}

fn texts(grid: &Grid) -> Vec<Vec<String>> {
    let text = |row, column| grid.cell_at(row, column).map(|cell| cell.text.clone()).unwrap_or_default();
    (0..grid.rows()).map(|row| (0..grid.columns()).map(|column| text(row, column)).collect()).collect()
}

const TOTAL: &str = "requests.received.total";

fn number(report: &Report, field: &str) -> Decimal {
    report.values[field].value.expect("a figure")
}

#[test]
fn a_county_with_one_figure_too_low_is_not_added_to_its_townships() {
    let folder = Folder::new();
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/tables/rollup-typo");
    let (input, agencies) = (format!("{case}/in"), format!("{case}/agencies.csv"));
    let ran = folder.run(&["--lang", "zh", "rollup", &input, "--agencies", &agencies, "-o", "out"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let report: Report = serde_json::from_slice(&folder.tree("out")["汇总报告.json"]).expect("a report");
    assert_eq!(number(&report, "disclosure.licensing.decisions"), Decimal::from(384));
    let told = |code: &str| {
        let lines = folder.log("out/findings.jsonl");
        let found = lines.iter().find(|line| line["code"] == code).unwrap_or_else(|| panic!("{code}"));
        (found["severity"].as_str().expect("a severity").to_owned(), found["message"]["zh"].to_string())
    };
    let (_, decided) = told("double-counting");
    assert!(decided.contains("195格与下级相加之数相同") && decided.contains("1格较小"), "{decided}");
    let (severity, differs) = told("parts-differ");
    assert!(severity == "error" && differs.contains("少1件"), "{severity} {differs}");
}

#[test]
fn the_same_agencies_are_compared_and_the_others_are_listed() {
    let office = Office::new();
    let mut sums = [Decimal::ZERO; 2];
    for (at, year) in [2023, 2024].into_iter().enumerate() {
        for name in ["青山县教育局", "青山县民政局"] {
            sums[at] += number(&office.report("gkbg-2021", name, year, |_| ()), TOTAL);
        }
    }
    office.report("gkbg-2021", "青山县审计局", 2023, |_| ());
    office.run(&["2024", "--previous", "2023"]);
    let sheets = office.sheets();
    let form = office.forms.get("gkbg-2021").expect("a form");
    let row = &sheets["同比"][1 + form.field_index(TOTAL).expect("a field")];
    assert_eq!(row[2..4], [sums[1].to_string(), sums[0].to_string()]);
    let zero = sheets["同比"].iter().find(|row| row[3] == "0" && row.len() > 5).expect("a figure that was 0");
    assert_eq!(zero[5], "—");
    let rows = &sheets["同比"];
    assert!(rows.iter().any(|row| row[0] == "青山县审计局" && row[1] == "只有2023年报告"), "{:?}", rows.last());
    let told = office.codes();
    let said = told.iter().find(|told| told.0 == "agencies-not-compared").expect("what is compared");
    assert!(said.1.contains("两年都有报告的2个单位") && said.1.contains("青山县审计局"), "{said:?}");
}

#[test]
fn reports_with_errors_are_marked_in_the_sums_or_left_out() {
    let office = Office::new();
    let good = office.report("gkbg-2021", "青山县教育局", 2024, |_| ());
    let bad = office.report("gkbg-2021", "青山县民政局", 2024, |report| {
        let wrong = number(report, TOTAL) + Decimal::ONE;
        report.values[TOTAL] = Value::number(wrong);
    });
    office.run(&["2024"]);
    let sheets = office.sheets();
    assert!(sheets["总表"][1][0].contains("由2份报告相加（其中1份有错误"), "{:?}", sheets["总表"][1]);
    let marked: Vec<_> = sheets["明细"].iter().filter(|row| row[6] == "有").map(|row| row[1].as_str()).collect();
    assert_eq!(marked, ["青山县民政局"]);
    assert!(office.codes().iter().any(|told| told.0 == "report-with-errors"));
    let sum = |office: &Office| -> Report {
        serde_json::from_slice(&office.folder.tree("out")["汇总报告.json"]).expect("a report")
    };
    assert_eq!(number(&sum(&office), TOTAL), number(&good, TOTAL) + number(&bad, TOTAL));
    office.run(&["2024", "--without-errors"]);
    assert_eq!(number(&sum(&office), TOTAL), number(&good, TOTAL));
    assert!(office.sheets()["总表"][1][0].contains("有错误的1份未计入"));
    assert!(office.codes().iter().any(|told| told.0 == "report-left-out"));
}

#[test]
fn a_report_of_an_older_form_is_migrated_to_the_newer_one() {
    let office = Office::new();
    let new = ["青山县教育局", "青山县民政局"].map(|name| office.report("gkbg-2021", name, 2024, |_| ()));
    let old = office.report("gkbg-2019", "青山县审计局", 2024, |_| ());
    let (_, err) = office.run(&["2024"]);
    assert!(err.contains("已报3个"), "{err}");
    let report: Report = serde_json::from_slice(&office.folder.tree("out")["汇总报告.json"]).expect("a report");
    let sum: Decimal = new.iter().chain([&old]).map(|report| number(report, TOTAL)).sum();
    assert_eq!(number(&report, TOTAL), sum);
    let told = office.codes();
    let said = told.iter().find(|told| told.0 == "report-migrated").expect("what was done");
    assert!(said.1.contains("2019年试行格式") && said.1.contains("2021年格式"), "{said:?}");
    assert!(!told.iter().any(|told| told.0.starts_with("report-of-other")));
    // Another year's report is not counted, whatever its form.
    office.report("gkbg-2021", "青山县审计局", 2022, |_| ());
    let (_, err) = office.run(&["2024", "2022", "--year", "2024"]);
    assert!(err.contains("这是2022年度报告，此次汇总2024年度"), "{err}");
}

#[test]
fn last_years_reports_beside_this_years_are_compared_and_not_of_a_wrong_year() {
    let office = Office::new();
    let names = ["青山县教育局", "青山县民政局"];
    let this = names.map(|name| number(&office.report("gkbg-2021", name, 2024, |_| ()), TOTAL));
    // Last year's are of an older form; 审计局 sent last year's report instead of this year's.
    let before = names.map(|name| number(&office.report("gkbg-2019", name, 2023, |_| ()), TOTAL));
    office.report("gkbg-2021", "青山县审计局", 2023, |_| ());
    for name in [names[0], names[1], "青山县审计局"] {
        let from = office.folder.path(&format!("2023/{name}.html"));
        std::fs::rename(from, office.folder.path(&format!("2024/{name}2023.html"))).expect("a file");
    }
    let (status, err) = office.run(&["2024"]);
    assert_eq!(status, Some(1), "{err}");
    let wrong: Vec<(String, String)> =
        office.codes().into_iter().filter(|told| told.0 == "report-of-other-year").collect();
    assert!(err.contains("2024年：") && wrong.len() == 1, "{err} {wrong:?}");
    assert!(err.contains("青山县审计局2023.html"), "{err}");
    let form = office.forms.get("gkbg-2021").expect("a form");
    let row = &office.sheets()["同比"][1 + form.field_index(TOTAL).expect("a field")];
    assert_eq!(row[2..4], [this[0] + this[1], before[0] + before[1]].map(|sum| sum.to_string()));
}

#[test]
fn a_folder_of_last_year_is_only_compared_with_whoever_reported_this_year() {
    let office = Office::new();
    office.report("gkbg-2021", "青山县教育局", 2024, |_| ());
    for name in ["青山县教育局", "青山县民政局", "青山县审计局"] {
        office.report("gkbg-2021", name, 2023, |_| ());
    }
    // This year has begun, though most reports are of last year.
    let (_, err) = office.run(&["2023", "2024"]);
    assert!(err.contains("2024年："), "{err}");
    let codes = office.codes();
    assert!(!codes.iter().any(|told| told.0 == "report-of-other-year"), "{codes:?}");
    assert!(codes.iter().any(|told| told.0 == "agencies-not-compared"), "{codes:?}");
    assert!(office.sheets().contains_key("同比"));
    // With last year's reports named, the folder is not of a wrong year either.
    office.run(&["2023", "2024", "--previous", "2023"]);
    assert!(!office.codes().iter().any(|told| told.0 == "report-of-other-year"));
    // The other year is rolled up if it is asked for; this year's report is then of another one.
    let (_, err) = office.run(&["2023", "2024", "--year", "2023"]);
    assert!(err.contains("2023年：") && err.contains("这是2024年度报告"), "{err}");
}

#[test]
fn many_reports_of_unknown_agencies_are_one_line_and_a_name_is_never_empty() {
    let office = Office::new();
    office.report("gkbg-2021", "青山县教育局", 2024, |_| ());
    for number in 0..30 {
        office.report("gkbg-2021", &format!("红河县第{number}镇人民政府"), 2024, |_| ());
    }
    for command in ["rollup", "convert"] {
        let args = ["--lang", "zh", command, "2024", "--agencies", "agencies.csv", "-o", "out"];
        let err = office.folder.run(&args).err;
        let lines: Vec<&str> = err.lines().filter(|line| line.contains("名录") && line.contains("不知道")).collect();
        assert!(lines.len() == 1 && lines[0].contains("30份报告"), "{command}: {lines:?}");
        assert!(!err.contains("“”"), "{command}: {err}");
    }
    // A numbered agency has its name, and an agency without a name is not called "".
    let nameless = office.report("gkbg-2021", "青山县教育局", 2024, |report| {
        let year = report.year.expect("a year");
        report.title = Some(format!("××{year}年政府信息公开工作年度报告"));
        report.agency = None;
        report.sections.last_mut().expect("a part").content.clear();
    });
    office.folder.file("none/1.html", page(&nameless));
    let (_, err) = office.run(&["none"]);
    assert!(err.contains("未能确定报告是哪个单位的") && !err.contains("“”"), "{err}");
}

#[test]
fn the_last_row_of_a_sheet_is_written_once_however_high_it_is() {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let [reported, missing] = ["有报告的", "没有报告的"].map(|what| format!("{}{what}局", "青山县".repeat(15)));
    let list = format!("单位名称,上级\n青山县人民政府,\n{missing},青山县人民政府\n{reported},青山县人民政府\n");
    let agencies = Agencies::read("agencies.csv", list.as_bytes()).expect("agencies");
    let mut gathering = Gathering::new(form, 2023, &agencies);
    for (number, (_, report)) in crate::rollup::reports(form, &[&reported, &reported]).iter().enumerate() {
        gathering.add(&format!("{number}/{}.docx", "很长的文件名".repeat(20)), report);
    }
    let bytes = workbook::workbook(&gathering.finish()).expect("a workbook");
    let sheets = crate::rollup::sheets(&bytes);
    for name in ["明细", "单位×指标", "问题清单", "未报单位", "重复报送"] {
        let rows = crate::rollup::texts(&sheets[name]);
        let last = rows.last().expect("a row");
        assert!(last.iter().any(|text| text.chars().count() > 40), "{name}: the last row is of one line: {last:?}");
    }
}

/// The default height of the rows of each sheet, in points.
fn default_heights(bytes: &[u8]) -> Vec<f64> {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let parts = 0..package.len();
    let height = |part: usize| {
        let part = package.by_index(part).expect("a part");
        if !part.name().is_ok_and(|name| name.starts_with("xl/worksheets/sheet")) {
            return None;
        }
        let xml = std::io::read_to_string(part).expect("text");
        let (_, rest) = xml.split_once(" defaultRowHeight=\"").expect("a height");
        rest.split('"').next().map(|height| height.parse().expect("a number"))
    };
    parts.filter_map(height).collect()
}

#[test]
fn many_warnings_of_reports_have_one_usual_height() {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let list = "单位名称,上级\n青山县人民政府,\n青山县教育局,青山县人民政府\n";
    let agencies = Agencies::read("agencies.csv", list.as_bytes()).expect("agencies");
    let of_warnings = |count: usize| {
        let mut gathering = Gathering::new(form, 2023, &agencies);
        for (file, report) in &mut crate::rollup::reports(form, &["青山县教育局"]) {
            let message = Message::new("这一项需要核对。".repeat(10), "Check this.");
            report.findings = vec![Finding::new(&code::check::PROSE_SUM, message); count];
            assert!(report.findings.iter().all(|finding| finding.severity > Severity::Info), "a list of warnings");
            gathering.add(file, report);
        }
        default_heights(&workbook::workbook(&gathering.finish()).expect("a workbook"))
    };
    assert_eq!(of_warnings(10).iter().filter(|height| **height > 30.0).count(), 0);
    // The list of findings alone is long.
    assert_eq!(of_warnings(10_000).iter().filter(|height| **height > 30.0).count(), 1);
}
