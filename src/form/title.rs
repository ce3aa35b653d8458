//! Titles of reports: the pattern that a form prescribes, and the title for an agency and a year.

use std::ops::Range;

use super::source::TitleSource;
use super::{Mistake, Pattern};
use crate::text::fold;

/// The pattern of a form without a title of its own.
pub(super) const FREE: &str = "{title}";

/// The title of a report.
#[derive(Debug, Clone)]
pub struct Title {
    /// The title as prescribed, with `{agency}` and `{year}`.
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
        for inside in pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(inside, _)| inside) {
            if !["agency", "year"].contains(&inside) && pattern != FREE {
                let zh = format!("标题中的“{{{inside}}}”不认识；只有 {{agency}}（单位）和 {{year}}（年度）。");
                let en = format!("the title has no place `{{{inside}}}`; there are `{{agency}}` and `{{year}}`");
                mistakes.push(Mistake::new(span.clone(), zh, en));
            }
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
        let words = self.pattern.rsplit('}').next().unwrap_or(&self.pattern);
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

    /// The prescribed title for an agency and a year.
    pub fn for_report(&self, agency: &str, year: i16) -> String {
        self.pattern.replace("{agency}", agency).replace("{year}", &year.to_string())
    }
}

/// The fixed words of a title, folded: those of the pattern, then the others.
fn names(pattern: &str, others: &[String]) -> Vec<String> {
    // The longest of the words between agency and year is the name; of equally long ones the last.
    let pieces = pattern.split(['{', '}']).step_by(2);
    let fixed = pieces.max_by_key(|piece| fold(piece).chars().count()).unwrap_or_default();
    let fixed = fixed.strip_prefix("年度").or_else(|| fixed.strip_prefix('年')).unwrap_or(fixed);
    let fixed = fixed.trim_matches(|character: char| "（(）)《》“”".contains(character));
    let names = std::iter::once(fixed).chain(others.iter().map(String::as_str)).map(fold);
    names.filter(|name| !name.is_empty()).collect()
}
