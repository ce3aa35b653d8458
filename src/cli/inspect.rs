//! `nianbao inspect`: prints the report of a file as JSON, or an array if the file holds several.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use nianbao::batch::{self, Content, Loader, Pipeline, guarded};
use nianbao::finding::{Message, Severity};

use super::args::{Global, Inspect};
use super::failure::of_file;
use super::terminal::Terminal;
use super::{Exit, mistakes};

pub(crate) fn run(args: &Inspect, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    super::convert::known_form(&forms, args.form.as_deref())?;
    let inputs = batch::list(std::slice::from_ref(&args.file), None)?;
    let [input] = inputs.list.as_slice() else {
        return Err(of_file(Path::new(&args.file), &Message::new("一次只能查看一个文件。", "inspect takes one file")));
    };
    let pipeline = Pipeline::new(&forms, args.form.clone()).any(args.any);
    let mut loader = Loader::default();
    let reports = guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.report(input, &Content::from_bytes(&bytes))
    });
    match reports {
        Ok(reports) => {
            let mut out = io::stdout().lock();
            match reports.as_slice() {
                [report] => serde_json::to_writer_pretty(&mut out, report)?,
                reports => serde_json::to_writer_pretty(&mut out, reports)?,
            }
            writeln!(out)?;
            let mut findings = reports.iter().flat_map(|report| &report.findings);
            Ok(Exit::wrong_if(findings.any(|finding| finding.severity == Severity::Error)))
        }
        Err(finding) => {
            terminal.line(&terminal.finding(&input.path, &finding));
            Ok(Exit::Wrong)
        }
    }
}
