//! Arithmetic inside the prose: `268条，其中…40条、…200条、…28条、…8条` does not add up.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use super::numbers;
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::text::language;

/// A number in any numerals.
const NUMBER: &str = "[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+|[0-9０-９]+|[零一二两三四五六七八九十百千万]+";

#[allow(clippy::expect_used, reason = "the pattern is a constant, and every test of this module compiles it")]
static LIST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&alternatives(&language().parts.lists)).expect("a constant pattern"));

#[allow(clippy::expect_used, reason = "the pattern is a constant, and every test of this module compiles it")]
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    let (units, lists) = (alternatives(&language().parts.units), alternatives(&language().parts.lists));
    Regex::new(&format!(r"({NUMBER})\s*(?:余\s*)?({units})[，。,；：:（(]?\s*(?:{lists})")).expect("a constant pattern")
});

#[allow(clippy::expect_used, reason = "the pattern is a constant, and every test of this module compiles it")]
static PART: LazyLock<Regex> = LazyLock::new(|| {
    let units = alternatives(&language().parts.units);
    Regex::new(&format!("({NUMBER})[\\s\u{a0}]*({units})")).expect("a constant pattern")
});

/// Words as the alternatives of a pattern.
fn alternatives(words: &[String]) -> String {
    words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|")
}

/// Maximum number of wholes per paragraph.
const WHOLES: usize = 100;

/// Checks lists such as `共发布信息268条。其中包括概况类信息40条、政务动态信息200条…`: the parts in the same unit must not exceed the whole.
pub(super) fn parts_of_whole(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Searching for the introducing words is much faster than matching the pattern at every number.
    if !LIST.is_match(text) {
        return findings;
    }
    for found in WHOLE.captures_iter(text).take(WHOLES) {
        let (Some(whole), Some(unit), Some(all)) = (numbers::read(&found[1]), found.get(2), found.get(0)) else {
            continue;
        };
        // "Some 200" (余) is not exact enough to compare.
        if all.as_str().contains('余') {
            continue;
        }
        let rest = &text[all.end()..];
        let end = list_end(rest, all.as_str());
        let parts = parts(&rest[..end], unit.as_str());
        let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
        let Some(sum) = sum.filter(|sum| parts.len() >= 2 && *sum > whole) else { continue };
        let quoted = &text[found.get(1).map_or(0, |start| start.start())..all.end() + end];
        findings.push(more_than_whole(quoted, &parts, sum, whole));
    }
    findings
}

/// The end of a list of parts: the end of the sentence, or of the bracket in which it began.
fn list_end(rest: &str, opening: &str) -> usize {
    let end = rest.find(['。', '；', '\n']).unwrap_or(rest.len());
    if opening.contains(['（', '(']) { rest[..end].find(['）', ')']).unwrap_or(end) } else { end }
}

/// The numbers of a list that are followed by the unit. Text in brackets explains a part and does not count.
fn parts(list: &str, unit: &str) -> Vec<Decimal> {
    let list = without_brackets(list);
    // A list with a nested list or a share is not a sum.
    if list.contains("其中") || list.contains(['%', '％']) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    // In a list with 、 separators, the first comma after one ends the list.
    let mut listed = false;
    for clause in list.split(['，', ',']) {
        let items: Vec<&str> = clause.split(['、', '和', '及']).collect();
        if listed && items.len() == 1 {
            break;
        }
        listed |= items.len() > 1;
        for item in
            items.into_iter().filter(|item| !language().parts.not_parts.iter().any(|word| item.contains(word.as_str())))
        {
            let Some(found) = PART.captures_iter(item).last() else { continue };
            if &found[2] == unit {
                parts.extend(numbers::read(&found[1]));
            }
        }
    }
    parts
}

fn without_brackets(list: &str) -> String {
    let mut depth = 0_u32;
    list.chars()
        .filter(|sign| match sign {
            '（' | '(' => {
                depth += 1;
                false
            }
            '）' | ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

fn more_than_whole(quoted: &str, parts: &[Decimal], sum: Decimal, whole: Decimal) -> Finding {
    let shown: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let message = Message::new(
        format!("正文“{quoted}”：写共{whole}，其中各项{}相加为{sum}，多{}。请核对。", shown.join("+"), sum - whole),
        format!(
            "The text \"{quoted}\": the parts {} add up to {sum}, more than the whole {whole} by {}. Check it.",
            shown.join(" + "),
            sum - whole
        ),
    );
    let mut finding = Finding::new(&code::PROSE_SUM, message);
    (finding.left, finding.right, finding.difference) = (Some(sum), Some(whole), Some(sum - whole));
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(i64, i64)> {
        let whole = |number: Option<Decimal>| number.and_then(|number| i64::try_from(number).ok()).unwrap_or(-1);
        parts_of_whole(text).first().map(|finding| (whole(finding.left), whole(finding.right)))
    }

    #[test]
    fn parts_that_exceed_the_whole_are_found_in_every_numeral() {
        let seed =
            "共发布信息268条。其中包括概况类信息40条、政务动态信息200条、主动公开信息28条、解读类信息8条和专栏4个。";
        assert_eq!(found(seed), Some((276, 268)));
        assert_eq!(found("答复二十三件，其中予以公开二十件，部分公开五件。"), Some((25, 23)));
        assert_eq!(found("发布信息１，３００条（其中网站900条、微信400条），开展培训2次。"), None);
        assert_eq!(found("发布信息1,200条（其中网站900条、微信400条），另有图解300条。"), Some((1300, 1200)));
    }

    #[test]
    fn numbers_that_are_not_parts_are_not_added() {
        for fine in [
            "公开信息100条，其中网站80条，比上年增加30条。",
            "公开信息100条，其中网站80条（含转载50条）、微信20条。",
            "发布信息10条，其中图解3条，其中视频8条。",
            "发布信息268条，其中动态200条、图解60条，回应关切80条。",
            "公开率达100%，其中本年占40%、上年占80%。",
            "发布信息100条，其中网站80条，阅读量超过300条次。",
            "公开信息200余条，其中网站180条、微信90条。",
        ] {
            assert_eq!(found(fine), None, "{fine}");
        }
    }
}
