//! The rows of the start screen: one per agency and report, with its state. The numbers on the page are counts of these rows.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::earlier::{self, Candidate, counting, is_double};
use super::state::{Phase, State};
use super::work::ReportSummary;
use crate::finding::Message;
use crate::ledger::{Sent, What};
use crate::rollup::year_of;
use crate::text::fold;

/// The state of a row; the order of the variants is the sort order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Standing {
    /// There are errors that are neither corrected nor accepted.
    Bad,
    /// No report could be read.
    Failed,
    /// The report is of another year.
    Other,
    /// The report was sent back.
    Returned,
    /// The agency has sent nothing.
    None,
    /// The file is queued or being read.
    Working,
    /// No errors, after corrections.
    Fixed,
    /// No errors other than accepted ones.
    Accepted,
    /// No errors, and nothing was corrected or accepted.
    Clean,
}

/// A version of a report.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) file: String,
    pub(super) at: String,
    pub(super) bytes: u64,
    pub(super) counts: bool,
}

/// A row of the list.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of the answer")]
pub(super) struct AgencyRow {
    /// The id of the report, see [`id`].
    pub(super) id: Option<String>,
    pub(super) agency: Option<String>,
    /// The parent agency.
    pub(super) group: Option<String>,
    pub(super) state: Standing,
    pub(super) file: Option<String>,
    pub(super) year: Option<i16>,
    pub(super) form: Option<String>,
    /// The number of the version that counts, from 1, and all versions in order of arrival.
    pub(super) version: usize,
    pub(super) versions: Vec<Version>,
    /// Whether another version of the same delivery has different figures.
    pub(super) double: bool,
    /// Whether the agency is missing from the agencies file.
    pub(super) unlisted: bool,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) accepted: usize,
    pub(super) corrected: usize,
    /// Whether the report was entered by hand.
    pub(super) typed: bool,
    /// The message of the first error or warning.
    pub(super) first: Option<Message>,
    pub(super) at: Option<String>,
    pub(super) bytes: u64,
    pub(super) revision: u64,
    /// Whether the file is queued to be checked again, because settings or last year's report changed; the row may be out of date.
    pub(super) again: bool,
    /// The day by which a report that was sent back is due.
    pub(super) due: Option<String>,
    pub(super) contact: Option<String>,
}

/// The id of a report: the number of its file, followed by `-` and the report's index in the file if that is not 0.
pub(super) fn id(file: u64, report: usize) -> String {
    if report == 0 { file.to_string() } else { format!("{file}-{report}") }
}

/// Parses an id into the file's number and the report's index.
pub(super) fn parse(id: &str) -> Option<(u64, usize)> {
    match id.split_once('-') {
        Some((file, report)) => Some((file.parse().ok()?, report.parse().ok().filter(|&report| report > 0)?)),
        None => Some((id.parse().ok()?, 0)),
    }
}

/// The year of the page: `wanted`, else that of [`year_of`].
pub(super) fn year(state: &State, wanted: Option<i16>) -> Option<i16> {
    wanted.or_else(|| year_of(&earlier::candidates(state).filter_map(|one| dated(one.part))))
}

/// Agency and year of a report.
fn dated(report: &ReportSummary) -> Option<(Option<&str>, i16)> {
    Some((report.listed.as_deref().or(report.agency.as_deref()), report.year?))
}

