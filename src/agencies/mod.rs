//! The agencies file: the tree of agencies with names and aliases, and lookup of the agency of a report.

mod find;
mod folded;
mod named;
mod parse;
mod path;
mod tree;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::finding::code::rollup::AGENCIES_NOT_GIVEN;
use crate::finding::{Bilingual, Finding, Message};
use crate::text::fold;

pub use find::{Match, Matcher};
pub use named::Named;

/// An agency that has to report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agency {
    /// Code, unique if given.
    pub code: Option<String>,
    /// Full name.
    pub name: String,
    /// Former names and aliases.
    pub aliases: Vec<String>,
    /// Index of its superior.
    pub parent: Option<usize>,
    /// Level such as 县级, as written; equal ones share their text.
    pub level: Option<Arc<str>>,
    /// Kind such as 部门, as written; equal ones share their text.
    pub kind: Option<Arc<str>>,
    /// Identification code of its site.
    pub site: Option<String>,
    /// Contact.
    pub contact: Option<String>,
    /// Whether its own report already includes its subordinates; `None` if the file does not say.
    pub aggregate: Option<bool>,
}

/// An agency in the tree of superiors and subordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeNode {
    /// Index of the agency.
    pub agency: usize,
    /// Number of its superiors, 0-based: 0 for an agency without one.
    pub depth: usize,
}

/// The agencies in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Agencies {
    list: Vec<Agency>,
    /// The direct subordinates of all agencies, those of one superior together.
    children: Vec<usize>,
    /// Where those of each agency begin in `children`; the last one is the end.
    first_child: Vec<u32>,
    /// Whether the agencies are those named in the reports, because there is no agencies file.
    of_reports: bool,
    /// Findings about the file that do not stop its use.
    pub findings: Vec<Finding>,
}

/// Why an agencies file cannot be used: all mistakes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgenciesError {
    /// The mistakes in the order of the file.
    pub mistakes: Vec<AgencyMistake>,
}

/// A mistake in an agencies file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyMistake {
    /// Line of a text file or row of a sheet, 1-based; `None` for the file as a whole.
    pub line: Option<usize>,
    /// Header of the column, as written.
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
    /// All mistakes with line and column: missing names, duplicate names and codes, unknown superiors, cycles.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, AgenciesError> {
        let (rows, findings) = parse::rows(name, bytes)?;
        let list = tree::resolve(&rows)?;
        Ok(Self::over(list, false, findings))
    }

    /// The agencies named in reports, each once, in place of an agencies file: superiors and missing reports are unknown.
    pub fn of_reports<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut known = HashSet::new();
        let names = names.into_iter().filter(|name| known.insert(fold(name)));
        let list: Vec<Agency> = names.map(|name| Agency { name: name.to_owned(), ..Agency::default() }).collect();
        let findings = vec![Finding::new(&AGENCIES_NOT_GIVEN, AGENCIES_NOT_GIVEN.message())];
        Self::over(list, true, findings)
    }

    fn over(list: Vec<Agency>, of_reports: bool, findings: Vec<Finding>) -> Self {
        let mut children: Vec<usize> = (0..list.len()).filter(|&index| list[index].parent.is_some()).collect();
        // Stable, so subordinates stay in the order of the file.
        children.sort_by_key(|&index| list[index].parent);
        let begins = |superior| children.partition_point(|&index| list[index].parent < Some(superior)) as u32;
        let first_child = (0..=list.len()).map(begins).collect();
        Self { list, children, first_child, of_reports, findings }
    }

    /// Whether the agencies are those named in the reports, because there is no agencies file.
    pub(crate) fn are_of_reports(&self) -> bool {
        self.of_reports
    }

    /// The agencies in the order of the file.
    pub fn list(&self) -> &[Agency] {
        &self.list
    }

    /// The direct subordinates of an agency, in the order of the file.
    pub fn children(&self, index: usize) -> &[usize] {
        let found = self.first_child.get(index..).and_then(<[u32]>::first_chunk);
        let Some(&[from, to]) = found else { return &[] };
        &self.children[from as usize..to as usize]
    }

    /// Whether an agency has no superior and has subordinates: it sums their reports, and is not expected to report.
    pub fn adds_up(&self, index: usize) -> bool {
        self.list.get(index).is_some_and(|agency| agency.parent.is_none()) && !self.children(index).is_empty()
    }

    /// The agencies without a superior.
    pub(crate) fn roots(&self) -> Vec<usize> {
        (0..self.list.len()).filter(|&index| self.list[index].parent.is_none()).collect()
    }

    /// All agencies, each before its subordinates.
    pub fn in_tree_order(&self) -> Vec<TreeNode> {
        let roots = self.roots().into_iter().rev();
        let mut open: Vec<TreeNode> = roots.map(|agency| TreeNode { agency, depth: 0 }).collect();
        let mut order = Vec::with_capacity(self.list.len());
        while let Some(node) = open.pop() {
            order.push(node);
            let children = self.children(node.agency).iter().rev();
            open.extend(children.map(|&agency| TreeNode { agency, depth: node.depth + 1 }));
        }
        order
    }
}
