//! Charts of a form: the figures to draw.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{FieldIndex, Form, Mistake};
use crate::finding::Message;

/// Kind of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// Bar chart with one bar per agency: the sum of the figures.
    Agencies,
    /// Pie chart: the share of each figure in their total.
    Shares,
}

/// A chart for the workbook of a roll-up, as written in a mapping file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartSource {
    /// Title.
    pub title: Message,
    /// Kind of the chart.
    pub kind: ChartKind,
    /// Field ids; `group.*.total` is the sum of all fields whose id begins with `group.` and ends with `.total`.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
}

/// A chart, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Title.
    pub title: Message,
    /// Kind of the chart.
    pub kind: ChartKind,
    /// The plotted figures.
    pub slices: Vec<Slice>,
}

/// A plotted figure: the sum of some fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Label, as worded in the form.
    pub label: String,
    /// The summed fields.
    pub fields: Vec<FieldIndex>,
}

/// Resolves the field ids of a chart.
pub(super) fn resolve(source: &ChartSource, form: &Form) -> Result<Chart, Mistake> {
    let mut slices = Vec::new();
    for name in &source.fields {
        let id = name.get_ref();
        let fields: Vec<FieldIndex> = match id.split_once('*') {
            Some((before, after)) => (0..form.fields.len())
                .filter(|&index| {
                    let id = &form.fields[index].id;
                    id.len() >= before.len() + after.len() && id.starts_with(before) && id.ends_with(after)
                })
                .collect(),
            None => form.field_index(id).into_iter().collect(),
        };
        let Some(&first) = fields.first() else {
            return Err(Mistake::no_field(name.span(), id));
        };
        slices.push(Slice { label: label(form, first, id.contains('*')), fields });
    }
    Ok(Chart { title: source.title.clone(), kind: source.kind, slices })
}

/// The label of a field's row, or of the group that contains the row.
fn label(form: &Form, index: FieldIndex, group: bool) -> String {
    let field = &form.fields[index];
    let path = &form.block(field).leaf_rows[field.row].path;
    let own = path.len().checked_sub(if group { 2 } else { 1 }).and_then(|at| path.get(at));
    own.or(path.last()).map_or_else(|| form.describe(index).zh, |label| label.text.clone())
}
