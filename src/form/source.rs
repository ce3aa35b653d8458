//! A mapping file as it is written: the TOML keys, strict, before anything is resolved. `mappings/README.md` teaches the language.

use super::look::{PageTurn, SectionLook};
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::openrows::RowsSource;
use crate::finding::{Message, Severity};

/// Version of the mapping language that this program speaks.
pub const LANGUAGE: u32 = 1;

/// Only the version, read before the strict parsing so that an old program says "too old" and not "unknown key".
#[derive(Debug, Deserialize)]
pub(super) struct VersionOnly {
    pub(super) language: Option<u32>,
}

/// A whole mapping file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormSource {
    /// Version of the mapping language, now 1.
    pub language: u32,
    /// Id of the form, also the file's name.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Name for people.
    pub name: Message,
    /// The document that prescribes the form.
    #[serde(default)]
    pub basis: Option<String>,
    /// Document numbers that reports cite; a citation that lost its brackets is recognised by them.
    #[serde(default)]
    pub documents: Vec<String>,
    /// First and last report year for which the form is prescribed. A form is recognised by its labels, never by the year.
    #[serde(default)]
    pub years: Option<(i16, i16)>,
    /// The title.
    pub title: TitleSource,
    /// How a page with the report is filed on a government site.
    #[serde(default)]
    pub page: PageSource,
    /// The parts of the report in order.
    pub section: Vec<SectionSource>,
    /// The statistics tables in order.
    #[serde(default)]
    pub table: Vec<TableSource>,
    /// What must hold between the figures.
    #[serde(default)]
    pub rule: Vec<RuleSource>,
    /// Charts for the workbook of a roll-up.
    #[serde(default)]
    pub chart: Vec<super::ChartSource>,
    /// Sentences of the narrative that state figures of the tables.
    #[serde(default)]
    pub narrative: Vec<NarrativeSource>,
    /// Figures that only some agencies can have.
    #[serde(default)]
    pub reserved: Vec<super::ReservedSource>,
    /// Figures that are easily given in another unit.
    #[serde(default)]
    pub magnitude: Vec<super::MagnitudeSource>,
    /// How reports name their agency and their year.
    #[serde(default)]
    pub identity: super::IdentitySource,
    /// Regular expressions of what a blank form leaves to be filled in, such as `[X×]{2,}`; what is left of it in a report is told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub leftovers: Vec<Spanned<String>>,
    /// Words by which what stands around a report is known.
    #[serde(default)]
    pub words: WordsSource,
    /// By which law and by when a report must be published, for letters.
    #[serde(default)]
    pub duty: Option<super::DutySource>,
    /// A draft: its labels could not be read in a source, and whoever uses it is told.
    #[serde(default)]
    pub draft: bool,
}

/// Words by which what stands around a report is known. A list that is not given is that of `mappings/defaults/words.toml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsSource {
    /// Words over a table or a whole form that shows figures of another year for comparison.
    #[serde(default)]
    pub comparison: Option<Vec<String>>,
    /// Words over a column beside one of the form's that shows figures of another year, or shares.
    #[serde(default)]
    pub beside: Option<Vec<String>>,
    /// Words at the end of what a total of several offices or parts is called, beside which the parts stand.
    #[serde(default)]
    pub total: Option<Vec<String>>,
    /// Words over a form, or in its sheet's name, that shows how to fill it in.
    #[serde(default)]
    pub example: Option<Vec<String>>,
    /// Words before the name of the agency that a table is from, as in `填报单位：`.
    #[serde(default)]
    pub sender: Option<Vec<String>>,
    /// Words behind the title of a file that collects the reports of several agencies.
    #[serde(default)]
    pub collection: Option<Vec<String>>,
    /// Words of a report as it was written before the form was prescribed, such as the name of its table.
    #[serde(default)]
    pub earlier: Option<Vec<String>>,
    /// Words before a telephone number that is there to be called, which is no personal data.
    #[serde(default)]
    pub contact: Option<Vec<String>>,
    /// Words that are often written wrongly: as they are written, and as they should be.
    #[serde(default)]
    pub misspelt: Option<BTreeMap<String, String>>,
}

/// The title of a report.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TitleSource {
    /// The title as prescribed, with `{agency}` and `{year}`.
    #[schemars(with = "String")]
    pub pattern: Spanned<String>,
    /// The fixed words as they are also written; the prescribed ones need not be repeated.
    #[serde(default)]
    pub names: Vec<String>,
}

/// How a page with the report is filed on a government site: values of meta tags that are the same for every agency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageSource {
    /// `ColumnType`: kind of column, from the government's list.
    #[serde(default)]
    pub column_type: Option<String>,
    /// `ColumnName`: name of the column.
    #[serde(default)]
    pub column_name: Option<String>,
    /// `ColumnDescription`: what the column is for.
    #[serde(default)]
    pub column_description: Option<String>,
    /// `ColumnKeywords`: words to find it by.
    #[serde(default)]
    pub column_keywords: Option<String>,
}

