//! Forms: what a mapping file says, resolved. A form knows its sections, tables, fields and rules; nothing else does.

mod bounds;
mod chart;
mod choice;
mod compile;
mod duty;
mod error;
mod example;
mod expand;
mod headingline;
mod heads;
mod identity;
mod labelline;
mod layout;
mod load;
mod look;
mod narrative;
mod needs;
mod openrows;
mod pattern;
mod plausible;
mod rule;
mod source;
mod stands;
mod title;
mod typing;
mod words;

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::finding::{Message, Place, Severity};

use stands::Stands;

pub use chart::{Chart, ChartKind, ChartSource, Slice};
pub use choice::Choice;
pub use duty::{Duty, DutySource};
pub use error::{FormError, Mistake};
pub use headingline::HeadingLine;
pub use identity::{Covers, Identity, IdentitySource, MadeBySource, Parts, WordsOr};
pub use labelline::LabelLine;
pub use layout::{Layout, LayoutCell, LayoutContent};
pub use load::Forms;
pub use look::{PageTurn, SectionLook};
pub use narrative::{Heard, Narrative, NarrativePattern, Sought};
pub use openrows::{OpenSource, ParentBy, RowsSource, is_added};
pub use pattern::Pattern;
pub use plausible::{AgencyPattern, Magnitude, MagnitudeSource, Reserved, ReservedSource, Standing};
pub use rule::{Expression, Operand, Ratio, Relation, RuleInstance, Term};
pub use source::{Each, FieldKind, FormSource, HeadRole, LANGUAGE, PageSource, UnitFrom, WordsSource};
pub use stands::row_words;
pub use title::Title;
pub use typing::OpenBlock;
pub use words::Words;

/// Index of a field in [`Form::fields`], 0-based.
pub type FieldIndex = usize;

/// A form, resolved and checked.
#[derive(Debug, Clone)]
pub struct Form {
    /// Id such as `gkbg-2021`.
    pub id: String,
    /// Name for people.
    pub name: Message,
    /// The document that prescribes it.
    pub basis: Option<String>,
    /// Numbers of documents that reports name, as they should be written.
    pub documents: Vec<String>,
    /// First and last report year for which it is prescribed.
    pub years: Option<(i16, i16)>,
    /// The title.
    pub title: Title,
    /// How a page with the report is filed on a government site.
    pub page: PageSource,
    /// The parts of the report in order.
    pub sections: Vec<Section>,
    /// The tables in order.
    pub tables: Vec<Table>,
    /// Every field, table by table, block by block, row by row.
    pub fields: Vec<Field>,
    /// The rules as written.
    pub rules: Vec<Rule>,
    /// Charts for the workbook of a roll-up.
    pub charts: Vec<Chart>,
    /// Sentences of the narrative that state figures of the tables.
    pub narrative: Narrative,
    /// Figures that only some agencies can have.
    pub reserved: Vec<Reserved>,
    /// Figures that are easily given in another unit.
    pub magnitudes: Vec<Magnitude>,
    /// How reports name their agency and their year.
    pub identity: Identity,
    /// What a blank form leaves to be filled in.
    pub leftovers: Vec<Pattern>,
    /// Matches wherever one of them does, if there is such a pattern: nearly no text has any.
    pub(crate) leftover: Option<Pattern>,
    /// Words by which what stands around a report is known.
    pub words: Words,
    /// By which law and by when a report must be published.
    pub duty: Option<Duty>,
    /// Whether it is a draft, whose labels could not be read in a source.
    pub draft: bool,
    /// Fields that are only filled in where a choice is made.
    pub conditions: Vec<Condition>,
    /// The rules as written, where rows or columns are data; `None` for a form whose fields are all known.
    open: Option<Arc<Vec<source::RuleSource>>>,
    /// Whether its rows or columns are those of a report.
    of_report: bool,
    by_id: IndexMap<String, FieldIndex>,
    fingerprint: u64,
    source: Arc<str>,
}

/// A field that is only filled in where a choice is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: FieldIndex,
    /// The choice.
    pub when: FieldIndex,
    /// The word that is chosen.
    pub word: String,
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Id such as `overview`.
    pub id: String,
    /// The heading with its number, of one with places its fixed words; `None` for the part before the first heading.
    pub heading: Option<Label>,
    /// The heading with its places, where it has any.
    pub pattern: Option<HeadingLine>,
    /// Placeholder texts of blank forms, folded.
    pub placeholders: Vec<String>,
    /// What paragraphs that belong to a table begin with.
    pub notes: Vec<String>,
    /// Most characters that the narrative may have.
    pub max_characters: Option<u32>,
    /// Words of an older form, folded and as written.
    pub stale: Vec<(String, String)>,
    /// How its paragraphs stand on the page.
    pub look: SectionLook,
    /// Whether it stands above the title.
    pub above_title: bool,
    /// Bytes of the mapping file that name it.
    pub span: Range<usize>,
}

