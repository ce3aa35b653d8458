//! View model of a report for the page: tables in the official shape, cells with their sources, text, findings, rules.

use serde_json::{Value, json};

use crate::check::{Context, Verdict, assess};
use crate::finding::{Finding, in_words};
use crate::form::{Field, Form, Layout, LayoutContent};
use crate::report::{Content, ExtraTable, Report, Source};

use super::desk::Desk;
use super::examine::{Examined, ids_of};
use super::terms::side;
use super::{Answer, Which};

impl Desk<'_> {
    /// The view model of a report.
    pub(super) fn view(&mut self, which: &Which) -> Answer {
        match self.one(which) {
            Ok((_, examined)) => Answer::Shown(self.shown(&examined)),
            Err(message) => Answer::No(message),
        }
    }

    /// A report as JSON for the page.
    pub(super) fn shown(&self, examined: &Examined) -> Value {
        let Examined { report, before, findings } = examined;
        let Some(form) = self.shelf.forms.get(&report.form) else { return Value::Null };
        // The rows of open tables are those that the report has.
        let typed = report.source.as_ref().is_some_and(Source::is_typed);
        let typing = (typed && form.is_open()).then(|| typing(form, report));
        let form = &*form.expanded(report.values.keys().map(String::as_str));
        let listed = self.matcher.as_ref().zip(report.agency.as_deref());
        let listed = listed.and_then(|(matcher, name)| Some(matcher.name(matcher.find(name).agency?).to_owned()));
        json!({
            "form": { "id": form.id, "name": form.name, "basis": form.basis },
            "agency": report.agency,
            "listed": listed,
            "year": report.year,
            "title": report.title,
            "published": report.published,
            "typed": typed,
            "typing": typing,
            "format": report.source.as_ref().map(|source| source.format),
            "tables": tables(form),
            "cells": cells(form, report, before.as_ref()),
            "sections": sections(form, report),
            "findings": shown_findings(form, findings),
            "rules": rules(form, report, before.as_ref()),
            "previous": before.is_some(),
        })
    }
}

/// The tables for manual entry of a form with open rows: each with an added empty row, and the fields of these rows.
fn typing(form: &Form, report: &Report) -> Value {
    let form = form.typing(report.values.keys().map(String::as_str));
    let new = |(index, field): (usize, &Field)| {
        let about = json!({ "label": form.describe(index), "words": !field.kind.is_figure() });
        (!report.values.contains_key(&field.id)).then(|| (field.id.clone(), about))
    };
    let fields: serde_json::Map<String, Value> = form.fields.iter().enumerate().filter_map(new).collect();
    json!({ "tables": tables(&form), "fields": fields })
}

/// The tables of a form in their official layout: for each row its cells with kind, position, spans, and text or field id.
pub(super) fn tables(form: &Form) -> Value {
    let cell = |cell: &crate::form::LayoutCell| {
        let (kind, text) = match &cell.content {
            LayoutContent::Caption(text) => ("caption", text.as_str()),
            LayoutContent::Corner(text) => ("corner", text.as_str()),
            LayoutContent::ColumnHead(text) => ("column", text.as_str()),
            LayoutContent::RowHead(text) => ("row", text.as_str()),
            LayoutContent::Field(field) => ("field", form.fields[*field].id.as_str()),
        };
        json!({ "kind": kind, "row": cell.row, "column": cell.column, "rows": cell.row_span, "columns": cell.col_span, "text": text })
    };
    let tables = form.tables.iter().enumerate().map(|(number, table)| {
        let layout = Layout::for_table(form, number);
        let rows: Vec<Vec<Value>> = layout.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let section = form.sections[table.section].heading.as_ref().map(|heading| heading.text.as_str());
        json!({
            "id": table.id,
            "name": table.name,
            "section": section,
            "columns": layout.columns,
            "labels": table.label_columns,
            "head": layout.header_rows,
            "widths": table.widths,
            "rows": rows,
        })
    });
    tables.collect()
}

fn cells(form: &Form, report: &Report, before: Option<&Report>) -> Value {
    let cell = |(index, field): (usize, &crate::form::Field)| {
        let value = report.value(index, &field.id)?;
        let mut cell = json!({
            "text": value.value.map_or_else(|| value.raw.trim().to_owned(), |number| number.normalize().to_string()),
            "kind": value.kind,
            "label": form.describe(index),
        });
        let mut put = |key: &str, value: Value| cell[key] = value;
        if let Some(number) =
            value.value.filter(|number| value.raw.trim() != number.normalize().to_string() && value.corrected.is_none())
        {
            put("raw", json!(value.raw));
            put("number", json!(number.normalize().to_string()));
        }
        if let Some(unit) = field.unit.as_ref() {
            put("unit", json!(unit));
        }
        if !value.deduced.is_empty() {
            put("deduced", json!(value.deduced));
        }
        if let Some(place) = &value.place {
            put("place", json!(in_words(place)));
        }
        if let Some(corrected) = &value.corrected {
            put("corrected", json!(corrected));
        }
        if let Some(number) = before.and_then(|before| before.values.get(&field.id)?.value) {
            put("before", json!(number.normalize().to_string()));
        }
        Some((field.id.clone(), cell))
    };
    Value::Object(form.fields.iter().enumerate().filter_map(cell).collect())
}

