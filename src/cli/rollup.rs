//! `nianbao rollup`: the reports of many agencies added up for their superior.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use nianbao::agencies::{Agencies, Matcher};
use nianbao::batch::{self, Content, Input, Loader, Pipeline, Stages, guarded, in_order};
use nianbao::finding::code::rollup::AGENCY_NOT_LISTED;
use nianbao::finding::{Finding, Language, Message, Severity};
use nianbao::form::{Form, Forms};
use nianbao::migrate::Migrations;
use nianbao::report::Report;
use nianbao::rollup::{Gathering, Previous, Rollup, Told};
use nianbao::summary::{page, workbook};
use nianbao::write::{Output, WRITERS};

use super::args::{Global, Rollup as Args};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::failure::{Failure, failure, of_file, of_finding, of_system};
use super::terminal::{NAMED, Terminal};
use super::{Exit, agencies, corrections, mistakes};

/// Errors of one kind that are all printed; of more, the first few and a count are.
const MANY: usize = 20;

/// Formats of the superior's own report.
const REPORT: [Output; 3] = [Output::Docx, Output::Html, Output::Json];

pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let given = args.agencies.as_deref().map(agencies::read).transpose()?;
    let inputs = batch::list(&args.inputs, Some(&args.out))?;
    let corrections = corrections::read(args.corrections.as_deref(), terminal)?;
    let pipeline = Pipeline::new(&forms, args.form.clone()).correcting(corrections.as_ref());
    let migrations = mistakes::migrations(global, &forms)?;
    let stop = stop_on_ctrl_c()?;
    let named;
    let mut heap;
    let finished = if let Some(agencies) = &given {
        heap = Heap::new(&forms, &migrations, agencies, args.without_errors);
        read(args.jobs, &pipeline, &inputs.list, (terminal, &stop), |path, outcome| heap.add(path, outcome))?
    } else {
        let mut read_all = Unlisted::default();
        let finished = read(args.jobs, &pipeline, &inputs.list, (terminal, &stop), |path, outcome| {
            read_all.add(path, outcome);
        })?;
        named = read_all.agencies();
        heap = Heap::new(&forms, &migrations, &named, args.without_errors);
        read_all.outcomes.into_iter().for_each(|(path, outcome)| heap.add(&path, outcome));
        finished
    };
    if !finished {
        return Ok(Exit::Stopped);
    }
    passed_over(terminal, &inputs);
    corrections::unmet(corrections.as_ref(), terminal);
    let mut rollup = heap
        .finish(args.year)
        .ok_or_else(|| failure("所给文件中没有这一年度的报告。", "none of the inputs is a report of that year"))?;
    if let Some(path) = &args.previous {
        match previous(path, args, (&migrations, &forms), &mut rollup, (terminal, &stop))? {
            Some(found) => {
                rollup.findings.extend(found.told(&rollup));
                rollup.previous = Some(found);
            }
            None => return Ok(Exit::Stopped),
        }
    }
    let mut report = rollup.report();
    pipeline.check(&mut report, &nianbao::check::Context::default());
    write(args, &rollup, &report)?;
    Ok(tell(terminal, &rollup, &report, &args.out))
}

/// What is read where no agencies file names the agencies: their names are known when the last report is read. Text is not kept.
#[derive(Default)]
struct Unlisted {
    outcomes: Vec<(String, Outcome)>,
}

impl Unlisted {
    fn add(&mut self, path: &str, outcome: Outcome) {
        let outcome = outcome.map(|mut reports| {
            for (number, report) in reports.iter_mut().enumerate() {
                (report.sections, report.unclaimed, report.pictures) = (Vec::new(), Vec::new(), Vec::new());
                // Without a name it is still added up, as that of its file.
                let further = if number == 0 { String::new() } else { format!("（第{}份）", number + 1) };
                report.agency.get_or_insert_with(|| format!("（机关名称不明）{path}{further}"));
            }
            reports
        });
        self.outcomes.push((path.to_owned(), outcome));
    }

    fn agencies(&self) -> Agencies {
        let reports = self.outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).flatten();
        Agencies::of_reports(reports.filter_map(|report| report.agency.as_deref()))
    }
}

