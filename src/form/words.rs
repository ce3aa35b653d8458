//! Keywords around a report (title, period, signature), with defaults.

use super::Mistake;
use super::source::WordsSource;
use crate::text::fold;

/// The lists that hold where a mapping file gives none.
const DEFAULTS: &str = include_str!("../../mappings/defaults/words.toml");

/// Words by which what stands around a report is known, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Over a table or a whole form that shows figures of another year for comparison.
    pub comparison: Vec<String>,
    /// Over a column beside one of the form's: another year's figures, or shares.
    pub beside: Vec<String>,
    /// At the end of what a total is called beside which its parts stand.
    pub total: Vec<String>,
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
    fn a_list_that_is_given_takes_the_place_of_the_default() {
        let own = WordsSource { example: Some(vec!["只此一例".into()]), ..WordsSource::default() };
        let words = Words::compile(own).unwrap_or_default();
        assert_eq!(words.example, ["只此一例"]);
        assert!(words.comparison.iter().any(|word| word == "上年度"));
        assert!(words.sender.iter().any(|word| word == "填报单位"));
        assert!(words.earlier.is_empty(), "only a form knows what was before it");
    }
}
