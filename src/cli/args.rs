//! Definitions of the arguments: names, help texts, and validation of single values.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use nianbao::batch::Shard;
use nianbao::finding::{Language, Severity};
use nianbao::write::Output;

use super::explain::Explain;
use super::formargs::Forms;
use super::office::OfficeOptions;
use super::settings::Found;
use super::values::{date, language, output, severity, shard};

/// Reads, checks and regenerates Chinese agencies' annual reports (政府信息公开工作年度报告).
#[derive(Debug, Parser)]
#[command(name = "nianbao", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "INPUT is a file, a folder (searched through), a glob in quotes, an archive (.zip), or - for standard input.\n\
Exit status: 0 done and nothing wrong; 1 done, and some report has an error or could not be read;\n\
2 the command itself could not run; 130 stopped by Ctrl-C.";

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Adds the forms of a folder (*.toml), or the form of one file, to those built in; one with the same id replaces it.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) mappings: Option<PathBuf>,
    /// Language of messages: zh or en [default: by the locale].
    #[arg(long, global = true, value_name = "LANG", value_parser = language)]
    pub(crate) lang: Option<Language>,
    /// A file of settings [default: the nearest nianbao.toml, upwards from the first input or the current folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Takes no settings from any file.
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// Prints errors only; given twice, nothing.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) quiet: u8,
    /// Prints more: codes and places in Chinese messages, files that were passed over.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// When to colour what is printed: auto, always or never [default: auto, and never where `NO_COLOR` is set].
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, hide_default_value = true)]
    pub(crate) color: Colour,
    /// What the file of settings says.
    #[arg(skip)]
    pub(crate) found: Found,
}

/// When to colour what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also in a file.
    Always,
    /// Nowhere.
    Never,
}

/// Which findings are wanted.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Wanting {
    /// Only findings of these codes, separated by commas; also turns on checks that are off by themselves.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// No findings of these codes, separated by commas.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// No findings below this severity: error, warning or note.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) min_severity: Option<Severity>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Writes each report as Word, Excel and web page, with logs of the whole batch.
    Convert(Convert),
    /// Prints the report of a file as JSON, or an array of its reports.
    Inspect(Inspect),
    /// Prints what is wrong with reports.
    Check(Check),
    /// Fills an office's own Word file or workbook of a form with each report.
    Fill(Fill),
    /// Answers each line of standard input, which names a file, with one line of JSON.
    Filter(Filter),
    /// Adds up the reports of many agencies for their superior.
    Rollup(Rollup),
    /// Prints the agencies of an agencies file with all their superiors, a JSON object a line.
    Agencies(AgenciesArgs),
    /// Lists, shows and checks forms (mapping files).
    Forms(Forms),
    /// Explains the code of a finding: what it means and what to do about it.
    Explain(Explain),
    /// Serves the office's page: reports dropped into a browser, checked, corrected, sent back and added up.
    #[cfg(feature = "serve")]
    Serve(super::serve::Arguments),
    /// Prints the completions of a shell.
    Completions(Completions),
    /// Writes the manual pages.
    Man(Man),
}

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Convert {
    /// Files, folders, globs, archives, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Folder for the outputs; made where it is missing.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Formats to write, separated by commas: docx, xlsx, html, json, pdf [default: docx,xlsx,html].
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = output)]
    pub(crate) to: Vec<Output>,
    /// Folder of fonts for PDF, searched before those of the system.
    #[arg(long, value_name = "DIR")]
    pub(crate) fonts: Option<PathBuf>,
    /// Reads every input as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Reads files that no form fits as documents without a form, and writes them in the look of the standard for official documents.
    #[arg(long)]
    pub(crate) any: bool,
    /// Brings reports of other forms into this form; content without a place in it is reported.
    #[arg(long, value_name = "ID")]
    pub(crate) to_form: Option<String>,
    /// The agencies that are to report (CSV, XLSX or TOML): reports are matched to them, and those without one are listed.
    #[arg(long, value_name = "FILE")]
    pub(crate) agencies: Option<PathBuf>,
    /// An office's own Word file or workbook of the form (.docx, .xlsx), filled in place of the form's blank.
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// Corrections of the reports (JSON lines, CSV or a workbook), each bound to the sent file and to the figure as it was.
    #[arg(long, value_name = "FILE")]
    pub(crate) corrections: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) wanting: Wanting,
    #[command(flatten)]
    pub(crate) site: SiteOptions,
    /// Converts part I of N of the inputs, for several hosts; a digest is put behind each output's name.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    /// Removes outputs of earlier runs into the folder that this one does not make any more, unless somebody has changed them.
    #[arg(long)]
    pub(crate) prune: bool,
    /// Lists what would be written, replaced and removed, and writes nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Puts the data dictionary of each form beside the outputs, as a Frictionless Table Schema: ID.schema.json.
    #[arg(long)]
    pub(crate) dictionary: bool,
    /// Only the template is filled.
    #[arg(skip)]
    pub(crate) only_template: bool,
    /// Writes narrative as the source has it, also dates and document numbers that lost characters and have one reading.
    #[arg(long)]
    pub(crate) as_written: bool,
    /// Number of workers [default: one a core].
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Works in this process alone: a file that kills or hangs it then ends the whole run.
    #[arg(long)]
    pub(crate) in_process: bool,
}

