//! The TOML keys of a mapping file as written, parsed strictly, before anything is resolved. `mappings/README.md` documents the language.

use super::look::{PageTurn, SectionLook};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::openrows::RowsSource;
use crate::finding::{Message, Severity};

/// Version of the mapping language that this program supports.
pub const LANGUAGE: u32 = 1;

/// The version alone, parsed before the strict parsing so that an old program reports a newer version and not an unknown key.
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
    /// Id of the form, also the name of the file.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Display name.
    pub name: Message,
    /// The document that prescribes the form.
    #[serde(default)]
    pub basis: Option<String>,
    /// Document numbers that reports cite; a citation that lost its brackets is restored from them.
    #[serde(default)]
    pub documents: Vec<String>,
    /// First and last report year for which the form is prescribed. A form is recognised by its labels, never by the year alone.
    #[serde(default)]
    pub years: Option<(i16, i16)>,
    /// The title.
    pub title: TitleSource,
    /// Metadata of the page that publishes the report on a government site.
    #[serde(default)]
    pub page: PageSource,
    /// The sections of the report in order.
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
    /// Patterns for sentences of the narrative that state figures of the tables.
    #[serde(default)]
    pub narrative: Vec<NarrativeSource>,
    /// Figures that only some agencies can have.
    #[serde(default)]
    pub reserved: Vec<super::ReservedSource>,
    /// Figures that are easily given in a wrong unit.
    #[serde(default)]
    pub magnitude: Vec<super::MagnitudeSource>,
    /// How reports name their agency and their year.
    #[serde(default)]
    pub identity: super::IdentitySource,
    /// Regular expressions for placeholders of the blank form, such as `[X×]{2,}`; one that is left in a report is reported as a finding.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub leftovers: Vec<Spanned<String>>,
    /// Keywords by which texts around a report are recognised.
    #[serde(default)]
    pub words: super::WordsSource,
    /// The legal duty to publish the report, quoted in letters.
    #[serde(default)]
    pub duty: Option<super::DutySource>,
    /// Whether this is a draft, whose labels were not checked against a source; using it is reported as a finding.
    #[serde(default)]
    pub draft: bool,
}

/// The title of a report.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TitleSource {
    /// The title as prescribed, with `{agency}` and `{year}`.
    #[schemars(with = "String")]
    pub pattern: Spanned<String>,
    /// Variants of the fixed words; the prescribed ones need not be repeated.
    #[serde(default)]
    pub names: Vec<String>,
    /// Last words of document titles, only for the pattern `{title}`: a title of several lines ends with the first line that ends in one of
    /// them.
    #[serde(default)]
    pub ends: Vec<String>,
    /// Regular expression whose group `agency` is the agency that a title names, only for the pattern `{title}`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub agency: Option<Spanned<String>>,
}

/// Metadata of the page that publishes the report on a government site: values of meta tags that are the same for every agency.
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
    /// `ColumnKeywords`: search keywords.
    #[serde(default)]
    pub column_keywords: Option<String>,
}

/// A section of the report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionSource {
    /// Id.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The heading with its number, with `{agency}` and `{year}` where it names them; none for the section before the first heading.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub heading: Option<Spanned<String>>,
    /// Variants of the heading, without number.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Placeholder texts of the blank form in place of the narrative.
    #[serde(default)]
    pub placeholders: Vec<String>,
    /// Beginnings of notes to a table of the section, such as `说明：`. They are below the table, in the blank form too.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Maximum number of characters of the narrative.
    #[serde(default)]
    pub max_characters: Option<u32>,
    /// Words of an older form that are obsolete in this section: names of abolished departments, a superseded document.
    #[serde(default)]
    pub stale: Vec<String>,
    /// Placement of its paragraphs on the page.
    #[serde(default)]
    pub look: SectionLook,
    /// Whether the section is above the title.
    #[serde(default)]
    pub above_title: bool,
    /// The lines of a document that belong to the section, only for a form with the title `{title}`. The one section without `element` gets
    /// the body text.
    #[serde(default)]
    #[schemars(with = "Option<super::ElementSource>")]
    pub element: Option<Spanned<super::ElementSource>>,
}

