//! Object pool: what a worker reuses from file to file, owned by whoever starts the workers. A worker takes an object for one file and
//! gives it back, so that there are as many objects as files in progress.

use std::sync::{Mutex, PoisonError};

/// Objects that no worker is using.
#[derive(Debug, Default)]
pub(super) struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// Calls `work` with an object of the pool, or with a new one if all are in use. If `work` panics, the object is dropped: it may be in
    /// an inconsistent state.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut object = free.unwrap_or_default();
        let result = work(&mut object);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(object);
        result
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn an_object_is_used_again_unless_its_work_panicked() {
        let pool: Pool<u32> = Pool::default();
        pool.with(|object| *object = 7);
        // While one is in use, the next worker gets a new one.
        pool.with(|object| assert_eq!((*object, pool.with(|other| *other)), (7, 0)));
        let panics = || pool.with(|object| assert_eq!(*object, 1, "a bug"));
        let panicked = catch_unwind(AssertUnwindSafe(panics));
        assert!(panicked.is_err());
        assert_eq!(pool.0.into_inner().unwrap_or_default().len(), 1);
    }
}
