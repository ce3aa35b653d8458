//! Words by which a report names its agency and year, and words that look alike.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Mistake;
use super::pattern::Pattern;

/// How reports of a form name their agency and their year; without it neither is held against the rest of the report.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySource {
    /// How names of agencies end, such as 局.
    pub endings: Vec<String>,
    /// Endings of those that stand for a whole region, such as 人民政府.
    pub governments: Vec<String>,
    /// Endings of offices that sign for their agency, such as 办公室.
    pub offices: Vec<String>,
    /// What an agency does that signs for its government, such as 政务服务.
    pub sign_for_government: Vec<String>,
    /// Signs that end the name of a region, from the highest level to the lowest; those of one level in one text, as in `县|区|旗`.
    pub regions: Vec<String>,
    /// Words with such a sign that are no region, such as 市场.
    pub not_regions: Vec<String>,
    /// Renamed agencies: sets of equivalent words.
    pub renamed: Vec<Vec<String>>,
    /// Words behind a name at the beginning of a paragraph that make it the one that reports; or `sheet` where each sheet of a workbook
    /// is a report.
    pub reports: WordsOr<Parts>,
    /// Words in a sentence with a span of days that make it the period of the report; or how long a report covers: `quarter`.
    pub period: WordsOr<Covers>,
    /// Words in a sentence that begins with a year which is not that of the report.
    pub not_own_year: Vec<String>,
    /// The words around the name of who made the report.
    pub made_by: MadeBySource,
    /// A regular expression of the year in a file's name, with the year as the group `y`.
    #[schemars(with = "Option<String>")]
    pub file_year: Option<Spanned<String>>,
    /// Lines outside the tables that name the agency: `填报单位：{}`.
    #[schemars(with = "Vec<String>")]
    pub agency: Vec<Spanned<String>>,
    /// Lines outside the tables that name the year: `（{}年度）`.
    #[schemars(with = "Vec<String>")]
    pub year: Vec<Spanned<String>>,
}

/// Words, or one word of a list of its own in their place: `period = "quarter"`, `period = ["统计期限"]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum WordsOr<T> {
    /// The one word.
    One(T),
    /// Words.
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
    /// The one word.
    pub fn one(&self) -> Option<T> {
        match self {
            Self::One(one) => Some(*one),
            Self::Words(_) => None,
        }
    }
}

/// How long the figures of a report cover.
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

/// What identifies one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Parts {
    /// The file, unless its titles say otherwise.
    #[default]
    One,
    /// Each sheet of a workbook.
    Sheet,
}

/// The words around the name of who made the report: `由…编制`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MadeBySource {
    /// Words that the name stands after.
    pub after: Vec<String>,
    /// Words that it stands before.
    pub before: Vec<String>,
    /// Words that may stand between.
    pub besides: Vec<String>,
}

/// How reports of a form name their agency and their year, resolved.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The words.
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

    /// How long the figures of a report cover, where the form says.
    pub fn covers(&self) -> Option<Covers> {
        self.words.period.one()
    }
}

pub(super) fn identity(source: IdentitySource) -> Result<Identity, Mistake> {
    let file_year = source.file_year.as_ref().map(super::plausible::pattern).transpose()?;
    let lines = |sources: &[Spanned<String>]| sources.iter().map(super::LabelLine::new).collect::<Result<Vec<_>, _>>();
    Ok(Identity { file_year, agency: lines(&source.agency)?, year: lines(&source.year)?, words: source })
}
