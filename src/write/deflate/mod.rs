//! Bytes packed (RFC 1951) fast: in one block with the codes that are agreed beforehand (3.2.6), what stood before found by one look.
//!
//! Most of a report's part is the form's, so what of that repeats is found once a form ([`Prepared`]). zlib's fastest level, which packs
//! about as tightly, took nearly twice as long even without that.

mod prepared;

use std::cell::RefCell;

use zip::result::ZipResult;

use super::archive::TOO_LARGE;

pub(super) use prepared::{Draft, Prepared};

/// How far back a copy may reach (3.2.5).
const WINDOW: usize = 1 << 15;

/// The longest copy, and the shortest one that there is (3.2.5).
const LONGEST: usize = 258;
const SHORTEST: usize = 3;

/// Bits of a slot's number.
const SLOT_BITS: u32 = 12;

/// The symbol that ends a block, and the one of the shortest copies.
const END: u32 = 256;
const COPY: u32 = 257;

/// Bits as they stand in the stream, the first the lowest.
#[derive(Debug, Clone, Copy)]
struct Code {
    bits: u64,
    length: u32,
}

impl Code {
    const NONE: Self = Self { bits: 0, length: 0 };

    /// A Huffman code, which stands from its highest bit on (3.1.1).
    const fn huffman(code: u32, length: u32) -> Self {
        Self { bits: (code.reverse_bits() >> (32 - length)) as u64, length }
    }

    /// The code of a literal or length (3.2.6).
    const fn symbol(symbol: u32) -> Self {
        match symbol {
            0..=143 => Self::huffman(0x30 + symbol, 8),
            144..=255 => Self::huffman(0x190 + symbol - 144, 9),
            256..=279 => Self::huffman(symbol - 256, 7),
            _ => Self::huffman(0xc0 + symbol - 280, 8),
        }
    }

    /// This code and another one behind it.
    const fn then(self, next: Self) -> Self {
        Self { bits: self.bits | next.bits << self.length, length: self.length + next.length }
    }
}

/// The codes of the literals.
static LITERALS: [Code; 256] = {
    let mut codes = [Code::NONE; 256];
    let mut byte = 0;
    while byte < codes.len() {
        codes[byte] = Code::symbol(byte as u32);
        byte += 1;
    }
    codes
};

/// The codes of the lengths of copies, with their extra bits (3.2.5).
static LENGTHS: [Code; LONGEST + 1] = {
    let mut codes = [Code::NONE; LONGEST + 1];
    let mut length = SHORTEST;
    while length < LONGEST {
        let over = (length - SHORTEST) as u32;
        // From eight on, four codes share a number of extra bits.
        let extra = if over < 8 { 0 } else { over.ilog2() - 2 };
        let symbol = Code::symbol(COPY + 4 * extra + (over >> extra));
        codes[length] = symbol.then(Code { bits: (over & ((1 << extra) - 1)) as u64, length: extra });
        length += 1;
    }
    codes[LONGEST] = Code::symbol(285);
    codes
};

/// The codes of distances, without their extra bits.
static DISTANCES: [Code; 32] = {
    let mut codes = [Code::NONE; 32];
    let mut number = 0;
    while number < codes.len() {
        codes[number] = Code::huffman(number as u32, 5);
        number += 1;
    }
    codes
};

/// The code of a distance, with its extra bits (3.2.5).
#[inline]
fn distance(back: usize) -> Code {
    let over = back as u32 - 1;
    // From four on, two codes share a number of extra bits.
    let extra = if over < 4 { 0 } else { over.ilog2() - 1 };
    let number = (2 * extra + (over >> extra)) as usize % DISTANCES.len();
    DISTANCES[number].then(Code { bits: u64::from(over & ((1 << extra) - 1)), length: extra })
}

/// A stream of bits that is being written.
struct Bits<'a> {
    out: &'a mut Vec<u8>,
    /// What is not in `out` yet.
    buffer: [u8; 1 << 10],
    filled: usize,
    /// Bits that are no whole word yet: fewer than 32.
    pending: Code,
}

