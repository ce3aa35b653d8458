//! The files of a roll-up: workbook, tables for data tools, findings, the superior's own report, the page that links them.

use super::{page, workbook};
use crate::report::Report;
use crate::rollup::Rollup;
use crate::write::{Output, WRITERS, WriteError};

/// Formats of the superior's own report.
const REPORT: [Output; 3] = [Output::Docx, Output::Html, Output::Json];

/// Makes every file of a roll-up and hands it to `put`, one after the other, so that no more than one is held in memory. `report` is
/// the superior's own report ([`Rollup::report`]) as it was checked.
///
/// # Errors
/// A file that cannot be made, or whatever `put` says.
pub fn files<E: From<WriteError>>(
    rollup: &Rollup,
    report: &Report,
    mut put: impl FnMut(&str, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut links: Vec<String> = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>| {
        put(&name, &bytes)?;
        links.push(name);
        Ok::<(), E>(())
    };
    add("汇总.xlsx".to_owned(), workbook::workbook(rollup)?)?;
    add("汇总.csv".to_owned(), workbook::wide_csv(rollup)?)?;
    add("汇总.schema.json".to_owned(), workbook::wide_schema(rollup)?)?;
    add("values.jsonl".to_owned(), workbook::values(rollup)?)?;
    add("findings.jsonl".to_owned(), findings(rollup).map_err(|error| failed(Output::Json, &error))?)?;
    for writer in WRITERS.iter().filter(|writer| REPORT.contains(&writer.output)) {
        add(format!("汇总报告.{}", writer.output.suffix()), (writer.write)(rollup.form, report)?)?;
    }
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let page = page::rollup_page(rollup, &links).map_err(|error| failed(Output::Html, &error))?;
    put("index.html", &page)
}

fn failed(output: Output, error: &serde_json::Error) -> WriteError {
    WriteError { output, detail: error.to_string() }
}

/// A line a finding: those of the roll-up, then those of each report.
fn findings(rollup: &Rollup) -> serde_json::Result<Vec<u8>> {
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
