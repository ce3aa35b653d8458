//! Tokenises RTF (RTF 1.9.1, "Conventions of an RTF reader"). Never fails: anything that is not RTF is text.

/// An RTF token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word without its backslash, with its numeric parameter.
    Word(&'a [u8], Option<i32>),
    /// A control symbol: a backslash and one other byte (a line end means `\par`).
    Symbol(u8),
    /// `\'xx`
    Hex(u8),
    /// Plain bytes without line ends.
    Text(&'a [u8]),
    /// The bytes of `\binN`.
    Binary(&'a [u8]),
}

/// Maximum length of a control word.
const LONGEST_WORD: usize = 32;

/// Iterates over the tokens.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The tokens of these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Offset of the next token.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn take_while(&mut self, most: usize, accept: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(most).take_while(|&&byte| accept(byte)).count();
        self.at += length;
        &rest[..length]
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let &first = self.bytes.get(self.at)?;
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(if first == b'\'' { self.hex() } else { Token::Symbol(first) });
        }
        let name = self.take_while(LONGEST_WORD, |byte| byte.is_ascii_alphabetic());
        let number = self.number();
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if name == b"bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0).min(self.bytes.len() - self.at);
            let data = &self.bytes[self.at..self.at + length];
            self.at += length;
            return Some(Token::Binary(data));
        }
        Some(Token::Word(name, number))
    }

    fn number(&mut self) -> Option<i32> {
        let rest = &self.bytes[self.at..];
        let negative = rest.first() == Some(&b'-');
        if !rest.get(usize::from(negative)).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        self.at += usize::from(negative);
        let digits = self.take_while(12, |byte| byte.is_ascii_digit());
        let value =
            digits.iter().fold(0_i32, |sum, digit| sum.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
        Some(if negative { -value } else { value })
    }

    fn hex(&mut self) -> Token<'a> {
        let digit = |byte: Option<&u8>| byte.and_then(|&byte| (byte as char).to_digit(16));
        let high = digit(self.bytes.get(self.at));
        let low = digit(self.bytes.get(self.at + 1));
        match (high, low) {
            (Some(high), Some(low)) => {
                self.at += 2;
                Token::Hex((high * 16 + low) as u8)
            }
            _ => Token::Symbol(b'\''),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let &byte = self.bytes.get(self.at)?;
            match byte {
                b'\r' | b'\n' | 0 => self.at += 1,
                b'{' => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b'}' => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                b'\\' => {
                    self.at += 1;
                    return self.control();
                }
                _ => {
                    let text = self.take_while(usize::MAX, |b| !matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0));
                    return Some(Token::Text(text));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_text_are_distinguished() {
        let tokens: Vec<_> = Tokens::new(b"{\\rtf1 a\r\nb\\u-10179 ?\\'b9\\bin3 }{}\\~}").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word(b"rtf", Some(1)),
                Token::Text(b"a"),
                Token::Text(b"b"),
                Token::Word(b"u", Some(-10_179)),
                Token::Text(b"?"),
                Token::Hex(0xB9),
                Token::Binary(b"}{}"),
                Token::Symbol(b'~'),
                Token::Close,
            ]
        );
    }

    #[test]
    fn truncated_input_ends_without_error() {
        assert_eq!(Tokens::new(b"\\").count(), 0);
        assert_eq!(Tokens::new(b"\\'a").collect::<Vec<_>>(), [Token::Symbol(b'\''), Token::Text(b"a")]);
        assert_eq!(Tokens::new(b"\\bin999999 xy").collect::<Vec<_>>(), [Token::Binary(b"xy")]);
        assert_eq!(Tokens::new(b"\\li99999999999 x").next(), Some(Token::Word(b"li", Some(i32::MAX))));
    }
}
