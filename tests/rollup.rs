//! The roll-up: sums compared with an independent loop, missing and repeated reports, superiors that already include their parts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use crate::program::{Folder, page};
use crate::table_schemas::{line_schema, table_schema};
use nianbao::agencies::Agencies;
use nianbao::document::{Block, Budget, Grid};
use nianbao::form::{Form, Forms};
use nianbao::report::{Kind, Report, Value};
use nianbao::rollup::{Gathering, Rollup};
use nianbao::sampler::Sampler;
use nianbao::write::WriteError;
use nianbao::{read, summary::workbook};
use rust_decimal::Decimal;

pub(crate) const AGENCIES: &str = "\
代码,单位名称,曾用名,别名,上级,层级,含下级,联系方式
001,青山县人民政府,,,,县级,,办公室 001
002,青山县教育局,青山县教委,,001,部门,,
003,青山县民政局,,,001,部门,,
004,东河镇人民政府,,东河镇政府；东河镇,青山县人民政府,乡级,,
005,东河镇水管站,,,004,站所,,
006,东河镇农技站,,,004,站所,,
007,西河镇人民政府,,,青山县人民政府,乡级,,何某
";

pub(crate) fn forms() -> Forms {
    Forms::built_in().expect("the built-in forms")
}

/// Made-up reports of 2023, one per name.
pub(crate) fn reports(form: &Form, names: &[&str]) -> Vec<(String, Report)> {
    let mut sampler = Sampler::new(11);
    let report = |name: &&str| {
        let mut report = sampler.report(form);
        (report.agency, report.year) = (Some((*name).to_owned()), Some(2023));
        (format!("{name}.docx"), report)
    };
    names.iter().map(report).collect()
}

fn rolled<'a>(form: &'a Form, agencies: &'a Agencies, reports: &[(String, Report)]) -> Rollup<'a> {
    let mut gathering = Gathering::new(form, 2023, agencies);
    for (file, report) in reports {
        gathering.add(file, report);
    }
    gathering.finish()
}

fn agencies(text: &str) -> Agencies {
    Agencies::read("agencies.csv", text.as_bytes()).expect("agencies")
}

fn codes(rollup: &Rollup) -> Vec<String> {
    rollup.findings.iter().map(|told| told.finding.code.clone()).collect()
}

/// The sums by field id, computed without the tree.
fn plain_sums(reports: &[(String, Report)]) -> BTreeMap<String, Decimal> {
    let mut sums = BTreeMap::new();
    for (id, value) in reports.iter().flat_map(|(_, report)| &report.values) {
        *sums.entry(id.clone()).or_insert(Decimal::ZERO) += value.value.unwrap_or_default();
    }
    sums
}

#[test]
fn the_sums_are_those_of_a_plain_loop_and_every_sum_is_that_of_its_parts() {
    let (forms, agencies) = (forms(), agencies(AGENCIES));
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = forms.get(id).expect("a form");
        let reports = reports(form, &["青山县教委", "青山县民政局", "东河镇", "东河镇水管站", "西河镇人民政府"]);
        let rollup = rolled(form, &agencies, &reports);
        let own = rollup.report();
        assert_eq!(own.title.as_deref(), Some(form.title.for_report("青山县人民政府", 2023).as_str()));
        for (field, (id, sum)) in
            plain_sums(&reports).into_iter().map(|sum| (form.field_index(&sum.0).expect("a field"), sum))
        {
            assert_eq!(own.values[&id].value, Some(sum), "{id}");
            let parts = rollup.parts(&rollup.total.taken, field);
            assert_eq!(parts.len(), 5);
            assert_eq!(parts.iter().map(|part| part.number).sum::<Decimal>(), sum, "{id}");
        }
        let missing: Vec<&str> = rollup.missing.iter().map(|&one| agencies.list()[one].name.as_str()).collect();
        assert_eq!(missing, ["东河镇农技站"]);
        assert_eq!(codes(&rollup), ["agency-missing", "parts-added"]);
    }
}

