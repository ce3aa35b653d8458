//! Migrates a report: figures by the steps of the migration, narrative by sections, findings for what changed.

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::{Migration, Step};
use crate::finding::code::migrate::{FIELDS_WITHOUT_SOURCE, FIGURE_NOT_SPLIT, FIGURE_RENAMED, FIGURES_WITHOUT_PLACE};
use crate::finding::{Code, Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::{Content, ExtraCell, ExtraTable, Kind, Report, Section, Value};

impl Migration {
    /// Migrates a report of [`Migration::from`] to [`Migration::to`]. Figures without a place are put into a table after all sections; a
    /// figure that the target form splits is known only if it is 0 and its parts cannot be negative.
    pub fn migrate(&self, mut report: Report) -> Report {
        let mut carried = Carried::new(self, std::mem::take(&mut report.values));
        for step in &self.steps {
            carried.step(step);
        }
        let Carried { values, told, left, .. } = carried;
        report.values = values;
        report.form.clone_from(&self.to.id);
        report.findings.extend(told.findings(self));
        self.parts(&mut report);
        if !left.is_empty() {
            report.unclaimed.extend(leftover(&self.from, &left));
        }
        if let (Some(agency), Some(year)) = (&report.agency, report.year) {
            report.title = self.to.title.for_period(agency, year, report.months()).or_else(|| report.title.take());
        }
        report
    }

    /// Moves sections that the target form does not have to the end; removes tables that it does not have, together with their figures.
    fn parts(&self, report: &mut Report) {
        let (known, unknown): (Vec<Section>, Vec<Section>) = std::mem::take(&mut report.sections)
            .into_iter()
            .partition(|section| self.to.section(&section.id).is_some());
        report.sections = known;
        for section in &mut report.sections {
            section.content.retain(|content| self.has_place_for(content));
        }
        for section in unknown {
            report.unclaimed.extend(section.heading.map(Content::text));
            report.unclaimed.extend(section.content.into_iter().filter(|content| self.has_place_for(content)));
        }
    }

    fn has_place_for(&self, content: &Content) -> bool {
        match content {
            Content::Table { table } => self.to.tables.iter().any(|known| known.id == *table),
            _ => true,
        }
    }
}

struct Carried<'a> {
    migration: &'a Migration,
    old: IndexMap<String, Value>,
    values: IndexMap<String, Value>,
    told: Events,
    /// Reason why figures to be added were not.
    no_sum: Arc<Message>,
    /// Figures without a place.
    left: Vec<(FieldIndex, Value)>,
}

/// A figure as written.
type WrittenFigure = (FieldIndex, String);

/// Events of a migration, grouped so that a group of fields makes one finding.
#[derive(Default)]
struct Events {
    renamed: Vec<(Arc<Message>, Vec<FieldIndex>)>,
    dropped: Vec<(Arc<Message>, Vec<WrittenFigure>)>,
    unsplit: Vec<(FieldIndex, String, Vec<FieldIndex>)>,
    new: Vec<FieldIndex>,
}

impl<'a> Carried<'a> {
    fn new(migration: &'a Migration, old: IndexMap<String, Value>) -> Self {
        let values = migration.to.fields.iter().map(|field| (field.id.clone(), Value::default())).collect();
        let no_sum = Arc::new(Message::new(
            "新格式把这些栏目合为一栏，其中有的不是数字，不能相加",
            "the form adds these up, and some of them are no numbers",
        ));
        Self { migration, old, values, told: Events::default(), no_sum, left: Vec::new() }
    }

    fn value(&self, from: FieldIndex) -> Value {
        self.old.get(&self.migration.from.fields[from].id).cloned().unwrap_or_default()
    }

    fn put(&mut self, to: FieldIndex, value: Value) {
        self.values.insert(self.migration.to.fields[to].id.clone(), value);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Move { from, to, note } => {
                let value = self.value(*from);
                if let (Some(note), true) = (note, says_something(&value)) {
                    gather(&mut self.told.renamed, note, *to);
                }
                self.put(*to, value);
            }
            Step::Drop { from, reason } => {
                let value = self.value(*from);
                if says_something(&value) {
                    gather(&mut self.told.dropped, reason, (*from, value.raw.clone()));
                    self.left.push((*from, value));
                }
            }
            Step::Split { from, to } => self.split(*from, to),
            Step::Sum { from, to } => {
                let values: Vec<Value> = from.iter().map(|from| self.value(*from)).collect();
                // A figure in a unit of its own is not added to others.
                let numbers = values.iter().map(|value| value.value.filter(|_| value.unit.is_none()));
                let sum = numbers.reduce(|sum, number| sum?.checked_add(number?)).flatten();
                match sum {
                    Some(sum) => self.put(*to, self.deduced(sum, &values[0])),
                    None if values.iter().any(says_something) => {
                        for (&from, value) in from.iter().zip(values) {
                            gather(&mut self.told.dropped, &self.no_sum, (from, value.raw.clone()));
                            self.left.push((from, value));
                        }
                    }
                    None => {}
                }
            }
            Step::New { to } => self.told.new.push(*to),
        }
    }

    fn split(&mut self, from: FieldIndex, to: &[FieldIndex]) {
        let value = self.value(from);
        let count = to.iter().all(|&to| self.migration.to.fields[to].kind == FieldKind::Count);
        if count && value.value == Some(Decimal::ZERO) {
            for &to in to {
                let zero = self.deduced(Decimal::ZERO, &value);
                self.put(to, zero);
            }
        } else if says_something(&value) {
            self.told.unsplit.push((from, value.raw.clone(), to.to_vec()));
            self.left.push((from, value));
        }
    }

    /// A figure computed from others, with the migration in place of a rule.
    fn deduced(&self, number: Decimal, of: &Value) -> Value {
        let rule = format!("{}-to-{}", self.migration.from.id, self.migration.to.id);
        Value { deduced: vec![rule], place: of.place.clone(), ..Value::number(number) }
    }
}

