//! Titles of reports: the pattern that a form prescribes, and the title for an agency and a year.

use std::ops::Range;

/// The title of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The title as prescribed, with `{agency}` and `{year}`.
    pub pattern: String,
    /// The fixed words, folded: the prescribed ones first, then their variants.
    pub names: Vec<String>,
    /// Byte range of the pattern in the mapping file.
    pub span: Range<usize>,
}

impl Title {
    /// The fixed words of the title, without agency and year.
    pub fn words(&self) -> &str {
        let words = self.pattern.rsplit('}').next().unwrap_or(&self.pattern);
        words.trim_start_matches(['年', ' '])
    }

    /// Whether the form prescribes no title and the title of the document is kept.
    pub fn is_free(&self) -> bool {
        self.pattern == "{title}"
    }

    /// The prescribed title for an agency and a year.
    pub fn for_report(&self, agency: &str, year: i16) -> String {
        self.pattern.replace("{agency}", agency).replace("{year}", &year.to_string())
    }
}