#[test]
fn a_superior_that_includes_its_parts_is_counted_once() {
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    let agencies = agencies(AGENCIES);
    let mut reports = reports(form, &["东河镇人民政府", "东河镇水管站", "东河镇农技站"]);
    let sums = plain_sums(&reports[1..]);
    for (id, value) in &mut reports[0].1.values {
        *value = Value::number(sums[id]);
    }
    let more = form.fields[0].id.clone();
    reports[0].1.values[&more] = Value::number(sums[&more] + Decimal::from(2));
    let rollup = rolled(form, &agencies, &reports);
    let node = &rollup.nodes[3];
    assert!(node.includes);
    let mut sums_of = rollup.sums();
    assert_eq!(sums_of.region(3)[0], Some(sums[&more] + Decimal::from(2)));
    assert_eq!(sums_of.itself(3)[0], Some(Decimal::from(2)));
    assert_eq!(rollup.total.region[1], Some(sums[&form.fields[1].id]));
    let found = codes(&rollup);
    assert!(found.contains(&"double-counting".to_owned()), "{found:?}");
    let differ: Vec<_> = rollup.findings.iter().filter(|told| told.finding.code == "parts-differ").collect();
    assert_eq!(differ.len(), 1);
    assert_eq!(differ[0].finding.difference, Some(Decimal::from(2)));
    assert_eq!(differ[0].finding.fields, [more]);
    // If the agencies file says that it does not include them, the roll-up adds both.
    let separate = AGENCIES.replace("乡级,,\n005", "乡级,否,\n005");
    assert_ne!(separate, AGENCIES);
    let agencies = Agencies::read("a.csv", separate.as_bytes()).expect("agencies");
    let rollup = rolled(form, &agencies, &reports);
    assert_eq!(rollup.total.region[1], Some(sums[&form.fields[1].id] * Decimal::from(2)));
    assert!(!codes(&rollup).contains(&"double-counting".to_owned()));
}

#[test]
fn of_two_reports_of_an_agency_the_later_counts_and_both_are_named() {
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    let agencies = agencies(AGENCIES);
    let mut reports = reports(form, &["青山县教育局", "青山县教委", "青山县民政局", "青山县民政局"]);
    reports[0].1.published = Some("2024-01-20".parse().expect("a date"));
    reports[1].1.published = Some("2024-01-10".parse().expect("a date"));
    reports[3].1 = reports[2].1.clone();
    reports[3].0 = "again.docx".to_owned();
    let rollup = rolled(form, &agencies, &reports);
    assert_eq!(rollup.repeated.len(), 2);
    assert_eq!(rollup.repeated[0].counted, "青山县教育局.docx");
    assert_eq!(rollup.repeated[0].others, ["青山县教委.docx"]);
    assert!(!rollup.repeated[0].same && rollup.repeated[1].same);
    let found = codes(&rollup);
    assert!(found.contains(&"agency-reported-twice".to_owned()) && found.contains(&"agency-reported-again".to_owned()));
    let first = &form.fields[0].id;
    let wanted =
        reports[0].1.values[first].value.expect("a figure") + reports[2].1.values[first].value.expect("a figure");
    assert_eq!(rollup.total.region[0], Some(wanted));
}

#[test]
fn a_value_that_is_not_a_number_is_not_0_and_is_reported() {
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    let agencies = agencies(AGENCIES);
    let mut reports = reports(form, &["青山县教育局", "青山县民政局", "不在名录的局", "西河镇人民政府"]);
    let (blank, text) = (form.fields[0].id.clone(), form.fields[1].id.clone());
    for report in [0, 1] {
        reports[report].1.values[&blank] = Value { kind: Kind::Blank, ..Value::default() };
    }
    reports[0].1.values[&text] = Value { kind: Kind::Text, raw: "若干".to_owned(), ..Value::default() };
    reports[3].1.year = Some(2022);
    let rollup = rolled(form, &agencies, &reports);
    assert_eq!(rollup.total.region[0], None);
    assert_eq!(rollup.report().values[&blank].kind, Kind::Blank);
    assert_eq!(rollup.total.region[1], reports[1].1.values[&text].value);
    let found = codes(&rollup);
    for code in ["sum-incomplete", "agency-not-listed", "report-of-other-year"] {
        assert!(found.contains(&code.to_owned()), "{code}: {found:?}");
    }
}

#[test]
fn mistakes_in_an_agencies_file_name_line_and_column() {
    let wrong = |text: &str| Agencies::read("a.csv", text.as_bytes()).expect_err("mistakes").to_string();
    assert_eq!(wrong("名称,上级\n甲局,乙局\n"), "line 2, column `上级`: no agency has the code or name `乙局`");
    assert!(wrong("name,parent\n甲,乙\n乙,丙\n丙,甲\n").contains("column `parent`: the superiors of"));
    assert!(wrong("name,parent\n甲,甲\n").contains("line 2, column `parent`"));
    assert!(wrong("name,code\n甲,1\n乙,1\n").contains("line 3, column `code`: `1` stands twice, first in line 2"));
    assert!(wrong("代码\n1\n").contains("单位名称"));
    let toml =
        Agencies::read("a.toml", "[[agency]]\nname = \"甲\"\nparent = \"乙\"\n".as_bytes()).expect_err("a mistake");
    assert_eq!(toml.to_string(), "line 1, column `parent`: no agency has the code or name `乙`");
}

