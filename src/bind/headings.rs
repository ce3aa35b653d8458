//! The headings of the form's sections in a document's text, and the title above them.

use memchr::memmem::Finder;

use super::flat::Claim;
use super::grid::likeness;
use super::index::FormIndex;
use super::items::blank;
use super::stream::{LineKind, Stream};
use crate::form::Label;
use crate::text::{Folded, Numbering, fold, fold_with_map, numbering};

/// A section's heading in the raw text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heading {
    /// Index of the form's section.
    pub(super) section: usize,
    /// First byte.
    pub(super) start: usize,
    /// Byte after its last.
    pub(super) end: usize,
    /// Outline level that its paragraph has.
    pub(super) level: Option<u8>,
    score: f32,
}

/// Candidates that are weighed against each other: a report has seven headings, and a text made of headings alone must stay cheap.
const CANDIDATES: usize = 1_000;

/// Characters of the longest line that is a heading as a whole.
const LONGEST: usize = 60;

/// Finds the headings: each section once at most, in the form's order, the best chain of candidates.
pub(super) fn find(index: &FormIndex, stream: &Stream, claims: &[Claim], from: usize) -> Vec<Heading> {
    let mut candidates = Vec::new();
    for line in &stream.lines {
        let LineKind::Text { level } = line.kind else { continue };
        if line.start < from {
            continue;
        }
        let words = Words::of(&stream.raw[line.start..line.end]);
        for (section, (spec, finder)) in index.form.sections.iter().zip(&index.headings).enumerate() {
            let (Some(heading), Some(finder)) = (&spec.heading, finder) else { continue };
            for (start, end, score) in words.matches(heading, finder, level) {
                let (start, end) = (line.start + start, line.start + end);
                if !claims.iter().any(|claim| claim.start < end && start < claim.end) {
                    candidates.push(Heading { section, start, end, level, score });
                }
            }
        }
    }
    candidates.sort_by_key(|candidate| (candidate.start, candidate.section));
    candidates.truncate(CANDIDATES);
    chain(&candidates)
}

/// The heaviest chain of candidates in which sections and places both increase; later candidates win ties, for a table of
/// contents stands before what it lists.
fn chain(candidates: &[Heading]) -> Vec<Heading> {
    let mut best: Vec<(f32, Option<usize>)> = Vec::with_capacity(candidates.len());
    for (number, candidate) in candidates.iter().enumerate() {
        let mut link = (0.0, None);
        for (before, earlier) in candidates[..number].iter().enumerate() {
            if earlier.section < candidate.section && earlier.end <= candidate.start && best[before].0 >= link.0 {
                link = (best[before].0, Some(before));
            }
        }
        best.push((link.0 + candidate.score, link.1));
    }
    let mut at = (0..candidates.len()).fold(None, |most: Option<usize>, number| match most {
        Some(most) if best[most].0 > best[number].0 => Some(most),
        _ => Some(number),
    });
    let mut chain = Vec::new();
    while let Some(number) = at {
        chain.push(candidates[number]);
        at = best[number].1;
    }
    chain.reverse();
    chain
}

/// A line's text, folded once for all headings that it may be.
struct Words<'t> {
    text: &'t str,
    /// The text without blanks at its ends, as a range of bytes.
    whole: (usize, usize),
    folded: Folded,
    /// What a short line begins with and is without it; `None` for a line too long to be a heading.
    short: Option<(Option<Numbering>, String)>,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        let start = text.len() - text.trim_start_matches(blank).len();
        let whole = text[start..].trim_end_matches(blank);
        let short = (whole.chars().take(LONGEST + 1).count() <= LONGEST).then(|| {
            let found = numbering(whole);
            (found, fold(&whole[found.map_or(0, |found| found.length)..]))
        });
        Self { text, whole: (start, start + whole.len()), folded: fold_with_map(text), short }
    }

    /// Where the line has the heading, and how certainly: byte range in the line and score.
    fn matches(&self, heading: &Label, finder: &Finder, level: Option<u8>) -> Vec<(usize, usize, f32)> {
        let all = |score| vec![(self.whole.0, self.whole.1, score)];
        if let Some((found, bare)) = &self.short {
            if heading.folded.contains(&self.folded.text) {
                return all(1.0);
            }
            if heading.bare.contains(bare) {
                return all(if found.is_some() || level.is_some() { 0.9 } else { 0.6 });
            }
            let number = |found: Numbering| (found.level, found.number);
            if found.is_some() && found.map(number) == numbering(&heading.text).map(number) {
                let most = heading.bare.iter().map(|known| likeness(bare, known)).fold(0.0, f64::max);
                if most >= 0.6 {
                    return all(0.7);
                }
            }
        }
        self.inside(finder)
    }

    /// The heading, number included, inside a longer line.
    fn inside(&self, finder: &Finder) -> Vec<(usize, usize, f32)> {
        let (text, folded) = (self.text, &self.folded);
        let mut found = Vec::new();
        for at in finder.find_iter(folded.text.as_bytes()) {
            let start = folded.origin[at] as usize;
            let last = folded.origin[at + finder.needle().len() - 1] as usize;
            let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
            // The number must be written as a number, and no word may run into it.
            let numbered = numbering(&text[start..]).is_some_and(|number| number.level == 1);
            let before = text[..start].chars().next_back();
            let apart = before.is_none_or(|character| !character.is_alphabetic() || character.is_ascii());
            if numbered && apart {
                found.push((start, end, if start == 0 { 0.8 } else { 0.5 }));
            }
        }
        found
    }
}