impl<'a> Bits<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, buffer: [0; 1 << 10], filled: 0, pending: Code::NONE }
    }

    /// Writes a code of at most 32 bits.
    #[inline]
    fn put(&mut self, code: Code) {
        self.pending = self.pending.then(code);
        if self.pending.length < u32::BITS {
            return;
        }
        if let Some(word) = self.buffer.get_mut(self.filled..).and_then(<[u8]>::first_chunk_mut) {
            *word = (self.pending.bits as u32).to_le_bytes();
        }
        self.pending = Code { bits: self.pending.bits >> u32::BITS, length: self.pending.length - u32::BITS };
        self.filled += size_of::<u32>();
        if self.filled == self.buffer.len() {
            self.out.extend_from_slice(&self.buffer);
            self.filled = 0;
        }
    }

    /// Writes bytes as they are.
    #[inline]
    fn literals(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.put(LITERALS[usize::from(byte)]);
        }
    }

    /// Writes copies of so many bytes, at least [`SHORTEST`].
    #[inline]
    fn copy(&mut self, length: usize, distance: Code) {
        let mut left = length;
        while left > LONGEST {
            // What is left over may not be shorter than a copy can be.
            let taken = LONGEST.min(left - SHORTEST);
            self.put(LENGTHS[taken].then(distance));
            left -= taken;
        }
        self.put(LENGTHS[left].then(distance));
    }

    fn finish(self) {
        self.out.extend_from_slice(&self.buffer[..self.filled]);
        let bytes = self.pending.length.div_ceil(u8::BITS) as usize;
        self.out.extend_from_slice(&self.pending.bits.to_le_bytes()[..bytes]);
    }
}

/// The slot of four bytes among so many slots as a power of two.
#[inline]
fn slot(word: [u8; 4], slot_bits: u32) -> usize {
    (u32::from_le_bytes(word).wrapping_mul(0x9e37_79b1) >> (u32::BITS - slot_bits)) as usize
}

/// Where four bytes stood last, by what they hash to. Places are counted through all that a thread packs, so that nothing has to be
/// cleared: what belongs to something else is farther away than a copy may reach.
struct Seen {
    slots: Box<[u32; 1 << SLOT_BITS]>,
    /// The place of the first byte of the next content.
    next: usize,
}

impl Seen {
    fn new() -> Self {
        Self { slots: Box::new([0; 1 << SLOT_BITS]), next: WINDOW + 1 }
    }

    /// The place of the first byte of a content that is so long; `None` where places cannot count it.
    fn start(&mut self, length: usize) -> Option<usize> {
        if self.next + length > u32::MAX as usize {
            *self = Self::new();
        }
        let start = self.next;
        self.next += length + WINDOW;
        u32::try_from(start + length).is_ok().then_some(start)
    }

    /// How far back bytes with the same hash stood last, if at all; they stand at `place` now.
    #[inline]
    fn back(&mut self, word: [u8; 4], place: usize) -> usize {
        place - std::mem::replace(&mut self.slots[slot(word, SLOT_BITS)], place as u32) as usize
    }
}

/// Appends bytes deflated.
///
/// # Errors
/// When they are longer than an archive can say.
pub(super) fn deflate(content: &[u8], out: &mut Vec<u8>) -> ZipResult<()> {
    block(content, out, |packer| packer.text(0, content.len()))
}

/// Appends bytes as the one block that `pack` writes.
fn block(content: &[u8], out: &mut Vec<u8>, pack: impl FnOnce(&mut Packer)) -> ZipResult<()> {
    thread_local! {
        static SEEN: RefCell<Seen> = RefCell::new(Seen::new());
    }
    SEEN.with_borrow_mut(|seen| {
        let start = seen.start(content.len()).ok_or(TOO_LARGE)?;
        out.reserve(content.len() / 4 + (1 << 10));
        let mut packer = Packer { content, seen, start, bits: Bits::new(out) };
        // The last block, with the codes agreed beforehand.
        packer.bits.put(Code { bits: 0b011, length: 3 });
        pack(&mut packer);
        packer.bits.put(Code::symbol(END));
        packer.bits.finish();
        Ok(())
    })
}

/// A content that is being packed.
struct Packer<'a> {
    content: &'a [u8],
    seen: &'a mut Seen,
    /// The place of its first byte.
    start: usize,
    bits: Bits<'a>,
}

