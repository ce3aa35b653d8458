//! Reads inputs in the program's own JSON and validates them against their forms.

use super::content::Content;
use crate::finding::code::batch::JSON_UNREADABLE;
use crate::finding::code::{check, fill};
use crate::finding::{Bilingual, Finding, Message};
use crate::form::{Form, Forms};
use crate::report::json;
use crate::report::{Content as ReportContent, Kind, Report};

/// The reports of an input in JSON; `None` if the input is not JSON.
pub(super) fn reports(
    forms: &Forms,
    form: Option<&str>,
    content: &Content,
) -> Option<Result<Vec<Report>, Box<Finding>>> {
    json::is_meant(content.bytes).then(|| {
        let mut reports = json::read(content.bytes).map_err(|error| unreadable(&error.message()))?;
        for (number, report) in reports.iter_mut().enumerate() {
            hold(forms, form, report).map_err(|unfit| unreadable(&unfit.message()))?;
            if let Some(source) = &mut report.source {
                source.report = number;
            }
        }
        Ok(reports)
    })
}

/// Why a report in JSON does not fit its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
enum Unfit {
    /// The report is of another form than the wanted one.
    OtherForm { found: String, wanted: String },
    /// There is no such form.
    NoForm(String),
    /// The form has no such field.
    NoField(String),
    /// The form has no such section.
    NoSection(String),
    /// The form has no such table.
    NoTable(String),
    /// The kind of a value says number, and there is none, or the reverse.
    KindAndValue { field: String },
    /// A picture is placed that the report does not hold; its index, 0-based.
    NoPicture(usize),
    /// A table outside the form is too large, or has a cell outside of it.
    ExtraTable { rows: u32, columns: u32 },
}

impl Bilingual for Unfit {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::OtherForm { found, wanted } => (
                format!("报告的格式是“{found}”，指定的是“{wanted}”"),
                format!("the report is of the form {found}, and {wanted} is wanted"),
            ),
            Self::NoForm(id) => (format!("没有“{id}”这个格式"), format!("there is no form {id}")),
            Self::NoField(id) => (format!("格式中没有字段“{id}”"), format!("the form has no field {id}")),
            Self::NoSection(id) => (format!("格式中没有部分“{id}”"), format!("the form has no section {id}")),
            Self::NoTable(id) => (format!("格式中没有表格“{id}”"), format!("the form has no table {id}")),
            Self::KindAndValue { field } => (
                format!("字段“{field}”的 kind 与 value 不一致"),
                format!("kind and value of the field {field} contradict each other"),
            ),
            Self::NoPicture(index) => {
                (format!("没有第{}张图片", index + 1), format!("there is no picture {}", index + 1))
            }
            Self::ExtraTable { rows, columns } => (
                format!("格式以外的表格有误（{rows}行{columns}列）"),
                format!("a table outside the form is wrong ({rows} rows, {columns} columns)"),
            ),
        };
        Message::new(zh, en)
    }
}

/// Validates a report against its form, sorts its values into the form's order, and removes findings that will be made again.
fn hold(forms: &Forms, wanted: Option<&str>, report: &mut Report) -> Result<(), Unfit> {
    if let Some(wanted) = wanted.filter(|wanted| *wanted != report.form) {
        return Err(Unfit::OtherForm { found: report.form.clone(), wanted: wanted.to_owned() });
    }
    let form = forms.get(&report.form).ok_or_else(|| Unfit::NoForm(report.form.clone()))?;
    let mut values = std::mem::take(&mut report.values);
    let form = &form.expanded(values.keys().map(String::as_str));
    for field in &form.fields {
        report.values.insert(field.id.clone(), values.swap_remove(&field.id).unwrap_or_default());
    }
    if let Some(id) = values.keys().next() {
        return Err(Unfit::NoField(id.clone()));
    }
    for (id, value) in &report.values {
        let number = value.kind == Kind::Number;
        if number != value.value.is_some() {
            return Err(Unfit::KindAndValue { field: id.clone() });
        }
    }
    parts(form, report)?;
    // Findings of reading cannot be made again; those of checking and filling are.
    let again = |finding: &Finding| check::CODES.iter().chain(fill::CODES).any(|code| code.id == finding.code);
    report.findings.retain(|finding| !again(finding));
    Ok(())
}

/// Validates sections, tables and pictures.
fn parts(form: &Form, report: &Report) -> Result<(), Unfit> {
    if let Some(section) = report.sections.iter().find(|part| !form.sections.iter().any(|known| known.id == part.id)) {
        return Err(Unfit::NoSection(section.id.clone()));
    }
    for piece in report.sections.iter().flat_map(|section| &section.content).chain(&report.unclaimed) {
        match piece {
            ReportContent::Table { table } if !form.tables.iter().any(|known| known.id == *table) => {
                return Err(Unfit::NoTable(table.clone()));
            }
            ReportContent::Picture { index, .. } if *index >= report.pictures.len() => {
                return Err(Unfit::NoPicture(*index));
            }
            ReportContent::Extra(table) => {
                let inside = |cell: &crate::report::ExtraCell| {
                    let end = |start: u32, span: u32| start.checked_add(span.max(1));
                    end(cell.row, cell.row_span).is_some_and(|end| end <= table.rows)
                        && end(cell.column, cell.col_span).is_some_and(|end| end <= table.columns)
                };
                let slots = u64::from(table.rows) * u64::from(table.columns);
                if slots > crate::document::Limits::default().grid_slots || !table.cells.iter().all(inside) {
                    return Err(Unfit::ExtraTable { rows: table.rows, columns: table.columns });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn unreadable(message: &Message) -> Box<Finding> {
    Box::new(Finding::detailed(&JSON_UNREADABLE, &message.zh, &message.en))
}