/// The rows of a year, or of all years if `all` is set. `agencies` is that part of the evaluated settings.
pub(super) fn rows(state: &State, year: Option<i16>, all: bool, agencies: &Value) -> Vec<AgencyRow> {
    let mut groups: BTreeMap<(String, Option<i16>, &str), Vec<Candidate>> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut failed: HashMap<String, Vec<AgencyRow>> = HashMap::new();
    for sent in state.ledger.standing() {
        let Some(item) = state.items.get(&sent.file) else { continue };
        match &item.phase {
            Phase::Read(parts) => {
                for (report, part) in parts.iter().enumerate() {
                    let candidate = Candidate { sent, report, part };
                    let agency = part.listed.as_deref().or(part.agency.as_deref()).map(fold);
                    // A report without an agency's name has a row of its own.
                    let name =
                        agency.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("#{}-{report}", sent.file));
                    groups.entry((name, part.year, &part.family)).or_default().push(candidate);
                }
            }
            Phase::Refused(finding, agency) => {
                let due = due_day(state, sent.file, 0);
                let standing = if due.is_some() { Standing::Returned } else { Standing::Failed };
                let first = Some(finding.message.clone());
                let due = due.flatten();
                let row = AgencyRow {
                    agency: agency.clone(),
                    state: standing,
                    errors: 1,
                    first,
                    due,
                    ..file_row(state, sent)
                };
                match agency {
                    Some(agency) => failed.entry(fold(agency)).or_default().push(row),
                    None => rows.push(row),
                }
            }
            Phase::Waiting | Phase::Reading => {
                rows.push(AgencyRow { state: Standing::Working, ..file_row(state, sent) });
            }
        }
    }
    // Reports that are in the folder as last year's are not what their agencies sent for this year.
    let kept = year.map(|year| earlier::kept(state, year)).unwrap_or_default();
    let this_year: Vec<String> =
        groups.keys().filter(|(_, of, _)| *of == year).map(|(name, ..)| name.clone()).collect();
    for ((name, of, _), candidates) in &groups {
        let wanted = all || *of == year || of.is_none();
        // A report of another year has a row if the agency has none of this year.
        let is_kept = candidates.iter().all(|one| kept.contains(&(one.sent.file, one.report)));
        if wanted || !this_year.contains(name) && !is_kept {
            let mut row = row(state, candidates);
            if !wanted {
                row.state = Standing::Other;
            }
            rows.push(row);
        }
    }
    listed(&mut rows, failed, agencies);
    rows.sort_by(|one, other| (one.state, &one.agency, &one.file).cmp(&(other.state, &other.agency, &other.file)));
    rows
}

/// The names of the agencies at the top of the tree, which are not expected to report themselves.
pub(super) fn tops(agencies: &Value) -> Vec<String> {
    let list = agencies.get("list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let tops = list.iter().filter(|agency| agency["top"].as_bool().unwrap_or_default());
    tops.filter_map(|agency| agency["name"].as_str().map(str::to_owned)).collect()
}

/// A row with the data of the file alone.
fn file_row(state: &State, sent: &Sent) -> AgencyRow {
    AgencyRow {
        id: Some(sent.file.to_string()),
        state: Standing::Working,
        file: Some(sent.name.clone()),
        version: 1,
        at: Some(sent.at.clone()),
        bytes: sent.bytes,
        revision: state.items.get(&sent.file).map_or(0, |item| item.revision),
        again: state.items.get(&sent.file).is_some_and(|item| item.again),
        ..nothing()
    }
}

/// The row of the versions of a report; `candidates` are in order of arrival.
fn row(state: &State, candidates: &[Candidate]) -> AgencyRow {
    let at = counting(state, candidates);
    let Candidate { sent, report, part } = &candidates[at];
    let returned = due_day(state, sent.file, *report);
    let standing = match () {
        () if returned.is_some() => Standing::Returned,
        () if part.errors > 0 => Standing::Bad,
        () if part.accepted > 0 => Standing::Accepted,
        () if part.corrected > 0 => Standing::Fixed,
        () => Standing::Clean,
    };
    AgencyRow {
        id: Some(id(sent.file, *report)),
        agency: part.listed.clone().or_else(|| part.agency.clone()),
        state: standing,
        year: part.year,
        form: Some(part.form.clone()),
        version: at + 1,
        versions: candidates
            .iter()
            .enumerate()
            .map(|(number, one)| Version {
                id: id(one.sent.file, one.report),
                file: one.sent.name.clone(),
                at: one.sent.at.clone(),
                bytes: one.sent.bytes,
                counts: number == at,
            })
            .collect(),
        double: is_double(candidates, at),
        unlisted: part.listed.is_none(),
        errors: part.errors,
        warnings: part.warnings,
        accepted: part.accepted,
        corrected: part.corrected,
        typed: part.typed,
        first: part.first.clone(),
        due: returned.flatten(),
        ..file_row(state, sent)
    }
}

/// The day by which a report that was sent back is due; `None` if it was not sent back.
#[allow(clippy::option_option, reason = "a report can be sent back without a due day")]
fn due_day(state: &State, file: u64, report: usize) -> Option<Option<String>> {
    match &state.ledger.returned(file, report)?.what {
        What::Returned { due, .. } => Some(due.map(|due| due.to_string())),
        _ => None,
    }
}

/// Joins the rows with the agencies file: sets groups and contacts, adds agencies that sent nothing and files that could not be read.
fn listed(rows: &mut Vec<AgencyRow>, mut failed: HashMap<String, Vec<AgencyRow>>, agencies: &Value) {
    let text = |agency: &Value, key: &str| agency.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = agencies.get("list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        for row in rows.iter_mut() {
            row.unlisted = false;
        }
    }
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        known.entry(row.agency.as_deref().map(fold).unwrap_or_default()).or_default().push(index);
    }
    for agency in list {
        let name = text(agency, "name").unwrap_or_default();
        let (group, contact) = (text(agency, "above"), text(agency, "contact"));
        let own = known.get(&fold(&name)).cloned().unwrap_or_default();
        for &index in &own {
            (rows[index].group, rows[index].contact) = (group.clone(), contact.clone());
        }
        let failed = failed.remove(&fold(&name)).unwrap_or_default();
        // An unreadable file is not listed if the agency has a readable report of this year.
        let counts = own.iter().any(|&index| rows[index].state != Standing::Other);
        let top = agency.get("top").and_then(Value::as_bool).unwrap_or_default();
        if own.is_empty() && failed.is_empty() && !top {
            rows.push(AgencyRow { agency: Some(name), group, contact, ..nothing() });
        } else if !counts {
            rows.extend(failed.into_iter().map(|row| AgencyRow {
                group: group.clone(),
                contact: contact.clone(),
                ..row
            }));
        }
    }
    rows.extend(failed.into_values().flatten());
}

