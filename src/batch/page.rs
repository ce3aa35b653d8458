//! `index.html`: an overview page of the batch. Rows are streamed; charts are drawn from sums of bounded size.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use rust_decimal::Decimal;

use super::files::{OutputFolder, place};
use super::log::Status;
use crate::finding::Finding;
use crate::form::{ChartKind, Form, Forms};
use crate::report::Report;
use crate::summary::page::{Drawing, Office, PageRow, State, after, before, row};

/// Indices into [`STATES`].
const REPEATED: usize = 3;
const MISSING: usize = 4;

const STATES: [State; 5] = [
    State { name: "无错误", kind: "good" },
    State { name: "有错误", kind: "look" },
    State { name: "未能读取", kind: "bad" },
    State { name: "重复报送", kind: "look" },
    State { name: "未报", kind: "bad" },
];

/// Maximum number of agencies with a bar of their own.
const BARS: usize = 30;

/// Number of pairs of form and year with charts: the most frequent ones.
const GROUPS: usize = 2;

/// The figures of one report for the form's charts: one line per chart, one figure per slice. Stored as text, because the cache contains
/// them.
pub(super) type Charted = Vec<Vec<Option<String>>>;

/// The figures of a report for its form's charts.
pub(super) fn charted(form: &Form, report: &Report) -> Charted {
    let number = |&field: &usize| report.value(field, &form.fields[field].id).and_then(|value| value.value);
    let sum = |fields: &Vec<usize>| {
        let mut numbers = fields.iter().filter_map(number);
        let first = numbers.next()?;
        // A sum that overflows is left out.
        numbers.try_fold(first, Decimal::checked_add).map(|sum| sum.normalize().to_string())
    };
    form.charts.iter().map(|chart| chart.slices.iter().map(|slice| sum(&slice.fields)).collect()).collect()
}

/// Content of a row of the page.
pub(super) struct RowContent<'a> {
    pub(super) form: Option<&'a str>,
    pub(super) agency: Option<&'a str>,
    pub(super) year: Option<i16>,
    pub(super) status: Status,
    pub(super) outputs: &'a [String],
    pub(super) findings: &'a [Finding],
}

/// The page being written.
pub(super) struct IndexPage<'a> {
    forms: &'a Forms,
    rows: BufWriter<File>,
    temporary: PathBuf,
    whole: PathBuf,
    path: PathBuf,
    empty: bool,
    groups: BTreeMap<(i16, String), ChartGroup>,
}

/// The charts of one form and year.
#[derive(Default)]
struct ChartGroup {
    reports: usize,
    /// One entry per chart of the form.
    sums: Vec<Sums>,
}

/// Sums of one chart; a sum that overflows is not drawn.
#[derive(Default)]
struct Sums {
    slices: Vec<Option<Decimal>>,
    /// The largest agencies.
    largest: Vec<(String, Decimal)>,
    /// Number and sum of all other agencies.
    rest: (usize, Option<Decimal>),
}

impl<'a> IndexPage<'a> {
    pub(super) fn create(folder: &OutputFolder, forms: &'a Forms) -> io::Result<Self> {
        let temporary = folder.temporary("index-rows");
        Ok(Self {
            forms,
            rows: BufWriter::new(File::create(&temporary)?),
            temporary,
            whole: folder.temporary("index.html"),
            path: folder.join("index.html"),
            empty: true,
            groups: BTreeMap::new(),
        })
    }

    /// Adds a report, or an input without one. `counts` is false for a duplicate, which is left out of charts.
    pub(super) fn add(&mut self, path: &str, part: &RowContent, charted: &Charted, counts: bool) -> io::Result<()> {
        let state = match part.status {
            Status::Failed => 2,
            // An agency is counted once.
            _ if !counts => REPEATED,
            Status::Ok => 0,
            Status::Findings => 1,
        };
        let findings: Vec<&Finding> = part.findings.iter().collect();
        let line = row(&PageRow {
            agency: part.agency,
            depth: 0,
            year: part.year,
            state,
            findings: &findings,
            outputs: if part.status == Status::Failed { &[] } else { part.outputs },
            source: path,
        })?;
        let parted = if std::mem::replace(&mut self.empty, false) { "" } else { ",\n" };
        write!(self.rows, "{parted}{line}")?;
        if let (Some(form), Some(year), true) = (part.form, part.year, counts) {
            self.groups.entry((year, form.to_owned())).or_default().add(part.agency, charted);
        }
        Ok(())
    }

