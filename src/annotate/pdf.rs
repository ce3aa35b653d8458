//! Comments in a PDF: annotations, appended as an incremental update (ISO 32000-1, 7.5.6), so that every byte of the sent file stays.
//! A finding with a place gets a frame around the place, whose comment is the text; the others are one note on the first page.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{AnnotateError, NotPdf, Note};
use crate::document::Budget;
use crate::read::pdf_update::{Annotations, NoUpdate, PageObject, UpdateBase, Written, base};

/// Colour of frames and notes: red, green and blue, from 0 to 1.
const COLOUR: &str = "0.85 0.1 0.1";

/// Flag of annotations: print (12.5.3).
const PRINT: u32 = 4;

/// Left and upper edge, width and height of the note on the first page, in hundredths of a point from its upper left corner.
const NOTE: (u32, u32, u32, u32) = (2_000, 2_000, 4_000, 4_000);

/// Adds the notes to a copy of the file; returns it, and the number of comments. `rest` are the texts without a place.
pub(super) fn annotate<'f>(
    bytes: &[u8],
    notes: &[Note<'f>],
    mut rest: Vec<&'f str>,
    author: &str,
    budget: &mut Budget,
) -> Result<(Vec<u8>, usize), AnnotateError> {
    let base = base(bytes, budget)?;
    let mut update = Update { next: base.next, objects: BTreeMap::new() };
    let mut of_pages: Vec<Vec<u32>> = vec![Vec::new(); base.pages.len()];
    let mut comments = 0;
    for note in notes {
        let at = note.place.page.zip(note.place.bounds).map(|(page, bounds)| (page as usize, bounds));
        let page = at.and_then(|(page, bounds)| Some((page, bounds, base.pages.get(page)?.as_ref()?)));
        let Some((number, bounds, page)) = page else {
            rest.extend(&note.texts);
            continue;
        };
        let frame = update.frame(page, page.rectangle(bounds), &note.texts.join("\n"), author);
        of_pages[number].push(frame);
        comments += 1;
    }
    let first = base.pages.iter().enumerate().find_map(|(number, page)| Some((number, page.as_ref()?)));
    if let (Some((number, page)), false) = (first, rest.is_empty()) {
        let note = update.note(page, page.rectangle(NOTE), &rest.join("\n"), author);
        of_pages[number].push(note);
        comments += 1;
    }
    if comments == 0 && !(notes.is_empty() && rest.is_empty()) {
        // No page takes one.
        return Err(AnnotateError::Pdf(NotPdf::Damaged));
    }
    for (page, added) in base.pages.iter().zip(&of_pages) {
        if let (Some(page), false) = (page, added.is_empty()) {
            update.add_to(page, added);
        }
    }
    Ok((update.append_to(bytes, &base), comments))
}

impl From<NoUpdate> for AnnotateError {
    fn from(error: NoUpdate) -> Self {
        match error {
            NoUpdate::Encrypted => Self::Pdf(NotPdf::Encrypted),
            NoUpdate::Damaged => Self::Pdf(NotPdf::Damaged),
            NoUpdate::Read(error) => Self::Read(error),
        }
    }
}

/// The objects of an update, by number, with their generation.
struct Update {
    next: u32,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
}

impl Update {
    /// Adds an object and returns its number.
    fn add(&mut self, text: String) -> u32 {
        let number = self.next;
        self.next += 1;
        self.objects.insert(number, (0, text.into_bytes()));
        number
    }

