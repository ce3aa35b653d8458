//! Forms: resolved mapping files. A form knows its sections, tables, fields and rules; all knowledge about a form is in its mapping file.

mod bounds;
mod chart;
mod choice;
mod compile;
mod derived;
mod duty;
mod element;
mod error;
mod example;
mod expand;
mod expression;
mod headingline;
mod heads;
mod identity;
mod labelline;
mod layout;
mod load;
mod location;
mod look;
mod narrative;
mod needs;
mod openrows;
mod pattern;
mod places;
mod plausible;
mod rowkey;
mod rule;
mod section;
mod source;
mod title;
mod typing;
mod words;

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::finding::{Message, Place, Severity};

use location::Location;

pub use chart::{Chart, ChartKind, ChartSource, Slice};
pub use choice::Choice;
pub use duty::{Duty, DutySource};
pub use element::{Element, ElementPlace, ElementSource, LineFacts};
pub use error::{FormError, Mistake};
pub use expand::OpenCell;
pub(crate) use expand::field_id;
pub use expression::{Expression, Operand, Ratio, Term};
pub use headingline::HeadingLine;
pub use identity::{Covers, Identity, IdentitySource, MadeBySource, Parts, WordsOr};
pub use labelline::LabelLine;
pub use layout::{Layout, LayoutCell, LayoutContent};
pub use load::Forms;
pub use location::row_words;
pub use look::{PageTurn, SectionLook};
pub use narrative::{Narrative, NarrativePattern, Sought, TriggeredWords};
pub use openrows::{OpenSource, ParentBy, RowsSource, is_added};
pub use pattern::Pattern;
pub use places::part_name;
pub use plausible::{AgencyPattern, Magnitude, MagnitudeSource, Reserved, ReservedSource, Standing};
pub(crate) use rowkey::RowIdentity;
pub use rule::{Relation, RuleInstance};
pub use section::Section;
pub use source::{Each, FieldKind, FormSource, HeadRole, LANGUAGE, PageSource, UnitFrom};
pub use title::Title;
pub use typing::OpenBlock;
pub use words::{Words, WordsSource};

/// Index of a field in [`Form::fields`], 0-based.
pub type FieldIndex = usize;

/// A resolved and checked form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Id such as `gkbg-2021`.
    pub id: String,
    /// Display name.
    pub name: Message,
    /// The document that prescribes the form.
    pub basis: Option<String>,
    /// Document numbers that reports cite, in their correct spelling.
    pub documents: Vec<String>,
    /// First and last report year for which the form is prescribed.
    pub years: Option<(i16, i16)>,
    /// The title.
    pub title: Title,
    /// How a page with the report is filed on a government site.
    pub page: PageSource,
    /// The sections of the report in order.
    pub sections: Vec<Section>,
    /// The statistics tables in order.
    pub tables: Vec<Table>,
    /// Every field, table by table, block by block, row by row.
    pub fields: Vec<Field>,
    /// The rules as written.
    pub rules: Vec<Rule>,
    /// Charts for the workbook of a roll-up.
    pub charts: Vec<Chart>,
    /// Patterns for sentences of the narrative that state figures of the tables.
    pub narrative: Narrative,
    /// Figures that only some agencies can have.
    pub reserved: Vec<Reserved>,
    /// Figures that are easily given in a wrong unit.
    pub magnitudes: Vec<Magnitude>,
    /// How reports name their agency and their year.
    pub identity: Identity,
    /// Patterns for placeholders of a blank form that were not filled in.
    pub leftovers: Vec<Pattern>,
    /// Union of the `leftovers`, a prefilter: nearly every text matches none of them.
    pub(crate) leftover: Option<Pattern>,
    /// Keywords around a report.
    pub words: Words,
    /// The legal duty to publish the report.
    pub duty: Option<Duty>,
    /// Whether the mapping file is a draft, whose labels were not checked against a source.
    pub draft: bool,
    /// Whether it was added to the built-in forms by the user.
    pub own: bool,
    /// Fields that are only filled in if a word of a choice is chosen.
    pub conditions: Vec<Condition>,
    /// The rules as written, for expansion; `None` if the fields do not depend on the report.
    open: Option<Arc<Vec<source::RuleSource>>>,
    /// Whether the form was expanded to the rows and columns of a report.
    of_report: bool,
    by_id: IndexMap<String, FieldIndex>,
    fingerprint: u64,
    source: Arc<str>,
    derived: derived::Derived,
}