/// A label and the ways in which it is met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// As prescribed.
    pub text: String,
    /// What it is called where it is spoken of.
    pub short: String,
    /// Folded, number included: the prescribed label first, then the variants.
    pub folded: Vec<String>,
    /// Folded without the number before it (`（一）`, `1.`), in the same order.
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
    /// Name for people, such as `表三`.
    pub name: Message,
    /// Grid columns that the row labels take.
    pub label_columns: u32,
    /// Relative widths of the grid columns, one each.
    pub widths: Vec<u32>,
    /// Whether the figures of lower agencies add up to a superior's.
    pub additive: bool,
    /// Whether a blank cell means 0.
    pub blank_is_zero: bool,
    /// Whether the ids of its fields do not begin with the table's.
    pub plain_ids: bool,
    /// Folded names of the sheets in which it may stand.
    pub sheets: Vec<String>,
    /// Whether a report may lack it.
    pub optional: bool,
    /// Where its unit may be said besides the cell; everywhere where this is empty.
    pub unit_from: Vec<UnitFrom>,
    /// How it lies on paper.
    pub page: PageTurn,
    /// How far the sides of its rules may be apart by rounding.
    pub tolerance: Decimal,
    /// Whether it is read row by row under its header: rows that are data, words, sets of columns.
    pub by_rows: bool,
    /// Bytes of the mapping file that name it.
    pub span: Range<usize>,
    /// Its blocks from the top.
    pub blocks: Vec<Block>,
}

impl Table {
    /// Prefix of its field ids.
    pub fn prefix(&self) -> &str {
        if self.plain_ids { "" } else { &self.id }
    }
}

/// Rows under one header.
#[derive(Debug, Clone)]
pub struct Block {
    /// A line across the table above the block.
    pub caption: Option<Label>,
    /// The corner, above the row labels.
    pub corner: Option<Label>,
    /// The columns, possibly grouped.
    pub columns: Vec<Head>,
    /// The rows, possibly grouped; a single unlabelled row has an empty label.
    pub rows: Vec<Head>,
    /// The columns that hold figures, from the left.
    pub leaf_columns: Vec<Leaf>,
    /// The rows that hold figures, from the top.
    pub leaf_rows: Vec<Leaf>,
    /// Grid columns that each leaf column takes.
    pub spans: Vec<u32>,
    /// Index of the field in its first row and column; the others follow row by row.
    pub first_field: FieldIndex,
    /// What stands in its grid columns from the left, row labels left out.
    pub slots: Vec<ColumnSlot>,
    /// Rows that are data, where they are.
    pub open: Option<OpenRows>,
    /// Sets of columns: id, and the leaf columns from the left.
    pub sets: Vec<(String, Vec<usize>)>,
    /// Whether it stands to the right of the block before it.
    pub beside: bool,
    /// Ids of all columns that it may have, those of other sets too.
    pub(crate) known_columns: Vec<String>,
    /// Whether its rows and columns are all known.
    pub(crate) resolved: bool,
}

impl Block {
    /// Grid columns that it takes besides its row labels.
    pub fn width(&self) -> u32 {
        self.slots.iter().map(|slot| slot.span(self)).sum()
    }
}

/// The content of a grid column of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnSlot {
    /// The fields of the leaf column with this index.
    Leaf(usize),
    /// The units of the rows.
    Unit,
    /// The numbers of the rows.
    Number,
}

impl ColumnSlot {
    /// Grid columns that it takes.
    pub fn span(self, block: &Block) -> u32 {
        match self {
            Self::Leaf(leaf) => block.spans.get(leaf).copied().unwrap_or(1),
            Self::Unit | Self::Number => 1,
        }
    }
}

/// Rows that are data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRows {
    /// The leaf column by which a row is known; `None` where rows are known by their number.
    pub each: Option<usize>,
    /// How the row above a row is known.
    pub parent: Option<ParentBy>,
    /// What the row with the sums is called.
    pub total: Option<Label>,
    /// The part of field ids that it gets.
    pub total_id: String,
    /// Whether there may be a single row without the column by which rows are known.
    pub single: bool,
    /// How many empty rows a blank form has.
    pub blank: u32,
}

/// A row, a column, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The label.
    pub label: Label,
    /// What it is besides a place of fields.
    pub role: HeadRole,
    /// Whether it is a row that is a heading over the rows below it, without fields.
    pub heading: bool,
    /// Rows or columns of the group; none for a row or column that holds figures.
    pub children: Vec<Head>,
}

