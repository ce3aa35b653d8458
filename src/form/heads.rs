//! Row and column heads as written in a mapping file, with the properties inherited from their groups.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::source::{HeadRole, HeadSource};
use super::{Choice, ColumnSlot, FieldKind, Head, Label, Leaf};

/// Properties that a field inherits from its table, block, row and column; the innermost setting wins.
#[derive(Clone, Default)]
pub(super) struct Inherited {
    pub(super) kind: Option<FieldKind>,
    pub(super) unit: Option<String>,
    pub(super) choice: Option<Arc<Choice>>,
    pub(super) when: Option<String>,
}

impl Inherited {
    pub(super) fn with_defaults(&self, kind: Option<FieldKind>, unit: Option<&String>) -> Self {
        Self { kind: kind.or(self.kind), unit: unit.cloned().or_else(|| self.unit.clone()), ..self.clone() }
    }

    fn for_head(&self, head: &HeadSource) -> Self {
        let mut inherited = self.with_defaults(head.kind, head.unit.as_ref());
        if !head.of.is_empty() {
            inherited.choice = Some(Arc::new(Choice::new(&head.of, head.marks.as_deref(), head.several)));
            inherited.kind = Some(head.kind.unwrap_or(FieldKind::Choice));
        }
        inherited.when = head.when.clone().or(inherited.when);
        inherited
    }
}

pub(super) fn depth_of(head: &HeadSource) -> u32 {
    let below = head.children.iter().map(|child| depth_of(child.get_ref())).max().unwrap_or(0);
    below + u32::from(head.heading.is_none())
}

pub(super) fn has_heading(head: &HeadSource) -> bool {
    head.heading.is_some() || head.children.iter().any(|child| has_heading(child.get_ref()))
}

impl Leaf {
    pub(super) fn taking(&self, from: &Inherited) -> Self {
        Self { kind: from.kind, unit: from.unit.clone(), choice: from.choice.clone(), ..self.clone() }
    }
}

impl Head {
    /// Recurses over nested groups: mapping files are trusted, and the TOML parser bounds their nesting.
    pub(super) fn new(source: &HeadSource) -> Self {
        Self {
            label: Label::called(
                source.heading.as_ref().unwrap_or(&source.label),
                source.short.as_deref(),
                &source.variants,
            ),
            role: source.role,
            heading: source.heading.is_some(),
            children: source.children.iter().map(|child| Self::new(child.get_ref())).collect(),
        }
    }
}

#[derive(Clone, Default)]
pub(super) struct Path {
    ids: Vec<String>,
    labels: Vec<Label>,
}

#[derive(Default)]
pub(super) struct Leaves {
    #[allow(clippy::struct_field_names, reason = "leaves of a tree of labels")]
    pub(super) leaves: Vec<(Leaf, Inherited)>,
    pub(super) slots: Vec<ColumnSlot>,
    under: Option<Label>,
    pub(super) mistakes: Vec<(Range<usize>, String, String)>,
}

impl Leaves {
    pub(super) fn add(&mut self, head: &Spanned<HeadSource>, path: &Path, inherited: &Inherited) {
        let (span, head) = (head.span(), head.get_ref());
        if let Some(heading) = &head.heading {
            self.under = Some(Label::called(heading, head.short.as_deref(), &head.variants));
            for child in &head.children {
                self.add(child, path, &inherited.for_head(head));
            }
            return;
        }
        match head.role {
            HeadRole::Field => {}
            HeadRole::Unit => return self.slots.push(ColumnSlot::Unit),
            HeadRole::Ignore => return self.slots.push(ColumnSlot::Number),
        }
        if head.label.is_empty() {
            let en = "a row or column needs a `label`, or a `heading`".to_owned();
            self.mistakes.push((span.clone(), "行和栏要有 label 或 heading。".to_owned(), en));
        }
        let mut path = path.clone();
        path.ids.extend(head.id.clone());
        path.labels.push(Label::called(&head.label, head.short.as_deref(), &head.variants));
        let inherited = inherited.for_head(head);
        if head.children.is_empty() {
            self.slots.push(ColumnSlot::Leaf(self.leaves.len()));
            let leaf = Leaf {
                id: path.ids.join("."),
                path: path.labels,
                parts: head.parts.clone(),
                digits: digits(head),
                under: self.under.clone(),
                span,
                ..Leaf::default()
            };
            self.leaves.push((leaf, inherited));
            return;
        }
        for child in &head.children {
            self.add(child, &path, &inherited);
        }
    }
}

/// Default lengths of the parts of codes.
const CODES: &str = include_str!("../../mappings/defaults/codes.toml");

#[derive(serde::Deserialize)]
struct Codes {
    digits: Vec<usize>,
}

/// Digits of each part of a code.
fn digits(head: &HeadSource) -> Vec<usize> {
    if head.parts.is_empty() || !head.digits.is_empty() {
        return head.digits.clone();
    }
    toml::from_str(CODES).map_or_else(|_| Vec::new(), |codes: Codes| codes.digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_digits_has_those_of_the_defaults() {
        let code = HeadSource { parts: vec!["类".into(), "款".into()], ..HeadSource::default() };
        assert_eq!(digits(&code), [3, 2]);
        let own = HeadSource { digits: vec![2, 4], ..code };
        assert_eq!(digits(&own), [2, 4]);
        assert!(digits(&HeadSource::default()).is_empty());
    }
}
