//! Keywords for labels of a template: `mappings/defaults/draft.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{blank, fold, language};

/// The keyword lists.
static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../mappings/defaults/draft.toml")).unwrap_or_default());

/// The keyword lists.
pub(super) fn words() -> &'static Words {
    &WORDS
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) kinds: Kinds,
    pub(super) units: Units,
    pub(super) labels: Labels,
}

/// Words of a label that determine the kind of the cells.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kinds {
    date: Vec<String>,
    code: Vec<String>,
    text: Vec<String>,
    listed_text: Vec<String>,
    listed_code: Vec<String>,
    amount: Vec<String>,
    choices: Vec<(String, Vec<String>)>,
}

/// Units, and words around them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Units {
    decimal: Vec<String>,
    whole: Vec<String>,
    ratio_labels: Vec<String>,
    pub(super) before: Vec<String>,
    head: Vec<String>,
}

/// Labels with a known role.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    total: Vec<String>,
    total_row: Vec<String>,
    pub(super) within: Vec<String>,
    number: Vec<String>,
    key: Vec<String>,
    pub(super) signature: Vec<String>,
    pub(super) agency: Vec<String>,
    pub(super) title: Vec<String>,
    pub(super) place: Vec<String>,
    beside: Vec<String>,
}

fn is_one(words: &[String], text: &str) -> bool {
    words.iter().any(|word| word == text)
}

impl Words {
    /// The kind that a label indicates; with `only_amounts` only the kind of amounts.
    pub(super) fn kind(&self, label: &str, only_amounts: bool) -> Option<&'static str> {
        let Kinds { date, code, text, amount, .. } = &self.kinds;
        let plain = without_brackets(label);
        let ends = |words: &[String]| !only_amounts && words.iter().any(|word| plain.ends_with(word.as_str()));
        if ends(date) {
            Some("date")
        } else if ends(code) {
            Some("code")
        } else if ends(text) {
            Some("text")
        } else {
            amount.iter().any(|word| plain.contains(word.as_str())).then_some("amount")
        }
    }

    /// The kind that a label of a table whose rows are data indicates.
    pub(super) fn listed_kind(&self, label: &str) -> Option<&'static str> {
        let plain = without_brackets(label);
        let ends = |words: &[String]| words.iter().any(|word| plain.ends_with(word.as_str()));
        let known = self.kind(label, false).filter(|kind| *kind != "amount");
        known
            .or_else(|| ends(&self.kinds.listed_code).then_some("code"))
            .or_else(|| ends(&self.kinds.listed_text).then_some("text"))
    }

    /// The words of the choice that a label indicates.
    pub(super) fn choice(&self, label: &str) -> Option<&[String]> {
        let found = self.kinds.choices.iter().find(|(word, _)| label.starts_with(word.as_str()));
        found.map(|(_, of)| of.as_slice())
    }

    /// Whether figures with this label and unit are ratios.
    pub(super) fn is_ratio(&self, label: &str, unit: Option<&str>) -> bool {
        let plain = without_brackets(label);
        unit.is_some_and(|unit| is_one(&language().units.shares, unit))
            || self.units.ratio_labels.iter().any(|word| plain.ends_with(word.as_str()))
    }

    /// Whether figures in a unit have decimals.
    pub(super) fn is_decimal(&self, unit: &str) -> bool {
        is_one(&self.units.decimal, unit)
    }

    /// Whether a word is a unit.
    pub(super) fn is_unit(&self, word: &str) -> bool {
        self.is_decimal(word) || is_one(&self.units.whole, word)
    }

    /// Whether a label is the header of a column of units.
    pub(super) fn heads_units(&self, label: &str) -> bool {
        is_one(&self.units.head, &fold(label))
    }

    /// Whether a label is the header of a column of row numbers.
    pub(super) fn heads_numbers(&self, label: &str) -> bool {
        is_one(&self.labels.number, label)
    }

    /// Whether rows may be identified by the column with this label.
    pub(super) fn heads_keys(&self, label: &str) -> bool {
        let plain = without_brackets(label);
        self.labels.key.iter().any(|word| plain.ends_with(word.as_str()))
    }

    /// Whether a label is that of a column of words beside the labels of the rows, and not of labels.
    pub(super) fn heads_words(&self, label: &str) -> bool {
        let plain = without_brackets(label);
        self.labels.beside.iter().any(|word| plain.ends_with(word.as_str()))
    }

    /// Whether a label is that of a total.
    pub(super) fn is_total(&self, label: &str) -> bool {
        let label = fold(label);
        let one =
            |word: &String| label == *word || label.starts_with(&format!("{word}（")) || label.ends_with(word.as_str());
        self.labels.total.iter().any(one)
    }

    /// Whether a cell is the label of the total row.
    pub(super) fn is_total_row(&self, text: &str) -> bool {
        is_one(&self.labels.total_row, &fold(text))
    }

    /// Label of the total row if a template does not show one.
    pub(super) fn usual_total(&self) -> Option<&str> {
        self.labels.total_row.first().map(String::as_str)
    }
}

/// A label without brackets at its end: `网站名称（全称）`.
fn without_brackets(label: &str) -> &str {
    let label = label.trim_matches(blank);
    let inside = label.strip_suffix(['）', ')']).and_then(|inside| inside.rfind(['（', '(']));
    inside.filter(|&at| at > 0).map_or(label, |at| &label[..at])
}

/// Whether a text contains one of the words.
pub(super) fn has_one(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read() {
        let read: Result<Words, _> = toml::from_str(include_str!("../../mappings/defaults/draft.toml"));
        assert!(read.is_ok(), "{read:?}");
        assert_eq!(words().kind("网站名称（全称）", false), Some("text"));
        assert_eq!(words().kind("补正后内容仍不明确", false), None);
        assert!(words().is_unit("万元") && words().is_unit("件") && !words().is_unit("省"));
    }
}
