//! Tables with marks as Word 97-2003 documents: one piece of text, pages of properties, and text boxes (MS-DOC 2.4).

use std::io::Write as _;

use super::pages::standing;
use super::{Cell, Look, Made, TITLE};

/// Where the text begins, and the length of a page of properties.
const TEXT: usize = 1_024;
const PAGE: usize = 512;

/// Marks in the text.
pub(super) const CELL: u16 = 7;
pub(super) const PARAGRAPH: u16 = 13;

/// In a table; the end of a row.
const IN_TABLE: &[u8] = &[0x16, 0x24, 1];
const ROW_END: &[u8] = &[0x16, 0x24, 1, 0x17, 0x24, 1];

/// A document that is being written.
#[derive(Default)]
pub(super) struct Doc {
    text: Vec<u16>,
    /// The end of each run of characters and its modifiers, and the same of paragraphs.
    runs: Vec<(usize, Vec<u8>)>,
    paragraphs: Vec<(usize, Vec<u8>)>,
    /// Text boxes: the position of each anchor, and the text.
    boxes: Vec<(usize, String)>,
    /// The stream `Data`.
    data: Vec<u8>,
}

impl Doc {
    pub(super) fn run(&mut self, text: &str, modifiers: &[u8]) {
        self.text.extend(text.encode_utf16());
        self.runs.push((self.text.len(), modifiers.to_vec()));
    }

    /// A text box anchored where the text has come to.
    pub(super) fn text_box(&mut self, text: &str) {
        self.boxes.push((self.text.len(), text.to_owned()));
        self.run("\u{8}", &[0x55, 8, 1]);
    }

    /// A field whose instruction has data of a form.
    pub(super) fn drop_down(&mut self, choices: &[&str], chosen: u16) {
        let text = |text: &str| {
            let units: Vec<u16> = text.encode_utf16().collect();
            words(&[units.len() as u16].into_iter().chain(units).collect::<Vec<_>>())
        };
        let mut form = vec![0xFF; 4];
        form.extend(words(&[2 | chosen << 2, 0, 0]));
        form.extend([text("x"), vec![0; 2 + 2 + 5 * 4]].concat());
        form.extend(words(&[0xFFFF, choices.len() as u16, 0, 0]));
        form.extend(choices.iter().flat_map(|choice| text(choice)));
        let place = longs(&[self.data.len() as u32]);
        self.data.extend(longs(&[6 + form.len() as u32]));
        self.data.extend([words(&[6]), form].concat());
        self.run("\u{13} FORMDROPDOWN ", &[0x55, 8, 1]);
        self.run("\u{1}", &[&[0x06, 8, 1, 0x03, 0x6A][..], &place].concat());
        self.run("\u{14}\u{15}", &[0x55, 8, 1]);
    }

    pub(super) fn end(&mut self, mark: u16, modifiers: &[u8]) {
        self.text.push(mark);
        self.runs.push((self.text.len(), Vec::new()));
        self.paragraphs.push((self.text.len(), modifiers.to_vec()));
    }

    /// Ends a cell of a row.
    pub(super) fn end_cell(&mut self) {
        self.end(CELL, IN_TABLE);
    }

