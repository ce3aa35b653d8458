//! Units: their spellings, and exact decimal conversion.

use std::cell::OnceCell;

use rust_decimal::Decimal;

use crate::text::{blank, is_one, language};

/// The dimension of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    /// Money of the country.
    Money,
    /// Anything that is counted, whatever the measure word: 件, 项, 次 …
    Count,
    /// Not stated: `万` alone.
    Open,
    /// Anything else.
    Other,
}

/// A unit, as a multiple of the smallest unit of its dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its dimension.
    pub(super) of: Dimension,
    /// Number of 元, or of counted items.
    pub(super) size: u64,
}

impl Unit {
    /// The unit that a text consists of; `None` if it is not a recognised unit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = &language().units;
        let text = text.strip_prefix("人民币").unwrap_or(text);
        if is_one(&words.other, text) {
            return Some(Self { of: Dimension::Other, size: 1 });
        }
        let mut size = 1_u64;
        let mut rest = text;
        while let Some((scale, behind)) = scale(rest) {
            size = size.checked_mul(scale)?;
            rest = behind;
        }
        let of = match rest {
            "" if size > 1 => Dimension::Open,
            rest if is_one(&words.money, rest) => Dimension::Money,
            rest if is_one(&words.counted, rest) => Dimension::Count,
            _ => return None,
        };
        Some(Self { of, size })
    }

    /// Whether an amount of money may have it.
    pub(super) fn may_be_money(self) -> bool {
        matches!(self.of, Dimension::Money | Dimension::Open)
    }

    /// Converts a number in this unit to another; `None` if the dimensions differ or are [`Dimension::Other`], or the result is not exact.
    pub(super) fn convert(self, number: Decimal, to: Self) -> Option<Decimal> {
        if self.of != to.of && self.of != Dimension::Open {
            return None;
        }
        if self.of == Dimension::Other {
            return None;
        }
        if self.size == to.size {
            return Some(number);
        }
        let converted = number.checked_mul(self.size.into())?.checked_div(to.size.into())?.normalize();
        // The result has to be exact: a division may have been rounded.
        let back = converted.checked_mul(to.size.into())?.checked_div(self.size.into())?;
        (back.normalize() == number.normalize()).then_some(converted)
    }
}

/// A number times 10 to the power of `shift`; `None` if it has too many digits.
pub(super) fn shifted(number: Decimal, shift: i8) -> Option<Decimal> {
    let power = Decimal::from(10_u64.checked_pow(shift.unsigned_abs().into())?);
    let number = if shift < 0 { number.checked_div(power) } else { number.checked_mul(power) };
    number.map(|number| number.normalize())
}

/// The scale at the beginning of a text, and the rest.
fn scale(text: &str) -> Option<(u64, &str)> {
    let mut characters = text.chars();
    let scale = match characters.next()? {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' | '萬' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    };
    Some((scale, characters.as_str()))
}

/// Maximum number of characters of a line or label in which a unit is searched for.
const LONGEST_TEXT: usize = 60;

/// A unit that is stated outside of a cell, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The unit.
    pub(super) unit: Unit,
    /// Its text.
    pub(super) words: String,
}

/// The word before a unit.
fn word() -> &'static str {
    &language().units.named
}

/// Whether a text has the word that stands before a unit.
pub(super) fn has_word(text: &str) -> bool {
    text.contains(word())
}

/// The text after the last such word.
fn after_word(text: &str) -> Option<&str> {
    text.rsplit_once(word()).map(|(_, after)| after)
}

