//! Last year's reports, found by agency and year.

use std::path::Path;

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::lastyear::{Earlier, LastYear, key_before, key_of, uncertain};
use nianbao::batch::{self, Content, Input, Loader, Pipeline, guarded};
use nianbao::finding::code::check::RULES_NOT_ASSESSED;
use nianbao::finding::{Finding, Language, Message};
use nianbao::migrate::Migrations;
use nianbao::report::Report;

use super::super::terminal::Terminal;
use super::Check;

/// Index of last year's reports.
pub(super) struct Previous<'a> {
    index: LastYear,
    migrations: &'a Migrations,
}

impl<'a> Previous<'a> {
    /// Builds the index by reading the folder once.
    pub(super) fn index(
        args: &Check,
        pipeline: &Pipeline,
        migrations: &'a Migrations,
        matcher: Option<&Matcher>,
    ) -> Result<Self> {
        let Some(folder) = &args.previous else { return Ok(Self { index: LastYear::default(), migrations }) };
        let inputs = batch::list(&[folder.to_string_lossy().into_owned()], None)?.list;
        let mut loader = Loader::default();
        let key = |report: &Report| {
            key_of(agency_key(report.agency.as_deref()?, matcher), report, (pipeline.forms(), migrations))
        };
        // An unreadable file counts as missing; the rules that need it report that.
        let read = |input: &Input| read(pipeline, &mut loader, input).unwrap_or_default();
        Ok(Self { index: LastYear::index(inputs, read, key), migrations })
    }

    /// The message that no report of last year matches any agency of this run.
    pub(super) fn said(&self, folder: &Path, terminal: &Terminal) -> String {
        let (folder, files, reports) = (folder.display(), self.index.inputs(), self.index.reports());
        match terminal.language {
            Language::Zh => format!(
                "上年度报告文件夹“{folder}”有{files}个文件，读出{reports}份报告，没有一份是这些单位的上年度报告，与上年度的衔接未核对。请检查文件夹和年度。"
            ),
            Language::En => format!(
                "{folder}: of its {files} files {reports} are reports, and none is one of these agencies for the year before, so nothing was compared with last year. Check the folder and the year."
            ),
        }
    }

    /// Last year's report of the same agency, or the finding that several differ.
    pub(super) fn report(
        &self,
        report: &Report,
        pipeline: &Pipeline,
        matcher: Option<&Matcher>,
        loader: &mut Loader,
    ) -> Result<(Option<Report>, Option<Finding>), Box<Finding>> {
        let agency = report.agency.as_deref().map(|agency| agency_key(agency, matcher));
        let key = agency.and_then(|agency| key_before(agency, report, (pipeline.forms(), self.migrations)));
        let Some(key) = key else { return Ok((None, None)) };
        match self.index.find(&key) {
            Earlier::None => Ok((None, None)),
            Earlier::One(input, number) => Ok((read(pipeline, loader, input)?.into_iter().nth(number), None)),
            Earlier::Unsure(files) => Ok((None, Some(uncertain(key.1, &files)))),
        }
    }
}

/// The finding that last year's report of an agency is missing.
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

/// A key that is the same for all names of an agency: its index in the agencies file, else the folded name.
fn agency_key(name: &str, matcher: Option<&Matcher>) -> String {
    let known = matcher.and_then(|matcher| matcher.find(name).agency);
    known.map_or_else(|| nianbao::text::fold(name), |known| format!("#{known}"))
}

fn read(pipeline: &Pipeline, loader: &mut Loader, input: &Input) -> Result<Vec<Report>, Box<Finding>> {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.read(input, &Content::from_bytes(&bytes))
    })
}