#[test]
fn agencies_are_read_from_toml_and_from_gbk() {
    let toml = "[[agency]]\nname = \"甲县\"\n[[agency]]\nname = \"乙镇\"\nparent = \"甲县\"\naliases = [\"乙乡\"]\naggregate = true\n";
    let from_toml = Agencies::read("a.toml", toml.as_bytes()).expect("agencies");
    assert_eq!(from_toml.list()[1].aggregate, Some(true));
    let (gbk, ..) = encoding_rs::GB18030.encode("名称,上级,别名,含下级\n甲县,,,\n乙镇,甲县,乙乡,是\n");
    assert_eq!(Agencies::read("a.csv", &gbk).expect("agencies"), from_toml);
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("written");
    bytes
}

/// The sheets of a workbook by their names. Every row is written once, in order, as the format requires.
pub(crate) fn sheets(bytes: &[u8]) -> BTreeMap<String, Grid> {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    for part in 0..package.len() {
        let xml = std::io::read_to_string(package.by_index(part).expect("a part")).expect("text");
        let rows = xml
            .split("<row r=\"")
            .skip(1)
            .map(|row| row.split('"').next().expect("a number").parse::<u32>().expect("one"));
        assert!(rows.is_sorted_by(|row, next| row < next), "a row of part {part} is written twice");
    }
    let reading = read::read(bytes, Some("汇总.xlsx"), &mut Budget::default()).expect("a workbook");
    let grids = reading.document.blocks.into_iter();
    let grids = grids.filter_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None });
    grids.map(|grid| (grid.caption.clone().expect("a name"), grid)).collect()
}

pub(crate) fn texts(grid: &Grid) -> Vec<Vec<String>> {
    let text = |row, column| grid.cell_at(row, column).map(|cell| cell.text.clone()).unwrap_or_default();
    (0..grid.rows()).map(|row| (0..grid.columns()).map(|column| text(row, column)).collect()).collect()
}

#[test]
fn the_workbook_holds_every_figure_and_is_the_same_each_time() {
    let (forms, agencies) = (forms(), agencies(AGENCIES));
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = forms.get(id).expect("a form");
        let mut reports = reports(form, &["青山县教委", "青山县民政局", "东河镇", "东河镇水管站"]);
        let (blank, text) = (form.fields[0].id.clone(), form.fields[1].id.clone());
        reports[0].1.values[&blank] = Value { kind: Kind::Blank, ..Value::default() };
        reports[0].1.values[&text] = Value { kind: Kind::Text, raw: "=若干".to_owned(), ..Value::default() };
        let rollup = rolled(form, &agencies, &reports);
        let bytes = workbook::workbook(&rollup).expect("a workbook");
        assert!(bytes == workbook::workbook(&rollup).expect("a workbook"), "not the same bytes");
        let sheets = sheets(&bytes);
        let detail = texts(&sheets["明细"]);
        assert_eq!(detail.len(), 2 + 4);
        let mut read = rollup.reports();
        for (number, (row, entry)) in detail[2..].iter().zip(&rollup.entries).enumerate() {
            assert_eq!(row[1], agencies.list()[entry.agency].name);
            for (cell, figure) in row[8..].iter().zip(&read.figures(number)) {
                match figure.number {
                    Some(number) => assert_eq!(cell.parse::<Decimal>().expect("a number"), number),
                    None => assert_eq!(*cell, *figure.raw),
                }
            }
        }
        let total = texts(&sheets["总表"]).concat();
        for sum in rollup.total.region.iter().flatten() {
            assert!(total.contains(&sum.normalize().to_string()), "{sum}");
        }
        let missing = texts(&sheets["未报单位"]).concat();
        assert!(missing.contains(&"西河镇人民政府".to_owned()) && missing.contains(&"何某".to_owned()));
        let verdicts: Vec<String> = texts(&sheets["校验"])[1..].iter().map(|row| row[6].clone()).collect();
        assert!(verdicts.len() > 20 && verdicts.contains(&"✓".to_owned()), "{verdicts:?}");
    }
}