/// A report of an input with its agency, form and year, or why an input holds none.
type Seen = (String, Result<(Option<String>, String, Option<i16>), Box<Finding>>);

/// The reports as they come, kept by year and form, since which of these is added up is known at the end only.
struct Heap<'a> {
    forms: &'a Forms,
    migrations: &'a Migrations,
    without_errors: bool,
    agencies: &'a Agencies,
    by_form: BTreeMap<(i16, String), Gathering<'a>>,
    /// Every report with its form and year, or why an input holds none.
    seen: Vec<Seen>,
}

impl<'a> Heap<'a> {
    fn new(forms: &'a Forms, migrations: &'a Migrations, agencies: &'a Agencies, without_errors: bool) -> Self {
        Self { forms, migrations, without_errors, agencies, by_form: BTreeMap::new(), seen: Vec::new() }
    }

    fn add(&mut self, path: &str, outcome: Outcome) {
        match outcome {
            Ok(reports) => reports.into_iter().for_each(|report| self.report(path, report)),
            Err(finding) => self.seen.push((path.to_owned(), Err(finding))),
        }
    }

    fn report(&mut self, path: &str, report: Report) {
        self.seen.push((path.to_owned(), Ok((report.agency.clone(), report.form.clone(), report.year))));
        let (Some(form), Some(year)) = (self.forms.get(&report.form), report.year) else { return };
        for newer in self.newer(form) {
            if let Some(migration) = self.migrations.between(&form.id, &newer.id) {
                let migrated = migration.migrate(report.clone());
                self.gathering(newer, year).add_migrated(path, form, migrated);
            }
        }
        self.gathering(form, year).add(path, report);
    }

    fn gathering(&mut self, form: &'a Form, year: i16) -> &mut Gathering<'a> {
        let gathering = self.by_form.entry((year, form.id.clone()));
        gathering.or_insert_with(|| {
            let mut gathering = Gathering::new(form, year, self.agencies);
            if self.without_errors {
                gathering.leave_out_errors();
            }
            gathering
        })
    }

    /// The newer forms that reports of a form are brought into.
    fn newer(&self, form: &Form) -> Vec<&'a Form> {
        let later = |other: &&Form| other.years.zip(form.years).is_some_and(|(other, own)| other.0 > own.0);
        let forms = self.forms.iter().map(|form| &**form).filter(later);
        forms.filter(|newer| self.migrations.between(&form.id, &newer.id).is_some()).collect()
    }

    /// The form and year that most reports have are added up; of equals, the later. The others are named.
    fn finish(mut self, year: Option<i16>) -> Option<Rollup<'a>> {
        let wanted = self.by_form.iter().filter(|(key, _)| year.is_none_or(|year| year == key.0));
        let most = wanted.max_by_key(|(key, gathering)| (gathering.count(), *key)).map(|(key, _)| key.clone())?;
        let mut gathering = self.by_form.remove(&most)?;
        let older = |form: &&Form| self.newer(form).iter().any(|newer| newer.id == most.1);
        let brought: Vec<String> =
            self.forms.iter().map(|form| &**form).filter(older).map(|form| form.id.clone()).collect();
        for (path, outcome) in self.seen {
            match outcome {
                Ok((_, form, Some(year))) if (year, form.as_str()) == (most.0, most.1.as_str()) => {}
                // It was brought into the form.
                Ok((_, form, Some(year))) if year == most.0 && brought.contains(&form) => {}
                Ok((agency, form, year)) => {
                    let other = self.forms.get(&form).filter(|_| form != most.1);
                    gathering.pass_over(&path, agency.as_deref(), other.map(|form| &form.name), year);
                }
                Err(finding) => gathering.fail(&path, *finding),
            }
        }
        Some(gathering.finish())
    }
}

/// The reports of an input.
type Outcome = Result<Vec<Report>, Box<Finding>>;

