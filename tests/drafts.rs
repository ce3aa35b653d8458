//! Drafts of blanks: the mapping file that `forms draft` makes from the blank of each form reads a filled report with every figure in its
//! place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Budget, Document};
use nianbao::form::Forms;
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

use crate::program::Folder;

const MADE_UP: [(&str, &str); 3] = [
    ("budget.toml", include_str!("forms_made_up/budget.toml")),
    ("reading-rooms.toml", include_str!("forms_made_up/reading-rooms.toml")),
    ("water.toml", include_str!("forms_made_up/water.toml")),
];

fn read(bytes: &[u8], name: &str) -> Document {
    nianbao::read::read(bytes, Some(name), &mut Budget::default()).unwrap().document
}

/// A report in which all figures are different.
fn filled(form: &nianbao::form::Form) -> Report {
    let mut report = Sampler::new(5).report_of(form);
    for (number, field) in form.fields.iter().enumerate().filter(|(_, field)| field.kind.is_figure()) {
        report.values.insert(field.id.clone(), Value::number((101 + 7 * number as u64).into()));
    }
    report
}

/// The figures of a report in the order of its form's fields.
fn figures(form: &nianbao::form::Form, report: &Report) -> Vec<String> {
    let fields = form.fields.iter().filter(|field| field.kind.is_figure());
    let values = fields.filter_map(|field| report.values.get(&field.id).and_then(|value| value.value));
    values.map(|value| value.normalize().to_string()).collect()
}

