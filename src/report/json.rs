//! Reads reports in the program's own JSON: an object, or an array of objects.

use serde::Deserialize;

use super::{MODEL_VERSION, Report};
use crate::finding::{Bilingual, Message};

/// Number of bytes at the beginning of a file in which the model's version, its first member, must be.
const HEAD: usize = 256;

/// Maximum number of reports in an array, the same as for any other file.
pub const MOST: usize = 1_000;

/// The version alone, read first so that a file of a later program is recognised by it.
#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

/// Why a JSON file could not be read as reports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum JsonError {
    /// It is not JSON, or does not match the model.
    Malformed {
        /// Line, 1-based.
        line: usize,
        /// Column, 1-based.
        column: usize,
        /// Message of the JSON library, in English.
        reason: String,
    },
    /// It has another version of the model.
    Version(u32),
    /// It holds more reports than allowed in one file.
    TooMany(usize),
    /// It is an array without a report.
    Empty,
}

impl Bilingual for JsonError {
    fn message(&self) -> Message {
        match self {
            Self::Malformed { line, column, reason } => {
                Message::new(format!("第{line}行第{column}列与格式说明不符"), reason.as_str())
            }
            Self::Version(version) => Message::new(
                format!("格式版本是{version}，本程序读取的是{MODEL_VERSION}"),
                format!("version {version} of the model; this program reads version {MODEL_VERSION}"),
            ),
            Self::TooMany(count) => Message::new(
                format!("其中有{count}份报告，一个文件最多读取{MOST}份"),
                format!("{count} reports; of one file at most {MOST} are read"),
            ),
            Self::Empty => Message::new("其中没有报告", "an array without a report"),
        }
    }
}

/// Whether bytes look like reports in JSON: an object, or an array of objects, with the model's version at its beginning.
///
/// ```
/// use nianbao::report::json::is_meant;
/// assert!(is_meant(b" [{ \"version\": 1, \"form\": \"x\" }]"));
/// assert!(!is_meant(b"{ \"values\": {} }") && !is_meant("一、总体情况".as_bytes()));
/// ```
pub fn is_meant(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let object = text.strip_prefix(b"[").map_or(text, <[u8]>::trim_ascii_start);
    let Some(members) = object.strip_prefix(b"{").map(<[u8]>::trim_ascii_start) else { return false };
    memchr::memmem::find(&members[..members.len().min(HEAD)], b"\"version\"").is_some()
}

/// Reads the reports of a JSON file.
///
/// # Errors
/// [`JsonError`], with line and column where the JSON does not match the model.
pub fn read(bytes: &[u8]) -> Result<Vec<Report>, JsonError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let malformed = |error: serde_json::Error| JsonError::Malformed {
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    };
    let array = text.trim_ascii_start().starts_with(b"[");
    let versions = if array {
        serde_json::from_slice::<Vec<VersionOnly>>(text).map_err(malformed)?
    } else {
        vec![serde_json::from_slice(text).map_err(malformed)?]
    };
    if let Some(other) = versions.iter().find(|other| other.version != MODEL_VERSION) {
        return Err(JsonError::Version(other.version));
    }
    match versions.len() {
        0 => Err(JsonError::Empty),
        count if count > MOST => Err(JsonError::TooMany(count)),
        _ if array => serde_json::from_slice(text).map_err(malformed),
        _ => Ok(vec![serde_json::from_slice(text).map_err(malformed)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_back_alone_and_in_an_array() -> Result<(), Box<dyn std::error::Error>> {
        let report = Report::empty("gkbg-2021");
        let one = serde_json::to_vec_pretty(&report)?;
        let two = serde_json::to_vec(&[&report, &report])?;
        assert!(is_meant(&one) && is_meant(&two));
        assert_eq!(read(&one)?, std::slice::from_ref(&report));
        assert_eq!(read(&two)?, [report.clone(), report]);
        Ok(())
    }

    #[test]
    fn every_error_has_messages_in_both_languages() {
        let malformed = JsonError::Malformed { line: 1, column: 2, reason: "missing field".to_owned() };
        for error in [malformed, JsonError::Version(9), JsonError::TooMany(2_000), JsonError::Empty] {
            crate::finding::bilingual::tests::assert_bilingual(&error, &[]);
        }
    }

    #[test]
    fn json_without_reports_is_refused_with_the_reason() {
        assert_eq!(read(br#"{"version":9,"form":3}"#), Err(JsonError::Version(9)));
        assert_eq!(read(b"[]"), Err(JsonError::Empty));
        assert!(matches!(read(br#"{"version":1,"#), Err(JsonError::Malformed { .. })));
        assert!(matches!(read(br#"{"version":1}"#), Err(JsonError::Malformed { .. })));
        let many = format!("[{}]", vec![r#"{"version":1}"#; MOST + 1].join(","));
        assert_eq!(read(many.as_bytes()), Err(JsonError::TooMany(MOST + 1)));
        // The JSON parser bounds the nesting depth.
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
    }
}