/// Last year's figures, of reports in any form that can be brought into this year's; `None` when it was stopped. A single file is
/// taken for what was made of all reports. What there is to say about last year's files is added to the findings.
fn previous(
    path: &str,
    args: &Args,
    (migrations, forms): (&Migrations, &Forms),
    rollup: &mut Rollup,
    (terminal, stop): (&Terminal, &AtomicBool),
) -> Result<Option<Previous>> {
    let pipeline = Pipeline::new(forms, None).into_form(migrations, rollup.form.id.clone());
    let inputs = batch::list(&[path.to_owned()], None)?.list;
    let year = rollup.year - 1;
    if let [input] = inputs.as_slice()
        && Path::new(path).is_file()
        && input.path == path
    {
        let report = guarded(|| pipeline.read_sums(input, &Content::of(&Loader::default().bytes(input)?)))
            .map_err(|finding| of_finding(path, &finding))?;
        let name = report.agency.as_deref().unwrap_or_default();
        if rollup.superior().is_some_and(|top| Matcher::new(rollup.agencies).find(name).agency != Some(top)) {
            return Err(of_file(
                Path::new(path),
                &Message::new(
                    format!("这是“{name}”的汇总，不是名录中最上级单位的。"),
                    format!("it is of \"{name}\", which is not the superior of these agencies"),
                ),
            ));
        }
        let found = Previous::of_report(rollup.form, &report).filter(|found| found.year == year);
        let told = |finding| Told { agency: None, file: Some(path.to_owned()), finding };
        rollup.findings.extend(report.findings.into_iter().map(told));
        let other = Message::new(format!("不是{year}年度的汇总。"), format!("it is not of {year}"));
        return found.map(Some).ok_or_else(|| of_file(Path::new(path), &other));
    }
    let mut heap = Heap::new(forms, migrations, rollup.agencies, args.without_errors);
    if !read(args.jobs, &pipeline, &inputs, (terminal, stop), |path, outcome| heap.add(path, outcome))? {
        return Ok(None);
    }
    let before = heap.finish(Some(year)).ok_or_else(|| {
        let none = Message::new(format!("没有{year}年度的报告。"), format!("there is no report of {year}"));
        of_file(Path::new(path), &none)
    })?;
    let previous = Previous::of_rollup(rollup, &before);
    // Those about the agencies file itself are there already.
    let told = before.findings.into_iter().filter(|told| told.agency.is_some() || told.file.is_some());
    rollup.findings.extend(told);
    Ok(Some(previous))
}

/// Reads and checks the inputs and hands them on in their order; false when it was stopped.
fn read(
    wanted: Option<NonZeroUsize>,
    pipeline: &Pipeline,
    inputs: &[Input],
    (terminal, stop): (&Terminal, &AtomicBool),
    mut take: impl FnMut(&str, Outcome) + Send,
) -> Result<bool> {
    let progress = terminal.progress(inputs.len());
    let stages = Stages {
        work: |loader: &mut Loader, index: usize| {
            let input = &inputs[index];
            guarded(|| {
                let bytes = loader.bytes(input)?;
                pipeline.report(input, &Content::of(&bytes))
            })
        },
        place: |_, _: &mut Outcome| (),
        finish: |_, outcome| outcome,
        tell: |index: usize, outcome: Outcome| {
            progress.step();
            take(&inputs[index].path, outcome);
        },
    };
    in_order(inputs.len(), jobs(wanted), stop, stages)?;
    Ok(!stop.load(Ordering::Relaxed))
}

fn write(args: &Args, rollup: &Rollup, report: &Report) -> Result<()> {
    let out = &args.out;
    std::fs::create_dir_all(out).map_err(of_system(out))?;
    let put = |name: &str, bytes: &[u8]| batch::write_whole(out, name, bytes).map_err(of_system(&out.join(name)));
    put("汇总.xlsx", &workbook::workbook(rollup)?)?;
    put("汇总.csv", &workbook::wide_csv(rollup)?)?;
    put("values.jsonl", &workbook::values(rollup)?)?;
    put("findings.jsonl", &findings(rollup)?)?;
    let mut links =
        vec!["汇总.xlsx".to_owned(), "汇总.csv".to_owned(), "values.jsonl".to_owned(), "findings.jsonl".to_owned()];
    for writer in WRITERS.iter().filter(|writer| REPORT.contains(&writer.output)) {
        let bytes = guarded(|| Ok((writer.write)(rollup.form, report)));
        let bytes = bytes.map_err(|finding| anyhow::Error::from(Failure(finding.message)))??;
        let name = format!("汇总报告.{}", writer.output.suffix());
        put(&name, &bytes)?;
        links.push(name);
    }
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    put("index.html", &page::rollup_page(rollup, &links)?)?;
    Ok(())
}

