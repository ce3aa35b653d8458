//! Feeds a page to html5ever in chunks and checks the budget after each.
//!
//! The tree builder takes quadratic time for deep nesting (20,000 levels 1.7 s, 200,000 over a minute), and so does the tokenizer for
//! many attributes of one tag; formatting elements that are left open are reopened in every paragraph. Counting tags in the text would
//! refuse ordinary pages, which leave thousands of elements open, so the size of the tree is checked after every chunk.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};

use super::plain::{self, Left};
use super::tree::{Id, Page, Sink};
use super::words::boundary_before;
use crate::document::{Budget, Exceeded, Resource};

/// Number of bytes fed at once.
const PIECE: usize = 1_024;

/// Maximum depth of the tree. Browsers stop at 512.
const DEPTH: u64 = 1_500;

/// Maximum number of nodes, about 150 bytes each.
const NODES: u64 = 1_000_000;

/// Maximum number of levels walked and nodes moved by the tree builder.
const WORK: u64 = 100_000_000;

/// Maximum number of attributes of a page.
const ATTRIBUTES: u64 = 1_000_000;

/// Maximum number of attribute comparisons, summed over tags.
const COMPARISONS: u64 = 200_000_000;

/// Maximum number of attributes of an unfinished tag.
const OPEN_ATTRIBUTES: usize = 8_000;

/// Builds the tree of a page.
///
/// # Errors
/// [`Exceeded`] if the page nests too deeply or has too many elements or attributes.
pub(super) fn parse(text: &str, budget: &mut Budget) -> Result<Page, Exceeded> {
    budget.spend(Resource::Steps, text.len() as u64 / 16)?;
    for how in [Feed::Plain, Feed::Rough, Feed::Fine] {
        if let Some(page) = feed(text, how)? {
            return Ok(page);
        }
    }
    Err(exceeded(Resource::Steps, u64::MAX, ATTRIBUTES))
}

/// How a page is fed to the tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// In chunks, without its plain parts, which go to the tree builder.
    Plain,
    /// In chunks.
    Rough,
    /// In chunks that end at each `<`, so that text without a token after it is known to be one tag or comment.
    Fine,
}

fn exceeded(resource: Resource, asked: u64, limit: u64) -> Exceeded {
    Exceeded { resource, asked, limit }
}

/// Feeds a page. `None` if the next way of feeding must be tried: the tree builder wants the tokenizer in another state, or an unfinished
/// tag or comment is so long that its attributes must be counted exactly.
pub(super) fn feed(text: &str, how: Feed) -> Result<Option<Page>, Exceeded> {
    let builder = TreeBuilder::new(Sink::new(), TreeBuilderOpts::default());
    let watch = Watch { builder, tokens: Cell::new(0), attributes: Cell::new(0), comparisons: Cell::new(0) };
    let tokenizer = Tokenizer::new(watch, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    let mut open = OpenTag::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    if how == Feed::Plain {
        match plain::feed(&tokenizer, &input, rest, Watch::check)? {
            Left::Rest(left) => rest = left,
            Left::Unsure => return Ok(None),
        }
    }
    let fine = how == Feed::Fine;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_length(rest, fine));
        rest = after;
        let tokens = tokenizer.sink.tokens.get();
        input.push_back(StrTendril::from_slice(piece));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.sink.check()?;
        let emitted = tokenizer.sink.tokens.get() > tokens;
        if fine {
            open.exact(piece, emitted);
        } else {
            open.rough(piece, emitted);
        }
        if open.attributes > OPEN_ATTRIBUTES {
            if !fine {
                return Ok(None);
            }
            return Err(exceeded(Resource::Steps, open.attributes as u64, OPEN_ATTRIBUTES as u64));
        }
    }
    tokenizer.end();
    tokenizer.sink.check()?;
    Ok(Some(tokenizer.sink.builder.sink.finish()))
}

