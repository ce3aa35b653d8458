//! `nianbao explain`: the meaning of a finding's code and its remedy.

use std::io::{self, Write};

use anyhow::Result;
use nianbao::finding::{Code, Language, codes};
use nianbao::settings::similar_codes;

use super::Exit;
use super::terminal::Terminal;
use super::width::{padded, widest};

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The code of a finding, or its title as `check` prints it; without it, all codes are listed.
    pub(crate) code: Option<String>,
}

pub(crate) fn run(args: &Explain, terminal: &Terminal) -> Result<Exit> {
    let mut out = io::stdout().lock();
    let Some(wanted) = &args.code else {
        let width = widest(codes().map(|code| code.id));
        for code in codes() {
            writeln!(out, "{}  {}", padded(code.id, width), pick(terminal, code.title))?;
        }
        return Ok(Exit::Clean);
    };
    let is_wanted = |code: &&Code| code.id == wanted || code.title.0 == wanted || code.title.1 == wanted;
    let Some(code) = codes().find(is_wanted) else {
        let near = similar_codes(wanted);
        let hint = if near.is_empty() { String::new() } else { format!(": {}?", near.join(", ")) };
        terminal.error(&format!("{} `{wanted}`{hint}", terminal.say("没有代码", "no code")));
        return Ok(Exit::Failed);
    };
    page(&mut out, code, terminal)?;
    Ok(Exit::Clean)
}

fn page(out: &mut impl Write, code: &Code, terminal: &Terminal) -> io::Result<()> {
    writeln!(out, "{}  {}  {}", code.id, terminal.severity(code.severity), pick(terminal, code.title))?;
    writeln!(out)?;
    writeln!(out, "{}{}", terminal.say("说明：", "Why: "), pick(terminal, code.why))?;
    writeln!(out, "{}{}", terminal.say("办法：", "What to do: "), pick(terminal, code.remedy))
}

fn pick(terminal: &Terminal, text: (&'static str, &'static str)) -> &'static str {
    match terminal.language {
        Language::Zh => text.0,
        Language::En => text.1,
    }
}
