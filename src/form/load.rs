//! The forms at hand: those built in and those of a folder.

use std::sync::Arc;

use super::compile::compile;
use super::{Form, FormError};

/// The mapping files built into the program: name and text.
static BUILT_IN: &[(&str, &str)] = &[
    ("gkbg-2019.toml", include_str!("../../mappings/gkbg-2019.toml")),
    ("gkbg-2021.toml", include_str!("../../mappings/gkbg-2021.toml")),
];

/// A set of forms, resolved, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Forms {
    forms: Vec<Arc<Form>>,
}

impl Forms {
    /// The forms built into the program.
    ///
    /// # Errors
    /// When a built-in mapping file is wrong, which the tests rule out.
    pub fn built_in() -> Result<Self, FormError> {
        let mut forms = Self::default();
        for (name, text) in BUILT_IN {
            forms.add(name, text)?;
        }
        Ok(forms)
    }

    /// The mapping files built into the program: name and text.
    pub fn sources() -> &'static [(&'static str, &'static str)] {
        BUILT_IN
    }

    /// Adds a form from the text of a mapping file; one with the same id is replaced.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn add(&mut self, name: &str, text: &str) -> Result<Arc<Form>, FormError> {
        let form = Arc::new(compile(name, text)?);
        match self.forms.iter_mut().find(|known| known.id == form.id) {
            Some(known) => *known = Arc::clone(&form),
            None => self.forms.push(Arc::clone(&form)),
        }
        Ok(form)
    }

    /// The form with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Form>> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// All forms in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Form>> {
        self.forms.iter()
    }
}
