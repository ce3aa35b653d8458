//! The page for the office of a roll-up: the tree of agencies, who reported, what there is to say, and the form's charts.

use std::collections::HashMap;

use super::{Drawing, Office, Row, State, after, before, row};
use crate::finding::code::rollup::REPORT_OF_OTHER_FORM;
use crate::finding::{Finding, Severity};
use crate::form::ChartKind;
use crate::rollup::Rollup;
use crate::summary::workbook::{agency_bars, shares};

/// Indexes into [`STATES`].
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
    State { name: "已报，未能读取", kind: "bad" },
    State { name: "未报", kind: "bad" },
    State { name: "上级，由下级汇总", kind: "" },
    State { name: "未计入的文件", kind: "look" },
    State { name: "汇总", kind: "" },
    State { name: "年度或格式不符", kind: "bad" },
];

/// The whole page. `links` are the names of the files beside it.
///
/// # Errors
/// None in practice: what JSON cannot say does not occur here.
pub fn page(rollup: &Rollup, links: &[&str]) -> serde_json::Result<Vec<u8>> {
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
        links: links.iter().map(|&link| link.to_owned()).collect(),
        missing: rollup
            .missing
            .iter()
            .filter(|&&agency| rollup.other_report(agency).is_none())
            .map(|&agency| list[agency].name.clone())
            .collect(),
        charts: charts.collect(),
    };
    let mut page = before(&office)?;
    for (number, line) in rows(rollup)?.into_iter().enumerate() {
        page.push_str(if number == 0 { "" } else { ",\n" });
        page.push_str(&line);
    }
    page.push_str(&after());
    Ok(page.into_bytes())
}

/// A row an agency in the order of the tree; then a row a file that belongs to none.
fn rows(rollup: &Rollup) -> serde_json::Result<Vec<String>> {
    let mut told: HashMap<usize, Vec<Finding>> = HashMap::new();
    let mut loose: Vec<(&str, Vec<Finding>)> = Vec::new();
    let mut all: Vec<Finding> = Vec::new();
    let other = |file: Option<&str>| rollup.others.iter().find(|other| Some(other.file.as_str()) == file);
    for about in &rollup.findings {
        // A report of another year stands in a row of its own, and says nothing of this year's.
        let about_other = about.finding.code == REPORT_OF_OTHER_FORM.id;
        let agency = about.agency.filter(|_| !about_other);
        match (agency, about.file.as_deref()) {
            (Some(agency), _) => told.entry(agency).or_default().push(about.finding.clone()),
            (None, None) => all.push(about.finding.clone()),
            (None, Some(file)) => match loose.last_mut().filter(|last| last.0 == file) {
                Some(last) => last.1.push(about.finding.clone()),
                None => loose.push((file, vec![about.finding.clone()])),
            },
        }
    }
    let entries: HashMap<usize, usize> =
        rollup.entries.iter().enumerate().map(|(number, entry)| (entry.agency, number)).collect();
    let mut rows = Vec::new();
    for (agency, depth) in rollup.agencies.in_tree_order() {
        let entry = entries.get(&agency).map(|&entry| &rollup.entries[entry]);
        let mut findings = told.remove(&agency).unwrap_or_default();
        findings.extend(entry.iter().flat_map(|entry| entry.findings.iter().cloned()));
        let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        let unreadable = rollup.unreadable.iter().find(|sent| sent.agency == agency);
        let state = match (entry, unreadable) {
            (Some(_), _) => {
                if wrong {
                    WRONG
                } else {
                    GOOD
                }
            }
            (None, Some(_)) => UNREADABLE,
            (None, None) => {
                if rollup.other_report(agency).is_some() {
                    OTHER
                } else if rollup.missing.contains(&agency) {
                    MISSING
                } else {
                    SUPERIOR
                }
            }
        };
        let file = entry.map(|entry| entry.file.as_str()).or(unreadable.map(|sent| sent.file.as_str()));
        rows.push(row(&Row {
            agency: Some(&rollup.agencies.list()[agency].name),
            depth,
            year: entry.map(|_| rollup.year),
            state,
            findings: &findings,
            outputs: &[],
            source: file.unwrap_or_default(),
        })?);
    }
    if !all.is_empty() {
        rows.push(row(&Row {
            agency: Some("（汇总本身）"),
            depth: 0,
            year: None,
            state: WHOLE,
            findings: &all,
            outputs: &[],
            source: "",
        })?);
    }
    for (file, findings) in loose {
        rows.push(row(&Row {
            agency: other(Some(file)).and_then(|other| other.agency.as_deref()),
            depth: 0,
            year: other(Some(file)).and_then(|other| other.year),
            state: NOT_COUNTED,
            findings: &findings,
            outputs: &[],
            source: file,
        })?);
    }
    Ok(rows)
}