/// The unit in a label or line: in brackets, after 单位, or alone.
pub(super) fn unit_in(text: &str) -> Option<Said> {
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return None;
    }
    let behind = |text: &str| {
        let words = text.trim_matches(|sign: char| blank(sign) || "：:（）()【】[]〔〕［］，,。;；".contains(sign));
        Unit::parse(words).map(|unit| Said { unit, words: words.to_owned() })
    };
    let named = after_word(text).and_then(behind);
    let bracketed = || {
        let at = text.rfind(['（', '(', '【', '[', '〔', '［', '/', '／'])?;
        behind(&text[at..].replace(['/', '／'], ""))
    };
    let money = |said: &Said| said.unit.of == Dimension::Money;
    // `收费金额：元`, `收费金额—元`, `（RMB：元）`.
    let after = || text.rfind(['：', ':', '—', '–']).and_then(|at| behind(text[at..].trim_start_matches(['—', '–'])));
    // `（单位：元）收费金额`.
    let front = || {
        let inside = text.trim_start_matches(blank).strip_prefix(['（', '('])?.split(['）', ')']).next()?;
        behind(inside.strip_prefix(word()).unwrap_or(inside))
    };
    // `年` alone is not a unit, and a scale such as `十` is never one.
    let alone = || behind(text).filter(money);
    let said = named.or_else(bracketed).filter(|said| said.unit.of != Dimension::Open).or_else(alone);
    said.or_else(|| front().or_else(after).filter(money)).or_else(|| sentence(text))
}

/// The unit in a sentence: `金额单位均为元，其余为件`, `以元为单位`.
fn sentence(text: &str) -> Option<Said> {
    let words = &language().units;
    let unit = |part: &str| Unit::parse(part).map(|unit| Said { unit, words: part.to_owned() });
    let [before, after] = &words.around;
    let set_in = || {
        let text = &text[..text.find(after.as_str())?];
        unit(&text[text.rfind(before.as_str())? + before.len()..])
    };
    let after = || {
        let rest = after_word(text)?;
        let rest = words.says.iter().find_map(|word| rest.strip_prefix(word.as_str()))?;
        let end = rest.find(|sign: char| blank(sign) || "，。；;,、）)】".contains(sign)).unwrap_or(rest.len());
        unit(&rest[..end])
    };
    set_in().or_else(after)
}

/// The units of a dimension that short sentences of a text state.
pub(super) fn stated_in(text: &str, of: Dimension) -> impl Iterator<Item = Said> {
    let named = if has_word(text) { text } else { "" };
    named.split(['。', '；', '\n']).filter(|part| has_word(part)).filter_map(move |part| said_in_line(part, of))
}

/// The unit of a dimension in a label or line, alone or listed with those of other dimensions: `单位：件、万元`.
pub(super) fn said_as(text: &str, of: Dimension) -> Option<Said> {
    if let Some(only) = unit_in(text).filter(|said| said.unit.of == of) {
        return Some(only);
    }
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return None;
    }
    let listed = after_word(text)?;
    let signs = |sign: char| blank(sign) || "：:（）()【】[]".contains(sign);
    let words = listed.trim_matches(signs).split(['、', '，', ',', '/', '／', '；', ';', '或', '和']);
    let words: Vec<&str> = words.map(|word| word.trim_matches(signs)).collect();
    let units: Option<Vec<Unit>> = words.iter().map(|word| Unit::parse(word)).collect();
    let mut found = units?.into_iter().zip(words).filter(|(unit, _)| unit.of == of);
    let (unit, words) = found.next().filter(|_| found.next().is_none())?;
    Some(Said { unit, words: words.to_owned() })
}

/// Whether a label or line states that counts are in tens or more: （单位：万件）.
fn counts_by_many(text: &str) -> bool {
    text.contains(['十', '百', '千', '万', '亿'])
        && said_as(text, Dimension::Count).is_some_and(|said| said.unit.size > 1)
}

/// The units that are stated for a cell outside of it.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// The first one.
    pub(super) first: Option<Said>,
    /// The first one that differs from it.
    pub(super) other: Option<Said>,
    /// If there is none, those that the document states anywhere else.
    pub(super) elsewhere: Vec<Said>,
}

