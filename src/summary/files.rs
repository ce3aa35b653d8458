//! The files of a roll-up: workbook, tables for data tools, findings, the superior's own report, the page that links them.

use std::io::Write;

use super::{page, workbook};
use crate::finding::Finding;
use crate::report::Report;
use crate::rollup::Rollup;
use crate::write::{Output, WRITERS, WriteError};

/// Formats of the superior's own report.
const REPORT: [Output; 3] = [Output::Docx, Output::Html, Output::Json];

/// Writes the content of a file in pieces.
type Make<'r> = Box<dyn Fn(&mut (dyn Write + Send)) -> Result<(), WriteError> + Send + Sync + 'r>;

/// A file of a roll-up. It is written in pieces, so that it is never held in memory; files may be written in any order and concurrently.
pub struct SummaryFile<'r> {
    /// Name of the file.
    pub name: String,
    make: Make<'r>,
}

impl SummaryFile<'_> {
    /// Writes the content.
    ///
    /// # Errors
    /// If it cannot be built or written.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
        (self.make)(out)
    }
}

/// The files of a roll-up; the page that links the others is last. `report` is the superior's own report ([`Rollup::report`]) after
/// checking.
pub fn files<'r>(rollup: &'r Rollup, report: &'r Report) -> Vec<SummaryFile<'r>> {
    let mut files: Vec<SummaryFile> = Vec::new();
    let mut add = |name: &str, make: Make<'r>| files.push(SummaryFile { name: name.to_owned(), make });
    add("汇总.xlsx", Box::new(|out| workbook::write(rollup, out)));
    add("汇总.csv", Box::new(|out| workbook::wide_csv(rollup, out)));
    add(
        "汇总.schema.json",
        Box::new(|out| {
            let schema = workbook::wide_schema(rollup)?;
            out.write_all(&schema).map_err(|error| WriteError::new(Output::Json, error))
        }),
    );
    add("报送情况.csv", Box::new(|out| workbook::standings_csv(rollup, out)));
    add(
        "报送情况.schema.json",
        Box::new(|out| {
            let schema = workbook::standings_schema()?;
            out.write_all(&schema).map_err(|error| WriteError::new(Output::Json, error))
        }),
    );
    add("values.jsonl", Box::new(|out| workbook::values(rollup, out)));
    add(
        "values.schema.json",
        Box::new(|out| {
            let schema = workbook::values_schema(rollup)?;
            out.write_all(&schema).map_err(|error| WriteError::new(Output::Json, error))
        }),
    );
    add("findings.jsonl", Box::new(|out| findings(rollup, out).map_err(|error| WriteError::new(Output::Json, error))));
    for writer in WRITERS.iter().filter(|writer| REPORT.contains(&writer.output)) {
        let make: Make = Box::new(move |out| {
            let bytes = writer.write(&rollup.form, report)?;
            out.write_all(&bytes).map_err(|error| WriteError::new(writer.output, error))
        });
        add(&format!("汇总报告.{}", writer.output.suffix()), make);
    }
    let links: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let make: Make = Box::new(move |out| {
        page::write_rollup_page(rollup, &links, out).map_err(|error| WriteError::new(Output::Html, error))
    });
    files.push(SummaryFile { name: "index.html".to_owned(), make });
    files
}

/// Writes one finding per line: those of the roll-up, then those of each report.
fn findings(rollup: &Rollup, out: &mut dyn Write) -> std::io::Result<()> {
    let mut line = |file: Option<&str>, agency: Option<usize>, finding: &Finding| {
        let name = agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
        let (file, name) = (serde_json::to_string(&file)?, serde_json::to_string(&name)?);
        let finding = serde_json::to_string(finding)?;
        let rest = finding.get(1..).unwrap_or_default();
        writeln!(out, "{{\"path\":{file},\"in\":{name},{rest}")
    };
    for told in &rollup.findings {
        line(told.file.as_deref(), told.agency, &told.finding)?;
    }
    let mut reports = rollup.reports();
    for (number, entry) in rollup.entries.iter().enumerate() {
        for finding in &reports.findings(number) {
            line(Some(&entry.file), Some(entry.agency), finding)?;
        }
    }
    Ok(())
}
