//! Workbooks with one report per sheet, bound sheet by sheet.

use std::ops::Range;

use super::source::items::{Flow, Item};
use super::{Binder, Bound, Hints, recognise};
use crate::document::{Document, Metadata};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::read::Reading;

impl Binder {
    /// Reads each sheet as a report of the form. A sheet without tables of the form is skipped with a finding; a report that names no
    /// agency gets the name of its sheet, with a finding.
    pub(super) fn by_sheet<'d>(
        &'d self,
        choice: recognise::Choice<'d>,
        reading: &Reading,
        flow: Flow<'d>,
        hints: &Hints,
    ) -> Bound {
        let mut sheets: Vec<(String, Range<usize>)> = Vec::new();
        for (number, item) in flow.items.iter().enumerate() {
            let name = match item {
                Item::Row(row) => flow.grids[flow.rows[*row].grid].caption.clone(),
                Item::Text(text) => text.place.part.as_deref().filter(|_| text.place.row.is_some()).map(str::to_owned),
                Item::Picture(_) => None,
            };
            match (name, sheets.last_mut()) {
                (Some(name), Some((known, range))) if *known == name => range.end = number + 1,
                (Some(name), _) => sheets.push((name, number..number + 1)),
                (None, Some((_, range))) => range.end = number + 1,
                (None, None) => sheets.push((String::new(), number..number + 1)),
            }
        }
        let ranges: Vec<Range<usize>> = sheets.iter().map(|(_, range)| range.clone()).collect();
        let metadata = Metadata { title: None, ..reading.document.metadata.clone() };
        let part = Reading {
            format: reading.format,
            document: Document { metadata, ..Document::default() },
            findings: Vec::new(),
        };
        let mut bound = Bound { reports: Vec::new(), passed_over: Vec::new() };
        let one_sheet = sheets.len() == 1;
        for ((name, _), flow) in sheets.iter().zip(flow.split(&ranges)) {
            let choice = recognise::Choice { index: choice.index, finding: None };
            let hints = Hints { file_stem: hints.file_stem.filter(|_| one_sheet), ..hints.clone() };
            let mut report = self.lay(choice, &part, flow, &hints).0;
            let missing = report.findings.iter().filter(|finding| finding.code == code::TABLE_NOT_FOUND.id).count();
            let wanted = self
                .forms
                .iter()
                .find(|index| index.form.id == report.form)
                .map_or(0, |index| index.form.tables.iter().filter(|table| !table.optional).count());
            if missing >= wanted && wanted > 0 {
                let message = Message::new(
                    format!("工作表“{name}”中没有本表式的表格，未作为报告读取。"),
                    format!("The sheet \"{name}\" has no table of the form and was not read as a report."),
                );
                bound.passed_over.push(Finding::new(&code::REPORT_PASSED_OVER, message));
                continue;
            }
            if report.agency.is_none() && !name.is_empty() {
                report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
                let message = Message::new(
                    format!("表上没有写明单位，取自工作表的名称“{name}”。请核对。"),
                    format!("The sheet names no agency; its own name \"{name}\" was taken. Check it."),
                );
                report.findings.push(Finding::new(&code::AGENCY_UNCERTAIN, message));
                report.agency = Some(name.clone());
            }
            if let (Some(agency), Some(year), Some(index)) =
                (&report.agency, report.year, self.forms.iter().find(|index| index.form.id == report.form))
            {
                report.title =
                    index.form.title.for_period(agency, year, report.months()).or_else(|| report.title.take());
            }
            bound.reports.push(report);
        }
        if bound.reports.is_empty() {
            let choice = recognise::Choice { index: choice.index, finding: choice.finding };
            let report = self.lay(choice, reading, Flow::from_document(&reading.document), hints).0;
            bound.reports.push(report);
        } else if let Some(first) = bound.reports.first_mut() {
            first.findings.splice(0..0, reading.findings.iter().cloned());
        }
        bound
    }
}
