//! XML parts as a stream of borrowed events: encodings, namespaces, depth and budget are dealt with here, once for all readers.

use std::borrow::Cow;

use encoding_rs::Encoding;
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::escape::unescape;
use quick_xml::events::Event as Raw;

use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Namespace declarations that may be in force at once; Word writes about forty.
const MOST_BINDINGS: usize = 512;

/// Events after which the account of steps is settled.
const STEPS_AT_ONCE: u64 = 64;

/// A part as UTF-8 text without its byte order mark, and the number of bytes that stood before it.
///
/// UTF-16 and parts that declare another encoding are transcoded; their offsets then count from the start of the transcoded text.
///
/// # Errors
/// [`ReadError::Damaged`] when the bytes are not what they declare, [`ReadError::OverLimit`] when the transcoded text is too long.
pub fn text<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<(Cow<'a, str>, usize), ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && encoding == encoding_rs::UTF_8
    {
        return utf8(&bytes[mark..]).map(|text| (text.into(), mark));
    }
    let encoding = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => declared(bytes).filter(|&encoding| encoding != encoding_rs::UTF_8),
    };
    let Some(encoding) = encoding else { return utf8(bytes).map(|text| (text.into(), 0)) };
    // Two bytes become at most three, in every encoding that a declaration can name.
    budget.spend(Resource::PartBytes, bytes.len() as u64 * 3 / 2)?;
    budget.spend(Resource::InflatedBytes, bytes.len() as u64 * 3 / 2)?;
    let (text, wrong) = encoding.decode_with_bom_removal(bytes);
    if wrong {
        return Err(ReadError::Damaged(format!("the XML is not {}", encoding.name())));
    }
    Ok((Cow::Owned(text.into_owned()), 0))
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes)
        .map_err(|wrong| ReadError::Damaged(format!("the XML is not UTF-8 at byte {}", wrong.valid_up_to())))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head = head.strip_prefix(b"<?xml")?;
    let head = &head[..memchr::memchr(b'>', head)?];
    let value = &head[memmem::find(head, b"encoding")? + 8..];
    let start = value.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let label = &value[start + 1..];
    Encoding::for_label(&label[..label.iter().position(|byte| *byte == value[start])?])
}

/// The start of an element.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    /// Index of its namespace in the list given to [`Events::new`]; `None` for any other.
    pub space: Option<u8>,
    /// Its name without prefix.
    pub local: &'a str,
    /// What stands between the name and `>`.
    attributes: &'a str,
    /// Offset of its `<` in the text.
    pub start: usize,
}

impl<'a> Tag<'a> {
    /// Whether it has any attribute.
    pub fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// The value of the first attribute with this local name, whatever its prefix, without entities.
    pub fn get(&self, local: &str) -> Option<Cow<'a, str>> {
        attributes(self.attributes)
            .find(|(name, _)| name.rsplit(':').next() == Some(local))
            .and_then(|(_, value)| unescape(value).ok())
    }

    /// The attributes in order: names with their prefixes, values without entities.
    pub fn all(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        attributes(self.attributes).filter_map(|(name, value)| Some((name, unescape(value).ok()?)))
    }
}

/// Names and raw values; what is not of the shape `name="value"` ends the list.
fn attributes(mut rest: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::from_fn(move || {
        let equals = memchr::memchr(b'=', rest.as_bytes())?;
        let name = rest[..equals].trim();
        let value = rest[equals + 1..].trim_start();
        let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
        let value = &value[1..];
        let end = memchr::memchr(quote as u8, value.as_bytes())?;
        rest = &value[end + 1..];
        Some((name, &value[..end]))
    })
}

