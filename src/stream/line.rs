//! Lines of a stream, each of bounded length: a path, or a path, a separator and the file's bytes in Base64.

use std::io::{self, BufRead};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::document::Limits;
use crate::finding::Finding;
use crate::finding::code::batch::LINE_UNREADABLE;

/// Separators of path and content: Hive separates text columns by `^A`, its `TRANSFORM` by a TAB, and Spark can use either.
const SEPARATORS: [u8; 2] = [0x01, b'\t'];

/// Maximum length of a path in bytes; longer ones are refused.
const MOST_PATH: usize = 32 << 10;

/// Maximum number of characters shown of an invalid path.
const MOST_SHOWN: usize = 200;

/// Capacity above which the line buffer is released.
const KEPT: usize = 1 << 20;

/// Base64 with or without `=` padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A line, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) path: &'a [u8],
    /// The file's bytes in Base64; `None` if the file is to be opened.
    pub(super) content: Option<&'a [u8]>,
}

/// Maximum length of a line in bytes: a path and the largest file.
pub(super) fn most_bytes() -> usize {
    MOST_PATH + 1 + (Limits::default().file_bytes as usize).div_ceil(3) * 4
}

/// Reads the next line into `line`, without its end (LF or CR LF). `None` at the end of the stream; `false` if the line is longer than
/// `most` bytes; the rest was skipped.
pub(super) fn next(input: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<Option<bool>> {
    line.clear();
    line.shrink_to(KEPT);
    let (mut any, mut whole) = (false, true);
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            break;
        }
        any = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = most - line.len();
        line.extend_from_slice(&part[..part.len().min(room)]);
        whole &= part.len() <= room;
        let taken = part.len() + usize::from(end.is_some());
        input.consume(taken);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(any.then_some(whole))
}

/// Splits a line into its columns.
pub(super) fn split(line: &[u8]) -> Line<'_> {
    match memchr::memchr2(SEPARATORS[0], SEPARATORS[1], line) {
        Some(at) => Line { path: &line[..at], content: Some(&line[at + 1..]) },
        None => Line { path: line, content: None },
    }
}

impl Line<'_> {
    /// The path as shown.
    pub(super) fn shown(&self) -> String {
        if self.path.len() <= MOST_PATH {
            return String::from_utf8_lossy(self.path).into_owned();
        }
        // Enough bytes for the characters that are shown.
        let start = String::from_utf8_lossy(&self.path[..MOST_SHOWN * 4]);
        start.chars().take(MOST_SHOWN).chain(['…']).collect()
    }

    /// Refuses a line without a file name.
    pub(super) fn checked(self) -> Result<Self, Box<Finding>> {
        match self.path.len() {
            0 => Err(unreadable("没有路径", "there is no path")),
            length if length > MOST_PATH => Err(too_long(length)),
            _ => Ok(self),
        }
    }

    /// The decoded bytes in the line.
    pub(super) fn bytes(&self) -> Option<Result<Vec<u8>, Box<Finding>>> {
        let decoded = BASE64.decode(self.content?);
        Some(decoded.map_err(|error| unreadable("文件内容不是规范的 Base64 编码", &format!("Base64: {error}"))))
    }
}

/// The finding about a line that is too long.
pub(super) fn too_long(bytes: usize) -> Box<Finding> {
    unreadable(&format!("超过{bytes}字节"), &format!("more than {bytes} bytes"))
}

/// The finding about a path that is not valid on this system.
#[cfg(not(unix))]
pub(super) fn not_utf_8(error: &std::str::Utf8Error) -> Box<Finding> {
    unreadable("路径不是 UTF-8 编码", &format!("the path is not UTF-8: {error}"))
}

fn unreadable(zh: &str, en: &str) -> Box<Finding> {
    Box::new(Finding::detailed(&LINE_UNREADABLE, zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_or_cr_lf_or_the_stream_and_long_ones_are_cut() {
        let mut input = io::BufReader::with_capacity(3, &b"one\r\n\ntoo long\nx"[..]);
        let mut line = Vec::new();
        let mut next = || next(&mut input, &mut line, 5).map(|whole| whole.map(|whole| (line.clone(), whole)));
        assert_eq!(next().unwrap(), Some((b"one".to_vec(), true)));
        assert_eq!(next().unwrap(), Some((Vec::new(), true)));
        assert_eq!(next().unwrap(), Some((b"too l".to_vec(), false)));
        assert_eq!(next().unwrap(), Some((b"x".to_vec(), true)));
        assert_eq!(next().unwrap(), None);
    }

    #[test]
    fn columns_are_parted_by_a_tab_or_by_control_a() {
        for line in [&b"a b.docx\tUEs="[..], b"a b.docx\x01UEs"] {
            let line = split(line);
            assert_eq!(line.path, b"a b.docx");
            assert_eq!(line.bytes(), Some(Ok(b"PK".to_vec())));
        }
        assert_eq!(split(b"a.docx").bytes(), None);
        assert!(matches!(split(b"a\t?").bytes(), Some(Err(finding)) if finding.code == "line-unreadable"));
    }

    #[test]
    fn a_path_is_neither_empty_nor_endless() {
        assert!(split(b"\tUEs=").checked().is_err());
        let long = "路".repeat(20_000);
        let line = split(long.as_bytes());
        assert!(line.checked().is_err());
        assert_eq!(line.shown().chars().count(), MOST_SHOWN + 1);
    }
}
