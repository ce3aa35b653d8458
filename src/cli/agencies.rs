//! `nianbao agencies`: prints the parsed agencies file: as a tree on a terminal, to check it; else as JSON lines, to join other data with
//! it.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use nianbao::agencies::{Agencies, TreeNode};
use nianbao::finding::{Bilingual, Language, Message};
use serde::Serialize;

use super::Exit;
use super::args::AgenciesArgs;
use super::failure::{of_file, of_system};
use super::terminal::Terminal;

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    code: Option<&'a str>,
    aliases: &'a [String],
    level: Option<&'a str>,
    kind: Option<&'a str>,
    aggregate: Option<bool>,
    /// The superior agencies, the nearest first.
    superiors: Vec<&'a str>,
}

pub(crate) fn run(args: &AgenciesArgs, terminal: &Terminal) -> Result<Exit> {
    let agencies = read(&args.file)?;
    for finding in &agencies.findings {
        terminal.line(&terminal.finding(&args.file.display().to_string(), finding));
    }
    if io::stdout().is_terminal() {
        tree(&agencies, terminal)?;
    } else {
        lines(&agencies)?;
    }
    let (all, odd) = (agencies.list().len(), agencies.findings.len());
    let expected = (0..all).filter(|&agency| !agencies.adds_up(agency)).count();
    let said = match terminal.language {
        Language::Zh => format!("名录共{all}个单位，其中应报{expected}个"),
        Language::En => format!("{all} agencies, {expected} of which report"),
    };
    terminal.note(&match (odd, terminal.language) {
        (0, Language::Zh) => format!("{said}，没有发现问题。"),
        (_, Language::Zh) => format!("{said}；有{odd}处请核对，见上。"),
        (0, Language::En) => format!("{said}, and nothing is wrong with the file"),
        (_, Language::En) => format!("{said}; look into the {odd} points above"),
    });
    Ok(Exit::Clean)
}

/// Prints the tree of agencies for a person: subordinates below their superior, with what the file says of them.
fn tree(agencies: &Agencies, terminal: &Terminal) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for TreeNode { agency, depth } in agencies.in_tree_order() {
        let agency = &agencies.list()[agency];
        let includes = match agency.aggregate {
            Some(true) => Some(terminal.say("含下级", "includes those below")),
            Some(false) => Some(terminal.say("不含下级", "without those below")),
            None => None,
        };
        let former: Vec<String> =
            agency.aliases.iter().map(|alias| format!("{}{alias}", terminal.say("又名", "also "))).collect();
        let about = [agency.code.as_deref(), agency.level.as_deref(), agency.kind.as_deref(), includes];
        let about: Vec<&str> = about.into_iter().flatten().chain(former.iter().map(String::as_str)).collect();
        let about = about.join(terminal.say("，", ", "));
        let indent = "  ".repeat(depth);
        match (about.is_empty(), terminal.language) {
            (true, _) => writeln!(out, "{indent}{}", agency.name)?,
            (false, Language::Zh) => writeln!(out, "{indent}{}（{about}）", agency.name)?,
            (false, Language::En) => writeln!(out, "{indent}{} ({about})", agency.name)?,
        }
    }
    Ok(out.flush()?)
}

/// Prints the agencies as JSON lines, to be joined with other data.
fn lines(agencies: &Agencies) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for TreeNode { agency, .. } in agencies.in_tree_order() {
        let list = agencies.list();
        let above = std::iter::successors(list[agency].parent, |&above| list[above].parent);
        let superiors = above.map(|above| list[above].name.as_str()).collect();
        let agency = &list[agency];
        let line = Line {
            name: &agency.name,
            code: agency.code.as_deref(),
            aliases: &agency.aliases,
            level: agency.level.as_deref(),
            kind: agency.kind.as_deref(),
            aggregate: agency.aggregate,
            superiors,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// Reads an agencies file.
pub(super) fn read(path: &Path) -> Result<Agencies> {
    let bytes = std::fs::read(path).map_err(of_system(path))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Agencies::read(&name, &bytes).map_err(|error| {
        let Message { zh, en } = error.message();
        of_file(path, &Message::new(format!("\n{zh}"), format!("\n{en}")))
    })
}
