//! Waivers: findings that the office accepted, each bound to figures, with a reason and a last day.

mod parse;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::code::check::{WAIVER_EXPIRED, WAIVER_OUTDATED};
use crate::finding::{Bilingual, Code, Finding, Message, Severity, TomlError, Waived};
use crate::report::Report;
use crate::text::fold;

/// A waiver: an accepted finding.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Code of the finding.
    pub code: String,
    /// Id of the rule; any rule if missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The agency's name as in the report.
    pub agency: String,
    /// The year of the report.
    pub year: i16,
    /// Every field of the finding, with its text; empty for a finding without fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Computed left side, if the finding has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub left: Option<Decimal>,
    /// Computed right side, if the finding has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub right: Option<Decimal>,
    /// Words of the finding's message; for findings about words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Reason.
    pub reason: String,
    /// Last day of validity.
    #[schemars(with = "String")]
    pub until: Date,
}

/// The waivers of a file in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waivers {
    list: Vec<Waiver>,
}

/// A mistake in a waivers file.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().en)]
pub struct WaiverMistake {
    /// Number of the entry, 1-based; `None` for the file as a whole.
    pub entry: Option<usize>,
    /// What is wrong.
    #[source]
    pub cause: WaiverCause,
}

impl Bilingual for WaiverMistake {
    fn message(&self) -> Message {
        let Message { zh, en } = self.cause.message();
        match self.entry {
            Some(entry) => Message::new(format!("第{entry}条：{zh}"), format!("entry {entry}: {en}")),
            None => Message::new(zh, en),
        }
    }
}

/// What is wrong with a waivers file or one of its entries.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum WaiverCause {
    /// The file is not valid TOML.
    Toml(#[source] TomlError),
    /// The file is not valid CSV.
    Csv(#[source] csv::Error),
    /// A column of a CSV file has an unknown header.
    UnknownColumn(String),
    /// A required column of an entry is blank.
    Blank(&'static str),
    /// A cell of a column is not of the kind that the column holds.
    Cell {
        /// The column.
        column: &'static str,
        /// What the column holds.
        wanted: CellKind,
        /// The text of the cell.
        text: String,
    },
    /// There is no reason.
    NoReason,
    /// Nothing binds the waiver to figures or words.
    Unbound,
}

/// What a column of a waivers file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A number.
    Number,
    /// `field=text`.
    Pair,
    /// A year.
    Year,
    /// A date such as 2025-03-31.
    Date,
}

impl Bilingual for WaiverCause {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::Toml(error) => return error.message(),
            Self::Csv(error) => ("不是规范的 CSV 文件。".to_owned(), error.to_string()),
            Self::UnknownColumn(head) => (
                format!("没有“{head}”栏；可用的栏有：{}。", parse::COLUMNS.join("、")),
                format!("unknown column `{head}`; the columns are {}", parse::COLUMNS.join(", ")),
            ),
            Self::Blank(column) => (format!("“{column}”栏未填。"), format!("`{column}` is empty")),
            Self::Cell { column, wanted, text } => {
                let (zh, en) = match wanted {
                    CellKind::Number => ("不是数字", "is no number"),
                    CellKind::Pair => ("应写成“字段=文字”", "needs field=text"),
                    CellKind::Year => ("不是年度", "is no year"),
                    CellKind::Date => ("不是 2025-03-31 这样的日期", "is no date such as 2025-03-31"),
                };
                (format!("“{column}”栏{zh}：{text}。"), format!("`{column}` {en}: {text}"))
            }
            Self::NoReason => ("没有写理由。".to_owned(), "a waiver needs a reason".to_owned()),
            Self::Unbound => (
                "没有写明对应哪些数字或文字（values、left 和 right、quote 之一）。".to_owned(),
                "a waiver needs what binds it to the finding: values, left and right, or quote".to_owned(),
            ),
        };
        Message::new(zh, en)
    }
}

/// How a waiver applies to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Holds,
    /// It is for this finding, but the figures or words have changed.
    Outdated,
    Expired,
}

impl Waivers {
    /// Reads a waivers file: TOML (`[[waiver]]`) or CSV with the same names as columns.
    ///
    /// # Errors
    /// The first mistake: invalid TOML or CSV, an unknown key or column, no reason, no last day, nothing that binds the waiver to
    /// figures.
    pub fn read(name: &str, text: &str) -> Result<Self, WaiverMistake> {
        let list = if name.to_lowercase().ends_with(".csv") { parse::csv(text)? } else { parse::toml(text)? };
        for (index, waiver) in list.iter().enumerate() {
            let fail = |cause| Err(WaiverMistake { entry: Some(index + 1), cause });
            if waiver.reason.trim().is_empty() {
                return fail(WaiverCause::NoReason);
            }
            if waiver.values.is_empty() && waiver.left.is_none() && waiver.right.is_none() && waiver.quote.is_none() {
                return fail(WaiverCause::Unbound);
            }
        }
        Ok(Self { list })
    }

