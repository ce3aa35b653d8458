//! The prose against the tables and against itself: figures that sentences state, and parts that add up to more than the whole.
//!
//! Warnings only, and precision before recall: a sentence that is not surely about a cell is passed over.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use super::Figures;
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::{Expression, FieldIndex, Form, NarrativePattern};
use crate::report::{Content, Report};
use crate::text::chinese_number;

#[allow(clippy::expect_used, reason = "the pattern is a constant, and every test of this module compiles it")]
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([0-9０-９]+)\s*(条|件|次|篇|个|场|期|项|份|起|人次|人)[，。,；]?\s*其中").expect("a constant pattern")
});

/// Wholes with parts that are looked at in one paragraph.
const WHOLES: usize = 100;

/// Adds what the prose contradicts.
pub(super) fn check(form: &Form, report: &Report, figures: &Figures, findings: &mut Vec<Finding>) {
    for section in &report.sections {
        for content in &section.content {
            let Content::Paragraph { text, place, .. } = content else { continue };
            findings.extend(parts_of_whole(text).into_iter().map(|finding| finding.at(place.clone())));
            for sentence in text.split(['。', '；', '\n']) {
                for pattern in &form.narrative {
                    findings
                        .extend(statement(form, pattern, sentence, figures).map(|finding| finding.at(place.clone())));
                }
            }
        }
    }
}

/// `共发布信息268条。其中包括概况类信息40条、政务动态信息200条…`: the parts of one unit must not exceed the whole.
fn parts_of_whole(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in WHOLE.captures_iter(text).take(WHOLES) {
        let (Some(whole), Some(unit), Some(all)) = (number(&found[1]), found.get(2), found.get(0)) else { continue };
        let rest = &text[all.end()..];
        let end = rest.find(['。', '；', '\n']).unwrap_or(rest.len());
        let list = &rest[..end];
        // A list inside the list, or a share, is no sum any more.
        if list.contains("其中") || list.contains('%') || list.contains('％') {
            continue;
        }
        let parts = parts(list, unit.as_str());
        let sum: Decimal = parts.iter().sum();
        if parts.len() < 2 || sum <= whole {
            continue;
        }
        let quoted = &text[found.get(1).map_or(0, |start| start.start())..all.end() + end];
        let shown: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let message = Message::new(
            format!(
                "正文“{quoted}”：分项{}之和为{sum}，大于总数{whole}，相差{}。请核对。",
                shown.join("+"),
                sum - whole
            ),
            format!(
                "The text \"{quoted}\": the parts {} add up to {sum}, more than the whole {whole} by {}. Check it.",
                shown.join(" + "),
                sum - whole
            ),
        );
        let mut finding = Finding::new(&code::PROSE_SUM, message);
        (finding.left, finding.right, finding.difference) = (Some(sum), Some(whole), Some(sum - whole));
        findings.push(finding);
    }
    findings
}

/// The numbers of a list that are followed by the unit.
fn parts(list: &str, unit: &str) -> Vec<Decimal> {
    let mut parts = Vec::new();
    for item in list.split(['、', '，', ',', '和', '及']) {
        let Some(at) = item.find(unit) else { continue };
        let head = item[..at].trim_end();
        let digits =
            head.trim_end_matches(|character: char| character.is_ascii_digit() || ('０'..='９').contains(&character));
        parts.extend(number(&head[digits.len()..]));
    }
    parts
}

fn number(text: &str) -> Option<Decimal> {
    let narrow: String = text
        .chars()
        .map(|character| match character {
            '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32).unwrap_or(character),
            other => other,
        })
        .collect();
    narrow.parse().ok().or_else(|| chinese_number(text).map(Decimal::from))
}

/// A statement about a figure that none of the cells it may be about holds.
fn statement(form: &Form, pattern: &NarrativePattern, sentence: &str, figures: &Figures) -> Option<Finding> {
    if pattern.except.iter().any(|word| sentence.contains(word.as_str())) {
        return None;
    }
    let found = pattern.pattern.captures(sentence)?;
    let stated = number(found.name("n")?.as_str())?;
    let sums: Vec<(Decimal, &Expression)> =
        pattern.states.iter().filter_map(|sum| Some((self::sum(sum, figures)?, sum))).collect();
    // All of the sums must be known: the one that is not might be the one that is meant.
    if sums.len() < pattern.states.len() || sums.is_empty() || sums.iter().any(|(sum, _)| *sum == stated) {
        return None;
    }
    let (first, expression) = &sums[0];
    let quoted = found.get(0)?.as_str();
    let field: FieldIndex = expression.terms.first()?.operand.field;
    let place = form.describe(field);
    let message = Message::new(
        format!("正文写“{quoted}”，而{}为{first}，相差{}。请核对。", place.zh, stated - first),
        format!("The text says \"{quoted}\", but {} is {first}, {} apart. Check it.", place.en, stated - first),
    );
    let ids = expression.terms.iter().map(|term| form.fields[term.operand.field].id.clone());
    let mut finding = Finding::new(&code::PROSE_TABLE, message).about(ids);
    (finding.left, finding.right, finding.difference) = (Some(stated), Some(*first), Some(stated - first));
    Some(finding)
}

fn sum(side: &Expression, figures: &Figures) -> Option<Decimal> {
    let mut total = Decimal::from(side.constant);
    for term in &side.terms {
        total += Decimal::from(term.sign) * figures.number(term.operand)?;
    }
    Some(total)
}
