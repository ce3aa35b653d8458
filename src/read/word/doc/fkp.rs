//! Formatted disk pages (FKP): map offsets of the text to properties (MS-DOC 2.8.5, 2.8.6, 2.9.32, 2.9.171).

use crate::read::container::cfb::{u16_at, u32_at};

/// Length of a page.
const PAGE: usize = 512;

/// A range of text with the same properties.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run<'a> {
    /// Offset of its first byte in the stream.
    pub(super) start: u32,
    /// Offset after its last byte.
    pub(super) end: u32,
    /// Style index of a paragraph (0 for character runs).
    pub(super) style: u16,
    /// Property modifiers.
    pub(super) grpprl: &'a [u8],
    /// The page that contains the run, and its index there.
    page: Option<(Page<'a>, usize)>,
}

/// A formatted disk page.
#[derive(Debug, Clone, Copy)]
struct Page<'a> {
    bytes: &'a [u8],
    /// Offset at which the next page of the bin table begins.
    end: u32,
    /// Whether the runs are in order, as in an undamaged file.
    sorted: bool,
}

impl Run<'_> {
    /// Whether the run contains the byte at an offset.
    pub(super) fn holds(&self, offset: u32) -> bool {
        (self.start..self.end).contains(&offset)
    }
}

/// The kind of properties that a bin table describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PropertyKind {
    /// `PlcBteChpx`
    Characters,
    /// `PlcBtePapx`
    Paragraphs,
}

/// A bin table: maps offsets to formatted disk pages. Pages are parsed on demand and not cached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages<'a> {
    stream: &'a [u8],
    table: &'a [u8],
    kind: PropertyKind,
    /// Whether the offsets are in order.
    sorted: bool,
}

impl<'a> Pages<'a> {
    /// The pages of `stream` (`WordDocument`) that a bin table lists.
    pub(super) fn new(stream: &'a [u8], table: &'a [u8], kind: PropertyKind) -> Self {
        Self { stream, table, kind, sorted: sorted(table, (table.len() / 8).saturating_sub(1)) }
    }

    /// The run that contains an offset; if there is none, a run of one byte without properties.
    pub(super) fn run(&self, offset: u32) -> Run<'a> {
        self.find(offset).unwrap_or(Run { start: offset, end: offset.saturating_add(1), ..Run::default() })
    }

    /// Like [`Self::run`], given the run of an earlier offset: tries the next run of its page first.
    pub(super) fn run_behind(&self, run: &Run<'a>, offset: u32) -> Run<'a> {
        // If table and page are sorted, a search would find the same run.
        let page = run.page.filter(|(page, _)| self.sorted && page.sorted && offset < page.end);
        let next = page.filter(|(page, index)| index + 1 < runs(page.bytes));
        let next = next.and_then(|(page, index)| self.of_page(page, index + 1)).filter(|next| next.holds(offset));
        next.unwrap_or_else(|| self.run(offset))
    }

    fn find(&self, offset: u32) -> Option<Run<'a>> {
        let count = self.table.len().checked_sub(4)? / 8;
        let index = last_at_or_below(self.table, count, offset)?;
        let number = u32_at(self.table, (count + 1) * 4 + index * 4)? & 0x003F_FFFF;
        let start = (number as usize).checked_mul(PAGE)?;
        let bytes = self.stream.get(start..start.checked_add(PAGE)?)?;
        let end = if index + 1 < count { u32_at(self.table, (index + 1) * 4)? } else { u32::MAX };
        let page = Page { bytes, end, sorted: sorted(bytes, runs(bytes)) };
        let index = last_at_or_below(bytes, runs(bytes), offset)?;
        self.of_page(page, index).filter(|run| run.holds(offset))
    }

    /// A run of a page by its index.
    fn of_page(&self, whole: Page<'a>, index: usize) -> Option<Run<'a>> {
        let page = whole.bytes;
        let (start, end) = (u32_at(page, index * 4)?, u32_at(page, index * 4 + 4)?);
        let run = Run { start, end, page: Some((whole, index)), ..Run::default() };
        let descriptors = (runs(page) + 1) * 4;
        Some(match self.kind {
            PropertyKind::Characters => Run { grpprl: chpx(page, descriptors + index).unwrap_or_default(), ..run },
            PropertyKind::Paragraphs => {
                let (style, grpprl) = papx(page, descriptors + index * 13).unwrap_or_default();
                Run { style, grpprl, ..run }
            }
        })
    }
}

/// Number of runs of a page.
fn runs(page: &[u8]) -> usize {
    page.last().copied().map_or(0, usize::from)
}

/// Modifiers of a run of characters.
fn chpx(page: &[u8], descriptor: usize) -> Option<&[u8]> {
    let at = usize::from(*page.get(descriptor)?) * 2;
    if at == 0 {
        return None;
    }
    let length = usize::from(*page.get(at)?);
    page.get(at + 1..(at + 1 + length).min(PAGE))
}

/// Style and modifiers of a paragraph.
fn papx(page: &[u8], descriptor: usize) -> Option<(u16, &[u8])> {
    let at = usize::from(*page.get(descriptor)?) * 2;
    if at == 0 {
        return None;
    }
    // The length is in words and includes the length byte; 0 means that the next byte contains the length.
    let (start, length) = match usize::from(*page.get(at)?) {
        0 => (at + 2, usize::from(*page.get(at + 1)?) * 2),
        words => (at + 1, words * 2 - 1),
    };
    let bytes = page.get(start..(start + length).min(PAGE))?;
    Some((u16_at(bytes, 0)?, &bytes[2..]))
}

/// Whether the first `count` + 1 numbers of 32 bits are in order.
fn sorted(numbers: &[u8], count: usize) -> bool {
    let numbers = numbers.as_chunks().0.iter().take(count + 1).map(|&number| u32::from_le_bytes(number));
    numbers.is_sorted()
}

/// Index of the last of `count` sorted 32-bit numbers that is at most `offset`.
fn last_at_or_below(numbers: &[u8], count: usize, offset: u32) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if u32_at(numbers, middle * 4)? <= offset {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_found_through_the_table_and_its_page() {
        let mut stream = vec![0; PAGE * 2];
        let page = &mut stream[PAGE..];
        for (index, edge) in [100_u32, 120, 150].into_iter().enumerate() {
            page[index * 4..index * 4 + 4].copy_from_slice(&edge.to_le_bytes());
        }
        page[12] = 100; // First run: words at 200.
        page[25] = 110; // Second run: at 220, its length in the second byte.
        page[200..206].copy_from_slice(&[3, 7, 0, 0x16, 0x24, 1]);
        page[220..227].copy_from_slice(&[0, 3, 9, 0, 0x17, 0x24, 1]);
        page[PAGE - 1] = 2;
        let table: Vec<u8> = [100_u32, 150, 1].into_iter().flat_map(u32::to_le_bytes).collect();
        let pages = Pages::new(&stream, &table, PropertyKind::Paragraphs);
        let run = pages.run(119);
        assert_eq!((run.start, run.end, run.style, run.grpprl), (100, 120, 7, &[0x16, 0x24, 1][..]));
        let run = pages.run(120);
        assert_eq!((run.style, &run.grpprl[..3]), (9, &[0x17, 0x24, 1][..]));
        let run = pages.run(150);
        assert_eq!((run.start, run.end, run.grpprl), (150, 151, &[][..]));
    }
}
