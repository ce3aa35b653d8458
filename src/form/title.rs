//! Titles of reports: what a form prescribes, and how a title is written for an agency and a year.

use std::ops::Range;

/// The title of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The title as prescribed, with `{agency}` and `{year}`.
    pub pattern: String,
    /// The fixed words, the prescribed ones first, then others that are met, folded.
    pub names: Vec<String>,
    /// Bytes of the mapping file that name it.
    pub span: Range<usize>,
}

impl Title {
    /// What such a report is called, without agency and year.
    pub fn words(&self) -> &str {
        let words = self.pattern.rsplit('}').next().unwrap_or(&self.pattern);
        words.trim_start_matches(['年', ' '])
    }

    /// Whether the form has no title of its own: that of a document stands as it was found.
    pub fn is_free(&self) -> bool {
        self.pattern == "{title}"
    }

    /// The prescribed title of an agency's report.
    pub fn for_report(&self, agency: &str, year: i16) -> String {
        self.pattern.replace("{agency}", agency).replace("{year}", &year.to_string())
    }
}
