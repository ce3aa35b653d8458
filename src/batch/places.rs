//! Decisions that depend on earlier inputs, made in input order: output names, duplicate reports, agencies without a report.

use std::collections::HashMap;

use super::cache::Record;
use super::made::{Made, Place};
use super::names::{self, Names};
use super::task::Task;
use crate::agencies::Matcher;
use crate::finding::code::batch::{DUPLICATE_REPORT, OUTPUT_NAME_TAKEN};
use crate::finding::{Finding, Message};

/// State of the decisions made in input order. Keeps digests, no texts.
pub(super) struct Places<'a> {
    task: &'a Task<'a>,
    names: Names,
    agencies: Option<(Matcher<'a>, Vec<bool>)>,
    /// For each agency and year, the first input and the index of its report.
    reports: HashMap<u128, (usize, usize)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(task: &'a Task<'a>) -> Self {
        let agencies = task.agencies.map(|agencies| (Matcher::new(agencies), vec![false; agencies.list().len()]));
        Self { task, names: Names::default(), agencies, reports: HashMap::new() }
    }

    /// Assigns names and detects duplicates for the reports of an input.
    pub(super) fn place(&mut self, index: usize, made: &mut Made) {
        // An agency that sent an unreadable file is not missing.
        if let (true, Some((matcher, reported))) = (made.record.reports.is_empty(), &mut self.agencies)
            && let Some(agency) = matcher.by_path(&self.task.inputs[index].path)
        {
            reported[agency] = true;
        }
        made.places = (0..made.record.reports.len()).map(|number| self.report(index, number, &made.record)).collect();
        let policy = self.task.pipeline.policy();
        for (place, report) in made.places.iter_mut().zip(&made.record.reports) {
            policy.apply(report.agency.as_deref(), &mut place.findings);
        }
    }

    fn report(&mut self, index: usize, number: usize, record: &Record) -> Place {
        let mut place = Place::default();
        let report = &record.reports[number];
        let path = |input: usize| &*self.task.inputs[input].path;
        let mut known = None;
        if let Some((matcher, reported)) = &mut self.agencies {
            let found = matcher.find(report.agency.as_deref().unwrap_or_default());
            place.findings.extend(found.finding);
            known = found.agency;
            if let Some(agency) = known {
                reported[agency] = true;
            }
        }
        if self.task.part {
            place.name = names::of_content(&report.name, self.task.inputs[index].file_name(), &record.sha256, number);
            return place;
        }
        if let (Some(agency), Some(year)) = (&report.agency, report.year) {
            // An agency is identified across all of its names.
            let one = known.map_or_else(|| agency.clone(), |known| format!("#{known}"));
            let key = names::digest(format!("{year} {one}").as_bytes());
            let first = *self.reports.entry(key).or_insert((index, number));
            if first != (index, number) {
                place.findings.push(duplicate(agency, year, path(first.0), path(index)));
            }
        }
        let (name, owner) = self.names.claim(&report.name, index);
        if let Some(owner) = owner {
            place.findings.push(name_taken(&report.name, &name, path(owner)));
        }
        place.name = name;
        place
    }

    /// Names of the agencies without a report; empty if other hosts may have reports.
    pub(super) fn missing(&self) -> Vec<String> {
        let known = self.task.agencies.zip(self.agencies.as_ref()).filter(|_| !self.task.part);
        let Some((agencies, (_, reported))) = known else { return Vec::new() };
        let unseen = agencies.list().iter().zip(reported).enumerate().filter(|(index, (_, reported))| {
            // An agency that sums the reports of others is not expected to report.
            !**reported && !agencies.adds_up(*index)
        });
        unseen.map(|(_, (agency, _))| agency.name.clone()).collect()
    }
}

fn duplicate(agency: &str, year: i16, first: &str, second: &str) -> Finding {
    let message = Message::new(
        format!("{agency}{year}年度有两份报告：“{first}”和“{second}”。两份都已输出，请确认以哪一份为准。"),
        format!(
            "{agency} has two reports of {year}: \"{first}\" and \"{second}\". Both are written; decide which one counts."
        ),
    );
    Finding::new(&DUPLICATE_REPORT, message)
}

fn name_taken(wanted: &str, name: &str, owner: &str) -> Finding {
    let message = Message::new(
        format!("“{wanted}”已是“{owner}”的输出名，本文件的输出名为“{name}”。"),
        format!("\"{wanted}\" is the name of what \"{owner}\" became; this file's outputs are named \"{name}\"."),
    );
    Finding::new(&OUTPUT_NAME_TAKEN, message)
}
