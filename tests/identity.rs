//! Agency and year of a report: contradictions are errors that name both sides, and apparent contradictions are not reported.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::page;
use nianbao::bind::{Binder, Hints};
use nianbao::check::{Context, check};
use nianbao::document::Budget;
use nianbao::finding::{Finding, Severity};
use nianbao::form::Forms;
use nianbao::read;
use nianbao::report::{Content, Report};
use nianbao::sampler::Sampler;

/// Codes about agency and year.
const CODES: [&str; 6] = [
    "year-mismatch",
    "agency-differs",
    "other-agency-named",
    "period-incomplete",
    "properties-stale",
    "placeholder-left",
];

fn found(name: &str, bytes: &[u8]) -> (Report, Vec<Finding>) {
    let forms = Forms::built_in().expect("the built-in forms");
    let reading = read::read(bytes, Some(name), &mut Budget::default()).expect("a document");
    let stem = name.rsplit_once('.').map_or(name, |split| split.0);
    let report =
        Binder::new(&forms).bind(&reading, &Hints { file_stem: Some(stem), ..Hints::default() }).expect("a report");
    let form = forms.get(&report.form).expect("its form");
    let checked = check(form, &report, &Context::default());
    let all = report.findings.iter().cloned().chain(checked).collect();
    (report, all)
}

fn errors(findings: &[Finding], code: &str) -> Vec<String> {
    let errors = findings.iter().filter(|one| one.code == code && one.severity == Severity::Error);
    errors.map(|one| one.message.zh.clone()).collect()
}

#[test]
fn the_cases_have_an_error_that_names_both_sides() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/identity");
    for (name, code, sides) in [
        ("wrong-year-title.docx", "year-mismatch", &["标题写2024年", "2025年1月1日至2025年12月31日"][..]),
        ("03正文是别的单位.docx", "other-agency-named", &["青岚县审计局", "青岚县财政局"]),
        ("07统计期限是上年.docx", "year-mismatch", &["标题写2025年", "2026年1月1日至2025年12月31日"]),
        ("10占位符未替换.docx", "placeholder-left", &["×件"]),
        ("all-tables-blank.docx", "table-blank", &["表三全部未填"]),
        ("all-tables-blank.docx", "table-blank", &["表四全部未填"]),
    ] {
        let (_, findings) = found(name, &std::fs::read(format!("{folder}/{name}")).expect("a case"));
        let errors = errors(&findings, code);
        assert!(errors.iter().any(|error| sides.iter().all(|side| error.contains(side))), "{name}: {errors:?}");
    }
}

/// A report of a bureau for 2024 as a page, with its text changed.
fn written(seed: u64, change: impl Fn(String) -> String) -> Vec<u8> {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let mut report = Sampler::new(seed).report(form);
    let (agency, year) = (report.agency.take().expect("a name"), report.year.expect("a year"));
    let text = serde_json::to_string(&report).expect("JSON");
    let text = text.replace(&agency, "青岚县审计局").replace(&format!("{}年", year + 1), "NEXT年");
    let text = text.replace(&format!("{year}年"), "2024年").replace("NEXT年", "2025年");
    let mut report: Report = serde_json::from_str(&text).expect("a report");
    report.title = Some("青岚县审计局2024年政府信息公开工作年度报告".to_owned());
    let overview = report.sections.iter_mut().find(|section| section.id == "overview").expect("a part");
    overview.content.insert(0, Content::text("2024年，青岚县审计局认真贯彻条例，依法公开。"));
    let html = String::from_utf8(page(&report)).expect("UTF-8");
    change(html).into_bytes()
}

fn told(name: &str, change: impl Fn(String) -> String) -> Vec<(String, Severity)> {
    let (_, findings) = found(name, &written(3, change));
    let own = findings.into_iter().filter(|one| CODES.contains(&one.code.as_str()));
    own.map(|one| (one.code, one.severity)).collect()
}

const PLAIN: &str = "报告.html";