/// A field that is only filled in if a word of a choice is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The conditional field.
    pub field: FieldIndex,
    /// The choice field.
    pub when: FieldIndex,
    /// The word that must be chosen.
    pub word: String,
}

/// A label and its variants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The prescribed text.
    pub text: String,
    /// Short name used in messages.
    pub short: String,
    /// Folded with their numbers: the prescribed label first, then the variants.
    pub folded: Vec<String>,
    /// Folded without the leading number (`（一）`, `1.`), in the same order.
    pub bare: Vec<String>,
}

/// A statistics table.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of a mapping file")]
pub struct Table {
    /// Id such as `requests`.
    pub id: String,
    /// Index of its section.
    pub section: usize,
    /// Display name, such as `表三`.
    pub name: Message,
    /// Number of grid columns of the row labels.
    pub label_columns: u32,
    /// Relative widths of the grid columns, one entry per column.
    pub widths: Vec<u32>,
    /// Whether the figures of subordinate agencies add up to those of their superior.
    pub additive: bool,
    /// Whether a blank cell means 0.
    pub blank_is_zero: bool,
    /// Whether its field ids omit the id of the table.
    pub plain_ids: bool,
    /// Folded names of the sheets in which it may be.
    pub sheets: Vec<String>,
    /// Whether the table is optional.
    pub optional: bool,
    /// Where the unit may be given other than in the cell; empty means anywhere.
    pub unit_from: Vec<UnitFrom>,
    /// Orientation of its page.
    pub page: PageTurn,
    /// Rounding tolerance of its rules.
    pub tolerance: Decimal,
    /// Whether it is read row by row under its header: it has rows that are data, text fields, or sets of columns.
    pub by_rows: bool,
    /// Byte range of its id in the mapping file.
    pub span: Range<usize>,
    /// Its blocks from the top.
    pub blocks: Vec<Block>,
}

impl Table {
    /// Prefix of its field ids, empty if `plain_ids`.
    pub fn prefix(&self) -> &str {
        if self.plain_ids { "" } else { &self.id }
    }
}

/// Rows under one header.
#[derive(Debug, Clone)]
pub struct Block {
    /// A line across the table above the block.
    pub caption: Option<Label>,
    /// The corner cell, above the row labels.
    pub corner: Option<Label>,
    /// The columns as a tree of groups.
    pub columns: Vec<Head>,
    /// The rows as a tree of groups; a single unlabelled row has an empty label.
    pub rows: Vec<Head>,
    /// The columns with figures, from the left.
    pub leaf_columns: Vec<Leaf>,
    /// The rows with figures, from the top.
    pub leaf_rows: Vec<Leaf>,
    /// Number of grid columns of each leaf column.
    pub spans: Vec<u32>,
    /// Index of the field in the first row and column; the others follow row by row.
    pub first_field: FieldIndex,
    /// Contents of its grid columns from the left, without the row labels.
    pub slots: Vec<ColumnSlot>,
    /// How rows are identified, if rows are data.
    pub open: Option<OpenRows>,
    /// Sets of columns: id, and indices of leaf columns from the left.
    pub sets: Vec<(String, Vec<usize>)>,
    /// Whether it is to the right of the previous block.
    pub beside: bool,
    /// Ids of all columns of all sets.
    pub(crate) known_columns: Vec<String>,
    /// Whether its rows and columns are fixed.
    pub(crate) resolved: bool,
}

impl Block {
    /// Number of grid columns, without the row labels.
    pub fn width(&self) -> u32 {
        self.slots.iter().map(|slot| slot.span(self)).sum()
    }
}