/// Kind of value of a field: a figure, or words.
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
    /// Any text.
    Text,
    /// One or several of a list of words, ticked or written.
    Choice,
    /// A day, a month or a year.
    Date,
    /// Digits or letters that are not a number: kept as written, with leading zeros.
    Code,
}

impl FieldKind {
    /// Whether the value is a figure, which rules may name and roll-ups add.
    pub fn is_figure(self) -> bool {
        matches!(self, Self::Count | Self::Signed | Self::Amount)
    }

    /// Name of the kind in mapping files.
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

/// Role of a row or column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeadRole {
    /// It contains fields.
    #[default]
    Field,
    /// It names the unit of the figures in each row.
    Unit,
    /// It contains nothing that is read, such as row numbers.
    Ignore,
}

/// Where the unit of a table's figures may be given.
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
    /// Id, the first component of its field ids.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Id of the section that contains it.
    #[schemars(with = "String")]
    pub section: Spanned<String>,
    /// Display name, such as `表三`.
    #[serde(default)]
    pub name: Option<Message>,
    /// Number of grid columns of the row labels.
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
    /// Whether the figures of subordinate agencies add up to those of their superior.
    #[serde(default = "default_true")]
    pub additive: bool,
    /// Whether the form defines a blank cell as 0. Otherwise a rule that needs a blank cell is not assessed.
    #[serde(default)]
    pub blank_is_zero: bool,
    /// Whether its field ids omit the id of the table; for a printed table that is several tables here.
    #[serde(default)]
    pub plain_ids: bool,
    /// Names of the sheets in which it may be: a hint, used only if headers do not decide.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// Whether the table is optional.
    #[serde(default)]
    pub optional: bool,
    /// Where the unit may be given other than in the cell; default anywhere.
    #[serde(default)]
    pub unit_from: Vec<UnitFrom>,
    /// Orientation of its page.
    #[serde(default)]
    pub page: PageTurn,
    /// Rounding tolerance of its rules.
    #[serde(default)]
    pub tolerance: Option<f64>,
    /// Its blocks from the top, each with a header and rows of its own.
    pub block: Vec<BlockSource>,
}

/// A block of a table: rows under one header.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockSource {
    /// A line across the table above the block.
    #[serde(default)]
    pub caption: Option<String>,
    /// Text of the corner cell, above the row labels.
    #[serde(default)]
    pub corner: Option<String>,
    /// Number of grid columns of each column; default 1 each.
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
    /// The rows, possibly grouped; none for a block with a single unlabelled row. Or rows that are data.
    #[serde(default)]
    pub rows: RowsSource<HeadSource>,
    /// Sets of columns used in different places or years: column ids in their order. Without sets, all columns form one set.
    #[serde(default)]
    pub set: Vec<SetSource>,
    /// Whether the block is to the right of the previous one, with rows of its own.
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
    /// Id; a group without one adds nothing to the field ids of its children.
    #[serde(default)]
    pub id: Option<String>,
    /// The prescribed label.
    #[serde(default)]
    pub label: String,
    /// Short name used in messages, such as `一、本年新收`; default the label. With the number of the enclosing group: `（三）1.属于国家秘密`.
    #[serde(default)]
    pub short: Option<String>,
    /// In place of a label: the text of a row that is a heading over the rows below it and has no fields.
    #[serde(default)]
    pub heading: Option<String>,
    /// Role of the row or column.
    #[serde(default)]
    pub role: HeadRole,
    /// The words of a choice.
    #[serde(default)]
    pub of: Vec<String>,
    /// The marks of a choice: the first is the empty box, the others are ticks.
    #[serde(default)]
    pub marks: Option<String>,
    /// Whether several words of a choice may be ticked.
    #[serde(default)]
    pub several: bool,
    /// The components of a code, from the left; each may have a column of its own.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Number of digits of each component of a code; the last number applies to all further components. Default:
    /// `mappings/defaults/codes.toml`.
    #[serde(default)]
    pub digits: Vec<usize>,
    /// `field = word`: only filled in if that word of the choice is chosen.
    #[serde(default)]
    pub when: Option<String>,
    /// Variants of the label.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Kind of the fields below it.
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