#[test]
fn the_draft_of_each_blank_reads_a_filled_report() {
    let folder = Folder::new();
    for (name, text) in MADE_UP {
        folder.file(&format!("forms/{name}"), text);
    }
    let mut forms = Forms::all().unwrap();
    for (name, text) in MADE_UP {
        forms.add(name, text).unwrap();
    }
    let mut tried = 0;
    // Two halves beside each other are drafted as one block: their figures are there, in another order.
    let halves =
        |form: &nianbao::form::Form| form.tables.iter().flat_map(|table| &table.blocks).any(|block| block.beside);
    for form in forms.iter().filter(|form| !form.tables.is_empty() && !halves(form)) {
        let id = &form.id;
        let ran = folder.run(&["--mappings", "forms", "forms", "blank", id, "--to", "docx", "-o", "blank"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let ran = folder.run(&["forms", "draft", &format!("blank/{id}.docx"), "-o", "draft.toml"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let text = std::fs::read_to_string(folder.path("draft.toml")).unwrap();
        let mut drafts = Forms::default();
        let draft = drafts.add("draft.toml", &text).unwrap_or_else(|error| panic!("{id}: {error}\n{text}"));
        let example = form.example(0);
        let choices = example.fields.iter().any(|field| field.kind == nianbao::form::FieldKind::Choice);
        assert_eq!(text.contains("of = ["), choices, "{id}: choices are printed with their boxes\n{text}");
        let report = filled(&example);
        let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
        let bytes = writer.write(&example, &report).unwrap();
        let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
        let again = Binder::new(&drafts)
            .bind(&reading, &Hints::default())
            .unwrap_or_else(|finding| panic!("{id}: {finding:?}"));
        let known = draft.expanded(again.values.keys().map(String::as_str));
        assert_eq!(figures(&known, &again), figures(&example, &report), "{id}\n{text}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
}

#[test]
fn the_draft_has_the_content_of_the_template() {
    // A header with an empty corner, choices with boxes, units in a column, a row of signatures that is not a table.
    let page = "<h1>甲市2024年设施年报</h1><p>一、设施</p><table>\
        <tr><td></td><td>计量单位</td><td>填报数</td></tr><tr><td>设施总数</td><td>个</td><td></td></tr>\
        <tr><td>其中：金额</td><td>万元</td><td></td></tr></table>\
        <p>二、管理</p><table><tr><td colspan='1'></td><td>填写内容</td></tr>\
        <tr><td>是否开放</td><td>□是 □否</td></tr><tr><td>管理单位名称</td><td></td></tr><tr><td>开放日期</td><td></td></tr></table>";
    let draft = nianbao::draft::draft(&read(page.as_bytes(), "a.html"), &[], "a");
    let text = nianbao::draft::written(&draft);
    for wanted in [
        "{ role = \"unit\", label = \"计量单位\" }",
        "label = \"设施总数\", unit = \"个\"",
        "unit = \"万元\"",
        "label = \"是否开放\", of = [\"是\", \"否\"]",
        "label = \"管理单位名称\", kind = \"text\"",
        "label = \"开放日期\", kind = \"date\"",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    Forms::default().add("a.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

#[test]
fn columns_of_words_and_the_period_are_drafted() {
    let page = "<p>石岭县2024年第三季度重点工作任务表</p><table><tr><td>工作任务</td><td>责任单位</td><td>完成时限</td><td>完成率（%）</td>\
        <td>投入（万元）</td><td>备注</td></tr><tr><td>修订指南</td><td>司法局</td><td>年底前</td><td>60.5</td><td>1.25</td><td></td></tr>\
        <tr><td>网站改版</td><td>县政府办</td><td>持续推进</td><td>100</td><td>3</td><td>二期</td></tr></table>";
    let draft = nianbao::draft::draft(&read(page.as_bytes(), "a.html"), &[], "a");
    let text = nianbao::draft::written(&draft);
    for wanted in [
        "label_columns = 1",
        "label = \"责任单位\", kind = \"text\"",
        "label = \"完成时限\", kind = \"text\"",
        "label = \"备注\", kind = \"text\"",
        "pattern = \"{agency}{year}年第{quarter}季度重点工作任务表\"",
        "period = \"quarter\"",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let mut forms = Forms::default();
    forms.add("a.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let reading = nianbao::read::read(page.as_bytes(), None, &mut nianbao::document::Budget::default()).unwrap();
    let report = nianbao::bind::Binder::new(&forms).bind(&reading, &nianbao::bind::Hints::default()).unwrap();
    let words = report.values.values().filter_map(|value| value.text.as_deref()).collect::<Vec<_>>();
    assert_eq!(words, ["司法局", "年底前", "县政府办", "持续推进", "二期"]);
    let figures = report.values.values().filter_map(|value| value.value).map(|value| value.to_string());
    assert_eq!(figures.collect::<Vec<_>>(), ["60.5", "1.25", "100", "3"]);
}

#[test]
fn every_command_that_reads_can_accept_documents_without_a_form() {
    let page = "<p>石岭市人民政府关于做好防汛工作的通知</p><p>各镇人民政府：</p><p>现就有关事项通知如下。</p>\
        <p>石岭市人民政府</p><p>2024年3月1日</p>";
    let folder = Folder::new();
    folder.file("a.html", page);
    for command in ["inspect", "check"] {
        let ran = folder.run(&[command, "a.html"]);
        assert!(ran.status == Some(1) && format!("{}{}", ran.out, ran.err).contains("form-not-recognised"), "{ran:?}");
        let ran = folder.run(&[command, "a.html", "--any"]);
        assert_ne!(ran.status, Some(2), "{ran:?}");
        assert!(!format!("{}{}", ran.out, ran.err).contains("form-not-recognised"), "{ran:?}");
    }
    let ran = folder.run(&["inspect", "a.html", "--any"]);
    assert!(ran.out.contains("\"gongwen\"") && ran.out.contains("防汛"), "{ran:?}");
    // The refusal names the option.
    let refused = folder.run(&["--lang", "zh", "convert", "a.html", "-o", "out"]);
    assert!(refused.err.contains("有1个文件不属于任何一种格式。") && refused.err.contains("--any"), "{refused:?}");
    let taken = folder.run(&["convert", "a.html", "-o", "out", "--any"]);
    assert!(!taken.err.contains("fit no form"), "{taken:?}");
}
