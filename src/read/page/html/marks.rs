//! Finds where tags, comments and style sheets of a page end, without a tokenizer's states (HTML, 13.2.5).

/// Maximum number of attributes of a plain tag; they are compared in pairs.
const ATTRIBUTES: usize = 64;

/// Elements whose content is text (HTML, 13.2.6.2).
const TEXT: [&str; 9] = ["title", "style", "script", "textarea", "noscript", "iframe", "xmp", "noembed", "noframes"];

/// Elements within which the tree builder ignores tags that would have text as their content, or reads them as foreign elements.
const OTHER: [&str; 5] = ["svg", "math", "select", "frameset", "plaintext"];

/// A part of a page after which the tokenizer is in the data state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark<'t> {
    /// A comment, a declaration, an element of text, or a tag with character references, up to this byte.
    Whole(usize),
    /// A start tag up to this byte.
    Opening(usize),
    /// An end tag: its name, and the byte after it.
    Closing(&'t str, usize),
}

/// A plain start tag.
#[derive(Debug, Default)]
pub(super) struct Opening<'t> {
    /// Its name as it is spelt.
    pub(super) name: &'t str,
    /// Its attributes, in order, with duplicates.
    pub(super) attributes: Vec<Span<'t>>,
    /// Whether it ends in `/>`.
    pub(super) self_closing: bool,
}

/// An attribute: its name as it is spelt, and the bytes of its value.
#[derive(Debug)]
pub(super) struct Span<'t> {
    pub(super) name: &'t str,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The mark at a `<`; `None` if finding its end takes the states of the tokenizer. A start tag is written to `opening`.
pub(super) fn mark<'t>(text: &'t str, start: usize, opening: &mut Opening<'t>) -> Option<Mark<'t>> {
    let bytes = text.as_bytes();
    match *bytes.get(start + 1)? {
        b'!' if text[start..].starts_with("<!--") => comment(bytes, start).map(Mark::Whole),
        b'!' | b'?' => Some(Mark::Whole(after(bytes, start, b'>')?)),
        b'/' => closing(text, start),
        first if first.is_ascii_alphabetic() => open(text, start, opening),
        _ => None,
    }
}

/// The byte after the next `sign`.
fn after(bytes: &[u8], from: usize, sign: u8) -> Option<usize> {
    Some(from + memchr::memchr(sign, &bytes[from..])? + 1)
}

/// The end of a comment. `<!-->` is a comment, and `--!>` ends one as well.
fn comment(bytes: &[u8], start: usize) -> Option<usize> {
    let inside = start + 2;
    let end = inside + memchr::memmem::find(&bytes[inside..], b"-->")? + 3;
    memchr::memmem::find(&bytes[start..end], b"--!>").is_none().then_some(end)
}

fn closing(text: &str, start: usize) -> Option<Mark<'_>> {
    let name = name(text, start + 2).filter(|name| name.as_bytes()[0].is_ascii_alphabetic())?;
    let end = after_blanks(text.as_bytes(), start + 2 + name.len());
    (text.as_bytes().get(end) == Some(&b'>')).then_some(Mark::Closing(name, end + 1))
}

/// The name at a byte; `None` if there is none.
fn name(text: &str, from: usize) -> Option<&str> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.');
    let length = text.as_bytes()[from..].iter().take_while(|byte| is_name(byte)).count();
    (length > 0).then(|| &text[from..from + length])
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0c)
}

/// The first byte from `from` that is no white space.
fn after_blanks(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|&&byte| is_blank(byte)).count()
}

/// A start tag, with its content if that is text.
fn open<'t>(text: &'t str, start: usize, opening: &mut Opening<'t>) -> Option<Mark<'t>> {
    let bytes = text.as_bytes();
    opening.name = name(text, start + 1)?;
    opening.attributes.clear();
    opening.self_closing = false;
    let mut at = start + 1 + opening.name.len();
    if !matches!(bytes.get(at)?, b'>' | b'/') && !is_blank(bytes[at]) {
        return None;
    }
    let mut is_plain = true;
    loop {
        at = after_blanks(bytes, at);
        match bytes.get(at)? {
            b'>' => break,
            b'/' => {
                // A solidus within a tag is skipped.
                opening.self_closing = bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            _ => {
                let attribute = attribute(text, &mut at)?;
                is_plain &= memchr::memchr3(b'&', b'\r', 0, &bytes[attribute.from..attribute.to]).is_none();
                opening.attributes.push(attribute);
                if opening.attributes.len() > ATTRIBUTES {
                    return None;
                }
            }
        }
    }
    let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(opening.name));
    if is_one_of(&OTHER) {
        return None;
    }
    if is_one_of(&TEXT) {
        return content(bytes, at + 1, opening.name).map(Mark::Whole);
    }
    Some(if is_plain { Mark::Opening(at + 1) } else { Mark::Whole(at + 1) })
}

/// The attribute at a byte, which is moved behind it.
fn attribute<'t>(text: &'t str, at: &mut usize) -> Option<Span<'t>> {
    let bytes = text.as_bytes();
    let name = name(text, *at)?;
    let end = *at + name.len();
    let next = after_blanks(bytes, end);
    if bytes.get(next)? != &b'=' {
        // Another sign than these would belong to the name.
        *at = end;
        return (next > end || matches!(bytes[end], b'>' | b'/')).then_some(Span { name, from: end, to: end });
    }
    let from = after_blanks(bytes, next + 1);
    let quote = *bytes.get(from)?;
    if matches!(quote, b'"' | b'\'') {
        *at = after(bytes, from + 1, quote)?;
        return Some(Span { name, from: from + 1, to: *at - 1 });
    }
    let to = from + bytes[from..].iter().position(|&byte| is_blank(byte) || byte == b'>')?;
    let is_plain = to > from && !bytes[from..to].iter().any(|byte| b"\"'<=`".contains(byte));
    *at = to;
    is_plain.then_some(Span { name, from, to })
}

/// The end of an element whose content is text; `None` if the content may not be text alone.
fn content(bytes: &[u8], from: usize, name: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let tag = at + memchr::memmem::find(&bytes[at..], b"</")?;
        let rest = &bytes[tag + 2..];
        at = tag + 2;
        if rest.len() > name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            let end = at + name.len();
            // `<!--<script` changes what ends a script (HTML, 13.2.5.27).
            let is_nested = memchr::memmem::find_iter(&bytes[from..tag], b"<").any(|found| {
                bytes[from + found + 1..tag].get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
            });
            return (bytes[end] == b'>' && !is_nested).then_some(end + 1);
        }
    }
}
