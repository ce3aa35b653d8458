//! The property set `\x05SummaryInformation`: title, author, dates (MS-OLEPS).

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};
use jiff::Timestamp;

use crate::document::Metadata;
use crate::read::container::cfb::{u16_at, u32_at};

/// Property numbers (MS-OSHARED 2.3.3.2.1.1).
const CODE_PAGE: u32 = 1;
const TITLE: u32 = 2;
const SUBJECT: u32 = 3;
const AUTHOR: u32 = 4;
const CREATED: u32 = 12;
const SAVED: u32 = 13;

/// Property types: text in the code page, text in UTF-16, a point in time.
const NARROW_TEXT: u32 = 30;
const WIDE_TEXT: u32 = 31;
const TIME: u32 = 64;

/// Maximum number of properties read; a typical set has about fifteen.
const MOST: usize = 256;

/// Maximum length of a text.
const LONGEST: usize = 4_096;

/// Reads the property set; damaged properties are left out.
pub(in crate::read) fn read(stream: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    let Some(section) = u32_at(stream, 44).and_then(|offset| stream.get(offset as usize..)) else { return metadata };
    let count = (u32_at(section, 4).unwrap_or(0) as usize).min(MOST);
    let property = |wanted: u32| {
        (0..count).map(|index| 8 + index * 8).find_map(|at| {
            (u32_at(section, at)? == wanted).then(|| u32_at(section, at + 4))?.and_then(|at| section.get(at as usize..))
        })
    };
    let page = property(CODE_PAGE).and_then(|value| u16_at(value, 4)).map_or(WINDOWS_1252, encoding);
    let text = |wanted| property(wanted).and_then(|value| text(value, page));
    metadata.title = text(TITLE);
    metadata.author = text(AUTHOR);
    let mut entry = |name: &str, value: Option<String>| {
        metadata.entries.extend(value.map(|value| (name.to_owned(), value)));
    };
    entry("subject", text(SUBJECT));
    entry("dcterms:created", property(CREATED).and_then(time));
    entry("dcterms:modified", property(SAVED).and_then(time));
    metadata
}

/// The encoding of a Windows code page.
pub(in crate::read) fn encoding(page: u16) -> &'static Encoding {
    match page {
        936 | 54936 => GB18030,
        65001 => UTF_8,
        932 => encoding_rs::SHIFT_JIS,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        _ => WINDOWS_1252,
    }
}

fn text(value: &[u8], page: &'static Encoding) -> Option<String> {
    let length = u32_at(value, 4)? as usize;
    let text = match u32_at(value, 0)? {
        NARROW_TEXT => {
            let bytes = value.get(8..)?;
            page.decode_without_bom_handling(&bytes[..length.min(bytes.len()).min(LONGEST)]).0.into_owned()
        }
        WIDE_TEXT => {
            let units: Vec<u16> =
                value.get(8..)?.chunks_exact(2).take(length.min(LONGEST)).filter_map(|unit| u16_at(unit, 0)).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    let text = text.split('\0').next().unwrap_or_default().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// 100-nanosecond intervals since 1601 as a date and time.
fn time(value: &[u8]) -> Option<String> {
    if u32_at(value, 0)? != TIME {
        return None;
    }
    let steps = u64::from(u32_at(value, 4)?) | u64::from(u32_at(value, 8)?) << 32;
    let seconds = i64::try_from(steps / 10_000_000).ok()? - 11_644_473_600;
    (steps > 0).then(|| Timestamp::from_second(seconds).ok()).flatten().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(page: u16, properties: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut stream = vec![0; 48];
        stream[44] = 48;
        let page = (CODE_PAGE, [&[2, 0, 0, 0][..], &page.to_le_bytes(), &[0, 0]].concat());
        let all: Vec<_> = std::iter::once(&page).chain(properties).collect();
        let mut at = 8 + all.len() * 8;
        stream.extend([0; 4]);
        stream.extend(u32::try_from(all.len()).unwrap_or(0).to_le_bytes());
        for (number, value) in &all {
            stream.extend(number.to_le_bytes());
            stream.extend(u32::try_from(at).unwrap_or(0).to_le_bytes());
            at += value.len();
        }
        stream.extend(all.iter().flat_map(|(_, value)| value.clone()));
        stream
    }

    #[test]
    fn text_is_in_the_code_page_of_the_set() {
        let title = [&[30, 0, 0, 0, 5, 0, 0, 0][..], b"\xB9\xAB\xBF\xAA\0"].concat();
        let created = [&[64, 0, 0, 0][..], &133_500_000_000_000_000_u64.to_le_bytes()].concat();
        let metadata = read(&set(936, &[(TITLE, title), (CREATED, created)]));
        assert_eq!(metadata.title.as_deref(), Some("公开"));
        assert_eq!(metadata.entries, [("dcterms:created".to_owned(), "2024-01-17T21:20:00Z".to_owned())]);
    }

    #[test]
    fn a_truncated_property_set_is_empty() {
        let whole = set(65001, &[(AUTHOR, [&[30, 0, 0, 0, 3, 0, 0, 0][..], "局".as_bytes()].concat())]);
        assert_eq!(read(&whole).author.as_deref(), Some("局"));
        assert_eq!(read(&whole[..60]), Metadata::default());
    }
}
