//! Per-worker LRU cache of parsed package parts, keyed by name, CRC, size and compressed bytes: the reports of one office, and of one
//! program, share their styles, lists and relationships byte for byte.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::package::{Package, Stamp};
use crate::read::xml;

/// Maximum number of cached parts per kind, and maximum size of each.
const REMEMBERED: usize = 8;
const MOST_REMEMBERED: u64 = 1 << 20;

/// The cached parts of one kind, most recently used first.
pub(in crate::read) struct Memory<T>(RefCell<VecDeque<Remembered<T>>>);

/// A cached part: its key, and the parsed result.
struct Remembered<T> {
    name: Box<str>,
    stamp: Stamp,
    packed: Box<[u8]>,
    said: Arc<T>,
    /// Budget that was charged for each resource of [`ADDING`].
    spent: [u64; ADDING.len()],
}

/// Resources charged for a part; charged on a cache hit too, so that the result for a file does not depend on the files before it.
const ADDING: [Resource; 4] = [Resource::InflatedBytes, Resource::Steps, Resource::Blocks, Resource::TextBytes];

impl<T> Memory<T> {
    /// An empty cache.
    pub(in crate::read) const fn new() -> Self {
        Self(RefCell::new(VecDeque::new()))
    }

    /// The parsed part; `parse` is called with its text if it is not cached. `None` if there is no such part. The result must depend on
    /// the name and the bytes of the part only. A cache hit charges the same budget as parsing.
    ///
    /// # Errors
    /// As for [`Package::part`], and those of `parse`.
    pub(in crate::read) fn read(
        &self,
        part: (&mut Package<'_>, &str),
        budget: &mut Budget,
        parse: impl FnOnce(&str, &mut Budget) -> Result<T, ReadError>,
    ) -> Result<Option<Arc<T>>, ReadError> {
        self.read_bytes(part, budget, |bytes, budget| {
            let (text, _) = xml::text(&bytes, budget)?;
            parse(&text, budget)
        })
    }

    /// As [`Self::read`], with `parse` called with the bytes of the part.
    ///
    /// # Errors
    /// As for [`Package::part`], and those of `parse`.
    pub(in crate::read) fn read_bytes(
        &self,
        (package, name): (&mut Package<'_>, &str),
        budget: &mut Budget,
        parse: impl FnOnce(Vec<u8>, &mut Budget) -> Result<T, ReadError>,
    ) -> Result<Option<Arc<T>>, ReadError> {
        let known = package.stamp(name).zip(package.packed(name));
        let known = known.filter(|(stamp, packed)| stamp.size.max(packed.len() as u64) <= MOST_REMEMBERED);
        if let Some((stamp, packed)) = known
            && let Some((said, spent)) = self.recall(name, stamp, packed)
        {
            ADDING.iter().zip(spent).try_for_each(|(&resource, amount)| budget.spend(resource, amount))?;
            return Ok(Some(said));
        }
        let left = ADDING.map(|resource| budget.left(resource));
        let Some(bytes) = package.part(name, budget)? else { return Ok(None) };
        let size = bytes.len() as u64;
        let said = Arc::new(parse(bytes, budget)?);
        if let Some((stamp, packed)) = known.filter(|(stamp, _)| stamp.size == size) {
            let (name, packed, said) = (name.into(), packed.into(), Arc::clone(&said));
            let mut spent = left;
            spent.iter_mut().zip(ADDING).for_each(|(left, resource)| *left -= budget.left(resource));
            self.keep(Remembered { name, stamp, packed, said, spent });
        }
        Ok(Some(said))
    }

    fn recall(&self, name: &str, stamp: Stamp, packed: &[u8]) -> Option<(Arc<T>, [u64; ADDING.len()])> {
        let mut known = self.0.borrow_mut();
        let same = |known: &Remembered<T>| known.stamp == stamp && *known.name == *name && *known.packed == *packed;
        let at = known.iter().position(same)?;
        // A hit moves to the front, so that the last entry is the least recently used.
        let found = known.remove(at)?;
        let answer = (Arc::clone(&found.said), found.spent);
        known.push_front(found);
        Some(answer)
    }

    fn keep(&self, remembered: Remembered<T>) {
        let mut known = self.0.borrow_mut();
        known.truncate(REMEMBERED - 1);
        known.push_front(remembered);
    }
}
