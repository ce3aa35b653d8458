//! Per-form cache of what a writer prepares once for all reports of a form; shared between threads.

use std::sync::{Arc, PoisonError, RwLock};

use crate::form::Form;

/// What was compiled so far: form id, fingerprint, and what was made of it. Threads that look something up share the lock.
pub(super) struct Compiled<T>(RwLock<Vec<(String, u64, Arc<T>)>>);

impl<T> Compiled<T> {
    /// Nothing yet.
    pub(super) const fn none() -> Self {
        Self(RwLock::new(Vec::new()))
    }

    /// What was made of the form, made now if this is the first time.
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
        // What one report's rows make of a form is not kept.
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
