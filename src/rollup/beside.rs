//! Last year's reports among this year's: which reports of an input folder are there for comparison only.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

/// Minimum number of last year's reports for a delivery of last year's reports: a single one may have been sent by mistake.
const DELIVERY: usize = 2;

/// The roll-up moves to the next year if that has at least 1/`NEXT_YEAR_SHARE` as many reports as the most frequent year.
const NEXT_YEAR_SHARE: usize = 10;

/// The year that is rolled up by default, from agency and year of each report: the one with most reports, of several the latest. If that is
/// last year's because this year's reports are still arriving, the next year: if it has begun, and more than half of its agencies have a
/// report of last year too. Without that, it may be a year that a few reports state by mistake.
pub fn year_of<'r>(reports: &(impl Iterator<Item = (Option<&'r str>, i16)> + Clone)) -> Option<i16> {
    let mut counts: BTreeMap<i16, usize> = BTreeMap::new();
    for (_, year) in reports.clone() {
        *counts.entry(year).or_default() += 1;
    }
    let (&year, &most) = counts.iter().max_by_key(|&(year, count)| (count, year))?;
    let Some(next) = year.checked_add(1) else { return Some(year) };
    let begun = counts.get(&next).is_some_and(|&count| count * NEXT_YEAR_SHARE >= most);
    if !begun {
        return Some(year);
    }
    let agencies = |wanted: i16| -> HashSet<&str> {
        reports.clone().filter(|report| report.1 == wanted).filter_map(|report| report.0).collect()
    };
    let (last, this) = (agencies(year), agencies(next));
    let both = this.intersection(&last).count();
    Some(if both * 2 > this.len() { next } else { year })
}

/// How an input arrived: files that arrived together are one delivery, as those of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arrival {
    /// The delivery; `None` for a file that arrived alone.
    pub delivery: Option<String>,
    /// Its position in the order of arrival, if that is known.
    pub position: Option<u64>,
}

impl Arrival {
    /// The arrival of an input. `received` is what a work folder's log says of it: position in the order of arrival, and delivery. Other
    /// inputs are delivered with those of their folder or archive.
    pub fn new(path: &str, received: Option<(u64, Option<&str>)>) -> Self {
        let folder = || path.rsplit_once(['/', '!']).map(|(folder, _)| folder);
        let delivery = received.map_or_else(folder, |(_, delivery)| delivery);
        Self { delivery: delivery.map(str::to_owned), position: received.map(|(position, _)| position) }
    }

    /// The arrival of an input of which only the path is known: with the others of its folder or archive.
    pub fn of_path(path: &str) -> Self {
        Self::new(path, None)
    }
}

/// A report, as far as it decides whether it is last year's. `F` identifies files.
#[derive(Debug)]
pub(crate) struct Dated<F> {
    pub(crate) file: F,
    /// Identity of its agency, if known.
    pub(crate) agency: Option<String>,
    pub(crate) year: Option<i16>,
}