    /// Puts the page in place.
    pub(super) fn finish(mut self, missing: Vec<String>) -> io::Result<()> {
        // Every number links to the rows that it counts, including those of missing reports.
        for name in &missing {
            let line = row(&PageRow {
                agency: Some(name),
                depth: 0,
                year: None,
                state: MISSING,
                findings: &[],
                outputs: &[],
                source: "",
            })?;
            let parted = if std::mem::replace(&mut self.empty, false) { "" } else { ",\n" };
            write!(self.rows, "{parted}{line}")?;
        }
        self.rows.flush()?;
        let office = Office {
            title: "年报处理情况".to_owned(),
            summary: String::new(),
            states: STATES.to_vec(),
            links: ["batch.jsonl", "findings.jsonl"].map(str::to_owned).to_vec(),
            missing,
            charts: self.drawings(),
        };
        let mut page = BufWriter::new(File::create(&self.whole)?);
        page.write_all(before(&office)?.as_bytes())?;
        io::copy(&mut File::open(&self.temporary)?, &mut page)?;
        page.write_all(after().as_bytes())?;
        let page = page.into_inner().map_err(io::IntoInnerError::into_error)?;
        fs::remove_file(&self.temporary)?;
        place(&page, &self.whole, &self.path)
    }

    fn drawings(&mut self) -> Vec<Drawing> {
        let mut groups: Vec<_> = std::mem::take(&mut self.groups).into_iter().collect();
        groups.sort_by(|(key, group), (other, another)| (another.reports, other).cmp(&(group.reports, key)));
        let mut drawings = Vec::new();
        for ((year, form), group) in groups.into_iter().take(GROUPS) {
            let Some(form) = self.forms.get(&form) else { continue };
            for (chart, sums) in form.charts.iter().zip(group.sums) {
                let bars = match chart.kind {
                    ChartKind::Agencies => sums.agencies(),
                    ChartKind::Shares => {
                        let labels = chart.slices.iter().map(|slice| slice.label.clone());
                        labels.zip(sums.slices).filter_map(|(label, sum)| Some((label, sum?))).collect()
                    }
                };
                let title = format!("{}（{year}年，{}份报告）", chart.title.zh, group.reports);
                drawings.push(Drawing { title, shares: chart.kind == ChartKind::Shares, bars });
            }
        }
        drawings
    }
}

impl ChartGroup {
    fn add(&mut self, agency: Option<&str>, charted: &Charted) {
        self.reports += 1;
        self.sums.resize_with(self.sums.len().max(charted.len()), Sums::default);
        for (sums, figures) in self.sums.iter_mut().zip(charted) {
            let figures: Vec<Option<Decimal>> =
                figures.iter().map(|figure| figure.as_deref().and_then(|figure| figure.parse().ok())).collect();
            sums.add(agency.unwrap_or("（不知道单位）"), &figures);
        }
    }
}

impl Sums {
    fn add(&mut self, agency: &str, figures: &[Option<Decimal>]) {
        self.slices.resize(self.slices.len().max(figures.len()), Some(Decimal::ZERO));
        for (sum, figure) in self.slices.iter_mut().zip(figures) {
            *sum = sum.and_then(|sum| sum.checked_add(figure.unwrap_or_default()));
        }
        let mut known = figures.iter().flatten();
        let Some(first) = known.next() else { return };
        let Some(all) = known.try_fold(*first, |sum, figure| sum.checked_add(*figure)) else { return };
        let at = self.largest.partition_point(|(_, figure)| *figure >= all);
        self.largest.insert(at, (agency.to_owned(), all));
        if self.largest.len() >= BARS
            && let Some((_, least)) = self.largest.pop()
        {
            let before = if self.rest.0 == 0 { Some(Decimal::ZERO) } else { self.rest.1 };
            self.rest = (self.rest.0 + 1, before.and_then(|sum| sum.checked_add(least)));
        }
    }

    fn agencies(self) -> Vec<(String, Decimal)> {
        let rest = self.rest.1.map(|sum| (format!("其余{}个单位", self.rest.0), sum));
        self.largest.into_iter().chain(rest).collect()
    }
}