impl Stated {
    /// From the stated units, in their order of precedence.
    pub(super) fn from_units(said: impl IntoIterator<Item = Said>) -> Self {
        let mut said = said.into_iter();
        let first = said.next();
        let unit = first.as_ref().map(|first| first.unit);
        Self { other: said.find(|said| Some(said.unit) != unit), first, elsewhere: Vec::new() }
    }

    /// With the units that the document states elsewhere, if none is stated near the cell.
    pub(super) fn or_elsewhere(mut self, elsewhere: impl FnOnce() -> Vec<Said>) -> Self {
        if self.first.is_none() {
            self.elsewhere = elsewhere();
        }
        self
    }
}

/// The unit of a dimension in a line above a table, alone or after the name of an agency: `编制部门：某局    单位：元`.
pub(super) fn said_in_line(text: &str, of: Dimension) -> Option<Said> {
    let inside = || text.split([' ', '\u{3000}', '\t']).rev().find_map(|part| said_as(part, of));
    // Another currency, or a part of the unit.
    let foreign = || unit_in(text).filter(|said| of == Dimension::Money && said.unit.of == Dimension::Other);
    said_as(text, of).or_else(inside).or_else(|| foreign().filter(|_| is_named(text)))
}

/// The units that a document states in any of its texts, searched for once.
#[derive(Debug, Default)]
pub(super) struct Anywhere {
    /// Whether counts are in tens or more; otherwise only units of money are looked for.
    counts_by_many: bool,
    /// The different units of counts, and of money.
    said: [OnceCell<Vec<Said>>; 2],
}

impl Anywhere {
    /// The units in these texts.
    pub(super) fn of_texts<'t>(mut texts: impl Iterator<Item = &'t str>) -> Self {
        Self { counts_by_many: texts.any(counts_by_many), ..Self::default() }
    }

    /// Whether units of a dimension can make a difference: all counts are the same unless some are in tens or more.
    pub(super) fn matters(&self, of: Dimension) -> bool {
        self.counts_by_many || of == Dimension::Money
    }

    /// The different units of a dimension in these texts, which are always the same.
    pub(super) fn said<'t, I: Iterator<Item = &'t str>>(&self, of: Dimension, texts: impl FnOnce() -> I) -> Vec<Said> {
        let known = self.said[usize::from(of == Dimension::Money)].get_or_init(|| {
            let mut different: Vec<Said> = Vec::new();
            for said in texts().flat_map(|text| stated_in(text, of)) {
                if different.iter().all(|known| known.unit != said.unit) {
                    different.push(said);
                }
            }
            different
        });
        known.clone()
    }
}

/// Maximum number of characters before 单位 in a cell that states only a unit: `金额单位：元`.
const BEFORE_UNIT: usize = 2;

