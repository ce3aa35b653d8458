//! The tokeniser: XML text as events, with namespaces, depth and budget.

use std::borrow::Cow;

use memchr::memmem;
use quick_xml::escape::unescape;

use super::known::{KnownTag, KnownTags};
use super::tag::{Tag, attributes};
use crate::document::{Budget, Resource};
use crate::read::{Damage, ReadError};

/// Maximum number of namespace declarations in scope; Word writes about forty.
const MOST_BINDINGS: usize = 512;

/// Number of bindings searched per step of the budget.
const BINDINGS_A_STEP: usize = 16;

/// Maximum lookahead in bytes for the end of an element; the properties of a run take a few hundred.
const FARTHEST_AHEAD: usize = 1_024;

/// Steps charged for an element, a reference and a failed lookahead, so that steps measure time.
const STEPS_AN_ELEMENT: u64 = 5;
const STEPS_A_REFERENCE: u64 = 3;
const STEPS_A_SEARCH: u64 = 16;

/// Number of events after which steps are charged.
const STEPS_AT_ONCE: u64 = 64;

/// Bytes that end the name of an element, or its prefix.
static ENDS_NAME: [bool; 256] = among(b" >/\n\r\t<");
static ENDS_PREFIX: [bool; 256] = among(b": >/\n\r\t<");

/// Bytes that end the text before an attribute value, or the tag.
static ENDS_ATTRIBUTE: [bool; 256] = among(b"\"'>");

const fn among(signs: &[u8]) -> [bool; 256] {
    let mut among = [false; 256];
    let mut next = 0;
    while next < signs.len() {
        among[signs[next] as usize] = true;
        next += 1;
    }
    among
}

