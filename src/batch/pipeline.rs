//! The pipeline of one input: bytes to a checked report. Every failure becomes a finding, including panics.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

use crate::bind::{Binder, Bound, Hints};
use crate::check::{self, Context};
use crate::corrections::{Correction, Corrections};
use crate::document::{Block, Budget, Format, Limits, Reuse};
use crate::finding::code::batch::INTERNAL_ERROR;
use crate::finding::code::bind::SECOND_REPORT;
use crate::finding::code::check::CODES as CHECKED;
use crate::finding::code::migrate::NO_MIGRATION;
use crate::finding::{Finding, Message};
use crate::form::Forms;
use crate::migrate::Migrations;
use crate::read::{self, Reading};
use crate::report::{Report, Source};
use crate::settings::Policy;
use crate::summary::workbook::TOTAL;
use crate::write::Scratch;

use super::content::Content;
use super::inputs::Input;
use super::json;
use super::pool::Pool;
use super::{bounds, poison};

/// The prepared forms and the options for processing an input; usable from any thread.
#[derive(Debug)]
pub struct Pipeline<'a> {
    forms: &'a Forms,
    binder: Binder,
    form: Option<String>,
    into: Option<(&'a Migrations, String)>,
    any: bool,
    corrections: Option<&'a Corrections>,
    policy: Policy,
    reused: Pool<Reuse>,
    scratch: Pool<Scratch>,
}

impl<'a> Pipeline<'a> {
    /// A pipeline for these forms; with `form`, every document is read as that form.
    pub fn new(forms: &'a Forms, form: Option<String>) -> Self {
        let binder = Binder::new(forms);
        Self {
            forms,
            binder,
            form,
            into: None,
            any: false,
            corrections: None,
            policy: Policy::default(),
            reused: Pool::default(),
            scratch: Pool::default(),
        }
    }

    /// Also migrates every report to this form after checking it in its own.
    #[must_use]
    pub fn into_form(mut self, migrations: &'a Migrations, form: String) -> Self {
        self.into = Some((migrations, form));
        self
    }

    /// Also reads a document that fits no form as a document without a form.
    #[must_use]
    pub fn any(mut self, any: bool) -> Self {
        self.any = any;
        self
    }

    /// Also applies these corrections to every report before checking it.
    #[must_use]
    pub fn correcting(mut self, corrections: Option<&'a Corrections>) -> Self {
        self.corrections = corrections;
        self
    }

    /// Also filters findings by the office's policy.
    #[must_use]
    pub fn telling(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Calls `write` with working memory for the writers.
    pub(super) fn scratch<R>(&self, write: impl FnOnce(&mut Scratch) -> R) -> R {
        self.scratch.with(write)
    }

    /// The binder of the forms.
    pub(super) fn binder(&self) -> &Binder {
        &self.binder
    }

    /// The office's policy for findings.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Applies the policy to the findings of a report.
    pub fn settle(&self, report: &mut Report) {
        self.policy.apply(report.agency.as_deref(), &mut report.findings);
    }

    /// The corrections of a file, by its digest.
    pub fn corrections(&self, sha256: &str) -> &'a [Correction] {
        self.corrections.map(|corrections| corrections.of_file(sha256)).unwrap_or_default()
    }

