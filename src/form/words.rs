//! Keywords around a report (title, period, signature), with defaults.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Mistake;
use crate::text::fold;

/// The lists that hold where a mapping file gives none.
const DEFAULTS: &str = include_str!("../../mappings/defaults/words.toml");

/// Words by which what stands around a report is known. A list that is not given is that of `mappings/defaults/words.toml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsSource {
    /// Words over a table or a whole form that shows figures of another year for comparison.
    #[serde(default)]
    pub comparison: Option<Vec<String>>,
    /// Words over a column beside one of the form's that shows figures of another year, or shares.
    #[serde(default)]
    pub beside: Option<Vec<String>>,
    /// Words over a form, or in its sheet's name, that shows how to fill it in.
    #[serde(default)]
    pub example: Option<Vec<String>>,
    /// Words before the name of the agency that a table is from, as in `填报单位：`.
    #[serde(default)]
    pub sender: Option<Vec<String>>,
    /// Words behind the title of a file that collects the reports of several agencies.
    #[serde(default)]
    pub collection: Option<Vec<String>>,
    /// Words of a report as it was written before the form was prescribed, such as the name of its table.
    #[serde(default)]
    pub earlier: Option<Vec<String>>,
    /// Words before a telephone number that is there to be called, which is no personal data.
    #[serde(default)]
    pub contact: Option<Vec<String>>,
    /// Words that are often written wrongly: as they are written, and as they should be.
    #[serde(default)]
    pub misspelt: Option<BTreeMap<String, String>>,
}

/// Words by which what stands around a report is known, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Over a table or a whole form that shows figures of another year for comparison.
    pub comparison: Vec<String>,
    /// Over a column beside one of the form's: another year's figures, or shares.
    pub beside: Vec<String>,
    /// Over a form, or in its sheet's name, that shows how to fill it in.
    pub example: Vec<String>,
    /// Before the name of the agency that a table is from.
    pub sender: Vec<String>,
    /// Behind the title of a file that collects the reports of several agencies.
    pub collection: Vec<String>,
    /// In a report as it was written before the form was prescribed.
    pub earlier: Vec<String>,
    /// Before a telephone number that is there to be called.
    pub contact: Vec<String>,
    /// Words as they are written wrongly, and as they should be; not folded.
    pub misspelt: Vec<(String, String)>,
}

impl Words {
    /// The words of a mapping file, completed by the defaults.
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
    fn a_list_that_is_given_takes_the_place_of_the_default() {
        let own = WordsSource { example: Some(vec!["只此一例".into()]), ..WordsSource::default() };
        let words = Words::compile(own).unwrap_or_default();
        assert_eq!(words.example, ["只此一例"]);
        assert!(words.comparison.iter().any(|word| word == "上年度"));
        assert!(words.sender.iter().any(|word| word == "填报单位"));
        assert!(words.earlier.is_empty(), "only a form knows what was before it");
    }
}
