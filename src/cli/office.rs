//! Options about the office, for its letters.

use jiff::civil::Date;

use super::values::date;

/// Who writes the letters, and what they have in common.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct OfficeOptions {
    /// Office that signs the letters.
    #[arg(long, value_name = "NAME")]
    pub(crate) sender: Option<String>,
    /// Number of the letters as documents; with {12} in it they are numbered from 12 on.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: Option<String>,
    /// Day by which letters want an answer.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) deadline: Option<Date>,
    /// Where letters want the answer sent.
    #[arg(long, value_name = "OFFICE")]
    pub(crate) reply_to: Option<String>,
    /// Whom to ask, in letters.
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// Telephone number in letters.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) phone: Option<String>,
    /// Day of the letters.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Date>,
    /// Document that asked for the reports, for reminders.
    #[arg(long, value_name = "DOCUMENT")]
    pub(crate) request: Option<String>,
    /// Day by which that document asked for them.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) due: Option<Date>,
    /// Where reports are published, for receipts.
    #[arg(long, value_name = "SITE")]
    pub(crate) portal: Option<String>,
    /// Writes a receipt for every agency that sent something.
    #[arg(long, requires = "letter")]
    pub(crate) receipts: bool,
}
