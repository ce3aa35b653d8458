//! `nianbao completions` and `nianbao man`: shell completions and manual pages, generated from the argument definitions.

use std::io;

use anyhow::Result;
use nianbao::batch;

use super::args::{Completions, Man};
use super::failure::of_system;
use super::terminal::Terminal;
use super::{Exit, command};

/// Name of the program in completion scripts and manual pages.
const NAME: &str = "nianbao";

pub(crate) fn completions(args: &Completions, terminal: &Terminal) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(terminal.language), NAME, &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)?;
    Ok(Exit::Clean)
}

/// Writes a page for the program and one for each subcommand: `nianbao.1`, `nianbao-convert.1`, `nianbao-forms-show.1` …
pub(crate) fn man(args: &Man, terminal: &Terminal) -> Result<Exit> {
    std::fs::create_dir_all(&args.out).map_err(of_system(&args.out))?;
    let mut top = command(terminal.language);
    top.build();
    let mut waiting = vec![(NAME.to_owned(), top)];
    while let Some((name, command)) = waiting.pop() {
        let below = command.get_subcommands().filter(|child| child.get_name() != "help" && !child.is_hide_set());
        waiting.extend(below.map(|child| (format!("{name}-{}", child.get_name()), child.clone())));
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        let file = format!("{name}.1");
        batch::write_whole(&args.out, &file, &page).map_err(of_system(&args.out.join(&file)))?;
    }
    Ok(Exit::Clean)
}
