//! Forms whose rows are data and whose fields are words: read from documents of other programs, checked, written and read back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::check::{Context, check};
use nianbao::document::{Block, Budget};
use nianbao::form::Forms;
use nianbao::report::{Content, Kind, Report};
use nianbao::selftest::selftest;
use nianbao::write::{Output, WRITERS};

const MADE_UP: [(&str, &str); 3] = [
    ("budget.toml", include_str!("forms_made_up/budget.toml")),
    ("reading-rooms.toml", include_str!("forms_made_up/reading-rooms.toml")),
    ("water.toml", include_str!("forms_made_up/water.toml")),
];

fn forms() -> Forms {
    let mut forms = Forms::all().unwrap();
    for (name, text) in MADE_UP {
        forms.add(name, text).unwrap_or_else(|error| panic!("{error}"));
    }
    forms
}

fn read(forms: &Forms, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    Binder::new(forms).bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn number(report: &Report, id: &str) -> Option<String> {
    report.values.get(id).and_then(|value| value.value).map(|value| value.normalize().to_string())
}

#[test]
fn every_form_reads_its_own_blank() {
    let forms = forms();
    for form in forms.iter() {
        let lost = if form.title.is_free() { Vec::new() } else { selftest(&forms, form) };
        assert!(lost.is_empty(), "{}: {lost:#?}", form.id);
        for rule in &form.rules {
            assert_eq!(rule.failing_examples(), Vec::<usize>::new(), "{} {}", form.id, rule.id);
        }
    }
}

#[test]
fn a_document_without_a_form_is_read_whole() {
    let page = "<p>石岭市人民政府文件</p><p>石政发〔2024〕12号</p><p>石岭市人民政府关于做好防汛工作的通知</p>\
        <p>各镇人民政府，市级各部门：</p><p>现就有关事项通知如下。</p><p>一、落实责任</p><p>各单位要落实责任。</p>\
        <table><tr><td>单位</td><td>任务</td></tr><tr><td>水利局</td><td>巡查</td></tr></table>\
        <p>附件：1.任务表</p><p>石岭市人民政府</p><p>2024年3月1日</p><p>（此件公开发布）</p><p>抄送：市委办公室。</p>";
    let forms = forms();
    let binder = Binder::new(&forms);
    let reading = nianbao::read::read(page.as_bytes(), None, &mut Budget::default()).unwrap();
    let refused = binder.bind(&reading, &Hints::default()).unwrap_err();
    assert_eq!(refused.code, "form-not-recognised", "{refused:?}");
    let report = binder.bind(&reading, &Hints { any: true, ..Hints::default() }).unwrap();
    assert_eq!(report.title.as_deref(), Some("石岭市人民政府关于做好防汛工作的通知"));
    assert_eq!((report.agency.as_deref(), report.year), (Some("石岭市人民政府"), Some(2024)));
    let parts: Vec<&str> = report.sections.iter().map(|section| section.id.as_str()).collect();
    let wanted = [
        "issuer_mark",
        "document_number",
        "addressees",
        "body",
        "attachment_list",
        "signature",
        "date",
        "note",
        "copies_to",
    ];
    assert_eq!(parts, wanted);
    assert_eq!(report.section("body").unwrap().content.len(), 4);
    let form = forms.get("gongwen").unwrap();
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let bytes = writer.write(form, &report).unwrap();
        let again = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
        let text = format!("{:?}", again.document.blocks);
        for words in ["石政发〔2024〕12号", "落实责任", "巡查", "1.任务表", "此件公开发布", "市委办公室"]
        {
            assert!(text.contains(words), "{:?} {words}", writer.output);
        }
    }
}

/// The texts of every section, by its id.
fn texts(report: &Report) -> Vec<(String, Vec<String>)> {
    let text = |content: &Content| match content {
        Content::Paragraph { text, .. } => text.clone(),
        _ => "-".to_owned(),
    };
    report.sections.iter().map(|section| (section.id.clone(), section.content.iter().map(text).collect())).collect()
}