/// What a rule is repeated over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// Every row of the table; the names in the expression are columns.
    Row,
    /// Every column of the table; the names in the expression are rows.
    Column,
}

/// A relation that must hold between figures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// Id, unique in the form.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Id of the table that the names in the expression belong to; without it they are full field ids.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub table: Option<Spanned<String>>,
    /// Repeats the rule over the table's rows or columns.
    #[serde(default)]
    pub each: Option<Each>,
    /// Repeats the rule with each of these items in place of `$`.
    #[serde(default, rename = "for")]
    pub items: Vec<String>,
    /// `total = a + b - c`; also `<=` and `>=`; `group.*` is the sum of all fields below `group`, `previous.x` last year's figure.
    #[schemars(with = "String")]
    pub expression: Spanned<String>,
    /// Whether the left side is the total of the right side, so that a spreadsheet can compute it.
    #[serde(default)]
    pub defines: bool,
    /// Rounding tolerance; default that of the table.
    #[serde(default)]
    pub tolerance: Option<f64>,
    /// Severity of a breach.
    #[serde(default = "error")]
    pub severity: Severity,
    /// The rule in words.
    pub text: Message,
    /// Message for a breach, without final punctuation. `{scope}` is the row, column or item, `{row}` its row in the file, `{left}` and
    /// `{right}` the values of both sides, `{1}`, `{2}` … the figures in their order, `{more}` by how much the left side is more or less,
    /// and `{apart}` the difference of both sides.
    #[serde(default)]
    #[schemars(with = "Option<Message>")]
    pub broken: Option<Spanned<Message>>,
    /// The provision that it is based on.
    #[serde(default)]
    pub source: Option<String>,
    /// Figures for which the rule holds or does not hold; run as tests.
    #[serde(default)]
    pub example: Vec<ExampleSource>,
}

/// Figures for testing a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleSource {
    /// Whether the rule holds for them.
    pub holds: bool,
    /// Figures by field id, or by the names of the expression for a repeated rule (tried on the first repetition); all others are 0.
    /// `previous.` is the prefix of last year's figures.
    pub values: indexmap::IndexMap<String, f64>,
}

/// A pattern for sentences of the narrative that state a figure of the tables.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NarrativeSource {
    /// A regular expression in which `{n}` is a number in any numerals and `{g}` a gap of up to 14 characters of other words.
    #[schemars(with = "String")]
    pub pattern: Spanned<String>,
    /// Alternative patterns of the same statement.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub also: Vec<Spanned<String>>,
    /// Patterns of the statement that there were none (0).
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub zero: Vec<Spanned<String>>,
    /// Trigger words: only sentences with one of them are examined; without any, every sentence is.
    #[serde(default)]
    pub words: Vec<String>,
    /// Clauses with one of these words are skipped.
    #[serde(default)]
    pub except: Vec<String>,
    /// From the first of these words, the rest of a sentence is skipped.
    #[serde(default)]
    pub before: Vec<String>,
    /// Divisor that converts the number to the unit of the cells.
    #[serde(default)]
    pub divide: Option<u32>,
    /// Sums of full field ids; the number may state any one of them.
    #[schemars(with = "Vec<String>")]
    pub states: Vec<Spanned<String>>,
}

fn default_true() -> bool {
    true
}

fn error() -> Severity {
    Severity::Error
}
