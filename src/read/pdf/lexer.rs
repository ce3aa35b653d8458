//! Lexer for PDF files and content streams (ISO 32000-1, 7.2 and 7.3). Iterative.

use std::rc::Rc;

use super::crypt::Crypt;
use super::object::{Dict, Object};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Steps charged per object, which takes more memory than its source text.
const STEPS_AN_OBJECT: u64 = 4;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Object(Object),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
    /// A keyword or operator: `obj`, `R`, `Tj` …
    Word(&'a [u8]),
}

/// Splits bytes into tokens.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips blanks and comments.
    pub(super) fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if is_blank(byte) {
                self.at += 1;
            } else if byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            } else {
                return;
            }
        }
    }

    /// The bytes up to the next blank or delimiter.
    fn word(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| is_blank(byte) || is_delimiter(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The next token; `None` at the end.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_blanks();
            let byte = self.peek()?;
            let next = self.bytes.get(self.at + 1);
            return Some(match byte {
                b'(' => Token::Object(Object::String(self.literal().into())),
                b'<' if next == Some(&b'<') => self.pass(2, Token::DictStart),
                b'<' => Token::Object(Object::String(self.hexadecimal().into())),
                b'>' if next == Some(&b'>') => self.pass(2, Token::DictEnd),
                b'[' => self.pass(1, Token::ArrayStart),
                b']' => self.pass(1, Token::ArrayEnd),
                b'/' => {
                    self.at += 1;
                    Token::Object(Object::Name(self.name()))
                }
                b'0'..=b'9' | b'+' | b'-' | b'.' => Token::Object(Object::Number(number(self.word()))),
                b'{' | b'}' | b')' | b'>' => {
                    self.at += 1;
                    continue;
                }
                _ => match self.word() {
                    b"true" => Token::Object(Object::Bool(true)),
                    b"false" => Token::Object(Object::Bool(false)),
                    b"null" => Token::Object(Object::Null),
                    word => Token::Word(word),
                },
            });
        }
    }

    fn pass(&mut self, count: usize, token: Token<'a>) -> Token<'a> {
        self.at += count;
        token
    }

    fn name(&mut self) -> Rc<[u8]> {
        let word = self.word();
        if !word.contains(&b'#') {
            return word.into();
        }
        let mut name = Vec::with_capacity(word.len());
        let mut rest = word;
        while let Some((&byte, after)) = rest.split_first() {
            let coded = after.get(..2).and_then(|two| Some(digit(two[0])? << 4 | digit(two[1])?));
            if let Some(coded) = coded.filter(|_| byte == b'#') {
                name.push(coded);
                rest = &after[2..];
            } else {
                name.push(byte);
                rest = after;
            }
        }
        name.into()
    }

    /// A string in parentheses.
    fn literal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut depth = 1_u32;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    string.extend(self.escape());
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
        string
    }

    /// The byte that an escape sequence stands for; `None` for a line continuation.
    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                Some(value as u8)
            }
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                None
            }
            b'\n' => None,
            other => Some(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut high = None;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = digit(byte) else { continue };
            match high.take() {
                Some(high) => string.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
        string.extend(high.map(|high| high << 4));
        string
    }

    /// Skips the data of an inline image up to its `EI`.
    pub(super) fn skip_inline_picture(&mut self) {
        let mut at = self.at + 1;
        while let Some(found) = self.bytes.get(at..).and_then(|rest| memchr::memmem::find(rest, b"EI")) {
            at += found;
            let before = at == 0 || self.bytes.get(at - 1).is_some_and(|&byte| is_blank(byte));
            if before && self.bytes.get(at + 2).is_none_or(|&byte| is_blank(byte)) {
                self.at = at + 2;
                return;
            }
            at += 2;
        }
        self.at = self.bytes.len();
    }

    /// Parses an object with its content. Unclosed arrays and dictionaries are closed at the first keyword. `n g R` is a reference.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] if objects are nested too deeply or the step budget is exhausted.
    pub(super) fn object(&mut self, budget: &mut Budget) -> Result<Object, ReadError> {
        self.object_of(None, budget)
    }

    /// Like [`Lexer::object`], for an encrypted file: strings are decrypted with the key of the object with this number and generation.
    ///
    /// # Errors
    /// As for [`Lexer::object`].
    pub(super) fn object_of(
        &mut self,
        crypt: Option<(&Crypt, (u32, u16))>,
        budget: &mut Budget,
    ) -> Result<Object, ReadError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            budget.spend(Resource::Steps, STEPS_AN_OBJECT)?;
            let before = self.at;
            let object = match self.token() {
                Some(Token::ArrayStart) => {
                    open.push(Open::Array(Vec::new()));
                    budget.spend(Resource::Depth, open.len() as u64)?;
                    continue;
                }
                Some(Token::DictStart) => {
                    open.push(Open::Dict(Dict::default(), None));
                    budget.spend(Resource::Depth, open.len() as u64)?;
                    continue;
                }
                Some(Token::ArrayEnd | Token::DictEnd) => match open.pop() {
                    Some(done) => done.close(),
                    None => continue,
                },
                Some(Token::Object(number @ Object::Number(_))) => self.reference(&number).unwrap_or(number),
                Some(Token::Object(Object::String(string))) => Object::String(match crypt {
                    Some((crypt, id)) => crypt.string(&string, id, budget)?,
                    None => string,
                }),
                Some(Token::Object(object)) => object,
                Some(Token::Word(_)) | None => {
                    // Unclosed objects end here.
                    self.at = before;
                    let mut object = Object::Null;
                    while let Some(mut done) = open.pop() {
                        if object != Object::Null {
                            done.add(object);
                        }
                        object = done.close();
                    }
                    return Ok(object);
                }
            };
            match open.last_mut() {
                Some(outer) => outer.add(object),
                None => return Ok(object),
            }
        }
    }

    /// The reference that begins with a number, if `generation R` follows.
    #[allow(clippy::cast_possible_truncation, reason = "`index` bounds it")]
    fn reference(&mut self, number: &Object) -> Option<Object> {
        let first = number.index()?;
        let mut ahead = self.clone();
        ahead.skip_blanks();
        if !ahead.peek()?.is_ascii_digit() {
            return None;
        }
        let generation = ahead.word();
        let digits = generation.len() <= 5 && generation.iter().all(u8::is_ascii_digit);
        ahead.skip_blanks();
        (digits && ahead.word() == b"R").then(|| {
            self.at = ahead.at;
            Object::Reference(first as u32)
        })
    }
}

