//! `nianbao filter`: answers each input line with one row, for engines that run many copies of this program.

use std::io::{self, BufReader, BufWriter};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::{Maker, Pipeline};
use nianbao::stream::{self, Converter};

use super::args::{Filter, Global};
use super::convert::{formats, known_form, pdf};
use super::failure::of_system;
use super::{Exit, agencies, mistakes, program};

/// Keeps mimalloc from reserving 1 GB of address space at start-up, which counts towards the memory limit of a child.
pub(super) const ADDRESSES_AT_ONCE: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// Answers every line, also for a file with errors. The exit status is 0 at the end of the input, because the calling engine would abort
/// its whole task on another status.
pub(crate) fn run(args: &Filter, global: &Global) -> Result<Exit> {
    if args.child {
        child(args, global)?;
        return Ok(Exit::Clean);
    }
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).map_err(of_system(out))?;
    }
    let program = program::own()?;
    let command = || {
        let mut command = Command::new(&program);
        command.args(std::env::args_os().skip(1)).arg("--child").env(ADDRESSES_AT_ONCE.0, ADDRESSES_AT_ONCE.1);
        command
    };
    // Not locked: only this thread writes rows.
    let output = BufWriter::with_capacity(1 << 16, io::stdout());
    stream::supervise(command, Duration::from_secs(args.time.get()), io::stdin(), output)?;
    Ok(Exit::Clean)
}

/// Runs the child process that converts the files.
fn child(args: &Filter, global: &Global) -> Result<()> {
    stream::confine(args.memory.get())?;
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let agencies = args.agencies.as_deref().map(agencies::read).transpose()?;
    known_form(&forms, args.to_form.as_deref())?;
    let migrations = mistakes::migrations(global, &forms)?;
    let mut pipeline = Pipeline::new(&forms, args.form.clone()).any(args.any);
    if let Some(form) = &args.to_form {
        pipeline = pipeline.into_form(&migrations, form.clone());
    }
    let to = formats(&args.to);
    let pdf = if args.out.is_some() { pdf(&to, args.fonts.as_deref())? } else { None };
    let (pipeline, to, pdf) = (&pipeline, &to[..], pdf.as_ref());
    let maker = Maker { pipeline, to, template: None, site: None, pdf, anywhere: true, as_written: false };
    let converter = Converter::new(maker, agencies.as_ref().map(Matcher::new), args.out.clone());
    stream::serve(&converter, BufReader::with_capacity(1 << 16, io::stdin()), BufWriter::new(io::stdout()))?;
    Ok(())
}
