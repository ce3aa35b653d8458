//! Fills a Word file of a form in place: figures into its cells, narrative under its headings, in the existing style.

mod controls;
mod locate;
mod narrative;
mod pictures;
mod rows;
mod scan;
mod slot;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use super::edit::{Edit, apply};
use super::rows::OpenReport;
use super::{FillError, Filled, about, homeless, is_heading, lines, no_template, text};
use crate::bind::{Binder, Hints};
use crate::document::{Budget, Format};
use crate::finding::Finding;
use crate::finding::code::fill as code;
use crate::form::{FieldIndex, Form, Forms};
use crate::read::package::Package;
use crate::read::{self, Damage, ReadError, Reading, Unsupported};
use crate::report::Report;
use crate::write::plan;
use crate::write::splice::{self, PackagePart, Splice};

use locate::{Slots, locate};
use narrative::Narrative;
use pictures::{CONTENT_TYPES, PictureParts, Pictures};
use rows::RowSlots;

/// A Word file of a form with its slots; it can be filled with any number of reports, from any thread.
#[derive(Debug)]
pub struct DocxTemplate {
    form: Arc<Form>,
    source: String,
    part: String,
    /// The new XML declaration, if the part was not UTF-8.
    transcoded: bool,
    slots: Slots,
    /// The rows of tables whose rows are data.
    rows: Vec<RowSlots>,
    pictures: PictureParts,
    /// The package, and its directory if it has the usual layout.
    bytes: Vec<u8>,
    splice: Option<Splice>,
    findings: Vec<Finding>,
}

impl DocxTemplate {
    /// Finds the slots of a form in a Word file. `form` is the form's id; without it the form is recognised.
    ///
    /// # Errors
    /// [`FillError::Read`] if the file cannot be read or is not a Word file (.docx, .docm, .dotx), [`FillError::NotRecognised`] if no
    /// form fits it.
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
        if reading.format != Format::Docx {
            return Err(no_template(reading.format));
        }
        let with_rows = with_blank_rows(bytes, reading, binder, form)?;
        let again = with_rows.as_ref().map(|bytes| read::read(bytes, None, &mut Budget::default())).transpose()?;
        let (bytes, reading) = with_rows.as_deref().zip(again.as_ref()).unwrap_or((bytes, reading));
        let hints = Hints { form, ..Hints::default() };
        let (found, anchors) = binder.locate(reading, &hints).map_err(FillError::NotRecognised)?;
        let form = forms.get(&found.form).ok_or_else(|| ReadError::from(Unsupported::Form(found.form.clone())))?;
        let budget = &mut Budget::default();
        let mut package = Package::open(bytes, budget)?;
        let (part, source, transcoded) = main_part(&mut package, budget)?;
        let slots = locate(&source, &part, form, (&found, &anchors), budget)?;
        let rows = rows::locate(&source, &part, &anchors.open, &slots.prefix, budget)?;
        let pictures = picture_parts(&mut package, &part, budget)?;
        let mut template = Self {
            form: Arc::clone(form),
            source,
            part,
            transcoded,
            slots,
            rows,
            pictures,
            bytes: bytes.to_vec(),
            splice: Splice::open(bytes),
            findings: Vec::new(),
        };
        template.findings = template.own_findings();
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

    /// Fills in a report. The same report gives the same bytes.
    ///
    /// # Errors
    /// [`FillError::OtherForm`] if the report is of another form, [`FillError::Package`] if the package would be too large.
    pub fn fill(&self, report: &Report) -> Result<Filled, FillError> {
        if report.form != self.form.id {
            return Err(FillError::OtherForm { wanted: self.form.id.clone(), found: report.form.clone() });
        }
        let mut findings = Vec::new();
        let mut edits = Vec::new();
        let mut missing = self.figures(report, &mut edits, &mut findings);
        self.title(report, &mut edits, &mut findings);
        let pictures = Pictures::new(report, &self.pictures);
        let mut narrative = Narrative {
            form: &self.form,
            report,
            slots: &self.slots,
            pictures,
            edits,
            lines: Vec::new(),
            findings: Vec::new(),
            homeless: Vec::new(),
        };
        narrative.write();
        let Narrative { pictures, mut edits, lines, findings: mut of_lines, homeless: nowhere, .. } = narrative;
        findings.append(&mut of_lines);
        let stated = lines::stated(&self.form, report, &lines);
        missing.retain(|field| !stated.contains(field));
        findings.splice(..0, homeless(&self.form, &missing));
        findings.extend(nowhere.iter().map(|heading| about(&code::SECTION_HAS_NO_PLACE, heading)));
        let mut parts = vec![(self.part.clone(), self.filled(&mut edits).into_bytes())];
        if pictures.any() {
            parts.extend(pictures.parts());
            findings.push(about(&code::PICTURES_ADDED, ""));
        }
        Ok(Filled { bytes: self.package(&parts)?, findings })
    }

