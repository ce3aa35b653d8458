//! The roll-up of the folder, computed as by the command `rollup`, and its view model for the page.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::agencies::Matcher;
use crate::agencies::TreeNode;
use crate::batch::{self, Content, Input, Loader, Pipeline, guarded};
use crate::check::Context;
use crate::finding::{Bilingual, Message, Severity};
use crate::form::{ChartKind, Form};
use crate::report::Report;
use crate::rollup::Compared;
use crate::rollup::{Arrival, Collection, Outcome, Previous, Rollup, Told, Unlisted};
use crate::summary;

use super::desk::{Desk, corrections, input};
use super::{Answer, SentFile};

impl Desk<'_> {
    /// Rolls up reports and writes the files of the roll-up into the folder `out`.
    pub(super) fn rollup(
        &mut self,
        (files, before): (&[SentFile], &[SentFile]),
        year: Option<i16>,
        without_errors: bool,
        out: &Path,
    ) -> Answer {
        let mut read: Vec<(String, Outcome)> = Vec::new();
        for file in files {
            let reports = self.reports(file).map(|(_, reports)| reports);
            let reports = reports.map(|reports| {
                reports.into_iter().map(|report| without_text(self.examined(report, file).report)).collect()
            });
            read.push((file.name.clone(), reports));
        }
        let named;
        let (forms, migrations) = (&self.shelf.forms, &self.shelf.migrations);
        let mut collection;
        if let Some(agencies) = &self.shelf.agencies {
            collection = Collection::new(forms, migrations, agencies, without_errors);
            for (name, outcome) in read {
                collection.add(name, outcome);
            }
        } else {
            let mut unlisted = Unlisted::new(forms, migrations, without_errors);
            for (name, outcome) in read {
                unlisted.add(name, outcome);
            }
            named = unlisted.agencies();
            collection = unlisted.with_agencies(&named);
        }
        let Some(mut rollup) = collection.finish_uncompared(year, &unknown) else {
            return Answer::No(Message::new("还没有可以汇总的报告。", "there is no report to add up"));
        };
        if let Some((found, told)) = self.year_before(&rollup, before, without_errors) {
            rollup.findings.extend(found.comparison_finding(&rollup));
            rollup.findings.extend(told);
            rollup.previous = Some(found);
        }
        let mut report = rollup.report();
        self.pipeline.check(&mut report, &Context { is_sum: true, ..Context::default() });
        match write(&rollup, &report, out) {
            Ok(names) => Answer::Shown(shown(&rollup, &report, &names)),
            Err(why) => Answer::No(why),
        }
    }

    /// Last year's figures, with the findings about their files. The source is the first of: a roll-up of last year that the settings
    /// name, last year's reports that the settings name, last year's reports among `files`.
    fn year_before(&self, rollup: &Rollup, files: &[SentFile], without_errors: bool) -> Option<(Previous, Vec<Told>)> {
        let year = rollup.year.checked_sub(1)?;
        let (forms, migrations) = (&self.shelf.forms, &self.shelf.migrations);
        let pipeline = Pipeline::new(forms, None).into_form(migrations, rollup.form.id.clone());
        let path = self.settings.path("previous").filter(|path| path.exists());
        let listed = path.and_then(|path| batch::list(&[path.to_string_lossy().into_owned()], None).ok());
        let inputs = listed.map(|listed| listed.list).unwrap_or_default();
        if let [input] = inputs.as_slice()
            && let Some(found) = sums_of(&pipeline, input, rollup, year)
        {
            return Some((found, Vec::new()));
        }
        let mut collection = Collection::new(forms, migrations, rollup.agencies, without_errors);
        for input in &inputs {
            let outcome = guarded(|| pipeline.report(input, &Content::from_bytes(&Loader::default().bytes(input)?)));
            collection.add(Arc::clone(&input.path), outcome);
        }
        let before = collection.finish_uncompared(Some(year), &unknown).or_else(|| {
            let mut collection = Collection::new(forms, migrations, rollup.agencies, without_errors);
            for file in files {
                let (input, corrections) = (input(file), corrections(file));
                let pipeline = Pipeline::new(forms, self.form()).into_form(migrations, rollup.form.id.clone());
                let pipeline = pipeline.correcting(Some(&corrections));
                let outcome =
                    guarded(|| pipeline.report(&input, &Content::from_bytes(&Loader::default().bytes(&input)?)));
                collection.add(file.name.as_str(), outcome);
            }
            collection.finish_uncompared(Some(year), &unknown)
        })?;
        let previous = Previous::of_rollup(rollup, &before);
        // Findings about the agencies file itself are already in this year's roll-up.
        let told = before.findings.into_iter().filter(|told| told.agency.is_some() || told.file.is_some());
        Some((previous, told.collect()))
    }
}

/// The arrival of a file of which only its own reports matter: the page leaves out those that came as last year's.
fn unknown(_: &str) -> Arrival {
    Arrival::default()
}

