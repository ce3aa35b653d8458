//! Streams findings to standard output: as text, JSON Lines, or a SARIF log.

use std::io::{self, Write};

use anyhow::Result;
use nianbao::batch::{line_of, worker};

use super::ReportOutcome;
use crate::cli::args::Rendering;
use crate::cli::sarif::{self, Sarif};
use crate::cli::terminal::{Terminal, shown};

/// Prints findings on standard output as they arrive; with `--format waivers` they go to the terminal.
pub(super) struct Printer<'a> {
    format: Rendering,
    terminal: &'a Terminal,
    sarif: Option<Sarif>,
}

impl<'a> Printer<'a> {
    pub(super) fn begin(format: Rendering, terminal: &'a Terminal) -> Result<Self> {
        let mut start = Vec::new();
        let sarif = match format {
            Rendering::Sarif => Some(Sarif::begin(&mut start, terminal)?),
            _ => None,
        };
        emit(&start)?;
        Ok(Self { format, terminal, sarif })
    }

    /// Prints the outcome of one report of the file at `path`.
    pub(super) fn print(&mut self, path: &str, checked: &ReportOutcome) -> Result<()> {
        let mut out = Vec::new();
        if let Some(lines) = &checked.instead {
            for line in lines {
                writeln!(out, "{}", if self.format == Rendering::Json { line.into() } else { shown(line) })?;
            }
            return emit(&out);
        }
        let excerpts = checked.excerpts.iter().map(Option::as_deref).chain(std::iter::repeat(None));
        for (finding, excerpt) in checked.findings.iter().zip(excerpts) {
            match (&mut self.sarif, self.format) {
                (Some(sarif), _) => sarif.add(&mut out, self.terminal, (path, checked.number), finding)?,
                (None, Rendering::Waivers) => self.terminal.line(&self.terminal.finding(&checked.path, finding)),
                (None, Rendering::Text) => {
                    writeln!(out, "{}", self.terminal.finding(&checked.path, finding))?;
                    if let Some(excerpt) = excerpt {
                        writeln!(out, "{}", shown(excerpt))?;
                    }
                }
                (None, _) => {
                    let path = serde_json::to_string(path)?;
                    writeln!(out, "{}", line_of(&path, checked.number, finding)?)?;
                }
            }
        }
        emit(&out)
    }

    pub(super) fn finish(self) -> Result<()> {
        let mut out = Vec::new();
        if self.sarif.is_some() {
            sarif::end(&mut out)?;
        }
        emit(&out)
    }
}

/// Prints on standard output, except for the bytes that an earlier worker has printed already.
fn emit(text: &[u8]) -> Result<()> {
    let skipped = worker::skip_bytes(text.len());
    let mut out = io::stdout().lock();
    out.write_all(&text[skipped..])?;
    out.flush()?;
    worker::told_bytes();
    Ok(())
}
