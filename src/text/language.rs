//! Chinese words that are recognised in reports of any form: `mappings/defaults/language.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The word lists of the file, which explains each of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// Words in a cell that mean "none".
    pub(crate) none: Vec<String>,
    /// Headers of a column that numbers the rows.
    pub(crate) row_numbers: Vec<String>,
    /// Words that begin a row that numbers the columns.
    pub(crate) column_numbers: Vec<String>,
    /// Requests for a seal after a name.
    pub(crate) seals: Vec<String>,
    /// Words after the date at the end of a document.
    pub(crate) behind_date: Vec<String>,
    /// Words that do not end a sentence.
    pub(crate) unfinished: Vec<String>,
    /// Words of instructions in a blank form.
    pub(crate) instructions: Vec<String>,
    /// Beginnings of the placeholder text of an empty content control.
    pub(crate) click_here: Vec<String>,
    /// Beginnings of the line with a page's position in a web site.
    pub(crate) breadcrumbs: Vec<String>,
    /// Endings of the names of a web site's categories.
    pub(crate) site_columns: Vec<String>,
    /// Words of advertisements in place of an agency's name.
    pub(crate) advertisements: Vec<String>,
    /// Words of a part of a year.
    pub(crate) periods: PeriodWords,
    /// Units without multipliers.
    pub(crate) units: UnitWords,
    /// Words of sentences that count parts of a whole.
    pub(crate) parts: PartWords,
}

/// Words of a part of a year, and of the year itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodWords {
    /// Words after the number of a year, longer ones first.
    pub(crate) year_ends: Vec<String>,
    /// Words before the number of a quarter.
    pub(crate) ordinals: Vec<String>,
    /// Words after the number of a quarter.
    pub(crate) quarter_ends: Vec<String>,
    /// The numbers of the quarters.
    pub(crate) quarters: Vec<String>,
    /// Words after that of a half.
    pub(crate) half_ends: Vec<String>,
    /// The words of the halves.
    pub(crate) halves: Vec<String>,
    /// Words after the number of a month, longer ones first.
    pub(crate) month_ends: Vec<String>,
    /// Words between the first and the last month; the first is written.
    pub(crate) joins: Vec<String>,
    /// Characters in the place of a number that is to be filled in.
    pub(crate) open: String,
}

impl PeriodWords {
    /// Whether a character may be one of a part of a year, or of the place of one: 第, 二, 季, ×.
    pub(crate) fn is_of_part(&self, sign: char) -> bool {
        let words = [
            &self.ordinals,
            &self.quarter_ends,
            &self.quarters,
            &self.halves,
            &self.half_ends,
            &self.month_ends,
            &self.joins,
        ];
        sign.is_ascii_digit()
            || super::chinese_number(sign.encode_utf8(&mut [0; 4])).is_some()
            || self.open.contains(sign)
            || words.into_iter().flatten().any(|word| word.contains(sign))
    }
}

/// Units without multipliers, by dimension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitWords {
    /// Measure words for counts.
    pub(crate) counted: Vec<String>,
    /// Currency units.
    pub(crate) money: Vec<String>,
    /// Units of other dimensions.
    pub(crate) other: Vec<String>,
    /// Units of shares, which do not add up.
    pub(crate) shares: Vec<String>,
    /// The word before a unit.
    pub(crate) named: String,
    /// Words between it and a unit in a sentence, longer ones first.
    pub(crate) says: Vec<String>,
    /// Words before and after a unit in a sentence.
    pub(crate) around: [String; 2],
}

/// Words of sentences that count parts of a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartWords {
    /// Measure words, longer ones first.
    pub(crate) units: Vec<String>,
    /// Words that begin a list of parts.
    pub(crate) lists: Vec<String>,
    /// Words that mark a number as not being a part of the whole.
    pub(crate) not_parts: Vec<String>,
}

#[allow(clippy::expect_used, reason = "the file is a constant, and a test parses it")]
static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| toml::from_str(include_str!("../../mappings/defaults/language.toml")).expect("a constant file"));

/// The word lists, parsed once.
pub(crate) fn language() -> &'static Language {
    &LANGUAGE
}

/// Whether a text equals one of the words.
pub(crate) fn is_one(words: &[String], text: &str) -> bool {
    words.iter().any(|word| word == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_list() {
        let words = language();
        assert!(is_one(&words.none, "无") && is_one(&words.units.counted, "人次"));
        // In a pattern, an alternative hides longer ones that follow it.
        let units = &words.parts.units;
        for (at, unit) in units.iter().enumerate() {
            assert!(!units[..at].iter().any(|before| unit.starts_with(before.as_str())), "{unit}");
        }
    }
}
