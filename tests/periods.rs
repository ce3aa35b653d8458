//! Reports of a part of a year: placeholders of titles and headings, what is read in which notation, and roll-ups.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::selftest::selftest;

use crate::program::Folder;

/// The example of the page on the language.
fn letters() -> String {
    let page = include_str!("../mappings/README.md");
    let mut examples = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    examples.find(|text| text.contains("id = \"letters\"")).unwrap().to_owned()
}

fn page(title: &str, heading: &str) -> String {
    format!(
        "<h1>{title}</h1><h2>{heading}</h2><table><tr><td>信访渠道</td><td>受理件数</td><td>办结件数</td></tr>\
         <tr><td>来访</td><td>1</td><td>2</td></tr><tr><td>来信</td><td>3</td><td>4</td></tr><tr><td>网上信访</td><td>5</td><td>6</td></tr></table>"
    )
}

fn read(form: &str, title: &str, heading: &str, name: Option<&str>) -> Report {
    let mut forms = Forms::all().unwrap();
    forms.add("a.toml", form).unwrap_or_else(|error| panic!("{error}"));
    let page = page(title, heading);
    let reading = nianbao::read::read(page.as_bytes(), None, &mut Budget::default()).unwrap();
    Binder::new(&forms).bind(&reading, &Hints { file_stem: name, ..Hints::default() }).unwrap()
}

fn told(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter().filter(|finding| finding.code == "period-uncertain");
    findings.map(|finding| finding.message.zh.as_str()).collect()
}

#[test]
fn the_part_of_the_year_is_read_in_any_notation() {
    let heading = "2025年第二季度信访件办理情况";
    for title in [
        "石岭县信访局2025年第二季度信访办理情况季报",
        "石岭县信访局2025年二季度信访办理情况季报",
        "石岭县信访局2025年4-6月信访办理情况季报",
        "石岭县信访局2025年4月至6月信访办理情况季报",
        "2025年第2季度石岭县信访局信访办理情况季报",
        "石岭县信访局信访办理情况季报（2025年第二季度）",
        "石岭县信访局2025年信访办理情况季报",
    ] {
        let report = read(&letters(), title, heading, None);
        assert_eq!(report.agency.as_deref(), Some("石岭县信访局"), "{title}");
        assert_eq!((report.year, report.months()), (Some(2025), Some((4, 6))), "{title}");
        assert_eq!(told(&report), Vec::<&str>::new(), "{title}");
        assert_eq!(report.values["letters.online.done"].value, Some(6.into()), "{title}");
    }
    let report = read(
        &letters(),
        "石岭县信访局2025年信访办理情况季报",
        "信访件办理情况",
        Some("石岭县信访局2025年三季度信访办理情况季报"),
    );
    assert_eq!(report.months(), Some((7, 9)), "the name of the file");
}

#[test]
fn a_part_that_is_unknown_or_none_of_the_form_is_reported() {
    for (title, heading, said) in [
        ("石岭县信访局2025年信访办理情况季报", "信访件办理情况", "没有写明是哪一季度"),
        ("石岭县信访局2025年上半年信访办理情况季报", "信访件办理情况", "报告期写“上半年”，不是“信访办理季报”的一期"),
        ("石岭县信访局2025年2-4月信访办理情况季报", "信访件办理情况", "报告期写“2-4月”"),
        ("石岭县信访局2025年一季度信访办理情况季报", "2025年二季度信访件办理情况", "“第一季度”和“第二季度”"),
    ] {
        let report = read(&letters(), title, heading, None);
        assert_eq!(report.agency.as_deref(), Some("石岭县信访局"), "{title}");
        let told = told(&report);
        assert!(told.len() == 1 && told[0].contains(said), "{title}: {told:?}");
    }
    // A yearly report whose title has a quarter.
    let yearly = letters().replace("第{quarter}季度", "").replace("季报", "年报");
    let report = read(&yearly, "石岭县信访局2025年第三季度信访办理情况年报", "2025年信访件办理情况", None);
    assert_eq!((report.agency.as_deref(), report.months()), (Some("石岭县信访局"), None));
    assert!(report.findings.iter().any(|finding| finding.code == "period-incomplete"), "{:?}", report.findings);
}

