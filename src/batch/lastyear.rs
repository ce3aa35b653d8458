//! Index of last year's reports: which input holds the report of an agency, and which agencies have several that differ.

use std::collections::HashMap;

use crate::finding::code::check::PREVIOUS_UNCERTAIN;
use crate::finding::{Finding, Message};
use crate::form::Forms;
use crate::migrate::Migrations;
use crate::report::Report;

use super::{Input, sha256};

/// What a report is found by: its agency under the name that it is known by, its year, and the family of its form.
pub type Key = (String, i16, String);

/// Index of last year's reports. A report is read again when it is needed.
#[derive(Debug, Default)]
pub struct LastYear {
    inputs: Vec<Input>,
    reports: HashMap<Key, Vec<Held>>,
    count: usize,
}

/// Where a report is.
#[derive(Debug)]
struct Held {
    input: usize,
    number: usize,
    figures: String,
}

/// What an index has under a key.
#[derive(Debug, Clone)]
pub enum Earlier<'a> {
    /// Nothing.
    None,
    /// One report, or several with the same figures: the first, with its number in the input.
    One(&'a Input, usize),
    /// Several with different figures: the names of their files.
    Unsure(Vec<String>),
}

impl LastYear {
    /// Builds the index by reading every input once; `key` is what a report is found by, where it can be.
    pub fn index(
        inputs: Vec<Input>,
        mut read: impl FnMut(&Input) -> Vec<Report>,
        key: impl Fn(&Report) -> Option<Key>,
    ) -> Self {
        let (mut reports, mut count): (HashMap<Key, Vec<Held>>, usize) = (HashMap::new(), 0);
        for (input, from) in inputs.iter().enumerate() {
            for (number, report) in read(from).into_iter().enumerate() {
                if let Some(key) = key(&report) {
                    count += 1;
                    reports.entry(key).or_default().push(Held { input, number, figures: figures(&report) });
                }
            }
        }
        Self { inputs, reports, count }
    }

    /// What is there under a key.
    pub fn find(&self, key: &Key) -> Earlier<'_> {
        let held = self.reports.get(key).map(Vec::as_slice).unwrap_or_default();
        let Some(first) = held.first() else { return Earlier::None };
        if held.iter().all(|one| one.figures == first.figures) {
            return Earlier::One(&self.inputs[first.input], first.number);
        }
        let names: Vec<&str> = held.iter().map(|one| self.inputs[one.input].file_name()).collect();
        let alike = |name: &str| names.iter().filter(|other| **other == name).count() > 1;
        let told = held.iter().zip(&names).map(|(one, name)| {
            // The folders tell files of one name apart.
            if alike(name) { self.inputs[one.input].path.to_string() } else { (*name).to_owned() }
        });
        Earlier::Unsure(told.collect())
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Number of reports that can be found.
    pub fn reports(&self) -> usize {
        self.count
    }
}

/// The key of last year's report of the same agency, which is known by `agency`.
pub fn key_before(agency: String, report: &Report, (forms, migrations): (&Forms, &Migrations)) -> Option<Key> {
    Some((agency, report.year?.checked_sub(1)?, migrations.family(forms, &report.form)))
}

/// The key of a report of an agency that is known by `agency`.
pub fn key_of(agency: String, report: &Report, (forms, migrations): (&Forms, &Migrations)) -> Option<Key> {
    Some((agency, report.year?, migrations.family(forms, &report.form)))
}

/// A digest of the figures of a report.
pub fn figures(report: &Report) -> String {
    let values = report.values.values().map(|value| match value.value {
        Some(number) => number.normalize().to_string(),
        None => format!("{:?}{}", value.kind, value.raw),
    });
    sha256(values.collect::<Vec<_>>().join("\n").as_bytes())[..16].to_owned()
}

/// Says that several files hold the report of a year, with different figures, so that none was used.
pub fn uncertain(year: i16, files: &[String]) -> Finding {
    let listed = |left: &str, right: &str, between: &str| {
        let names: Vec<String> = files.iter().map(|name| format!("{left}{name}{right}")).collect();
        names.join(between)
    };
    let count = files.len();
    let (zh, en) = (listed("“", "”", "、"), listed("\"", "\"", ", "));
    let message = Message::new(
        format!(
            "该单位{year}年度报告有{count}份，数字不同（{zh}），未采用，与上年度的衔接未核对。请确定以哪一份为准。"
        ),
        format!(
            "{count} files hold the report of {year} with different figures ({en}), so nothing was compared with it. Decide which one counts."
        ),
    );
    Finding::new(&PREVIOUS_UNCERTAIN, message)
}
