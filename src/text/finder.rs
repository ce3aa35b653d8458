//! Multi-pattern search: leftmost-longest, non-overlapping matches of many words in one pass.
//!
//! The words are a form's labels, and the text is a report's prose, which contains few of them. The first bytes at each position are
//! therefore looked up in a Bloom-like filter that nearly always rejects; an automaton over hundreds of words costs a memory access per
//! byte.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Number of leading bytes of a word that are used as its hash key: two Chinese characters.
const HEAD: usize = 6;

/// Number of bits of a filter, a power of two, many times the number of distinct keys.
const BITS: usize = 1 << 14;

/// A set of words prepared for searching.
#[derive(Debug, Clone)]
pub(crate) struct Finder {
    words: Vec<Box<str>>,
    /// Indices of the words with a given key (leading bytes, length of the key), longest word first.
    heads: HashMap<(u64, usize), Vec<usize>, FxBuildHasher>,
    /// Lengths of the keys in use, longest first; shorter than [`HEAD`] only for shorter words.
    lengths: Vec<usize>,
    /// Filter of first characters of words, and filter of keys.
    characters: Filter,
    keys: Filter,
}

/// A filter with one hash function: a key that was not inserted may be reported as present, never the reverse.
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

    /// Multiplicative hashing with 2^64 divided by the golden ratio.
    #[inline]
    fn bit(key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS.trailing_zeros())) as usize
    }
}

/// A match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
    /// Index of the word, 0-based; of equal words the first.
    pub(crate) word: usize,
}

impl Default for Finder {
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

impl Finder {
    /// Prepares words. Empty words are never found.
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
            // The sort is stable: equal words stay in their order.
            numbers.sort_by_key(|&number| std::cmp::Reverse(finder.words[number].len()));
        }
        finder
    }

    /// The leftmost-longest, non-overlapping matches in a text.
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

    /// Calls `tell` for every match, overlapping ones included, from the left, the longest at a position first.
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

    /// The words with a key of this length that may begin the text, longest first.
    #[inline]
    fn with_head(&self, text: &[u8], length: usize) -> &[usize] {
        let key = masked(ahead(text), length);
        if !self.keys.may_have(key) {
            return &[];
        }
        self.heads.get(&(key, length)).map_or(&[], Vec::as_slice)
    }

    /// The next position from `at` with a character that begins a word.
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

/// The first eight bytes of a text in little-endian order, padded with zeros.
#[inline]
fn ahead(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    text.iter().rev().fold(0, |ahead, &byte| ahead << 8 | u64::from(byte))
}

/// Keeps only the first `length` bytes.
#[inline]
fn masked(ahead: u64, length: usize) -> u64 {
    ahead & (u64::MAX >> (64 - 8 * length))
}

/// Length in bytes of the UTF-8 character that begins with this byte (RFC 3629).
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
        /// Same matches as an Aho-Corasick automaton, on texts over few letters, where words share prefixes and contain each other.
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
