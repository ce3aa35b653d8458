//! Finds the headings of the form's sections in a document's text.

use memchr::memmem::Finder;

use crate::bind::labels::index::FormIndex;
use crate::bind::labels::likeness::likeness;
use crate::bind::source::stream::{Claim, LineKind, Stream};
use crate::form::{Label, Section};
use crate::text::blank;
use crate::text::{Numbering, is_first_level, numbering};

/// A section's heading in the raw text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Heading {
    /// Index of the form's section.
    pub(in crate::bind) section: usize,
    /// First byte.
    pub(in crate::bind) start: usize,
    /// Byte after the last.
    pub(in crate::bind) end: usize,
    /// Outline level of its paragraph.
    pub(in crate::bind) level: Option<u8>,
    score: f32,
}

/// Maximum number of candidates: a report has seven headings, and a text that consists of headings must stay cheap.
const CANDIDATES: usize = 1_000;

/// Maximum number of characters of a line that is a heading as a whole.
const LONGEST: usize = 60;

/// Finds the headings from byte `from` on: each section at most once, in the form's order, as the best chain of candidates.
pub(in crate::bind) fn find(index: &FormIndex, stream: &Stream, claims: &[Claim], from: usize) -> Vec<Heading> {
    let mut candidates = Vec::new();
    let text = stream.folded.text.as_bytes();
    // Occurrences of each heading in the folded text, with its number.
    let inside = |finder: &Option<Finder>| finder.iter().flat_map(|finder| finder.find_iter(text)).collect();
    let inside: Vec<Vec<usize>> = index.headings.iter().map(inside).collect();
    let numbered = |section: &Section| section.heading.as_ref().and_then(|heading| numbering(&heading.text));
    let numbers: Vec<Option<Numbering>> = index.form.sections.iter().map(numbered).collect();
    for line in &stream.lines {
        let LineKind::Text { level } = line.kind else { continue };
        if line.start < from {
            continue;
        }
        let words = Words::in_line(stream, (line.start, line.end));
        for (section, (spec, finder)) in index.form.sections.iter().zip(&index.headings).enumerate() {
            let (Some(heading), Some(finder)) = (&spec.heading, finder) else { continue };
            let prescribed = Prescribed {
                section: spec,
                heading,
                number: numbers[section],
                places: &inside[section],
                length: finder.needle().len(),
            };
            for (start, end, score) in words.matches(&prescribed, level) {
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

/// The heaviest chain of candidates with increasing sections and positions. Later candidates win ties, because a table of contents
/// precedes the headings that it lists.
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

/// A section's heading as prescribed by the form.
struct Prescribed<'a> {
    section: &'a Section,
    heading: &'a Label,
    /// Its number, if it begins with one.
    number: Option<Numbering>,
    /// Occurrences in the folded text, number included, and length in bytes of the folded heading.
    places: &'a [usize],
    length: usize,
}

/// A line, folded once for all headings it is compared with.
struct Words<'t> {
    stream: &'t Stream<'t>,
    /// Byte range in the raw text, and the same in the folded text.
    line: (usize, usize),
    folded: (usize, usize),
    /// Byte range in the raw text without surrounding blanks.
    whole: (usize, usize),
    /// Leading number and the folded text without it; `None` if the line is too long for a heading.
    short: Option<(Option<Numbering>, &'t str)>,
}

impl<'t> Words<'t> {
    fn in_line(stream: &'t Stream<'t>, line: (usize, usize)) -> Self {
        let text = &stream.raw[line.0..line.1];
        let start = line.0 + text.len() - text.trim_start_matches(blank).len();
        let whole = stream.raw[start..line.1].trim_end_matches(blank);
        let folded = |raw| stream.folded.at(raw);
        let ends = (folded(line.0), folded(line.1));
        let short = (whole.chars().take(LONGEST + 1).count() <= LONGEST).then(|| {
            let found = numbering(whole);
            let bare = folded(start + found.map_or(0, |found| found.length)).max(ends.0);
            (found, &stream.folded.text[bare..ends.1])
        });
        Self { stream, line, folded: ends, whole: (start, start + whole.len()), short }
    }

    /// Occurrences of the heading in the line: byte range in the raw text, and score.
    fn matches(&self, prescribed: &Prescribed, level: Option<u8>) -> Vec<(usize, usize, f32)> {
        let heading = prescribed.heading;
        let all = |score| vec![(self.whole.0, self.whole.1, score)];
        if let Some((found, bare)) = &self.short {
            let folded = &self.stream.folded.text[self.folded.0..self.folded.1];
            if heading.folded.iter().any(|known| known == folded) {
                return all(1.0);
            }
            if heading.bare.iter().any(|known| known == bare) {
                return all(if found.is_some() || level.is_some() { 0.9 } else { 0.6 });
            }
            if prescribed.section.is_heading_with_places(folded) {
                return all(0.9);
            }
            let number = |found: Numbering| (found.level, found.number);
            if found.is_some() && found.map(number) == prescribed.number.map(number) {
                let most = heading.bare.iter().map(|known| likeness(bare, known)).fold(0.0, f64::max);
                if most >= 0.6 {
                    return all(0.7);
                }
            }
        }
        self.inside(prescribed)
    }

    /// Occurrences of the heading, number included, inside a longer line.
    fn inside(&self, &Prescribed { places, length, .. }: &Prescribed) -> Vec<(usize, usize, f32)> {
        let mut found = Vec::new();
        let first = places.partition_point(|&at| at < self.folded.0);
        for &at in places[first..].iter().take_while(|&&at| at + length <= self.folded.1) {
            let (start, end) = (self.stream.raw_start(at), self.stream.raw_end(at + length));
            // The number must be written as a number, and the heading must not continue a word.
            let numbered = is_first_level(&self.stream.raw[start..self.line.1]);
            let before = self.stream.raw[self.line.0..start].chars().next_back();
            let apart = before.is_none_or(|character| !character.is_alphabetic() || character.is_ascii());
            if numbered && apart {
                found.push((start, end, if start == self.line.0 { 0.8 } else { 0.5 }));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best chain of candidates of ten bytes, each given as section, first byte and score.
    fn chosen(candidates: &[(usize, usize, f32)]) -> Vec<(usize, usize)> {
        let heading = |&(section, start, score)| Heading { section, start, end: start + 10, level: None, score };
        let candidates: Vec<Heading> = candidates.iter().map(heading).collect();
        chain(&candidates).iter().map(|heading| (heading.section, heading.start)).collect()
    }

    #[test]
    fn the_heaviest_chain_in_the_order_of_the_form_is_taken() {
        for (candidates, expected) in [
            (&[][..], &[][..]),
            (&[(0, 0, 1.0), (1, 20, 1.0), (2, 40, 1.0)], &[(0, 0), (1, 20), (2, 40)]),
            // A heading out of order is skipped.
            (&[(0, 0, 1.0), (2, 20, 0.6), (1, 40, 1.0), (2, 60, 1.0)], &[(0, 0), (1, 40), (2, 60)]),
            // A certain heading outweighs one uncertain heading before it, but not two.
            (&[(1, 0, 0.6), (0, 20, 1.0)], &[(0, 20)]),
            (&[(1, 0, 0.6), (2, 20, 0.6), (0, 40, 1.0)], &[(1, 0), (2, 20)]),
            // The headings win over a table of contents that lists them.
            (&[(0, 0, 1.0), (1, 20, 1.0), (0, 100, 1.0), (1, 120, 1.0)], &[(0, 100), (1, 120)]),
            // Overlapping candidates are never both used.
            (&[(0, 0, 1.0), (1, 5, 0.9)], &[(0, 0)]),
        ] {
            assert_eq!(chosen(candidates), expected, "{candidates:?}");
        }
    }
}
