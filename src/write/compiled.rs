//! Per-form cache of what a writer prepares once for all reports of a form; shared by all threads.

use std::sync::{Arc, PoisonError, RwLock};

use crate::form::Form;

/// Entries: form id, fingerprint, and the prepared value. Lookups share the lock.
pub(super) struct Compiled<T>(RwLock<Vec<(String, u64, Arc<T>)>>);

impl<T> Compiled<T> {
    /// An empty cache.
    pub(super) const fn empty() -> Self {
        Self(RwLock::new(Vec::new()))
    }

    /// The prepared value of a form; calls `compile` on first use.
    ///
    /// # Errors
    /// What `compile` returns.
    pub(super) fn get<E>(&self, form: &Form, compile: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let find = |known: &[(String, u64, Arc<T>)]| {
            let same = |entry: &&(String, u64, Arc<T>)| entry.1 == form.fingerprint() && entry.0 == form.id;
            known.iter().find(same).map(|entry| Arc::clone(&entry.2))
        };
        if let Some(found) = find(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        // A form expanded to the rows of one report is not cached.
        if form.is_of_report() {
            return compile().map(Arc::new);
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = find(&known) {
            return Ok(found);
        }
        let compiled = Arc::new(compile()?);
        known.push((form.id.clone(), form.fingerprint(), Arc::clone(&compiled)));
        Ok(compiled)
    }
}
