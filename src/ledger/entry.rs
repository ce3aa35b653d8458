//! An entry of the log.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Message;
use crate::waivers::Waiver;

/// An entry of the log: an action, with author and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Id, 1-based.
    pub id: u64,
    /// Time (RFC 3339, with the offset of China).
    pub at: String,
    /// Author; empty for the program itself.
    pub who: String,
    /// The action: an externally tagged object, because numbers would not survive an internal tag.
    pub what: What,
}

/// The action of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A file was received and stored.
    Received {
        /// Number of the file, 1-based.
        file: u64,
        /// Its name as given by the sender.
        name: String,
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: String,
        /// Its size in bytes.
        bytes: u64,
        /// A mark shared by files that were sent together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drop: Option<String>,
        /// The file number of the archive that contained it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archive: Option<u64>,
    },
    /// A file was an archive; its members were received separately.
    Unpacked {
        /// Number of the archive.
        file: u64,
        /// Number of its members.
        members: usize,
    },
    /// All reports of a file were sent again in a later file.
    Replaced {
        /// Number of the earlier file.
        file: u64,
        /// Number of the later one.
        by: u64,
    },
    /// Another version of a report counts from now on.
    Used {
        /// Number of the file that counts.
        file: u64,
        /// Index of the report in the file.
        #[serde(default)]
        report: usize,
        /// Reason.
        reason: String,
    },
    /// Findings were waived.
    Accepted {
        /// Number of the file.
        file: u64,
        /// Index of the report in the file.
        #[serde(default)]
        report: usize,
        /// The waivers.
        waivers: Vec<Waiver>,
        /// Messages of the findings.
        about: Vec<Message>,
        /// Reason.
        reason: String,
        /// Last day of validity.
        until: Date,
    },
    /// A report was returned.
    Returned {
        /// Number of the file.
        file: u64,
        /// Index of the report in the file.
        #[serde(default)]
        report: usize,
        /// Messages of the findings in the letter.
        about: Vec<Message>,
        /// Ids of the findings in the letter, as assigned by the page.
        findings: Vec<String>,
        /// Reason.
        reason: String,
        /// Deadline for the corrected report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Date>,
    },
    /// A file was deleted; its bytes are kept.
    Deleted {
        /// Number of the file.
        file: u64,
        /// Reason.
        reason: String,
    },
    /// An earlier entry or correction was undone.
    Undone {
        /// Id of the entry, or `c` and the line number of the correction.
        of: String,
        /// For a correction, the line number of its reversal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<usize>,
        /// Reason.
        reason: String,
    },
    /// The settings were changed.
    Settings {
        /// Description of the change.
        about: Message,
    },
    /// A file of last year was given, against which reports are checked and compared.
    #[serde(rename = "given")]
    LastYear(LastYearFile),
}

/// A file given as last year's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastYearFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}
