//! Checking finds the wrong cell: always if one is wrong, nearly always if two are; a clean report has no finding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::check::{Context, check};
use nianbao::finding::Finding;
use nianbao::form::{Form, Forms};
use nianbao::report::{Content, Kind, Report, Value};
use nianbao::sampler::{Random, Sampler};
use rust_decimal::Decimal;

fn form(id: &str) -> std::sync::Arc<Form> {
    Forms::built_in().unwrap().get(id).cloned().unwrap()
}

fn findings(form: &Form, report: &Report) -> Vec<Finding> {
    check(form, report, &Context::default())
}

fn set(report: &mut Report, field: &str, number: impl Into<Decimal>) {
    report.values[field] = Value::number(number.into());
}

/// Fields of table three.
fn requests(form: &Form) -> Vec<String> {
    form.fields.iter().filter(|field| form.tables[field.table].id == "requests").map(|field| field.id.clone()).collect()
}

#[test]
fn a_clean_report_has_no_finding() {
    for form in Forms::built_in().unwrap().iter() {
        for seed in 0..100 {
            let report = Sampler::new(seed).report(form);
            let found = findings(form, &report);
            assert!(found.is_empty(), "{} {seed}: {found:?}", form.id);
        }
    }
}

#[test]
fn every_single_wrong_cell_of_table_three_is_named() {
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = form(id);
        let mut random = Random::new(3);
        for (number, field) in requests(&form).iter().enumerate() {
            let mut report = Sampler::new(number as u64).report(&form);
            let right = report.values[field.as_str()].value.unwrap();
            let wrong = right + Decimal::from(1 + random.below(500));
            set(&mut report, field, wrong);
            let found = findings(&form, &report);
            let culprits: Vec<_> = found.iter().flat_map(|finding| &finding.culprits).collect();
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert_eq!((culprits.len(), culprits[0].field.as_str()), (1, field.as_str()), "{found:?}");
            assert_eq!((culprits[0].from, culprits[0].to), (Some(wrong), Some(right)), "{field}");
        }
    }
}

#[test]
fn of_a_thousand_pairs_of_wrong_cells_at_least_950_are_named() {
    let form = form("gkbg-2021");
    let fields = requests(&form);
    let mut random = Random::new(11);
    let mut named = 0;
    for seed in 0..1_000 {
        let mut report = Sampler::new(seed).report(&form);
        let (one, two) = (random.below(175) as usize, random.below(174) as usize);
        let pair = [&fields[one], &fields[if two >= one { two + 1 } else { two }]];
        let right: Vec<Decimal> = pair.iter().map(|field| report.values[field.as_str()].value.unwrap()).collect();
        for (field, right) in pair.iter().zip(&right) {
            set(&mut report, field, right + Decimal::from(1 + random.below(400)));
        }
        let found = findings(&form, &report);
        let mut culprits: Vec<(String, Option<Decimal>)> = found
            .iter()
            .flat_map(|finding| &finding.culprits)
            .map(|culprit| (culprit.field.clone(), culprit.to))
            .collect();
        let mut wanted: Vec<(String, Option<Decimal>)> =
            pair.iter().zip(&right).map(|(field, right)| ((*field).clone(), Some(*right))).collect();
        culprits.sort();
        wanted.sort();
        named += usize::from(culprits == wanted);
    }
    println!("{named} of 1000 pairs are named");
    assert!(named >= 950, "{named}");
}

#[test]
fn a_typing_error_is_named_and_covers_the_rules_that_it_explains() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(1).report(&form);
    let field = "requests.granted.enterprise";
    let right = Decimal::from(27);
    let old = report.values[field].value.unwrap();
    // Increase the cell and everything that sums it, so that the report is consistent with 27 in it.
    for touched in [
        field,
        "requests.granted.total",
        "requests.handled_total.enterprise",
        "requests.handled_total.total",
        "requests.received.enterprise",
        "requests.received.total",
    ] {
        let number = report.values[touched].value.unwrap();
        set(&mut report, touched, number + right - old);
    }
    assert!(findings(&form, &report).is_empty());
    set(&mut report, field, 72);
    let found = findings(&form, &report);
    assert_eq!(found.len(), 1);
    let message = &found[0].message.zh;
    assert!(message.contains("填72件，推算应为27件（疑两位数字颠倒）") && message.contains("商业企业"), "{message}");
    assert_eq!(found[0].code, "cell-wrong");
}

#[test]
fn an_isolated_sum_cannot_determine_the_wrong_cell() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(4).report(&form);
    for (field, number) in [("upheld", 5), ("corrected", 0), ("other", 0), ("pending", 0), ("total", 9)] {
        set(&mut report, &format!("disputes.review.{field}"), number);
    }
    let found = findings(&form, &report);
    assert_eq!((found.len(), found[0].code.as_str(), found[0].culprits.len()), (1, "cells-ambiguous", 0), "{found:?}");
    assert_eq!(found[0].difference, Some(4.into()));
}

