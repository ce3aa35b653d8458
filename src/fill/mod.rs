//! Filling: writes a report into an office's own Word file or workbook of its form, which needs no tags; everything else in the file is
//! kept.
//!
//! The form is bound to the file as on import; the report's figures, title and narrative are written where binding found those of the
//! file, in the existing style. No other byte of the package changes.

mod docx;
mod edit;
mod lines;
mod placeholder;
mod rows;
mod xlsx;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::bind::Binder;
use crate::document::{Budget, Format};
use crate::finding::code::fill as code;
use crate::finding::{Bilingual, Code, Finding, Message};
use crate::form::{FieldIndex, Form, Forms};
use crate::read::{self, ReadError};
use crate::report::{Kind, Report};
use crate::write::Output;

pub use docx::DocxTemplate;
pub use xlsx::XlsxTemplate;

/// Why a file cannot be filled, or a report cannot be filled in.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub enum FillError {
    /// The template cannot be read, or is neither a Word file nor a workbook.
    Read(#[from] ReadError),
    /// It is neither a Word file nor a workbook of Office Open XML.
    NotATemplate(Format),
    /// No form was recognised in the template.
    NotRecognised(Box<Finding>),
    /// The report is of another form than the template.
    OtherForm {
        /// Form of the template.
        wanted: String,
        /// Form of the report.
        found: String,
    },
    /// The package could not be written.
    Package(#[from] zip::result::ZipError),
}

impl Bilingual for FillError {
    fn message(&self) -> Message {
        match self {
            Self::Read(error) => error.message(),
            Self::NotATemplate(format) => Message::new(
                "模板须是 .docx 或 .xlsx 文件，请另存为这两种格式。",
                format!("a {} file as a template; save it as .docx or .xlsx", format.name()),
            ),
            Self::NotRecognised(finding) => finding.message.clone(),
            Self::OtherForm { wanted, found } => Message::new(
                format!("模板的格式（{wanted}）与报告的格式（{found}）不同，未填写。"),
                format!("the template is of the form {wanted}, the report of {found}"),
            ),
            Self::Package(error) => {
                Message::new("填写后的文件未能生成。", format!("the package could not be written: {error}"))
            }
        }
    }
}

/// A filled-in file.
#[derive(Debug)]
pub struct Filled {
    /// The package.
    pub bytes: Vec<u8>,
    /// Findings about content without a place in the template, and about additional changes.
    pub findings: Vec<Finding>,
}

/// An office's own file of a form, with its slots; it can be filled with any number of reports, from any thread.
#[derive(Debug)]
pub enum Template {
    /// A Word file.
    Docx(Box<DocxTemplate>),
    /// A workbook.
    Xlsx(Box<XlsxTemplate>),
}

impl Template {
    /// Finds the slots of a form in a Word file (.docx) or a workbook (.xlsx), whatever its suffix. `form` is the form's id; without it
    /// the form is recognised.
    ///
    /// # Errors
    /// [`FillError::Read`] if the file cannot be read or is neither, [`FillError::NotRecognised`] if no form fits it.
    pub fn compile(bytes: &[u8], binder: &Binder, forms: &Forms, form: Option<&str>) -> Result<Self, FillError> {
        let reading = read::read(bytes, None, &mut Budget::default())?;
        Ok(match reading.format {
            Format::Docx => Self::Docx(Box::new(DocxTemplate::new(bytes, &reading, binder, forms, form)?)),
            Format::Xlsx => Self::Xlsx(Box::new(XlsxTemplate::new(bytes, &reading, binder, forms, form)?)),
            other => return Err(no_template(other)),
        })
    }

    /// The format of the template and of the filled-in file.
    pub fn output(&self) -> Output {
        match self {
            Self::Docx(_) => Output::Docx,
            Self::Xlsx(_) => Output::Xlsx,
        }
    }

    /// Findings about the template itself, independent of the report.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Docx(template) => template.findings(),
            Self::Xlsx(template) => template.findings(),
        }
    }

    /// Fills in a report. The same report gives the same bytes.
    ///
    /// # Errors
    /// [`FillError::OtherForm`] if the report is of another form, [`FillError::Package`] if the package would be too large.
    pub fn fill(&self, report: &Report) -> Result<Filled, FillError> {
        match self {
            Self::Docx(template) => template.fill(report),
            Self::Xlsx(template) => template.fill(report),
        }
    }
}

fn no_template(format: Format) -> FillError {
    FillError::NotATemplate(format)
}

/// Findings about figures without a place in the template, one per table of the form.
fn homeless(form: &Form, fields: &[FieldIndex]) -> Vec<Finding> {
    let mut missing: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for &field in fields {
        missing.entry(form.fields[field].table).or_default().push(&form.fields[field].id);
    }
    let finding = |(table, fields): (usize, Vec<&str>)| {
        let name = &form.tables[table].name;
        let (code, count) = (&code::FIELD_HAS_NO_PLACE, fields.len());
        let message = Message::new(
            format!("模板的{}中有{count}个数据没有位置，没有填入。{}", name.zh, code.remedy.0),
            format!(
                "{count} figures have no place in the template's {}; they were not filled in. {}",
                name.en, code.remedy.1
            ),
        );
        Finding::new(code, message).about(fields)
    };
    missing.into_iter().map(finding).collect()
}

/// Whether the title of a report is the heading of one of these sections.
fn is_heading(form: &Form, report: &Report, title: &str, mut sections: impl Iterator<Item = usize>) -> bool {
    let heading =
        |section: usize| form.sections[section].heading_for(report.agency.as_deref(), report.year, report.months());
    sections.any(|section| heading(section).as_deref() == Some(title))
}

/// A finding about a text.
fn about(code: &Code, text: &str) -> Finding {
    let shown: String = text.chars().take(60).collect();
    let (zh, en) = if shown.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("：“{shown}”"), format!(": \"{shown}\""))
    };
    let message = Message::new(
        format!("{}{zh}。{}{}", code.title.0, code.why.0, code.remedy.0),
        format!("{}{en}. {} {}", code.title.1, code.why.1, code.remedy.1),
    );
    Finding::new(code, message)
}

/// The main part as text, byte order mark included, and whether it was transcoded.
fn text(bytes: Vec<u8>, budget: &mut Budget) -> Result<(String, bool), ReadError> {
    match String::from_utf8(bytes) {
        Ok(text) if read::xml::text(text.as_bytes(), budget).is_ok_and(|(read, _)| read.len() + 3 >= text.len()) => {
            Ok((text, false))
        }
        Ok(text) => Ok((read::xml::text(text.as_bytes(), budget)?.0.into_owned(), true)),
        Err(wrong) => Ok((read::xml::text(wrong.as_bytes(), budget)?.0.into_owned(), true)),
    }
}

/// Whether a template is a filled-in report, not a blank form.
fn is_filled(form: &Form, found: &Report) -> bool {
    let figures = || found.values.values().filter(|value| value.kind == Kind::Number);
    figures().any(|value| value.value.is_some_and(|number| !number.is_zero()))
        || figures().count() * 2 > form.fields.len()
}
