//! Errors of a form's workbook: mistakes with sheet, row and column, and a workbook that cannot be written.

use rust_xlsxwriter::XlsxError;

use crate::finding::{Bilingual, Message, TomlError};

/// A place in a form's workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookPlace {
    /// Name of the sheet.
    pub sheet: &'static str,
    /// Row number, 1-based; 0 for the sheet as a whole.
    pub row: u32,
    /// Header of the column; empty for the whole row.
    pub column: &'static str,
}

impl BookPlace {
    /// A sheet as a whole.
    pub(super) fn of_sheet(sheet: &'static str) -> Self {
        Self { sheet, ..Self::default() }
    }

    /// A mistake at this place.
    pub(super) fn mistake(self, cause: BookCause) -> BookMistake {
        BookMistake { place: self, cause }
    }
}

/// A mistake in a form's workbook, and its place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", self.message().en)]
pub struct BookMistake {
    /// Place of the mistake.
    pub place: BookPlace,
    /// What is wrong there.
    pub cause: BookCause,
}

impl Bilingual for BookMistake {
    fn message(&self) -> Message {
        let BookPlace { sheet, row, column } = self.place;
        let Message { zh, en } = self.cause.message();
        match (row, column) {
            (0, _) => Message::new(format!("工作表“{sheet}”：{zh}"), format!("sheet `{sheet}`: {en}")),
            (_, "") => {
                Message::new(format!("工作表“{sheet}”第{row}行：{zh}"), format!("sheet `{sheet}`, row {row}: {en}"))
            }
            _ => Message::new(
                format!("工作表“{sheet}”第{row}行“{column}”栏：{zh}"),
                format!("sheet `{sheet}`, row {row}, column `{column}`: {en}"),
            ),
        }
    }
}

/// What is wrong at a place of a form's workbook.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum BookCause {
    /// The sheet is missing.
    NoSheet,
    /// The header row that begins with this word is missing.
    NoHeader(&'static str),
    /// A required item of the form's head is blank.
    Blank(&'static str),
    /// The cell names a part of the form that the workbook does not have.
    NoPart(String),
    /// The cell names an unknown table.
    NoTable {
        /// Id of the table as written.
        table: String,
        /// Ids of the tables of the workbook.
        known: Vec<String>,
    },
    /// A table without fields.
    NoFields,
    /// The cell names an unknown field.
    NoField(String),
    /// The cell names an unknown set of choices.
    NoChoices(String),
    /// A field whose kind is a choice names no set of choices.
    ChoicesBlank,
    /// The cell names an unknown kind of field.
    NoKind {
        /// The kind as written.
        kind: String,
        /// All kinds.
        known: Vec<&'static str>,
    },
    /// A heading row without words.
    HeadingBlank,
    /// The cell is not a number.
    NotANumber,
    /// The cell is not the number of a block, such as 1.
    NotABlock,
    /// The cell is not a year, such as 2021.
    NotAYear,
    /// The cell is not valid TOML.
    NotToml(Box<TomlError>),
    /// The field is in the same row and column as another.
    Twice {
        /// Row number of the other field, 1-based.
        row: u32,
    },
    /// A row of a block lacks a field of one of the block's columns.
    Gap {
        /// Label of the row.
        row: String,
        /// Header of the column.
        column: String,
    },
    /// Kinds, units or choices follow neither the rows nor the columns of their block.
    Mixed,
    /// The fields that the column 计入 adds up differ from those of the total's rule.
    OtherSum {
        /// Id of the total.
        total: String,
    },
    /// A mistake of the mapping file made from the workbook.
    Mapping(Message),
}

impl Bilingual for BookCause {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::NoSheet => ("没有这张工作表。".to_owned(), "there is no such sheet".to_owned()),
            Self::NoHeader(head) => {
                (format!("没有以“{head}”开头的表头行。"), format!("there is no row of heads that begins with `{head}`"))
            }
            Self::Blank(item) => (format!("“{item}”没有填写。"), format!("the item `{item}` is not filled in")),
            Self::NoPart(name) => (format!("没有“{name}”。"), format!("there is no `{name}`")),
            Self::NoTable { table, known } => (
                format!("没有“{table}”这张表；“表单”工作表里有：{}。", known.join("、")),
                format!("no table `{table}`; the sheet `表单` has {}", known.join(", ")),
            ),
            Self::NoFields => (
                "“字段”工作表里没有这张表的字段。".to_owned(),
                "the sheet `字段` has no field of this table".to_owned(),
            ),
            Self::NoField(id) => (format!("没有“{id}”这个字段。"), format!("no field `{id}`")),
            Self::NoChoices(id) => (format!("“选项”工作表里没有“{id}”。"), format!("the sheet `选项` has no `{id}`")),
            Self::ChoicesBlank => {
                ("类型为“选择”，要写出选项编号。".to_owned(), "a choice needs the id of its words".to_owned())
            }
            Self::NoKind { kind, known } => (
                format!("没有“{kind}”这一类型；可写：{}。", known.join("、")),
                format!("no kind `{kind}`; there are {}", known.join(", ")),
            ),
            Self::HeadingBlank => ("标题行要写出标题。".to_owned(), "a heading needs its words".to_owned()),
            Self::NotANumber => ("应为数。".to_owned(), "it must be a number".to_owned()),
            Self::NotABlock => ("应为1、2等数。".to_owned(), "it must be a number such as 1".to_owned()),
            Self::NotAYear => ("应为年度，如2021。".to_owned(), "it must be a year, such as 2021".to_owned()),
            Self::NotToml(error) => return error.message(),
            Self::Twice { row } => {
                (format!("与第{row}行是同一行同一栏。"), format!("row {row} has the same row and column"))
            }
            Self::Gap { row, column } => (
                format!("“{row}”这一行缺少“{column}”栏的字段。"),
                format!("the row `{row}` lacks a field of the column `{column}`"),
            ),
            Self::Mixed => (
                "同一栏各行不同时，本行各栏必须相同；请把这一行或这一栏改为一致。".to_owned(),
                "where the rows of a column differ, all columns of this row must agree".to_owned(),
            ),
            Self::OtherSum { total } => (
                format!("计入“{total}”的字段与“勾稽”工作表的关系式不一致。"),
                format!("the parts of `{total}` are not those of its rule in the sheet `勾稽`"),
            ),
            Self::Mapping(message) => return message.clone(),
        };
        Message::new(zh, en)
    }
}

/// Why the workbook of a form cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum BookError {
    /// The form's text is not valid TOML.
    NotToml(#[source] TomlError),
    /// The writer of workbooks refuses; a cell holds at most 32,767 characters, for example.
    Library(#[source] XlsxError),
}

impl Bilingual for BookError {
    fn message(&self) -> Message {
        match self {
            Self::NotToml(error) => error.message(),
            Self::Library(error) => Message::new(format!("不能生成工作簿（{error}）"), format!("no workbook: {error}")),
        }
    }
}
