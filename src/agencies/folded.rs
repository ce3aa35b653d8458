//! Folded names of agencies, compact, with a sorted index and a bound of their similarity.

use std::borrow::Cow;

use crate::text::fold;

/// A folded name or alias; most names are folded as they are written, so they are not copied.
#[derive(Debug, Clone)]
pub(super) struct FoldedName<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) agency: u32,
    pub(super) shape: Shape,
}

impl<'a> FoldedName<'a> {
    pub(super) fn new(name: &'a str, agency: usize) -> Self {
        let folded = fold(name);
        let shape = Shape::from_name(&folded);
        let text = if folded == name { Cow::Borrowed(name) } else { Cow::Owned(folded) };
        // An agencies file is far smaller than 2^32 bytes.
        Self { text, agency: agency as u32, shape }
    }
}

/// Precomputed data for a lower bound of the edit distance between two names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) length: u32,
    /// A bit set of hashed characters; several characters may share a bit.
    characters: u64,
}

impl Shape {
    pub(super) fn from_name(name: &str) -> Self {
        // Fibonacci hashing to the 64 bits.
        let bit = |character: char| 1_u64 << (u32::from(character).wrapping_mul(0x9E37_79B1) >> 26);
        let (length, characters) = name.chars().fold((0, 0), |(length, all), one| (length + 1, all | bit(one)));
        Self { length, characters }
    }

    /// Upper bound of the similarity of two names: each missing character, and each character of the difference in length, is an edit.
    pub(super) fn most_alike(&self, other: &Self) -> f64 {
        let lacks = |one: u64, other: u64| (one & !other).count_ones();
        let edits = self.length.abs_diff(other.length);
        let edits = edits.max(lacks(self.characters, other.characters)).max(lacks(other.characters, self.characters));
        1.0 - f64::from(edits) / f64::from(self.length.max(other.length).max(1))
    }
}

/// The indices of names, by their text, then by index.
pub(super) fn sorted(names: &[FoldedName]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..names.len() as u32).collect();
    sorted.sort_by(|&one, &other| names[one as usize].text.cmp(&names[other as usize].text));
    sorted
}

/// The indices of the names with a text.
pub(super) fn equal<'s>(names: &[FoldedName], sorted: &'s [u32], text: &str) -> &'s [u32] {
    let from = sorted.partition_point(|&index| *names[index as usize].text < *text);
    let rest = &sorted[from..];
    &rest[..rest.iter().take_while(|&&index| names[index as usize].text == text).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_more_alike_than_their_shapes_say() {
        let names =
            ["青山县教育局", "青山县体育局", "青青山县教育局", "局", "", "第0县第12号镇人民政府", "abcabc", "cba"];
        for (one, other) in names.iter().flat_map(|one| names.iter().map(move |other| (one, other))) {
            let bound = Shape::from_name(one).most_alike(&Shape::from_name(other));
            assert!(strsim::normalized_levenshtein(one, other) <= bound, "{one} {other}");
        }
    }

    #[test]
    fn equal_names_are_found_in_the_order_in_which_they_were_added() {
        let words = ["乙局", "甲局", "丙 局", "甲局", "丙局"];
        let names: Vec<FoldedName> =
            words.iter().enumerate().map(|(agency, name)| FoldedName::new(name, agency)).collect();
        let sorted = sorted(&names);
        for (text, found) in [("甲局", &[1, 3][..]), ("乙局", &[0]), ("丙局", &[2, 4]), ("丁局", &[]), ("", &[])]
        {
            assert_eq!(equal(&names, &sorted, text), found, "{text}");
        }
    }
}
