//! XLSX of a report: the tables in official shape with live totals and checks, and the text; the form's compiled blank, filled.

mod blank;
mod plan;
mod template;

use std::sync::{Arc, Mutex, PoisonError};

use rust_decimal::Decimal;

use super::package::PackageWriter;
use super::plan::{Piece, parts, shown, title};
use super::xml::escape;
use super::{Output, WriteError};
use crate::form::{Expression, FieldIndex, Form, Relation, RuleInstance};
use crate::report::{ExtraTable, Report};

use plan::{SheetPlan, a1};
use template::{SheetTemplate, Slot, SlotCell, Template};

static TEMPLATES: Mutex<Vec<(String, u64, Arc<Template>)>> = Mutex::new(Vec::new());

fn template(form: &Form) -> Result<Arc<Template>, WriteError> {
    let key = form.fingerprint();
    let mut known = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, _, template)) = known.iter().find(|(id, print, _)| *id == form.id && *print == key) {
        return Ok(Arc::clone(template));
    }
    let compiled = Arc::new(template::compile(form).ok_or_else(|| failed("the blank workbook could not be compiled"))?);
    known.push((form.id.clone(), key, Arc::clone(&compiled)));
    Ok(compiled)
}

fn failed(detail: impl std::fmt::Display) -> WriteError {
    WriteError { output: Output::Xlsx, detail: detail.to_string() }
}

/// Writes a report.
pub(super) fn write(form: &Form, report: &Report) -> Result<Vec<u8>, WriteError> {
    let template = template(form)?;
    package(&template, form, report).map_err(failed)
}

fn package(template: &Template, form: &Form, report: &Report) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = PackageWriter::new();
    writer.constant(&template.constant)?;
    writer.part("docProps/core.xml", properties(form, report).as_bytes())?;
    for (number, sheet) in template.sheets.iter().enumerate() {
        let filler = Filler { form, report, template, plan: template.plans.get(number) };
        writer.part(&sheet.part, filler.sheet(sheet).as_bytes())?;
    }
    writer.finish()
}

fn properties(form: &Form, report: &Report) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>",
    );
    escape(&title(form, report), &mut text);
    text.push_str("</dc:title><dc:creator>");
    escape(report.agency.as_deref().unwrap_or_default(), &mut text);
    text.push_str("</dc:creator></cp:coreProperties>");
    text
}

struct Filler<'a> {
    form: &'a Form,
    report: &'a Report,
    template: &'a Template,
    plan: Option<&'a SheetPlan>,
}