#[test]
fn contradictions_are_errors() {
    let error = |code: &str| (code.to_owned(), Severity::Error);
    let replace = |from: &'static str, to: &'static str| {
        move |text: String| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        }
    };
    let title = "青岚县审计局2024年政府信息公开工作年度报告";
    let period = "2024年1月1日起至2024年12月31日";
    for (name, from, to, code) in [
        (PLAIN, title, "青岚县审计局2023年政府信息公开工作年度报告", "year-mismatch"),
        (PLAIN, period, "2023年1月1日起至2023年12月31日", "year-mismatch"),
        (PLAIN, period, "2023年1月1日起至2024年12月31日", "year-mismatch"),
        (PLAIN, period, "2025年1月1日起至2024年12月31日", "year-mismatch"),
        (PLAIN, "2024年，", "2023年，", "year-mismatch"),
        (PLAIN, "2024年，", "二〇二三年，", "year-mismatch"),
        (PLAIN, "2024年，", "2023年，取得了较好成效，", "year-mismatch"),
        (PLAIN, period, "二〇二三年一月一日起至二〇二三年十二月三十一日", "year-mismatch"),
        (PLAIN, title, "青岚县审计局二○二三年政府信息公开工作年度报告", "year-mismatch"),
        (PLAIN, "2024年，青岚县审计局", "2024年，青岚县财政局", "other-agency-named"),
        (PLAIN, "由青岚县审计局办公室编制", "由青岚县财政局办公室编制", "other-agency-named"),
        (PLAIN, "2024年，青岚县审计局", "2024年，邻水县审计局", "other-agency-named"),
        // A district is of the level of a county.
        (PLAIN, "2024年，青岚县审计局", "2024年，云港市城东区审计局", "other-agency-named"),
        (PLAIN, "2024年，青岚县审计局", "2024年，白音旗审计局", "other-agency-named"),
        (PLAIN, "请与青岚县审计局办公室联系", "请与青岚县民政局办公室联系", "other-agency-named"),
        (PLAIN, title, "××局2024年政府信息公开工作年度报告", "placeholder-left"),
        (PLAIN, "认真贯彻条例", "受理申请××件", "placeholder-left"),
        (PLAIN, "认真贯彻条例", "（机关名称）贯彻条例", "placeholder-left"),
        (PLAIN, "认真贯彻条例", "新收0×件", "placeholder-left"),
        ("青岚县财政局2024年政府信息公开工作年度报告.html", "条例", "《条例》", "agency-differs"),
        ("青岚县审计局2023年政府信息公开工作年度报告.html", "条例", "《条例》", "year-mismatch"),
        ("审计局2023年年报.html", "条例", "《条例》", "year-mismatch"),
        ("青岚县财政局2024年年报.html", "条例", "《条例》", "agency-differs"),
        ("（定稿）青岚县财政局2024年度报告.html", "条例", "《条例》", "agency-differs"),
    ] {
        assert!(
            told(name, replace(from, to)).contains(&error(code)),
            "{name} {from} {to}: {:?}",
            told(name, replace(from, to))
        );
    }
    // The signature: another agency, a day inside the period, last year's.
    for (agency, day, code) in [
        ("青岚县财政局", "2025年1月20日", "agency-differs"),
        ("青岚县审计局", "2024年6月1日", "year-mismatch"),
        ("青岚县审计局", "2024年1月20日", "year-mismatch"),
        ("青岚县审计局", "二〇二四年一月二十日", "year-mismatch"),
        ("青岚县财政局", "二〇二五年一月二十日", "agency-differs"),
    ] {
        let signed = signed_by(agency, day);
        let own: Vec<_> = signed.iter().filter(|one| CODES.contains(&one.0.as_str())).collect();
        assert!(own.contains(&&error(code)), "{agency} {day}: {signed:?}");
    }
}

/// Findings about a report with this signature.
fn signed_by(agency: &str, day: &str) -> Vec<(String, Severity)> {
    let forms = Forms::built_in().expect("the built-in forms");
    let bytes = written(3, |text| text);
    let reading = read::read(&bytes, Some(PLAIN), &mut Budget::default()).expect("a document");
    let mut report = Binder::new(&forms).bind(&reading, &Hints::default()).expect("a report");
    let last = report.sections.last_mut().expect("a part");
    let count = last.content.len();
    last.content.splice(count - 2.., [Content::text(agency), Content::text(day)]);
    let (_, findings) = found(PLAIN, &page(&report));
    findings.into_iter().map(|one| (one.code, one.severity)).collect()
}