#[test]
fn the_flat_tables_say_which_figures_count_and_where_they_come_from() {
    let (forms, agencies) = (forms(), agencies(AGENCIES));
    let form = forms.get("gkbg-2021").expect("a form");
    let mut reports = reports(form, &["青山县教委", "青山县民政局"]);
    let first = form.fields[0].id.clone();
    reports[0].1.values[&first] = Value { kind: Kind::Text, raw: "=1+1".to_owned(), ..Value::default() };
    let rollup = rolled(form, &agencies, &reports);
    let lines = String::from_utf8(written(|out| workbook::values(&rollup, out))).expect("UTF-8");
    assert_eq!(lines.lines().count(), 2 * form.fields.len());
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["agency"], "青山县教育局");
    assert_eq!((&line["value"], &line["kind"]), (&serde_json::Value::Null, &"text".into()));
    assert_eq!(line["source"]["file"], "青山县教委.docx");
    let csv = String::from_utf8(written(|out| workbook::wide_csv(&rollup, out))).expect("UTF-8");
    // A column of figures contains only numbers; the JSON lines have the text as written.
    assert!(!csv.contains("=1+1") && lines.lines().next().expect("a line").contains("=1+1"));
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let heads = rows.headers().expect("heads").clone();
    let from = heads.iter().position(|head| head == first).expect("a field");
    for row in rows.records() {
        let row = row.expect("a row");
        assert!(row.iter().skip(from).all(|cell| cell.is_empty() || cell.parse::<Decimal>().is_ok()), "{row:?}");
    }
}

#[test]
fn the_command_writes_everything_and_its_status_says_whether_anything_is_wrong() {
    let folder = Folder::new();
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    folder.file("agencies.csv", AGENCIES);
    for (file, report) in reports(form, &["青山县教育局", "青山县民政局", "西河镇人民政府"]) {
        let mut report = report;
        report.title = report.agency.as_ref().map(|agency| form.title.for_report(agency, 2023));
        folder.file(&format!("in/{file}.html"), page(&report));
    }
    let args = ["rollup", "in", "--agencies", "agencies.csv", "-o", "out"];
    let ran = folder.run(&args);
    assert!(ran.err.contains("6 agencies to report: 3 reported, 0 sent what could not be read, 3 missing"), "{ran:?}");
    let tree = folder.tree("out");
    for name in
        ["汇总.xlsx", "汇总.csv", "values.jsonl", "findings.jsonl", "汇总报告.docx", "汇总报告.html", "汇总报告.json"]
    {
        assert!(tree.contains_key(name), "{name}: {:?}", tree.keys());
    }
    assert!(table_schema(&tree["汇总.schema.json"], &tree["汇总.csv"]) > 600);
    line_schema(&tree["values.schema.json"], &tree["values.jsonl"]);
    let report: Report = serde_json::from_slice(&tree["汇总报告.json"]).expect("a report");
    assert_eq!(report.agency.as_deref(), Some("青山县人民政府"));
    folder.run(&args);
    assert!(tree == folder.tree("out"), "a second run writes other bytes");
    folder.file("agencies.csv", "名称,上级\n甲局,乙局\n");
    let wrong = folder.run(&args);
    assert_eq!(wrong.status, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("line 2"), "{wrong:?}");
}

#[test]
fn limits_for_one_agency_do_not_apply_to_the_sum() {
    let folder = Folder::new();
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    folder.file("agencies.csv", AGENCIES);
    let limit = form.magnitudes.first().expect("a limit");
    let limited = form.fields[limit.field].id.clone();
    let rolled_up = |figure: Decimal| {
        for (file, mut report) in reports(form, &["青山县教育局", "青山县民政局", "西河镇人民政府"])
        {
            report.title = report.agency.as_ref().map(|agency| form.title.for_report(agency, 2023));
            report.values.insert(limited.clone(), Value::number(figure));
            folder.file(&format!("in/{file}.html"), page(&report));
        }
        folder.run(&["rollup", "in", "--agencies", "agencies.csv", "-o", "out", "--select", "unit-mistaken"])
    };
    let most = Decimal::from(limit.most);
    let right = rolled_up(most);
    assert_eq!(right.status, Some(0), "{right:?}");
    let report = std::fs::read(folder.path("out/汇总报告.json")).expect("a report");
    let report: Report = serde_json::from_slice(&report).expect("a report");
    assert_eq!(report.values[&limited].value, Some(most * Decimal::from(3)));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let wrong = rolled_up(most + Decimal::ONE);
    assert!(wrong.status == Some(1) && wrong.err.contains("青山县教育局.docx.html"), "{wrong:?}");
}

