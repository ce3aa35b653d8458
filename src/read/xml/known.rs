//! Direct-mapped cache (32 slots) of parsed start tags, keyed by their source text: a part has few different tags.

use super::tag::Tag;

/// Slots of the cache.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 5;

/// The longest tag that is cached, in bytes.
const LONGEST: usize = 64;

/// A cached start tag; it declares no namespace.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownTag<'a> {
    /// The source text of the tag after its `<`.
    pub(super) text: &'a str,
    pub(super) name: &'a str,
    /// The parsed tag, with the offset of its first occurrence.
    pub(super) tag: Tag<'a>,
    /// Whether it is an empty-element tag.
    pub(super) empty: bool,
}

/// The cache.
#[derive(Debug)]
pub(super) struct KnownTags<'a> {
    slots: Box<[Option<Slot<'a>>; SLOTS]>,
}

#[derive(Debug, Clone, Copy)]
struct Slot<'a> {
    key: u64,
    /// Generation of the namespace scope in which the tag was parsed.
    scope: u64,
    known: KnownTag<'a>,
}

impl<'a> KnownTags<'a> {
    /// An empty cache.
    pub(super) fn empty() -> Self {
        Self { slots: Box::new([None; SLOTS]) }
    }

    /// The cached tag that begins at `rest`, the text after a `<`.
    #[inline]
    pub(super) fn find(&self, rest: &[u8], scope: u64) -> Option<&KnownTag<'a>> {
        let key = key(*rest.first_chunk()?);
        let slot = self.slots[number(key)].as_ref().filter(|slot| slot.key == key && slot.scope == scope)?;
        let known = &slot.known;
        // The key of a short tag contains the whole tag.
        (known.text.len() <= size_of::<u64>() || rest.starts_with(known.text.as_bytes())).then_some(known)
    }

    /// Adds a tag.
    #[inline]
    pub(super) fn keep(&mut self, known: KnownTag<'a>, rest: &[u8], scope: u64) {
        // A tag with another `>` in it is not cached, because the key of a short one would not contain the whole tag.
        let text = known.text.as_bytes();
        let is_plain = text.len() <= LONGEST && memchr::memchr(b'>', text) == Some(text.len() - 1);
        if let Some(&first) = rest.first_chunk().filter(|_| is_plain) {
            let key = key(first);
            self.slots[number(key)] = Some(Slot { key, scope, known });
        }
    }
}

/// The first eight bytes of a tag, cut after a `>` if there is one.
#[inline]
fn key(first: [u8; 8]) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let word = u64::from_le_bytes(first);
    // SWAR search: the lowest zero byte is the first `>`.
    let differ = word ^ u64::from_le_bytes([b'>'; 8]);
    let zero = differ.wrapping_sub(ONES) & !differ & (ONES << 7);
    if zero == 0 { word } else { word & (u64::MAX >> (u64::BITS - 1 - zero.trailing_zeros())) }
}

#[inline]
fn number(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_to_the_end_of_a_short_tag() {
        assert_eq!(key(*b"w:p><w:r"), key(*b"w:p></w:"));
        assert_ne!(key(*b"w:p><w:r"), key(*b"w:r><w:r"));
        assert_ne!(key(*b"w:pPr><w"), key(*b"w:pPr/><"));
        assert_eq!(key(*b"abcdefg>"), u64::from_le_bytes(*b"abcdefg>"));
        assert_eq!(key(*b"abcdefgh"), u64::from_le_bytes(*b"abcdefgh"));
        assert_eq!(key(*b">>>>>>>>"), u64::from(b'>'));
    }
}
