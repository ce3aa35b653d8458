//! Last year's reports, found by agency and year.

use std::collections::HashMap;

use anyhow::Result;
use nianbao::batch::{self, Input, Loader, Pipeline, guarded};
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
    pub(super) fn index(args: &Check, pipeline: &Pipeline) -> Result<Self> {
        let mut previous = Self { inputs: Vec::new(), reports: HashMap::new() };
        let Some(folder) = &args.previous else { return Ok(previous) };
        previous.inputs = batch::list(&[folder.to_string_lossy().into_owned()], None)?.list;
        let mut loader = Loader::default();
        for (index, input) in previous.inputs.iter().enumerate() {
            // What cannot be read here is missing there, and the rule says so.
            if let Ok(Report { agency: Some(agency), year: Some(year), .. }) = read(pipeline, &mut loader, input) {
                previous.reports.entry((agency, year)).or_insert(index);
            }
        }
        Ok(previous)
    }

    /// Last year's report of the same agency.
    pub(super) fn of(
        &self,
        report: &Report,
        pipeline: &Pipeline,
        loader: &mut Loader,
    ) -> Result<Option<Report>, Box<Finding>> {
        let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(None) };
        let Some(&index) = self.reports.get(&(agency.clone(), year - 1)) else { return Ok(None) };
        read(pipeline, loader, &self.inputs[index]).map(Some)
    }
}

fn read(pipeline: &Pipeline, loader: &mut Loader, input: &Input) -> Result<Report, Box<Finding>> {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.read(input, &bytes)
    })
}
