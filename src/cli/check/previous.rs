//! Last year's reports, found by agency and year.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::{self, Content, Input, Loader, Pipeline, guarded};
use nianbao::finding::code::check::RULES_NOT_ASSESSED;
use nianbao::finding::{Finding, Language, Message};
use nianbao::report::Report;

use super::super::terminal::Terminal;
use super::Check;

/// Index of last year's reports by agency and year: the input and the report's number in it. A report is read again when it is needed.
pub(super) struct Previous {
    inputs: Vec<Input>,
    reports: HashMap<(String, i16), (usize, usize)>,
}

impl Previous {
    /// Builds the index by reading the folder once.
    pub(super) fn index(args: &Check, pipeline: &Pipeline, matcher: Option<&Matcher>) -> Result<Self> {
        let mut previous = Self { inputs: Vec::new(), reports: HashMap::new() };
        let Some(folder) = &args.previous else { return Ok(previous) };
        previous.inputs = batch::list(&[folder.to_string_lossy().into_owned()], None)?.list;
        let mut loader = Loader::default();
        for (index, input) in previous.inputs.iter().enumerate() {
            // An unreadable file counts as missing; the rules that need it report that.
            for (number, report) in read(pipeline, &mut loader, input).unwrap_or_default().into_iter().enumerate() {
                if let Report { agency: Some(agency), year: Some(year), .. } = report {
                    previous.reports.entry((one(&agency, matcher), year)).or_insert((index, number));
                }
            }
        }
        Ok(previous)
    }

    /// Says that none of last year's reports is one of the same agency and the year before.
    pub(super) fn said(&self, folder: &Path, terminal: &Terminal) -> String {
        let (folder, files, reports) = (folder.display(), self.inputs.len(), self.reports.len());
        match terminal.language {
            Language::Zh => format!(
                "上年度报告文件夹“{folder}”有{files}个文件，读出{reports}份报告，没有一份是这些单位的上年度报告，与上年度的衔接未核对。请检查文件夹和年度。"
            ),
            Language::En => format!(
                "{folder}: of its {files} files {reports} are reports, and none is one of these agencies for the year before, so nothing was compared with last year. Check the folder and the year."
            ),
        }
    }

    /// Last year's report of the same agency.
    pub(super) fn report(
        &self,
        report: &Report,
        pipeline: &Pipeline,
        matcher: Option<&Matcher>,
        loader: &mut Loader,
    ) -> Result<Option<Report>, Box<Finding>> {
        let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(None) };
        let Some(before) = year.checked_sub(1).filter(|_| !self.reports.is_empty()) else { return Ok(None) };
        let Some(&(index, number)) = self.reports.get(&(one(agency, matcher), before)) else { return Ok(None) };
        Ok(read(pipeline, loader, &self.inputs[index])?.into_iter().nth(number))
    }
}

/// Says that a report has no report of last year.
pub(super) fn missing(report: &Report) -> Finding {
    let (zh, en) = match report.year.and_then(|year| year.checked_sub(1)) {
        Some(before) => (format!("{before}年度报告"), format!("report of {before}")),
        None => ("上年度报告".to_owned(), "report of last year".to_owned()),
    };
    let message = Message::new(
        format!("没有找到该单位的{zh}，与上年度的衔接未核对。"),
        format!("No {en} of this agency was found, so nothing was compared with it."),
    );
    Finding::new(&RULES_NOT_ASSESSED, message)
}

/// The agency under whichever of its names: by the agencies file where it is listed, else by the name without blanks and variants.
fn one(name: &str, matcher: Option<&Matcher>) -> String {
    let known = matcher.and_then(|matcher| matcher.find(name).agency);
    known.map_or_else(|| nianbao::text::fold(name), |known| format!("#{known}"))
}

fn read(pipeline: &Pipeline, loader: &mut Loader, input: &Input) -> Result<Vec<Report>, Box<Finding>> {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.read(input, &Content::from_bytes(&bytes))
    })
}
