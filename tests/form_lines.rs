//! The lines around the tables of an office's form: read into sections and fields, filled into templates, and drafted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::fill::Template;
use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::write::{Output, WRITERS};

use crate::fill_rows::{SHEET, book, cells, content, package, paragraph, row};

const OFFICES: &str = include_str!("forms_made_up/offices.toml");

fn forms() -> Forms {
    let mut forms = Forms::all().unwrap();
    forms.add("offices.toml", OFFICES).unwrap();
    forms
}

fn read(forms: &Forms, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    Binder::new(forms).bind(&reading, &Hints::default()).unwrap()
}

const HEAD: [&str; 5] = ["序号", "执法单位", "行政检查（次）", "行政处罚", ""];
const BELOW: [&str; 5] = ["", "", "", "结案（件）", "罚没金额（万元）"];
const ROWS: [[&str; 5]; 4] = [
    ["1", "公安局", "1203", "80", "12.5"],
    ["2", "城管局", "870", "44", "3.2"],
    ["3", "水利局", "95", "2", "0"],
    ["合计", "", "2168", "126", "15.7"],
];

/// A page of the form with these rows.
fn page(rows: &[[&str; 5]]) -> String {
    let cells = |row: &[&str; 5]| {
        let own = row.iter().enumerate().filter(|(at, text)| !(row[0] == "合计" && *at == 1 && text.is_empty()));
        let span = |at: usize| if row[0] == "合计" && at == 0 { " colspan=2" } else { "" };
        own.map(|(at, text)| format!("<td{}>{text}</td>", span(at))).collect::<String>()
    };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row))).collect();
    format!(
        "<p>2024年度执法情况统计表</p><p>填报单位（盖章）：石岭县司法局</p><table><tr><td rowspan=2>序号</td><td rowspan=2>执法单位</td>\
         <td rowspan=2>行政检查（次）</td><td colspan=2>行政处罚</td></tr><tr><td>结案（件）</td><td>罚没金额（万元）</td></tr>{rows}</table>\
         <p>填表人：王小明　　审核人：李四　　填报日期：2025年1月10日</p>"
    )
}

fn values(report: &Report) -> Vec<(String, String)> {
    let text = |value: &nianbao::report::Value| {
        value.value.map(|number| number.normalize().to_string()).or_else(|| value.text.clone())
    };
    report.values.iter().filter_map(|(id, value)| Some((id.clone(), text(value)?))).collect()
}

#[test]
fn an_offices_own_form_is_chosen_by_its_own_labels_and_read_whole() {
    let forms = forms();
    // 执法单位, 合计 and 罚没金额 are labels of several tables of a built-in form.
    let report = read(&forms, page(&ROWS).as_bytes());
    assert_eq!(report.form, "offices");
    assert_eq!((report.agency.as_deref(), report.year), (Some("石岭县司法局"), Some(2024)));
    let text = |id: &str| values(&report).into_iter().find(|(known, _)| known == id).map(|(_, text)| text);
    for (id, wanted) in [
        ("acts.[城管局].checks", "870"),
        ("acts.all.fines", "15.7"),
        ("filler", "王小明"),
        ("reviewer", "李四"),
        ("day", "2025-01-10"),
    ] {
        assert_eq!(text(id).as_deref(), Some(wanted), "{id}");
    }
    assert_eq!(report.findings, Vec::new());
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let again = read(&forms, &writer.write(forms.get("offices").unwrap(), &report).unwrap());
        assert_eq!(values(&again), values(&report), "{:?}", writer.output);
        assert_eq!(again.unclaimed, Vec::new(), "{:?}", writer.output);
    }
}

