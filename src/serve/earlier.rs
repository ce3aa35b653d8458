//! Finds last year's reports among the files of the work folder, for the comparison of each agency's report.

use std::collections::{HashMap, HashSet};

use super::state::State;
use super::work::{Kept, ReportSummary, SentFile};
use crate::ledger::Sent;
use crate::rollup::{self, Arrival, Dated};
use crate::text::fold;

/// Identity of a report across versions: folded name of the agency, year, and family of forms. `None` without agency or year.
pub(super) fn key(part: &ReportSummary) -> Option<(String, i16, &str)> {
    let agency = part.listed.as_deref().or(part.agency.as_deref())?;
    Some((fold(agency), part.year?, &part.family))
}

/// A report of one of the files in [`crate::ledger::Ledger::standing`].
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) sent: &'a Sent,
    pub(super) report: usize,
    pub(super) part: &'a ReportSummary,
}

/// All reports of the files that are not deleted.
pub(super) fn candidates(state: &State) -> impl Iterator<Item = Candidate<'_>> + Clone {
    state.ledger.standing().flat_map(|sent| {
        state.parts(sent.file).iter().enumerate().map(move |(report, part)| Candidate { sent, report, part })
    })
}

/// Index of the version that counts: the one that was chosen by hand, unless another one arrived after the choice; else the last.
pub(super) fn counting(state: &State, candidates: &[Candidate]) -> usize {
    let chosen = (0..candidates.len()).max_by_key(|&at| {
        let one = &candidates[at];
        (state.ledger.chosen_version(one.sent.file, one.report).max(Some(one.sent.entry)), at)
    });
    chosen.unwrap_or(0)
}

/// Whether the same delivery has another version with different figures.
pub(super) fn is_double(candidates: &[Candidate], at: usize) -> bool {
    let one = &candidates[at];
    let differs = |other: &Candidate| other.sent.drop == one.sent.drop && other.part.figures != one.part.figures;
    one.sent.drop.is_some() && candidates.iter().any(differs)
}

/// The reports of some years by [`key`].
struct Index<'a>(HashMap<(String, i16, &'a str), Vec<Candidate<'a>>>);

impl<'a> Index<'a> {
    fn for_years(state: &'a State, years: &HashSet<i16>) -> Self {
        let mut found: HashMap<_, Vec<Candidate>> = HashMap::new();
        for one in candidates(state).filter(|one| one.part.year.is_some_and(|year| years.contains(&year))) {
            if let Some(key) = key(one.part) {
                found.entry(key).or_default().push(one);
            }
        }
        Self(found)
    }

    /// Last year's reports of the agencies of `parts`.
    fn before(&self, state: &State, parts: &[ReportSummary], told: &dyn Fn(&Sent) -> SentFile) -> Vec<Kept> {
        let mut kept = Vec::new();
        for (agency, year, family) in parts.iter().filter_map(key) {
            let Some(year) = year.checked_sub(1) else { continue };
            let Some(found) = self.0.get(&(agency.clone(), year, family)) else { continue };
            let at = counting(state, found);
            let one = &found[at];
            let chosen =
                state.ledger.chosen_version(one.sent.file, one.report).is_some_and(|used| used > one.sent.entry);
            let unsure = if is_double(found, at) && !chosen {
                let same_delivery = found.iter().filter(|other| other.sent.drop == one.sent.drop);
                same_delivery.map(|other| other.sent.name.clone()).collect()
            } else {
                Vec::new()
            };
            let file = told(one.sent);
            kept.push(Kept { agency, year, family: family.to_owned(), file, report: one.report, unsure });
        }
        kept
    }
}

/// Last year's reports of the agencies found in a file when it was read. `told` converts a file into a parameter of a request.
pub(super) fn of_file(state: &State, file: u64, told: &dyn Fn(&Sent) -> SentFile) -> Vec<Kept> {
    let parts = state.parts(file);
    let years: HashSet<i16> = parts.iter().filter_map(|part| part.year?.checked_sub(1)).collect();
    if years.is_empty() {
        return Vec::new();
    }
    Index::for_years(state, &years).before(state, parts, told)
}

/// The files whose last check used other reports of last year than the current ones.
pub(super) fn outdated(state: &State, told: &dyn Fn(&Sent) -> SentFile) -> Vec<u64> {
    let years: HashSet<i16> = candidates(state).filter_map(|one| one.part.year).collect();
    // Without two consecutive years there is nothing to compare, and no file to update unless an earlier check had a report of last year.
    let compares = years.iter().any(|year| years.contains(&(year - 1)));
    if !compares && state.items.values().all(|item| item.before.is_empty()) {
        return Vec::new();
    }
    let index = Index::for_years(state, &years);
    let standing = state.ledger.standing().filter(|sent| {
        let item = state.items.get(&sent.file).filter(|item| item.is_read() && !item.again);
        item.is_some_and(|item| item.before != index.before(state, state.parts(sent.file), told))
    });
    standing.map(|sent| sent.file).collect()
}

/// The reports that are in the folder as last year's, for the year `year`: file and number. See [`rollup::kept_for_comparison`].
pub(super) fn kept(state: &State, year: i16) -> HashSet<(u64, usize)> {
    let dated = |one: Candidate| {
        let named = key(one.part).filter(|(agency, ..)| !agency.is_empty());
        let agency = named.map(|(agency, _, family)| format!("{family} {agency}"));
        Dated { file: one.sent.file, agency, year: one.part.year }
    };
    let reports: Vec<Dated<u64>> = candidates(state).map(dated).collect();
    let arrival = |file| {
        let sent = state.sent(file);
        Arrival { delivery: sent.and_then(|sent| sent.drop.clone()), position: sent.map(|sent| sent.entry) }
    };
    let is_kept = rollup::kept_for_comparison(&reports, year, &arrival);
    let kept = candidates(state).zip(is_kept).filter(|(_, is_kept)| *is_kept);
    kept.map(|(one, _)| (one.sent.file, one.report)).collect()
}

/// Whether all reports of a file are among those of [`kept`].
pub(super) fn is_kept(state: &State, kept: &HashSet<(u64, usize)>, file: u64) -> bool {
    let count = state.parts(file).len();
    count > 0 && (0..count).all(|report| kept.contains(&(file, report)))
}

/// Number of agencies with a report of the year before `year`.
pub(super) fn agencies(state: &State, year: Option<i16>) -> usize {
    let Some(before) = year.and_then(|year| year.checked_sub(1)) else { return 0 };
    let of_year = candidates(state).filter(|one| one.part.year == Some(before));
    of_year.filter_map(|one| key(one.part)).map(|(agency, ..)| agency).collect::<HashSet<_>>().len()
}
