//! Words by which a report names its agency and its year, and words that are easily taken for them.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Mistake;
use super::pattern::Pattern;

/// How reports of the form name their agency and their year; if it is missing, neither is compared with the rest of the report.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySource {
    /// Endings of agency names, such as 局.
    pub endings: Vec<String>,
    /// Endings of agency names that denote a whole region, such as 人民政府.
    pub governments: Vec<String>,
    /// Endings of offices that sign for their agency, such as 办公室.
    pub offices: Vec<String>,
    /// Names of duties whose agency signs for its government, such as 政务服务.
    pub sign_for_government: Vec<String>,
    /// Characters that end the name of a region, from the highest level to the lowest; those of one level in one text, as in `县|区|旗`.
    pub regions: Vec<String>,
    /// Words that end in such a character but are not regions, such as 市场.
    pub not_regions: Vec<String>,
    /// Renamed agencies: sets of equivalent words.
    pub renamed: Vec<Vec<String>>,
    /// Words that follow the name of the reporting agency at the beginning of a paragraph; or `sheet` if each sheet of a workbook is a
    /// report.
    pub reports: WordsOr<Parts>,
    /// Words of a sentence that states the period of the report as a span of days; or the length of the period, such as `quarter`.
    pub period: WordsOr<Covers>,
    /// Words of a sentence that begins with a year other than that of the report.
    pub not_own_year: Vec<String>,
    /// Words around the name of the agency that made the report.
    pub made_by: MadeBySource,
    /// Regular expression for the year in a file name; the year is the group `y`.
    #[schemars(with = "Option<String>")]
    pub file_year: Option<Spanned<String>>,
    /// Lines outside the tables that name the agency: `填报单位：{}`.
    #[schemars(with = "Vec<String>")]
    pub agency: Vec<Spanned<String>>,
    /// Lines outside the tables that name the year: `（{}年度）`.
    #[schemars(with = "Vec<String>")]
    pub year: Vec<Spanned<String>>,
}

/// A list of words, or a keyword in place of a list: `period = ["统计期限"]`, `period = "quarter"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum WordsOr<T> {
    /// The keyword.
    One(T),
    /// The list of words.
    Words(Vec<String>),
}

impl<T> Default for WordsOr<T> {
    fn default() -> Self {
        Self::Words(Vec::new())
    }
}

impl<T> std::ops::Deref for WordsOr<T> {
    type Target = [String];

    fn deref(&self) -> &[String] {
        match self {
            Self::One(_) => &[],
            Self::Words(words) => words,
        }
    }
}

impl<T: Copy> WordsOr<T> {
    /// The keyword, if there is one.
    pub fn one(&self) -> Option<T> {
        match self {
            Self::One(one) => Some(*one),
            Self::Words(_) => None,
        }
    }
}

/// Length of the period that the figures of a report cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Covers {
    /// A year.
    Year,
    /// Half a year.
    Half,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
}

impl Covers {
    /// Its number of months.
    pub fn months(self) -> i8 {
        match self {
            Self::Year => 12,
            Self::Half => 6,
            Self::Quarter => 3,
            Self::Month => 1,
        }
    }
}

/// What makes up one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Parts {
    /// The file, unless its titles show that it holds several reports.
    #[default]
    One,
    /// Each sheet of a workbook.
    Sheet,
}

/// Words around the name of the agency that made the report: `由…编制`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MadeBySource {
    /// Words before the name.
    pub after: Vec<String>,
    /// Words after the name.
    pub before: Vec<String>,
    /// Words that may come in between.
    pub besides: Vec<String>,
}

/// How reports of a form name their agency and their year, resolved.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The words as written.
    pub words: IdentitySource,
    /// The year in a file's name.
    pub file_year: Option<Pattern>,
    /// Lines that name the agency.
    pub agency: Vec<super::LabelLine>,
    /// Lines that name the year.
    pub year: Vec<super::LabelLine>,
}

impl Identity {
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.file_year.iter().chain(self.agency.iter().chain(&self.year).map(super::LabelLine::pattern))
    }

    /// Whether each sheet of a workbook is a report.
    pub fn by_sheet(&self) -> bool {
        self.words.reports.one() == Some(Parts::Sheet)
    }

    /// Length of the period that the figures cover, if the key `period` states it.
    pub(super) fn covers(&self) -> Option<Covers> {
        self.words.period.one()
    }
}

pub(super) fn identity(source: IdentitySource) -> Result<Identity, Mistake> {
    let file_year = source.file_year.as_ref().map(super::plausible::pattern).transpose()?;
    let lines = |sources: &[Spanned<String>]| sources.iter().map(super::LabelLine::new).collect::<Result<Vec<_>, _>>();
    Ok(Identity { file_year, agency: lines(&source.agency)?, year: lines(&source.year)?, words: source })
}
