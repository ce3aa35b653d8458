//! Which findings an office wants to see, with which severity, and what it accepts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Accept, CodeSetting};
use crate::finding::{Bilingual, Finding, Message, Severity, Waived, codes};
use crate::text::fold;

/// Severity of a code for an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Level {
    /// Not reported.
    #[serde(rename = "off", alias = "不报")]
    Off,
    /// Worth knowing.
    #[serde(rename = "note", alias = "info", alias = "说明")]
    Note,
    /// Someone should look.
    #[serde(rename = "warning", alias = "提示")]
    Warning,
    /// It has to be corrected.
    #[serde(rename = "error", alias = "错误")]
    Error,
}

impl Level {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// Names of groups of codes, and older or newer names of a code.
const GROUPS: &[(&str, &[&str])] = &[
    ("order-differs", &["rows-reordered", "columns-reordered"]),
    ("file-not-a-report", &["form-not-recognised"]),
    ("report-repeated", &["duplicate-report", "agency-reported-twice"]),
    ("header-foreign", &["header-variant", "header-lost"]),
    ("agency-sent-unreadable", &["report-unreadable"]),
    ("tables-are-pictures", &["pages-are-pictures"]),
];

/// A name that is neither a code nor a group of codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub struct UnknownCode {
    /// The name as written.
    pub name: String,
    /// Similar codes, nearest first.
    pub near: Vec<&'static str>,
}

impl Bilingual for UnknownCode {
    fn message(&self) -> Message {
        let (zh, en) = match self.near.as_slice() {
            [] => (String::new(), String::new()),
            near => (format!("，是否要用 {}", near.join("、")), format!("; did you mean {}?", near.join(", "))),
        };
        Message::new(format!("没有代码“{}”{zh}。", self.name), format!("no code `{}`{en}", self.name))
    }
}

/// The codes for a name: a code, or a group of codes.
///
/// # Errors
/// [`UnknownCode`] if there is no such name.
pub(crate) fn codes_named(name: &str) -> Result<Vec<&'static str>, UnknownCode> {
    if let Some((_, members)) = GROUPS.iter().find(|(group, _)| *group == name) {
        return Ok(members.to_vec());
    }
    if let Some(code) = codes().find(|code| code.id == name) {
        return Ok(vec![code.id]);
    }
    Err(UnknownCode { name: name.to_owned(), near: similar_codes(name) })
}

/// Maximum number of typing errors (Damerau-Levenshtein distance) of a suggested code.
const MOST_ERRORS: usize = 4;

/// Maximum number of suggestions for a mistyped code.
const MOST_SUGGESTIONS: usize = 3;

/// Codes similar to a mistyped one, nearest first.
pub fn similar_codes(name: &str) -> Vec<&'static str> {
    let mut near: Vec<(usize, &str)> =
        codes().map(|code| (strsim::damerau_levenshtein(name, code.id), code.id)).collect();
    near.sort_unstable();
    near.into_iter().filter(|near| near.0 <= MOST_ERRORS).take(MOST_SUGGESTIONS).map(|near| near.1).collect()
}

/// Filter for the findings of reports. Findings about a file without a report are never filtered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    select: Vec<&'static str>,
    ignore: Vec<&'static str>,
    least: Option<Severity>,
    levels: BTreeMap<&'static str, Level>,
    letters: BTreeMap<&'static str, bool>,
    accept: Vec<(Vec<&'static str>, Accept)>,
}