#[test]
fn a_document_without_a_form_keeps_its_elements_when_it_is_written_and_read_again() {
    let page = "<p>特急</p><p>白渚市教育局文件</p><p>白教发〔2023〕7号</p><p>白渚市教育局关于报送材料的通知</p><p>各学校：</p>\
        <p>请按要求报送材料。</p><p>1.按附件填报。</p><p>附件：1.格式</p><p>2.填报说明</p><p>白渚市教育局</p><p>2023年5月6日</p>\
        <p>抄送：市政府办公室。</p><p>白渚市教育局　　2023年5月6日印发</p>";
    let forms = forms();
    let (binder, form) = (Binder::new(&forms), forms.get("gongwen").unwrap());
    let hints = Hints { any: true, ..Hints::default() };
    let read = |bytes: &[u8]| {
        let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
        let first = reading.document.blocks.iter().find_map(|block| match block {
            Block::Paragraph(paragraph) if !paragraph.text.is_empty() => Some(paragraph.text.clone()),
            _ => None,
        });
        (binder.bind(&reading, &hints).unwrap(), first)
    };
    let (report, _) = read(page.as_bytes());
    let again = |output: Output| {
        let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
        let (again, first) = read(&writer.write(form, &report).unwrap());
        assert_eq!(first.as_deref(), Some("特急"), "what stands above the title, {output:?}");
        assert_eq!(again.title, report.title, "{output:?}");
        texts(&again)
    };
    assert_eq!(again(Output::Docx), texts(&report));
    // A web page gives date and publisher below its title.
    let lines = |sections: Vec<(String, Vec<String>)>| sections.into_iter().flat_map(|(_, lines)| lines);
    let of_page: Vec<String> = lines(again(Output::Html)).filter(|line| !line.starts_with("来源：")).collect();
    assert_eq!(of_page, lines(texts(&report)).collect::<Vec<_>>());
}

#[test]
fn minutes_keep_their_name_when_they_are_written_and_read_again() {
    let page = "<p>白渚市人民政府常务会议纪要</p><p>〔2023〕7号</p><p>时间：5月6日上午</p><p>会议研究了三件事。</p><p>2023年5月8日</p>";
    let forms = forms();
    let (binder, form) = (Binder::new(&forms), forms.get("gongwen").unwrap());
    let hints = Hints { any: true, file_stem: Some("扫描件1"), ..Hints::default() };
    let read =
        |bytes: &[u8]| binder.bind(&nianbao::read::read(bytes, None, &mut Budget::default()).unwrap(), &hints).unwrap();
    let report = read(page.as_bytes());
    assert_eq!((report.title.as_deref(), report.year), (Some("白渚市人民政府常务会议纪要"), Some(2023)));
    assert_eq!(report.section("document_number").map(|section| section.content.len()), Some(1));
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    let bytes = writer.write(form, &report).unwrap();
    let again = read(&bytes);
    assert_eq!(again.title, report.title);
    assert_eq!(texts(&again), texts(&report));
}

#[test]
fn a_form_that_does_not_read_its_blank_is_reported_with_its_line() {
    // Two tables with the same header and without names that distinguish them.
    let table = "[[table]]\nid = \"ID\"\nsection = \"all\"\nname = { zh = \"表\", en = \"table\" }\n[[table.block]]\n\
        columns = [{ id = \"name\", label = \"名称\", kind = \"text\" }, { id = \"count\", label = \"数量\" }]\n\
        rows = { each = \"name\" }\n";
    let text = format!(
        "language = 1\nid = \"alike\"\nname = {{ zh = \"两表\", en = \"two\" }}\n[title]\npattern = \"{{agency}}{{year}}年两张相同的表\"\n\
         [[section]]\nid = \"all\"\nheading = \"一、全部内容\"\n{}{}",
        table.replace("ID", "first"),
        table.replace("ID", "second")
    );
    let mut forms = Forms::default();
    let form = forms.add("alike.toml", &text).unwrap();
    let lost = selftest(&forms, &form);
    let named: Vec<&str> = lost.iter().filter_map(|lost| lost.span.clone()).map(|span| &text[span]).collect();
    assert!(named.iter().any(|named| named.contains("first")), "{lost:?}");
    assert!(named.iter().any(|named| named.contains("second")), "{lost:?}");
}

