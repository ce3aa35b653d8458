//! Storage of a sheet's cell texts: one string buffer, and an index sorted by position.

use std::ops::RangeInclusive;

/// Row and column of a cell, 0-based.
type At = (u32, u32);

/// The texts of cells, none of them empty.
#[derive(Debug, Default)]
pub(super) struct Texts {
    list: Vec<(At, String)>,
    /// Number of leading entries that [`Texts::take`] has passed.
    passed: usize,
}

impl Texts {
    /// Adds the text of a cell.
    pub(super) fn push(&mut self, at: At, text: &str) {
        self.list.push((at, text.to_owned()));
    }

    /// Sorts the texts by row and column (nearly every file has them in order); of two texts of one cell the last is kept.
    pub(super) fn sort(&mut self) {
        if self.list.is_sorted_by(|one, next| one.0 < next.0) {
            return;
        }
        self.list.reverse();
        self.list.sort_by_key(|(at, _)| *at);
        self.list.dedup_by_key(|(at, _)| *at);
    }

    /// The first remaining cell.
    pub(super) fn first(&self) -> Option<(At, &str)> {
        self.remaining().next()
    }

    /// The remaining cells, in order.
    pub(super) fn remaining(&self) -> impl Iterator<Item = (At, &str)> {
        self.list.iter().map(|(at, text)| (*at, text.as_str())).filter(|(_, text)| !text.is_empty())
    }

    /// The positions of all cells, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = At> {
        self.list.iter().map(|(at, _)| *at)
    }

    /// Whether a cell has text.
    pub(super) fn has_text(&self, at: At) -> bool {
        self.list.binary_search_by_key(&at, |(at, _)| *at).is_ok()
    }

    /// The positions of cells between two positions in row-major order.
    pub(super) fn between(&self, places: RangeInclusive<At>) -> impl Iterator<Item = At> {
        let from = self.list.partition_point(|(at, _)| at < places.start());
        self.list[from..].iter().map(|(at, _)| *at).take_while(move |at| at <= places.end())
    }

    /// Clears the texts of these cells, which must be in order.
    pub(super) fn clear(&mut self, places: &[At]) {
        self.list.retain(|(at, _)| places.binary_search(at).is_err());
    }

    /// The text of a cell; call [`Texts::sort`] first.
    pub(super) fn get(&self, at: At) -> Option<&str> {
        let found = self.list.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        self.list.get(found).map(|(_, text)| text.as_str())
    }

    /// Removes the text of a cell, in any order.
    pub(super) fn remove(&mut self, at: At) -> Option<String> {
        let index = self.list.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(self.list.remove(index).1)
    }

    /// Removes and returns all cells that match a condition.
    pub(super) fn split_off(&mut self, is_out: impl Fn(At) -> bool) -> Vec<(At, String)> {
        let (out, kept) = std::mem::take(&mut self.list).into_iter().partition(|(at, _)| is_out(*at));
        self.list = kept;
        out
    }

    /// Takes the text of a cell; cells must be taken in order.
    pub(super) fn take(&mut self, at: At) -> String {
        while self.list.get(self.passed).is_some_and(|(known, _)| *known < at) {
            self.passed += 1;
        }
        let found = self.list.get_mut(self.passed).filter(|(known, _)| *known == at);
        found.map(|(_, text)| std::mem::take(text)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_in_order_and_the_last_text_of_one_counts() {
        let mut texts = Texts::default();
        for (at, text) in [((1, 0), "丙"), ((0, 2), "甲"), ((1, 0), "丁"), ((0, 3), "乙")] {
            texts.push(at, text);
        }
        texts.sort();
        assert_eq!(texts.remaining().collect::<Vec<_>>(), [((0, 2), "甲"), ((0, 3), "乙"), ((1, 0), "丁")]);
        assert_eq!(texts.between((0, 3)..=(1, 0)).collect::<Vec<_>>(), [(0, 3), (1, 0)]);
        assert!(texts.has_text((1, 0)) && !texts.has_text((1, 1)));
        assert_eq!([texts.take((0, 0)), texts.take((0, 2)), texts.take((1, 0))], ["", "甲", "丁"]);
        assert_eq!((texts.first(), texts.places().count()), (Some(((0, 3), "乙")), 3));
    }
}
