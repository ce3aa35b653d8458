//! Texts that many parts have in common, with what repeats in them found once.

use zip::result::ZipResult;

use super::{Code, LITERALS, Packer, SHORTEST, WINDOW, block, distance, same, slot};

/// Literals that fit the bits that are put at once.
const LITERALS_AT_ONCE: usize = 3;

/// Bits of a slot's number where places in all pieces are looked up.
const SLOT_BITS: u32 = 15;

/// Pieces of text that stand in a part in this order, other text between them. A part may lack some, or have them in another order: it
/// is then packed less tightly.
#[derive(Debug, Default)]
pub(in crate::write) struct Prepared {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    text: String,
    steps: Vec<Step>,
}

/// How some bytes of a piece are written. Small, for a form has thousands of them.
#[derive(Debug)]
enum Step {
    /// So many literals, as so many bits.
    Literals { bytes: u8, length: u8, bits: u32 },
    /// So many bytes that stand in a piece, this one or one before it, from a byte on.
    Copy { bytes: u16, piece: u16, offset: u32 },
}

impl Prepared {
    /// Prepares pieces; they are known by their numbers from 0.
    pub(in crate::write) fn new(texts: Vec<String>) -> Self {
        let mut matcher = Matcher { texts: &texts, slots: vec![0; 1 << SLOT_BITS] };
        let steps: Vec<Vec<Step>> = (0..texts.len()).map(|piece| matcher.steps(piece)).collect();
        Self { pieces: texts.into_iter().zip(steps).map(|(text, steps)| Piece { text, steps }).collect() }
    }

    /// How long the pieces are together.
    pub(in crate::write) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.text.len()).sum()
    }
}

/// Finds what stood before.
struct Matcher<'a> {
    texts: &'a [String],
    /// Where four bytes stood last, by what they hash to: the piece above the offset from 1; 0 where none did. Memory that is zero is
    /// cheaper to come by than any other.
    slots: Vec<u64>,
}

impl Matcher<'_> {
    fn steps(&mut self, piece: usize) -> Vec<Step> {
        let text = self.texts[piece].as_bytes();
        let (mut steps, mut at, mut literals) = (Vec::new(), 0, 0);
        while at < text.len() {
            let Some((step, length)) = self.before(piece, at).and_then(copy) else {
                at += 1;
                continue;
            };
            push_literals(&text[literals..at], &mut steps);
            steps.push(step);
            // All places are known, not only those where something begins, for pieces begin anywhere.
            for inside in at + 1..at + length {
                self.note(piece, inside);
            }
            at += length;
            literals = at;
        }
        push_literals(&text[literals..], &mut steps);
        steps
    }

    /// Where what stands at a place stood before, with how many bytes it is. Notes the place.
    fn before(&mut self, piece: usize, at: usize) -> Option<(usize, usize, usize)> {
        let (source, offset) = self.note(piece, at)?;
        let length = same(&self.texts[source].as_bytes()[offset..], &self.texts[piece].as_bytes()[at..]);
        Some((source, offset, length))
    }

    /// Notes a place. Gives the one whose four bytes had the same hash before.
    fn note(&mut self, piece: usize, at: usize) -> Option<(usize, usize)> {
        let word = self.texts[piece].as_bytes()[at..].first_chunk::<4>()?;
        let here = (piece as u64) << u32::BITS | (at as u64 + 1);
        let before = std::mem::replace(&mut self.slots[slot(*word, SLOT_BITS)], here);
        let offset = (before & u64::from(u32::MAX)).checked_sub(1)?;
        Some(((before >> u32::BITS) as usize, offset as usize))
    }
}

/// The step that copies so many bytes of a piece from an offset on, and how many they are; `None` where a step cannot say it.
fn copy((piece, offset, length): (usize, usize, usize)) -> Option<(Step, usize)> {
    let bytes = u16::try_from(length).unwrap_or(u16::MAX);
    let step = Step::Copy { bytes, piece: piece.try_into().ok()?, offset: offset.try_into().ok()? };
    (length > SHORTEST).then_some((step, usize::from(bytes)))
}

fn push_literals(bytes: &[u8], steps: &mut Vec<Step>) {
    for bytes in bytes.chunks(LITERALS_AT_ONCE) {
        let code = bytes.iter().fold(Code::NONE, |code, &byte| code.then(LITERALS[usize::from(byte)]));
        steps.push(Step::Literals { bytes: bytes.len() as u8, length: code.length as u8, bits: code.bits as u32 });
    }
}

