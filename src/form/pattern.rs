//! Regular expressions of a mapping file, compiled lazily: a run over one report needs few of them and has to start at once.

use std::sync::OnceLock;

use regex::Regex;

use super::needs::needs;
use crate::finding::{Bilingual, Message};

/// Why a regular expression of a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().en)]
pub(super) enum PatternError {
    /// Its syntax is wrong.
    Syntax(#[source] Box<regex_syntax::Error>),
    /// Compiled, it exceeds the size limit.
    TooLarge {
        /// The pattern as written.
        pattern: String,
        /// The error of the compiler.
        source: regex::Error,
    },
}

impl Bilingual for PatternError {
    fn message(&self) -> Message {
        match self {
            Self::Syntax(error) => Message::new("不是正确的正则表达式。", error.to_string()),
            Self::TooLarge { pattern, source } => {
                Message::new("正则表达式过大，请简化。", format!("{pattern}: {source}"))
            }
        }
    }
}

/// A regular expression with valid syntax.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// Required literals: every match contains at least one word of each set (a prefilter).
    needs: Vec<Vec<String>>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// The syntax error.
    pub(super) fn new(text: &str) -> Result<Self, PatternError> {
        Self::of_shape(text, text.to_owned())
    }

    /// A pattern whose required literals are extracted from `short`: the same pattern with placeholders that contain no literals in place
    /// of long subpatterns, which is cheaper to analyse.
    ///
    /// # Errors
    /// The syntax error of `short`.
    pub(super) fn of_shape(short: &str, text: String) -> Result<Self, PatternError> {
        match regex_syntax::parse(short) {
            Ok(parsed) => Ok(Self { text, needs: needs(&parsed), regex: OnceLock::new() }),
            Err(error) => Err(PatternError::Syntax(Box::new(error))),
        }
    }

    /// The pattern as written.
    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Required literals: every match contains at least one word of each set (a prefilter).
    pub(super) fn needs(&self) -> &[Vec<String>] {
        &self.needs
    }

    /// Compiles the pattern.
    ///
    /// # Errors
    /// If the compiled pattern exceeds the size limit.
    pub(super) fn ready(&self) -> Result<(), PatternError> {
        let too_large = |source| PatternError::TooLarge { pattern: self.text.clone(), source };
        let regex = Regex::new(&self.text).map_err(too_large)?;
        self.regex.get_or_init(|| Some(regex));
        Ok(())
    }

    /// The compiled regular expression; `None` if it exceeds the size limit. Loading refuses such a mapping file, and a test holds that
    /// no built-in one has such a pattern.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::bilingual::tests::assert_bilingual;

    #[test]
    fn syntax_errors_are_found_on_parsing_and_size_errors_on_compiling() {
        let unclosed = Pattern::new("(a").unwrap_err();
        assert!(matches!(unclosed, PatternError::Syntax(_)) && unclosed.to_string().contains("unclosed group"));
        assert_bilingual(&unclosed, &[]);
        let large = Pattern::new("((\\w{1000}){1000}){10}").unwrap();
        let too_large = large.ready().unwrap_err();
        assert!(matches!(too_large, PatternError::TooLarge { .. }) && large.regex().is_none());
        assert_bilingual(&too_large, &[]);
        let fits = Pattern::new("受理\\s*[0-9]+件").unwrap();
        fits.ready().unwrap();
        assert!(fits.regex().is_some_and(|regex| regex.is_match("受理 12件")));
    }
}