fn says_something(value: &Value) -> bool {
    !matches!(value.kind, Kind::Blank | Kind::Absent)
}

fn gather<T>(groups: &mut Vec<(Arc<Message>, Vec<T>)>, about: &Arc<Message>, thing: T) {
    match groups.iter_mut().find(|group| Arc::ptr_eq(&group.0, about)) {
        Some(group) => group.1.push(thing),
        None => groups.push((Arc::clone(about), vec![thing])),
    }
}

impl Events {
    fn findings(self, migration: &Migration) -> Vec<Finding> {
        let (from, to) = (&*migration.from, &*migration.to);
        let mut findings = Vec::new();
        for (note, fields) in self.renamed {
            let names = (to.id.clone(), ids(to, &fields));
            findings.push(finding(&FIGURE_RENAMED, &names.0, (&note.zh, &note.en), names.1));
        }
        for (reason, figures) in self.dropped {
            let shown = |language: fn(Message) -> String| {
                let parts = figures.iter().map(|(field, raw)| format!("{} {raw}", language(from.describe(*field))));
                parts.collect::<Vec<_>>()
            };
            let zh = format!("{}：{}", reason.zh, shown(|message| message.zh).join("；"));
            let en = format!("{}: {}", reason.en, shown(|message| message.en).join("; "));
            let fields: Vec<FieldIndex> = figures.iter().map(|figure| figure.0).collect();
            findings.push(finding(&FIGURES_WITHOUT_PLACE, &to.id, (&zh, &en), ids(from, &fields)));
        }
        if !self.unsplit.is_empty() {
            let shown = |language: fn(Message) -> String| {
                let parts =
                    self.unsplit.iter().map(|(field, raw, _)| format!("{} {raw}", language(from.describe(*field))));
                parts.collect::<Vec<_>>().join("；")
            };
            let (zh, en) = (
                format!("{}，不知如何分到新格式的各栏", shown(|message| message.zh)),
                format!("it is not known how these divide over the cells of the form: {}", shown(|message| message.en)),
            );
            let parts: Vec<FieldIndex> = self.unsplit.iter().flat_map(|(_, _, parts)| parts.iter().copied()).collect();
            findings.push(finding(&FIGURE_NOT_SPLIT, &to.id, (&zh, &en), ids(to, &parts)));
        }
        if !self.new.is_empty() {
            let shown: Vec<Message> = self.new.iter().map(|&field| to.describe(field)).collect();
            let zh = shown.iter().map(|message| message.zh.as_str()).collect::<Vec<_>>().join("；");
            let en = shown.iter().map(|message| message.en.as_str()).collect::<Vec<_>>().join("; ");
            let (zh, en) = (
                format!("{}：{zh}", FIELDS_WITHOUT_SOURCE.title.0),
                format!("{}: {en}", FIELDS_WITHOUT_SOURCE.title.1),
            );
            findings.push(finding(&FIELDS_WITHOUT_SOURCE, &to.id, (&zh, &en), ids(to, &self.new)));
        }
        findings
    }
}

fn finding(code: &Code, form: &str, (zh, en): (&str, &str), fields: Vec<String>) -> Finding {
    let message = Message::new(
        format!("转入格式{form}：{zh}。{}", code.remedy.0),
        format!("Into the form {form}: {en}. {}", code.remedy.1),
    );
    Finding::new(code, message).about(fields)
}

fn ids(form: &Form, fields: &[FieldIndex]) -> Vec<String> {
    fields.iter().map(|&field| form.fields[field].id.clone()).collect()
}

/// The figures without a place as a table of names and figures.
fn leftover(form: &Form, left: &[(FieldIndex, Value)]) -> Vec<Content> {
    let cell =
        |row: usize, column: u32, text: String| ExtraCell { row: row as u32, column, row_span: 1, col_span: 1, text };
    let mut cells = Vec::new();
    for (row, (field, value)) in left.iter().enumerate() {
        cells.push(cell(row, 0, form.describe(*field).zh));
        cells.push(cell(row, 1, value.raw.clone()));
    }
    let table = ExtraTable { rows: left.len() as u32, columns: 2, cells, place: None };
    vec![Content::text(format!("以下数据出自原格式“{}”，本格式没有对应栏目：", form.name.zh)), Content::Extra(table)]
}
