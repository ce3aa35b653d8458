//! Fills a workbook of a form in place: figures, title and narrative into their cells; formulas, styles and everything else are kept.

mod book;
mod filling;
mod follow;
mod formula;
mod grow;
mod height;
mod insert;
mod locate;
mod open;
mod reference;
mod sheet;
mod styles;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rows::OpenReport;
use super::{FillError, Filled, about, no_template, text};
use crate::bind::{Binder, Hints};
use crate::document::{Budget, Format};
use crate::finding::Finding;
use crate::finding::code::fill as code;
use crate::form::{Form, Forms};
use crate::read::package::Package;
use crate::read::{self, ReadError, Reading, Unsupported};
use crate::report::Report;
use crate::write::splice::{self, PackagePart, Splice};

use book::Book;
use filling::Filling;
use follow::Followers;
use formula::Formulas;
use insert::Grown;
use locate::{Locator, Slots, Texts};
use sheet::{At, Cell, Sheet};
use styles::Formats;

/// A workbook of a form with its cells; it can be filled with any number of reports, from any thread.
#[derive(Debug)]
pub struct XlsxTemplate {
    form: Arc<Form>,
    body: Body,
    /// Parts that change if rows are inserted.
    others: Others,
    /// The formats of cells.
    formats: Formats,
    /// The workbook part with recalculation requested: name of the part, and XML.
    workbook: Option<(String, String)>,
    bytes: Vec<u8>,
    splice: Option<Splice>,
    findings: Vec<Finding>,
}

/// The sheets of a workbook, and the cells to be filled.
#[derive(Debug)]
struct Body {
    sheets: Vec<SheetTemplate>,
    slots: Slots,
}

/// Parts besides the sheets that refer to cells: name of the part, and XML.
#[derive(Debug, Clone, Default)]
struct Others {
    /// The workbook, with recalculation requested.
    workbook: Option<(String, String)>,
    /// The order of calculation.
    chain: Option<(String, String)>,
    /// Drawings, comments, tables, charts.
    followers: Followers,
}

/// A sheet to be filled.
#[derive(Debug)]
struct SheetTemplate {
    name: String,
    /// Its id in the workbook.
    id: Option<String>,
    part: String,
    sheet: Sheet,
    formulas: Formulas,
    /// The existing texts of its cells.
    texts: BTreeMap<At, String>,
}

impl XlsxTemplate {
    /// Finds the cells of a form in a workbook. `form` is the form's id; without it the form is recognised.
    ///
    /// # Errors
    /// [`FillError::Read`] if the file cannot be read or is not a workbook (.xlsx), [`FillError::NotRecognised`] if no form fits it.
    pub fn compile(bytes: &[u8], binder: &Binder, forms: &Forms, form: Option<&str>) -> Result<Self, FillError> {
        let reading = read::read(bytes, None, &mut Budget::default())?;
        Self::new(bytes, &reading, binder, forms, form)
    }

    pub(super) fn new(
        bytes: &[u8],
        reading: &Reading,
        binder: &Binder,
        forms: &Forms,
        form: Option<&str>,
    ) -> Result<Self, FillError> {
        if reading.format != Format::Xlsx {
            return Err(no_template(reading.format));
        }
        let (found, anchors) =
            binder.locate(reading, &Hints { form, ..Hints::default() }).map_err(FillError::NotRecognised)?;
        let form = forms.get(&found.form).ok_or_else(|| ReadError::from(Unsupported::Form(found.form.clone())))?;
        let budget = &mut Budget::default();
        let mut package = Package::open(bytes, budget)?;
        let book = Book::open(&mut package, budget)?;
        let parts = parts(&mut package, &book, budget)?;
        let texts = Texts::from_document(&reading.document);
        let sheets: Vec<_> = parts.iter().map(|(name, _, sheet)| (name.clone(), sheet.merges.clone())).collect();
        let filled = super::is_filled(form, &found);
        let formatted: Vec<_> = parts.iter().map(|(_, _, sheet)| sheet::formatted(&sheet.xml)).collect();
        let claimed = BTreeSet::new();
        let mut locator = Locator { form, texts: &texts, sheets: &sheets, formatted: &formatted, filled, claimed };
        let slots = locator.slots(&found, &anchors);
        let mut template = Self {
            form: Arc::clone(form),
            body: Body { sheets: Vec::new(), slots },
            others: Others::default(),
            formats: Formats::default(),
            workbook: None,
            bytes: bytes.to_vec(),
            splice: Splice::open(bytes),
            findings: Vec::new(),
        };
        template.sheets(parts, (&texts, &book), budget)?;
        let recalculating = book.recalculating(budget)?.map(|xml| (book.part.clone(), xml));
        if !template.body.slots.open.is_empty() {
            let workbook = recalculating.clone().or_else(|| Some((book.part.clone(), book.xml.clone()?)));
            let sheets = book.sheets.iter().map(|(name, part)| (name.as_str(), part.as_str()));
            let followers = Followers::find(&mut package, &book.part, sheets, budget)?;
            template.others = Others { workbook, chain: book.chain(&mut package, budget)?, followers };
        }
        let headers = template.body.slots.open.iter().any(|table| table.rows.is_empty());
        template.formats = match styles::formats(&book.styles(&mut package, budget)?, budget) {
            // Without its formats a workbook is filled, too, unless cells get the format of a header; its rows keep their heights.
            Err(error) if !headers && !matches!(error, ReadError::OverLimit(_)) => Formats::default(),
            found => found?,
        };
        template.workbook = recalculating.filter(|_| template.is_left_stale());
        template.findings = template.own_findings(filled);
        Ok(template)
    }