impl Packer<'_> {
    /// Writes the bytes from one place to another, those that stood before as copies.
    fn text(&mut self, from: usize, to: usize) {
        let Self { seen, start, bits, .. } = self;
        let content = &self.content[..to];
        let mut at = from;
        while let Some(word) = content[at..].first_chunk::<4>() {
            let back = seen.back(*word, *start + at);
            let before = if back <= WINDOW { at.checked_sub(back) } else { None };
            if let Some(before) = before.filter(|&before| content[before..].first_chunk() == Some(word)) {
                let same = same(&content[before..], &content[at..]);
                bits.copy(same, distance(back));
                at += same;
                continue;
            }
            let literal = |byte: u8| LITERALS[usize::from(byte)];
            // Chinese text repeats characters, which are of three bytes.
            if word[0] >= 0xe0 {
                bits.put(literal(word[0]).then(literal(word[1])).then(literal(word[2])));
                at += 3;
            } else {
                bits.put(literal(word[0]));
                at += 1;
            }
        }
        bits.literals(&content[at..]);
    }
}

/// How many bytes two texts have in common from the start.
#[inline]
fn same(left: &[u8], right: &[u8]) -> usize {
    const WIDE: usize = 32;
    const WORD: usize = size_of::<u64>();
    let mut same = 0;
    while let (Some(first), Some(second)) = (left[same..].first_chunk::<WORD>(), right[same..].first_chunk()) {
        let differ = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*second);
        if differ != 0 {
            return same + (differ.trailing_zeros() / u8::BITS) as usize;
        }
        same += WORD;
        // Most copies are short, and a few very long.
        while let (Some(first), Some(second)) = (left[same..].first_chunk::<WIDE>(), right[same..].first_chunk())
            && first == second
        {
            same += WIDE;
        }
    }
    same + left[same..].iter().zip(&right[same..]).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;
    use proptest::prelude::*;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        deflate(content, &mut out).unwrap();
        out
    }

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        DeflateDecoder::new(packed).read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn copies_of_every_length_and_distance_are_read_back() {
        for length in 0..1_200 {
            let mut content = b"0123456789".repeat(length / 10 + 1);
            content.truncate(length);
            assert_eq!(unpacked(&packed(&content)), content, "{length}");
        }
        for between in (0..300).chain(WINDOW - 40..WINDOW + 4) {
            let mut content = b"<w:p>".to_vec();
            content.extend((0..between).map(|number| (number % 251) as u8));
            content.extend_from_slice(b"<w:p>");
            assert_eq!(unpacked(&packed(&content)), content, "{between}");
        }
    }

    #[test]
    fn what_was_packed_before_changes_nothing() {
        let content = "本报告所列数据的统计期限自2024年1月1日起至2024年12月31日止。".repeat(3);
        let first = std::thread::scope(|scope| scope.spawn(|| packed(content.as_bytes())).join().unwrap());
        for _ in 0..3 {
            assert_eq!(packed(content.as_bytes()), first);
        }
    }

    #[test]
    fn places_start_anew_where_they_cannot_count_on() {
        let mut seen = Seen::new();
        seen.next = u32::MAX as usize - 10;
        assert_eq!(seen.back(*b"text", seen.next), seen.next);
        assert_eq!(seen.start(11), Some(WINDOW + 1));
        assert!(seen.back(*b"text", WINDOW + 1) > WINDOW);
        assert_eq!(Seen::new().start(u32::MAX as usize), None);
    }

    #[test]
    fn it_packs_as_tightly_as_the_fastest_level_of_zlib() {
        let content = include_bytes!("../../../mappings/README.md");
        let mut theirs = Vec::new();
        flate2::read::DeflateEncoder::new(&content[..], flate2::Compression::fast()).read_to_end(&mut theirs).unwrap();
        assert!(packed(content).len() * 100 < theirs.len() * 125, "{} and {}", packed(content).len(), theirs.len());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(
            words in prop::collection::vec("[ab]{1,3}|[政务公开]{1,4}|\\PC{0,8}|<w:tc>", 0..400),
            noise in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut content = words.concat().into_bytes();
            content.extend_from_slice(&noise);
            content.extend_from_within(..content.len() / 2);
            prop_assert_eq!(unpacked(&packed(&content)), content);
        }
    }
}
