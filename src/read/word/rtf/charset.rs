//! Decodes bytes of RTF text: the character set of a font decides (RTF 1.9.1, "Character set" and "Font table").

use std::borrow::Cow;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// Character set of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Charset {
    /// The file's code page.
    #[default]
    Default,
    /// Declared as Western; many Chinese files declare this for fonts with Chinese text.
    Ansi,
    /// A symbol font: its upper half is mapped to the private use area.
    Symbol,
    /// A code page of the font's own.
    Page(&'static Encoding),
}

/// The character set of `\fcharsetN`.
pub(super) fn of_font(number: i32) -> Charset {
    Charset::Page(match number {
        0 => return Charset::Ansi,
        2 => return Charset::Symbol,
        77 => MACINTOSH,
        78 | 128 => SHIFT_JIS,
        79 | 129 | 130 => EUC_KR,
        80 | 134 => GB18030,
        81 | 136 => BIG5,
        161 => WINDOWS_1253,
        162 => WINDOWS_1254,
        163 => WINDOWS_1258,
        177 => WINDOWS_1255,
        178 => WINDOWS_1256,
        186 => WINDOWS_1257,
        204 => WINDOWS_1251,
        222 => WINDOWS_874,
        238 => WINDOWS_1250,
        _ => return Charset::Default,
    })
}

/// The encoding of a Windows code page. Macintosh code pages (10000 and up) are read as their Windows counterparts, which differ in a few
/// characters.
pub(super) fn of_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        932 | 10001 => SHIFT_JIS,
        936 | 10008 | 54936 => GB18030,
        949 | 10003 => EUC_KR,
        950 | 10002 => BIG5,
        874 => WINDOWS_874,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1252 => WINDOWS_1252,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        65001 => UTF_8,
        _ => return None,
    })
}

/// Decodes bytes in one font; `page` is the file's code page.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: Charset, page: &'static Encoding) -> Cow<'a, str> {
    if let Some(ascii) = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()) {
        return Cow::Borrowed(ascii);
    }
    match charset {
        Charset::Default => page.decode_without_bom_handling(bytes).0,
        Charset::Page(encoding) => encoding.decode_without_bom_handling(bytes).0,
        Charset::Symbol => bytes.iter().map(|&byte| symbol(byte)).collect::<String>().into(),
        Charset::Ansi => match page.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) if page == UTF_8 || high_bytes_pair_up(bytes) => text,
            _ => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    }
}

/// Whether every run of non-ASCII bytes has an even length, as in Chinese text and unlike a single Western letter.
fn high_bytes_pair_up(bytes: &[u8]) -> bool {
    bytes.split(u8::is_ascii).all(|run| run.len() % 2 == 0)
}

fn symbol(byte: u8) -> char {
    if byte.is_ascii() { char::from(byte) } else { char::from_u32(0xF000 + u32::from(byte)).unwrap_or('\u{FFFD}') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_western_font_in_a_chinese_file_may_hold_either() {
        assert_eq!(decode(b"\xB9\xAB\xBF\xAA", Charset::Ansi, GB18030), "公开");
        assert_eq!(decode(b"a\xB7b", Charset::Ansi, GB18030), "a·b");
        assert_eq!(decode(b"\xB9\xAB", of_font(0), WINDOWS_1252), "¹«");
    }

    #[test]
    fn the_charset_of_the_font_comes_before_the_page_of_the_file() {
        assert_eq!(decode(b"\xB9\xAB\xBF\xAA", of_font(134), WINDOWS_1252), "公开");
        assert_eq!(decode(b"\x91\xE6\x93\xF1", of_font(128), GB18030), "第二");
        assert_eq!(decode(b"7\xFE", of_font(2), GB18030), "7\u{F0FE}");
        assert_eq!((of_page(10_008), of_page(936), of_page(1)), (Some(GB18030), Some(GB18030), None));
        assert_eq!(decode(b"\xB9\xAB\xBF\xAA", of_font(80), WINDOWS_1252), "公开");
    }
}