    /// The forms.
    pub fn forms(&self) -> &'a Forms {
        self.forms
    }

    /// Reads and binds a document, without checking it: returns its reports in order, at least one. What was skipped is reported in the
    /// findings of the first.
    ///
    /// # Errors
    /// The finding why there is no report.
    pub fn read(&self, input: &Input, content: &Content) -> Result<Vec<Report>, Box<Finding>> {
        let mut reports = self.read_all(input, content)?;
        reports.iter_mut().for_each(bounds::bound);
        Ok(reports)
    }

    fn read_all(&self, input: &Input, content: &Content) -> Result<Vec<Report>, Box<Finding>> {
        let begun = self.corrections.and_then(|corrections| self.begun(corrections, input, content));
        if let Some(mut report) = begun {
            self.correct(&mut report, 0);
            return Ok(vec![report]);
        }
        poison::act(content.bytes);
        if let Some(reports) = json::reports(self.forms, self.form.as_deref(), content) {
            let mut reports = reports?;
            reports.iter_mut().enumerate().for_each(|(number, report)| self.correct(report, number));
            return Ok(reports);
        }
        let reading = self.read_document(input, content)?;
        let Bound { mut reports, passed_over } = self.binder.bind_all(&reading, &self.hints(input))?;
        for (number, report) in reports.iter_mut().enumerate() {
            report.source = Some(source(input, content, &reading, number));
            self.correct(report, number);
        }
        if let Some(first) = reports.first_mut() {
            first.findings.extend(passed_over);
        }
        Ok(reports)
    }

    fn read_document(&self, input: &Input, content: &Content) -> Result<Reading, Box<Finding>> {
        let name = input.stem().map(|_| input.file_name());
        let reading =
            self.reused.with(|reuse| read::read(content.bytes, name, &mut Budget::reusing(Limits::default(), reuse)));
        reading.map_err(|error| Box::new(error.finding()))
    }

    /// The empty report of a file that an office typed in; `None` if the file is to be read.
    pub(crate) fn begun(&self, corrections: &Corrections, input: &Input, content: &Content) -> Option<Report> {
        let mut report = corrections.begun(self.forms, &content.sha256)?;
        let (file, sha256) = (input.path.to_string(), content.sha256.clone());
        report.source = Some(Source { file, format: Format::Typed, sha256, report: 0 });
        Some(report)
    }

    /// Reads and binds the output of a roll-up, or any other document with one report. Of a roll-up's workbook only the sheet with the
    /// sums is read: the others repeat the rows.
    ///
    /// # Errors
    /// The finding why there is no report.
    pub fn read_sums(&self, input: &Input, content: &Content) -> Result<Report, Box<Finding>> {
        if let Some(reports) = json::reports(self.forms, self.form.as_deref(), content) {
            let mut reports = reports?;
            if reports.len() > 1 {
                return Err(Box::new(Finding::new(&SECOND_REPORT, SECOND_REPORT.message())));
            }
            return self.in_wanted_form(reports.swap_remove(0));
        }
        let mut reading = self.read_document(input, content)?;
        let sums = |block: &Block| matches!(block, Block::Grid(grid) if grid.caption.as_deref() == Some(TOTAL));
        if reading.document.blocks.iter().any(sums) {
            reading.document.blocks.retain(sums);
        }
        read::compare_readings(content.bytes, &reading.document).map_err(|error| Box::new(error.finding()))?;
        let mut report = self.binder.bind(&reading, &self.hints(input))?;
        report.source = Some(source(input, content, &reading, 0));
        self.correct(&mut report, 0);
        self.in_wanted_form(report)
    }

    /// Applies the corrections of the report with this index in its file.
    fn correct(&self, report: &mut Report, number: usize) {
        if let (Some(corrections), Some(form)) = (self.corrections, self.forms.get(&report.form)) {
            corrections.apply(form, report, number);
        }
    }

    fn hints<'h>(&'h self, input: &'h Input) -> Hints<'h> {
        Hints { form: self.form.as_deref(), file_stem: input.stem(), any: self.any }
    }

    /// Adds the findings of checking to a report.
    pub fn check(&self, report: &mut Report, context: &Context) {
        let Some(form) = self.forms.get(&report.form) else { return };
        let findings = check::check(form, report, context);
        report.findings.extend(findings);
    }

    /// Checks a changed report again: replaces findings of checking, keeps those of reading.
    pub fn recheck(&self, report: &mut Report, context: &Context) {
        report.findings.retain(|finding| !CHECKED.iter().any(|code| code.id == finding.code));
        self.check(report, context);
    }

    /// Reads, binds and checks a document, and migrates its reports if another form is requested. Of several reports, those that cannot
    /// be migrated are reported in the findings of the first that can.
    ///
    /// # Errors
    /// The finding why there is no report.
    pub fn report(&self, input: &Input, content: &Content) -> Result<Vec<Report>, Box<Finding>> {
        let (mut reports, mut refused) = (Vec::new(), Vec::new());
        for mut report in self.read(input, content)? {
            self.check(&mut report, &Context::default());
            match self.in_wanted_form(report) {
                Ok(mut report) => {
                    self.settle(&mut report);
                    reports.push(report);
                }
                Err(finding) => refused.push(*finding),
            }
        }
        match (reports.first_mut(), refused.is_empty()) {
            (Some(first), _) => first.findings.append(&mut refused),
            (None, false) => return Err(Box::new(refused.swap_remove(0))),
            (None, true) => {}
        }
        Ok(reports)
    }

    /// The report in the requested form.
    fn in_wanted_form(&self, report: Report) -> Result<Report, Box<Finding>> {
        match &self.into {
            Some((migrations, form)) if *form != report.form => match migrations.between(&report.form, form) {
                Some(migration) => Ok(migration.migrate(report)),
                None => Err(Box::new(no_migration(&report.form, form))),
            },
            _ => Ok(report),
        }
    }
}

fn source(input: &Input, content: &Content, reading: &Reading, number: usize) -> Source {
    let (file, sha256) = (input.path.to_string(), content.sha256.clone());
    Source { file, format: reading.format, sha256, report: number }
}

fn no_migration(from: &str, to: &str) -> Finding {
    let code = &NO_MIGRATION;
    Finding::new(
        code,
        Message::new(
            format!("这份报告是{from}，要求转成{to}：{}。{}", code.title.0, code.remedy.0),
            format!("The report is of {from}, and {to} is wanted: {}. {}", code.title.1, code.remedy.1),
        ),
    )
}

thread_local! {
    /// Location of the last panic of this thread, for its finding.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installs a panic hook that prints nothing; [`guarded`] turns panics into findings. Call it once at program start.
pub fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        LAST_PANIC.with_borrow_mut(|last| *last = Some(info.to_string()));
    }));
}

/// Catches a panic and turns it into the finding `internal-error`, so that the batch continues.
///
/// # Errors
/// What `work` returns, or that finding.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Box<Finding>>) -> Result<T, Box<Finding>> {
    LAST_PANIC.with_borrow_mut(|last| *last = None);
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let detail = LAST_PANIC.with_borrow_mut(Option::take).unwrap_or_default().replace('\n', " ");
        let code = &INTERNAL_ERROR;
        Err(Box::new(Finding::new(
            code,
            Message::new(
                format!("{}（{detail}）。{}", code.title.0, code.remedy.0),
                format!("{} ({detail}). {}", code.title.1, code.remedy.1),
            ),
        )))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_finding() {
        let result: Result<(), _> = guarded(|| panic!("a bug"));
        assert_eq!(result.unwrap_err().code, "internal-error");
        assert_eq!(guarded(|| Ok(3)), Ok(3));
    }
}