#[test]
fn text_that_belongs_to_no_section_is_kept_and_reported() {
    const TWO: &str = r#"
[[section]]
id = "a"
heading = "一、检查情况"
[[section]]
id = "b"
heading = "二、处罚情况"
"#;
    const ONE: &str = "[[section]]\nid = \"a\"\nheading = \"检查情况汇总\"\n";
    for (sections, told) in [(TWO, true), (ONE, false)] {
        let mut forms = Forms::default();
        let text = format!(
            "language = 1\nid = \"f\"\nname = {{ zh = \"检查表\", en = \"visits\" }}\n[title]\npattern = \"{{agency}}{{year}}年检查情况年报\"\n\
             {sections}\n[[table]]\nid = \"t\"\nsection = \"a\"\nname = {{ zh = \"检查表\", en = \"t\" }}\n[[table.block]]\ncorner = \"对象\"\n\
             columns = [{{ id = \"c\", label = \"检查次数\" }}, {{ id = \"d\", label = \"整改数量\" }}]\n\
             rows = [{{ id = \"r\", label = \"商店\" }}, {{ id = \"s\", label = \"工厂\" }}]\n"
        );
        forms.add("f.toml", &text).unwrap();
        let heading = if told { "<p>一、检查情况</p>" } else { "" };
        let page = format!(
            "<p>石岭县教育局2024年检查情况年报</p><p>本表由办公室汇总。</p>{heading}<table><tr><td>对象</td><td>检查次数</td><td>整改数量</td></tr>\
             <tr><td>商店</td><td>5</td><td>1</td></tr><tr><td>工厂</td><td>7</td><td>2</td></tr></table><p>联系人：王某</p>"
        );
        let report = read(&forms, page.as_bytes());
        assert_eq!(report.values["t.s.d"].value, Some(2.into()));
        let kept = serde_json::to_string(&report).unwrap();
        assert!(kept.contains("本表由办公室汇总。") && kept.contains("联系人：王某"), "{kept}");
        assert_eq!(report.findings.iter().any(|finding| finding.code == "content-unclaimed"), told);
        for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
            let written = writer.write(forms.get("f").unwrap(), &report).unwrap();
            let reading = nianbao::read::read(&written, None, &mut Budget::default()).unwrap();
            let text = format!("{:?}", reading.document.blocks);
            assert!(text.contains("本表由办公室汇总。"), "{:?}", writer.output);
        }
    }
}

/// The signature line of a blank form.
const SIGNED: &str = "填表人：　　审核人：　　填报日期：    年  月  日";

/// A Word template with these rows below the header.
fn word(rows: &[String]) -> Vec<u8> {
    const DOWN: &str = "<w:vMerge w:val=\"restart\"/>";
    const UNDER: &str = "<w:vMerge/>";
    let head = [(DOWN, HEAD[0]), (DOWN, HEAD[1]), (DOWN, HEAD[2]), ("<w:gridSpan w:val=\"2\"/>", HEAD[3])];
    let below = [(UNDER, ""), (UNDER, ""), (UNDER, ""), ("", BELOW[3]), ("", BELOW[4])];
    let table = [row("<w:tblHeader/>", &head), row("<w:tblHeader/>", &below), rows.concat()].concat();
    let grid = "<w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>";
    let body = [
        paragraph("    年度执法情况统计表"),
        paragraph("填报单位（盖章）："),
        format!("<w:tbl><w:tblPr/>{grid}{table}</w:tbl>"),
        paragraph(SIGNED),
    ];
    package(&body.concat())
}

fn fill(template: &[u8], report: &Report) -> (Vec<u8>, Vec<String>) {
    let forms = forms();
    let template = Template::compile(template, &Binder::new(&forms), &forms, Some("offices")).unwrap();
    let filled = template.fill(report).unwrap();
    (filled.bytes, filled.findings.into_iter().map(|finding| finding.message.zh).collect())
}

#[test]
fn the_lines_of_a_blank_form_are_filled_and_a_table_without_rows_gets_them() {
    let report = read(&forms(), page(&ROWS).as_bytes());
    let sums = row("", &[("<w:gridSpan w:val=\"2\"/>", "合计"), ("", ""), ("", ""), ("", "")]);
    let empty = row("", &[("", ""); 5]);
    for rows in [vec![empty, sums.clone()], vec![sums]] {
        let (bytes, told) = fill(&word(&rows), &report);
        assert_eq!(told, Vec::<String>::new());
        let again = read(&forms(), &bytes);
        assert_eq!(values(&again), values(&report));
        assert_eq!((again.agency.as_deref(), again.year), (Some("石岭县司法局"), Some(2024)));
        let xml = content(&bytes, "word/document.xml");
        for line in [
            "2024年度执法情况统计表",
            "填报单位（盖章）：石岭县司法局",
            "填表人：王小明　　审核人：李四　　填报日期：2025年1月10日",
        ] {
            assert_eq!(xml.matches(line).count(), 1, "{line} in {xml}");
        }
        // The rows are not those of the header: only that is repeated on each page.
        assert_eq!((xml.matches("</w:tr>").count(), xml.matches("<w:tblHeader/>").count()), (6, 2), "{xml}");
        assert_eq!(xml.matches("<w:vMerge/>").count(), 3, "{xml}");
    }
}