/// The site that web pages are for.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SiteOptions {
    /// A page of the site (minijinja) that frames each web page: {{ body }} is the report.
    #[arg(long, value_name = "FILE")]
    pub(crate) page_template: Option<PathBuf>,
    /// Name of the site, for the tag `SiteName` of web pages.
    #[arg(long, value_name = "NAME")]
    pub(crate) site_name: Option<String>,
    /// Domain of the site, for the tag `SiteDomain`.
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) site_domain: Option<String>,
    /// Identification code of the site, for the tag `SiteIDCode` [default: the agency's in the agencies file].
    #[arg(long, value_name = "CODE")]
    pub(crate) site_id: Option<String>,
    /// Column that the pages stand in, for the tag `ColumnName` [default: the form's].
    #[arg(long, value_name = "NAME")]
    pub(crate) column: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fill {
    /// Files, folders, globs, archives, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// An office's own Word file or workbook of the form (.docx, .xlsx).
    #[arg(long, value_name = "FILE")]
    pub(crate) template: PathBuf,
    /// Folder for the outputs; made where it is missing.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Reads every input as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Corrections of the reports (JSON lines, CSV or a workbook), each bound to the sent file and to the figure as it was.
    #[arg(long, value_name = "FILE")]
    pub(crate) corrections: Option<PathBuf>,
    /// Writes narrative as the source has it, also dates and document numbers that lost characters and have one reading.
    #[arg(long)]
    pub(crate) as_written: bool,
    /// Lists what would be written, replaced and removed, and writes nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Number of workers [default: one a core].
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Works in this process alone: a file that kills or hangs it then ends the whole run.
    #[arg(long)]
    pub(crate) in_process: bool,
}

