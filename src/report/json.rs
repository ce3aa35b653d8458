//! Reports in the program's own JSON, read back: an object, or an array of them.

use serde::Deserialize;

use super::{MODEL_VERSION, Report};

/// Bytes at the beginning of a file in which the model's version must stand: it is the first member.
const HEAD: usize = 256;

/// Most reports in an array, as many as are read of any other file.
pub const MOST: usize = 1_000;

/// Only the version, read before anything else so that a file of a later program is told by its version.
#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

/// Why JSON is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is no JSON, or not what the model says: where and how.
    #[error("{0}")]
    Malformed(String),
    /// It is of another version of the model.
    #[error("version {0} of the model; this program reads version {MODEL_VERSION}")]
    Version(u32),
    /// It holds more reports than are read of one file.
    #[error("{0} reports; of one file at most {MOST} are read")]
    TooMany(usize),
    /// An array without a report.
    #[error("an array without a report")]
    Empty,
}

/// Whether bytes are meant to be reports in JSON: an object, or an array of objects, with the model's version at its beginning.
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

/// Reads the reports of a file in JSON.
///
/// # Errors
/// [`JsonError`], with line and column where it is not as the model says.
pub fn read(bytes: &[u8]) -> Result<Vec<Report>, JsonError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let malformed = |error: serde_json::Error| JsonError::Malformed(error.to_string());
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
    fn what_was_written_is_read_back_alone_and_in_an_array() -> Result<(), Box<dyn std::error::Error>> {
        let report = Report::empty("gkbg-2021");
        let one = serde_json::to_vec_pretty(&report)?;
        let two = serde_json::to_vec(&[&report, &report])?;
        assert!(is_meant(&one) && is_meant(&two));
        assert_eq!(read(&one)?, std::slice::from_ref(&report));
        assert_eq!(read(&two)?, [report.clone(), report]);
        Ok(())
    }

    #[test]
    fn what_is_no_report_is_refused_with_the_reason() {
        assert_eq!(read(br#"{"version":9,"form":3}"#), Err(JsonError::Version(9)));
        assert_eq!(read(b"[]"), Err(JsonError::Empty));
        assert!(matches!(read(br#"{"version":1,"#), Err(JsonError::Malformed(_))));
        assert!(matches!(read(br#"{"version":1}"#), Err(JsonError::Malformed(_))));
        let many = format!("[{}]", vec![r#"{"version":1}"#; MOST + 1].join(","));
        assert_eq!(read(many.as_bytes()), Err(JsonError::TooMany(MOST + 1)));
        // Depth is the parser's to bound.
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
    }
}