#[test]
fn all_blank_rows_of_a_sheet_are_used() {
    let report = read(&forms(), page(&ROWS).as_bytes());
    let lines = |rows: &[[&str; 5]], after: &[&str]| {
        let rows = [&[HEAD, BELOW], rows].concat();
        let rows: Vec<String> = rows.iter().enumerate().map(|(at, row)| cells(at as u32 + 3, row)).collect();
        let next = rows.len() as u32 + 3;
        let head = [cells(1, &["    年度执法情况统计表"]), cells(2, &["填报单位（盖章）："])];
        let merges = "<mergeCells><mergeCell ref=\"A3:A4\"/><mergeCell ref=\"B3:B4\"/><mergeCell ref=\"C3:C4\"/><mergeCell ref=\"D3:E3\"/></mergeCells>";
        let sheet = [head.concat(), rows.concat(), cells(next, after)].concat();
        book(&format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{sheet}</sheetData>{merges}</worksheet>"))
    };
    let (blank, sums) = ([""; 5], ["合计", "", "", "", ""]);
    for (rows, blank_after) in [
        // The rows of a table with only a header are added below it.
        (vec![sums], 0),
        (vec![blank, sums], 0),
        (vec![blank, blank, sums], 0),
        (vec![blank, blank, blank, sums], 0),
        (vec![blank, blank, blank, blank, blank, sums], 2),
    ] {
        let (bytes, told) = fill(&lines(&rows, &[SIGNED]), &report);
        assert_eq!(told, Vec::<String>::new(), "{rows:?}");
        let again = read(&forms(), &bytes);
        assert_eq!(values(&again), values(&report), "{rows:?}");
        let sheet = content(&bytes, "xl/worksheets/one.xml");
        assert!(
            sheet.contains("2024年度执法情况统计表") && sheet.contains("填报单位（盖章）：石岭县司法局"),
            "{sheet}"
        );
        assert!(sheet.contains("填表人：王小明　　审核人：李四"), "{sheet}");
        assert_eq!(sheet.matches("<row ").count(), 9 + blank_after, "{sheet}");
    }
}

#[test]
fn lines_of_labels_take_what_any_line_of_the_report_says() {
    let mut report = read(&forms(), page(&ROWS).as_bytes());
    for field in ["filler", "reviewer", "day"] {
        report.values.swap_remove(field);
    }
    let preamble = |report: &mut Report, lines: &[&str]| {
        let lines = lines.iter().map(|line| format!("<p>{line}</p>")).collect::<String>();
        let page = page(&ROWS).replace("<p>填表人：王小明　　审核人：李四　　填报日期：2025年1月10日</p>", &lines);
        *report = read(&forms(), page.as_bytes());
    };
    let template = word(&[
        row("", &[("", ""); 5]),
        row("", &[("<w:gridSpan w:val=\"2\"/>", "合计"), ("", ""), ("", ""), ("", "")]),
    ])
    .clone();
    // Two labels of one line of the template stand in lines of their own.
    preamble(&mut report, &["填表人：王小明", "审核人：李四"]);
    let (bytes, told) = fill(&template, &report);
    assert_eq!(told, Vec::<String>::new());
    let xml = content(&bytes, "word/document.xml");
    assert!(xml.contains("填表人：王小明　审核人：李四　填报日期："), "{xml}");
    // Two lines that differ leave it blank, and are told.
    preamble(&mut report, &["填表人：王小明", "联系电话：1　填表人：赵六"]);
    let (bytes, told) = fill(&template, &report);
    let xml = content(&bytes, "word/document.xml");
    assert!(!xml.contains("填表人：王小明　审核人") && !xml.contains("填表人：赵六　审核人"), "{xml}");
    assert_eq!(told.iter().filter(|told| told.contains("填表人：王小明、赵六")).count(), 1, "{told:?}");
}

#[test]
fn a_report_without_any_of_the_tables_that_may_be_missing_is_an_error() {
    let text = "language = 1\nid = \"f\"\nname = { zh = \"检查表\", en = \"visits\" }\n[title]\npattern = \"{agency}{year}年检查情况年报\"\n\
        [[section]]\nid = \"a\"\nheading = \"检查情况汇总\"\n[[table]]\nid = \"t\"\nsection = \"a\"\noptional = true\n\
        name = { zh = \"检查表\", en = \"t\" }\n[[table.block]]\ncorner = \"对象\"\ncolumns = [{ id = \"c\", label = \"检查次数\" }]\n\
        rows = [{ id = \"r\", label = \"商店\" }, { id = \"s\", label = \"工厂\" }]\n";
    let mut forms = Forms::default();
    forms.add("f.toml", text).unwrap();
    let codes = |page: &str| {
        let reading = nianbao::read::read(page.as_bytes(), None, &mut Budget::default()).unwrap();
        let hints = Hints { form: Some("f"), ..Hints::default() };
        let report = Binder::new(&forms).bind(&reading, &hints).unwrap();
        report.findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    let table = "<table><tr><td>对象</td><td>检查次数</td></tr><tr><td>商店</td><td>5</td></tr><tr><td>工厂</td><td>7</td></tr></table>";
    let title = "<p>石岭县教育局2024年检查情况年报</p>";
    assert!(!codes(&format!("{title}{table}")).contains(&"table-not-found".to_owned()));
    assert!(codes(&format!("{title}<p>另行报送。</p>")).contains(&"table-not-found".to_owned()));
}

#[test]
fn a_row_that_letters_the_columns_is_not_drafted() {
    let page = "<p>石岭县财政局2024年三季度收支情况表</p><table><tr><td>项目</td><td>本季</td><td>累计</td></tr>\
        <tr><td>甲</td><td>1</td><td>2</td></tr><tr><td>收入合计</td><td>12.5</td><td>30</td></tr>\
        <tr><td>支出合计</td><td>10</td><td>28</td></tr></table>";
    for page in [page.to_owned(), page.replace("<td>1</td><td>2</td>", "<td>乙</td><td>丙</td>")] {
        let reading = nianbao::read::read(page.as_bytes(), None, &mut Budget::default()).unwrap();
        let drafted = nianbao::draft::written(&nianbao::draft::draft(&reading.document, &[], "表"));
        assert!(drafted.contains("收入合计") && !drafted.contains("\"甲\""), "{drafted}");
        let mut own = Forms::default();
        own.add("draft.toml", &drafted).unwrap();
        let report = read(&own, page.as_bytes());
        assert_eq!(report.values.values().filter(|value| value.value.is_some()).count(), 4);
        assert_eq!(report.agency.as_deref(), Some("石岭县财政局"));
        assert_eq!(report.findings, Vec::new());
    }
}

#[test]
fn tables_of_offices_are_drafted_as_rows_that_are_data() {
    let forms = forms();
    let truth = read(&forms, page(&ROWS).as_bytes());
    let blank = ["", "", "", "", ""];
    for rows in [
        &ROWS[..],
        &[blank, blank, ROWS[3].map(|text| if text == "合计" { text } else { "" })],
        &[["合计", "", "", "", ""]],
    ] {
        let template = page(rows).replace("2024年度", "    年度");
        let reading = nianbao::read::read(template.as_bytes(), None, &mut Budget::default()).unwrap();
        let drafted = nianbao::draft::written(&nianbao::draft::draft(&reading.document, &[], "表"));
        assert!(drafted.contains("pattern = \"{agency}{year}年度执法情况统计表\""), "{drafted}");
        assert!(drafted.contains("total = \"合计\""), "{drafted}");
        let mut own = Forms::default();
        let form = own.add("draft.toml", &drafted).unwrap_or_else(|error| panic!("{error} in {drafted}"));
        assert_eq!(form.title.names, ["执法情况统计表"]);
        let report = read(&own, page(&ROWS).as_bytes());
        let figures = |report: &Report| {
            let mut all: Vec<_> = report.values.values().filter_map(|value| value.value).collect();
            all.sort();
            all
        };
        assert_eq!(figures(&report), figures(&truth), "{drafted}");
    }
}