/// Length of the next chunk, at a character boundary.
fn piece_length(rest: &str, fine: bool) -> usize {
    let most = boundary_before(rest, PIECE);
    if !fine {
        return most;
    }
    memchr::memchr(b'<', &rest.as_bytes()[..most]).map_or(most, |found| found.max(1))
}

/// An incomplete tag at the end of a chunk.
#[derive(Debug, Default)]
struct OpenTag {
    state: State,
    attributes: usize,
}

/// States of the tokenizer within a tag (HTML, 13.2.5.32 and on).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of a tag.
    #[default]
    Outside,
    /// After `<` or `</`.
    Begun,
    /// Not a tag: a comment, or text with a `<`.
    NoTag,
    /// Between attributes.
    Between,
    /// In the name of the tag or an attribute.
    Name,
    /// After an equals sign.
    Value,
    /// In a value within these quotes.
    Quoted(u8),
    /// In a value without quotes.
    Unquoted,
}

impl OpenTag {
    /// Counts an upper bound of the attributes since the last token.
    fn rough(&mut self, piece: &str, emitted: bool) {
        if emitted {
            self.attributes = 0;
        }
        self.attributes +=
            piece.bytes().filter(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'')).count();
    }

    /// Counts attributes as the tokenizer does.
    fn exact(&mut self, piece: &str, emitted: bool) {
        if emitted || self.state == State::Outside {
            // Any token ends what was open; a `<` may begin the next tag.
            *self = Self { state: if piece == "<" { State::Begun } else { State::Outside }, attributes: 0 };
            return;
        }
        for &byte in piece.as_bytes() {
            let blank = byte.is_ascii_whitespace();
            self.state = match (self.state, byte) {
                (State::Outside | State::NoTag, _) => return,
                (State::Begun, b'/') => State::Begun,
                (State::Begun, _) => {
                    if byte.is_ascii_alphabetic() {
                        State::Name
                    } else {
                        State::NoTag
                    }
                }
                (State::Quoted(quote), _) => {
                    if byte == quote {
                        State::Between
                    } else {
                        State::Quoted(quote)
                    }
                }
                (State::Value, b'"' | b'\'') => State::Quoted(byte),
                (State::Value, _) if blank => State::Value,
                (State::Value, _) => State::Unquoted,
                (State::Unquoted, _) if !blank => State::Unquoted,
                (State::Between | State::Name, b'=') if self.attributes > 0 => State::Value,
                (State::Between, _) if !blank && byte != b'/' => {
                    self.attributes += 1;
                    State::Name
                }
                (State::Name, _) if !blank && byte != b'/' => State::Name,
                _ => State::Between,
            };
        }
    }
}

/// The tree builder, with counters for its tokens.
struct Watch {
    builder: TreeBuilder<Id, Sink>,
    tokens: Cell<u64>,
    attributes: Cell<u64>,
    comparisons: Cell<u64>,
}

impl Watch {
    fn check(&self) -> Result<(), Exceeded> {
        let sink = &self.builder.sink;
        for (resource, asked, limit) in [
            (Resource::Depth, u64::from(sink.deepest()), DEPTH),
            (Resource::Blocks, sink.nodes() as u64, NODES),
            (Resource::Steps, sink.work(), WORK),
            (Resource::Steps, self.attributes.get(), ATTRIBUTES),
            (Resource::Steps, self.comparisons.get(), COMPARISONS),
        ] {
            if asked > limit {
                return Err(exceeded(resource, asked, limit));
            }
        }
        Ok(())
    }

    fn count(&self, tag: &Tag) {
        let attributes = tag.attrs.len() as u64;
        self.attributes.set(self.attributes.get() + attributes);
        self.comparisons.set(self.comparisons.get() + attributes * attributes);
    }
}

impl TokenSink for Watch {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Id> {
        if !matches!(token, Token::ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        if let Token::TagToken(tag) = &token {
            self.count(tag);
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
