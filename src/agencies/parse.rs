//! The rows of an agencies file of any format, with their line numbers.

use std::borrow::Cow;
use std::sync::Arc;

use encoding_rs::GB18030;
use serde::Deserialize;
use toml::Spanned;

use super::{AgenciesError, AgencyMistake};
use crate::finding::code::rollup::AGENCIES_COLUMN_UNKNOWN;
use crate::finding::{Bilingual, Finding, Message, TomlError};
use crate::read;
use crate::text::fold;

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Code,
    Name,
    Former,
    Aliases,
    Parent,
    Level,
    Kind,
    Site,
    Contact,
    Aggregate,
}

/// Headers of the columns; the first one is the key in TOML.
const HEADINGS: &[(Column, &[&str])] = &[
    (Column::Code, &["code", "代码", "编码", "单位代码", "机构代码", "统一社会信用代码"]),
    (Column::Name, &["name", "名称", "单位", "单位名称", "机关名称", "机构名称"]),
    (Column::Former, &["former", "former_names", "曾用名", "原名称"]),
    (Column::Aliases, &["aliases", "alias", "别名", "简称"]),
    (Column::Parent, &["parent", "上级", "上级单位", "上级机关", "主管单位"]),
    (Column::Level, &["level", "层级", "级别"]),
    (Column::Kind, &["kind", "类型", "类别", "单位类型"]),
    (Column::Site, &["site", "site_id", "网站标识码", "标识码"]),
    (Column::Contact, &["contact", "联系方式", "联系人", "电话"]),
    (Column::Aggregate, &["aggregate", "含下级", "已含下级", "是否含下级"]),
];

/// The columns with their headers as written.
type Headings = Arc<[(Column, Box<str>)]>;

/// A row. A province has hundreds of thousands of them, so its texts lie in one allocation and its headers are shared.
#[derive(Debug, Clone)]
pub(super) struct ListRow {
    /// Line or row, 1-based.
    pub(super) line: usize,
    headings: Headings,
    /// The texts of the cells without separators, and where each ends.
    text: Box<str>,
    ends: Box<[u32]>,
}

impl ListRow {
    /// A row of cells in the order of the headers; further cells of the headers are empty.
    fn new<'c>(line: usize, headings: &Headings, cells: impl Iterator<Item = &'c str>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(headings.len()));
        for cell in cells {
            text.push_str(cell.trim());
            // A file has less than 64 MB.
            ends.push(text.len() as u32);
        }
        Self { line, headings: Arc::clone(headings), text: text.into(), ends: ends.into() }
    }

    /// The text of a column; `None` if it is missing or empty.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let cells = self.headings.iter().zip(starts.zip(&self.ends));
        let mut texts = cells.filter(|((own, _), _)| *own == column);
        texts.find_map(|(_, (start, &end))| self.text.get(start as usize..end as usize).filter(|text| !text.is_empty()))
    }

    /// A mistake in a cell of the row.
    pub(super) fn mistake(&self, column: Column, zh: impl Into<String>, en: impl Into<String>) -> AgencyMistake {
        let heading = self.headings.iter().find(|heading| heading.0 == column).map(|heading| heading.1.to_string());
        AgencyMistake { line: Some(self.line), column: heading, detail: Message::new(zh, en) }
    }
}

fn whole(zh: impl Into<String>, en: impl Into<String>) -> AgenciesError {
    AgenciesError { mistakes: vec![AgencyMistake::whole(zh, en)] }
}

/// The rows of a file; columns are identified by their headers.
pub(super) fn rows(name: &str, bytes: &[u8]) -> Result<(Vec<ListRow>, Vec<Finding>), AgenciesError> {
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
    if read::is_workbook(bytes) {
        return headed(sheet(bytes)?.into_iter().map(Ok));
    }
    let text = std::str::from_utf8(bytes).map_or_else(|_| GB18030.decode(bytes).0, Cow::Borrowed);
    let text = text.trim_start_matches('\u{feff}');
    if suffix == "toml" { Ok((from_toml(text)?, Vec::new())) } else { headed(lines(text)) }
}

/// A line or row with its number.
type Line = (usize, Vec<String>);

/// The lines of a CSV file, one at a time.
fn lines(text: &str) -> impl Iterator<Item = Result<Line, AgenciesError>> + '_ {
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.into_records().map(|record| {
        let record = record.map_err(|error| whole("不是规范的 CSV 文件。", error.to_string()))?;
        let line = record.position().map_or(0, |position| position.line() as usize);
        Ok((line, record.iter().map(|cell| cell.trim().to_owned()).collect()))
    })
}

