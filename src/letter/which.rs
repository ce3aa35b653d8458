//! Selects the findings for letters: those that the sender can correct.

use crate::finding::{Finding, Severity};

/// How a letter mentions a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// Never mentioned.
    Never,
    /// Mentioned in a letter that is written anyway; a finding about a figure also causes one.
    With,
    /// Mentioned, and reason enough for a letter.
    Alone,
}

/// Codes that only concern the office, or how the program read a file.
const OFFICE: &[&str] = &[
    "file-unreadable",
    "suffix-wrong",
    "page-chrome",
    "page-margins",
    "page-pictures-left",
    "content-unclaimed",
    "content-skipped",
    "form-by-year",
    "form-undecided",
    "section-too-long",
    "title-not-prescribed",
    "agency-uncertain",
    "waiver-expired",
    "waiver-outdated",
    "narrative-copied",
    "internal-error",
    "file-changed",
    "archive-unreadable",
    "not-annotated",
    "not-revised",
    "output-name-taken",
    "output-unwritable",
    "line-unreadable",
    "converter-died",
    "converter-timed-out",
    "json-unreadable",
    "figure-corrected",
    "correction-not-applied",
    "rules-not-assessed",
    "previous-uncertain",
];

/// Codes of warnings that are about figures, even if they name no field.
const FIGURES: &[&str] = &["prose-sum", "prose-table", "prose-proposal", "row-unknown", "period-incomplete"];

/// How letters mention a finding; `wanted` is the office's setting for its code.
pub fn mention(finding: &Finding, wanted: Option<bool>) -> Mention {
    if finding.waived.is_some() || wanted == Some(false) {
        return Mention::Never;
    }
    let office = OFFICE.contains(&finding.code.as_str()) && wanted != Some(true);
    match finding.severity {
        _ if office => Mention::Never,
        Severity::Error => Mention::Alone,
        Severity::Warning => Mention::With,
        Severity::Info => Mention::Never,
    }
}

/// Whether a warning is about figures, so that a letter is written even without errors.
pub(super) fn about_figures(finding: &Finding) -> bool {
    !finding.fields.is_empty() || FIGURES.contains(&finding.code.as_str())
}
