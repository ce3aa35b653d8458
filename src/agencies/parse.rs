//! The rows of an agencies file of any format, with their line numbers.

use encoding_rs::GB18030;
use serde::Deserialize;
use toml::Spanned;

use super::{AgenciesError, AgencyMistake};
use crate::finding::code::rollup::AGENCIES_COLUMN_UNKNOWN;
use crate::finding::{Bilingual, Finding, Message, not_toml};
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

/// A row with the headers of its cells.
#[derive(Debug, Clone, Default)]
pub(super) struct ListRow {
    /// Line or row, 1-based.
    pub(super) line: usize,
    /// Column, header as written, text.
    pub(super) cells: Vec<(Column, String, String)>,
}

impl ListRow {
    /// The text of a column; `None` if it is missing or empty.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        let found = self.cells.iter().find(|cell| cell.0 == column && !cell.2.is_empty());
        found.map(|cell| cell.2.as_str())
    }

    /// A mistake in a cell of the row.
    pub(super) fn mistake(&self, column: Column, zh: impl Into<String>, en: impl Into<String>) -> AgencyMistake {
        let heading = self.cells.iter().find(|cell| cell.0 == column).map(|cell| cell.1.clone());
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
        return headed(sheet(bytes)?);
    }
    let text = std::str::from_utf8(bytes).map_or_else(|_| GB18030.decode(bytes).0.into_owned(), str::to_owned);
    let text = text.trim_start_matches('\u{feff}');
    if suffix == "toml" { Ok((from_toml(text)?, Vec::new())) } else { headed(from_csv(text)?) }
}

type Lines = Vec<(usize, Vec<String>)>;

fn from_csv(text: &str) -> Result<Lines, AgenciesError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| whole("不是规范的 CSV 文件。", error.to_string()))?;
        let line = record.position().map_or(0, |position| position.line() as usize);
        lines.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
    }
    Ok(lines)
}

fn sheet(bytes: &[u8]) -> Result<Lines, AgenciesError> {
    let rows = read::first_rows(bytes).map_err(|error| AgenciesError {
        mistakes: vec![AgencyMistake { line: None, column: None, detail: error.message() }],
    })?;
    rows.ok_or_else(|| whole("文件中没有表格。", "there is no table in the file"))
}

/// Maximum number of lines skipped above the headers: a title, the author and date of the list.
const MOST_ABOVE: usize = 5;

/// Uses the first line with a header for names as headers, or else the first non-empty line.
fn headed(lines: Lines) -> Result<(Vec<ListRow>, Vec<Finding>), AgenciesError> {
    let lines = lines.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let mut lines = lines.collect::<Vec<_>>();
    let columns = |(_, cells): &(usize, Vec<String>)| cells.iter().map(|cell| column(cell)).collect::<Vec<_>>();
    let names = |line: &(usize, Vec<String>)| columns(line).contains(&Some(Column::Name));
    let above = lines.iter().take(MOST_ABOVE + 1).position(names).unwrap_or(0);
    let mut lines = lines.drain(above..);
    let (_, headings) = lines.next().ok_or_else(|| whole("文件是空的。", "the file is empty"))?;
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
    let rows = lines.map(|(line, cells)| ListRow {
        line,
        cells: cells
            .into_iter()
            .zip(&known)
            .zip(&headings)
            .filter_map(|((cell, column), heading)| Some(((*column)?, heading.clone(), cell)))
            .collect(),
    });
    Ok((rows.collect(), findings))
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
        AgenciesError { mistakes: vec![AgencyMistake { line, column: None, detail: not_toml(error.message()) }] }
    })?;
    let row = |agency: Spanned<AgencyToml>| {
        let line = line_of(text, agency.span().start);
        let agency = agency.into_inner();
        let cells = [
            (Column::Code, agency.code),
            (Column::Name, Some(agency.name)),
            (Column::Former, Some(agency.former.join(";"))),
            (Column::Aliases, Some(agency.aliases.join(";"))),
            (Column::Parent, agency.parent),
            (Column::Level, agency.level),
            (Column::Kind, agency.kind),
            (Column::Site, agency.site),
            (Column::Contact, agency.contact),
            (Column::Aggregate, agency.aggregate.map(|flag| if flag { "yes" } else { "no" }.to_owned())),
        ];
        let key = |column| HEADINGS.iter().find(|known| known.0 == column).map_or("", |known| known.1[0]).to_owned();
        let cells = cells.into_iter().filter_map(|(column, text)| Some((column, key(column), text?.trim().to_owned())));
        ListRow { line, cells: cells.collect() }
    };
    Ok(file.agency.into_iter().map(row).collect())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}
