//! XLSX of a report: the form's compiled blank workbook, filled in; totals and checks are live formulas with cached results.

mod blank;
mod book;
pub(crate) mod cell;
mod cut;
mod formula;
mod narrative;
mod parts;
mod sheet;
mod styles;
mod template;

use std::borrow::Cow;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::draft::Draft;
use super::package::PackageWriter;
use super::plan;
use super::xml::escape;
use super::{Output, Scratch, WriteCause, WriteError};
use crate::form::{Field, FieldIndex, Form};
use crate::report::Report;

use sheet::{SheetTemplate, Slot, Total};
use styles::{Look, MOST_PLACES};
use template::Template;

/// Elements of a workbook that come after `calcPr`, in schema order (ECMA-376 part 1, 18.2.27).
pub(crate) const AFTER_CALC_PR: &[&str] = &[
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
];

fn template(form: &Form) -> Result<Arc<Template>, WriteError> {
    form.derived(|| {
        template::compile(form).ok_or_else(|| WriteError { output: Output::Xlsx, cause: WriteCause::Blank })
    })
}

/// Writes a report. A total is a formula if the formula yields the reported figure, or if all its cells are blank, as in a blank form;
/// else it is the reported figure, and the check beside it shows the difference.
pub(super) fn write(form: &Form, report: &Report, scratch: &mut Scratch) -> Result<Vec<u8>, WriteError> {
    let form = &form.expanded(report.values.keys().map(String::as_str));
    let template = template(form)?;
    let filler =
        Filler { form, report, template: &template, title: plan::title(form, report), numbers: numbers(form, report) };
    filler.package(scratch).map_err(|error| WriteError::new(Output::Xlsx, error))
}

/// The number in the cell of each field; `None` for text, for a number that a cell would change, and for one in a unit of its own, which
/// must be visible.
pub(crate) fn numbers(form: &Form, report: &Report) -> Vec<Option<Decimal>> {
    let number = |(number, field): (usize, &Field)| {
        let value = report.value(number, &field.id)?;
        value.value.filter(|_| value.unit.is_none() || field.unit.is_some()).and_then(cell::exact)
    };
    form.fields.iter().enumerate().map(number).collect()
}

struct Filler<'a> {
    form: &'a Form,
    report: &'a Report,
    template: &'a Template,
    title: String,
    numbers: Vec<Option<Decimal>>,
}

impl Filler<'_> {
    fn package(&self, scratch: &mut Scratch) -> zip::result::ZipResult<Vec<u8>> {
        let parts = plan::parts(self.form, self.report);
        let looks = &self.template.looks;
        let extra = narrative::extra(&parts, looks, &self.template.extra);
        let mut writer = PackageWriter::new(&mut scratch.deflaters);
        writer.constant(&self.template.lists[usize::from(extra.is_some())])?;
        writer.constant(&self.template.constant)?;
        writer.stored("docProps/core.xml", self.properties().as_bytes())?;
        for (number, sheet) in self.template.sheets.iter().enumerate() {
            writer.draft(&parts::sheet_part(number), &self.sheet(sheet))?;
        }
        let count = self.template.sheets.len();
        let narrative = narrative::narrative(self, &parts);
        writer.part(&parts::sheet_part(count), narrative.as_bytes())?;
        if let Some(extra) = extra {
            writer.part(&parts::sheet_part(count + 1), extra.as_bytes())?;
        }
        writer.finish()
    }

    /// Document properties: title, creator, and a date that depends on the report alone.
    fn properties(&self) -> String {
        let mut text = format!(
            "{}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>",
            parts::DECLARATION
        );
        escape(&self.title, &mut text);
        text.push_str("</dc:title><dc:creator>");
        escape(self.report.agency.as_deref().unwrap_or_default(), &mut text);
        text.push_str("</dc:creator>");
        if let Some(date) = self.report.published {
            text.push_str(&format!("<dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created>"));
        }
        text.push_str("</cp:coreProperties>");
        text
    }

    fn sheet<'a>(&self, template: &'a SheetTemplate) -> Draft<'a> {
        let mut sheet = Draft::new(&template.pieces, template.pieces.len() + (16 << 10));
        for (piece, slot) in &template.slots {
            sheet.piece(*piece);
            match slot {
                Slot::Title => cell::text(sheet.text(), self.template.looks.index(Look::Title), &self.title),
                Slot::Figure { field, total } => self.figure(*field, total.as_ref(), &mut sheet),
                Slot::Check { rule, instance, rounds } => {
                    let instance = &self.form.rules[*rule].instances[*instance];
                    let difference = formula::difference(instance, *rounds, &self.numbers);
                    let result = difference
                        .map_or_else(|| formula::HOLDS.into(), |by| Cow::from(format!("{}{by}", formula::DIFFERS)));
                    escape(&result, sheet.text());
                }
            }
        }
        sheet.piece(template.last);
        sheet
    }

    fn figure(&self, field: FieldIndex, total: Option<&Total>, sheet: &mut Draft) {
        let looks = &self.template.looks;
        let written = self.report.value(field, &self.form.fields[field].id);
        let places = written.and_then(|value| value.value).map_or(0, |number| number.scale());
        let places = (places <= MOST_PLACES).then_some(places);
        let text = plan::shown(self.form, self.report, field);
        if let Some(total) = total {
            let instance = &self.form.rules[total.rule].instances[total.instance];
            let style = looks.index(Look::Total(places));
            if let Some(sum) = formula::total_of(instance, total.rounds, &self.numbers)
                && self.numbers[field] == Some(sum)
            {
                cell::style_number(sheet.text(), style);
                sheet.piece(total.formula);
                cell::value(sheet.text(), sum);
                return sheet.text().push_str(cell::VALUE_END);
            }
            let blank = instance.right.terms.iter().all(|term| self.numbers[term.operand.field].is_none());
            if let Some(piece) = total.or_blank.filter(|_| blank && text.is_empty()) {
                cell::style_number(sheet.text(), style);
                return sheet.piece(piece);
            }
        }
        if let Some(number) = self.numbers[field] {
            return cell::number(sheet.text(), looks.index(Look::Figure(places)), number);
        }
        if text.is_empty() {
            return cell::blank(sheet.text(), looks.index(Look::Figure(places)));
        }
        let plain = looks.index(Look::Figure(None));
        let style = if cell::looks_like_formula(&text) { looks.quoted(plain) } else { plain };
        cell::text(sheet.text(), style, &text);
    }
}