impl From<Fill> for Convert {
    /// `fill` is `convert` to the format of the template.
    fn from(fill: Fill) -> Self {
        let Fill { inputs, template, out, form, corrections, jobs, in_process, as_written, dry_run } = fill;
        Self {
            inputs,
            out,
            to: Vec::new(),
            fonts: None,
            form,
            as_written,
            in_process,
            dry_run,
            dictionary: false,
            any: false,
            to_form: None,
            agencies: None,
            template: Some(template),
            corrections,
            only_template: true,
            wanting: Wanting::default(),
            prune: false,
            site: SiteOptions::default(),
            shard: None,
            jobs,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// A file, or - for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// Reads it as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Reads files that no form fits as documents without a form.
    #[arg(long)]
    pub(crate) any: bool,
}

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct Check {
    /// Files, folders, globs, archives, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Folder with last year's reports, for the rules that compare with them.
    #[arg(long, value_name = "DIR")]
    pub(crate) previous: Option<PathBuf>,
    /// The agencies (CSV, XLSX or TOML): last year's reports are matched by them, former names included, and levels and kinds count.
    #[arg(long, value_name = "FILE")]
    pub(crate) agencies: Option<PathBuf>,
    /// Corrections of the reports (JSON lines, CSV or a workbook), each bound to the sent file and to the figure as it was.
    #[arg(long, value_name = "FILE")]
    pub(crate) corrections: Option<PathBuf>,
    /// File for drafts of corrections: a line for every cell that is certainly wrong; a table for spreadsheets where it ends in .csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) propose: Option<PathBuf>,
    /// Folder for copies of the files that were sent (.docx, .xlsx) with the corrections in them, for the sender to accept: tracked
    /// changes in Word, the new figure and a comment in a workbook. Without --corrections, cells that are certainly wrong are corrected.
    #[arg(long, value_name = "DIR")]
    pub(crate) revise: Option<PathBuf>,
    /// Author of comments and tracked changes [default: 年报核对].
    #[arg(long, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Findings that are accepted (TOML, CSV or a workbook), each for the figures as they were, with a reason and a last day.
    #[arg(long, value_name = "FILE")]
    pub(crate) waivers: Option<PathBuf>,
    /// The day on which waivers hold or have expired [default: today in China].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) today: Option<Date>,
    #[command(flatten)]
    pub(crate) wanting: Wanting,
    /// Prints what became of every rule (pass, fail, not assessable, skipped) in place of findings.
    #[arg(long)]
    pub(crate) verdicts: bool,
    /// How findings are printed.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Rendering::Text)]
    pub(crate) format: Rendering,
    /// Folder for copies of the files that were sent (.docx, .xlsx, .pdf) with a comment at every place that a finding names.
    #[arg(long, value_name = "DIR")]
    pub(crate) annotate: Option<PathBuf>,
    /// Folder for letters to the senders: what is to be corrected or looked at again, and, with --agencies, reminders of reports that
    /// have not come; a file each and one for printing all.
    #[arg(long, value_name = "DIR")]
    pub(crate) letter: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) office: OfficeOptions,
    /// Removes letters of earlier runs into the folder that this one does not write any more, unless somebody has changed them.
    #[arg(long)]
    pub(crate) prune: bool,
    /// Reads every input as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Reads files that no form fits as documents without a form.
    #[arg(long)]
    pub(crate) any: bool,
    /// Number of workers [default: one a core].
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Works in this process alone: a file that kills or hangs it then ends the whole run.
    #[arg(long)]
    pub(crate) in_process: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rollup {
    /// Files, folders, globs, archives, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// The agencies with their superiors (CSV, XLSX or TOML); without it the reports that are given are added up.
    #[arg(long, value_name = "FILE")]
    pub(crate) agencies: Option<PathBuf>,
    /// Folder for the outputs; made where it is missing.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Last year's reports (a folder, or anything an INPUT may be), or last year's 汇总.xlsx, to stand beside this year's.
    #[arg(long, value_name = "PATH")]
    pub(crate) previous: Option<String>,
    /// The year to add up [default: the one of most reports, or the next one if it has begun].
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<i16>,
    #[command(flatten)]
    pub(crate) wanting: Wanting,
    /// Lists what would be written and replaced, and writes nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Keeps reports with errors out of the sums; without it they are added up and marked.
    #[arg(long)]
    pub(crate) without_errors: bool,
    /// Reads every input as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Corrections of the reports (JSON lines, CSV or a workbook), each bound to the sent file and to the figure as it was.
    #[arg(long, value_name = "FILE")]
    pub(crate) corrections: Option<PathBuf>,
    /// Number of workers [default: one a core].
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Works in this process alone: a file that kills or hangs it then ends the whole run.
    #[arg(long)]
    pub(crate) in_process: bool,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A line is a path, or a path, a TAB or ^A, and the file's bytes in Base64. Exit status: 0 when the lines end,\n\
also where files are wrong: the rows say so; 2 when the command itself could not run."
)]
pub(crate) struct Filter {
    /// Folder for the outputs; without it, none are written.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Formats to write, separated by commas: docx, xlsx, html, json, pdf [default: docx,xlsx,html].
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = output, requires = "out")]
    pub(crate) to: Vec<Output>,
    /// Folder of fonts for PDF, searched before those of the system.
    #[arg(long, value_name = "DIR")]
    pub(crate) fonts: Option<PathBuf>,
    /// The agencies, to be looked up: CSV, XLSX or TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) agencies: Option<PathBuf>,
    /// Reads every file as this form, whatever its labels say.
    #[arg(long, value_name = "ID")]
    pub(crate) form: Option<String>,
    /// Reads files that no form fits as documents without a form.
    #[arg(long)]
    pub(crate) any: bool,
    /// Brings every report into this form before it is checked and written.
    #[arg(long, value_name = "ID")]
    pub(crate) to_form: Option<String>,
    /// Most seconds for one file.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub(crate) time: NonZeroU64,
    /// Most megabytes of memory, where the system can bound it.
    #[arg(long, value_name = "MB", default_value = "1024")]
    pub(crate) memory: NonZeroU64,
    /// Does the work for another copy that watches over it.
    #[arg(long, hide = true)]
    pub(crate) child: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AgenciesArgs {
    /// The agencies with their superiors: CSV, XLSX or TOML.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rendering {
    /// A line per finding, for people.
    Text,
    /// A JSON object a line.
    Json,
    /// One SARIF 2.1.0 log.
    Sarif,
    /// A waiver for each finding, to be completed with its reason.
    Waivers,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell: bash, elvish, fish, powershell or zsh.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Folder for the pages; made where it is missing.
    #[arg(value_name = "DIR")]
    pub(crate) out: PathBuf,
}
