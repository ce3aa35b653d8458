//! Detects the encoding of text: byte order mark, declaration, validity, then statistics.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::code::read as code;
use crate::finding::{Finding, Message};

/// Number of bytes searched for a declaration and used for statistics: more costs much and adds little.
const HEAD: usize = 8 << 10;

/// Number of bytes decoded to compare the losses of encodings.
const COMPARED: usize = 256 << 10;

/// Number of non-ASCII bytes from which valid UTF-8 is not a coincidence: GBK text is valid UTF-8 only for a few characters (联通).
const SURELY_UTF_8: usize = 24;

/// Decodes a text. Bytes that do not decode are replaced and reported as a finding.
pub(in crate::read) fn decode(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
    findings: &mut Vec<Finding>,
) -> String {
    let encoding = choose(bytes, declared);
    let (text, _, malformed) = encoding.decode(bytes);
    let count = replaced(&text);
    if count > 0 {
        let name = encoding.name();
        let message = if malformed {
            Message::new(
                format!("文件按{name}编码读取，有{count}处字节不是文字，已用“\u{fffd}”代替。请核对原文件的编码。"),
                format!(
                    "The file was read as {name}; {count} places are no characters and were replaced. Check its encoding."
                ),
            )
        } else {
            Message::new(
                format!("文件中有{count}处文字已丢失，只剩“\u{fffd}”（此前的程序转换编码时造成）。请向原处索取。"),
                format!(
                    "{count} characters were lost before: the file holds \u{fffd} in their place. Ask for its source."
                ),
            )
        };
        findings.push(Finding::new(&code::TEXT_UNDECODABLE, message));
    }
    text.into_owned()
}

fn replaced(text: &str) -> usize {
    memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}".as_bytes()).count()
}

/// Chooses the encoding: byte order mark, zero bytes of UTF-16, declaration, validity, then the smallest loss.
fn choose(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return encoding;
    }
    let utf8 = std::str::from_utf8(bytes).is_ok() || only_cut(bytes);
    if utf8 && bytes.iter().filter(|byte| !byte.is_ascii()).nth(SURELY_UTF_8 - 1).is_some() {
        return UTF_8;
    }
    let valid =
        |encoding: &&'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    let declared = declared.map(wider);
    if let Some(encoding) = declared.filter(valid) {
        return encoding;
    }
    if utf8 {
        return UTF_8;
    }
    let head = &bytes[..bytes.len().min(COMPARED)];
    let lost = |encoding: &'static Encoding| count_lost(&encoding.decode_without_bom_handling(head).0);
    // Ties go to the first, so an encoding without loss needs no comparison.
    let first = [declared, Some(GB18030)].into_iter().flatten().map(|encoding| (lost(encoding), encoding));
    let (least, first) = first.min_by_key(|(lost, _)| *lost).unwrap_or((0, GB18030));
    if least == 0 {
        return first;
    }
    let others = [UTF_8, likely(bytes), BIG5].map(|encoding| (lost(encoding), encoding));
    let all = std::iter::once((least, first)).chain(others);
    all.min_by_key(|(lost, _)| *lost).map_or(first, |(_, encoding)| encoding)
}

/// The encoding guessed by a statistical detector (chardetng).
fn likely(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(HEAD)], bytes.len() <= HEAD);
    wider(detector.guess(Some(b"cn"), Utf8Detection::Deny))
}

/// Number of characters that text does not contain: replacement characters, and the private use characters that result from reading Big5
/// as GB18030.
fn count_lost(text: &str) -> usize {
    text.chars().filter(|character| matches!(character, '\u{fffd}' | '\u{e000}'..='\u{f8ff}')).count()
}

/// Text labelled GBK or GB2312 is decoded as GB18030, a superset of both.
fn wider(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// Whether a text is UTF-8 except for a truncated last character.
fn only_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none() && error.valid_up_to() > 0)
}

/// Detects UTF-16 by the zero bytes of ASCII characters. A binary file has other control characters, too.
pub(in crate::read) fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD) & !1];
    if head.len() < 8 {
        return None;
    }
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|&&byte| byte == 0).count();
    let (high, low) = (zeros(1), zeros(0));
    let encoding = if low < high { UTF_16LE } else { UTF_16BE };
    let unit = |pair: &[u8]| {
        if low < high { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
    };
    let control = |unit: u16| unit < 0x20 && !matches!(unit, 0x09..=0x0D);
    let controls = head.chunks_exact(2).filter(|pair| control(unit(pair))).count();
    // A Han character may have a zero low byte (U+9700), but few have.
    let (few, many) = (high.min(low), high.max(low));
    (few * 2 < many && many * 40 > head.len() && controls * 100 <= head.len()).then_some(encoding)
}

