//! A form of another kind needs no Rust: with a mapping file alone it is read, checked, written and read back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::check::{Context, check};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

fn forms() -> Forms {
    let mut forms = Forms::built_in().unwrap();
    forms.add("water.toml", include_str!("forms_made_up/water.toml")).unwrap();
    forms
}

fn read(forms: &Forms, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    Binder::new(forms).bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

#[test]
fn text_of_another_form_is_recognised_read_and_checked() {
    let forms = forms();
    let text = "石岭化工厂2023年用水年报表\n一、情况说明\n正常。\n二、用水数据\n项目\n上半年\n下半年\n全年合计\n取水来源\n自备水井\n1.5\n2\n3.5\n\
                市政管网\n10\n20\n31\n取水合计\n11.5\n22\n33.5\n";
    let report = read(&forms, text.as_bytes());
    assert_eq!(
        (report.form.as_str(), report.agency.as_deref(), report.year),
        ("water-1", Some("石岭化工厂"), Some(2023))
    );
    assert_eq!(report.values["water.well.first_half"].value.map(|value| value.to_string()).as_deref(), Some("1.5"));
    let found = check(forms.get("water-1").unwrap(), &report, &Context::default());
    let culprits: Vec<_> = found.iter().flat_map(|finding| &finding.culprits).collect();
    assert_eq!((culprits[0].field.as_str(), culprits[0].to), ("water.tap.year", Some(30.into())), "{found:?}");
}

#[test]
fn every_output_of_another_form_reads_back() {
    let forms = forms();
    let form = forms.get("water-1").unwrap();
    for seed in 0..10 {
        let report = Sampler::new(seed).report(form);
        for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
            let again = read(&forms, &writer.write(form, &report).unwrap());
            assert_eq!(
                (&again.form, &again.agency, again.year),
                (&report.form, &report.agency, report.year),
                "{:?}",
                writer.output
            );
            for (field, value) in &report.values {
                assert_eq!(again.values[field].value, value.value, "{:?} {field}", writer.output);
            }
        }
    }
}
