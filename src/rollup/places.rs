//! Interned lists of places: reports made with the same template have their figures in the same places.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::record::{Bytes, put_text};

/// Maximum size of all interned lists, in bytes. A list of two hundred places has about 4 kB; more templates than fit are rare, and
/// their places are stored with each report.
const MOST: usize = 4 << 20;

/// The lists, each a sequence of texts in the encoding of records.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    lists: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, usize>,
    size: usize,
    /// Hashes of the lists that occurred: a list is interned when it occurs again, because those of most PDF files never do.
    once: HashSet<u64>,
}

impl Places {
    /// The number of a list, 0-based; `None` if it occurred for the first time or does not fit.
    pub(super) fn intern<'p>(&mut self, places: impl Iterator<Item = &'p str>) -> Option<usize> {
        let mut list = Vec::new();
        places.for_each(|place| put_text(&mut list, place));
        if let Some(&number) = self.numbers.get(list.as_slice()) {
            return Some(number);
        }
        let mut hasher = DefaultHasher::new();
        list.hash(&mut hasher);
        if self.once.insert(hasher.finish()) || self.size + list.len() > MOST {
            return None;
        }
        let (number, list) = (self.lists.len(), list.into_boxed_slice());
        self.size += list.len();
        self.lists.push(list.clone());
        self.numbers.insert(list, number);
        Some(number)
    }

    /// The places of a list, in order, followed by empty ones.
    pub(super) fn list(&self, number: usize) -> impl Iterator<Item = Box<str>> + use<'_> {
        let mut rest = Bytes(self.lists.get(number).map_or(&[], |list| list));
        std::iter::repeat_with(move || rest.text())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_interned_when_it_occurs_again_while_there_is_room() {
        let mut places = Places::default();
        let one = ["html#table1:r3c2", "", "第4页"];
        assert_eq!(places.intern(one.into_iter()), None);
        assert_eq!(places.intern(["another"].into_iter()), None);
        assert_eq!(places.intern(one.into_iter()), Some(0));
        assert_eq!(places.intern(one.into_iter()), Some(0));
        assert_eq!(places.intern(["another"].into_iter()), Some(1));
        assert_eq!(places.list(0).take(4).map(String::from).collect::<Vec<_>>(), ["html#table1:r3c2", "", "第4页", ""]);
        assert_eq!(places.list(7).next().unwrap().as_ref(), "");
        let large = "x".repeat(MOST);
        assert_eq!([(); 3].map(|()| places.intern([large.as_str()].into_iter())), [None; 3]);
        assert_eq!(places.intern(one.into_iter()), Some(0));
    }
}
