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
            hold(forms, form, report).map_err(|message| unreadable(&message))?;
            if let Some(source) = &mut report.source {
                source.report = number;
            }
        }
        Ok(reports)
    })
}

/// Validates a report against its form, sorts its values into the form's order, and removes findings that will be made again.
fn hold(forms: &Forms, wanted: Option<&str>, report: &mut Report) -> Result<(), Message> {
    if let Some(wanted) = wanted.filter(|wanted| *wanted != report.form) {
        return Err(Message::new(
            format!("报告的格式是“{}”，指定的是“{wanted}”", report.form),
            format!("the report is of the form {}, and {wanted} is wanted", report.form),
        ));
    }
    let Some(form) = forms.get(&report.form) else {
        return Err(Message::new(
            format!("没有“{}”这个格式", report.form),
            format!("there is no form {}", report.form),
        ));
    };
    let unknown = |what: (&str, &str), name: &str| {
        Message::new(format!("格式中没有{}“{name}”", what.0), format!("the form has no {} {name}", what.1))
    };
    let mut values = std::mem::take(&mut report.values);
    let form = &form.expanded(values.keys().map(String::as_str));
    for field in &form.fields {
        report.values.insert(field.id.clone(), values.swap_remove(&field.id).unwrap_or_default());
    }
    if let Some(id) = values.keys().next() {
        return Err(unknown(("字段", "field"), id));
    }
    for (id, value) in &report.values {
        let number = value.kind == Kind::Number;
        if number != value.value.is_some() {
            return Err(Message::new(
                format!("字段“{id}”的 kind 与 value 不一致"),
                format!("kind and value of the field {id} contradict each other"),
            ));
        }
    }
    parts(form, report, &unknown)?;
    // Findings of reading cannot be made again; those of checking and filling are.
    let again = |finding: &Finding| check::CODES.iter().chain(fill::CODES).any(|code| code.id == finding.code);
    report.findings.retain(|finding| !again(finding));
    Ok(())
}

/// Validates sections, tables and pictures.
fn parts(form: &Form, report: &Report, unknown: &dyn Fn((&str, &str), &str) -> Message) -> Result<(), Message> {
    if let Some(section) = report.sections.iter().find(|part| !form.sections.iter().any(|known| known.id == part.id)) {
        return Err(unknown(("部分", "section"), &section.id));
    }
    for piece in report.sections.iter().flat_map(|section| &section.content).chain(&report.unclaimed) {
        match piece {
            ReportContent::Table { table } if !form.tables.iter().any(|known| known.id == *table) => {
                return Err(unknown(("表格", "table"), table));
            }
            ReportContent::Picture { index, .. } if *index >= report.pictures.len() => {
                return Err(Message::new(
                    format!("没有第{}张图片", index + 1),
                    format!("there is no picture {}", index + 1),
                ));
            }
            ReportContent::Extra(table) => {
                let inside = |cell: &crate::report::ExtraCell| {
                    let end = |start: u32, span: u32| start.checked_add(span.max(1));
                    end(cell.row, cell.row_span).is_some_and(|end| end <= table.rows)
                        && end(cell.column, cell.col_span).is_some_and(|end| end <= table.columns)
                };
                let slots = u64::from(table.rows) * u64::from(table.columns);
                if slots > crate::document::Limits::default().grid_slots || !table.cells.iter().all(inside) {
                    return Err(Message::new(
                        format!("格式以外的表格有误（{}行{}列）", table.rows, table.columns),
                        format!("a table outside the form is wrong ({} rows, {} columns)", table.rows, table.columns),
                    ));
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