/// Last year's figures of a single file, if it is a roll-up of that year.
fn sums_of(pipeline: &Pipeline, input: &Input, rollup: &Rollup, year: i16) -> Option<Previous> {
    let read = guarded(|| pipeline.read_sums(input, &Content::from_bytes(&Loader::default().bytes(input)?)));
    let report = read.ok()?;
    let name = report.agency.as_deref().unwrap_or_default();
    let same = |top| Matcher::new(rollup.agencies).find(name).agency == Some(top);
    let found = Previous::of_report(&rollup.form, &report).filter(|found| found.year == year);
    found.filter(|_| rollup.superior().is_none_or(same))
}

/// A report without its text and pictures, to save memory.
fn without_text(mut report: Report) -> Report {
    (report.sections, report.unclaimed, report.pictures) = (Vec::new(), Vec::new(), Vec::new());
    report
}

/// Writes the files of a roll-up into a folder; returns their names.
fn write(rollup: &Rollup, report: &Report, out: &Path) -> Result<Vec<String>, Message> {
    let files = summary::files(rollup, report);
    // One worker: only one file of the roll-up is built at a time.
    batch::write_together(out, &files, 1).map_err(|error| error.message())?;
    Ok(files.into_iter().map(|file| file.name).collect())
}

/// A column of the page: the sum of some fields, with its label.
struct Column {
    label: String,
    fields: Vec<usize>,
}

/// The columns shown for each agency: the slices of the form's charts by agency, then those of its charts of shares.
fn columns(form: &Form) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |label: &str, fields: Vec<usize>| {
        if !columns.iter().any(|column| column.fields == fields) {
            columns.push(Column { label: label.to_owned(), fields });
        }
    };
    for chart in form.charts.iter().filter(|chart| chart.kind == ChartKind::Agencies) {
        chart.slices.iter().for_each(|slice| add(&slice.label, slice.fields.clone()));
    }
    for chart in form.charts.iter().filter(|chart| chart.kind == ChartKind::Shares) {
        chart.slices.iter().for_each(|slice| add(&slice.label, slice.fields.clone()));
    }
    columns
}

fn sum(fields: &[usize], figures: &[Option<Decimal>]) -> Option<Decimal> {
    let mut numbers = fields.iter().filter_map(|&field| figures.get(field).copied().flatten());
    let first = numbers.next()?;
    numbers.try_fold(first, Decimal::checked_add)
}

/// The sum of fields; `None` if one of them has no figure.
fn whole(fields: &[usize], figures: &[Option<Decimal>]) -> Option<Decimal> {
    fields.iter().try_fold(Decimal::ZERO, |sum, &field| sum.checked_add(figures.get(field).copied().flatten()?))
}

fn number(number: Option<Decimal>) -> Value {
    number.map_or(Value::Null, |number| Value::String(number.normalize().to_string()))
}

