//! The arguments of `nianbao forms`.

use std::path::PathBuf;

use clap::Subcommand;
use nianbao::write::Output;

use super::values::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Forms {
    #[command(subcommand)]
    pub(crate) command: FormsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FormsCommand {
    /// Lists the forms.
    List,
    /// Shows the fields and rules of a form.
    Show {
        /// Id of the form.
        id: String,
        /// The data dictionary instead: xlsx, a workbook that `forms import` takes; html, a page; schema, a Frictionless Table Schema.
        #[arg(long, value_name = "FORMAT")]
        to: Option<Dictionary>,
        /// File to write; without it ID and the suffix of the format, in the working folder.
        #[arg(short, long, value_name = "FILE", requires = "to")]
        out: Option<PathBuf>,
    },
    /// Writes the blank form, to be filled by hand or sent to agencies.
    Blank {
        /// Id of the form.
        id: String,
        /// Formats to write, separated by commas: docx, xlsx, html, pdf [default: docx,xlsx].
        #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = output)]
        to: Vec<Output>,
        /// Folder of fonts for PDF, searched before those of the system.
        #[arg(long, value_name = "DIR")]
        fonts: Option<PathBuf>,
        /// Folder for the outputs; made where it is missing.
        #[arg(short, long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Drafts a mapping file from a blank or filled template; what cannot be known stands in comments.
    Draft {
        /// The template, then filled reports of the same form that show which sums hold.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// toml, a mapping file, or xlsx, the same as a workbook that `forms import` takes [default: toml].
        #[arg(long, value_name = "FORMAT", requires_if("xlsx", "out"))]
        to: Option<DraftTo>,
        /// File to write; without it the draft is printed.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Makes a mapping file of a form's workbook, as `forms draft --to xlsx` and `forms show --to xlsx` write it.
    Import {
        /// The workbook.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// File to write; without it the mapping file is printed.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Prints the JSON Schemas of what the program reads and writes.
    Schema {
        /// One of report, finding, mapping, migration, correction, row, waiver; without it, all as one object.
        name: Option<String>,
    },
    /// Checks mapping files: tries their rules on their examples, fills the form in every format and reads it back.
    Check {
        /// Mapping files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// How a form's data dictionary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dictionary {
    Xlsx,
    Html,
    Schema,
}

/// How a draft is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DraftTo {
    Toml,
    Xlsx,
}
