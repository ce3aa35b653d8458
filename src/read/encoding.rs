//! Bytes of a text or a web page to characters: byte order mark, declaration, validity, then likeness.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::code::read as code;
use crate::finding::{Finding, Message};

/// Bytes that are looked at for a declaration and for likeness: more cost much and tell little.
const HEAD: usize = 8 << 10;

/// Decodes a text. Bytes that stand for no character are replaced and told in a finding.
pub(super) fn decode(bytes: &[u8], declared: Option<&'static Encoding>, findings: &mut Vec<Finding>) -> String {
    let encoding = choose(bytes, declared);
    let (text, _, malformed) = encoding.decode(bytes);
    if malformed {
        let count = text.chars().filter(|&character| character == char::REPLACEMENT_CHARACTER).count();
        let name = encoding.name();
        let message = Message::new(
            format!("文件按{name}编码读取，有{count}处字节不是文字，已用“\u{fffd}”代替。请核对原文件的编码。"),
            format!(
                "The file was read as {name}; {count} places are no characters and were replaced. Check its encoding."
            ),
        );
        findings.push(Finding::new(&code::TEXT_UNDECODABLE, message));
    }
    text.into_owned()
}

fn choose(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return encoding;
    }
    // A page that names GBK or GB2312 may hold any character of GB18030, which extends both.
    let declared = declared.map(|encoding| if encoding.name() == "GBK" { GB18030 } else { encoding });
    if let Some(encoding) =
        declared.filter(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some())
    {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() || only_cut(bytes) {
        return UTF_8;
    }
    if GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some() {
        return GB18030;
    }
    if let Some(encoding) = declared {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(HEAD)], bytes.len() <= HEAD);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    if guess.name() == "GBK" { GB18030 } else { guess }
}

/// Whether a text is UTF-8 but for a last character that is cut off.
fn only_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none() && error.valid_up_to() > 0)
}

/// UTF-16 shows by its zero bytes, or by every second byte being that of an ASCII line break or blank.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD) & !1];
    if head.len() < 4 {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let few = head.len() / 80;
    // A Han character may have a zero low byte too (U+9700), but those are few.
    if odd > few && even * 2 < odd {
        Some(UTF_16LE)
    } else if even > few && odd * 2 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding that a web page declares in its first bytes.
pub(super) fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: Vec<u8> = bytes[..bytes.len().min(HEAD)].iter().map(u8::to_ascii_lowercase).collect();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&head[from..], b"charset").map(|at| from + at) {
        let rest = &head[at + b"charset".len()..];
        let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b" =")).unwrap_or(rest);
        let label: Vec<u8> = rest
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' ' | b'='))
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            .take(24)
            .collect();
        if let Some(encoding) = Encoding::for_label(&label) {
            return Some(encoding);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "政府信息公开工作年度报告，其他需要报告的事项。";

    fn read(bytes: &[u8]) -> String {
        decode(bytes, declared_in_html(bytes), &mut Vec::new())
    }

    #[test]
    fn every_encoding_of_the_field() {
        assert_eq!(read(TEXT.as_bytes()), TEXT);
        assert_eq!(read(&GB18030.encode(TEXT).0), TEXT);
        assert_eq!(read(format!("\u{feff}{TEXT}").as_bytes()), TEXT);
        let little: Vec<u8> = format!("{TEXT}\r\n0 1\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&little), format!("{TEXT}\r\n0 1\r\n"));
        let big: Vec<u8> = format!("\u{feff}{TEXT}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&big), TEXT);
    }

    #[test]
    fn a_page_that_declares_gb2312_is_read_as_gb18030() {
        let page = format!("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>{TEXT}燚\u{3402}");
        assert_eq!(read(&GB18030.encode(&page).0), page);
        let wrong = format!("<meta charset=\"gbk\">{TEXT}");
        assert_eq!(read(wrong.as_bytes()), wrong);
    }

    #[test]
    fn what_is_no_character_is_told() {
        let mut findings = Vec::new();
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.splice(0..0, [0xff, 0xff, 0x30]);
        decode(&bytes, None, &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
