//! Fields and controls whose text stands in attributes: drop-down fields of Word, and form controls (ISO/IEC 26300-1, 13).

use std::collections::BTreeMap;

use super::Walker;
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::{Event, Events, Tag};

/// Controls and choices of one list that are kept, and characters of a value.
const MOST: usize = 1_000;
const LONGEST: usize = 200;

/// What the controls of a document hold.
#[derive(Debug, Default)]
pub(super) struct Controls {
    values: BTreeMap<String, String>,
    /// The list whose choices are being read.
    list: String,
}

/// Whether an element is a drop-down field that came from Word.
pub(super) fn is_drop_down(tag: &Tag) -> bool {
    tag.local == "fieldmark" && tag.get("type").is_some_and(|kind| kind.ends_with("FORMDROPDOWN"))
}

/// Whether an element is a visible field with a formula.
pub(super) fn is_computed(tag: &Tag) -> bool {
    matches!(tag.local, "expression" | "table-formula" | "variable-set" | "variable-get" | "user-field-get")
        && tag.get("formula").is_some()
        && tag.get("display").as_deref() != Some("none")
}

impl Controls {
    /// Takes note of a control, or of the choice of a list.
    pub(super) fn take(&mut self, tag: &Tag) {
        let short = |value: &str| value.chars().take(LONGEST).collect::<String>();
        let said = |name: &str| tag.get(name).filter(|value| !value.trim().is_empty());
        if self.values.len() >= MOST {
            return;
        }
        match tag.local {
            "text" | "textarea" | "formatted-text" | "number" | "combobox" | "date" | "time" => {
                if let (Some(id), Some(value)) = (said("id"), said("current-value").or_else(|| said("value"))) {
                    self.values.insert(id.into_owned(), short(&value));
                }
            }
            "listbox" => self.list = said("id").unwrap_or_default().into_owned(),
            "option" if ["current-selected", "selected"].iter().any(|name| said(name).as_deref() == Some("true")) => {
                if let Some(label) = said("label") {
                    self.values.insert(self.list.clone(), short(&label));
                }
            }
            _ => {}
        }
    }
}

impl Walker<'_> {
    /// A control is shown here: what was filled into it is text; one that holds nothing is counted.
    pub(super) fn control(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let value = tag.get("control").and_then(|id| self.controls.values.get(&*id).cloned());
        if let Some(value) = value.filter(|_| !self.paragraphs.is_empty()) {
            return self.text(&value, budget);
        }
        self.skipped.add(SkippedKind::Object);
        Ok(())
    }

    /// What is chosen in a drop-down field, up to its end.
    pub(super) fn drop_down(&mut self, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        let outside = events.depth().saturating_sub(1);
        let (mut choices, mut chosen) = (Vec::new(), 0);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "param" => {
                    let value = tag.get("value").unwrap_or_default();
                    match tag.get("name").as_deref() {
                        Some("Dropdown_Selected") => chosen = value.trim().parse().unwrap_or(usize::MAX),
                        Some("Dropdown_ListEntry") if choices.len() < MOST => choices.push(value.into_owned()),
                        _ => {}
                    }
                }
                Event::Close(_) if events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        match choices.get(chosen) {
            Some(choice) => self.text(choice, budget),
            None => Ok(()),
        }
    }
}