    fn filled(&self, edits: &mut [Edit]) -> String {
        let text = apply(&self.source, edits);
        match text.find("?>").filter(|_| self.transcoded && text.starts_with("<?xml")) {
            Some(end) => format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"{}", &text[end..]),
            None => text,
        }
    }

    fn package(&self, parts: &[(String, Vec<u8>)]) -> Result<Vec<u8>, FillError> {
        let parts: Vec<PackagePart> = parts.iter().map(|(name, content)| PackagePart { name, content }).collect();
        Ok(match &self.splice {
            Some(splice) => splice.write(&parts)?,
            None => splice::rewrite(&self.bytes, &parts)?,
        })
    }

    /// Fills the figures, and returns the fields that have no place.
    fn figures(&self, report: &Report, edits: &mut Vec<Edit>, findings: &mut Vec<Finding>) -> Vec<FieldIndex> {
        let mut missing = Vec::new();
        for (field, slot) in self.slots.fields.iter().enumerate() {
            let shown = plan::shown(&self.form, report, field);
            match slot {
                Some(slot) => slot.put(&shown, edits),
                None if shown.trim().is_empty() => {}
                None => missing.push(field),
            }
        }
        let whole = self.form.expanded(report.values.keys().map(String::as_str));
        let open = OpenReport { form: &self.form, whole: &whole, report };
        let mut placed = HashSet::new();
        for rows in &self.rows {
            rows.put((&self.source, &self.slots.prefix), &open, edits, &mut placed);
        }
        findings.extend(homeless(&whole, &open.unplaced(&placed)));
        missing
    }

    fn title(&self, report: &Report, edits: &mut Vec<Edit>, findings: &mut Vec<Finding>) {
        let title = plan::title(&self.form, report);
        if let Some((first, others)) = self.slots.title.split_first() {
            // A title that is longer than a line is broken between its phrases.
            let lines = plan::title_lines(&self.form, report, plan::TITLE_WIDTH);
            first.text.put(&lines.join("\n"), edits);
            for other in others {
                other.remove(edits);
            }
        } else {
            let headings = self.slots.headings.iter().map(|heading| heading.0);
            if !is_heading(&self.form, report, &title, headings) {
                findings.push(about(&code::TITLE_HAS_NO_PLACE, &title));
            }
        }
    }

    fn own_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.slots.filled {
            findings.push(about(&code::TEMPLATE_HAD_FIGURES, ""));
        }
        findings.extend(self.slots.kept.iter().map(|(_, text)| about(&code::TEMPLATE_TEXT_KEPT, text)));
        findings
    }
}

/// The main part: its name, its content, and whether it was transcoded.
fn main_part(package: &mut Package, budget: &mut Budget) -> Result<(String, String, bool), ReadError> {
    let main = package.main_part(budget)?.or_else(|| package.find("word/document.xml").map(str::to_owned));
    let part = main.ok_or_else(|| ReadError::from(Damage::NoMainPart))?;
    let packed = package.part(&part, budget)?.unwrap_or_default();
    let (source, transcoded) = text(packed, budget)?;
    Ok((part, source, transcoded))
}

/// The package with a blank row in each table that has a header and no rows; `None` if there is no such table.
fn with_blank_rows(
    bytes: &[u8],
    reading: &Reading,
    binder: &Binder,
    form: Option<&str>,
) -> Result<Option<Vec<u8>>, FillError> {
    let hints = Hints { form, ..Hints::default() };
    let (_, anchors) = binder.locate(reading, &hints).map_err(FillError::NotRecognised)?;
    if anchors.open.iter().all(|place| !place.rows.is_empty()) {
        return Ok(None);
    }
    let budget = &mut Budget::default();
    let (part, source, transcoded) = main_part(&mut Package::open(bytes, budget)?, budget)?;
    let (prefix, _) = locate::frame(&source, budget)?;
    let Some(source) = rows::with_blank_rows(&source, &part, &anchors.open, &prefix, budget)?.filter(|_| !transcoded)
    else {
        return Ok(None);
    };
    let parts = [PackagePart { name: &part, content: source.as_bytes() }];
    Ok(Some(splice::rewrite(bytes, &parts)?))
}

/// The parts that pictures are added to; parts that are not UTF-8 are not changed.
fn picture_parts(package: &mut Package, main: &str, budget: &mut Budget) -> Result<PictureParts, ReadError> {
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = format!("{folder}_rels/{file}.rels");
    let name = package.find(&name).map_or(name.clone(), str::to_owned);
    let mut part = |name: &str| -> Result<String, ReadError> {
        Ok(String::from_utf8(package.part(name, budget)?.unwrap_or_default()).unwrap_or_default())
    };
    let (relationships, content_types) = (part(&name)?, part(CONTENT_TYPES)?);
    let taken = |first: usize| {
        let (one, other) = (format!("media/picture{first}"), format!("\"picture{first}"));
        package.names().any(|name| name.contains(&one)) || relationships.contains(&other)
    };
    // Numbers of six or more digits are free, unless a hundred packages were filled from each other.
    let first = if taken(0) || taken(1) {
        (1..100).map(|step| step * 100_000).find(|&first| !taken(first)).unwrap_or(0)
    } else {
        0
    };
    Ok(PictureParts { folder, relationships: (name, relationships), content_types, first })
}
