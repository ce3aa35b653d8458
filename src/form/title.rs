//! Titles of reports: the pattern that a form prescribes, and the title for an agency and a year.

use std::ops::Range;

use super::source::TitleSource;
use super::{Mistake, Pattern, places};
use crate::text::{Months, fold};

/// The pattern of a form without a title of its own.
pub(super) const FREE: &str = "{title}";

/// The title of a report.
#[derive(Debug, Clone)]
pub struct Title {
    /// The title as prescribed, with its places: `{agency}`, `{year}` and others.
    pub pattern: String,
    /// The fixed words, folded: the prescribed ones first, then their variants.
    pub names: Vec<String>,
    /// Last words of document titles, if the title is free.
    pub ends: Vec<String>,
    /// Pattern whose group `agency` is the agency that a free title names.
    pub agency: Option<Pattern>,
    /// Byte range of the pattern in the mapping file.
    pub span: Range<usize>,
}

impl Title {
    /// Compiles the title of a mapping file; returns the mistakes, too.
    pub(super) fn compile(source: TitleSource) -> (Self, Vec<Mistake>) {
        let (span, pattern) = (source.pattern.span(), source.pattern.into_inner());
        let mut mistakes = Vec::new();
        if let Some(inside) = places::unknown(&pattern).filter(|_| pattern != FREE) {
            let zh = format!("标题中的“{{{inside}}}”不认识；只有 {}。", places::KNOWN.0);
            let en = format!("the title has no place `{{{inside}}}`; there are {}", places::KNOWN.1);
            mistakes.push(Mistake::new(span.clone(), zh, en));
        }
        if pattern != FREE && (!source.ends.is_empty() || source.agency.is_some()) {
            let zh = "ends 和 agency 只用于 pattern = \"{title}\" 的标题。";
            let en = "`ends` and `agency` are for a title whose pattern is `{title}`";
            mistakes.push(Mistake::new(span.clone(), zh, en));
        }
        let agency = source.agency.as_ref().map(super::plausible::pattern).transpose();
        let agency = agency.unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            None
        });
        let names = names(&pattern, &source.names);
        (Self { names, ends: source.ends, agency, pattern, span }, mistakes)
    }

    /// The fixed words of the title, without agency and year.
    pub fn words(&self) -> &str {
        let words = places::pieces(&self.pattern).pop().unwrap_or_default();
        words.trim_start_matches(['年', ' '])
    }

    /// Whether the form prescribes no title and the title of the document is kept.
    pub fn is_free(&self) -> bool {
        self.pattern == FREE
    }

    /// The agency that a free title names.
    pub fn named_agency(&self, title: &str) -> Option<String> {
        super::element::facts(self.agency.as_ref()?, title)?.agency
    }

    /// The prescribed title for an agency and a year, with × in the place of a part of the year.
    pub fn for_report(&self, agency: &str, year: i16) -> String {
        self.blank(agency, &year.to_string(), "×")
    }

    /// The prescribed title for an agency, a year and a part of it; `None` if the pattern has a place for a part and this is none.
    pub fn for_period(&self, agency: &str, year: i16, months: Option<Months>) -> Option<String> {
        places::filled(&self.pattern, Some(agency), Some(year), months)
    }

    /// The pattern with a part of a year in its place.
    pub fn pattern_for(&self, months: Option<Months>) -> String {
        places::with_part(&self.pattern, months)
    }

    /// The title with placeholders for agency, year and part of the year.
    pub fn blank(&self, agency: &str, year: &str, sign: &str) -> String {
        places::blank(&self.pattern, agency, year, sign)
    }

    /// Whether the pattern has this place, such as `agency`.
    pub fn has(&self, place: &str) -> bool {
        places::has(&self.pattern, place)
    }

    /// Whether the pattern has a place for a part of a year.
    pub fn has_part(&self) -> bool {
        places::has_part(&self.pattern)
    }
}

/// The fixed words of a title, folded: those of the pattern, then the others.
fn names(pattern: &str, others: &[String]) -> Vec<String> {
    // The longest of the words between the places is the name; of equally long ones the last.
    let pieces = places::pieces(pattern).into_iter();
    let fixed = pieces.max_by_key(|piece| fold(piece).chars().count()).unwrap_or_default();
    let fixed = fixed.trim_matches(|character: char| "（(）)《》“”".contains(character));
    let names = std::iter::once(fixed).chain(others.iter().map(String::as_str)).map(fold);
    names.filter(|name| !name.is_empty()).collect()
}
