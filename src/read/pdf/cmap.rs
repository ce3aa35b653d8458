//! Embedded character maps: `ToUnicode`, and encodings of composite fonts (ISO 32000-1, 9.7.5 and 9.10.3).

use super::lexer::{Lexer, Token};
use super::object::Object;
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Steps charged per entry, which takes more memory than its source text.
const STEPS_AN_ENTRY: u64 = 8;

/// Maximum number of UTF-16 units per code, for ligatures.
const MOST_CHARACTERS: usize = 16;

/// Maximum number of ranges examined for one that contains a code.
const MOST_OVER: usize = 8;

/// A range of codes with the value of its first code.
#[derive(Debug, Clone)]
struct Range<T> {
    from: u32,
    to: u32,
    first: T,
}

/// A parsed map.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// Code space ranges: number of bytes, first and last code.
    spaces: Vec<(usize, u32, u32)>,
    texts: Vec<Range<Box<[u16]>>>,
    cids: Vec<Range<u32>>,
    /// Name of the map that this one extends (`usecmap`).
    pub(super) base: Option<Vec<u8>>,
    pub(super) vertical: bool,
}

impl Map {
    pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let mut map = Self::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        loop {
            budget.spend(Resource::Steps, 1)?;
            let before = lexer.at;
            match lexer.token() {
                Some(Token::Word(word)) => {
                    map.operator(word, &operands, budget)?;
                    operands.clear();
                }
                Some(Token::ArrayStart | Token::DictStart) => {
                    lexer.at = before;
                    operands.push(lexer.object(budget)?);
                    // A keyword inside ends a damaged object; without progress it would be read again.
                    lexer.at = lexer.at.max(before + 1);
                }
                Some(Token::Object(object)) => operands.push(object),
                Some(Token::ArrayEnd | Token::DictEnd) => {}
                None => break,
            }
        }
        map.texts.sort_by_key(|range| range.from);
        map.cids.sort_by_key(|range| range.from);
        Ok(map)
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, operands.len() as u64 * STEPS_AN_ENTRY / 2)?;
        match word {
            b"endcodespacerange" => {
                for pair in operands.chunks_exact(2) {
                    if let (Some(from), Some(to)) = (pair[0].string(), pair[1].string()) {
                        self.spaces.push((from.len(), code(from), code(to)));
                    }
                }
            }
            b"endbfchar" => {
                for pair in operands.chunks_exact(2) {
                    if let (Some(from), Some(text)) = (pair[0].string(), text(&pair[1])) {
                        self.texts.push(Range { from: code(from), to: code(from), first: text });
                    }
                }
            }
            b"endbfrange" => {
                for three in operands.chunks_exact(3) {
                    if let (Some(from), Some(to)) = (three[0].string(), three[1].string()) {
                        self.text_range(code(from), code(to), &three[2], budget)?;
                    }
                }
            }
            b"endcidchar" => {
                for pair in operands.chunks_exact(2) {
                    if let (Some(from), Some(cid)) = (pair[0].string(), pair[1].index()) {
                        self.cids.push(Range { from: code(from), to: code(from), first: cid as u32 });
                    }
                }
            }
            b"endcidrange" => {
                for three in operands.chunks_exact(3) {
                    if let (Some(from), Some(to), Some(cid)) = (three[0].string(), three[1].string(), three[2].index())
                    {
                        self.cids.push(Range { from: code(from), to: code(to), first: cid as u32 });
                    }
                }
            }
            b"usecmap" => self.base = operands.last().and_then(Object::name).map(<[u8]>::to_vec),
            b"def" => {
                if let [.., name, value] = operands {
                    self.vertical |= name.is_name(b"WMode") && value.index() == Some(1);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text_range(&mut self, from: u32, to: u32, target: &Object, budget: &mut Budget) -> Result<(), ReadError> {
        if let Some(items) = target.array() {
            budget.spend(Resource::Steps, items.len() as u64 * STEPS_AN_ENTRY)?;
            for (code, item) in (from..=to).zip(items.iter()) {
                if let Some(text) = text(item) {
                    self.texts.push(Range { from: code, to: code, first: text });
                }
            }
        } else if let Some(text) = text(target) {
            self.texts.push(Range { from, to, first: text });
        }
        Ok(())
    }

    /// The text of a code; `None` if it is not mapped or mapped to invalid text.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let range = find(&self.texts, code)?;
        let mut units = range.first.to_vec();
        // The offset is added to the last character, which may be a surrogate pair.
        let offset = code - range.from;
        let start = units.len() - if units.len() > 1 && (0xDC00..0xE000).contains(units.last()?) { 2 } else { 1 };
        let last = char::decode_utf16(units.split_off(start)).next()?.ok()?;
        let last = char::from_u32((last as u32).checked_add(offset)?)?;
        let text: Option<String> = char::decode_utf16(units).map(Result::ok).chain([Some(last)]).collect();
        text.filter(|text| {
            !text.chars().any(|c| c.is_control() && !c.is_whitespace() || c == char::REPLACEMENT_CHARACTER)
        })
    }

    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        let range = find(&self.cids, code)?;
        range.first.checked_add(code - range.from)
    }

    /// The first code of a string, and its length in bytes.
    pub(super) fn next_code(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        (1..=bytes.len().min(4)).find_map(|length| {
            let code = code(&bytes[..length]);
            let fits = self.spaces.iter().any(|&(bytes, from, to)| bytes == length && (from..=to).contains(&code));
            fits.then_some((code, length))
        })
    }
}

/// The range that contains a code; of overlapping ranges, the one that begins last.
fn find<T>(ranges: &[Range<T>], code: u32) -> Option<&Range<T>> {
    let end = ranges.partition_point(|range| range.from <= code);
    ranges[..end].iter().rev().take(MOST_OVER).find(|range| range.to >= code)
}

pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, &byte| code << 8 | u32::from(byte))
}

/// A string object as UTF-16 units; `None` if it is not a string or is empty.
fn text(object: &Object) -> Option<Box<[u16]>> {
    let bytes = object.string()?;
    let units: Box<[u16]> = match bytes {
        [one] => Box::new([u16::from(*one)]),
        _ => bytes.chunks_exact(2).take(MOST_CHARACTERS).map(|two| u16::from_be_bytes([two[0], two[1]])).collect(),
    };
    (!units.is_empty()).then_some(units)
}