/// Whether a text states only a unit (`单位：元`, `（金额单位：万元）`), so that it is not the header of a column.
pub(super) fn is_named(text: &str) -> bool {
    let words = text.trim_start_matches(|sign: char| blank(sign) || "（([【".contains(sign));
    words.find(word()).is_some_and(|at| words[..at].chars().count() <= BEFORE_UNIT) && unit_in(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_different_unit_of_a_document_is_known() {
        let texts = ["单位：万元", "单位：万元", "单位：件", "单位：万元", "单位：元", "一、单位概况"];
        let anywhere = Anywhere::of_texts(texts.into_iter());
        assert!(anywhere.matters(Dimension::Money) && !anywhere.matters(Dimension::Count));
        let said = anywhere.said(Dimension::Money, || texts.into_iter());
        assert_eq!(said.iter().map(|said| said.words.as_str()).collect::<Vec<_>>(), ["万元", "元"]);
        assert!(Anywhere::of_texts(["单位：百件"].into_iter()).matters(Dimension::Count));
    }

    fn converted(number: &str, from: &str, to: &str) -> Option<String> {
        let number = Decimal::from_str_exact(number).ok()?;
        Unit::parse(from)?.convert(number, Unit::parse(to)?).map(|number| number.to_string())
    }

    #[test]
    fn a_unit_in_a_label_or_a_line() {
        for (text, words) in [
            ("本年收费金额（单位：元）", Some("元")),
            ("本年收费金额（元）", Some("元")),
            ("本年收费金额/元", Some("元")),
            ("本年收费金额（单位：万元）", Some("万元")),
            ("单位：元", Some("元")),
            ("（计量单位: 千元）", Some("千元")),
            ("元", Some("元")),
            ("单位：件", Some("件")),
            ("本年收费金额—元", Some("元")),
            ("本年收费金额：元", Some("元")),
            ("本年收费金额（RMB：元）", Some("元")),
            ("本年收费金额〔元〕", Some("元")),
            ("（单位：元）本年收费金额", Some("元")),
            ("本年收费金额（单位：角）", Some("角")),
            ("本报告金额单位均为元", Some("元")),
            ("说明：收费金额单位为元，其余为件", Some("元")),
            ("表中收费金额以元为单位", Some("元")),
            ("主管单位为某局", None),
            ("电话：010", None),
            ("本年收费金额", None),
            ("行政事业性收费", None),
            ("单位名称：某局", None),
            ("填报单位：白渚市民政局（盖章）", None),
            ("（一）予以公开", None),
        ] {
            assert_eq!(unit_in(text).map(|said| said.words).as_deref(), words, "{text}");
        }
    }

    #[test]
    fn a_unit_among_those_of_other_dimensions() {
        for (text, money, count) in [
            ("单位：件、元", Some("元"), Some("件")),
            ("（单位：件/万元）", Some("万元"), Some("件")),
            ("计量单位：万件", None, Some("万件")),
            ("单位：元、万元", None, None),
            ("单位：件、某局", None, None),
            ("本年处理决定数量（万件）", None, Some("万件")),
            ("本年收费金额（单位：万元）", Some("万元"), None),
        ] {
            let words = |of| said_as(text, of).map(|said| said.words);
            assert_eq!(words(Dimension::Money).as_deref(), money, "{text}");
            assert_eq!(words(Dimension::Count).as_deref(), count, "{text}");
        }
        assert!(counts_by_many("（单位：万件）") && !counts_by_many("单位：件") && !counts_by_many("（单位：万元）"));
    }

    #[test]
    fn the_first_unit_counts_and_another_is_known() {
        let said = |texts: &[&str]| {
            let stated = Stated::from_units(texts.iter().filter_map(|text| unit_in(text)));
            (stated.first.map(|said| said.words), stated.other.map(|said| said.words))
        };
        assert_eq!(said(&["（万元）", "单位：万元"]), (Some("万元".to_owned()), None));
        assert_eq!(said(&["（万元）", "单位：元"]), (Some("万元".to_owned()), Some("元".to_owned())));
        assert_eq!(said(&["某局"]), (None, None));
    }

    #[test]
    fn money_is_converted_and_counts_are_equal() {
        for (number, from, to, expected) in [
            ("36934743", "元", "万元", Some("3693.4743")),
            ("352000", "元", "万元", Some("35.2")),
            ("3693.4743", "万元", "元", Some("36934743")),
            ("3.5", "百万元", "万元", Some("350")),
            ("3693.4743", "万", "万元", Some("3693.4743")),
            ("3693.4743", "万元整", "万元", Some("3693.4743")),
            ("1", "亿元", "万元", Some("10000")),
            ("5", "千元", "万元", Some("0.5")),
            ("12", "项", "件", Some("12")),
            ("2", "万", "件", Some("20000")),
            ("12", "元", "件", None),
            ("12", "件", "万元", None),
            ("12", "平方米", "件", None),
            ("12", "美元", "万元", None),
            ("79228162514264337593543950335", "亿元", "元", None),
            ("0.0000000000000000000000000001", "元", "亿元", None),
        ] {
            assert_eq!(converted(number, from, to).as_deref(), expected, "{number} {from} {to}");
        }
        for text in ["", "余", "整", "元件", "年度", "%", "多件"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }
}
