//! The page for the office of a roll-up: the tree of agencies, who reported, what there is to say, and the form's charts.

use std::collections::HashMap;

use super::{Drawing, Office, Row, State, after, before, row};
use crate::finding::{Finding, Severity};
use crate::form::ChartKind;
use crate::rollup::Rollup;
use crate::write::workbook::{agency_bars, shares};

const STATES: [State; 3] = [
    State { name: "已报，无错误", kind: "good" },
    State { name: "已报，有错误", kind: "look" },
    State { name: "未报", kind: "bad" },
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
        states: STATES.to_vec(),
        links: links.iter().map(|&link| link.to_owned()).collect(),
        missing: rollup.missing.iter().map(|&agency| list[agency].name.clone()).collect(),
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
    for about in &rollup.findings {
        match (about.agency, about.file.as_deref()) {
            (Some(agency), _) => told.entry(agency).or_default().push(about.finding.clone()),
            (None, file) => match loose.last_mut().filter(|last| Some(last.0) == file) {
                Some(last) => last.1.push(about.finding.clone()),
                None => loose.push((file.unwrap_or("（全部）"), vec![about.finding.clone()])),
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
        let missing = entry.is_none() && rollup.missing.contains(&agency);
        rows.push(row(&Row {
            agency: Some(&rollup.agencies.list()[agency].name),
            depth,
            year: entry.map(|_| rollup.year),
            state: if missing { 2 } else { usize::from(wrong) },
            findings: &findings,
            outputs: &[],
            source: entry.map(|entry| entry.file.as_str()).unwrap_or_default(),
        })?);
    }
    for (file, findings) in loose {
        rows.push(row(&Row {
            agency: None,
            depth: 0,
            year: None,
            state: 1,
            findings: &findings,
            outputs: &[],
            source: file,
        })?);
    }
    Ok(rows)
}
