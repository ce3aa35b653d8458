//! Per-worker LRU cache of parsed package parts, keyed by name, CRC, size and compressed bytes: the reports of one office, and of one
//! program, share their styles, lists and relationships byte for byte.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::package::{Package, Stamp};
use crate::read::xml;

/// Maximum number of cached parts per kind, and maximum size of each.
const CAPACITY: usize = 8;
const LARGEST: u64 = 1 << 20;

/// The cached parts of one kind, most recently used first; one per kind in the budget's [`Reuse`](crate::document::Reuse).
struct Cache<T>(Mutex<VecDeque<CachedPart<T>>>);

/// A cached part: its key, and the parsed result.
struct CachedPart<T> {
    name: Box<str>,
    stamp: Stamp,
    packed: Box<[u8]>,
    parsed: Arc<T>,
    /// Budget that was charged for each resource of [`CHARGED`].
    spent: [u64; CHARGED.len()],
}

/// Resources charged for a part; charged on a cache hit too, so that the result for a file does not depend on the files before it.
const CHARGED: [Resource; 4] = [Resource::InflatedBytes, Resource::Steps, Resource::Blocks, Resource::TextBytes];

/// The parsed part; `parse` is called with its text if it is not cached. `None` if there is no such part. The result must depend on the
/// name and the bytes of the part only. A cache hit charges the same budget as parsing.
///
/// # Errors
/// As for [`Package::part`], and those of `parse`.
pub(in crate::read) fn read<T: Send + Sync + 'static>(
    part: (&mut Package<'_>, &str),
    budget: &mut Budget,
    parse: impl FnOnce(&str, &mut Budget) -> Result<T, ReadError>,
) -> Result<Option<Arc<T>>, ReadError> {
    read_bytes(part, budget, |bytes, budget| {
        let (text, _) = xml::text(&bytes, budget)?;
        parse(&text, budget)
    })
}

/// As [`read`], with `parse` called with the bytes of the part.
///
/// # Errors
/// As for [`Package::part`], and those of `parse`.
pub(in crate::read) fn read_bytes<T: Send + Sync + 'static>(
    (package, name): (&mut Package<'_>, &str),
    budget: &mut Budget,
    parse: impl FnOnce(Vec<u8>, &mut Budget) -> Result<T, ReadError>,
) -> Result<Option<Arc<T>>, ReadError> {
    let cache = budget.reuse().get::<Cache<T>>();
    let key = package.stamp(name).zip(package.packed(name));
    let key = key.filter(|(stamp, packed)| stamp.size.max(packed.len() as u64) <= LARGEST);
    if let Some((stamp, packed)) = key
        && let Some((parsed, spent)) = cache.find(name, stamp, packed)
    {
        CHARGED.iter().zip(spent).try_for_each(|(&resource, amount)| budget.spend(resource, amount))?;
        return Ok(Some(parsed));
    }
    let left = CHARGED.map(|resource| budget.left(resource));
    let Some(bytes) = package.part(name, budget)? else { return Ok(None) };
    let size = bytes.len() as u64;
    let parsed = Arc::new(parse(bytes, budget)?);
    if let Some((stamp, packed)) = key.filter(|(stamp, _)| stamp.size == size) {
        let (name, packed, parsed) = (name.into(), packed.into(), Arc::clone(&parsed));
        let mut spent = left;
        spent.iter_mut().zip(CHARGED).for_each(|(left, resource)| *left -= budget.left(resource));
        cache.insert(CachedPart { name, stamp, packed, parsed, spent });
    }
    Ok(Some(parsed))
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cache<T> {
    fn parts(&self) -> MutexGuard<'_, VecDeque<CachedPart<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, name: &str, stamp: Stamp, packed: &[u8]) -> Option<(Arc<T>, [u64; CHARGED.len()])> {
        let mut parts = self.parts();
        let same = |part: &CachedPart<T>| part.stamp == stamp && *part.name == *name && *part.packed == *packed;
        let at = parts.iter().position(same)?;
        // A hit moves to the front, so that the last entry is the least recently used.
        let found = parts.remove(at)?;
        let answer = (Arc::clone(&found.parsed), found.spent);
        parts.push_front(found);
        Some(answer)
    }

    fn insert(&self, part: CachedPart<T>) {
        let mut parts = self.parts();
        parts.truncate(CAPACITY - 1);
        parts.push_front(part);
    }
}