#[test]
fn apparent_contradictions_are_not_reported() {
    let none: Vec<(String, Severity)> = Vec::new();
    assert_eq!(told(PLAIN, |text| text), none);
    let numerals = "二〇二四年一月一日起至二〇二四年十二月三十一日";
    assert_eq!(told(PLAIN, |text| text.replace("2024年1月1日起至2024年12月31日", numerals)), none);
    // Clean reports have no such finding.
    for seed in 0..40 {
        let (_, findings) = found(PLAIN, &written(seed, |text| text));
        let own: Vec<_> = findings.iter().filter(|one| CODES.contains(&one.code.as_str())).collect();
        assert!(own.is_empty(), "{seed}: {own:?}");
    }
    for sentence in [
        "根据2019年修订的《中华人民共和国政府信息公开条例》，依法公开。",
        "2019年修订的《条例》施行以来，公开工作逐步规范。",
        "2023年，全局收到申请10件，2024年，收到12件。",
        "较2023年增长20%，同比2022年下降3%。",
        "2025年，我局将继续深化公开。",
        "2023年存在的问题已完成整改。",
        "2021年以来，累计公开信息300条。",
        "云港市审计局高度重视基层公开工作，多次指导。",
        "青岚县人民政府高度重视信息公开工作。",
        "青岚县财政局、青岚县教育局联合发布信息。",
        "青岚县财政局的支持下，公开平台建成。",
        "配合青岚县财政局做好预决算公开。",
        "县审计局坚持依法公开。",
        "青岚县审计局办公室认真组织培训。",
        "2024年，我局认真贯彻国办公开办函〔2021〕30号文件。",
        "开展5×24小时服务，新增3×2个栏目。",
        "二〇〇八年以来持续公开。",
    ] {
        let told = told(PLAIN, |text| text.replacen("依法公开。</p>", &format!("依法公开。</p><p>{sentence}</p>"), 1));
        assert_eq!(told, none, "{sentence}");
    }
    for name in
        ["审计局2024年年报.html", "青岚县政府审计局2024年年报.html", "青岚县人民政府2024年年报汇编.html", "2024年.html"]
    {
        assert_eq!(told(name, |text| text), none, "{name}");
    }
    for (own, other) in [
        ("青岚县人力资源和社会保障局", "青岚县人社局"),
        ("青岚县卫生健康局", "青岚县卫健局"),
        ("青岚县综合行政执法局", "青岚县城市管理局"),
        ("青岚县人民政府", "青岚县人民政府办公室"),
        ("青岚县人民政府", "青岚县政务服务管理局"),
    ] {
        let change = |text: String| {
            text.replace("青岚县审计局", own).replace(&format!("2024年，{own}认真"), &format!("2024年，{other}认真"))
        };
        assert_eq!(told(PLAIN, change), none, "{own} {other}");
        let name = format!("{other}2024年政府信息公开工作年度报告.html");
        assert_eq!(told(&name, |text| text.replace("青岚县审计局", own)), none, "{own} {other}");
    }
}

#[test]
fn a_files_properties_never_beat_its_name_or_its_period() {
    let bare = |text: String| {
        let title = "青岚县审计局2024年政府信息公开工作年度报告";
        let begin = text.find("<title>").expect("a title");
        let end = text.find("</title>").expect("its end");
        let stale = "<title>红河县财政局2021年政府信息公开工作年度报告";
        format!("{}{stale}{}", &text[..begin], text[end..].replace(title, ""))
    };
    let bytes = written(3, bare);
    let (report, findings) = found("报送稿.html", &bytes);
    assert_eq!((report.agency.as_deref(), report.year), (Some("青岚县审计局"), Some(2024)));
    assert!(findings.iter().any(|one| one.code == "properties-stale" && one.severity == Severity::Warning));
    let (report, _) = found("青岚县审计局2024年政府信息公开工作年度报告.html", &bytes);
    assert_eq!(report.title.as_deref(), Some("青岚县审计局2024年政府信息公开工作年度报告"));
}

#[test]
fn a_day_that_no_calendar_has_is_reported() {
    let told = ("date-uncertain".to_owned(), Severity::Warning);
    for day in ["2025年2月30日", "2025年13月1日", "二〇二五年二月三十日"] {
        assert!(signed_by("青岚县审计局", day).contains(&told), "{day}");
    }
    assert!(!signed_by("青岚县审计局", "2025年2月28日").contains(&told));
    let (_, findings) = found(PLAIN, &written(3, |text| text.replace("2024年12月31日止", "2024年11月31日止")));
    assert!(findings.iter().any(|one| one.message.zh.contains("“2024年11月31日”不存在")), "{findings:?}");
}
