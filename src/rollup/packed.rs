//! In-memory store of deflated blocks, several records per block: reports, and the sums of superiors.

use std::io::Read;

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

use super::places::Places;

/// Size from which a block is deflated: about a dozen reports, so that their common content is stored once.
const BLOCK: usize = 128 << 10;

/// Deflate level: higher ones take longer and save next to nothing on rows of small numbers.
const LEVEL: u32 = 3;

/// Number of blocks that a reader keeps inflated. Records are usually read in the order in which they were added.
const HELD: usize = 4;

/// Bytes of the length prefix of a record.
const LENGTH: usize = 4;

/// The records, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(super) struct Packed {
    blocks: Vec<Box<[u8]>>,
    open: Vec<u8>,
    /// Places that several records share.
    pub(super) places: Places,
}

/// The position of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct At {
    block: u32,
    from: u32,
}

impl Packed {
    /// Adds a record and returns its position.
    pub(super) fn add(&mut self, record: &[u8]) -> At {
        if self.open.len() >= BLOCK {
            self.blocks.push(deflated(&self.open));
            self.open.clear();
        }
        // A block has little more than `BLOCK` bytes plus a record; both numbers are far below 2^32.
        let at = At { block: self.blocks.len() as u32, from: self.open.len() as u32 };
        self.open.extend_from_slice(&(record.len() as u32).to_le_bytes());
        self.open.extend_from_slice(record);
        at
    }
}

/// Cache of recently inflated blocks.
#[derive(Debug, Default)]
pub(super) struct Lately {
    held: Vec<(u32, Vec<u8>)>,
    next: usize,
}

impl Lately {
    /// A record.
    pub(super) fn get<'r>(&'r mut self, packed: &'r Packed, at: At) -> &'r [u8] {
        let block = match packed.blocks.get(at.block as usize) {
            None => &packed.open,
            Some(deflated) => self.block(at.block, deflated),
        };
        let (length, rest) = block.get(at.from as usize..).unwrap_or_default().split_first_chunk::<LENGTH>().unzip();
        let length = length.map_or(0, |length| u32::from_le_bytes(*length) as usize);
        rest.and_then(|rest: &[u8]| rest.get(..length)).unwrap_or_default()
    }

    fn block(&mut self, number: u32, deflated: &[u8]) -> &Vec<u8> {
        let known = self.held.iter().position(|held| held.0 == number);
        let place = known.unwrap_or_else(|| {
            let place = self.next % HELD;
            self.next += 1;
            if self.held.len() <= place {
                self.held.push(Default::default());
            }
            let (held, bytes) = &mut self.held[place];
            bytes.clear();
            *held = number;
            // Blocks deflated by this store always inflate.
            let inflated = DeflateDecoder::new(deflated).read_to_end(bytes);
            debug_assert!(inflated.is_ok());
            place
        });
        &self.held[place].1
    }
}

fn deflated(bytes: &[u8]) -> Box<[u8]> {
    let mut packed = Vec::with_capacity(bytes.len() / 8);
    // Reading from memory does not fail.
    let done = DeflateEncoder::new(bytes, Compression::new(LEVEL)).read_to_end(&mut packed);
    debug_assert!(done.is_ok());
    packed.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_back_in_any_order() {
        let record = |number: usize| vec![(number % 251) as u8; number * 7 % 9000];
        let mut packed = Packed::default();
        let places: Vec<At> = (0..1000).map(|number| packed.add(&record(number))).collect();
        assert!(packed.blocks.len() > HELD * 2 && !packed.open.is_empty());
        let mut lately = Lately::default();
        for number in (0..1000).chain((0..1000).rev()).chain((0..1000).map(|number| number * 387 % 1000)) {
            assert_eq!(lately.get(&packed, places[number]), record(number), "{number}");
        }
        assert_eq!(lately.held.len(), HELD);
    }
}
