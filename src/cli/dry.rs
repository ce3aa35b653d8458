//! `--dry-run`: writes all outputs into a temporary folder and prints what would change.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Result;
use nianbao::batch::Preview;
use nianbao::finding::Language;
use tempfile::TempDir;

use super::temporary;
use super::terminal::Terminal;

/// The temporary folder for the outputs of a dry run; removed on drop.
pub(super) struct Trial(TempDir);

impl Trial {
    /// Creates the folder if this is a dry run.
    pub(super) fn wanted(dry: bool) -> Result<Option<Self>> {
        if !dry {
            return Ok(None);
        }
        Ok(Some(Self(temporary::folder("dry")?)))
    }

    /// The path of the folder.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// Prints the change of each file, and a summary.
pub(super) fn say(terminal: &Terminal, preview: &Preview, out: &Path) {
    let Preview { new, replaced, unchanged, stale } = preview;
    let kinds = [
        (terminal.say("新建", "new"), new),
        (terminal.say("替换", "replace"), replaced),
        (terminal.say("删除", "remove"), &stale.removed),
        (terminal.say("以前生成、此次没有", "left from an earlier run"), &stale.left),
    ];
    for (what, names) in kinds {
        for name in names {
            // The reader may close the pipe after the first lines.
            if writeln!(io::stdout().lock(), "{what}  {name}").is_err() {
                return;
            }
        }
    }
    let out = out.display();
    let (new, replaced, removed) = (new.len(), replaced.len(), stale.removed.len());
    terminal.note(&match terminal.language {
        Language::Zh => format!(
            "试运行，没有写入任何文件。“{out}”中将新建{new}个，替换{replaced}个，删除{removed}个，不变{unchanged}个。"
        ),
        Language::En => format!(
            "dry run, nothing was written; in {out}: {new} new, {replaced} replaced, {removed} removed, {unchanged} unchanged"
        ),
    });
}
