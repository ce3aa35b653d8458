//! The agencies file: who reports to whom, under which names, and which agency a report is of.

mod find;
mod named;
mod parse;
mod path;
mod tree;

use std::collections::HashSet;
use std::fmt;

use crate::finding::code::rollup::AGENCIES_NOT_GIVEN;
use crate::finding::{Bilingual, Finding, Message};
use crate::text::fold;

pub use find::{Match, Matcher};
pub use named::Named;

/// An agency that is to report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agency {
    /// Code, unique where it is given.
    pub code: Option<String>,
    /// Full name.
    pub name: String,
    /// Former and other names.
    pub aliases: Vec<String>,
    /// Index of the agency above it.
    pub parent: Option<usize>,
    /// Level such as 县级, as written.
    pub level: Option<String>,
    /// Kind such as 部门, as written.
    pub kind: Option<String>,
    /// Identification code of its site.
    pub site: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Whether its own report already includes those below it; `None` where the file does not say.
    pub aggregate: Option<bool>,
}

/// The agencies in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Agencies {
    list: Vec<Agency>,
    children: Vec<Vec<usize>>,
    /// Whether they are those of the reports at hand, for want of a file that lists them.
    of_reports: bool,
    /// Findings about the file that do not stop its use.
    pub findings: Vec<Finding>,
}

/// Why an agencies file cannot be used: every mistake that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgenciesError {
    /// The mistakes in the order of the file.
    pub mistakes: Vec<AgencyMistake>,
}

/// A mistake in an agencies file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyMistake {
    /// Line of a text file or row of a sheet, from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// Heading of the column, as written.
    pub column: Option<String>,
    /// What is wrong.
    pub detail: Message,
}

impl AgencyMistake {
    fn whole(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { line: None, column: None, detail: Message::new(zh, en) }
    }
}

impl std::error::Error for AgencyMistake {}

impl Bilingual for AgencyMistake {
    fn message(&self) -> Message {
        let place = match (self.line, &self.column) {
            (Some(line), Some(column)) => format!("第{line}行“{column}”栏："),
            (Some(line), None) => format!("第{line}行："),
            (None, _) => String::new(),
        };
        Message::new(format!("{place}{}", self.detail.zh), self.to_string())
    }
}

impl fmt::Display for AgencyMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}")?;
            if let Some(column) = &self.column {
                write!(f, ", column `{column}`")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.detail.en)
    }
}

impl fmt::Display for AgenciesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.mistakes.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for AgenciesError {}

impl Bilingual for AgenciesError {
    fn message(&self) -> Message {
        let lines: Vec<String> = self.mistakes.iter().map(|mistake| mistake.message().zh).collect();
        Message::new(lines.join("\n"), self.to_string())
    }
}

impl Agencies {
    /// Reads an agencies file: CSV (UTF-8 or GB 18030), TOML (`[[agency]]`), or the first table of a workbook.
    ///
    /// # Errors
    /// Every mistake with its line and column: no name, doubled names and codes, unknown superiors, circles.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, AgenciesError> {
        let (rows, findings) = parse::rows(name, bytes)?;
        let list = tree::resolve(&rows)?;
        let mut children = vec![Vec::new(); list.len()];
        for (index, agency) in list.iter().enumerate() {
            if let Some(parent) = agency.parent {
                children[parent].push(index);
            }
        }
        Ok(Self { list, children, of_reports: false, findings })
    }

    /// The agencies that reports name, each once, where there is no agencies file: nothing is known of superiors, nor of who did not
    /// report.
    pub fn of_reports<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut known = HashSet::new();
        let names = names.into_iter().filter(|name| known.insert(fold(name)));
        let list: Vec<Agency> = names.map(|name| Agency { name: name.to_owned(), ..Agency::default() }).collect();
        let findings = vec![Finding::new(&AGENCIES_NOT_GIVEN, AGENCIES_NOT_GIVEN.message())];
        Self { children: vec![Vec::new(); list.len()], list, of_reports: true, findings }
    }

    /// Whether the agencies are those of the reports at hand, for want of a file that lists them.
    pub(crate) fn are_of_reports(&self) -> bool {
        self.of_reports
    }

    /// The agencies in the order of the file.
    pub fn list(&self) -> &[Agency] {
        &self.list
    }

    /// The agencies right below one, in the order of the file.
    pub fn children(&self, index: usize) -> &[usize] {
        self.children.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an agency stands at the top with others below it: it adds up what they report, and is not asked for a report.
    pub fn adds_up(&self, index: usize) -> bool {
        self.list.get(index).is_some_and(|agency| agency.parent.is_none()) && !self.children(index).is_empty()
    }

    /// The agencies without a superior.
    pub(crate) fn roots(&self) -> Vec<usize> {
        (0..self.list.len()).filter(|&index| self.list[index].parent.is_none()).collect()
    }

    /// Every agency with its depth, each before those below it.
    pub fn in_tree_order(&self) -> Vec<(usize, usize)> {
        let mut open: Vec<(usize, usize)> = self.roots().into_iter().rev().map(|root| (root, 0)).collect();
        let mut order = Vec::with_capacity(self.list.len());
        while let Some((index, depth)) = open.pop() {
            order.push((index, depth));
            open.extend(self.children(index).iter().rev().map(|&child| (child, depth + 1)));
        }
        order
    }
}
