//! A start tag with its attributes.

use std::borrow::Cow;

use quick_xml::escape::unescape;

/// The start of an element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    /// Index of its namespace in the list given to [`super::Events::new`]; `None` for any other.
    pub(crate) space: Option<u32>,
    /// Its name without prefix.
    pub(crate) local: &'a str,
    /// The source text between the name and `>`.
    pub(super) attributes: &'a str,
    /// Offset of its `<` in the text.
    pub(crate) start: usize,
}

impl<'a> Tag<'a> {
    /// Whether it has attributes.
    pub(crate) fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// Whether the source text between name and end is exactly this: a fast path, because programs always write common tags in the same
    /// way.
    pub(crate) fn reads(&self, attributes: &str) -> bool {
        self.attributes == attributes
    }

    /// The value of the first attribute with this local name, whatever its prefix, with entities decoded.
    pub(crate) fn get(&self, local: &str) -> Option<Cow<'a, str>> {
        attributes(self.attributes).find(|(name, _)| is_local(name, local)).and_then(|(_, value)| unescape(value).ok())
    }

    /// The attributes in order: names with prefixes, values with entities decoded.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        attributes(self.attributes).filter_map(|(name, value)| Some((name, unescape(value).ok()?)))
    }
}

/// Whether a name without its prefix is this local name.
fn is_local(name: &str, local: &str) -> bool {
    name.strip_suffix(local).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(':'))
}

/// Names and raw values; stops at text that is not of the form `name="value"`.
pub(super) fn attributes(mut rest: &str) -> impl Iterator<Item = (&str, &str)> {
    // Attributes are short: checking each byte is faster than starting a search.
    let find = |text: &str, sign: u8| text.bytes().position(|byte| byte == sign);
    std::iter::from_fn(move || {
        let equals = find(rest, b'=')?;
        let name = rest[..equals].trim_ascii();
        let value = rest[equals + 1..].trim_ascii_start();
        let quote = *value.as_bytes().first().filter(|sign| matches!(sign, b'"' | b'\''))?;
        let value = &value[1..];
        let end = find(value, quote)?;
        rest = &value[end + 1..];
        Some((name, &value[..end]))
    })
}