#[test]
fn every_length_comes_back_from_every_format() {
    for (place, period) in [
        ("第{quarter}季度", ""),
        ("{quarter}季度", "period = \"quarter\""),
        ("{half}半年", ""),
        ("{month}月", ""),
        ("{month}月份", ""),
        ("{months}月", "period = \"half\""),
        ("{months}月", ""),
    ] {
        let identity = format!("\n[identity]\n{period}\n[[section]]\n");
        let text = letters().replace("第{quarter}季度", place).replacen("\n[[section]]\n", &identity, 1);
        for text in [
            text.clone(),
            text.replace(
                &format!("{{year}}年{place}信访办理情况季报"),
                &format!("信访办理情况季报（{{year}}年{place}）"),
            ),
        ] {
            let mut forms = Forms::all().unwrap();
            let form = forms.add("a.toml", &text).unwrap_or_else(|error| panic!("{error}"));
            let lost = selftest(&forms, &form);
            assert!(lost.is_empty(), "{text}: {lost:?}");
        }
    }
}

#[test]
fn a_place_that_contradicts_the_period_is_a_mistake_of_the_mapping() {
    let identity = "\n[identity]\nperiod = \"month\"\n[[section]]\n";
    let error = Forms::default().add("a.toml", &letters().replacen("\n[[section]]\n", identity, 1)).unwrap_err();
    assert!(error.to_string().contains("quarter"), "{error}");
    let error = Forms::default().add("a.toml", &letters().replace("{quarter}", "{week}")).unwrap_err();
    assert!(error.to_string().contains("{week}"), "{error}");
}

#[test]
fn the_blank_is_drafted_with_its_place_and_filled_with_the_part() {
    let folder = Folder::new();
    folder.file("forms/letters.toml", letters());
    let ran = folder.run(&["--mappings", "forms", "forms", "blank", "letters", "--to", "docx,xlsx", "-o", "blank"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for blank in ["blank/letters.docx", "blank/letters.xlsx"] {
        let ran = folder.run(&["forms", "draft", blank]);
        assert!(ran.out.contains("pattern = \"{agency}{year}年第{quarter}季度信访办理情况季报\""), "{blank}: {ran:?}");
    }
    folder.file("a.html", page("石岭县信访局2025年四季度信访办理情况季报", "信访件办理情况"));
    let ran = folder.run(&["--mappings", "forms", "convert", "a.html", "-o", "out", "--to", "html"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let made = std::fs::read_to_string(folder.path("out/石岭县信访局2025年第四季度信访办理情况季报.html")).unwrap();
    assert!(made.contains("2025年第四季度信访件办理情况"), "{made}");
    let ran =
        folder.run(&["--mappings", "forms", "fill", "--template", "blank/letters.docx", "a.html", "-o", "filled"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let ran = folder.run(&["--mappings", "forms", "inspect", "filled/石岭县信访局2025年第四季度信访办理情况季报.docx"]);
    assert!(ran.out.contains("\"from\": \"2025-10-01\""), "{ran:?}");
}

#[test]
fn a_roll_up_is_of_one_part_of_the_year() {
    let folder = Folder::new();
    folder.file("forms/letters.toml", letters());
    for (name, agency, part) in [("a", "石岭县信访局", "一"), ("b", "白渚县信访局", "一"), ("c", "青岚县信访局", "二")]
    {
        let title = format!("{agency}2025年第{part}季度信访办理情况季报");
        folder.file(&format!("in/{name}.html"), page(&title, "信访件办理情况"));
    }
    let ran = folder.run(&["--lang", "zh", "--mappings", "forms", "rollup", "in", "-o", "sums"]);
    let all = format!("{}{}", ran.out, ran.err);
    assert!(all.contains("这是2025年第二季度的报告，此次汇总第一季度，未计入。"), "{ran:?}");
    let values = std::fs::read_to_string(folder.path("sums/values.jsonl")).unwrap();
    assert!(!values.contains("青岚县信访局") && values.contains("白渚县信访局"), "{values}");
}