/// The encoding that a web page declares at its beginning: in a `<meta>` or in an XML declaration.
pub(in crate::read) fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: Vec<u8> = bytes[..bytes.len().min(HEAD)].iter().map(u8::to_ascii_lowercase).collect();
    memchr::memchr_iter(b'<', &head).find_map(|at| {
        let tag = &head[at..];
        let word: &[u8] = if tag.starts_with(b"<meta") {
            b"charset"
        } else if tag.starts_with(b"<?xml") {
            b"encoding"
        } else {
            return None;
        };
        let tag = &tag[..memchr::memchr(b'>', tag).unwrap_or(tag.len())];
        named(tag, memchr::memmem::find(tag, word)? + word.len())
    })
}

/// The encoding of the label after an equals sign.
fn named(tag: &[u8], after: usize) -> Option<&'static Encoding> {
    let label: Vec<u8> = tag[after..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b'=') || byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .take(24)
        .collect();
    labelled(&label)
}

/// The encoding of a label. A page whose label could be read as ASCII is not UTF-16, whatever it declares (HTML, 13.2.3.2).
pub(in crate::read) fn labelled(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label(label).map(|encoding| if encoding.is_ascii_compatible() { encoding } else { UTF_8 })
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
    fn utf16_without_a_mark_shows_by_its_zeros() {
        let text = format!("<html><body>{TEXT}\r\n0 1 2\r\n");
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((read(&little), read(&big)), (text.clone(), text));
        assert_eq!(utf16_without_bom(&[0, 1, 0, 2, 0, 3, 0, 4, 0, 5]), None);
    }

    #[test]
    fn a_page_that_declares_gb2312_is_read_as_gb18030() {
        let page = format!("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>{TEXT}燚\u{3402}");
        assert_eq!(read(&GB18030.encode(&page).0), page);
    }

    #[test]
    fn a_wrong_declaration_is_not_believed() {
        for label in ["gbk", "utf-16", "big5", "no-such"] {
            let page = format!("<meta charset=\"{label}\">{TEXT}");
            assert_eq!(read(page.as_bytes()), page);
        }
        let page = format!("<script charset=utf-8></script><meta charset=utf-8>{TEXT}");
        assert_eq!(read(&GB18030.encode(&page).0), page);
        // A declaration in a script does not count; these bytes are valid in both encodings.
        let page = "<script charset=gbk></script>政府";
        assert_eq!(read(page.as_bytes()), page);
    }

    #[test]
    fn traditional_text_in_big5_is_recognised() {
        let text = "政府信息公開工作年度報告，其他需要報告的事項。本年度受理公開申請，依法予以公開。".repeat(4);
        assert_eq!(read(&BIG5.encode(&text).0), text);
    }

    #[test]
    fn short_texts_are_gb18030() {
        for text in ["规章 0 0 0", "联通", "一、总体情况", "总计", "2020年1月", "年报"] {
            let bytes = GB18030.encode(text).0;
            if std::str::from_utf8(&bytes).is_err() {
                assert_eq!(read(&bytes), text);
            }
        }
    }

    #[test]
    fn damage_costs_only_what_is_damaged() {
        let text = TEXT.repeat(20);
        let mut utf8 = text.clone().into_bytes();
        utf8[31] = b'<';
        assert!(replaced(&read(&utf8)) <= 3);
        let mut gbk = GB18030.encode(&text).0.into_owned();
        gbk[31] = 0xFF;
        assert!(replaced(&read(&gbk)) <= 2);
    }

    #[test]
    fn undecodable_bytes_are_reported() {
        let mut findings = Vec::new();
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.splice(0..0, [0xff, 0xff, 0x30]);
        decode(&bytes, None, &mut findings);
        decode("字\u{fffd}".as_bytes(), None, &mut findings);
        let said: Vec<&str> = findings.iter().map(|finding| finding.message.en.as_str()).collect();
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("2 places") && said[1].contains("lost before"), "{said:?}");
    }
}