#[test]
fn last_year_is_compared_from_its_reports_and_from_its_workbook() {
    let folder = Folder::new();
    let forms = forms();
    folder.file("agencies.csv", AGENCIES);
    let names = ["青山县教育局", "青山县民政局", "西河镇人民政府"];
    let mut sums = Vec::new();
    for (year, form) in [(2022, "gkbg-2021"), (2023, "gkbg-2021"), (2020, "gkbg-2019"), (2021, "gkbg-2021")] {
        let form = forms.get(form).expect("a form");
        let mut sampler = Sampler::new(year.try_into().expect("a seed"));
        let mut sum = BTreeMap::new();
        for name in names {
            let mut report = sampler.report(form);
            (report.agency, report.year) = (Some(name.to_owned()), Some(year));
            report.title = Some(form.title.for_report(name, year));
            for (id, value) in &report.values {
                *sum.entry(id.clone()).or_insert(Decimal::ZERO) += value.value.unwrap_or_default();
            }
            folder.file(&format!("{year}/{name}.html"), page(&report));
        }
        sums.push(sum);
    }
    let run = |year: &str, out: &str, previous: &[&str]| {
        let args = [&["rollup", year, "--agencies", "agencies.csv", "-o", out][..], previous].concat();
        let ran = folder.run(&args);
        assert!(ran.status.is_some_and(|status| status < 2), "{ran:?}");
        let bytes = std::fs::read(folder.path(&format!("{out}/汇总.xlsx"))).expect("the workbook");
        texts(sheets(&bytes).get("同比").unwrap_or(&sheets(&bytes)["总表"]))
    };
    run("2022", "out22", &[]);
    let form = forms.get("gkbg-2021").expect("a form");
    for previous in ["2022", "out22/汇总.xlsx"] {
        let rows = run("2023", "out23", &["--previous", previous]);
        assert_eq!(rows[0][2..4], ["2023年", "2022年"]);
        let additive: Vec<_> = form.fields.iter().filter(|field| form.tables[field.table].additive).collect();
        for (field, row) in additive.iter().zip(&rows[1..]) {
            let (this, before) = (sums[1][&field.id], sums[0][&field.id]);
            assert_eq!(row[2].parse::<Decimal>().ok(), Some(this), "{previous} {} {row:?}", field.id);
            assert_eq!(row[3].parse::<Decimal>().ok(), Some(before), "{previous} {} {row:?}", field.id);
            assert_eq!(row[4].parse::<Decimal>().ok(), Some(this - before), "{previous} {} {row:?}", field.id);
        }
        let bytes = std::fs::read(folder.path("out23/汇总.xlsx")).expect("the workbook");
        let rules = texts(&sheets(&bytes)["校验"]);
        let carried = sums[1]["requests.carried_in.total"] - sums[0]["requests.carried_out.total"];
        let verdict = rules.iter().filter(|row| row[3] == sums[1]["requests.carried_in.total"].normalize().to_string());
        assert!(verdict.into_iter().any(|row| row[6] == format!("差{}", carried.normalize())), "{carried}");
        // Only its reports give figures per agency.
        let by_agency = rows.iter().any(|row| row[0].trim() == "西河镇人民政府");
        assert_eq!(by_agency, previous == "2022");
    }
    // Neither another year's sums nor one agency's report are accepted as last year's.
    for (previous, said) in [("out23/汇总.xlsx", "it is not of 2022"), ("2022/青山县教育局.html", "not the superior")]
    {
        let args = ["rollup", "2023", "--agencies", "agencies.csv", "-o", "out23", "--previous", previous];
        let refused = folder.run(&args);
        assert!(refused.status == Some(2) && refused.err.contains(said), "{refused:?}");
    }
    // A folder with one file is a folder of reports, and unreadable files in it are reported.
    folder.file("part/西河镇人民政府.html", std::fs::read(folder.path("2022/西河镇人民政府.html")).expect("a page"));
    folder.file("part/cut.docx", b"PK\x03\x04 and no more");
    let rows = run("2023", "out23", &["--previous", "part"]);
    assert!(rows.iter().any(|row| row[0].trim() == "西河镇人民政府" && !row[3].is_empty()));
    assert!(folder.log("out23/findings.jsonl").iter().any(|line| line["path"] == "part/cut.docx"));
    // Last year's form was another: fields with the same meaning are compared, others are empty.
    let rows = run("2021", "out21", &["--previous", "2020"]);
    let row = |id: &str| &rows[1 + form.field_index(id).expect("a field")];
    assert_eq!(row("requests.received.total")[3], sums[2]["requests.received.total"].normalize().to_string());
    assert_eq!(row("disclosure.regulations.in_force")[3..5], ["", ""]);
    let page = String::from_utf8(folder.tree("out21")["index.html"].clone()).expect("UTF-8");
    assert!(page.contains("东河镇农技站") && page.contains("汇总报告.docx"), "the tree and what stands beside it");
}