/// A budget as in typical workbooks: the title above the table, agency and unit on one line, the code in three columns, empty rows.
const INCOME: &str = "<html><body>
<table><tr><td colspan=7>2024年部门收入预算总表</td></tr>
<tr><td colspan=4>编制部门：石岭市档案馆</td><td colspan=3>单位：元</td></tr>
<tr><td colspan=4>项目</td><td colspan=3>收入预算</td></tr>
<tr><td colspan=3>功能分类科目编码</td><td rowspan=2>功能分类科目名称</td><td rowspan=2>合计</td><td rowspan=2>财政拨款收入</td><td rowspan=2>其他收入</td></tr>
<tr><td>类</td><td>款</td><td>项</td></tr>
<tr><td>205</td><td></td><td></td><td>教育支出</td><td>30,000</td><td>20000</td><td>10000</td></tr>
<tr><td>205</td><td>08</td><td></td><td>进修及培训</td><td>30,000</td><td>20000</td><td>10000</td></tr>
<tr><td>205</td><td>08</td><td>03</td><td>培训支出</td><td>30,000</td><td>20000</td><td>10000</td></tr>
<tr><td>201</td><td></td><td></td><td>一般公共服务支出</td><td>15000</td><td>15000</td><td></td></tr>
<tr><td></td><td>26</td><td></td><td>档案事务</td><td>15000</td><td>15000</td><td></td></tr>
<tr><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td colspan=4>合计</td><td>45000</td><td>35000</td><td>10000</td></tr>
</table>
<table><tr><td colspan=4>2024年部门财务收支预算总表</td></tr>
<tr><td>项目</td><td>预算数</td><td>项目</td><td>预算数</td></tr>
<tr><td>一、财政拨款收入</td><td>3.5</td><td>一、一般公共服务支出</td><td>1.5</td></tr>
<tr><td>二、其他收入</td><td>1</td><td>二、教育支出</td><td>3</td></tr>
<tr><td>收入总计</td><td>4.5</td><td>支出总计</td><td>4.5</td></tr>
</table>
<table><tr><td colspan=5>2024年部门一般公共预算支出功能分类预算表</td></tr>
<tr><td>功能分类科目编码</td><td>功能分类科目名称</td><td>合计</td><td>基本支出</td><td>项目支出</td></tr>
<tr><td>2050803</td><td>培训支出</td><td>2</td><td>2</td><td>0</td></tr>
<tr><td></td><td>合计</td><td>2</td><td>2</td><td>0</td></tr>
</table>
<table><tr><td colspan=5>2024年部门政府性基金预算支出功能分类预算表</td></tr>
<tr><td>功能分类科目编码</td><td>功能分类科目名称</td><td>合计</td><td>基本支出</td><td>项目支出</td></tr>
<tr><td>2120801</td><td>征地补偿</td><td>7</td><td>0</td><td>7</td></tr>
<tr><td></td><td>合计</td><td>7</td><td>0</td><td>7</td></tr>
</table></body></html>";

#[test]
fn rows_that_are_data_are_read_by_their_codes_and_names() {
    let forms = forms();
    let report = read(&forms, INCOME.as_bytes());
    assert_eq!(
        (report.form.as_str(), report.agency.as_deref(), report.year),
        ("bmys", Some("石岭市档案馆"), Some(2024))
    );
    // 元 in the line above, 万元 in the form.
    for (id, expected) in [
        ("income.205.total", Some("3")),
        ("income.205.08.03.grants", Some("2")),
        ("income.201.26.total", Some("1.5")),
        ("income.201.26.other", None),
        ("income.all.total", Some("4.5")),
        ("totals.[一、财政拨款收入].income", Some("3.5")),
        ("totals.[二、教育支出].expense", Some("3")),
        ("totals.all.income", Some("4.5")),
        ("totals.all.expense", Some("4.5")),
        ("general.205.08.03.total", Some("2")),
        ("fund.212.08.01.project", Some("7")),
    ] {
        assert_eq!(number(&report, id).as_deref(), expected, "{id} of {:?}", report.values.keys());
    }
    assert_eq!(report.values["income.201.26.code"].text.as_deref(), Some("20126"));
    assert_eq!(report.values["income.201.26.name"].text.as_deref(), Some("档案事务"));
    assert_eq!(report.values["income.201.26.other"].kind, Kind::Blank);
    let form = forms.get("bmys").unwrap();
    let found = check(form, &report, &Context::default());
    assert!(!found.iter().any(|finding| finding.rule.is_some()), "{found:?}");
    let wrong = read(&forms, INCOME.replacen("<td>45000</td>", "<td>95000</td>", 1).as_bytes());
    let found = check(form, &wrong, &Context::default());
    let named: Vec<&String> = found.iter().flat_map(|finding| &finding.fields).collect();
    assert!(named.iter().any(|id| *id == "income.all.total"), "{found:?}");
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let again = read(&forms, &writer.write(form, &report).unwrap());
        for (id, value) in report.values.iter().filter(|(_, value)| value.value.is_some()) {
            assert_eq!(again.values.get(id).and_then(|value| value.value), value.value, "{:?} {id}", writer.output);
        }
    }
}

#[test]
fn two_tables_with_the_same_header_and_no_names_are_refused() {
    let forms = forms();
    let text = INCOME
        .replace("2024年部门一般公共预算支出功能分类预算表", "某表")
        .replace("2024年部门政府性基金预算支出功能分类预算表", "又一表");
    let report = read(&forms, text.as_bytes());
    assert!(report.findings.iter().any(|finding| finding.code == "table-doubled"), "{:?}", report.findings);
    assert!(!report.values.keys().any(|id| id.starts_with("fund.") || id.starts_with("general.")));
}