/// What comes next in a part.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// An element begins. For `<a/>` an [`Event::Close`] follows.
    Open(Tag<'a>),
    /// The innermost open element ends; the offset behind its `>`.
    Close(usize),
    /// Text without entities or references.
    Text(&'a str),
    /// A character written as a reference or predefined entity.
    Character(char),
    /// The part is over and every element was closed.
    End,
}

/// The events of a part.
pub struct Events<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    spaces: &'static [(&'static str, u8)],
    /// Prefix, namespace and the depth of the element that declares it.
    bindings: Vec<(&'a str, Option<u8>, u32)>,
    /// The prefix that was looked up last and what it stands for.
    last: Option<(&'a str, Option<u8>)>,
    /// Added to every offset.
    base: usize,
    depth: u32,
    /// The element that has just begun is empty: where it ends.
    closing: Option<usize>,
    unsettled: u64,
}

impl<'a> Events<'a> {
    /// The events of a text; `base` is added to every offset, `spaces` are the namespaces that matter, each with its number.
    pub fn new(text: &'a str, base: usize, spaces: &'static [(&'static str, u8)]) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        Self { text, reader, spaces, bindings: Vec::new(), last: None, base, depth: 0, closing: None, unsettled: 0 }
    }

    /// Number of open elements.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The offset behind the last event.
    pub fn offset(&self) -> usize {
        self.base + self.position()
    }

    /// The next event. Comments, processing instructions and the declaration are passed over.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] for what is not well-formed or has a DTD, [`ReadError::OverLimit`] for too many or too deep elements.
    pub fn next(&mut self, budget: &mut Budget) -> Result<Event<'a>, ReadError> {
        if let Some(end) = self.closing.take() {
            self.leave();
            return Ok(Event::Close(end));
        }
        loop {
            self.unsettled += 1;
            if self.unsettled >= STEPS_AT_ONCE {
                budget.spend(Resource::Steps, std::mem::take(&mut self.unsettled))?;
            }
            let before = self.position();
            let raw = self.reader.read_event().map_err(|error| damaged(&error, before))?;
            let (name, empty) = match raw {
                Raw::Start(start) => (start.name().as_ref().len(), false),
                Raw::Empty(start) => (start.name().as_ref().len(), true),
                Raw::End(_) => {
                    self.leave();
                    return Ok(Event::Close(self.base + self.position()));
                }
                Raw::Text(_) => return Ok(Event::Text(self.since(before))),
                Raw::CData(_) => {
                    let inner = self.since(before);
                    return Ok(Event::Text(inner.get(9..inner.len().saturating_sub(3)).unwrap_or_default()));
                }
                Raw::GeneralRef(_) => return Ok(self.reference(before)),
                Raw::DocType(_) => return Err(ReadError::Damaged("the XML has a document type declaration".into())),
                Raw::Eof if self.depth > 0 => {
                    return Err(ReadError::Damaged(format!("the XML ends within {} open elements", self.depth)));
                }
                Raw::Eof => return Ok(Event::End),
                Raw::Comment(_) | Raw::PI(_) | Raw::Decl(_) => continue,
            };
            return self.open(before, name, empty, budget).map(Event::Open);
        }
    }

    /// Passes over what is left of the innermost open element; the offset behind its end.
    ///
    /// # Errors
    /// As for [`Events::next`].
    pub fn skip(&mut self, budget: &mut Budget) -> Result<usize, ReadError> {
        let outside = self.depth.saturating_sub(1);
        loop {
            match self.next(budget)? {
                Event::Close(end) if self.depth == outside => return Ok(end),
                Event::End => return Ok(self.base + self.text.len()),
                _ => {}
            }
        }
    }

    /// The text of the innermost open element, which is closed; elements inside are passed over.
    ///
    /// # Errors
    /// As for [`Events::next`].
    pub fn content(&mut self, budget: &mut Budget) -> Result<String, ReadError> {
        let outside = self.depth.saturating_sub(1);
        let mut content = String::new();
        loop {
            match self.next(budget)? {
                Event::Close(_) if self.depth == outside => return Ok(content),
                Event::End => return Ok(content),
                Event::Text(text) => content.push_str(text),
                Event::Character(character) => content.push(character),
                _ => {}
            }
        }
    }

    fn position(&self) -> usize {
        self.reader.buffer_position() as usize
    }

    fn since(&self, before: usize) -> &'a str {
        self.text.get(before..self.position()).unwrap_or_default()
    }

    fn reference(&self, before: usize) -> Event<'a> {
        let written = self.since(before);
        // An entity that nobody defines stays as it is written, so that nothing is lost.
        match unescape(written).ok().as_deref().and_then(single) {
            Some(character) => Event::Character(character),
            None => Event::Text(written),
        }
    }

    fn open(&mut self, before: usize, name: usize, empty: bool, budget: &mut Budget) -> Result<Tag<'a>, ReadError> {
        self.depth += 1;
        budget.spend(Resource::Depth, u64::from(self.depth))?;
        let tag = self.since(before);
        let inner = tag.get(1..tag.len().saturating_sub(if empty { 2 } else { 1 })).unwrap_or_default();
        let (name, attributes) = inner.split_at_checked(name).unwrap_or((inner, ""));
        if attributes.len() > 8 && memmem::find(attributes.as_bytes(), b"xmlns").is_some() {
            self.declare(attributes)?;
        }
        if empty {
            self.closing = Some(self.base + self.position());
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let space = self.space(prefix);
        Ok(Tag { space, local, attributes, start: self.base + before })
    }

    fn declare(&mut self, list: &'a str) -> Result<(), ReadError> {
        for (name, value) in attributes(list) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => &rest[1..],
                _ => continue,
            };
            if self.bindings.len() >= MOST_BINDINGS {
                return Err(ReadError::Damaged(format!("more than {MOST_BINDINGS} namespaces are declared")));
            }
            let space = self.spaces.iter().find(|(known, _)| *known == value).map(|&(_, number)| number);
            self.bindings.push((prefix, space, self.depth));
            self.last = None;
        }
        Ok(())
    }

    fn space(&mut self, prefix: &'a str) -> Option<u8> {
        if let Some((known, space)) = self.last
            && known == prefix
        {
            return space;
        }
        let space = self.bindings.iter().rev().find(|binding| binding.0 == prefix).and_then(|binding| binding.1);
        self.last = Some((prefix, space));
        space
    }

    fn leave(&mut self) {
        while self.bindings.last().is_some_and(|binding| binding.2 >= self.depth) {
            self.bindings.pop();
            self.last = None;
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

fn damaged(error: &Error, at: usize) -> ReadError {
    ReadError::Damaged(format!("the XML is not well-formed at byte {at}: {error}"))
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACES: &[(&str, u8)] = &[("urn:one", 1), ("urn:two", 2)];

    fn shown(text: &str) -> Result<Vec<String>, ReadError> {
        let budget = &mut Budget::default();
        let mut events = Events::new(text, 0, SPACES);
        let mut shown = Vec::new();
        loop {
            shown.push(match events.next(budget)? {
                Event::Open(tag) => format!("{:?}{}@{}", tag.space, tag.local, tag.start),
                Event::Close(end) => format!("/{end}"),
                Event::Text(text) => text.to_owned(),
                Event::Character(character) => format!("&{character}"),
                Event::End => return Ok(shown),
            });
        }
    }

    #[test]
    fn prefixes_are_names_of_namespaces_and_nothing_more() -> Result<(), ReadError> {
        let text = "<x:a xmlns:x='urn:one'><b xmlns='urn:two'/><b/><x:c xmlns:x=\"urn:two\"/><x:d/></x:a>";
        assert_eq!(
            shown(text)?,
            ["Some(1)a@0", "Some(2)b@23", "/43", "Noneb@43", "/47", "Some(2)c@47", "/71", "Some(1)d@71", "/77", "/83"]
        );
        Ok(())
    }

    #[test]
    fn text_is_given_piece_by_piece_without_entities() -> Result<(), ReadError> {
        let found = shown("<?xml version='1.0'?><!-- c --><a>1&amp;2&#x4e00;&nbsp;<![CDATA[<&]]>&</a>")?;
        assert_eq!(found[1..found.len() - 1], ["1", "&&", "2", "&一", "&nbsp;", "<&", "&"]);
        Ok(())
    }

    #[test]
    fn attributes_are_found_by_their_local_names() -> Result<(), ReadError> {
        let mut events = Events::new("<a w:x = 'a&lt;b' y=\"'\"/>", 0, SPACES);
        let Event::Open(tag) = events.next(&mut Budget::default())? else { return Err(ReadError::Empty) };
        assert_eq!((tag.get("x").as_deref(), tag.get("y").as_deref(), tag.get("z")), (Some("a<b"), Some("'"), None));
        Ok(())
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in ["<a><b></a>", "<a>", "<a", "</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a><![CDATA[", "<!"] {
            assert!(matches!(shown(text), Err(ReadError::Damaged(_))), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(matches!(shown(&"<a>".repeat(257)), Err(ReadError::OverLimit(_))));
    }

    #[test]
    fn encodings_are_brought_to_utf8() -> Result<(), ReadError> {
        let budget = &mut Budget::default();
        let wide: Vec<u8> = "\u{FEFF}<a>一</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&wide, budget)?.0, "<a>一</a>");
        assert_eq!(text(&wide[2..], budget)?.0, "<a>一</a>");
        assert_eq!(text("\u{FEFF}<a/>".as_bytes(), budget)?, ("<a/>".into(), 3));
        assert_eq!(
            text(b"<?xml version='1.0' encoding='GB2312'?><a>\xD2\xBB</a>", budget)?.0.chars().nth(42),
            Some('一')
        );
        assert!(matches!(text(b"<a>\xD2\xBB\xFF</a>", budget), Err(ReadError::Damaged(_))));
        Ok(())
    }
}