/// A row or column that holds figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leaf {
    /// The part of the field id that it gives, such as `refused.state_secret`; may be empty.
    pub id: String,
    /// Its label and the labels of the groups around it, outermost first, its own last; empty for an unlabelled row.
    pub path: Vec<Label>,
    /// What stands in it, unless the other of row and column says otherwise.
    pub kind: Option<FieldKind>,
    /// The unit of its figures.
    pub unit: Option<String>,
    /// The words of a choice.
    pub choice: Option<Arc<Choice>>,
    /// The parts of a code.
    pub parts: Vec<String>,
    /// The last heading row above it: of two rows with one label, this tells them apart.
    pub under: Option<Label>,
    /// Index of the row above it in the tree of rows, where rows are data.
    pub parent: Option<usize>,
    /// Bytes of the mapping file that name it.
    pub span: Range<usize>,
}

impl Leaf {
    /// Its own label.
    pub fn label(&self) -> Option<&Label> {
        self.path.last()
    }

    /// The labels for people, outermost first.
    pub fn shown(&self) -> String {
        let texts: Vec<&str> = self.path.iter().map(|label| label.text.as_str()).collect();
        texts.join(" / ")
    }

    /// What it is called where it is spoken of, with the groups around it where another of the leaves has the same name.
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

/// A figure of the form.
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
    /// What kind of figure.
    pub kind: FieldKind,
    /// Unit such as `件` or `万元`.
    pub unit: Option<String>,
    /// The words of a choice.
    #[serde(skip)]
    pub choice: Option<Arc<Choice>>,
    /// Whether a rule makes it the ratio of others, so that sums of it say nothing.
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
    /// The left side is the total of the right side.
    pub defines: bool,
    /// The rule in words.
    pub text: Message,
    /// What is said where it does not hold.
    pub broken: Option<Message>,
    /// The paragraph that it comes from.
    pub source: Option<String>,
    /// The rule for every row, column or item over which it is repeated.
    pub instances: Vec<RuleInstance>,
    /// Figures on which it is tried.
    pub examples: Vec<Example>,
}

/// Result text of a workbook's check if the rule holds.
pub const CHECK_HOLDS: &str = "✓";

/// Text before the difference if it does not.
pub const CHECK_DIFFERS: &str = "差";

impl Rule {
    /// Caption of the rule's checks in a workbook.
    pub fn check_label(&self) -> String {
        format!("校核 {}", self.id)
    }

    /// Says in words what is checked.
    pub fn check_legend(&self) -> String {
        format!("{}：{}", self.check_label(), self.text.zh)
    }
}

/// Figures on which a rule is tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Example {
    /// Whether the rule holds for them.
    pub holds: bool,
    /// Figures of this year; all others are 0.
    pub values: Vec<(FieldIndex, Decimal)>,
    /// Figures of last year.
    pub previous: Vec<(FieldIndex, Decimal)>,
    /// The rule for the rows that the example has, where rows are data; the form's own where this is empty.
    pub instances: Vec<RuleInstance>,
}

impl Form {
    /// A number that differs between forms made from different mapping files, to key what is made of a form once.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Every regular expression of the mapping file.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let narrative = self.narrative.patterns().iter().flat_map(|one| one.patterns.iter().chain(&one.zero));
        let narrative = narrative.map(|sought| &sought.pattern);
        narrative
            .chain(self.reserved.iter().flat_map(Reserved::patterns))
            .chain(&self.leftovers)
            .chain(self.identity.patterns())
    }

    /// The index of a field by its id.
    pub fn field_index(&self, id: &str) -> Option<FieldIndex> {
        self.by_id.get(id).copied()
    }

    /// The block that a field belongs to.
    pub fn block(&self, field: &Field) -> &Block {
        &self.tables[field.table].blocks[field.block]
    }

    /// Where a field stands, in the form's own words: table, row and column.
    pub fn describe(&self, index: FieldIndex) -> Message {
        self.locate(index, None)
    }

    /// Where a field stands for someone who has the file open: the row as it is counted there, the cell of a sheet, the line of a text.
    pub fn locate(&self, index: FieldIndex, place: Option<&Place>) -> Message {
        let field = &self.fields[index];
        let table = &self.tables[field.table].name;
        let (row, column) = self.names(index);
        let Stands { row: line, behind } = Stands::of(place);
        let quoted_row = if row.is_empty() { String::new() } else { format!("“{row}”") };
        let quoted_column = if column.is_empty() { String::new() } else { format!("“{column}”栏") };
        let between = if row.is_empty() || column.is_empty() { "" } else { "，" };
        let parts = [row.as_str(), column.as_str()].into_iter().filter(|part| !part.is_empty());
        let in_english = parts.map(|part| format!(", \"{part}\"")).collect::<String>();
        Message::new(
            format!("{}{}{quoted_row}{between}{quoted_column}{}", table.zh, line.zh, behind.zh),
            format!("{}{}{in_english}{}", table.en, line.en, behind.en),
        )
    }

    /// What the row and the column of a field are called. A block of one column has no name for it; in one without rows, the group of
    /// the column stands for the row.
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