/// Content of a grid column of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnSlot {
    /// The fields of a leaf column, by its index.
    Leaf(usize),
    /// The units of the rows.
    Unit,
    /// The numbers of the rows.
    Number,
}

impl ColumnSlot {
    /// Number of grid columns.
    pub fn span(self, block: &Block) -> u32 {
        match self {
            Self::Leaf(leaf) => block.spans.get(leaf).copied().unwrap_or(1),
            Self::Unit | Self::Number => 1,
        }
    }
}

/// How rows that are data are identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRows {
    /// The leaf column that identifies a row; `None` if rows are identified by their number.
    pub each: Option<usize>,
    /// How the parent of a row is found.
    pub parent: Option<ParentBy>,
    /// Label of the total row.
    pub total: Option<Label>,
    /// Component of the field ids for the total row.
    pub total_id: String,
    /// Whether there may be a single row that lacks the identifying column.
    pub single: bool,
    /// Number of empty rows in a blank form.
    pub blank: u32,
}

/// A row, a column, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The label.
    pub label: Label,
    /// Role of the row or column.
    pub role: HeadRole,
    /// Whether it is a heading over the rows below, without fields of its own.
    pub heading: bool,
    /// Rows or columns of the group; empty for a row or column with figures.
    pub children: Vec<Head>,
}

/// A row or column with figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leaf {
    /// Component of the field id, such as `refused.state_secret`; may be empty.
    pub id: String,
    /// Labels of the enclosing groups, outermost first, and its own label last; empty for an unlabelled row.
    pub path: Vec<Label>,
    /// Kind of its fields; `None` leaves it to the other axis.
    pub kind: Option<FieldKind>,
    /// The unit of its figures.
    pub unit: Option<String>,
    /// The words of a choice field.
    pub choice: Option<Arc<Choice>>,
    /// The components of a code.
    pub parts: Vec<String>,
    /// Number of digits of each component of a code; the last number applies to all further components.
    pub digits: Vec<usize>,
    /// The last heading row above it, which distinguishes rows with the same label.
    pub under: Option<Label>,
    /// Index of its parent in the tree of rows, if rows are data.
    pub parent: Option<usize>,
    /// Byte range in the mapping file.
    pub span: Range<usize>,
}

impl Leaf {
    /// Its own label.
    pub fn label(&self) -> Option<&Label> {
        self.path.last()
    }

    /// The labels for display, outermost first.
    pub fn shown(&self) -> String {
        let texts: Vec<&str> = self.path.iter().map(|label| label.text.as_str()).collect();
        texts.join(" / ")
    }

    /// The short name for messages; the enclosing groups are added if another leaf of `all` has the same name.
    fn brief(&self, all: &[Leaf]) -> String {
        let Some(own) = self.label() else { return String::new() };
        let same = all.iter().filter(|leaf| leaf.label().is_some_and(|label| label.short == own.short)).count();
        if same < 2 {
            return own.short.clone();
        }
        let around = self.path.len().checked_sub(2).map(|at| self.path[at].short.as_str());
        around.map_or_else(|| own.short.clone(), |group| format!("{group} / {}", own.short))
    }
}

/// A field of the form: one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Id: `table.row.column`.
    pub id: String,
    /// Index of the table.
    pub table: usize,
    /// Index of the block in the table.
    pub block: usize,
    /// Index of the leaf row in the block.
    pub row: usize,
    /// Index of the leaf column in the block.
    pub column: usize,
    /// Kind of its value.
    pub kind: FieldKind,
    /// Unit such as `件` or `万元`.
    pub unit: Option<String>,
    /// The words of a choice field.
    #[serde(skip)]
    pub choice: Option<Arc<Choice>>,
    /// Whether a rule makes it the ratio of others, or its unit is that of a share, so that sums of it say nothing.
    #[serde(skip)]
    pub is_ratio: bool,
}

/// A rule of the form.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Id such as `T3-R`.
    pub id: String,
    /// How much a breach matters.
    pub severity: Severity,
    /// Whether the left side is the total of the right side.
    pub defines: bool,
    /// The rule in words.
    pub text: Message,
    /// Message for a breach.
    pub broken: Option<Message>,
    /// The provision that it is based on.
    pub source: Option<String>,
    /// The instances of the rule, one per row, column or item.
    pub instances: Vec<RuleInstance>,
    /// Figures for testing the rule.
    pub examples: Vec<Example>,
}