#[test]
fn agencies_are_read_from_a_workbook() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in AGENCIES.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write_string(row as u32, column as u16, cell).expect("a cell");
        }
    }
    let bytes = workbook.save_to_buffer().expect("a workbook");
    let read = Agencies::read("单位名录.xlsx", &bytes).expect("agencies");
    assert_eq!(read.list(), agencies(AGENCIES).list());
}

#[test]
fn a_chain_of_superiors_costs_as_much_as_its_length() {
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    let seconds = |length: usize| {
        let name = |number: usize| format!("第{number}级机关");
        let rows = (0..length).map(|number| match number {
            0 => format!("{},,否\n", name(0)),
            _ => format!("{},{},否\n", name(number), name(number - 1)),
        });
        let agencies = agencies(&format!("名称,上级,含下级\n{}", rows.collect::<String>()));
        let mut report = Sampler::new(1).report(form);
        report.year = Some(2023);
        let started = std::time::Instant::now();
        let mut gathering = Gathering::new(form, 2023, &agencies);
        for number in 0..length {
            report.agency = Some(name(number));
            gathering.add(&name(number), &report);
        }
        let rollup = gathering.finish();
        assert_eq!((rollup.entries.len(), rollup.nodes[0].below + 1), (length, length));
        started.elapsed().as_secs_f64()
    };
    // The minimum of three measurements: other work on the machine only adds time. Sixteen times as many superiors would take 256 times
    // as long if the cost were quadratic; half the orders of magnitude in between are left for a busy machine.
    let (mut short, mut long) = (f64::MAX, f64::MAX);
    for _ in 0..3 {
        short = short.min(seconds(100));
        long = long.min(seconds(1600));
    }
    assert!(long < 64.0 * short, "{short} s for 100 superiors in a chain, {long} s for 1,600");
}

#[test]
fn a_table_with_too_many_rows_continues_in_further_sheets() {
    let (forms, agencies) = (forms(), agencies(AGENCIES));
    let form = forms.get("gkbg-2021").expect("a form");
    let reports = reports(form, &["青山县教委", "青山县民政局", "东河镇", "东河镇水管站", "西河镇人民政府"]);
    let rollup = rolled(form, &agencies, &reports);
    let bytes = written(|out| workbook::write_in_sheets(&rollup, 4, out));
    let sheets = sheets(&bytes);
    let detail = ["明细", "明细2", "明细3"].map(|name| texts(&sheets[name]).split_off(2));
    assert_eq!(detail.each_ref().map(Vec::len), [2, 2, 1]);
    let names: Vec<&str> = detail.iter().flatten().map(|row| row[1].as_str()).collect();
    let wanted = rollup.entries.iter().map(|entry| agencies.list()[entry.agency].name.as_str());
    assert_eq!(names, wanted.collect::<Vec<_>>());
    assert!(!sheets.contains_key("明细4"));
    // The same rows as on one sheet, in the same order.
    let matrix = |sheets: &BTreeMap<String, Grid>| {
        let parts = (1..).map(|part| if part == 1 { "单位×指标".to_owned() } else { format!("单位×指标{part}") });
        let parts = parts.map_while(|name| sheets.get(&name).map(|grid| texts(grid).split_off(2)));
        parts.flatten().collect::<Vec<_>>()
    };
    let whole = self::sheets(&workbook::workbook(&rollup).expect("a workbook"));
    assert!(matrix(&sheets) == matrix(&whole) && sheets.contains_key("单位×指标2"));
    // The sums are live formulas over all of them.
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let mut first = String::new();
    let mut part = package.by_name("xl/worksheets/sheet1.xml").expect("a sheet");
    std::io::Read::read_to_string(&mut part, &mut first).expect("text");
    assert!(first.contains("<f>SUM(明细!$") && first.contains("+SUM(明细3!$"), "{first}");
}
