//! Keywords around a report (title, period, signature), with defaults.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Mistake;
use crate::text::fold;

/// Default lists, for keys that a mapping file does not give.
const DEFAULTS: &str = include_str!("../../mappings/defaults/words.toml");

/// Keywords by which texts around a report are recognised. A list that is not given is that of `mappings/defaults/words.toml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsSource {
    /// Words above a table or a whole form that shows figures of another year for comparison.
    #[serde(default)]
    pub comparison: Option<Vec<String>>,
    /// Words above a column, beside a column of the form, that shows figures of another year or shares.
    #[serde(default)]
    pub beside: Option<Vec<String>>,
    /// Words at the end of the header or label of a total of several offices, whose parts are beside it.
    #[serde(default)]
    pub total: Option<Vec<String>>,
    /// Words above a form, or in the name of its sheet, that shows how to fill it in.
    #[serde(default)]
    pub example: Option<Vec<String>>,
    /// Words before the name of the agency that sent a table, as in `填报单位：`.
    #[serde(default)]
    pub sender: Option<Vec<String>>,
    /// Words after the title of a file that collects the reports of several agencies.
    #[serde(default)]
    pub collection: Option<Vec<String>>,
    /// Words of a report written before the form was prescribed, such as the name of its table.
    #[serde(default)]
    pub earlier: Option<Vec<String>>,
    /// Words before a telephone number that is published on purpose and is not personal data.
    #[serde(default)]
    pub contact: Option<Vec<String>>,
    /// Words that are often misspelt: the misspelling and the correct word.
    #[serde(default)]
    pub misspelt: Option<BTreeMap<String, String>>,
}

/// Keywords by which texts around a report are recognised, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Above a table or a whole form that shows figures of another year for comparison.
    pub comparison: Vec<String>,
    /// Above a column, beside a column of the form, that shows figures of another year or shares.
    pub beside: Vec<String>,
    /// At the end of the header or label of a total of several offices.
    pub total: Vec<String>,
    /// Above a form, or in the name of its sheet, that shows how to fill it in.
    pub example: Vec<String>,
    /// Before the name of the agency that sent a table.
    pub sender: Vec<String>,
    /// After the title of a file that collects the reports of several agencies.
    pub collection: Vec<String>,
    /// In a report written before the form was prescribed.
    pub earlier: Vec<String>,
    /// Before a telephone number that is published on purpose.
    pub contact: Vec<String>,
    /// Misspellings and the correct words; not folded.
    pub misspelt: Vec<(String, String)>,
}

impl Words {
    /// The keywords of a mapping file, completed by the defaults.
    pub(super) fn compile(source: WordsSource) -> Result<Self, Mistake> {
        let mistake = |error: toml::de::Error| {
            let said = error.message();
            Mistake::new(None, format!("内置的词表有误：{said}"), format!("the built-in lists of words: {said}"))
        };
        let defaults: WordsSource = toml::from_str(DEFAULTS).map_err(mistake)?;
        let list = |own: Option<Vec<String>>, default: Option<Vec<String>>| {
            let words = own.or(default).unwrap_or_default();
            words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
        };
        Ok(Self {
            comparison: list(source.comparison, defaults.comparison),
            beside: list(source.beside, defaults.beside),
            total: list(source.total, defaults.total),
            example: list(source.example, defaults.example),
            sender: list(source.sender, defaults.sender),
            collection: list(source.collection, defaults.collection),
            earlier: list(source.earlier, defaults.earlier),
            contact: list(source.contact, defaults.contact),
            misspelt: source.misspelt.or(defaults.misspelt).unwrap_or_default().into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_list_replaces_the_default() {
        let own = WordsSource { example: Some(vec!["只此一例".into()]), ..WordsSource::default() };
        let words = Words::compile(own).unwrap_or_default();
        assert_eq!(words.example, ["只此一例"]);
        assert!(words.comparison.iter().any(|word| word == "上年度"));
        assert!(words.sender.iter().any(|word| word == "填报单位"));
        assert!(words.earlier.is_empty(), "only a form knows what was before it");
    }
}
