//! Forms: what a mapping file says, resolved. A form knows its sections, tables, fields and rules; nothing else does.

mod chart;
mod compile;
mod duty;
mod error;
mod example;
mod identity;
mod layout;
mod load;
mod narrative;
mod needs;
mod pattern;
mod plausible;
mod rule;
mod source;
mod stands;
mod words;

use indexmap::IndexMap;
use serde::Serialize;

use crate::finding::{Message, Place, Severity};

use stands::Stands;

pub use chart::{Chart, ChartKind, ChartSource, Slice};
pub use duty::{Duty, DutySource};
pub use error::{FormError, Mistake};
pub use identity::{Identity, IdentitySource, MadeBySource};
pub use layout::{Layout, LayoutCell, LayoutContent};
pub use load::Forms;
pub use narrative::{Heard, Narrative, NarrativePattern, Sought};
pub use pattern::Pattern;
pub use plausible::{AgencyPattern, Magnitude, MagnitudeSource, Reserved, ReservedSource, Standing};
pub use rule::{Expression, Operand, Relation, RuleInstance, Term};
pub use source::{Each, FieldKind, FormSource, LANGUAGE, PageSource, WordsSource};
pub use stands::row_words;
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
    by_id: IndexMap<String, FieldIndex>,
    fingerprint: u64,
}

/// The title of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The title as prescribed, with `{agency}` and `{year}`.
    pub pattern: String,
    /// The fixed words, the prescribed ones first, then others that are met, folded.
    pub names: Vec<String>,
}

impl Title {
    /// What such a report is called, without agency and year.
    pub fn words(&self) -> &str {
        let words = self.pattern.rsplit('}').next().unwrap_or(&self.pattern);
        words.trim_start_matches(['年', ' '])
    }

    /// The prescribed title of an agency's report.
    pub fn for_report(&self, agency: &str, year: i16) -> String {
        self.pattern.replace("{agency}", agency).replace("{year}", &year.to_string())
    }
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Id such as `overview`.
    pub id: String,
    /// The heading with its number; `None` for the part before the first heading.
    pub heading: Option<Label>,
    /// Placeholder texts of blank forms, folded.
    pub placeholders: Vec<String>,
    /// Most characters that the narrative may have.
    pub max_characters: Option<u32>,
    /// Words of an older form, folded and as written.
    pub stale: Vec<(String, String)>,
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
    /// Its blocks from the top.
    pub blocks: Vec<Block>,
}

/// Rows under one header.
#[derive(Debug, Clone)]
pub struct Block {
    /// A line across the table above the block.
    pub caption: Option<Label>,
    /// What stands above the row labels.
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
}

/// A row, a column, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The label.
    pub label: Label,
    /// Rows or columns of the group; none for a row or column that holds figures.
    pub children: Vec<Head>,
}

/// A row or column that holds figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The part of the field id that it gives, such as `refused.state_secret`; may be empty.
    pub id: String,
    /// Its label and the labels of the groups around it, outermost first, its own last; empty for an unlabelled row.
    pub path: Vec<Label>,
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

/// What a workbook's check of a rule answers where the rule holds.
pub const CHECK_HOLDS: &str = "✓";

/// What stands before the difference where it does not.
pub const CHECK_DIFFERS: &str = "差";

impl Rule {
    /// What stands over or beside the checks of the rule in a workbook.
    pub fn check_label(&self) -> String {
        format!("校核 {}", self.id)
    }

    /// Says in words what is checked.
    pub fn check_legend(&self) -> String {
        format!("{}：{}", self.check_label(), self.text.zh)
    }
}

/// Figures on which a rule is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule holds for them.
    pub holds: bool,
    /// Figures of this year; all others are 0.
    pub values: Vec<(FieldIndex, i64)>,
    /// Figures of last year.
    pub previous: Vec<(FieldIndex, i64)>,
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
