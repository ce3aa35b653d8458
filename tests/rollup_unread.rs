//! Agencies that sent only unreadable files: the lists of a roll-up that name them, with the same count everywhere.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::{Folder, page};
use crate::rollup::{AGENCIES, forms, reports, sheets, texts};
use crate::table_schemas::table_schema;

/// Agencies whose files cannot be read have reported: every list says so, with the same count.
#[test]
fn agencies_with_unreadable_files_have_a_list_of_their_own_everywhere() {
    let folder = Folder::new();
    let forms = forms();
    let form = forms.get("gkbg-2021").expect("a form");
    folder.file("agencies.csv", AGENCIES);
    for (file, report) in reports(form, &["青山县教育局", "东河镇人民政府", "东河镇水管站"]) {
        let mut report = report;
        report.year = Some(if file.contains("水管站") { 2022 } else { 2023 });
        report.title = report.agency.as_ref().map(|agency| form.title.for_report(agency, report.year.expect("a year")));
        folder.file(&format!("in/{file}.html"), page(&report));
    }
    // A truncated file, and files that are not documents under two names.
    let sent = std::fs::read("samples/word-2021.docx").expect("a sample");
    folder.file("in/青山县民政局.docx", &sent[..sent.len() / 2]);
    folder.file("in/东河镇农技站年报.pdf", b"\0\x01\x02 no document");
    folder.file("in/东河镇农技站年报（重报）.doc", b"\0\x01\x02 no document either");
    // No agency by its name.
    folder.file("in/新建文档.doc", b"\0\x01\x02 no document either");
    let ran = folder.run(&["--lang", "zh", "rollup", "in", "--agencies", "agencies.csv", "-o", "out"]);
    let said = "应报6个单位，已报2个，已报未能读取2个，年度或格式不符1个，未报1个；重复报送0个。另有1个文件未能读取，无法确定单位。合计由2份报告相加";
    assert!(ran.err.contains(said), "{ran:?}");
    let tree = folder.tree("out");
    let sheets = sheets(&tree["汇总.xlsx"]);
    assert!(texts(&sheets["总表"]).concat().concat().contains(said));
    let named = |sheet: &str, state: &str| -> Vec<String> {
        let rows = texts(&sheets[sheet]);
        rows.iter()
            .skip(1)
            .filter(|row| row.last().is_some_and(|last| last == state))
            .map(|row| row[1].clone())
            .collect()
    };
    let (unreadable, other, missing) = (["青山县民政局", "东河镇农技站"], ["东河镇水管站"], ["西河镇人民政府"]);
    assert_eq!(named("已报未能读取", "已报未能读取")[..2], unreadable);
    assert_eq!(
        (named("未报单位", "年度或格式不符"), named("未报单位", "未报")),
        (other.map(String::from).to_vec(), missing.map(String::from).to_vec())
    );
    let both = texts(&sheets["已报未能读取"])[2].clone();
    assert!(both[4].contains("年报.pdf") && both[4].contains("（重报）.doc"), "{both:?}");
    let last = &texts(&sheets["已报未能读取"])[3];
    assert!(last[1] == "（无法确定单位）" && last[4].ends_with("新建文档.doc") && !last[5].is_empty(), "{last:?}");
    // The list for data tools, and the page.
    assert_eq!(table_schema(&tree["报送情况.schema.json"], &tree["报送情况.csv"]), 70);
    let csv = String::from_utf8(tree["报送情况.csv"].clone()).expect("UTF-8");
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let of = |state: &str| rows.iter().filter(|row| &row[7] == state).count();
    assert_eq!(
        ["已报", "已报未能读取", "年度或格式不符", "未报", "上级，由下级汇总"].map(of),
        [2, unreadable.len(), other.len(), missing.len(), 1]
    );
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row[9].is_empty() == (&row[7] != "已报未能读取")), "{rows:?}");
    let shown = String::from_utf8(tree["index.html"].clone()).expect("UTF-8");
    assert!(shown.contains(said) && shown.contains("已报未能读取\""), "{shown}");
}