/// The text of a part as it is put together, and where pieces stand in it.
#[derive(Debug)]
pub(in crate::write) struct Draft<'a> {
    prepared: &'a Prepared,
    text: String,
    /// Where pieces begin in the text, from the first on, with their numbers.
    places: Vec<(usize, usize)>,
}

impl<'a> Draft<'a> {
    /// An empty part with room for so many bytes.
    pub(in crate::write) fn new(prepared: &'a Prepared, capacity: usize) -> Self {
        Self { prepared, text: String::with_capacity(capacity), places: Vec::with_capacity(prepared.pieces.len()) }
    }

    /// Appends a piece.
    pub(in crate::write) fn piece(&mut self, number: usize) {
        self.places.push((self.text.len(), number));
        self.text.push_str(&self.prepared.pieces[number].text);
    }

    /// The text, to append to.
    pub(in crate::write) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// The text so far.
    pub(in crate::write) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Appends the text deflated.
    ///
    /// # Errors
    /// When it is longer than an archive can say.
    pub(in crate::write) fn deflate(&self, out: &mut Vec<u8>) -> ZipResult<()> {
        block(self.text.as_bytes(), out, |packer| {
            let mut starts = vec![None; self.prepared.pieces.len()];
            let mut at = 0;
            for &(place, number) in &self.places {
                packer.text(at, place);
                starts[number] = Some(place);
                at = packer.steps(&self.prepared.pieces[number], place, &starts);
            }
            packer.text(at, self.text.len());
        })
    }
}

impl Packer<'_> {
    /// Writes a piece that stands at a place, given where pieces begin. Returns where it ends.
    fn steps(&mut self, piece: &Piece, place: usize, starts: &[Option<usize>]) -> usize {
        let mut at = place;
        for step in &piece.steps {
            match *step {
                Step::Literals { bytes, length, bits } => {
                    self.bits.put(Code { bits: u64::from(bits), length: u32::from(length) });
                    at += usize::from(bytes);
                }
                Step::Copy { bytes, piece, offset } => {
                    let bytes = usize::from(bytes);
                    let back = starts[usize::from(piece)].map(|start| at - (start + offset as usize));
                    match back.filter(|back| *back <= WINDOW) {
                        Some(back) => self.bits.copy(bytes, distance(back)),
                        None => self.text(at, at + bytes),
                    }
                    at += bytes;
                }
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;
    use proptest::prelude::*;

    use super::*;

    fn unpacked(draft: &Draft) -> Vec<u8> {
        let (mut packed, mut content) = (Vec::new(), Vec::new());
        draft.deflate(&mut packed).unwrap();
        DeflateDecoder::new(&packed[..]).read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn a_cell_that_stood_before_costs_a_few_bytes() {
        let cell = "</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:r><w:t>";
        let prepared = Prepared::new(vec![cell.to_owned(); 100]);
        let mut draft = Draft::new(&prepared, 0);
        for number in 0..100 {
            draft.piece(number);
            draft.text().push_str(&number.to_string());
        }
        let mut packed = Vec::new();
        draft.deflate(&mut packed).unwrap();
        assert!(packed.len() < 100 + 100 * 8, "{}", packed.len());
        assert_eq!(unpacked(&draft), draft.as_bytes());
    }

    #[test]
    fn pieces_that_stand_too_far_from_each_other_are_written_anew() {
        let prepared = Prepared::new(vec!["<w:tbl><w:tblPr>".to_owned(), "<w:tbl><w:tblPr/>".to_owned()]);
        for between in WINDOW - 30..WINDOW + 10 {
            let mut draft = Draft::new(&prepared, 0);
            draft.piece(0);
            draft.text().extend((0..between).map(|number| char::from(b'a' + (number % 23) as u8)));
            draft.piece(1);
            assert_eq!(unpacked(&draft), draft.as_bytes(), "{between}");
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(
            pieces in prop::collection::vec("(<a>|b|[政务公开]|<c r=\"A1\">){0,12}", 1..12),
            parts in prop::collection::vec((0..12_usize, "(<a>|b|[政务公开]|\\PC){0,6}"), 0..30),
        ) {
            let prepared = Prepared::new(pieces.clone());
            let mut draft = Draft::new(&prepared, 0);
            let mut text = String::new();
            // Pieces in any order, some never and some again.
            for (number, between) in parts {
                let number = number % pieces.len();
                draft.piece(number);
                draft.text().push_str(&between);
                text.push_str(&pieces[number]);
                text.push_str(&between);
            }
            prop_assert_eq!(draft.as_bytes(), text.as_bytes());
            prop_assert_eq!(unpacked(&draft), text.into_bytes());
        }
    }
}