/// A part of the report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionSource {
    /// Id.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The heading with its number, `{agency}` and `{year}` where it names them; none for the part before the first heading.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub heading: Option<Spanned<String>>,
    /// Headings that are also met, without number.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Placeholder texts of blank forms that stand where narrative belongs.
    #[serde(default)]
    pub placeholders: Vec<String>,
    /// What paragraphs that belong to a table of the part begin with: `说明：`. They stand below it, and a blank form has them.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Most characters that the narrative may have.
    #[serde(default)]
    pub max_characters: Option<u32>,
    /// Words of an older form that have no place in this part any more: names of parts that are gone, a document that is replaced.
    #[serde(default)]
    pub stale: Vec<String>,
    /// How its paragraphs stand on the page.
    #[serde(default)]
    pub look: SectionLook,
    /// Whether it stands above the title.
    #[serde(default)]
    pub above_title: bool,
}

/// What stands in a field: a figure, or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// A non-negative whole number.
    #[default]
    Count,
    /// A whole number that may be negative, also written `+3`, `增3`, `减4`.
    Signed,
    /// A non-negative decimal number.
    Amount,
    /// Any words.
    Text,
    /// One or several of given words, ticked or written.
    Choice,
    /// A day, a month or a year.
    Date,
    /// Digits or letters that are no number: kept as written, leading zeros too.
    Code,
}

impl FieldKind {
    /// Whether a figure stands there, which rules may name and which adds up.
    pub fn is_figure(self) -> bool {
        matches!(self, Self::Count | Self::Signed | Self::Amount)
    }

    /// Its name in mapping files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Signed => "signed",
            Self::Amount => "amount",
            Self::Text => "text",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Code => "code",
        }
    }
}

/// What a row or column is besides a place of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeadRole {
    /// Fields stand in it.
    #[default]
    Field,
    /// It names the unit of the figures of each row.
    Unit,
    /// It says nothing that the form wants, such as the numbers of the rows.
    Ignore,
}

/// Where the unit of a table's figures may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnitFrom {
    /// In the header of the column.
    Header,
    /// In a line above the table.
    Line,
    /// In a column of the table with the role `unit`.
    Column,
}

/// A statistics table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "keys of a mapping file")]
pub struct TableSource {
    /// Id, first part of its field ids.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Id of the section in which it stands.
    #[schemars(with = "String")]
    pub section: Spanned<String>,
    /// Name for people, such as `表三`.
    #[serde(default)]
    pub name: Option<Message>,
    /// Grid columns that the row labels take.
    #[serde(default)]
    pub label_columns: Option<u32>,
    /// Relative widths of the grid columns.
    #[serde(default)]
    pub widths: Vec<u32>,
    /// Kind of its figures unless a block, row or column says otherwise.
    #[serde(default)]
    pub kind: Option<FieldKind>,
    /// Unit of its figures unless a block, row or column says otherwise.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whether the figures of lower agencies add up to a superior's.
    #[serde(default = "yes")]
    pub additive: bool,
    /// Whether the form says that a blank cell means 0. Otherwise a blank cell keeps the rules that need it from being assessed.
    #[serde(default)]
    pub blank_is_zero: bool,
    /// `true` where the ids of its fields do not begin with the table's: a printed table that holds several.
    #[serde(default)]
    pub plain_ids: bool,
    /// Names of the sheets in which it may stand, a hint: where headers do not decide, these do.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// Whether a report may lack it.
    #[serde(default)]
    pub optional: bool,
    /// Where its unit may be said besides the cell; everywhere unless said.
    #[serde(default)]
    pub unit_from: Vec<UnitFrom>,
    /// How it lies on paper.
    #[serde(default)]
    pub page: PageTurn,
    /// How far the sides of its rules may be apart by rounding.
    #[serde(default)]
    pub tolerance: Option<f64>,
    /// Its blocks from the top: each has a header and rows of its own.
    pub block: Vec<BlockSource>,
}

/// A block of a table: rows under one header.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockSource {
    /// A line across the table above the block.
    #[serde(default)]
    pub caption: Option<String>,
    /// What stands in the corner, above the row labels.
    #[serde(default)]
    pub corner: Option<String>,
    /// Grid columns that each column takes, where they are not one each.
    #[serde(default)]
    pub spans: Vec<u32>,
    /// Kind of its figures.
    #[serde(default)]
    pub kind: Option<FieldKind>,
    /// Unit of its figures.
    #[serde(default)]
    pub unit: Option<String>,
    /// The columns, possibly grouped.
    #[schemars(with = "Vec<HeadSource>")]
    pub columns: Vec<Spanned<HeadSource>>,
    /// The rows, possibly grouped; none for a block with a single row without a label. Or rows that are data.
    #[serde(default)]
    pub rows: RowsSource<HeadSource>,
    /// Sets of columns that other places or years use: ids of columns in their order. Without any, all columns are one set.
    #[serde(default)]
    pub set: Vec<SetSource>,
    /// Whether the block stands to the right of the one before it, with rows of its own.
    #[serde(default)]
    pub beside: bool,
}