    /// A frame with a comment; `area` is in the page's own coordinates.
    fn frame(&mut self, page: &PageObject, area: [f64; 4], text: &str, author: &str) -> u32 {
        let [x0, y0, x1, y1] = area;
        let (width, height) = (x1 - x0, y1 - y0);
        let drawn =
            format!("{COLOUR} RG 1 w 0.5 0.5 {:.2} {:.2} re S", (width - 1.0).max(0.0), (height - 1.0).max(0.0));
        let appearance = self.add(format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 {width:.2} {height:.2}]/Resources<<>>/Length {}>>\nstream\n{drawn}\nendstream",
            drawn.len()
        ));
        let shape = format!("/Subtype/Square/BS<</W 1>>/AP<</N {appearance} 0 R>>");
        self.annotation(page, area, &shape, text, author)
    }

    /// A note, shown as an icon by the reader's program.
    fn note(&mut self, page: &PageObject, area: [f64; 4], text: &str, author: &str) -> u32 {
        self.annotation(page, area, "/Subtype/Text/Name/Comment", text, author)
    }

    /// An annotation (12.5.2) with the entries of a markup annotation (12.5.6.2).
    fn annotation(&mut self, page: &PageObject, area: [f64; 4], shape: &str, text: &str, author: &str) -> u32 {
        let [x0, y0, x1, y1] = area;
        let name = self.next;
        self.add(format!(
            "<</Type/Annot{shape}/P {} {} R/Rect[{x0:.2} {y0:.2} {x1:.2} {y1:.2}]/F {PRINT}/C[{COLOUR}]\
             /NM(nianbao-{name})/T {}/Contents {}>>",
            page.page.number,
            page.page.generation,
            text_string(author),
            text_string(text)
        ))
    }

    /// Adds annotations to a page: rewrites its dictionary, or the array that it refers to.
    fn add_to(&mut self, page: &PageObject, added: &[u32]) {
        let mut list = String::new();
        for number in added {
            // Writing to a string cannot fail.
            let _ = write!(list, " {number} 0 R");
        }
        let (Written { number, generation, text }, replaced, inserted) = match &page.annotations {
            Annotations::Absent => {
                let end = page.page.text.len() - 2;
                (&page.page, end..end, format!("/Annots[{list}]"))
            }
            Annotations::Null(range) => (&page.page, range.clone(), format!("[{list}]")),
            Annotations::Inside(range) => (&page.page, range.end - 1..range.end - 1, list),
            Annotations::Apart(array) => (array, array.text.len() - 1..array.text.len() - 1, list),
        };
        // Two pages can refer to one array; the second adds to what the first made of it.
        let shared = self.objects.remove(number).map(|(_, text)| text);
        let text = shared.as_ref().unwrap_or(text);
        let replaced = if shared.is_some() { text.len() - 1..text.len() - 1 } else { replaced };
        let text = [&text[..replaced.start], inserted.as_bytes(), &text[replaced.end..]].concat();
        self.objects.insert(*number, (*generation, text));
    }

    /// The file with this update.
    fn append_to(mut self, bytes: &[u8], base: &UpdateBase) -> Vec<u8> {
        let mut out = bytes.to_vec();
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        let mut places: BTreeMap<u32, (usize, u16)> = BTreeMap::new();
        for (number, (generation, text)) in std::mem::take(&mut self.objects) {
            places.insert(number, (out.len() - base.header, generation));
            out.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
            out.extend_from_slice(&text);
            out.extend_from_slice(b"\nendobj\n");
        }
        let table = out.len() - base.header;
        let mut trailer = Vec::new();
        for (name, value) in &base.trailer {
            trailer.extend_from_slice(format!("/{name} ").as_bytes());
            trailer.extend_from_slice(value);
        }
        trailer.extend_from_slice(format!("/Prev {}", base.table).as_bytes());
        if base.is_stream {
            places.insert(self.next, (table, 0));
            stream_table(&places, self.next, &trailer, &mut out);
        } else {
            plain_table(&places, self.next, &trailer, &mut out);
        }
        out.extend_from_slice(format!("startxref\n{table}\n%%EOF\n").as_bytes());
        out
    }
}

/// Runs of consecutive object numbers.
fn runs(places: &BTreeMap<u32, (usize, u16)>) -> Vec<Vec<(u32, usize, u16)>> {
    let mut runs: Vec<Vec<(u32, usize, u16)>> = Vec::new();
    for (&number, &(at, generation)) in places {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| last.0 + 1 == number)) {
            Some(run) => run.push((number, at, generation)),
            None => runs.push(vec![(number, at, generation)]),
        }
    }
    runs
}

/// Appends a cross-reference table and its trailer (7.5.4, 7.5.5).
fn plain_table(places: &BTreeMap<u32, (usize, u16)>, size: u32, trailer: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"xref\n");
    for run in runs(places) {
        out.extend_from_slice(format!("{} {}\n", run[0].0, run.len()).as_bytes());
        for (_, at, generation) in run {
            out.extend_from_slice(format!("{at:010} {generation:05} n\r\n").as_bytes());
        }
    }
    out.extend_from_slice(format!("trailer\n<</Size {size}").as_bytes());
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\n");
}

/// Appends a cross-reference stream (7.5.8), which is the object `number` and has an entry of its own.
fn stream_table(places: &BTreeMap<u32, (usize, u16)>, number: u32, trailer: &[u8], out: &mut Vec<u8>) {
    let (mut index, mut rows) = (String::new(), Vec::new());
    for run in runs(places) {
        // Writing to a string cannot fail.
        let _ = write!(index, "{} {} ", run[0].0, run.len());
        for (_, at, generation) in run {
            rows.push(1);
            rows.extend_from_slice(&(at as u64).to_be_bytes());
            rows.extend_from_slice(&generation.to_be_bytes());
        }
    }
    let head = format!(
        "{number} 0 obj\n<</Type/XRef/Size {}/W[1 8 2]/Index[{}]/Length {}",
        number + 1,
        index.trim_end(),
        rows.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\nstream\n");
    out.extend_from_slice(&rows);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}

/// A text string (7.9.2.2) in hexadecimal digits of UTF-16BE, with line feeds as carriage returns, as viewers expect.
fn text_string(text: &str) -> String {
    let mut written = String::from("<FEFF");
    for unit in text.replace('\n', "\r").encode_utf16() {
        // Writing to a string cannot fail.
        let _ = write!(written, "{unit:04X}");
    }
    written.push('>');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_list_runs_of_numbers() {
        let places = BTreeMap::from([(3, (10, 0)), (7, (20, 2)), (8, (30, 0))]);
        let mut out = Vec::new();
        plain_table(&places, 9, b"/Root 1 0 R/Prev 5", &mut out);
        let table = "xref\n3 1\n0000000010 00000 n\r\n7 2\n0000000020 00002 n\r\n0000000030 00000 n\r\n\
                     trailer\n<</Size 9/Root 1 0 R/Prev 5>>\n";
        assert_eq!(String::from_utf8_lossy(&out), table);
    }

    #[test]
    fn texts_are_in_utf_16() {
        assert_eq!(text_string("数\n1"), "<FEFF6570000D0031>");
    }
}
