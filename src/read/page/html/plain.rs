//! Tokenizes the plain parts of a page: tags without character references, and the text between them (HTML, 13.2.5).
//!
//! html5ever's tokenizer takes each character through a state machine, more than a third of the time of a page. What is plain is found
//! with `memchr` and goes to the tree builder at once; comments, style sheets, scripts and tags with references go to the tokenizer
//! whole, so that it is in the data state after each. From the first construct of any other kind on, the tokenizer gets all the rest.

use std::collections::HashMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, ns};
use rustc_hash::FxBuildHasher;

use super::marks::{Mark, Opening, mark};

/// Number of bytes after which the budget is checked.
const STEP: usize = 1_024;

/// Maximum number of cached names. Ordinary pages have about thirty.
const NAMES: usize = 512;

/// Character references of plain text.
const REFERENCES: [(&str, &str); 5] = [("nbsp;", "\u{a0}"), ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\"")];

/// What is left of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left<'t> {
    /// The rest, with the tokenizer in the data state before it.
    Rest(&'t str),
    /// The tree builder asked for another state of the tokenizer: the page must be parsed again without this module.
    Unsure,
}

/// Feeds the plain parts from the start of a page; `check` is called after about every [`STEP`] bytes.
///
/// # Errors
/// Those of `check`.
pub(super) fn feed<'t, S: TokenSink, E>(
    tokenizer: &Tokenizer<S>,
    input: &BufferQueue,
    text: &'t str,
    check: impl Fn(&S) -> Result<(), E>,
) -> Result<Left<'t>, E> {
    let mut feeder = Feeder { tokenizer, input, page: StrTendril::from_slice(text), names: HashMap::default() };
    let (mut at, mut checked, mut opening) = (0, 0, Opening::default());
    while let Some(end) = feeder.next(text, at, &mut opening) {
        at = match end {
            Some(end) => end,
            None => return Ok(Left::Unsure),
        };
        if at - checked >= STEP {
            check(&tokenizer.sink)?;
            checked = at;
        }
    }
    Ok(Left::Rest(&text[at..]))
}

struct Feeder<'t, 'a, S: TokenSink> {
    tokenizer: &'a Tokenizer<S>,
    input: &'a BufferQueue,
    /// The page; text nodes and values share its memory.
    page: StrTendril,
    /// Names of elements and attributes by their spelling.
    names: HashMap<&'t str, LocalName, FxBuildHasher>,
}

impl<'t, S: TokenSink> Feeder<'t, '_, S> {
    /// Feeds the text up to the next mark, and the mark. Returns the byte after it; `None` if the mark is not plain; `Some(None)` if the
    /// tree builder asked for another state.
    #[allow(clippy::option_option, reason = "the end of the plain part, and a part that was fed in vain")]
    fn next(&mut self, text: &'t str, at: usize, opening: &mut Opening<'t>) -> Option<Option<usize>> {
        let start = at + memchr::memchr(b'<', &text.as_bytes()[at..])?;
        let (tag, end) = match mark(text, start, opening)? {
            Mark::Whole(end) => (None, end),
            Mark::Opening(end) => (Some(self.opened(opening)), end),
            Mark::Closing(name, end) => (Some(self.tag(TagKind::EndTag, name)), end),
        };
        let characters = self.characters(text, at, start);
        let (Some(tag), Some(characters)) = (tag, characters) else {
            self.pass(at, end);
            return Some(Some(end));
        };
        let is_fed =
            (characters.is_empty() || self.send(Token::CharacterTokens(characters))) && self.send(Token::TagToken(tag));
        Some(is_fed.then_some(end))
    }

    /// Passes a part of the page to the tokenizer, which is in the data state before and after it.
    fn pass(&self, from: usize, to: usize) {
        self.input.push_back(self.part(from, to));
        while !matches!(self.tokenizer.feed(self.input), TokenizerResult::Done) {}
    }

    fn send(&self, token: Token) -> bool {
        matches!(
            self.tokenizer.sink.process_token(token, 1),
            TokenSinkResult::Continue | TokenSinkResult::EncodingIndicator(_)
        )
    }

    fn part(&self, from: usize, to: usize) -> StrTendril {
        // Both are far below 4 GB: pages are read within a budget.
        self.page.subtendril(from as u32, (to - from) as u32)
    }

    /// Text as character tokens; `None` if it has a NUL or a reference that is not in [`REFERENCES`], which the tokenizer decodes.
    fn characters(&self, text: &str, from: usize, to: usize) -> Option<StrTendril> {
        let run = &text[from..to];
        if memchr::memchr3(b'&', b'\r', 0, run.as_bytes()).is_none() {
            return Some(self.part(from, to));
        }
        let (mut characters, mut rest) = (StrTendril::with_capacity(run.len() as u32), run);
        while let Some(found) = memchr::memchr3(b'&', b'\r', 0, rest.as_bytes()) {
            characters.push_slice(&rest[..found]);
            let behind = &rest[found + 1..];
            let (says, after) = match rest.as_bytes()[found] {
                // Line breaks are normalised (HTML, 13.2.3.5).
                b'\r' => ("\n", behind.strip_prefix('\n').unwrap_or(behind)),
                b'&' => REFERENCES.iter().find_map(|(name, says)| Some((*says, behind.strip_prefix(name)?)))?,
                _ => return None,
            };
            characters.push_slice(says);
            rest = after;
        }
        characters.push_slice(rest);
        Some(characters)
    }

    fn opened(&mut self, opening: &Opening<'t>) -> Tag {
        let mut tag = self.tag(TagKind::StartTag, opening.name);
        tag.self_closing = opening.self_closing;
        tag.attrs.reserve_exact(opening.attributes.len());
        for attribute in &opening.attributes {
            let name = self.name(attribute.name);
            if tag.attrs.iter().any(|known| known.name.local == name) {
                tag.had_duplicate_attributes = true;
                continue;
            }
            let value = self.part(attribute.from, attribute.to);
            tag.attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
        }
        tag
    }

    fn tag(&mut self, kind: TagKind, name: &'t str) -> Tag {
        Tag { kind, name: self.name(name), self_closing: false, attrs: Vec::new(), had_duplicate_attributes: false }
    }

    fn name(&mut self, spelt: &'t str) -> LocalName {
        if let Some(known) = self.names.get(spelt) {
            return known.clone();
        }
        let name = if spelt.bytes().any(|byte| byte.is_ascii_uppercase()) {
            LocalName::from(spelt.to_ascii_lowercase())
        } else {
            LocalName::from(spelt)
        };
        if self.names.len() < NAMES {
            self.names.insert(spelt, name.clone());
        }
        name
    }
}
