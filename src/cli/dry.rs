//! `--dry-run`: produces all outputs in a temporary folder and prints what would change.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Result;
use nianbao::batch::Preview;
use nianbao::finding::Language;
use tempfile::TempDir;

use super::temporary;
use super::terminal::Terminal;

/// Where the outputs of a dry run go; it goes when it is dropped.
pub(super) struct Trial(TempDir);

impl Trial {
    /// Makes the folder, where a dry run is wanted.
    pub(super) fn wanted(dry: bool) -> Result<Option<Self>> {
        if !dry {
            return Ok(None);
        }
        Ok(Some(Self(temporary::folder("dry")?)))
    }

    /// Where outputs go.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// Prints what would happen to each file.
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
            // Who reads no further than the first lines closes the pipe.
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