/// A set of a block's columns.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSource {
    /// Id.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Ids of its columns, from the left.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<Spanned<String>>,
}

/// A row, a column, or a group of them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadSource {
    /// Id; a group without one adds nothing to the field ids below it.
    #[serde(default)]
    pub id: Option<String>,
    /// The label as prescribed.
    #[serde(default)]
    pub label: String,
    /// What it is called where it is spoken of, such as `一、本年新收`; the label where it is not given. With the number of the group
    /// around it: `（三）1.属于国家秘密`.
    #[serde(default)]
    pub short: Option<String>,
    /// Instead of a label: a row that is a heading over the rows below it and has no fields.
    #[serde(default)]
    pub heading: Option<String>,
    /// What it is besides a place of fields.
    #[serde(default)]
    pub role: HeadRole,
    /// The words of a choice.
    #[serde(default)]
    pub of: Vec<String>,
    /// The marks of a choice: the first is the empty one, the others are ticks.
    #[serde(default)]
    pub marks: Option<String>,
    /// Whether several words of a choice may be ticked.
    #[serde(default)]
    pub several: bool,
    /// The parts of a code, from the left; each may have a column of its own.
    #[serde(default)]
    pub parts: Vec<String>,
    /// `field = word`: only filled in where that choice is made.
    #[serde(default)]
    pub when: Option<String>,
    /// Labels that are also met.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Kind of the figures below it.
    #[serde(default)]
    pub kind: Option<FieldKind>,
    /// Unit of the figures below it.
    #[serde(default)]
    pub unit: Option<String>,
    /// Rows or columns of the group.
    #[serde(default)]
    #[schemars(with = "Vec<HeadSource>")]
    pub children: Vec<Spanned<HeadSource>>,
}

/// Over what a rule is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// Once for every row of the table; the names in the expression are columns.
    Row,
    /// Once for every column of the table; the names in the expression are rows.
    Column,
}

/// Something that must hold between figures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// Id, unique in the form.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The table that the names in the expression belong to; without it they are whole field ids.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub table: Option<Spanned<String>>,
    /// Repeats the rule over the table's rows or columns.
    #[serde(default)]
    pub each: Option<Each>,
    /// Repeats the rule with each of these in place of `$`.
    #[serde(default, rename = "for")]
    pub items: Vec<String>,
    /// `total = a + b - c`; also `<=` and `>=`; `group.*` stands for the sum of all below it, `previous.x` for last year's figure.
    #[schemars(with = "String")]
    pub expression: Spanned<String>,
    /// The left side is the total of the right side: a spreadsheet can compute it.
    #[serde(default)]
    pub defines: bool,
    /// How far both sides may be apart by rounding; the table's unless said.
    #[serde(default)]
    pub tolerance: Option<f64>,
    /// How much a breach matters.
    #[serde(default = "error")]
    pub severity: Severity,
    /// The rule in words.
    pub text: Message,
    /// What is said where it does not hold, without a mark at its end. `{scope}` is the row, column or item, `{row}` its row in the
    /// file, `{left}` and `{right}` the sides as computed, `{1}` and on the figures in their order, `{more}` how much more or less the
    /// left side is, and `{apart}` how far both are apart.
    #[serde(default)]
    #[schemars(with = "Option<Message>")]
    pub broken: Option<Spanned<Message>>,
    /// The paragraph that it comes from.
    #[serde(default)]
    pub source: Option<String>,
    /// Figures for which it holds and does not hold; run as tests.
    #[serde(default)]
    pub example: Vec<ExampleSource>,
}

/// Figures on which a rule is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleSource {
    /// Whether the rule holds for them.
    pub holds: bool,
    /// Figures by field id, or by the names of the expression for a repeated rule (tried on the first repetition); the rest is 0. `previous.` for last year's.
    pub values: indexmap::IndexMap<String, f64>,
}

/// A sentence of the narrative that states a figure of the tables.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NarrativeSource {
    /// A regular expression in which `{n}` stands for a number in any numerals, and `{g}` for up to 14 characters of other words.
    #[schemars(with = "String")]
    pub pattern: Spanned<String>,
    /// Other ways to say the same.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub also: Vec<Spanned<String>>,
    /// Ways to say that there were none, which states 0.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub zero: Vec<Spanned<String>>,
    /// A sentence must have one of these words to be looked at; without any, every sentence is.
    #[serde(default)]
    pub words: Vec<String>,
    /// Clauses with one of these words are passed over.
    #[serde(default)]
    pub except: Vec<String>,
    /// A sentence that has had one of these words is passed over from there on.
    #[serde(default)]
    pub before: Vec<String>,
    /// What the number is divided by to be in the unit of the cells.
    #[serde(default)]
    pub divide: Option<u32>,
    /// Sums of whole field ids; the number may state any one of them.
    #[schemars(with = "Vec<String>")]
    pub states: Vec<Spanned<String>>,
}

fn yes() -> bool {
    true
}

fn error() -> Severity {
    Severity::Error
}
