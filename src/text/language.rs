//! Words of the language of offices that are recognised in reports of any form: `mappings/defaults/language.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The words, as the file has them; each list is explained there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// Words for "nothing" in a cell.
    pub(crate) none: Vec<String>,
    /// Headers of a column that numbers the rows.
    pub(crate) row_numbers: Vec<String>,
    /// Words that begin a row that numbers the columns.
    pub(crate) column_numbers: Vec<String>,
    /// What asks for a seal behind a name.
    pub(crate) seals: Vec<String>,
    /// Words behind the date at the end of a document.
    pub(crate) behind_date: Vec<String>,
    /// Words with which no sentence ends.
    pub(crate) unfinished: Vec<String>,
    /// Words of instructions in a blank form.
    pub(crate) instructions: Vec<String>,
    /// Words with which the text of an empty content control begins.
    pub(crate) click_here: Vec<String>,
    /// Words with which the line begins that says where in a site a page is.
    pub(crate) breadcrumbs: Vec<String>,
    /// Words in which columns of a site end.
    pub(crate) site_columns: Vec<String>,
    /// Words of advertisements in the place of an agency's name.
    pub(crate) advertisements: Vec<String>,
    /// Units without their scales.
    pub(crate) units: UnitWords,
    /// Sentences that count parts of a whole.
    pub(crate) parts: PartWords,
}

/// Units without their scales, by dimension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitWords {
    /// Measure words of what is counted.
    pub(crate) counted: Vec<String>,
    /// Money of the country.
    pub(crate) money: Vec<String>,
    /// Units of other dimensions.
    pub(crate) other: Vec<String>,
}

/// Words of sentences that count parts of a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartWords {
    /// Measure words, the longer ones first.
    pub(crate) units: Vec<String>,
    /// Words with which a list of parts begins.
    pub(crate) lists: Vec<String>,
    /// Words with which a number is not a part of the whole.
    pub(crate) not_parts: Vec<String>,
}

#[allow(clippy::expect_used, reason = "the file is a constant, and a test parses it")]
static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| toml::from_str(include_str!("../../mappings/defaults/language.toml")).expect("a constant file"));

/// The words, parsed once.
pub(crate) fn language() -> &'static Language {
    &LANGUAGE
}

/// Whether a text is one of the words.
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
        // An alternative of a pattern hides a longer one behind it.
        let units = &words.parts.units;
        for (at, unit) in units.iter().enumerate() {
            assert!(!units[..at].iter().any(|before| unit.starts_with(before.as_str())), "{unit}");
        }
    }
}
