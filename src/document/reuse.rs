//! What a worker reuses from file to file: caches and working memory of the readers. This module only owns them; their types are the
//! readers' own.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Caches and working memory that readers reuse from file to file, one value per type. The same file gives the same result with a new and
/// with a used one; a used one saves time on files that share parts, as those of one office do.
///
/// A clone is the same memory. It can be used from several threads, which then wait for each other: give each thread its own.
///
/// ```
/// use nianbao::document::{Budget, Limits, Reuse};
/// use nianbao::read;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let reuse = Reuse::default();
/// for file in ["samples/word-2021.docx", "samples/word-2021.docx"] {
///     let mut budget = Budget::reusing(Limits::default(), &reuse);
///     let reading = read::read(&std::fs::read(file)?, Some(file), &mut budget)?;
///     assert!(!reading.document.blocks.is_empty());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Reuse(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Reuse {
    /// The value of a type; created on first use.
    pub(crate) fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = values.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The key is the value's type, so that the cast cannot fail.
        Arc::clone(value).downcast().unwrap_or_default()
    }
}

impl fmt::Debug for Reuse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reuse").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_clone_is_the_same_memory_and_a_new_one_is_empty() {
        let reuse = Reuse::default();
        reuse.get::<AtomicU32>().store(7, Ordering::Relaxed);
        assert_eq!(reuse.clone().get::<AtomicU32>().load(Ordering::Relaxed), 7);
        assert_eq!(Reuse::default().get::<AtomicU32>().load(Ordering::Relaxed), 0);
    }
}