/// A line a finding: those of the roll-up, then those of each report.
fn findings(rollup: &Rollup) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    let own = rollup.findings.iter().map(|told| (told.file.as_deref(), told.agency, &told.finding));
    let read = rollup.entries.iter().flat_map(|entry| {
        entry.findings.iter().map(|finding| (Some(entry.file.as_str()), Some(entry.agency), finding))
    });
    for (file, agency, finding) in own.chain(read) {
        let name = agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
        let (file, name) = (serde_json::to_string(&file)?, serde_json::to_string(&name)?);
        let finding = serde_json::to_string(finding)?;
        let rest = finding.get(1..).unwrap_or_default();
        lines.extend_from_slice(format!("{{\"path\":{file},\"in\":{name},{rest}\n").as_bytes());
    }
    Ok(lines)
}

fn tell(terminal: &Terminal, rollup: &Rollup, report: &Report, out: &Path) -> Exit {
    say_errors(terminal, rollup);
    let (year, counts) = (rollup.year, rollup.counts_of_agencies().message());
    let (counts, out) = (counts.get(terminal.language), out.display());
    terminal.line(&match terminal.language {
        nianbao::finding::Language::Zh => format!("{year}年：{counts}输出在 {out}"),
        nianbao::finding::Language::En => format!("{year}: {counts} Outputs are in {out}"),
    });
    // The narrative is left to write, so only the figures of the superior's report can be wrong.
    let broken = report.findings.iter().filter(|finding| finding.rule.is_some());
    let own = rollup.findings.iter().map(|told| &told.finding).chain(broken);
    let mut all = own.chain(rollup.entries.iter().flat_map(|entry| &entry.findings));
    Exit::wrong_if(all.any(|finding| finding.severity == Severity::Error))
}

/// The errors, a line each; many of a kind are a few lines and a count.
fn say_errors(terminal: &Terminal, rollup: &Rollup) {
    let mut kinds: Vec<(&str, Vec<&Told>)> = Vec::new();
    for told in rollup.findings.iter().filter(|told| told.finding.severity == Severity::Error) {
        match kinds.iter_mut().find(|kind| kind.0 == told.finding.code) {
            Some(kind) => kind.1.push(told),
            None => kinds.push((&told.finding.code, vec![told])),
        }
    }
    for (code, all) in kinds {
        if code == AGENCY_NOT_LISTED.id && all.len() > NAMED {
            let files: Vec<&str> = all.iter().take(NAMED).filter_map(|told| told.file.as_deref()).collect();
            terminal.line(&terminal.not_listed(all.len(), &files));
            continue;
        }
        let shown = if all.len() > MANY { NAMED } else { all.len() };
        for told in &all[..shown] {
            let name = told.agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
            terminal.line(&terminal.finding(told.file.as_deref().or(name).unwrap_or("汇总"), &told.finding));
        }
        say_more(terminal, all.len() - shown);
    }
    let of_reports = rollup.entries.iter().flat_map(|entry| entry.findings.iter().map(move |found| (entry, found)));
    let of_reports: Vec<_> = of_reports.filter(|(_, found)| found.severity == Severity::Error).collect();
    let shown = if of_reports.len() > MANY { NAMED } else { of_reports.len() };
    for (entry, error) in &of_reports[..shown] {
        terminal.line(&terminal.finding(&entry.file, error));
    }
    say_more(terminal, of_reports.len() - shown);
}

/// How many errors were not shown.
fn say_more(terminal: &Terminal, more: usize) {
    if more > 0 {
        terminal.line(&match terminal.language {
            Language::Zh => format!("另有{more}项同类问题，见“汇总.xlsx”的“问题清单”。"),
            Language::En => format!("{more} more of this kind: see the sheet 问题清单 of 汇总.xlsx."),
        });
    }
}