#[test]
fn blank_cells_block_a_rule_and_do_not_fail_it() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(2).report(&form);
    report.values["requests.granted.research"] = Value { kind: Kind::Blank, ..Value::default() };
    let found = findings(&form, &report);
    assert_eq!(found.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["rules-not-assessed"]);
}

#[test]
fn kinds_signs_years_and_carried_figures() {
    let form = form("gkbg-2019");
    let mut report = Sampler::new(2).report(&form);
    set(&mut report, "disclosure.regulations.made", Decimal::new(15, 1));
    set(&mut report, "disclosure.licensing.prior_items", 5);
    set(&mut report, "disclosure.licensing.change", -6);
    report.year = Some(2022);
    let codes: Vec<String> = findings(&form, &report).into_iter().map(|finding| finding.code).collect();
    for code in ["figure-not-allowed", "rule-broken", "form-of-another-year", "title-not-prescribed"] {
        assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
    }
    let (this, mut last) = (Sampler::new(5).report(&form), Sampler::new(6).report(&form));
    for column in
        ["natural_person", "enterprise", "research", "public_interest", "legal_service", "other_organisation", "total"]
    {
        let carried = this.values[format!("requests.carried_in.{column}").as_str()].value.unwrap();
        set(&mut last, &format!("requests.carried_out.{column}"), carried);
    }
    let carried = |last: &Report| {
        let found = check(&form, &this, &Context { previous: Some(last), ..Context::default() });
        found.iter().filter(|finding| finding.rule.as_deref() == Some("Y-1")).count()
    };
    assert_eq!(carried(&last), 0);
    set(&mut last, "requests.carried_out.research", 77_777);
    assert_eq!(carried(&last), 1);
}

fn with_prose(text: &str) -> Vec<Finding> {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(8).report(&form);
    let number = report.values["requests.received.total"].value.unwrap();
    for section in &mut report.sections {
        if section.id == "overview" {
            section.content = vec![Content::text(text.replace("{n}", &number.to_string()))];
        }
    }
    findings(&form, &report)
}

#[test]
fn prose_is_compared_with_itself_and_with_the_tables() {
    let found = with_prose(
        "共发布信息268条。其中包括概况类信息40条、政务动态信息200条、主动公开信息28条、解读类信息8条和专栏4个。",
    );
    assert_eq!(
        (found.len(), found[0].code.as_str(), found[0].left, found[0].right),
        (1, "prose-sum", Some(276.into()), Some(268.into()))
    );
    assert_eq!(with_prose("本年共受理政府信息公开申请99887766件。")[0].code, "prose-table");
    for fine in [
        "本年共收到政府信息公开申请{n}件。",
        "共发布信息268条，其中概况类40条、动态200条。",
        "上年共受理政府信息公开申请99887766件。",
        "公开率达100%，其中本年占40%、上年占80%。",
        "发布信息10条，其中图解3条，其中视频8条。",
    ] {
        assert!(with_prose(fine).is_empty(), "{fine}: {:?}", with_prose(fine));
    }
}

#[test]
fn the_examples_of_every_rule_agree_with_it() {
    for form in Forms::built_in().unwrap().iter() {
        for rule in &form.rules {
            assert!(
                rule.examples.iter().any(|example| example.holds) && rule.examples.iter().any(|example| !example.holds),
                "{}",
                rule.id
            );
            for example in &rule.examples {
                let report = |values: &[(usize, Decimal)]| {
                    let mut report = Report::empty(&form.id);
                    report.values =
                        form.fields.iter().map(|field| (field.id.clone(), Value::number(0.into()))).collect();
                    for &(field, number) in values {
                        report.values[field] = Value::number(number);
                    }
                    report
                };
                let (this, last) = (report(&example.values), report(&example.previous));
                let found = check(form, &this, &Context { previous: Some(&last), ..Context::default() });
                let scope = &rule.instances[0].scope;
                let named = |finding: &&Finding| finding.rule.as_deref() == Some(rule.id.as_str());
                let verdicts =
                    nianbao::check::assess(form, &this, &Context { previous: Some(&last), ..Context::default() });
                let index = form.rules.iter().position(|other| other.id == rule.id).unwrap();
                let holds = verdicts[index][0] == nianbao::check::Verdict::Pass;
                assert_eq!(
                    holds,
                    example.holds,
                    "{} {} {scope} {:?}",
                    form.id,
                    rule.id,
                    found.iter().filter(named).count()
                );
            }
        }
    }
}
