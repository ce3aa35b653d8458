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
    /// Units without multipliers.
    pub(crate) units: UnitWords,
    /// Words of sentences that count parts of a whole.
    pub(crate) parts: PartWords,
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
