//! The start of an element and its attributes.

use std::borrow::Cow;

use quick_xml::escape::unescape;

/// The start of an element.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    /// Index of its namespace in the list given to [`super::Events::new`]; `None` for any other.
    pub space: Option<u8>,
    /// Its name without prefix.
    pub local: &'a str,
    /// What stands between the name and `>`.
    pub(super) attributes: &'a str,
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
pub(super) fn attributes(mut rest: &str) -> impl Iterator<Item = (&str, &str)> {
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
