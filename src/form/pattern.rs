//! Regular expressions of a mapping file, compiled lazily: few are needed, and a run over one report has to start at once.

use std::sync::OnceLock;

use regex::Regex;

use super::needs::needs;

/// A regular expression that is well-formed.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// Required literals: every match contains at least one word of each set (a prefilter).
    needs: Vec<Vec<String>>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern as it is written.
    ///
    /// # Errors
    /// What is wrong with its syntax.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        Self::of_shape(text, text.to_owned())
    }

    /// A pattern, and one of the same shape that has something short in place of what has no words: to look through it costs less.
    ///
    /// # Errors
    /// What is wrong with the syntax of the short one.
    pub(super) fn of_shape(short: &str, text: String) -> Result<Self, String> {
        match regex_syntax::parse(short) {
            Ok(parsed) => Ok(Self { text, needs: needs(&parsed), regex: OnceLock::new() }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The pattern as it is written.
    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Required literals: every match contains at least one word of each set (a prefilter).
    pub(super) fn needs(&self) -> &[Vec<String>] {
        &self.needs
    }

    /// Makes the pattern ready.
    ///
    /// # Errors
    /// A pattern may be well-formed and still take more memory than a pattern may.
    pub(super) fn ready(&self) -> Result<(), String> {
        let regex = Regex::new(&self.text).map_err(|error| format!("{}: {error}", self.text))?;
        self.regex.get_or_init(|| Some(regex));
        Ok(())
    }

    /// The regular expression. `None` for one that takes too much memory: loading a file of the user's own refuses it, and no built-in
    /// one does, as a test holds.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_pattern_is_said_at_once_or_when_it_is_made_ready() {
        assert!(Pattern::new("(a").is_err_and(|error| error.contains("unclosed group")));
        let large = Pattern::new("((\\w{1000}){1000}){10}").unwrap();
        assert!(large.ready().is_err() && large.regex().is_none());
        let fits = Pattern::new("受理\\s*[0-9]+件").unwrap();
        fits.ready().unwrap();
        assert!(fits.regex().is_some_and(|regex| regex.is_match("受理 12件")));
    }
}
