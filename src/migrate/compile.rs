//! Resolves a migration file: field names to fields, with every field of both forms in exactly one step.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::source::MigrationSource;
use super::{Migration, Step};
use crate::finding::TomlError;
use crate::form::{FieldIndex, Form, FormError, Forms, LANGUAGE, Mistake};

/// Parses and resolves a migration file.
///
/// # Errors
/// All mistakes found, each with its byte range.
pub(super) fn compile(name: &str, text: &str, forms: &Forms) -> Result<Migration, FormError> {
    let fail = |mistakes: Vec<Mistake>| FormError { name: name.to_owned(), text: text.to_owned(), mistakes };
    let source: MigrationSource = toml::from_str(text)
        .map_err(|error| fail(vec![Mistake::of_error(error.span(), &TomlError::of_message(error.message()))]))?;
    if source.language != LANGUAGE {
        let zh = format!("language = {}：本程序只认 language = {LANGUAGE}。", source.language);
        let en = format!("language = {}: this program reads language {LANGUAGE}", source.language);
        return Err(fail(vec![Mistake::new(None, zh, en)]));
    }
    let form = |id: &Spanned<String>| {
        let (zh, en) = (format!("没有“{}”这个格式。", id.get_ref()), format!("no form `{}`", id.get_ref()));
        forms.get(id.get_ref()).cloned().ok_or_else(|| fail(vec![Mistake::new(id.span(), zh, en)]))
    };
    let (from, to) = (form(&source.from)?, form(&source.to)?);
    let mut compiler = Compiler { from: &from, to: &to, steps: Vec::new(), mistakes: Vec::new() };
    compiler.steps(&source);
    compiler.same_names();
    let Compiler { steps, mistakes, .. } = compiler;
    if mistakes.is_empty() { Ok(Migration { from, to, steps }) } else { Err(fail(mistakes)) }
}

struct Compiler<'a> {
    from: &'a Form,
    to: &'a Form,
    steps: Vec<Step>,
    mistakes: Vec<Mistake>,
}

/// A field that matches a name, and the characters matched by `*`.
type FieldMatch = (FieldIndex, String);

impl Compiler<'_> {
    fn steps(&mut self, source: &MigrationSource) {
        for step in &source.moves {
            let note = step.note.clone().map(Arc::new);
            for (from, star) in self.all(self.from, &step.from) {
                if let Some(to) = self.field(self.to, &step.to, &star) {
                    self.steps.push(Step::Move { from, to, note: note.clone() });
                }
            }
        }
        for step in &source.drop {
            let reason = Arc::new(step.reason.clone());
            for name in &step.fields {
                for (from, _) in self.all(self.from, name) {
                    self.steps.push(Step::Drop { from, reason: Arc::clone(&reason) });
                }
            }
        }
        for step in &source.split {
            for (from, star) in self.all(self.from, &step.from) {
                let to = step.to.iter().filter_map(|name| self.field(self.to, name, &star)).collect();
                self.steps.push(Step::Split { from, to });
            }
        }
        for step in &source.sum {
            for (to, star) in self.all(self.to, &step.to) {
                let from: Vec<FieldIndex> =
                    step.from.iter().filter_map(|name| self.field(self.from, name, &star)).collect();
                self.steps.push(Step::Sum { from, to });
            }
        }
        for name in source.new.iter().flat_map(|step| &step.fields) {
            for (to, _) in self.all(self.to, name) {
                self.steps.push(Step::New { to });
            }
        }
    }

    /// Carries over the fields that no step names, and reports those in no step or in two.
    fn same_names(&mut self) {
        let (mut left, mut filled) = (vec![0; self.from.fields.len()], vec![0; self.to.fields.len()]);
        for step in &self.steps {
            for from in step.from() {
                left[from] += 1;
            }
            for to in step.to() {
                filled[to] += 1;
            }
        }
        for from in (0..left.len()).filter(|&from| left[from] == 0).collect::<Vec<_>>() {
            let field = &self.from.fields[from];
            let Some(to) = self.to.field_index(&field.id).filter(|&to| filled[to] == 0) else { continue };
            (left[from], filled[to]) = (1, 1);
            let same = &self.to.fields[to];
            if (same.kind, &same.unit) == (field.kind, &field.unit) {
                self.steps.push(Step::Move { from, to, note: None });
            } else {
                let zh = format!("“{}”在两个格式中的类型或单位不同，请写明如何转换。", field.id);
                let en = format!("`{}` has another kind or unit in the two forms: name it", field.id);
                self.mistakes.push(Mistake::new(None, zh, en));
            }
        }
        for (form, counts) in [(self.from, &left), (self.to, &filled)] {
            for (field, count) in form.fields.iter().zip(counts).filter(|(_, count)| **count != 1) {
                let (field, form) = (&field.id, &form.id);
                let (zh, en) = match count {
                    0 => (
                        format!("没有写“{form}”的“{field}”如何转换。"),
                        format!("nothing is said of `{field}` of `{form}`"),
                    ),
                    _ => (
                        format!("“{form}”的“{field}”写了{count}次。"),
                        format!("`{field}` of `{form}` stands in {count} steps"),
                    ),
                };
                self.mistakes.push(Mistake::new(None, zh, en));
            }
        }
    }

    /// The fields that match a name; a mistake if there are none.
    fn all(&mut self, form: &Form, name: &Spanned<String>) -> Vec<FieldMatch> {
        let matching = form.fields.iter().enumerate();
        let found: Vec<FieldMatch> =
            matching.filter_map(|(index, field)| Some((index, star(name.get_ref(), &field.id)?))).collect();
        if found.is_empty() {
            self.unknown(form, name.get_ref(), name.span());
        }
        found
    }

    /// The field that matches a name with `*` replaced by `star`.
    fn field(&mut self, form: &Form, name: &Spanned<String>, star: &str) -> Option<FieldIndex> {
        let id = name.get_ref().replacen('*', star, 1);
        let found = form.field_index(&id);
        if found.is_none() {
            self.unknown(form, &id, name.span());
        }
        found
    }

    fn unknown(&mut self, form: &Form, name: &str, span: Range<usize>) {
        let zh = format!("“{name}”不对应“{}”的任何字段。", form.id);
        self.mistakes.push(Mistake::new(span, zh, format!("`{name}` stands for no field of `{}`", form.id)));
    }
}

impl Step {
    fn from(&self) -> Vec<FieldIndex> {
        match self {
            Self::Move { from, .. } | Self::Drop { from, .. } | Self::Split { from, .. } => vec![*from],
            Self::Sum { from, .. } => from.clone(),
            Self::New { .. } => Vec::new(),
        }
    }

    fn to(&self) -> Vec<FieldIndex> {
        match self {
            Self::Move { to, .. } | Self::Sum { to, .. } | Self::New { to } => vec![*to],
            Self::Split { to, .. } => to.clone(),
            Self::Drop { .. } => Vec::new(),
        }
    }
}

/// The characters of an id matched by `*` in a name; empty if the name has no `*` and equals the id.
fn star(name: &str, id: &str) -> Option<String> {
    let Some((before, after)) = name.split_once('*') else { return (name == id).then(String::new) };
    let rest = id.strip_prefix(before)?.strip_suffix(after)?;
    (!rest.is_empty()).then(|| rest.to_owned())
}
