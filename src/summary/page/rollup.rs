//! The web page of a roll-up: the tree of agencies with their states and findings, and the form's charts.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::{Drawing, Office, PageRow, State, after, before, row};
use crate::finding::code::rollup::REPORT_OF_OTHER_FORM;
use crate::finding::{Finding, Severity};
use crate::form::ChartKind;
use crate::rollup::Rollup;
use crate::summary::workbook::{agency_bars, shares};

/// Indices into [`STATES`].
const GOOD: usize = 0;
const WRONG: usize = 1;
const UNREADABLE: usize = 2;
const MISSING: usize = 3;
const SUPERIOR: usize = 4;
const NOT_COUNTED: usize = 5;
const WHOLE: usize = 6;
const OTHER: usize = 7;

const STATES: [State; 8] = [
    State { name: "已报，无错误", kind: "good" },
    State { name: "已报，有错误", kind: "look" },
    State { name: "已报未能读取", kind: "bad" },
    State { name: "未报", kind: "bad" },
    State { name: "上级，由下级汇总", kind: "" },
    State { name: "未计入的文件", kind: "look" },
    State { name: "汇总", kind: "" },
    State { name: "年度或格式不符", kind: "bad" },
];

/// Writes the whole page, row by row. `links` are the names of the other files.
///
/// # Errors
/// If it cannot be written.
pub fn write(rollup: &Rollup, links: &[String], out: &mut dyn Write) -> io::Result<()> {
    let list = rollup.agencies.list();
    let name = rollup.superior().map(|top| list[top].name.as_str()).unwrap_or_default();
    let charts = rollup.form.charts.iter().map(|chart| Drawing {
        title: format!("{}（{}年）", chart.title.zh, rollup.year),
        shares: chart.kind == ChartKind::Shares,
        bars: match chart.kind {
            ChartKind::Agencies => agency_bars(rollup, chart),
            ChartKind::Shares => shares(rollup, chart),
        },
    });
    let office = Office {
        title: format!("{name}{}年汇总情况", rollup.year),
        summary: rollup.counts_of_agencies().message().zh,
        states: STATES.to_vec(),
        links: links.to_vec(),
        missing: rollup
            .missing
            .iter()
            .filter(|&&agency| rollup.other_report(agency).is_none())
            .map(|&agency| list[agency].name.clone())
            .collect(),
        charts: charts.collect(),
    };
    out.write_all(before(&office)?.as_bytes())?;
    rows(rollup, &mut Rows { out, written: 0 })?;
    out.write_all(after().as_bytes())
}

/// Destination of the rows.
struct Rows<'o> {
    out: &'o mut dyn Write,
    written: usize,
}

impl Rows<'_> {
    fn put(&mut self, shown: &PageRow) -> io::Result<()> {
        let line = row(shown)?;
        self.out.write_all(if self.written == 0 { b"" } else { b",\n" })?;
        self.written += 1;
        self.out.write_all(line.as_bytes())
    }
}

/// The findings of the roll-up, grouped by subject.
#[derive(Default)]
struct FindingsBySubject<'r> {
    agencies: HashMap<usize, Vec<&'r Finding>>,
    files: Vec<(&'r str, Vec<&'r Finding>)>,
    whole: Vec<&'r Finding>,
}

impl<'r> FindingsBySubject<'r> {
    fn from_rollup(rollup: &'r Rollup) -> Self {
        let mut said = Self::default();
        for about in &rollup.findings {
            // A report of another year has a row of its own, and is not a finding about this year's.
            let about_other = about.finding.code == REPORT_OF_OTHER_FORM.id;
            let agency = about.agency.filter(|_| !about_other);
            match (agency, about.file.as_deref()) {
                (Some(agency), _) => said.agencies.entry(agency).or_default().push(&about.finding),
                (None, None) => said.whole.push(&about.finding),
                (None, Some(file)) => match said.files.last_mut().filter(|last| last.0 == file) {
                    Some(last) => last.1.push(&about.finding),
                    None => said.files.push((file, vec![&about.finding])),
                },
            }
        }
        said
    }
}

/// Writes one row per agency in tree order, then one per file without an agency.
fn rows(rollup: &Rollup, out: &mut Rows) -> io::Result<()> {
    let mut said = FindingsBySubject::from_rollup(rollup);
    let missing: HashSet<usize> = rollup.missing.iter().copied().collect();
    let unreadable: HashMap<usize, &str> =
        rollup.unreadable.iter().map(|sent| (sent.agency, sent.file.as_str())).collect();
    let mut reports = rollup.reports();
    for node in rollup.agencies.in_tree_order() {
        let (agency, depth) = (node.agency, node.depth);
        let own = rollup.nodes[agency].own;
        let of_report = own.map(|own| reports.findings(own)).unwrap_or_default();
        let mut findings = said.agencies.remove(&agency).unwrap_or_default();
        findings.extend(&of_report);
        let state = match own {
            Some(_) if findings.iter().any(|finding| finding.severity == Severity::Error) => WRONG,
            Some(_) => GOOD,
            None if unreadable.contains_key(&agency) => UNREADABLE,
            None if rollup.other_report(agency).is_some() => OTHER,
            None if missing.contains(&agency) => MISSING,
            None => SUPERIOR,
        };
        let file = own.map(|own| &*rollup.entries[own].file).or(unreadable.get(&agency).copied());
        out.put(&PageRow {
            agency: Some(&rollup.agencies.list()[agency].name),
            depth,
            year: own.map(|_| rollup.year),
            state,
            findings: &findings,
            outputs: &[],
            source: file.unwrap_or_default(),
        })?;
    }
    let (agency, state) = (Some("（汇总本身）"), WHOLE);
    if !said.whole.is_empty() {
        out.put(&PageRow { agency, depth: 0, year: None, state, findings: &said.whole, outputs: &[], source: "" })?;
    }
    let mut others = HashMap::new();
    rollup.others.iter().for_each(|other| {
        others.entry(other.file.as_str()).or_insert(other);
    });
    for (file, findings) in &said.files {
        let other = others.get(file);
        out.put(&PageRow {
            agency: other.and_then(|other| other.agency.as_deref()),
            depth: 0,
            year: other.and_then(|other| other.year),
            state: NOT_COUNTED,
            findings,
            outputs: &[],
            source: file,
        })?;
    }
    Ok(())
}
