//! Migration: converts a report of one form to another, with findings about what could not move. Pure: reports and forms only.

mod carry;
mod compile;
mod source;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::finding::Message;
use crate::form::{FieldIndex, Form, FormError, Forms};

pub use source::{DropSource, MigrationSource, MoveSource, NewSource, SplitSource, SumSource};

/// The built-in migrations: name and text.
static BUILT_IN: &[(&str, &str)] = &[
    ("gkbg-2019-to-gkbg-2021.toml", include_str!("../../mappings/migrations/gkbg-2019-to-gkbg-2021.toml")),
    ("gkbg-2021-to-gkbg-2019.toml", include_str!("../../mappings/migrations/gkbg-2021-to-gkbg-2019.toml")),
    ("gktj-2014-to-gkbg-2019.toml", include_str!("../../mappings/migrations/gktj-2014-to-gkbg-2019.toml")),
];

/// A migration from one form to another.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The source form.
    pub from: Arc<Form>,
    /// The target form.
    pub to: Arc<Form>,
    /// The steps; each field of both forms is in exactly one.
    steps: Vec<Step>,
}

/// A step of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// A figure is moved to a field.
    Move { from: FieldIndex, to: FieldIndex, note: Option<Arc<Message>> },
    /// A figure is dropped.
    Drop { from: FieldIndex, reason: Arc<Message> },
    /// A figure is the sum of several fields.
    Split { from: FieldIndex, to: Vec<FieldIndex> },
    /// Figures are summed in a field.
    Sum { from: Vec<FieldIndex>, to: FieldIndex },
    /// A field has no source.
    New { to: FieldIndex },
}

/// A set of migrations.
#[derive(Debug, Clone, Default)]
pub struct Migrations {
    list: Vec<Migration>,
}

impl Migrations {
    /// The built-in migrations between these forms. One that does not match them, because a form was replaced, is left out.
    pub fn built_in(forms: &Forms) -> Self {
        let fitting = BUILT_IN.iter().filter_map(|(name, text)| compile::compile(name, text, forms).ok());
        Self { list: fitting.collect() }
    }

    /// The built-in migration files: name and text.
    pub fn sources() -> &'static [(&'static str, &'static str)] {
        BUILT_IN
    }

    /// Adds a migration from the text of its file; it replaces one between the same forms.
    ///
    /// # Errors
    /// All mistakes in the file: unknown forms and fields, fields in no step or in two.
    pub fn add(&mut self, name: &str, text: &str, forms: &Forms) -> Result<(), FormError> {
        let migration = compile::compile(name, text, forms)?;
        self.list.retain(|known| (&known.from.id, &known.to.id) != (&migration.from.id, &migration.to.id));
        self.list.push(migration);
        Ok(())
    }

    /// The first of the forms that are brought into each other, of which this is one: reports of one kind, whatever the year.
    pub fn family(&self, forms: &Forms, form: &str) -> String {
        let near = |one: &str, other: &str| self.between(one, other).is_some() || self.between(other, one).is_some();
        let mut family = BTreeSet::from([form]);
        loop {
            let known = forms.iter().map(|other| other.id.as_str());
            let more: Vec<&str> = known
                .filter(|other| !family.contains(other) && family.iter().any(|member| near(member, other)))
                .collect();
            if more.is_empty() {
                return family.first().map_or(form, |first| *first).to_owned();
            }
            family.extend(more);
        }
    }

    /// The migration from one form to another.
    pub fn between(&self, from: &str, to: &str) -> Option<&Migration> {
        self.list.iter().find(|migration| migration.from.id == from && migration.to.id == to)
    }
}