/// Text of a workbook's check cell if the rule holds.
pub const CHECK_HOLDS: &str = "✓";

/// Prefix of the difference in a workbook's check cell if it does not.
pub const CHECK_DIFFERS: &str = "差";

impl Rule {
    /// Caption of the rule's check cells in a workbook.
    pub fn check_label(&self) -> String {
        format!("校核 {}", self.id)
    }

    /// The rule in words.
    pub fn check_legend(&self) -> String {
        format!("{}：{}", self.check_label(), self.text.zh)
    }
}

/// Figures for testing a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Example {
    /// Expected result.
    pub holds: bool,
    /// This year's figures; all others are 0.
    pub values: Vec<(FieldIndex, Decimal)>,
    /// Last year's figures.
    pub previous: Vec<(FieldIndex, Decimal)>,
    /// Instances for the rows of the example, if rows are data; empty means those of the rule.
    pub instances: Vec<RuleInstance>,
}

impl Form {
    /// Hash of the mapping file (and of the expanded rows), the cache key for everything that is built once per form.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// All regular expressions of the mapping file.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let narrative = self.narrative.patterns().iter().flat_map(|one| one.patterns.iter().chain(&one.zero));
        let narrative = narrative.map(|sought| &sought.pattern);
        narrative
            .chain(self.reserved.iter().flat_map(Reserved::patterns))
            .chain(&self.leftovers)
            .chain(self.identity.patterns())
            .chain(&self.title.agency)
            .chain(self.sections.iter().filter_map(|section| section.element.as_ref()).flat_map(Element::patterns))
    }

    /// The index of a field by its id.
    pub fn field_index(&self, id: &str) -> Option<FieldIndex> {
        self.by_id.get(id).copied()
    }

    /// The block of a field.
    pub fn block(&self, field: &Field) -> &Block {
        &self.tables[field.table].blocks[field.block]
    }

    /// A field in words for a message: table, row and column.
    pub fn describe(&self, index: FieldIndex) -> Message {
        self.locate(index, None)
    }

    /// A field in words for a reader who has the file open: also the row number, the cell of a sheet, or the line of a text.
    pub fn locate(&self, index: FieldIndex, place: Option<&Place>) -> Message {
        let field = &self.fields[index];
        let table = &self.tables[field.table].name;
        let (row, column) = self.names(index);
        let Location { row: line, after } = Location::from_place(place);
        let quoted_row = if row.is_empty() { String::new() } else { format!("“{row}”") };
        let quoted_column = if column.is_empty() { String::new() } else { format!("“{column}”栏") };
        let between = if row.is_empty() || column.is_empty() { "" } else { "，" };
        let parts = [row.as_str(), column.as_str()].into_iter().filter(|part| !part.is_empty());
        let in_english = parts.map(|part| format!(", \"{part}\"")).collect::<String>();
        Message::new(
            format!("{}{}{quoted_row}{between}{quoted_column}{}", table.zh, line.zh, after.zh),
            format!("{}{}{in_english}{}", table.en, line.en, after.en),
        )
    }

    /// Short names of the row and the column of a field. The column is empty in a block with one column; in a block without rows the
    /// column's group is used as the row.
    fn names(&self, index: FieldIndex) -> (String, String) {
        let field = &self.fields[index];
        let block = self.block(field);
        let (row, column) = (&block.leaf_rows[field.row], &block.leaf_columns[field.column]);
        let own = column.label().map(|label| label.short.clone()).unwrap_or_default();
        if row.path.is_empty() {
            let group = column.path.len().checked_sub(2).map(|at| column.path[at].short.clone());
            return (group.unwrap_or_default(), own);
        }
        let column = if block.leaf_columns.len() == 1 { String::new() } else { column.brief(&block.leaf_columns) };
        (row.brief(&block.leaf_rows), column)
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}
