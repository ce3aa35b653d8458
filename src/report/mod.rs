//! The report: the one typed model between every input and every output. Knows forms only by their ids.

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

/// One agency's report of one year. Keys have a fixed order, and values stand in the form's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the model, now 1.
    pub version: u32,
    /// Id of the form.
    pub form: String,
    /// The reporting agency's full name, where it is certain.
    pub agency: Option<String>,
    /// The year that is reported on.
    pub year: Option<i16>,
    /// The title as prescribed by the form, or as it was found where agency or year are missing.
    pub title: Option<String>,
    /// First and last day that the figures cover.
    pub period: Option<Period>,
    /// Day of publication.
    #[schemars(with = "Option<String>")]
    pub published: Option<Date>,
    /// How to reach the agency.
    #[serde(default)]
    pub contact: Contact,
    /// The parts of the report in the form's order; a part that the source lacks is missing here.
    pub sections: Vec<Section>,
    /// Every field of the form by its id.
    pub values: IndexMap<String, Value>,
    /// What no section claims: stood before or after the report, or belongs to no part of it.
    #[serde(default)]
    pub unclaimed: Vec<Content>,
    /// Pictures that the content refers to by index.
    #[serde(default, with = "content::pictures")]
    #[schemars(with = "Vec<content::PictureJson>")]
    pub pictures: Vec<Picture>,
    /// Findings about it.
    pub findings: Vec<Finding>,
    /// Where it was read from.
    #[serde(default)]
    pub source: Option<Source>,
}

/// First and last day that figures cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// First day.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day.
    #[schemars(with = "String")]
    pub to: Date,
}

/// How to reach the agency, as written in the report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Contact {
    /// The office to be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Post code of six digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where the electronic version is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// Id of the form's section.
    pub id: String,
    /// The heading as written; `None` for the part before the first heading, or where the source lost it.
    pub heading: Option<String>,
    /// Narrative, the places of the form's tables, extra tables and pictures, in order.
    pub content: Vec<Content>,
}

/// Where a report was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The file's path as it was given.
    pub file: String,
    /// What its content is.
    pub format: Format,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its number among the reports of the file, from 0; left out for the first.
    #[serde(default, skip_serializing_if = "is_first")]
    pub report: usize,
}

impl Source {
    /// Whether the report was typed in by hand, for its file cannot be read.
    pub fn is_typed(&self) -> bool {
        self.format == Format::Typed
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_first(report: &usize) -> bool {
    *report == 0
}

impl Report {
    /// The value of a field, given with its number in the form, from 0: where the values stand in the form's order, nothing is searched.
    pub fn value(&self, number: usize, id: &str) -> Option<&Value> {
        let there = self.values.get_index(number).filter(|(known, _)| *known == id).map(|(_, value)| value);
        there.or_else(|| self.values.get(id))
    }

    /// A report of a form without any content; fields are added by whoever knows the form.
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

    /// The part with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}
