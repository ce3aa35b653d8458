//! Digests of the text of a report's sections, ignoring agency name and years: to find copied text.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Content, Place, Report};

/// Characters of a part from which on it is compared: shorter ones are alike by nature.
const LEAST: usize = 80;

/// The text of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage<'r> {
    /// Id of the form's section.
    pub section: &'r str,
    /// Its heading as written.
    pub heading: Option<&'r str>,
    /// Where it begins.
    pub place: Option<&'r Place>,
    /// Digest of its text without blanks, the agency's name and years.
    pub digest: u64,
}

impl Report {
    /// The parts with a heading that are long enough to be compared.
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

/// Adds a text, years as one sign and blanks as none; returns how many characters that are.
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