impl Filler<'_> {
    fn sheet(&self, sheet: &SheetTemplate) -> String {
        let mut xml = String::with_capacity(16 << 10);
        for (piece, cell) in sheet.pieces.iter().zip(&sheet.cells) {
            xml.push_str(piece);
            match &cell.slot {
                Slot::Title => string(cell, &title(self.form, self.report), &mut xml),
                Slot::Field(field) => self.field(cell, *field, &mut xml),
                Slot::Check(number) => self.check(cell, *number, &mut xml),
                Slot::Rows => self.rows(&mut xml),
            }
        }
        if let Some(last) = sheet.pieces.last() {
            xml.push_str(last);
        }
        xml
    }

    fn value(&self, field: FieldIndex) -> Option<Decimal> {
        self.report.values.get_index(field).and_then(|(_, value)| value.value)
    }

    /// A figure: a live sum where it is a total that holds, else the number, else the text as it was written.
    fn field(&self, cell: &SlotCell, field: FieldIndex, xml: &mut String) {
        let kept = self.report.values.get_index(field).and_then(|(_, value)| value.unit.as_ref());
        let number = self.value(field).filter(|_| kept.is_none() || self.form.fields[field].unit.is_some());
        let Some(number) = number else {
            let text = shown(self.form, self.report, field);
            return if text.is_empty() { empty(cell, xml) } else { string(cell, &text, xml) };
        };
        if let Some(formula) = self.total(field, number) {
            return xml
                .push_str(&format!("<c r=\"{}\" s=\"{}\"><f>{formula}</f><v>{number}</v></c>", cell.name, cell.style));
        }
        // A spreadsheet's numbers have fifteen digits; more would be changed.
        if number.mantissa().unsigned_abs().to_string().len() > 15 {
            return string(cell, &number.to_string(), xml);
        }
        xml.push_str(&format!("<c r=\"{}\" s=\"{}\"><v>{number}</v></c>", cell.name, cell.style));
    }

    /// The sum that defines a figure, where the figure is that sum.
    fn total(&self, field: FieldIndex, number: Decimal) -> Option<String> {
        let plan = self.plan?;
        let defining = self.form.rules.iter().filter(|rule| rule.defines).flat_map(|rule| &rule.instances);
        let instance = defining.into_iter().find(|instance| {
            instance.relation == Relation::Equal
                && matches!(instance.left.terms.as_slice(), [only] if only.operand.field == field && only.sign == 1)
                && instance.left.constant == 0
        })?;
        (self.sum(&instance.right) == number).then(|| plan.formula(&instance.right))
    }

    fn sum(&self, side: &Expression) -> Decimal {
        let term =
            |term: &crate::form::Term| Decimal::from(term.sign) * self.value(term.operand.field).unwrap_or_default();
        side.terms.iter().map(term).sum::<Decimal>() + Decimal::from(side.constant)
    }

    fn check(&self, cell: &SlotCell, number: usize, xml: &mut String) {
        let Some((plan, check)) = self.plan.and_then(|plan| Some((plan, plan.checks.get(number)?))) else { return };
        let instance = &self.form.rules[check.rule].instances[check.instance];
        let mut formula = String::new();
        escape(&plan.check_formula(instance), &mut formula);
        xml.push_str(&format!(
            "<c r=\"{}\" s=\"{}\" t=\"str\"><f>{formula}</f><v>{}</v></c>",
            cell.name,
            cell.style,
            self.verdict(instance)
        ));
    }

    fn verdict(&self, instance: &RuleInstance) -> String {
        let (left, right) = (self.sum(&instance.left), self.sum(&instance.right));
        let holds = match instance.relation {
            Relation::Equal => left == right,
            Relation::AtMost => left <= right,
            Relation::AtLeast => left >= right,
        };
        match (holds, instance.relation) {
            (true, _) => "✓".to_owned(),
            (false, Relation::Equal) => format!("差{}", (left - right).normalize()),
            (false, _) => "✗".to_owned(),
        }
    }

    /// The rows of the sheet of text: headings, paragraphs, and tables that the form does not know.
    fn rows(&self, xml: &mut String) {
        let (heading, text) = (&self.template.text_styles.0, &self.template.text_styles.1);
        let mut rows = Rows { row: 0, xml };
        rows.line(&title(self.form, self.report), heading);
        for part in parts(self.form, self.report) {
            if let Some(words) = part.heading {
                rows.line(words, heading);
            }
            for piece in &part.pieces {
                match piece {
                    Piece::Text(words) => rows.line(words, text),
                    Piece::Heading(_, words) => rows.line(words, heading),
                    Piece::Table(table) => {
                        let name = self.template.plans.get(*table).map(|plan| plan.name.as_str()).unwrap_or_default();
                        rows.line(&format!("（见工作表“{name}”）"), text);
                    }
                    Piece::Extra(table) => rows.table(table, text),
                    Piece::Picture(index, _, alt) => {
                        let name =
                            self.report.pictures.get(*index).map(|picture| picture.name.as_str()).unwrap_or_default();
                        rows.line(&format!("〔图片：{}〕", alt.unwrap_or(name)), text);
                    }
                }
            }
        }
    }
}

/// Han characters that a line of the sheet of text holds.
const CHARACTERS: usize = 46;

struct Rows<'a> {
    row: u32,
    xml: &'a mut String,
}

impl Rows<'_> {
    fn line(&mut self, text: &str, style: &str) {
        // Not every program fits the height of a row to its text when it opens a file.
        let lines: usize = text.split('\n').map(|line| line.chars().count().div_ceil(CHARACTERS).max(1)).sum();
        let height = (lines * 16).min(400);
        self.xml.push_str(&format!("<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", self.row + 1));
        let cell = SlotCell { slot: Slot::Rows, name: a1((self.row, 0)), style: style.to_owned() };
        string(&cell, text, self.xml);
        self.xml.push_str("</row>");
        self.row += 1;
    }

    fn table(&mut self, table: &ExtraTable, style: &str) {
        for row in 0..table.rows {
            self.xml.push_str(&format!("<row r=\"{}\">", self.row + 1));
            let mut cells: Vec<_> = table.cells.iter().filter(|cell| cell.row == row && cell.column < 16_383).collect();
            cells.sort_by_key(|cell| cell.column);
            for cell in cells {
                let slot =
                    SlotCell { slot: Slot::Rows, name: a1((self.row, cell.column + 1)), style: style.to_owned() };
                string(&slot, &cell.text, self.xml);
            }
            self.xml.push_str("</row>");
            self.row += 1;
        }
    }
}

fn empty(cell: &SlotCell, xml: &mut String) {
    xml.push_str(&format!("<c r=\"{}\" s=\"{}\"/>", cell.name, cell.style));
}

/// Text, never a formula, whatever it begins with; at most what a cell holds.
fn string(cell: &SlotCell, text: &str, xml: &mut String) {
    xml.push_str(&format!(
        "<c r=\"{}\" s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
        cell.name, cell.style
    ));
    let text: String = text.chars().take(32_767).collect();
    escape(&text, xml);
    xml.push_str("</t></is></c>");
}