fn shown(rollup: &Rollup, report: &Report, names: &[String]) -> Value {
    let form = &*rollup.form;
    let columns = columns(form);
    let row = |figures: &[Option<Decimal>]| {
        columns.iter().map(|column| number(sum(&column.fields, figures))).collect::<Vec<_>>()
    };
    let counts = rollup.counts_of_agencies();
    let (counted, mut sums) = (rollup.counted(), rollup.sums());
    let mut before = rollup.previous.as_ref().map(Previous::agencies);
    // Agencies that sent another year's report are listed in `others`, with the file.
    let sent_nothing = |agency: &usize| rollup.other_report(*agency).is_none();
    let missing: HashSet<usize> = rollup.missing.iter().copied().filter(sent_nothing).collect();
    let unreadable: HashSet<usize> = rollup.unreadable.iter().map(|sent| sent.agency).collect();
    let tree: Vec<Value> = rollup
        .agencies
        .in_tree_order()
        .into_iter()
        .map(|TreeNode { agency, depth }| {
            let node = &rollup.nodes[agency];
            let state = match node.own {
                Some(entry) if rollup.has_errors(entry) => "errors",
                Some(_) => "clean",
                None if unreadable.contains(&agency) => "failed",
                None if rollup.other_report(agency).is_some() => "other",
                None if missing.contains(&agency) => "none",
                None => "group",
            };
            let below = !rollup.agencies.children(agency).is_empty();
            json!({
                "name": rollup.agencies.list()[agency].name,
                "depth": depth,
                "below": below,
                "state": state,
                "includes": node.includes,
                "counted": node.own.is_some_and(|own| counted[own]),
                "values": row(&if below { sums.region(agency) } else { sums.itself(agency) }),
                "before": before.as_mut().map(|before| {
                    let before = before.region(agency);
                    columns.iter().map(|column| number(whole(&column.fields, &before))).collect::<Vec<_>>()
                }),
            })
        })
        .collect();
    let years: Vec<Value> = rollup.previous.iter().flat_map(|before| compared(rollup, before)).collect();
    let findings = rollup.findings.iter().filter(|told| told.finding.severity >= Severity::Warning).take(200);
    let findings: Vec<Value> = findings
        .map(|told| {
            let agency = told.agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
            json!({ "agency": agency, "file": told.file, "code": told.finding.code, "severity": told.finding.severity, "message": told.finding.message })
        })
        .collect();
    let broken: Vec<&Message> =
        report.findings.iter().filter(|found| found.rule.is_some()).map(|found| &found.message).collect();
    json!({
        "year": rollup.year,
        "form": { "id": form.id, "name": form.name },
        "superior": rollup.superior().map(|top| rollup.agencies.list()[top].name.as_str()),
        "listed": !rollup.agencies.are_of_reports(),
        "counts": { "expected": counts.expected, "reported": counts.reported, "unreadable": counts.unreadable, "unassigned": counts.unassigned, "other": counts.other, "missing": counts.missing, "repeated": counts.repeated, "taken": counts.taken },
        "said": counts.message(),
        "columns": columns.iter().map(|column| column.label.as_str()).collect::<Vec<_>>(),
        "total": row(&rollup.total.region),
        "totalBefore": rollup.previous.as_ref().map(|before| row(&before.total)),
        "charts": charts(rollup),
        "tree": tree,
        "years": years,
        // States which agencies are compared, if not all are.
        "compared": rollup.previous.as_ref().and_then(|before| before.comparison_finding(rollup)).map(|told| told.finding.message),
        "yearBefore": rollup.previous.as_ref().map(|before| before.year),
        "withErrors": (0..rollup.entries.len()).filter(|&entry| rollup.has_errors(entry)).count(),
        "missing": rollup.missing.iter().filter(|agency| sent_nothing(agency)).map(|&agency| rollup.agencies.list()[agency].name.as_str()).collect::<Vec<_>>(),
        "unreadable": rollup.unreadable.iter().map(|sent| json!({ "agency": rollup.agencies.list()[sent.agency].name, "file": sent.file })).collect::<Vec<_>>(),
        // Files of which no agency is known.
        "unassigned": rollup.unassigned,
        "repeated": rollup.repeated.iter().map(|one| json!({ "agency": rollup.agencies.list()[one.agency].name, "counted": one.counted, "others": one.others, "same": one.same })).collect::<Vec<_>>(),
        "others": rollup.others.iter().map(|one| json!({ "agency": one.agency, "year": one.year, "file": one.file })).collect::<Vec<_>>(),
        "findings": findings,
        "broken": broken,
        "files": names,
    })
}

/// Comparison of the rows of the tables with last year's: the last figure of every row, which is the total if the row has one.
fn compared<'r>(rollup: &'r Rollup, before: &'r Previous) -> impl Iterator<Item = Value> + 'r {
    let fields = rollup.form.fields.iter().enumerate().filter(|(index, field)| {
        let block = rollup.form.block(field);
        rollup.adds_up(*index) && (field.column + 1 == block.leaf_columns.len() || block.leaf_rows.len() == 1)
    });
    fields.map(|(index, _)| {
        let Compared { this, before: that } = before.compared(rollup, index);
        json!({ "label": rollup.form.describe(index), "this": number(this), "before": number(that) })
    })
}

fn charts(rollup: &Rollup) -> Vec<Value> {
    let chart = |chart: &crate::form::Chart| match chart.kind {
        ChartKind::Shares => {
            let slices = chart.slices.iter().map(
                |slice| json!({ "label": slice.label, "value": number(sum(&slice.fields, &rollup.total.region)) }),
            );
            json!({ "kind": "shares", "title": chart.title, "slices": slices.collect::<Vec<_>>() })
        }
        ChartKind::Agencies => {
            let fields: Vec<usize> = chart.slices.iter().flat_map(|slice| slice.fields.iter().copied()).collect();
            let mut bars: Vec<(Decimal, Value)> = Vec::new();
            let (mut sums, mut before) = (rollup.sums(), rollup.previous.as_ref().map(Previous::agencies));
            for agency in 0..rollup.nodes.len() {
                if let Some(value) = sum(&fields, &sums.itself(agency)) {
                    let before = before.as_mut().and_then(|before| whole(&fields, &before.region(agency)));
                    let name = &rollup.agencies.list()[agency].name;
                    bars.push((
                        value,
                        json!({ "label": name, "value": number(Some(value)), "before": number(before) }),
                    ));
                }
            }
            bars.sort_by_key(|bar| std::cmp::Reverse(bar.0));
            json!({ "kind": "agencies", "title": chart.title, "slices": bars.into_iter().take(12).map(|bar| bar.1).collect::<Vec<_>>() })
        }
    };
    rollup.form.charts.iter().map(chart).collect()
}
