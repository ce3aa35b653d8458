//! Files of corrections: read by several commands, drafted by `check`.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Result;
use memchr::memmem::Finder;
use nianbao::corrections::{Correction, Corrections, Drafted};
use nianbao::finding::code::corrections::FIGURE_CORRECTED;
use nianbao::finding::{Bilingual, Language, Message};

use super::failure::{of_file, of_system};
use super::table;
use super::terminal::Terminal;

/// Maximum size of a file of corrections, in bytes: enough for more than 200,000 corrections.
const MOST: u64 = 256 << 20;

/// Reads a file of corrections and prints the findings about it.
pub(super) fn read(path: Option<&Path>, terminal: &Terminal) -> Result<Option<Corrections>> {
    let Some(path) = path else { return Ok(None) };
    if std::fs::metadata(path).map_err(of_system(path))?.len() > MOST {
        return Err(of_file(path, &Message::new("更正单过大。", "the file of corrections is too large")));
    }
    let (text, _) = table::text(path)?;
    let corrections = Corrections::read(&text).map_err(|error| of_file(path, &error.message()))?;
    for finding in &corrections.findings {
        terminal.line(&terminal.finding(&path.display().to_string(), finding));
    }
    Ok(Some(corrections))
}

/// Prints the number of corrections of files that were not among the inputs.
pub(super) fn unmet(corrections: Option<&Corrections>, terminal: &Terminal) {
    let count = corrections.map_or(0, Corrections::unmet);
    if count > 0 {
        let zh = format!(
            "更正单中有{count}条不属于所给的文件，未采用。文件重新报送过的，原来的更正不再适用，请对新的文件另行更正。"
        );
        let en = format!(
            "{count} corrections are about files that were not given, and are not applied; a file that was sent again needs its own"
        );
        terminal.line(terminal.say(&zh, &en));
    }
}

/// Whether the last run that wrote into a folder of outputs applied corrections, by its list of findings.
pub(super) fn were_applied(out: &Path) -> bool {
    let Ok(list) = File::open(out.join("findings.jsonl")) else { return false };
    let code = Finder::new(FIGURE_CORRECTED.id);
    BufReader::new(list).split(b'\n').map_while(Result::ok).any(|line| code.find(&line).is_some())
}

/// Writes drafts to a file of corrections and prints their number. JSON lines that are there already are kept, because the office may
/// have completed them, and only drafts about other cells are appended; a table with content is refused.
pub(super) fn write(path: &Path, drafts: &[Drafted], terminal: &Terminal) -> Result<()> {
    let is_table = path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("csv"));
    let has_content = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
    if has_content && is_table {
        let said =
            Message::new("文件已有内容，为免覆盖未写入，请换一个文件名。", "the file is not empty; name another one");
        return Err(of_file(path, &said));
    }
    let known = if has_content { read(Some(path), terminal)? } else { None };
    let is_known = |draft: &&Correction| -> bool {
        let same = |line: &Correction| line.report == draft.report && line.field == draft.field;
        known.as_ref().is_some_and(|known| known.of_file(&draft.sha256).iter().any(same))
    };
    let (old, new): (Vec<&Correction>, Vec<&Correction>) =
        drafts.iter().map(|draft| &draft.correction).partition(is_known);
    let mut text = if is_table { Corrections::table(drafts) } else { String::new() };
    for draft in new.iter().filter(|_| !is_table) {
        text.push_str(&serde_json::to_string(draft)?);
        text.push('\n');
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(of_system(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(of_system(path))?;
    let (old, new, path) = (old.len(), new.len(), path.display());
    let kept =
        if old > 0 { (format!("，原有{old}条未动"), format!(", {old} were there")) } else { Default::default() };
    terminal.note(&match terminal.language {
        Language::Zh => format!("更正单草稿新增{new}条{}，在“{path}”。请对照台账核对后再用。", kept.0),
        Language::En => {
            format!("{new} drafts of corrections added{}, in {path}; check them before they are used", kept.1)
        }
    });
    Ok(())
}
