//! Digests of the text of a report's sections, ignoring agency name and years, for finding copied text.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Content, Place, Report};

/// Minimum number of characters of a section to be compared: short texts are alike by chance.
const LEAST: usize = 80;

/// The text of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage<'r> {
    /// Id of the form's section.
    pub section: &'r str,
    /// Its heading as written.
    pub heading: Option<&'r str>,
    /// Place of its beginning.
    pub place: Option<&'r Place>,
    /// Digest of its text without blanks, the agency's name and years.
    pub digest: u64,
}

impl Report {
    /// The sections with a heading that are long enough to be compared.
    pub fn passages(&self) -> Vec<Passage<'_>> {
        let agency = self.agency.as_deref().filter(|name| !name.is_empty());
        let mut passages = Vec::new();
        for section in self.sections.iter().filter(|section| section.heading.is_some()) {
            let (mut hasher, mut length, mut place) = (DefaultHasher::new(), 0, None);
            for content in &section.content {
                let Content::Paragraph { text, place: at, .. } = content else { continue };
                place = place.or(at.as_ref());
                let named = agency.filter(|name| text.contains(name)).map(|name| text.replace(name, "\u{1}"));
                length += add(named.as_deref().unwrap_or(text), &mut hasher);
            }
            if length >= LEAST {
                let (section, heading) = (section.id.as_str(), section.heading.as_deref());
                passages.push(Passage { section, heading, place, digest: hasher.finish() });
            }
        }
        passages
    }
}

/// Adds a text to the digest, with years as one character and without blanks; returns the number of characters added.
fn add(text: &str, hasher: &mut DefaultHasher) -> usize {
    let mut length = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let year =
            rest.get(..4).filter(|digits| digits.starts_with("20") && digits.bytes().all(|one| one.is_ascii_digit()));
        if let Some(behind) = year.and_then(|_| rest[4..].strip_prefix('年')) {
            '\u{2}'.hash(hasher);
            (rest, length) = (behind, length + 1);
            continue;
        }
        if !character.is_whitespace() {
            character.hash(hasher);
            length += 1;
        }
        rest = &rest[character.len_utf8()..];
    }
    length
}
