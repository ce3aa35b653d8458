//! A line of the log.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Message;
use crate::waivers::Waiver;

/// Something that happened, and who did it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub id: u64,
    /// When (RFC 3339, with the offset of China).
    pub at: String,
    /// Who; empty for the program itself.
    pub who: String,
    /// The action: an externally tagged object, because numbers would not survive an internal tag.
    pub what: What,
}

/// The action of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A file came in and is stored.
    Received {
        /// Number of the file, from 1.
        file: u64,
        /// Its name as the sender gave it.
        name: String,
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: String,
        /// Its size.
        bytes: u64,
        /// What was sent together has the same mark here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drop: Option<String>,
        /// The archive that it was in, as its file number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archive: Option<u64>,
    },
    /// A file turned out to be an archive; what it held was received on its own.
    Unpacked {
        /// Number of the archive.
        file: u64,
        /// How many files it held.
        members: usize,
    },
    /// Every report of a file has been sent again in a later file.
    Replaced {
        /// Number of the earlier file.
        file: u64,
        /// Number of the later one.
        by: u64,
    },
    /// An earlier or later version counts from now on.
    Used {
        /// Number of the file that counts.
        file: u64,
        /// Its report.
        #[serde(default)]
        report: usize,
        /// Why.
        reason: String,
    },
    /// Findings were accepted.
    Accepted {
        /// Number of the file.
        file: u64,
        /// Its report.
        #[serde(default)]
        report: usize,
        /// What makes the program pass over them.
        waivers: Vec<Waiver>,
        /// What they said.
        about: Vec<Message>,
        /// Why.
        reason: String,
        /// Last day on which this holds.
        until: Date,
    },
    /// A report was sent back.
    Returned {
        /// Number of the file.
        file: u64,
        /// Its report.
        #[serde(default)]
        report: usize,
        /// What the letter names.
        about: Vec<Message>,
        /// The findings that the letter names, by the ids that the page gave them.
        findings: Vec<String>,
        /// Why.
        reason: String,
        /// The day by which it must be back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Date>,
    },
    /// A file was taken out; its bytes stay.
    Deleted {
        /// Number of the file.
        file: u64,
        /// Why.
        reason: String,
    },
    /// An earlier entry or correction was undone.
    Undone {
        /// The number of the entry, or `c` and the number of the line in the corrections.
        of: String,
        /// For a correction, the number of the line that takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<usize>,
        /// Why.
        reason: String,
    },
    /// The settings were changed.
    Settings {
        /// Which.
        about: Message,
    },
    /// A file of last year's, against which reports are checked and compared.
    Given(Given),
}

/// A file that was given as last year's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}
