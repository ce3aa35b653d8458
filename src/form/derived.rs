//! What others derive from a form once for all its reports, such as the layout that a writer compiles. The form owns it, so that it is
//! freed with the form; its types are the writers' own.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::Form;

/// Derived values, one per type.
#[derive(Default)]
pub(super) struct Derived(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

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
        let find = |values: &HashMap<TypeId, Arc<dyn Any + Send + Sync>>| {
            values.get(&TypeId::of::<T>()).and_then(|value| Arc::clone(value).downcast().ok())
        };
        if let Some(found) = find(&self.derived.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let mut values = self.derived.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = find(&values) {
            return Ok(found);
        }
        let value = Arc::new(derive()?);
        values.insert(TypeId::of::<T>(), Arc::clone(&value) as _);
        Ok(value)
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
        Ok(())
    }
}
