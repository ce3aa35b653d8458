//! The set of available forms: the built-in ones and those of a folder.

use std::sync::Arc;

use super::compile::compile;
use super::{Form, FormError, Mistake};

/// The mapping files built into the program: name and text.
static BUILT_IN: &[(&str, &str)] = &[
    ("gkbg-2019.toml", include_str!("../../mappings/gkbg-2019.toml")),
    ("gkbg-2021.toml", include_str!("../../mappings/gkbg-2021.toml")),
];

/// Further built-in mapping files: other official forms, and the form for documents without tables.
static FURTHER: &[(&str, &str)] = &[
    ("zfnb.toml", include_str!("../../mappings/zfnb.toml")),
    ("sangong.toml", include_str!("../../mappings/sangong.toml")),
    ("gktj-2014.toml", include_str!("../../mappings/gktj-2014.toml")),
    ("wznb.toml", include_str!("../../mappings/wznb.toml")),
    ("gongwen.toml", include_str!("../../mappings/gongwen.toml")),
];

/// A set of resolved forms, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Forms {
    forms: Vec<Arc<Form>>,
}

impl Forms {
    /// The annual reports on information disclosure, the program's default forms.
    ///
    /// # Errors
    /// If a built-in mapping file is invalid; the tests rule this out.
    pub fn built_in() -> Result<Self, FormError> {
        let mut forms = Self::default();
        for (name, text) in BUILT_IN {
            forms.insert(compile(name, text)?);
        }
        Ok(forms)
    }

    /// All built-in forms: the annual reports on information disclosure, then other official forms.
    ///
    /// # Errors
    /// As [`Forms::built_in`].
    pub fn all() -> Result<Self, FormError> {
        let mut forms = Self::built_in()?;
        for (name, text) in FURTHER {
            forms.insert(compile(name, text)?);
        }
        Ok(forms)
    }

    /// The built-in mapping files that [`Forms::all`] adds to [`Forms::built_in`]: name and text.
    pub fn further_sources() -> &'static [(&'static str, &'static str)] {
        FURTHER
    }

    /// The mapping files of [`Forms::built_in`]: name and text.
    pub fn sources() -> &'static [(&'static str, &'static str)] {
        BUILT_IN
    }

    /// Adds a form of the user from the text of a mapping file; it replaces a form with the same id, and is preferred to a built-in form
    /// that it resembles.
    ///
    /// # Errors
    /// All mistakes in the file.
    pub fn add(&mut self, name: &str, text: &str) -> Result<Arc<Form>, FormError> {
        let mut form = compile(name, text)?;
        form.own = true;
        let mistakes: Vec<Mistake> = form
            .patterns()
            .filter_map(|pattern| pattern.ready().err())
            .map(|error| Mistake::of_error(None, &error))
            .collect();
        if !mistakes.is_empty() {
            return Err(FormError { name: name.to_owned(), text: text.to_owned(), mistakes });
        }
        Ok(self.insert(form))
    }

    fn insert(&mut self, form: Form) -> Arc<Form> {
        let form = Arc::new(form);
        match self.forms.iter_mut().find(|known| known.id == form.id) {
            Some(known) => *known = Arc::clone(&form),
            None => self.forms.push(Arc::clone(&form)),
        }
        form
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

impl Form {
    /// The text of the form's mapping file.
    pub fn source(&self) -> &str {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_pattern_can_be_made_ready() {
        let forms = Forms::built_in().unwrap();
        for pattern in forms.iter().flat_map(|form| form.patterns()) {
            pattern.ready().unwrap();
        }
    }

    #[test]
    fn a_pattern_that_takes_too_much_memory_is_a_mistake_of_its_file() {
        let (name, text) = BUILT_IN[1];
        let text = text.replace("leftovers = [", "leftovers = [\"((a{1000}){1000}){100}\", ");
        let refused = Forms::default().add(name, &text).unwrap_err();
        assert!(refused.to_string().contains("size limit"), "{refused}");
    }
}