#[test]
fn words_choices_days_and_codes_are_read_with_their_kind() {
    let forms = forms();
    let page = "<p>石岭市图书馆2023年阅览室情况年报</p><p>一、基本情况表</p><table>
<tr><td colspan=2></td><td>填写内容</td></tr>
<tr><td colspan=3>（一）开放</td></tr>
<tr><td rowspan=3>开放</td><td>是否对外开放</td><td>■是 □否</td></tr>
<tr><td>开放日期</td><td>2023年3月1日</td></tr><tr><td>到馆人次（单位：人次）</td><td>9,996</td></tr>
<tr><td rowspan=3>服务</td><td>服务方式</td><td>☑借阅 □复印 ☑上门 □其他</td></tr>
<tr><td>网站标识码</td><td>0511100036</td></tr><tr><td>备注</td><td>/</td></tr></table>
<p>二、阅览室明细表</p><table><tr><td rowspan=2>序号</td><td rowspan=2>阅览室名称</td><td colspan=2>藏书</td><td rowspan=2>面积（平方米）</td><td rowspan=2>是否供暖</td></tr>
<tr><td>图书</td><td>报刊</td></tr>
<tr><td>1</td><td>东院</td><td>120</td><td>6</td><td>80.5</td><td>√是 □否</td></tr>
<tr><td>2</td><td>西院</td><td>30</td><td>2</td><td>20</td><td>□是 □否</td></tr>
<tr><td>3</td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td colspan=2>合计</td><td>150</td><td>8</td><td>100.5</td><td></td></tr></table>";
    let report = read(&forms, page.as_bytes());
    let said = |id: &str| report.values.get(id).map(|value| (value.kind, value.text.as_deref()));
    assert_eq!(said("state.open"), Some((Kind::Choice, Some("是"))));
    assert_eq!(said("state.since"), Some((Kind::Date, Some("2023-03-01"))));
    assert_eq!(said("state.kinds"), Some((Kind::Choice, Some("借阅、上门"))));
    assert_eq!(said("state.site"), Some((Kind::Code, Some("0511100036"))));
    assert_eq!(said("state.note"), Some((Kind::Slash, None)));
    assert_eq!(number(&report, "state.visits").as_deref(), Some("9996"));
    assert_eq!(number(&report, "rooms.[东院].area").as_deref(), Some("80.5"));
    assert_eq!(number(&report, "rooms.all.books").as_deref(), Some("150"));
    assert_eq!(said("rooms.[西院].heated"), Some((Kind::Blank, None)));
    assert!(report.findings.iter().any(|finding| finding.fields == ["rooms.[西院].heated"]), "{:?}", report.findings);
    assert!(!report.values.keys().any(|id| id.contains("[3]")));
}

#[test]
fn a_form_of_many_rows_is_read_whole() {
    let rows: Vec<String> =
        (0..2_400).map(|row| format!("  {{ id = \"r{row}\", label = \"第{row}项指标名称\" }},")).collect();
    let text = format!(
        "language = 1\nid = \"long\"\nname = {{ zh = \"长表\", en = \"long\" }}\n[title]\n\
         pattern = \"{{agency}}{{year}}年长表统计年报\"\n[[section]]\nid = \"s\"\nheading = \"一、长表数据\"\n\
         [[table]]\nid = \"t\"\nsection = \"s\"\n[[table.block]]\ncorner = \"指标\"\n\
         columns = [{{ id = \"a\", label = \"全年数量\" }}]\nrows = [\n{}\n]\n",
        rows.join("\n")
    );
    let mut forms = Forms::default();
    let form = forms.add("long.toml", &text).unwrap();
    let mut report = nianbao::sampler::Sampler::new(1).report_of(&form);
    for (number, field) in form.fields.iter().enumerate() {
        report.values.insert(field.id.clone(), nianbao::report::Value::number((number as u64 + 10).into()));
    }
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Html).unwrap();
    let again = read(&forms, &writer.write(&form, &report).unwrap());
    let lost = form.fields.iter().filter(|field| again.values[&field.id].value != report.values[&field.id].value);
    assert_eq!(lost.map(|field| field.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_total_is_known_by_its_key_behind_figures() {
    let text = "language = 1\nid = \"k\"\nname = { zh = \"办理表\", en = \"k\" }\n[title]\npattern = \"{agency}{year}年建议办理情况表\"\n\
        [[section]]\nid = \"s\"\nheading = \"建议办理情况\"\n[[table]]\nid = \"t\"\nsection = \"s\"\n[[table.block]]\n\
        columns = [{ id = \"a\", label = \"收到件数\" }, { id = \"b\", label = \"主办单位\", kind = \"text\" }, { id = \"c\", label = \"办结件数\" }]\n\
        rows = { each = \"b\", total = \"合计\" }\n";
    let mut forms = Forms::all().unwrap();
    let form = forms.add("k.toml", text).unwrap();
    let lost = selftest(&forms, &form);
    assert!(lost.is_empty(), "{lost:?}");
}