    /// Ends a row of cells, each of so many columns and with its part in a merge downwards (0 none, 1 goes on, 3 begins).
    pub(super) fn end_row(&mut self, cells: &[(u32, u16)], more: &[u8]) {
        let mut edges = vec![0];
        for cell in cells {
            edges.push(edges[edges.len() - 1] + cell.0 as u16 * 900);
        }
        let mut row = vec![cells.len() as u8];
        row.extend(words(&edges));
        for (_, merge) in cells {
            row.extend(words(&[merge << 5]));
            row.extend([0; 18]);
        }
        let definition = [&[0x08, 0xD6][..], &words(&[row.len() as u16 + 1]), &row].concat();
        self.end(CELL, &[ROW_END, &definition, more].concat());
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let main = self.text.len();
        let mut starts = Vec::new();
        for (anchor, text) in std::mem::take(&mut self.boxes) {
            starts.push((anchor as u32, (self.text.len() - main) as u32));
            self.run(&text, &[]);
            self.end(PARAGRAPH, &[]);
        }
        let in_boxes = self.text.len() - main;
        let mut stream = vec![0; TEXT];
        stream.extend(words(&self.text));
        stream.resize(stream.len().next_multiple_of(PAGE), 0);
        let place = |end: usize| (TEXT + end * 2) as u32;
        let characters = pages(&mut stream, &self.runs, place, 1, |run| match run {
            [] => Vec::new(),
            run => [&[run.len() as u8][..], run].concat(),
        });
        let paragraphs = pages(&mut stream, &self.paragraphs, place, 13, |modifiers| {
            // A style, the modifiers, made up to words; the byte of the length counts where it is not 0.
            let mut all = [&[0, 0][..], modifiers].concat();
            all.resize(all.len().next_multiple_of(2), 0);
            [&[0, (all.len() / 2) as u8][..], &all].concat()
        });
        let mut tables: Vec<(usize, Vec<u8>)> = vec![(12, characters), (13, paragraphs)];
        let pieces = [longs(&[0, self.text.len() as u32]), words(&[0]), longs(&[TEXT as u32]), words(&[0])].concat();
        tables.push((33, [&[2][..], &longs(&[pieces.len() as u32]), &pieces].concat()));
        if !starts.is_empty() {
            tables.push((40, anchors(&starts, main as u32)));
            tables.push((56, texts(&starts, in_boxes as u32)));
        }
        let table = head(&mut stream, &tables, main as u32, in_boxes as u32);
        compound(&[("WordDocument", &stream), ("1Table", &table), ("Data", &self.data)])
    }
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn longs(longs: &[u32]) -> Vec<u8> {
    longs.iter().flat_map(|long| long.to_le_bytes()).collect()
}

/// Writes pages of properties and returns the table of pages; each run has a descriptor of so many bytes and its own bytes.
fn pages(
    stream: &mut Vec<u8>,
    runs: &[(usize, Vec<u8>)],
    place: impl Fn(usize) -> u32,
    descriptor: usize,
    bytes: impl Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let (mut edges, mut numbers, mut at, mut begin) = (vec![place(0)], Vec::new(), 0, 0);
    while at < runs.len() {
        let (mut page, mut low, mut count) = (vec![0; PAGE], PAGE - 1, 0);
        let mut descriptors = Vec::new();
        let mut ends = vec![place(begin)];
        while let Some((end, modifiers)) = runs.get(at) {
            let bytes = bytes(modifiers);
            let start = low.saturating_sub(bytes.len()) & !1;
            if count == 100 || start < 4 * (count + 2) + descriptor * (count + 1) {
                break;
            }
            let mut described = vec![0; descriptor];
            if !bytes.is_empty() {
                described[0] = (start / 2) as u8;
                page[start..start + bytes.len()].copy_from_slice(&bytes);
                low = start;
            }
            descriptors.extend(described);
            ends.push(place(*end));
            (begin, at, count) = (*end, at + 1, count + 1);
        }
        assert!(count > 0, "a row is too long for a page");
        let head = [longs(&ends), descriptors].concat();
        page[..head.len()].copy_from_slice(&head);
        page[PAGE - 1] = count as u8;
        edges.push(place(begin));
        numbers.push((stream.len() / PAGE) as u32);
        stream.extend(page);
    }
    longs(&[edges, numbers].concat())
}

/// The anchors of shapes that are numbered from 1,025 on.
fn anchors(boxes: &[(u32, u32)], end: u32) -> Vec<u8> {
    let mut table: Vec<u8> = longs(&boxes.iter().map(|one| one.0).chain([end]).collect::<Vec<_>>());
    for shape in 0..boxes.len() as u32 {
        table.extend(longs(&[1_025 + shape, 0, 0, 900, 300]));
        table.extend([0; 6]);
    }
    table
}

/// Where the texts of the shapes begin.
fn texts(boxes: &[(u32, u32)], end: u32) -> Vec<u8> {
    let mut table: Vec<u8> = longs(&boxes.iter().map(|one| one.1).chain([end]).collect::<Vec<_>>());
    for shape in 0..boxes.len() as u32 {
        table.extend(longs(&[1, 0]));
        table.extend(words(&[0]));
        table.extend(longs(&[u32::MAX, 1_025 + shape, 0]));
    }
    table
}

/// Writes the first block and returns the stream of tables.
fn head(stream: &mut [u8], tables: &[(usize, Vec<u8>)], main: u32, in_boxes: u32) -> Vec<u8> {
    let mut block = words(&[0xA5EC, 0xC1, 0, 0, 0, 0x0200]);
    block.resize(32, 0);
    block.extend(words(&[14]));
    block.resize(block.len() + 28, 0);
    block.extend(words(&[22]));
    block.extend(longs(&[0, 0, 0, main, 0, 0, 0, 0, 0, in_boxes, 0]));
    block.resize(block.len() + 44, 0);
    block.extend(words(&[93]));
    let pairs = block.len();
    block.resize(pairs + 93 * 8, 0);
    let mut table = Vec::new();
    for (index, content) in tables {
        let pair = longs(&[table.len() as u32, content.len() as u32]);
        block[pairs + index * 8..pairs + index * 8 + 8].copy_from_slice(&pair);
        table.extend(content);
    }
    stream[..block.len()].copy_from_slice(&block);
    table
}

pub(super) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// The modifiers of a look, in one of two ways.
fn modifiers(look: Look, other: bool) -> &'static [u8] {
    match (look, other) {
        (Look::Plain, _) => &[],
        (Look::Struck, false) => &[0x37, 8, 1],
        (Look::Struck, true) => &[0x53, 0x2A, 1],
        (Look::NotStruck, _) => &[0x37, 8, 1, 0x37, 8, 0],
        (Look::Raised, false) => &[0x48, 0x2A, 1],
        (Look::Raised, true) => &[0x45, 0x48, 6, 0],
        (Look::Lowered, _) => &[0x48, 0x2A, 2],
        (Look::Hidden, _) => &[0x3C, 8, 1],
        (Look::White, false) => &[0x70, 0x68, 0xFF, 0xFF, 0xFF, 0],
        (Look::White, true) => &[0x42, 0x2A, 8],
        (Look::Tiny, _) => &[0x43, 0x4A, 2, 0],
        (Look::Narrow, false) => &[0x52, 0x48, 1, 0],
        (Look::Narrow, true) => &[0x40, 0x88, 0x38, 0xFF],
        (Look::Sunk, false) => &[0x70, 0x68, 0, 0, 0x80, 0],
        (Look::Sunk, true) => &[0x42, 0x2A, 9],
    }
}