/// An array or dictionary that is not closed yet.
enum Open {
    Array(Vec<Object>),
    /// With the name of the entry whose value is next.
    Dict(Dict, Option<Rc<[u8]>>),
}

impl Open {
    fn add(&mut self, object: Object) {
        match self {
            Self::Array(items) => items.push(object),
            Self::Dict(dict, name) => match (name.take(), object) {
                (Some(name), value) => drop(dict.0.insert((&*name).into(), value)),
                (None, Object::Name(next)) => *name = Some(next),
                (None, _) => {}
            },
        }
    }

    fn close(self) -> Object {
        match self {
            Self::Array(items) => Object::Array(items.into()),
            Self::Dict(dict, _) => Object::Dict(Rc::new(dict)),
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// A number as programs write it: `12`, `-.5`, `4.`. Malformed ones such as `--5` and `1.2.3` are parsed up to the first error.
fn number(word: &[u8]) -> f64 {
    let negative = word.first() == Some(&b'-');
    let digits = word.iter().skip_while(|byte| matches!(byte, b'+' | b'-'));
    let (mut value, mut scale, mut behind) = (0.0, 1.0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' if behind => {
                scale /= 10.0;
                value += f64::from(byte - b'0') * scale;
            }
            b'0'..=b'9' => value = value * 10.0 + f64::from(byte - b'0'),
            b'.' if !behind => behind = true,
            _ => break,
        }
    }
    if negative { -value } else { value }
}
