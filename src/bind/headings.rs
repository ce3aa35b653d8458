//! The headings of the form's sections in a document's text, and the title above them.

use super::flat::Claim;
use super::grid::likeness;
use super::items::blank;
use super::stream::{LineKind, Stream};
use crate::form::{Form, Label};
use crate::text::{fold, numbering};

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

/// Finds the headings: each section once at most, in the form's order, the best chain of candidates.
pub(super) fn find(form: &Form, stream: &Stream, claims: &[Claim], from: usize) -> Vec<Heading> {
    let mut candidates = Vec::new();
    for line in &stream.lines {
        let LineKind::Text { level } = line.kind else { continue };
        if line.start < from {
            continue;
        }
        let text = &stream.raw[line.start..line.end];
        for (section, spec) in form.sections.iter().enumerate() {
            let Some(heading) = &spec.heading else { continue };
            for (start, end, score) in matches(heading, text, level) {
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

/// Where a line has the heading, and how certainly: byte range in the line and score.
fn matches(heading: &Label, text: &str, level: Option<u8>) -> Vec<(usize, usize, f32)> {
    let whole = text.trim_matches(blank);
    let offset = text.find(whole).unwrap_or(0);
    let all = |score| vec![(offset, offset + whole.len(), score)];
    if whole.chars().count() <= 60 {
        let folded = fold(whole);
        let found = numbering(whole);
        let bare = fold(&whole[found.map_or(0, |found| found.length)..]);
        if heading.folded.contains(&folded) {
            return all(1.0);
        }
        if heading.bare.contains(&bare) {
            return all(if found.is_some() || level.is_some() { 0.9 } else { 0.6 });
        }
        let numbered = numbering(&heading.text).map(|known| (known.level, known.number));
        if found.is_some() && found.map(|found| (found.level, found.number)) == numbered {
            let most = heading.bare.iter().map(|known| likeness(&bare, known)).fold(0.0, f64::max);
            if most >= 0.6 {
                return all(0.7);
            }
        }
    }
    inside(heading, text)
}

/// The heading, number included, inside a longer line.
fn inside(heading: &Label, text: &str) -> Vec<(usize, usize, f32)> {
    let folded = crate::text::fold_with_map(text);
    let mut found = Vec::new();
    for known in heading.folded.iter().take(1) {
        for (at, _) in folded.text.match_indices(known.as_str()) {
            let start = folded.origin[at] as usize;
            let last = folded.origin[at + known.len() - 1] as usize;
            let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
            // The number must be written as a number, and no word may run into it.
            let numbered = numbering(&text[start..]).is_some_and(|number| number.level == 1);
            let before = text[..start].chars().next_back();
            let apart = before.is_none_or(|character| !character.is_alphabetic() || character.is_ascii());
            if numbered && apart {
                found.push((start, end, if start == 0 { 0.8 } else { 0.5 }));
            }
        }
    }
    found
}
