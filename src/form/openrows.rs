//! Rows that are data, as a mapping file writes them: `rows = { each = "code", parent = "code prefix", total = "合计" }`.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// The rows of a block: prescribed by the form, or data.
#[derive(Debug)]
pub enum RowsSource<H> {
    /// The prescribed rows, possibly grouped.
    Fixed(Vec<Spanned<H>>),
    /// Rows that are data.
    Open(Box<OpenSource>),
}

impl<H> Default for RowsSource<H> {
    fn default() -> Self {
        Self::Fixed(Vec::new())
    }
}

impl<H> RowsSource<H> {
    /// The prescribed rows; empty if rows are data.
    pub fn fixed(&self) -> &[Spanned<H>] {
        match self {
            Self::Fixed(rows) => rows,
            Self::Open(_) => &[],
        }
    }
}

/// Rows that are data: any number of them, each identified by the value in one column.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSource {
    /// Id of the identifying column, of kind `code` or `text`; or `number`: rows are identified by their number.
    #[schemars(with = "String")]
    pub each: Spanned<String>,
    /// How the parent of a row is found.
    #[serde(default)]
    pub parent: Option<ParentBy>,
    /// Label of the total row.
    #[serde(default)]
    pub total: Option<String>,
    /// Component of field ids for the total row; default `all`.
    #[serde(default)]
    pub total_id: Option<String>,
    /// Variants of the label of the total row.
    #[serde(default)]
    pub total_variants: Vec<String>,
    /// Whether the table may have a single row that lacks the identifying column.
    #[serde(default)]
    pub single: bool,
    /// Number of empty rows in a blank form; default 3.
    #[serde(default)]
    pub blank: Option<u32>,
}

/// How the parent of a row is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
pub enum ParentBy {
    /// The row with the longest code that is a prefix of this row's code.
    #[serde(rename = "code prefix")]
    CodePrefix,
    /// The last row above whose name is numbered on the next higher level: 一、 over （一） over 1.
    #[serde(rename = "numbering")]
    Numbering,
}

/// Prefix of the key of an added row that has no key of its own yet.
const ADDED: char = '+';

/// Whether a key is that of an added row: `+` and a number.
pub fn is_added(key: &str) -> bool {
    let number = key.strip_prefix(ADDED);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

impl super::Block {
    /// Whether its fields depend on the report and it has not been expanded to one.
    pub fn is_open(&self) -> bool {
        !self.resolved && (self.open.is_some() || !self.sets.is_empty())
    }
}

impl super::Table {
    /// Whether the fields depend on the report.
    pub fn is_open(&self) -> bool {
        self.blocks.iter().any(super::Block::is_open)
    }
}

/// If one table of a form has rows that are data, marks all its tables as read row by row: they share header words and are distinguished
/// by their headers.
pub(super) fn read_by_rows(form: &mut super::Form) {
    if form.tables.iter().flat_map(|table| &table.blocks).any(|block| block.open.is_some()) {
        form.tables.iter_mut().for_each(|table| table.by_rows = true);
    }
}

impl<'de, H: Deserialize<'de>> Deserialize<'de> for RowsSource<H> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows<H>(PhantomData<H>);
        impl<'de, H: Deserialize<'de>> Visitor<'de> for Rows<H> {
            type Value = RowsSource<H>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an array of rows, or a table with `each`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<RowsSource<H>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = sequence.next_element()? {
                    rows.push(row);
                }
                Ok(RowsSource::Fixed(rows))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RowsSource<H>, A::Error> {
                OpenSource::deserialize(MapAccessDeserializer::new(map)).map(|open| RowsSource::Open(Box::new(open)))
            }
        }
        deserializer.deserialize_any(Rows(PhantomData))
    }
}

impl<H: JsonSchema> JsonSchema for RowsSource<H> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RowsSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fixed = generator.subschema_for::<Vec<H>>();
        let open = generator.subschema_for::<OpenSource>();
        json_schema!({ "anyOf": [fixed, open] })
    }
}