fn sheet(bytes: &[u8]) -> Result<Vec<Line>, AgenciesError> {
    let rows = read::first_rows(bytes).map_err(|error| AgenciesError {
        mistakes: vec![AgencyMistake { line: None, column: None, detail: error.message() }],
    })?;
    rows.ok_or_else(|| whole("文件中没有表格。", "there is no table in the file"))
}

/// Maximum number of lines skipped above the headers: a title, the author and date of the list.
const MOST_ABOVE: usize = 5;

/// Uses the first line with a header for names as headers, or else the first non-empty line.
fn headed(
    lines: impl Iterator<Item = Result<Line, AgenciesError>>,
) -> Result<(Vec<ListRow>, Vec<Finding>), AgenciesError> {
    let blank = |(_, cells): &Line| cells.iter().all(String::is_empty);
    let mut lines = lines.filter(|line| !line.as_ref().is_ok_and(blank));
    let names = |(_, cells): &Line| cells.iter().any(|cell| column(cell) == Some(Column::Name));
    let mut first = lines.by_ref().take(MOST_ABOVE + 1).collect::<Result<Vec<_>, _>>()?;
    let above = first.iter().position(names).unwrap_or(0);
    let mut lines = first.drain(above..).map(Ok).chain(lines);
    let (_, headings) = lines.next().ok_or_else(|| whole("文件是空的。", "the file is empty"))??;
    let known: Vec<Option<Column>> = headings.iter().map(|heading| column(heading)).collect();
    if !known.contains(&Some(Column::Name)) {
        return Err(whole(
            format!("没有“单位名称”栏；首行各栏为：{}。", headings.join("、")),
            format!("no column is headed `name` or `单位名称`; the first line has: `{}`", headings.join("`, `")),
        ));
    }
    let unknown: Vec<&str> = headings
        .iter()
        .zip(&known)
        .filter(|(heading, column)| column.is_none() && !heading.is_empty())
        .map(|(heading, _)| heading.as_str())
        .collect();
    let mut findings = Vec::new();
    if !unknown.is_empty() {
        let message = Message::new(
            format!("单位名录中有程序不认识的列，未使用：{}。", unknown.join("、")),
            format!("The agencies file has columns that are not known and not used: {}.", unknown.join(", ")),
        );
        findings.push(Finding::new(&AGENCIES_COLUMN_UNKNOWN, message));
    }
    let used = |cells: Vec<String>| {
        cells.into_iter().zip(&known).filter_map(|(cell, column)| column.map(|column| (column, cell)))
    };
    let shared: Headings = used(headings).map(|(column, heading)| (column, heading.into())).collect();
    let row = |line: Result<Line, AgenciesError>| {
        let (line, cells) = line?;
        let cells: Vec<(Column, String)> = used(cells).collect();
        Ok(ListRow::new(line, &shared, cells.iter().map(|(_, cell)| cell.as_str())))
    };
    Ok((lines.map(row).collect::<Result<_, _>>()?, findings))
}

fn column(heading: &str) -> Option<Column> {
    let folded = fold(heading);
    HEADINGS.iter().find(|(_, words)| words.iter().any(|word| fold(word) == folded)).map(|(column, _)| *column)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    #[serde(default)]
    agency: Vec<Spanned<AgencyToml>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyToml {
    code: Option<String>,
    name: String,
    #[serde(default)]
    former: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    parent: Option<String>,
    level: Option<String>,
    kind: Option<String>,
    site: Option<String>,
    contact: Option<String>,
    aggregate: Option<bool>,
}

fn from_toml(text: &str) -> Result<Vec<ListRow>, AgenciesError> {
    let file: FileToml = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        let detail = TomlError::of_message(error.message()).message();
        AgenciesError { mistakes: vec![AgencyMistake { line, column: None, detail }] }
    })?;
    let headings: Headings = HEADINGS.iter().map(|(column, words)| (*column, words[0].into())).collect();
    let row = |agency: Spanned<AgencyToml>| {
        let line = line_of(text, agency.span().start);
        let agency = agency.into_inner();
        // In the order of the headings.
        let cells = [
            agency.code,
            Some(agency.name),
            Some(agency.former.join(";")),
            Some(agency.aliases.join(";")),
            agency.parent,
            agency.level,
            agency.kind,
            agency.site,
            agency.contact,
            agency.aggregate.map(|flag| if flag { "yes" } else { "no" }.to_owned()),
        ];
        ListRow::new(line, &headings, cells.iter().map(|cell| cell.as_deref().unwrap_or_default()))
    };
    Ok(file.agency.into_iter().map(row).collect())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}
