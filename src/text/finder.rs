//! Multi-pattern search: leftmost-longest, non-overlapping matches of many words in one pass.
//!
//! Words are a form's labels, texts a report's prose, which holds few of them. So the first bytes of what stands at a place are looked up
//! in a filter that nearly always says no; an automaton over hundreds of words takes a step of memory for each byte.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// First bytes of a word that are looked up; two characters of Chinese.
const HEAD: usize = 6;

/// Bits of a filter, a power of two: many times as many as words begin with different characters.
const BITS: usize = 1 << 14;

/// Words prepared to be found.
#[derive(Debug, Clone)]
pub(crate) struct Finder {
    words: Vec<Box<str>>,
    /// The words that begin with some bytes, given with their number, the longest first.
    heads: HashMap<(u64, usize), Vec<usize>, FxBuildHasher>,
    /// How many first bytes words are looked up by, the most first: fewer than [`HEAD`] only where a word has fewer.
    lengths: Vec<usize>,
    /// A bit for the first character of each word, and one for what it is looked up by.
    characters: Filter,
    keys: Filter,
}

/// Says of some bytes that they are none of those that were put in, or that they may be.
#[derive(Debug, Clone)]
struct Filter(Box<[u64; BITS / 64]>);

impl Filter {
    fn put(&mut self, key: u64) {
        let bit = Self::bit(key);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let bit = Self::bit(key);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// By multiplying with 2^64 over the golden ratio.
    #[inline]
    fn bit(key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS.trailing_zeros())) as usize
    }
}

/// A word that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
    /// Its number among the words, 0-based; of equal words the first.
    pub(crate) word: usize,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

impl Finder {
    /// Makes words ready. Empty ones are never found.
    pub(crate) fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut finder = Self {
            words: words.map(Into::into).collect(),
            heads: HashMap::default(),
            lengths: Vec::new(),
            characters: Filter(Box::new([0; BITS / 64])),
            keys: Filter(Box::new([0; BITS / 64])),
        };
        for (number, word) in finder.words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
            let (ahead, length) = (ahead(word.as_bytes()), word.len().min(HEAD));
            finder.characters.put(masked(ahead, character_length(word.as_bytes()[0])));
            finder.keys.put(masked(ahead, length));
            finder.heads.entry((masked(ahead, length), length)).or_default().push(number);
            finder.lengths.push(length);
        }
        finder.lengths.sort_unstable_by(|one, other| other.cmp(one));
        finder.lengths.dedup();
        for numbers in finder.heads.values_mut() {
            // Equal words stay in their order.
            numbers.sort_by_key(|&number| std::cmp::Reverse(finder.words[number].len()));
        }
        finder
    }

    /// The words in a text, from the left.
    pub(crate) fn find_iter<'f>(&'f self, text: &'f str) -> impl Iterator<Item = Found> + 'f {
        let bytes = text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = self.next(bytes, at)?;
                let rest = &bytes[start..];
                let mut words = self.lengths.iter().flat_map(|&length| self.with_head(rest, length));
                if let Some(&word) = words.find(|&&word| rest.starts_with(self.words[word].as_bytes())) {
                    at = start + self.words[word].len();
                    return Some(Found { start, end: at, word });
                }
                at = start + character_length(bytes[start]);
            }
        })
    }

    /// Tells of every word that begins at any place of a text, from the left and also inside others, the longest at a place first.
    #[inline]
    pub(crate) fn find_each(&self, text: &str, mut tell: impl FnMut(Found)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(start) = self.next(bytes, at) {
            let rest = &bytes[start..];
            for &length in &self.lengths {
                for &word in self.with_head(rest, length) {
                    if rest.starts_with(self.words[word].as_bytes()) {
                        tell(Found { start, end: start + self.words[word].len(), word });
                    }
                }
            }
            at = start + character_length(bytes[start]);
        }
    }

    /// The words that are looked up by so many bytes and may stand at the beginning of a text, the longest first.
    #[inline]
    fn with_head(&self, text: &[u8], length: usize) -> &[usize] {
        let key = masked(ahead(text), length);
        if !self.keys.may_have(key) {
            return &[];
        }
        self.heads.get(&(key, length)).map_or(&[], Vec::as_slice)
    }

    /// The next place from `at` on with a character that a word may begin with.
    #[inline]
    fn next(&self, text: &[u8], mut at: usize) -> Option<usize> {
        loop {
            let length = character_length(*text.get(at)?);
            if self.characters.may_have(masked(ahead(&text[at..]), length)) {
                return Some(at);
            }
            at += length;
        }
    }
}

/// The first eight bytes of a text, the first of them lowest; zeros behind its end.
#[inline]
fn ahead(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    text.iter().rev().fold(0, |ahead, &byte| ahead << 8 | u64::from(byte))
}

/// The first bytes alone.
#[inline]
fn masked(ahead: u64, length: usize) -> u64 {
    ahead & (u64::MAX >> (64 - 8 * length))
}

/// Bytes of the character that begins with a byte (RFC 3629).
#[inline]
fn character_length(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The same words as an automaton finds, on texts of few letters, where words begin alike and lie inside each other.
        #[test]
        fn as_an_automaton(words in proptest::collection::vec("[一二a𠀀é]{0,5}", 0..12), text in "[一二a𠀀é]{0,60}") {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(words.iter().filter(|word| !word.is_empty()))
                .unwrap();
            let expected: Vec<(usize, usize)> = automaton.find_iter(&text).map(|found| (found.start(), found.end())).collect();
            let finder = Finder::new(words.iter().map(String::as_str));
            let found: Vec<Found> = finder.find_iter(&text).collect();
            for found in &found {
                prop_assert_eq!(&text[found.start..found.end], &words[found.word]);
            }
            let overlapping = AhoCorasick::new(words.iter().filter(|word| !word.is_empty())).unwrap();
            let mut expected_each: Vec<&str> =
                overlapping.find_overlapping_iter(&text).map(|found| &text[found.start()..found.end()]).collect();
            let mut each = Vec::new();
            finder.find_each(&text, |found| each.push(words[found.word].as_str()));
            expected_each.sort_unstable();
            each.sort_unstable();
            prop_assert_eq!(each, expected_each);
            let places: Vec<(usize, usize)> = found.iter().map(|found| (found.start, found.end)).collect();
            prop_assert_eq!(places, expected);
        }
    }

    #[test]
    fn the_longest_word_at_a_place_and_the_first_of_equal_ones() {
        let finder = Finder::new(["行政", "行政许可", "", "可", "行政许可"].into_iter());
        let found: Vec<(usize, usize)> =
            finder.find_iter("依行政许可可行政").map(|found| (found.start, found.word)).collect();
        assert_eq!(found, [(3, 1), (15, 3), (18, 0)]);
        assert_eq!(Finder::new([].into_iter()).find_iter("行政").count(), 0);
    }
}
