//! What others derive from a form once for all its reports, such as the layout that a writer compiles. The form owns it, so that it is
//! freed with the form; its types are the writers' own.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use super::Form;

/// Derived values: a [`Slot`] per type.
#[derive(Default)]
pub(super) struct Derived(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

/// A value that is derived on first use. The lock is held while it is derived; that of one type does not block another's, so that a value
/// may be derived from another.
struct Slot<T> {
    value: OnceLock<Arc<T>>,
    deriving: Mutex<()>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: OnceLock::new(), deriving: Mutex::new(()) }
    }
}

impl Derived {
    fn slot<T: Send + Sync + 'static>(&self) -> Arc<Slot<T>> {
        let key = TypeId::of::<Slot<T>>();
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Arc::clone);
        let slot = found.unwrap_or_else(|| {
            let mut slots = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key).or_insert_with(|| Arc::new(Slot::<T>::default())))
        });
        // The key is the slot's type, so that the cast cannot fail.
        slot.downcast().unwrap_or_default()
    }
}

/// A clone is empty: the fields of a cloned form may be changed.
impl Clone for Derived {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Derived").finish_non_exhaustive()
    }
}

impl Form {
    /// The value of this type that is derived from the form; calls `derive` on first use, on one thread. A form expanded to one report
    /// keeps nothing.
    ///
    /// # Errors
    /// What `derive` returns; the next call tries again.
    pub(crate) fn derived<T: Send + Sync + 'static, E>(
        &self,
        derive: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if self.is_of_report() {
            return derive().map(Arc::new);
        }
        let slot = self.derived.slot::<T>();
        if let Some(found) = slot.value.get() {
            return Ok(Arc::clone(found));
        }
        let _deriving = slot.deriving.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = slot.value.get() {
            return Ok(Arc::clone(found));
        }
        let value = Arc::new(derive()?);
        Ok(Arc::clone(slot.value.get_or_init(|| value)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use crate::form::Forms;

    #[test]
    fn a_value_is_derived_once_for_a_form_and_again_for_its_clone() -> Result<(), Box<dyn std::error::Error>> {
        let forms = Forms::built_in()?;
        let form = forms.iter().next().ok_or("no form")?;
        assert_eq!(form.derived(|| Err::<u32, _>("failed")), Err("failed"));
        let Ok(first) = form.derived::<u32, Infallible>(|| Ok(1));
        let Ok(again) = form.derived::<u32, Infallible>(|| Ok(2));
        let Ok(of_clone) = crate::form::Form::clone(form).derived::<u32, Infallible>(|| Ok(3));
        assert_eq!((*first, *again, *of_clone), (1, 1, 3));
        // From another value of the form.
        let other = || form.derived::<u16, Infallible>(|| Ok(5));
        let Ok(second) = form.derived::<u64, Infallible>(|| other().map(|other| u64::from(*other)));
        assert_eq!(*second, 5);
        Ok(())
    }
}