    /// Whether there are no waivers.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Marks waived findings, and adds a finding for every waiver of this report that has expired or no longer matches the figures.
    pub fn apply(&self, report: &Report, today: Date, findings: &mut Vec<Finding>) {
        let (Some(agency), Some(year)) = (report.agency.as_deref(), report.year) else { return };
        let agency = fold(agency);
        let mut told = Vec::new();
        for waiver in self.list.iter().filter(|waiver| waiver.year == year && fold(&waiver.agency) == agency) {
            let mut outdated = false;
            let mut holds = false;
            for finding in findings.iter_mut().filter(|finding| finding.waived.is_none()) {
                match waiver.fit(report, finding, today) {
                    Some(Fit::Holds) => {
                        holds = true;
                        finding.waived = Some(Waived { reason: waiver.reason.clone(), until: waiver.until });
                    }
                    Some(Fit::Expired) => told.push(waiver.finding(&WAIVER_EXPIRED)),
                    Some(Fit::Outdated) => outdated = true,
                    None => {}
                }
            }
            if outdated && !holds {
                told.push(waiver.finding(&WAIVER_OUTDATED));
            }
        }
        findings.extend(told);
    }
}

impl Waiver {
    /// How the waiver applies to a finding; `None` if it is for another one.
    fn fit(&self, report: &Report, finding: &Finding, today: Date) -> Option<Fit> {
        let same_rule = self.rule.is_none() || self.rule == finding.rule;
        if self.code != finding.code || !same_rule {
            return None;
        }
        // A finding of the same kind about other cells is another finding.
        let about = |field: &String| self.values.contains_key(field);
        if !self.values.is_empty() && !finding.fields.iter().any(about) {
            return None;
        }
        let same = finding.fields.iter().all(|field| self.values.is_empty() && self.quote.is_some() || about(field))
            && self.values.iter().all(|(field, text)| stands(report, field, text))
            && self.left.is_none_or(|left| finding.left == Some(left))
            && self.right.is_none_or(|right| finding.right == Some(right))
            && self.quote.as_ref().is_none_or(|quote| {
                finding.message.zh.contains(quote.as_str()) || finding.message.en.contains(quote.as_str())
            });
        Some(match (same, today > self.until) {
            (false, _) => Fit::Outdated,
            (true, true) => Fit::Expired,
            (true, false) => Fit::Holds,
        })
    }

    fn finding(&self, code: &'static Code) -> Finding {
        let rule = self.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
        let message = Message::new(
            format!(
                "{}：{}{rule}（理由“{}”，有效期至{}）。{}",
                code.title.0, self.code, self.reason, self.until, code.remedy.0
            ),
            format!(
                "{}: {}{rule} (reason \"{}\", until {}). {}",
                code.title.1, self.code, self.reason, self.until, code.remedy.1
            ),
        );
        let mut finding = Finding::new(code, message).about(self.values.keys().cloned());
        finding.rule.clone_from(&self.rule);
        finding
    }
}

/// Whether a field has this text; numbers are compared as numbers.
fn stands(report: &Report, field: &str, text: &str) -> bool {
    report.values.get(field).is_some_and(|value| match (value.value, text.trim().parse::<Decimal>()) {
        (Some(number), Ok(wanted)) => number == wanted,
        _ => value.raw.trim() == text.trim(),
    })
}

/// A draft waiver for a finding, to be completed with a reason and a last day; `None` for a report without agency or year, for a finding
/// of severity info, and for a finding that nothing binds.
pub fn draft(report: &Report, finding: &Finding) -> Option<String> {
    text(vec![waiver(report, finding)?])
}

/// Waivers as a TOML file; `None` if one cannot be expressed.
pub fn text(waivers: Vec<Waiver>) -> Option<String> {
    toml::to_string(&parse::File { waiver: waivers }).ok()
}

/// As [`draft`], as a value.
pub fn waiver(report: &Report, finding: &Finding) -> Option<Waiver> {
    if finding.severity < Severity::Warning {
        return None;
    }
    Some(Waiver {
        code: finding.code.clone(),
        rule: finding.rule.clone(),
        agency: report.agency.clone()?,
        year: report.year?,
        values: finding
            .fields
            .iter()
            .filter_map(|field| Some((field.clone(), report.values.get(field)?.raw.clone())))
            .collect(),
        left: finding.left,
        right: finding.right,
        quote: finding.fields.is_empty().then(|| finding.message.zh.clone()),
        reason: String::new(),
        until: Date::new(report.year?.checked_add(2)?, 3, 31).ok()?,
    })
}