    /// The form of the template.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Findings about the template itself, independent of the report.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Scans the sheets again, now with every cell to be filled.
    fn sheets(
        &mut self,
        parts: Vec<(String, String, Sheet)>,
        (texts, book): (&Texts, &Book),
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let mut wanted = vec![BTreeSet::new(); parts.len()];
        for (sheet, at) in self.body.slots.cells() {
            wanted[sheet].insert(at);
        }
        for ((name, part, sheet), wanted) in parts.into_iter().zip(wanted) {
            let sheet = if wanted.is_empty() { sheet } else { Sheet::open(sheet.xml, &wanted, budget)? };
            let texts = wanted.iter().map(|&at| (at, texts.get(&name, at).to_owned())).collect();
            let formulas = Formulas::parse(&sheet);
            let id = book.ids.get(&name).cloned();
            self.body.sheets.push(SheetTemplate { name, id, part, sheet, formulas, texts });
        }
        Ok(())
    }

    /// Whether there are formulas whose cached results may be outdated after filling.
    fn is_left_stale(&self) -> bool {
        let known: BTreeSet<Cell> = self.body.slots.fields.iter().flatten().copied().collect();
        let of_sheet = |number: usize, sheet: &SheetTemplate| {
            sheet.sheet.more || sheet.formulas.cells().any(|&at| !known.contains(&(number, at)))
        };
        self.body.sheets.iter().enumerate().any(|(number, sheet)| of_sheet(number, sheet))
    }

    /// Fills in a report. The same report gives the same bytes.
    ///
    /// # Errors
    /// [`FillError::OtherForm`] if the report is of another form, [`FillError::Package`] if the package would be too large,
    /// [`FillError::Read`] if rows were to be inserted into a sheet that is not well-formed.
    pub fn fill(&self, report: &Report) -> Result<Filled, FillError> {
        if report.form != self.form.id {
            return Err(FillError::OtherForm { wanted: self.form.id.clone(), found: report.form.clone() });
        }
        let whole = self.form.expanded(report.values.keys().map(String::as_str));
        let open = OpenReport { form: &self.form, whole: &whole, report };
        let grown = insert::grown(self, &open)?;
        let body = grown.as_ref().map_or(&self.body, |grown| &grown.body);
        let filling = Filling::fill((self, body), &open);
        let mut parts = filling.sheets(grown.is_some());
        let findings = filling.findings;
        match &grown {
            Some(Grown { parts: others, .. }) => {
                parts.extend(others.iter().map(|(name, xml)| (name.as_str(), xml.clone())));
            }
            None => parts.extend(self.workbook.iter().map(|(name, xml)| (name.as_str(), xml.clone()))),
        }
        let parts: Vec<PackagePart> =
            parts.iter().map(|(name, content)| PackagePart { name, content: content.as_bytes() }).collect();
        let bytes = match &self.splice {
            Some(splice) => splice.write(&parts)?,
            None => splice::rewrite(&self.bytes, &parts)?,
        };
        Ok(Filled { bytes, findings })
    }

    fn own_findings(&self, filled: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        if filled {
            findings.push(about(&code::TEMPLATE_HAD_FIGURES, ""));
        }
        if let Some(((_, first), others)) = self.body.slots.kept.split_first() {
            let more = if others.is_empty() { String::new() } else { format!("…（{}）", others.len() + 1) };
            findings.push(about(&code::TEMPLATE_TEXT_KEPT, &format!("{first}{more}")));
        }
        if self.workbook.is_some() {
            findings.push(about(&code::WORKBOOK_RECALCULATES, ""));
        }
        findings
    }
}

impl SheetTemplate {
    /// A sheet into which rows were inserted; `known` is the sheet before.
    fn new(known: &Self, sheet: Sheet, texts: BTreeMap<At, String>) -> Self {
        let formulas = Formulas::parse(&sheet);
        Self { name: known.name.clone(), id: known.id.clone(), part: known.part.clone(), sheet, formulas, texts }
    }
}

impl Slots {
    /// All cells to be filled.
    fn cells(&self) -> impl Iterator<Item = Cell> {
        let narrative = self.sections.iter().flatten().flatten();
        let lines = self.headings.iter().map(|heading| &heading.1).chain(self.lines.iter().map(|line| &line.1));
        let others = self.title.iter().chain(&self.titles).chain(&self.dates).chain(lines);
        let open = self.open.iter().flat_map(|table| {
            let total = table.total_cells().map(|(cell, _)| cell);
            table.cells().map(|(_, cell, _)| cell).chain(total)
        });
        self.fields.iter().flatten().chain(narrative).chain(others).copied().chain(open)
    }
}

/// The sheets of a workbook: name, name of the part, and content.
fn parts(package: &mut Package, book: &Book, budget: &mut Budget) -> Result<Vec<(String, String, Sheet)>, ReadError> {
    let mut parts = Vec::new();
    for (name, part) in &book.sheets {
        let packed = package.part(part, budget)?.unwrap_or_default();
        let (xml, transcoded) = text(packed, budget)?;
        if transcoded {
            return Err(Unsupported::SheetEncoding(name.clone()).into());
        }
        let sheet = Sheet::open(xml, &BTreeSet::new(), budget)?;
        parts.push((name.clone(), part.clone(), sheet));
    }
    Ok(parts)
}
