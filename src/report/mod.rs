//! The report: the one typed model between every input and every output. It refers to forms by id only.

mod content;
pub mod json;
mod passages;
mod value;

use indexmap::IndexMap;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::document::Place;
use crate::document::{Format, Picture};
use crate::finding::Finding;

pub use content::{Content, ExtraCell, ExtraTable};
pub use passages::Passage;
pub use value::{Corrected, Kind, Value};

/// Version of the model's JSON; a reader refuses another.
pub const MODEL_VERSION: u32 = 1;

/// One agency's report for one period. Keys have a fixed order, and values are in the form's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the model, now 1.
    pub version: u32,
    /// Id of the form.
    pub form: String,
    /// Full name of the reporting agency, if it is certain.
    pub agency: Option<String>,
    /// The report year.
    pub year: Option<i16>,
    /// The title as prescribed by the form, or as found in the source if agency or year is missing.
    pub title: Option<String>,
    /// First and last day that the figures cover.
    pub period: Option<Period>,
    /// Day of publication.
    #[schemars(with = "Option<String>")]
    pub published: Option<Date>,
    /// Contact details of the agency.
    #[serde(default)]
    pub contact: Contact,
    /// The sections in the form's order; a section that is missing in the source is missing here.
    pub sections: Vec<Section>,
    /// Values of all fields of the form, by field id.
    pub values: IndexMap<String, Value>,
    /// Content that belongs to no section, such as text before or after the report.
    #[serde(default)]
    pub unclaimed: Vec<Content>,
    /// Pictures that the content refers to by index.
    #[serde(default, with = "content::pictures")]
    #[schemars(with = "Vec<content::PictureJson>")]
    pub pictures: Vec<Picture>,
    /// Findings about it.
    pub findings: Vec<Finding>,
    /// The source of the report.
    #[serde(default)]
    pub source: Option<Source>,
}

/// The period that figures cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// First day.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day.
    #[schemars(with = "String")]
    pub to: Date,
}

impl Period {
    /// The first to the last of some months of a year.
    pub fn of_months(year: i16, (first, last): (i8, i8)) -> Option<Self> {
        let from = Date::new(year, first, 1).ok()?;
        Some(Self { from, to: Date::new(year, last, 1).ok()?.last_of_month() })
    }
}

/// Contact details, as written in the report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Contact {
    /// The office to contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Postcode of six digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address of the web page that publishes the electronic version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A section of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// Id of the form's section.
    pub id: String,
    /// The heading as written; `None` for the section before the first heading, or if it is missing in the source.
    pub heading: Option<String>,
    /// Narrative, positions of the form's tables, extra tables and pictures, in order.
    pub content: Vec<Content>,
}

/// The source of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Path of the file as given.
    pub file: String,
    /// Format of the content.
    pub format: Format,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Index of the report among the reports of the file, 0-based; left out of JSON for the first.
    #[serde(default, skip_serializing_if = "is_first")]
    pub report: usize,
}

impl Source {
    /// Whether the report was typed in by hand because its file cannot be read.
    pub fn is_typed(&self) -> bool {
        self.format == Format::Typed
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_first(report: &usize) -> bool {
    *report == 0
}

impl Report {
    /// The value of a field, given by its index in the form (0-based) and its id. If values are in the form's order, no search is needed.
    pub fn value(&self, number: usize, id: &str) -> Option<&Value> {
        let there = self.values.get_index(number).filter(|(known, _)| *known == id).map(|(_, value)| value);
        there.or_else(|| self.values.get(id))
    }

    /// A report of a form without content; the caller adds the fields.
    pub fn empty(form: &str) -> Self {
        Self {
            version: MODEL_VERSION,
            form: form.to_owned(),
            agency: None,
            year: None,
            title: None,
            period: None,
            published: None,
            contact: Contact::default(),
            sections: Vec::new(),
            values: IndexMap::new(),
            unclaimed: Vec::new(),
            pictures: Vec::new(),
            findings: Vec::new(),
            source: None,
        }
    }

    /// The first and the last month of the period, if it is a part of a year that consists of whole months.
    pub fn months(&self) -> Option<(i8, i8)> {
        let Period { from, to } = self.period?;
        let whole = from.day() == 1 && to.day() == to.days_in_month() && from.year() == to.year();
        let months = (from.month(), to.month());
        (whole && months != (1, 12)).then_some(months)
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}
