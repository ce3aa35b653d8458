//! Findings on standard output as they come: for people, as JSON lines, or as a SARIF log.

use std::io::{self, Write};

use anyhow::Result;
use nianbao::batch::line_of;

use super::Part;
use crate::cli::args::Rendering;
use crate::cli::sarif::{self, Sarif};
use crate::cli::terminal::Terminal;

/// Prints findings on standard output as they come.
pub(super) struct Printer<'a> {
    format: Rendering,
    terminal: &'a Terminal,
    sarif: Option<Sarif>,
}

impl<'a> Printer<'a> {
    pub(super) fn begin(format: Rendering, terminal: &'a Terminal) -> Result<Self> {
        let sarif = match format {
            Rendering::Sarif => Some(Sarif::begin(&mut io::stdout().lock(), terminal)?),
            _ => None,
        };
        Ok(Self { format, terminal, sarif })
    }

    /// Prints what became of one report of the file at `path`.
    pub(super) fn print(&mut self, path: &str, checked: &Part) -> Result<()> {
        let mut out = io::stdout().lock();
        if let Some(lines) = &checked.instead {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            return Ok(());
        }
        let excerpts = checked.excerpts.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        for (finding, excerpt) in checked.findings.iter().zip(excerpts) {
            match (&mut self.sarif, self.format) {
                (Some(sarif), _) => sarif.add(&mut out, self.terminal, (path, checked.number), finding)?,
                (None, Rendering::Waivers) => self.terminal.line(&self.terminal.finding(&checked.path, finding)),
                (None, Rendering::Text) => {
                    writeln!(out, "{}", self.terminal.finding(&checked.path, finding))?;
                    if let Some(excerpt) = excerpt {
                        writeln!(out, "{excerpt}")?;
                    }
                }
                (None, _) => {
                    let path = serde_json::to_string(path)?;
                    writeln!(out, "{}", line_of(&path, checked.number, finding)?)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<()> {
        let mut out = io::stdout().lock();
        if self.sarif.is_some() {
            sarif::end(&mut out)?;
        }
        Ok(out.flush()?)
    }
}