impl Policy {
    /// The policy for selected codes (all if none is given), ignored codes, a minimum severity, and a settings file.
    ///
    /// # Errors
    /// A name that is neither a code nor a group of codes.
    pub fn new(
        (select, ignore, least): (&[String], &[String], Option<Severity>),
        settings: &BTreeMap<String, CodeSetting>,
        accept: &[Accept],
        today: Date,
    ) -> Result<Self, UnknownCode> {
        let all = |names: &[String]| -> Result<Vec<&'static str>, UnknownCode> {
            let lists = names.iter().map(|name| codes_named(name));
            Ok(lists.collect::<Result<Vec<_>, _>>()?.concat())
        };
        let mut policy = Self { select: all(select)?, ignore: all(ignore)?, least, ..Self::default() };
        for (name, setting) in settings {
            for code in codes_named(name)? {
                policy.levels.extend(setting.severity.map(|level| (code, level)));
                policy.letters.extend(setting.letter.map(|letter| (code, letter)));
            }
        }
        for one in accept.iter().filter(|one| one.until >= today) {
            policy.accept.push((codes_named(&one.code)?, one.clone()));
        }
        Ok(policy)
    }

    /// Whether the policy changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The office's setting whether letters mention findings of this code.
    pub fn letter(&self, code: &str) -> Option<bool> {
        self.letters.get(code).copied()
    }

    /// Whether a check that is off by default is enabled.
    pub fn wants(&self, code: &str) -> bool {
        let level = self.levels.get(code);
        level.map_or_else(|| self.select.contains(&code), |level| *level != Level::Off)
    }

    /// Sets severities, removes unwanted findings, and marks accepted ones.
    pub fn apply(&self, agency: Option<&str>, findings: &mut Vec<Finding>) {
        if self.is_empty() {
            return;
        }
        findings.retain_mut(|finding| self.keeps(agency, finding));
    }

    fn keeps(&self, agency: Option<&str>, finding: &mut Finding) -> bool {
        let code = finding.code.as_str();
        if let Some(level) = self.levels.get(code) {
            let Some(severity) = level.severity() else { return false };
            finding.severity = severity;
        }
        let named = |list: &[&str]| list.contains(&code);
        let wanted = (self.select.is_empty() || named(&self.select)) && !named(&self.ignore);
        if !wanted || self.least.is_some_and(|least| finding.severity < least) {
            return false;
        }
        let of = |accept: &Accept| {
            accept.agency.as_deref().is_none_or(|name| agency.is_some_and(|agency| fold(name) == fold(agency)))
        };
        if finding.waived.is_none()
            && let Some((_, accept)) = self.accept.iter().find(|(codes, accept)| codes.contains(&code) && of(accept))
        {
            finding.waived = Some(Waived { reason: accept.reason.clone(), until: accept.until });
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::code::check::{CELL_WRONG, SECTION_TOO_LONG};
    use crate::settings::Settings;

    fn findings() -> Vec<Finding> {
        [&CELL_WRONG, &SECTION_TOO_LONG].map(|code| Finding::new(code, code.message())).to_vec()
    }

    fn kept(select: &[&str], ignore: &[&str], least: Option<Severity>, toml: &str) -> Vec<Finding> {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let settings = Settings::read(toml).unwrap();
        let (select, ignore) = (names(select), names(ignore));
        let today = Date::constant(2026, 1, 20);
        let policy = Policy::new((&select, &ignore, least), &settings.codes, &settings.accept, today).unwrap();
        let mut findings = findings();
        policy.apply(Some("甲局"), &mut findings);
        findings
    }

    #[test]
    fn unselected_findings_are_removed() {
        let codes = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(codes(kept(&["cell-wrong"], &[], None, "")), ["cell-wrong"]);
        assert_eq!(codes(kept(&[], &["cell-wrong"], None, "")), ["section-too-long"]);
        assert_eq!(codes(kept(&[], &[], Some(Severity::Error), "")), ["cell-wrong"]);
        assert_eq!(codes(kept(&[], &[], None, "[codes.cell-wrong]\nseverity = \"off\"\n")), ["section-too-long"]);
    }

    #[test]
    fn a_code_has_the_severity_that_the_office_gives_it() {
        let all = kept(&[], &[], Some(Severity::Error), "[codes.section-too-long]\nseverity = \"错误\"\n");
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn accepted_findings_do_not_count_until_their_last_day() {
        let text = |agency: &str, until: &str| {
            format!("[[accept]]\ncode = \"cell-wrong\"\nagency = \"{agency}\"\nreason = \"已核实\"\nuntil = {until}\n")
        };
        let counts = |toml: &str| kept(&[], &[], None, toml)[0].counts(Severity::Error);
        assert!(!counts(&text("甲局", "2026-03-31")));
        assert!(counts(&text("乙局", "2026-03-31")));
        assert!(counts(&text("甲局", "2025-03-31")));
    }

    #[test]
    fn groups_are_made_of_codes_that_exist_and_no_group_hides_a_code() {
        for (group, members) in GROUPS {
            assert!(codes().all(|code| code.id != *group), "{group}");
            assert!(members.iter().all(|member| codes().any(|code| code.id == *member)), "{group}");
        }
        assert!(codes_named("cell-wrnog").unwrap_err().message().en.contains("cell-wrong"));
    }
}