fn sections(form: &Form, report: &Report) -> Value {
    let piece = |number: &mut usize, piece: &Content| match piece {
        Content::Paragraph { text, level, .. } => {
            *number += 1;
            json!({ "paragraph": *number, "text": text, "level": level })
        }
        Content::Table { table } => json!({ "table": table }),
        Content::Extra(table) => json!({ "extra": extra(table) }),
        Content::Picture { alt, .. } => json!({ "picture": alt }),
    };
    let section = |section: &crate::report::Section| {
        let mut number = 0;
        let known = form.section(&section.id);
        let content: Vec<Value> = section.content.iter().map(|one| piece(&mut number, one)).collect();
        let heading = section.heading.clone().or_else(|| Some(known?.heading.as_ref()?.text.clone()));
        json!({ "id": section.id, "heading": heading, "most": known.and_then(|known| known.max_characters), "content": content })
    };
    let mut sections: Vec<Value> = report.sections.iter().map(section).collect();
    if !report.unclaimed.is_empty() {
        let mut number = 0;
        let content: Vec<Value> = report.unclaimed.iter().map(|one| piece(&mut number, one)).collect();
        sections.push(json!({ "id": "", "heading": null, "content": content }));
    }
    Value::Array(sections)
}

fn extra(table: &ExtraTable) -> Value {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new(); table.rows as usize];
    for cell in &table.cells {
        if let Some(row) = rows.get_mut(cell.row as usize) {
            row.push(json!({ "text": cell.text, "rows": cell.row_span, "columns": cell.col_span }));
        }
    }
    json!(rows)
}

fn shown_findings(form: &Form, findings: &[Finding]) -> Value {
    let shown = |(id, finding): (String, &Finding)| {
        let name = |field: &str| form.field_index(field).map(|index| form.describe(index));
        let culprits: Vec<Value> = finding
            .culprits
            .iter()
            .map(|culprit| json!({ "field": culprit.field, "label": name(&culprit.field), "from": culprit.from.map(|n| n.normalize().to_string()), "to": culprit.to.map(|n| n.normalize().to_string()) }))
            .collect();
        json!({
            "id": id,
            "code": finding.code,
            "rule": finding.rule,
            "severity": finding.severity,
            "fields": finding.fields,
            "where": finding.fields.first().and_then(|field| name(field)),
            "culprits": culprits,
            "proposal": finding.proposal.as_ref().map(|one| json!({ "field": one.field, "label": name(&one.field), "to": one.value.normalize().to_string(), "quoted": one.quoted })),
            "message": finding.message,
            "accepted": finding.waived,
            "place": finding.place.as_ref().map(in_words),
        })
    };
    ids_of(findings).into_iter().zip(findings).map(shown).collect()
}

/// The outcome of every rule: for each instance its verdict, both sides in figures, and the ids of its fields.
fn rules(form: &Form, report: &Report, before: Option<&Report>) -> Value {
    let context = Context { previous: before, ..Context::default() };
    let rules = form.rules.iter().zip(assess(form, report, &context)).map(|(rule, verdicts)| {
        let instances: Vec<Value> = rule
            .instances
            .iter()
            .zip(verdicts)
            .map(|(instance, verdict)| {
                let (word, values) = match verdict {
                    Verdict::Pass => ("holds", None),
                    Verdict::Fail(left, right) => ("fails", Some((left, right))),
                    Verdict::NotAssessable(_) => ("open", None),
                    Verdict::Skipped => ("skipped", None),
                };
                let mut fields: Vec<&str> =
                    instance.operands().map(|operand| form.fields[operand.field].id.as_str()).collect();
                fields.dedup();
                json!({
                    "scope": instance.scope,
                    "verdict": word,
                    "left": side(form, (report, before), &instance.left),
                    "right": side(form, (report, before), &instance.right),
                    "values": values.map(|(left, right)| [left.normalize().to_string(), right.normalize().to_string()]),
                    "fields": fields,
                })
            })
            .collect();
        json!({ "id": rule.id, "text": rule.text, "instances": instances })
    });
    rules.collect()
}