pub(super) fn doc(made: &Made, other: bool) -> Vec<u8> {
    tables(made, |doc, cell| {
        for run in &cell.runs {
            doc.run(&run.text, modifiers(run.look, other));
        }
    })
}

/// The tables with what `content` writes into each cell.
pub(super) fn tables(made: &Made, mut content: impl FnMut(&mut Doc, &Cell)) -> Vec<u8> {
    let mut doc = Doc::default();
    doc.run(TITLE, &[]);
    doc.end(PARAGRAPH, &[]);
    for table in &made.tables {
        for (row, cells) in standing(table) {
            // The papers of cells, by colours or by the numbers of colours: a page of properties has no room for more.
            let by_number = cells.len() > 9;
            let mut shades: Vec<u8> = Vec::new();
            let mut defined = Vec::new();
            for (cell, columns) in cells {
                if let Some(cell) = cell {
                    content(&mut doc, cell);
                }
                doc.end_cell();
                let merge = match cell {
                    None => 1,
                    Some(cell) if cell.rows > 1 => 3,
                    Some(_) => 0,
                };
                defined.push((columns, merge));
                let dark = cell.is_some_and(|cell| cell.dark);
                let paper = if dark { [0, 0, 0x80, 0] } else { [0, 0, 0, 0xFF] };
                shades.extend(if by_number {
                    words(&[u16::from(dark) * (9 << 5)])
                } else {
                    [&[0, 0, 0, 0xFF][..], &paper, &[0, 0]].concat()
                });
            }
            let shading = [&[if by_number { 0x09 } else { 0x12 }, 0xD6, shades.len() as u8][..], &shades].concat();
            let low: &[u8] = if row.hidden { &[0x07, 0x94, 0xF6, 0xFF] } else { &[] };
            doc.end_row(&defined, &[&shading, low].concat());
        }
        doc.end(PARAGRAPH, &[]);
    }
    doc.finish()
}