/// Whether each report of the year before `year` is there for comparison: its agency has a report of `year`, or all reports of its file
/// are of the year before, and the file arrived before any report of `year` or in a delivery of last year's reports. Others were sent
/// instead of this year's report.
pub(crate) fn kept_for_comparison<F: Copy + Eq + Hash>(
    reports: &[Dated<F>],
    year: i16,
    arrival: &dyn Fn(F) -> Arrival,
) -> Vec<bool> {
    let before = year.checked_sub(1);
    let is_last = |report: &Dated<F>| before.is_some() && report.year == before;
    let is_this = |report: &Dated<F>| report.year == Some(year);
    let mut arrivals: HashMap<F, Arrival> = HashMap::new();
    for report in reports {
        arrivals.entry(report.file).or_insert_with(|| arrival(report.file));
    }
    let first =
        reports.iter().filter(|report| is_this(report)).filter_map(|report| arrivals[&report.file].position).min();
    let mut deliveries: HashMap<&str, (usize, bool)> = HashMap::new();
    for report in reports {
        if let Some(delivery) = &arrivals[&report.file].delivery {
            let (count, of_year) = deliveries.entry(delivery).or_default();
            *count += usize::from(is_last(report));
            *of_year |= is_this(report);
        }
    }
    let others: HashSet<F> = reports.iter().filter(|report| !is_last(report)).map(|report| report.file).collect();
    let reported: HashSet<&str> =
        reports.iter().filter(|report| is_this(report)).filter_map(|report| report.agency.as_deref()).collect();
    let came = |file: F| {
        let Arrival { delivery, position } = &arrivals[&file];
        let delivered = delivery.as_deref().and_then(|delivery| deliveries.get(delivery));
        position.zip(first).is_some_and(|(position, first)| position < first)
            || delivered.is_some_and(|(count, of_year)| *count >= DELIVERY && !of_year)
    };
    let is_kept = |report: &Dated<F>| {
        let beside = report.agency.as_deref().is_some_and(|agency| reported.contains(agency));
        is_last(report) && (beside || (!others.contains(&report.file) && came(report.file)))
    };
    reports.iter().map(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated<'a>(file: &'a str, agency: &str, year: i16) -> Dated<&'a str> {
        Dated { file, agency: Some(agency.to_owned()), year: Some(year) }
    }

    /// Which of the reports of 2024 are kept beside those of 2025; the delivery is the folder.
    fn kept_of(reports: &[Dated<&str>], positions: &[(&str, u64)]) -> Vec<bool> {
        kept_for_comparison(reports, 2025, &|file| Arrival {
            delivery: file.rsplit_once('/').map(|(folder, _)| folder.to_owned()),
            position: positions.iter().find(|known| known.0 == file).map(|known| known.1),
        })
    }

    #[test]
    fn the_report_of_an_agency_that_also_reported_this_year_is_kept() {
        let reports = [dated("x/1", "甲", 2025), dated("x/2", "甲", 2024), dated("x/3", "乙", 2024)];
        // 乙 sent last year's report instead of this year's.
        assert_eq!(kept_of(&reports, &[]), [false, true, false]);
    }

    #[test]
    fn a_folder_of_last_year_is_kept_whoever_reported_this_year() {
        let reports = [dated("x/1", "甲", 2025), dated("y/2", "乙", 2024), dated("y/3", "丙", 2024)];
        assert_eq!(kept_of(&reports, &[]), [false, true, true]);
        // One alone may have been sent by mistake, and so may one of another year.
        assert_eq!(kept_of(&reports[..2], &[]), [false, false]);
        assert_eq!(kept_of(&[dated("x/1", "甲", 2025), dated("y/2", "乙", 2023)], &[]), [false, false]);
    }

    #[test]
    fn what_arrived_before_the_first_report_of_the_year_is_kept() {
        let reports = [dated("1", "乙", 2024), dated("2", "甲", 2025), dated("3", "丙", 2024)];
        assert_eq!(kept_of(&reports, &[("1", 1), ("2", 2), ("3", 3)]), [true, false, false]);
    }

    #[test]
    fn the_default_year_is_the_one_of_most_reports_or_the_next_that_has_begun() {
        // For each year, the numbers of its agencies.
        let year = |years: &[(i16, std::ops::Range<u32>)]| {
            let of_year = |(year, agencies): &(i16, std::ops::Range<u32>)| {
                let year = *year;
                agencies.clone().map(move |agency| (format!("第{agency}局"), year)).collect::<Vec<_>>()
            };
            let reports: Vec<(String, i16)> = years.iter().flat_map(of_year).collect();
            year_of(&reports.iter().map(|(agency, year)| (Some(agency.as_str()), *year)))
        };
        for (years, expected) in [
            (&[(2024, 0..60), (2025, 0..6)][..], Some(2025)),
            // Too few, or of agencies without a report of last year.
            (&[(2024, 0..60), (2025, 0..5)], Some(2024)),
            (&[(2024, 0..8), (2025, 8..10)], Some(2024)),
            (&[(2024, 0..50), (2025, 50..60)], Some(2024)),
            // Of as many, the latest.
            (&[(2024, 0..3), (2025, 3..6)], Some(2025)),
            (&[(2023, 0..4), (2025, 0..3)], Some(2023)),
            (&[], None),
        ] {
            assert_eq!(year(years), expected, "{years:?}");
        }
    }
}