/// The next event of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event<'a> {
    /// An element begins. For `<a/>` an [`Event::Close`] follows.
    Open(Tag<'a>),
    /// The innermost open element ends; offset after its `>`.
    Close(usize),
    /// Text without entities or references.
    Text(&'a str),
    /// A character written as a reference or predefined entity.
    Character(char),
    /// The end of the part; all elements were closed.
    End,
}

/// The events of a part. A tokeniser of our own: events borrow from the text, offsets are those of the text, and skipping an element
/// costs only a search for its end.
pub(crate) struct Events<'a> {
    text: &'a str,
    /// Offset of the next event.
    at: usize,
    spaces: &'static [(&'static str, u32)],
    /// Prefix, namespace, and depth of the element that declares it.
    bindings: Vec<(&'a str, Option<u32>, u32)>,
    /// The prefix that was looked up last, and its namespace.
    last: Option<(&'a str, Option<u32>)>,
    /// Offset added to every reported offset.
    base: usize,
    /// Names of the open elements as written.
    open: Vec<&'a str>,
    /// Whether the element that was opened last is empty.
    empty: bool,
    unsettled: u64,
    /// Generation counter: incremented when a prefix is bound or unbound.
    scope: u64,
    tags: KnownTags<'a>,
    end: memmem::Finder<'static>,
}

impl<'a> Events<'a> {
    /// The events of a text; `base` is added to every offset, `spaces` lists the namespaces of interest, each with its index.
    pub(crate) fn new(text: &'a str, base: usize, spaces: &'static [(&'static str, u32)]) -> Self {
        Self {
            text,
            at: 0,
            spaces,
            bindings: Vec::new(),
            last: None,
            base,
            open: Vec::new(),
            empty: false,
            unsettled: 0,
            scope: 0,
            tags: KnownTags::empty(),
            end: memmem::Finder::new("</"),
        }
    }

    /// Number of open elements.
    pub(crate) fn depth(&self) -> u32 {
        self.open.len() as u32
    }

    /// Offset after the last event.
    pub(crate) fn offset(&self) -> usize {
        self.base + self.at
    }

    /// The next event. Comments, processing instructions and the declaration are skipped.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if the text is not well-formed or has a DTD, [`ReadError::OverLimit`] for too many or too deep elements.
    #[inline]
    pub(crate) fn next(&mut self, budget: &mut Budget) -> Result<Event<'a>, ReadError> {
        if std::mem::take(&mut self.empty) {
            self.leave();
            return Ok(Event::Close(self.offset()));
        }
        loop {
            self.step(budget)?;
            let (start, bytes) = (self.at, self.text.as_bytes());
            match bytes.get(start) {
                None if !self.open.is_empty() => return Err(self.cut_short()),
                None => return Ok(Event::End),
                Some(b'<') => {}
                Some(b'&') => return Ok(self.reference()),
                Some(_) => {
                    let rest = &bytes[start..];
                    self.at = start + memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
                    return Ok(Event::Text(self.since(start)));
                }
            }
            match bytes.get(start + 1) {
                Some(b'/') => return self.end_tag().map(Event::Close),
                Some(b'!' | b'?') => {
                    if let Some(text) = self.markup()? {
                        return Ok(Event::Text(text));
                    }
                }
                _ => return self.start_tag(budget),
            }
        }
    }

    #[inline]
    fn step(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        self.unsettled += 1;
        if self.unsettled >= STEPS_AT_ONCE {
            budget.spend(Resource::Steps, std::mem::take(&mut self.unsettled))?;
        }
        Ok(())
    }

    /// Skips the rest of the innermost open element; returns the offset after its end tag. Names of elements inside are not compared.
    ///
    /// # Errors
    /// As for [`Events::next`].
    pub(crate) fn skip(&mut self, budget: &mut Budget) -> Result<usize, ReadError> {
        if std::mem::take(&mut self.empty) {
            self.leave();
            return Ok(self.offset());
        }
        let mut inside = 0_u32;
        loop {
            self.step(budget)?;
            let bytes = self.text.as_bytes();
            let Some(length) = memchr::memchr(b'<', &bytes[self.at..]) else { return Err(self.cut_short()) };
            self.at += length;
            match bytes.get(self.at + 1) {
                Some(b'/') if inside == 0 => return self.end_tag(),
                Some(b'/') => {
                    inside -= 1;
                    self.at = self.after(self.at, b">")?;
                }
                Some(b'!' | b'?') => {
                    self.markup()?;
                }
                _ => {
                    let end = self.tag_end(self.at + 1)?.tag;
                    inside += u32::from(bytes[end - 1] != b'/');
                    self.at = end + 1;
                }
            }
        }
    }

    /// Lookahead: the rest of the innermost open element up to the first end tag of its name, so that the caller can decide whether to
    /// parse or to skip it with [`Events::skip_ahead`]. `None` if the end tag is not within [`FARTHEST_AHEAD`].
    pub(crate) fn ahead(&mut self) -> Option<&'a str> {
        let (Some(name), false) = (self.open.last(), self.empty) else { return Some("") };
        let bytes = &self.text.as_bytes()[self.at..];
        let near = &bytes[..bytes.len().min(FARTHEST_AHEAD)];
        let mut from = 0;
        while let Some(found) = self.end.find(&near[from..]) {
            let end = from + found;
            let behind = end + 2 + name.len();
            if bytes.get(end + 2..behind) == Some(name.as_bytes()) && bytes.get(behind) == Some(&b'>') {
                return self.text.get(self.at..self.at + end);
            }
            from = end + 2;
        }
        self.unsettled += STEPS_A_SEARCH;
        None
    }

    /// Whether the rest of the innermost open element is exactly this XML; [`Events::skip_ahead`] skips it.
    pub(crate) fn is_left(&self, xml: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let (Some(name), false) = (self.open.last(), self.empty) else { return false };
        let end = |rest: &[u8]| rest.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b">"));
        rest.strip_prefix(xml.as_bytes()).and_then(|rest| rest.strip_prefix(b"</")).is_some_and(end)
    }

    /// Generation counter of the namespace scope: it changes whenever a prefix may stand for another namespace.
    pub(crate) fn scope(&self) -> u64 {
        self.scope
    }

    /// Skips XML returned by [`Events::ahead`] and the end tag after it, as if the innermost open element were empty.
    pub(crate) fn skip_ahead(&mut self, ahead: &str) {
        if let (Some(name), false) = (self.open.last(), self.empty) {
            self.at += ahead.len() + name.len() + "</>".len();
            self.empty = true;
        }
    }

    /// The text of the innermost open element, which is closed; elements inside are skipped. Nearly always borrowed.
    ///
    /// # Errors
    /// As for [`Events::next`].
    pub(crate) fn content(&mut self, budget: &mut Budget) -> Result<Cow<'a, str>, ReadError> {
        let outside = self.depth().saturating_sub(1);
        let mut content = Cow::Borrowed("");
        loop {
            match self.next(budget)? {
                Event::Close(_) if self.depth() == outside => return Ok(content),
                Event::End => return Ok(content),
                Event::Text(text) if content.is_empty() => content = text.into(),
                Event::Text(text) => content.to_mut().push_str(text),
                Event::Character(character) => content.to_mut().push(character),
                _ => {}
            }
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Offset after the first occurrence of these bytes, from an offset.
    fn after(&self, from: usize, signs: &[u8]) -> Result<usize, ReadError> {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let found = match signs {
            [sign] => memchr::memchr(*sign, rest),
            signs => memmem::find(rest, signs),
        };
        found.map(|found| from + found + signs.len()).ok_or_else(|| self.cut_short())
    }

    /// Parses a reference that starts at an `&`.
    fn reference(&mut self) -> Event<'a> {
        const LONGEST: usize = 32;
        self.unsettled += STEPS_A_REFERENCE;
        let (start, bytes) = (self.at, self.text.as_bytes());
        let rest = &bytes[start..bytes.len().min(start + LONGEST)];
        self.at = match memchr::memchr3(b';', b'<', b'&', &rest[1..]) {
            Some(end) if rest[end + 1] == b';' => start + end + 2,
            _ => start + 1,
        };
        let written = self.since(start);
        let character = match written {
            "&amp;" => Some('&'),
            "&lt;" => Some('<'),
            "&gt;" => Some('>'),
            _ => unescape(written).ok().as_deref().and_then(single),
        };
        // An undefined entity is kept as text, so that nothing is lost.
        character.map_or(Event::Text(written), Event::Character)
    }

    /// Skips a comment or a processing instruction; returns the text of a CDATA section.
    fn markup(&mut self) -> Result<Option<&'a str>, ReadError> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        if rest.starts_with(b"<?") {
            self.at = self.after(start + 2, b"?>")?;
        } else if rest.starts_with(b"<!--") {
            self.at = self.after(start + 4, b"-->")?;
        } else if rest.starts_with(b"<![CDATA[") {
            self.at = self.after(start + 9, b"]]>")?;
            return Ok(self.text.get(start + 9..self.at - 3));
        } else if rest.starts_with(b"<!DOCTYPE") {
            return Err(Damage::XmlDoctype.into());
        } else {
            return Err(self.not_well_formed(start));
        }
        Ok(None)
    }

    /// Positions of the parts of the tag whose name begins here.
    fn tag_end(&self, name: usize) -> Result<Ends, ReadError> {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(name..).unwrap_or_default();
        let mut length =
            rest.iter().position(|&byte| ENDS_PREFIX[usize::from(byte)]).ok_or_else(|| self.cut_short())?;
        let mut local = name;
        if rest[length] == b':' {
            local = name + length + 1;
            let more = rest[length..].iter().position(|&byte| ENDS_NAME[usize::from(byte)]);
            length += more.ok_or_else(|| self.cut_short())?;
        }
        let begins_well = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80;
        if length == 0 || !begins_well(&rest[0]) {
            return Err(self.not_well_formed(name));
        }
        let name_end = name + length;
        let mut ends = Ends { local, name: name_end, tag: name_end, declares: false };
        match rest[length..] {
            [b'>', ..] => return Ok(ends),
            [b'/', b'>', ..] => return Ok(Ends { tag: name_end + 1, ..ends }),
            _ => {}
        }
        // Attributes are short: checking each byte is faster than starting a search for each quote.
        let mut at = name_end;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let found =
                rest.iter().position(|&byte| ENDS_ATTRIBUTE[usize::from(byte)]).ok_or_else(|| self.cut_short())?;
            at += found + 1;
            let quote = rest[found];
            if quote == b'>' {
                return Ok(Ends { tag: at - 1, ..ends });
            }
            ends.declares |= may_declare(&rest[..found]);
            at += bytes[at..].iter().position(|&byte| byte == quote).ok_or_else(|| self.cut_short())? + 1;
        }
    }

    /// Parses a start tag. Returns an event rather than a tag: wrapping a tag into an event would copy it and wait for the stores of its
    /// fields.
    fn start_tag(&mut self, budget: &mut Budget) -> Result<Event<'a>, ReadError> {
        let (text, start) = (self.text, self.at);
        let rest = &text.as_bytes()[start + 1..];
        if let Some(&KnownTag { text, name, tag, empty }) = self.tags.find(rest, self.scope) {
            self.enter(name, text.len(), empty, budget)?;
            return Ok(Event::Open(Tag { start: self.base + start, ..tag }));
        }
        let ends = self.tag_end(start + 1)?;
        let (name, whole) = (&text[start + 1..ends.name], &text[start + 1..=ends.tag]);
        let empty = text.as_bytes()[ends.tag - 1] == b'/' && ends.tag > ends.name;
        let attributes = &text[ends.name..ends.tag - usize::from(empty)];
        self.enter(name, whole.len(), empty, budget)?;
        if ends.declares {
            self.declare(attributes)?;
        }
        let local = ends.local - start - 1;
        let space = self.space(&name[..local.saturating_sub(1)]);
        let tag = Tag { space, local: &name[local..], attributes, start: self.base + start };
        if !ends.declares {
            self.tags.keep(KnownTag { text: whole, name, tag, empty }, rest, self.scope);
        }
        Ok(Event::Open(tag))
    }

    /// Opens an element; `length` is the length of its tag after the `<`.
    #[inline]
    fn enter(&mut self, name: &'a str, length: usize, empty: bool, budget: &mut Budget) -> Result<(), ReadError> {
        self.at += 1 + length;
        self.empty = empty;
        if self.open.len() as u64 >= budget.limits().depth {
            budget.spend(Resource::Depth, self.open.len() as u64 + 1)?;
        }
        self.unsettled += STEPS_AN_ELEMENT;
        self.open.push(name);
        Ok(())
    }

    fn end_tag(&mut self) -> Result<usize, ReadError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        if let Some(open) = self.open.last() {
            // Fast path: no blank before the `>`.
            let end = start + 2 + open.len();
            if bytes.get(end) == Some(&b'>')
                && bytes.get(start + 2..end).is_some_and(|name| same_name(name, open.as_bytes()))
            {
                self.at = end + 1;
                self.leave();
                return Ok(self.offset());
            }
        }
        let end = self.after(start, b">")?;
        let name = self.text[start + 2..end - 1].trim_ascii_end();
        if self.open.last() != Some(&name) {
            return Err(self.not_well_formed(start));
        }
        self.at = end;
        self.leave();
        Ok(self.offset())
    }

    fn declare(&mut self, list: &'a str) -> Result<(), ReadError> {
        for (name, value) in attributes(list) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => &rest[1..],
                _ => continue,
            };
            if self.bindings.len() >= MOST_BINDINGS {
                return Err(Damage::XmlNamespaces { most: MOST_BINDINGS }.into());
            }
            let space = self.spaces.iter().find(|(known, _)| *known == value).map(|&(_, number)| number);
            self.bindings.push((prefix, space, self.open.len() as u32));
            self.last = None;
            self.scope += 1;
        }
        Ok(())
    }

    fn space(&mut self, prefix: &'a str) -> Option<u32> {
        if let Some((known, space)) = self.last
            && same_name(known.as_bytes(), prefix.as_bytes())
        {
            return space;
        }
        self.unsettled += (self.bindings.len() / BINDINGS_A_STEP) as u64;
        let space = self.bindings.iter().rev().find(|binding| binding.0 == prefix).and_then(|binding| binding.1);
        self.last = Some((prefix, space));
        space
    }

    fn leave(&mut self) {
        let depth = self.open.len() as u32;
        while self.bindings.last().is_some_and(|binding| binding.2 >= depth) {
            self.bindings.pop();
            self.last = None;
            self.scope += 1;
        }
        self.open.pop();
    }

    fn cut_short(&self) -> ReadError {
        ReadError::from(Damage::XmlEnds { open: self.open.len() })
    }

    fn not_well_formed(&self, at: usize) -> ReadError {
        ReadError::from(Damage::XmlSyntax { at: self.base + at })
    }
}

/// Positions of the parts of a tag.
struct Ends {
    /// First byte of the name without its prefix.
    local: usize,
    /// Byte after the name.
    name: usize,
    /// The final `>`.
    tag: usize,
    /// Whether the tag may declare namespaces.
    declares: bool,
}

/// Whether the text before an attribute value may be a namespace declaration.
#[inline]
fn may_declare(before: &[u8]) -> bool {
    match before {
        [b' ', b'x', rest @ ..] => rest.starts_with(b"mlns"),
        // Fast path: one blank before the name.
        [b' ', b'a'..=b'z' | b'A'..=b'Z', ..] => false,
        _ => memmem::find(before, b"xmlns").is_some(),
    }
}

/// Whether two names are equal. Names are short: comparing words inline is faster than a call of memcmp.
#[inline]
fn same_name(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // The first and the last bytes overlap in the middle.
    match one.len() {
        0 => true,
        1 => one[0] == other[0],
        2..4 => one.first_chunk::<2>() == other.first_chunk() && one.last_chunk::<2>() == other.last_chunk(),
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        8..17 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        _ => one == other,
    }
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}