/// The row of an agency that sent nothing.
fn nothing() -> AgencyRow {
    AgencyRow {
        id: None,
        agency: None,
        group: None,
        state: Standing::None,
        file: None,
        year: None,
        form: None,
        version: 0,
        versions: Vec::new(),
        double: false,
        unlisted: false,
        errors: 0,
        warnings: 0,
        accepted: 0,
        corrected: 0,
        typed: false,
        first: None,
        at: None,
        bytes: 0,
        revision: 0,
        again: false,
        due: None,
        contact: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Entry;
    use crate::serve::state::Item;

    fn state(files: &[(&str, Option<&str>, i16, usize)]) -> State {
        let mut state = State::default();
        for (number, (name, agency, year, errors)) in files.iter().enumerate() {
            let file = number as u64 + 1;
            let sha256 = format!("{file:064x}");
            let what = What::Received { file, name: (*name).to_owned(), sha256, bytes: 1, drop: None, archive: None };
            state.add(Entry { id: file, at: String::new(), who: String::new(), what });
            let part = ReportSummary {
                agency: agency.map(str::to_owned),
                listed: None,
                year: Some(*year),
                form: "f".to_owned(),
                family: "f".to_owned(),
                title: None,
                errors: *errors,
                warnings: 0,
                accepted: 0,
                corrected: 0,
                typed: false,
                first: None,
                figures: file.to_string(),
            };
            state.items.insert(file, Item { phase: Phase::Read(vec![part]), ..Item::new() });
        }
        state
    }

    #[test]
    fn the_last_version_counts_until_another_is_chosen() {
        let mut state = state(&[("a.docx", Some("甲局"), 2025, 1), ("b.docx", Some("甲局"), 2025, 0)]);
        let one = |state: &State| rows(state, Some(2025), false, &Value::Null);
        let found = one(&state);
        assert_eq!((found.len(), found[0].id.as_deref(), found[0].state), (1, Some("2"), Standing::Clean));
        assert_eq!((found[0].version, found[0].versions.len()), (2, 2));
        let what = What::Used { file: 1, report: 0, reason: "单位确认".to_owned() };
        state.add(Entry { id: 3, at: String::new(), who: "王".to_owned(), what });
        assert_eq!(one(&state)[0].id.as_deref(), Some("1"));
    }

    #[test]
    fn missing_agencies_have_a_row_except_the_top_agency() {
        let state = state(&[("a.docx", Some("甲局"), 2025, 0), ("c.docx", Some("丙局"), 2024, 0)]);
        let agencies = serde_json::json!({ "list": [
            { "name": "某县", "top": true }, { "name": "甲局", "above": "某县" }, { "name": "乙局", "above": "某县" }, { "name": "丙局", "above": "某县" },
        ] });
        let found = rows(&state, Some(2025), false, &agencies);
        let shown: Vec<_> = found.iter().map(|row| (row.agency.as_deref().unwrap_or_default(), row.state)).collect();
        assert_eq!(shown, [("丙局", Standing::Other), ("乙局", Standing::None), ("甲局", Standing::Clean)]);
        assert!(found.iter().all(|row| row.group.as_deref() == Some("某县")));
    }

    #[test]
    fn ids_are_read_back() {
        for (file, report) in [(1, 0), (12, 3)] {
            assert_eq!(parse(&id(file, report)), Some((file, report)));
        }
        for wrong in ["", "-1", "1-0", "a", "1-", "1-x", "99999999999999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
