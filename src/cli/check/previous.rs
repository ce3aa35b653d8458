//! Last year's reports, found by agency and year.

use std::collections::HashMap;

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::{self, Content, Input, Loader, Pipeline, guarded};
use nianbao::finding::Finding;
use nianbao::report::Report;

use super::Check;

/// Last year's reports: which input holds that of which agency and year. They are read again when they are needed.
pub(super) struct Previous {
    inputs: Vec<Input>,
    reports: HashMap<(String, i16), usize>,
}

impl Previous {
    /// Reads the folder once, to know what lies where.
    pub(super) fn index(args: &Check, pipeline: &Pipeline, matcher: Option<&Matcher>) -> Result<Self> {
        let mut previous = Self { inputs: Vec::new(), reports: HashMap::new() };
        let Some(folder) = &args.previous else { return Ok(previous) };
        previous.inputs = batch::list(&[folder.to_string_lossy().into_owned()], None)?.list;
        let mut loader = Loader::default();
        for (index, input) in previous.inputs.iter().enumerate() {
            // What cannot be read here is missing there, and the rule says so.
            if let Ok(Report { agency: Some(agency), year: Some(year), .. }) = read(pipeline, &mut loader, input) {
                previous.reports.entry((one(&agency, matcher), year)).or_insert(index);
            }
        }
        Ok(previous)
    }

    /// Last year's report of the same agency.
    pub(super) fn of(
        &self,
        report: &Report,
        pipeline: &Pipeline,
        matcher: Option<&Matcher>,
        loader: &mut Loader,
    ) -> Result<Option<Report>, Box<Finding>> {
        let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(None) };
        let Some(before) = year.checked_sub(1).filter(|_| !self.reports.is_empty()) else { return Ok(None) };
        let Some(&index) = self.reports.get(&(one(agency, matcher), before)) else { return Ok(None) };
        read(pipeline, loader, &self.inputs[index]).map(Some)
    }
}

/// The agency under whichever of its names: by the agencies file where it is listed, else by the name without blanks and variants.
fn one(name: &str, matcher: Option<&Matcher>) -> String {
    let known = matcher.and_then(|matcher| matcher.find(name).agency);
    known.map_or_else(|| nianbao::text::fold(name), |known| format!("#{known}"))
}

fn read(pipeline: &Pipeline, loader: &mut Loader, input: &Input) -> Result<Report, Box<Finding>> {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.read(input, &Content::of(&bytes))
    })
}
