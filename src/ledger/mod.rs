//! The log of a work folder: what was received, waived, returned, deleted and undone, replayed from append-only JSON lines.
//!
//! A work folder is kept by `nianbao serve`: the received files under their digests, this log, the corrections, the waivers in force and
//! the settings. Nothing here touches files; the server writes the lines, and the batch reads them to list the content of the folder.

mod entry;
mod replay;

pub use entry::{Entry, LastYearFile, What};
pub use replay::{Ledger, LedgerMistake, Sent};

/// Name of the log.
pub const LOG: &str = "记录.jsonl";
/// Name of the folder with the received files, each named by its digest.
pub const SENT: &str = "收件";
/// Name of the corrections file, in the format of `--corrections`.
pub const CORRECTIONS: &str = "更正.jsonl";
/// Name of the file with the waivers in force, in the format of `--waivers`; rewritten from the log whenever one is added or undone.
pub const WAIVERS: &str = "接受.toml";
/// Name of the settings file.
pub const SETTINGS: &str = "nianbao.toml";

/// Suffixes that a stored file may keep, besides those of [`crate::read::READERS`]; any other file is stored as `.bin`.
const OTHERS: &[&str] = &["zip", "json"];

/// The name under which a received file is stored: its digest, and its suffix if that is a known one. No other part of the sender's file
/// name becomes part of a path.
pub(crate) fn stored_name(sha256: &str, name: &str) -> String {
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
    let known = crate::read::READERS.iter().flat_map(|reader| reader.suffixes).chain(OTHERS);
    let suffix = known.into_iter().find(|known| **known == suffix).copied().unwrap_or("bin");
    format!("{sha256}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::stored_name;

    #[test]
    fn no_name_becomes_a_path() {
        let digest = "ab".repeat(32);
        for (name, suffix) in [
            ("../../etc/passwd", "bin"),
            ("报告.DOCX", "docx"),
            ("a.docx/../../x", "bin"),
            ("..\\..\\boot.ini", "bin"),
            ("a.docx\0.exe", "bin"),
            ("", "bin"),
            (".zip", "zip"),
        ] {
            assert_eq!(stored_name(&digest, name), format!("{digest}.{suffix}"), "{name:?}");
        }
    }
}
