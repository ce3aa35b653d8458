//! `nianbao inspect`: one report as JSON.

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
    let pipeline = Pipeline::new(&forms, args.form.clone());
    let mut loader = Loader::default();
    let report = guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.report(input, &Content::of(&bytes))
    });
    match report {
        Ok(report) => {
            let mut out = io::stdout().lock();
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
            Ok(Exit::wrong_if(report.findings.iter().any(|finding| finding.severity == Severity::Error)))
        }
        Err(finding) => {
            terminal.line(&terminal.finding(&input.path, &finding));
            Ok(Exit::Wrong)
        }
    }
}
