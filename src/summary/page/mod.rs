//! The web page for the office: a list of agencies with state, findings and outputs, and charts. Static, in one file, without a server.
//!
//! The list is embedded as JSON, one line per row, so that a page of any length is written row by row.

mod rollup;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::finding::{Finding, Severity, codes};

pub use rollup::write as write_rollup_page;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Maximum number of findings shown in a row.
const FINDINGS: usize = 30;

/// Maximum length of a finding, in characters.
const WORDS: usize = 400;

/// Content of the page besides its rows.
#[derive(Debug, Clone, Serialize)]
pub struct Office {
    /// The title.
    pub title: String,
    /// One sentence of description.
    pub summary: String,
    /// The possible states of a row.
    pub states: Vec<State>,
    /// Names of files about all reports.
    pub links: Vec<String>,
    /// Names of agencies without a report.
    pub missing: Vec<String>,
    /// Charts.
    pub charts: Vec<Drawing>,
}

/// A state of a row.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct State {
    /// Name in words.
    pub name: &'static str,
    /// Style: `good`, `look` or `bad`.
    pub kind: &'static str,
}

/// A chart with its figures.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    /// Title.
    pub title: String,
    /// Whether the bars are shares of a whole.
    pub shares: bool,
    /// Name and figure of each bar.
    #[serde(serialize_with = "bars")]
    pub bars: Vec<(String, Decimal)>,
}

/// A row of the page.
#[derive(Debug, Clone, Copy)]
pub struct PageRow<'a> {
    /// The agency, if known.
    pub agency: Option<&'a str>,
    /// Its depth in the tree.
    pub depth: usize,
    /// The year.
    pub year: Option<i16>,
    /// Index of its state.
    pub state: usize,
    /// Findings; the most severe is shown first.
    pub findings: &'a [&'a Finding],
    /// Names of its files, in the page's folder.
    pub outputs: &'a [String],
    /// Name of the input.
    pub source: &'a str,
}

#[derive(Serialize)]
struct RowJson<'a> {
    a: Option<&'a str>,
    d: usize,
    y: Option<i16>,
    s: usize,
    f: Vec<FindingJson<'a>>,
    /// Number of findings that are not shown.
    r: usize,
    o: &'a [String],
    p: &'a str,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    c: &'a str,
    v: usize,
    m: String,
}

#[derive(Serialize)]
struct About<'a> {
    #[serde(flatten)]
    office: &'a Office,
    codes: serde_json::Map<String, serde_json::Value>,
}

/// The HTML before the rows.
///
/// # Errors
/// None in practice: all values are serialisable.
pub fn before(office: &Office) -> serde_json::Result<String> {
    let titles = codes().map(|code| (code.id.to_owned(), code.title.0.into())).collect();
    let about = embedded(&About { office, codes: titles })?;
    let (before, _) = halves();
    Ok(before.replace("{{style}}", STYLE).replace("{{about}}", &about))
}

/// A row as JSON; rows are separated by `,\n`.
///
/// # Errors
/// None in practice: all values are serialisable.
pub fn row(row: &PageRow) -> serde_json::Result<String> {
    let mut worst: Vec<&Finding> = row.findings.to_vec();
    worst.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let shown = worst.iter().take(FINDINGS).map(|finding| FindingJson {
        c: &finding.code,
        v: match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        },
        m: cut(&finding.message.zh),
    });
    embedded(&RowJson {
        a: row.agency,
        d: row.depth,
        y: row.year,
        s: row.state,
        f: shown.collect(),
        r: worst.len().saturating_sub(FINDINGS),
        o: row.outputs,
        p: row.source,
    })
}

/// The HTML after the rows.
pub fn after() -> String {
    let (_, after) = halves();
    after.replace("{{script}}", SCRIPT)
}

fn halves() -> (&'static str, &'static str) {
    PAGE.split_once("{{rows}}").unwrap_or((PAGE, ""))
}

/// JSON that is safe inside a `script` element: it contains no end tag and no comment.
fn embedded(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

/// Text shortened to fit a row, with an ellipsis; `findings.jsonl` has the whole text.
fn cut(words: &str) -> String {
    match words.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

/// Figures of charts are rounded to what a picture shows.
fn bars<S: serde::Serializer>(bars: &[(String, Decimal)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(bars.iter().map(|(name, figure)| (name, figure.to_f64().unwrap_or_default())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_report_cannot_end_the_enclosing_script() {
        let office = Office {
            title: "</script><script>alert(1)</script>".to_owned(),
            summary: String::new(),
            states: Vec::new(),
            links: Vec::new(),
            missing: vec!["<!--".to_owned()],
            charts: Vec::new(),
        };
        let before = before(&office).unwrap();
        assert!(!before.contains("<script>alert") && !before.contains("<!--"), "{before}");
        let outputs = ["<b>.docx".to_owned()];
        let row = row(&PageRow {
            agency: Some("</script>"),
            depth: 0,
            year: None,
            state: 0,
            findings: &[],
            outputs: &outputs,
            source: "<",
        });
        assert!(!row.unwrap().contains('<'));
    }

    #[test]
    fn the_page_has_a_place_for_everything() {
        for mark in ["{{style}}", "{{about}}", "{{rows}}", "{{script}}"] {
            assert_eq!(PAGE.matches(mark).count(), 1, "{mark}");
        }
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("{{"));
    }
}
