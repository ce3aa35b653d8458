//! What an incremental update of a file needs (ISO 32000-1, 7.5.6): the pages as they are written, the next free object number, and the last
//! cross-reference table, to which the update's own one refers.

use std::ops::Range;

use super::file::{File, object_text};
use super::header;
use super::lexer::{Lexer, Token};
use super::object::Object;
use super::pages;
use crate::document::Budget;
use crate::read::paged::Matrix;
use crate::read::{Damage, ReadError};

/// A file to which an update can be appended.
#[derive(Debug)]
pub(crate) struct UpdateBase {
    /// Number of bytes before the header; offsets are relative to the header.
    pub(crate) header: usize,
    /// The pages in order; `None` for a page to which no annotation can be added: it is no object of its own, or damaged.
    pub(crate) pages: Vec<Option<PageObject>>,
    /// The first free object number.
    pub(crate) next: u32,
    /// Offset of the last cross-reference table.
    pub(crate) table: usize,
    /// Whether that table is a stream. The update's table must be of the same kind.
    pub(crate) is_stream: bool,
    /// Entries `Root`, `Info` and `ID` of the trailer, as written.
    pub(crate) trailer: Vec<(&'static str, Vec<u8>)>,
}

/// An object as written, without its header and `endobj`.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) number: u32,
    pub(crate) generation: u16,
    pub(crate) text: Vec<u8>,
}

/// A page object.
#[derive(Debug)]
pub(crate) struct PageObject {
    pub(crate) page: Written,
    /// Its annotations.
    pub(crate) annotations: Annotations,
    matrix: Matrix,
}

/// The annotations of a page.
#[derive(Debug)]
pub(crate) enum Annotations {
    /// The page has no entry `Annots`.
    Absent,
    /// An array in the page's dictionary: its range in the page's text.
    Inside(Range<usize>),
    /// The entry is null, or refers to an object that is not there: the range of its value in the page's text.
    Null(Range<usize>),
    /// An array that is an object of its own.
    Apart(Written),
}

/// Why a file takes no update.
#[derive(Debug)]
pub(crate) enum NoUpdate {
    /// It is encrypted: what is appended would have to be, too.
    Encrypted,
    /// Its cross-reference table is damaged, so that an update could not refer to it.
    Damaged,
    /// It cannot be read.
    Read(ReadError),
}

impl<E: Into<ReadError>> From<E> for NoUpdate {
    fn from(error: E) -> Self {
        Self::Read(error.into())
    }
}

impl PageObject {
    /// A rectangle in the page's own coordinates: left, lower, right and upper edge. `bounds` are those of a [`crate::document::Place`].
    pub(crate) fn rectangle(&self, bounds: (u32, u32, u32, u32)) -> [f64; 4] {
        let point = |x: u32, y: u32| self.matrix.before(f64::from(x) / 100.0, f64::from(y) / 100.0);
        let ((x0, y0), (x1, y1)) = (point(bounds.0, bounds.1), point(bounds.2, bounds.3));
        [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]
    }
}

/// Opens a file for an update.
pub(crate) fn base(bytes: &[u8], budget: &mut Budget) -> Result<UpdateBase, NoUpdate> {
    let header = header(bytes);
    let mut file = File::open(&bytes[header..], budget)?;
    if file.is_encrypted() {
        return Err(NoUpdate::Encrypted);
    }
    let root = file.root(budget)?.ok_or_else(|| ReadError::from(Damage::NoPageList))?;
    let nodes = pages::nodes(&mut file, &root, budget)?;
    let mut pages = Vec::with_capacity(nodes.len());
    for node in nodes {
        let page = node.number.map(|number| written(&mut file, number, budget)).transpose()?.flatten();
        let annotations = page.as_ref().map(|page| annotations(&mut file, &page.text, budget)).transpose()?.flatten();
        let object = page.zip(annotations);
        pages.push(object.map(|(page, annotations)| PageObject { page, annotations, matrix: node.matrix() }));
    }
    let table = file.last_table().filter(|_| file.is_sound()).ok_or(NoUpdate::Damaged)?;
    let (is_stream, last) = trailer(&file, table, budget)?.ok_or(NoUpdate::Damaged)?;
    let entries = entries(&last, budget)?.ok_or(NoUpdate::Damaged)?;
    let text = |name: &[u8]| Some(last[entries.iter().find(|(known, _)| **known == *name)?.1.clone()].to_vec());
    let root = text(b"Root").ok_or(NoUpdate::Damaged)?;
    let stated = text(b"Size").and_then(|size| String::from_utf8(size).ok()?.trim().parse().ok()).unwrap_or(0);
    let next = file.entries.keys().max().map_or(stated, |last| stated.max(last + 1));
    let others = [("Info", text(b"Info")), ("ID", text(b"ID"))];
    let others = others.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let trailer = std::iter::once(("Root", root)).chain(others).collect();
    Ok(UpdateBase { header, pages, next, table, is_stream, trailer })
}

fn written(file: &mut File, number: u32, budget: &mut Budget) -> Result<Option<Written>, ReadError> {
    let source = file.source(number, budget)?;
    Ok(source.map(|(generation, text)| Written { number, generation, text }))
}

/// The annotations of a page, given its dictionary as written; `None` if it is damaged.
fn annotations(file: &mut File, page: &[u8], budget: &mut Budget) -> Result<Option<Annotations>, ReadError> {
    // A page dictionary must end with `>>`; otherwise no entry can be appended.
    let Some(entries) = entries(page, budget)?.filter(|_| page.ends_with(b">>")) else { return Ok(None) };
    let Some((_, range)) = entries.into_iter().find(|(name, _)| **name == *b"Annots") else {
        return Ok(Some(Annotations::Absent));
    };
    match Lexer::new(page, range.start).object(budget)? {
        Object::Array(_) if page[range.clone()].ends_with(b"]") => Ok(Some(Annotations::Inside(range))),
        Object::Null => Ok(Some(Annotations::Null(range))),
        // A reference to an object that is not there is null (7.3.10).
        Object::Reference(number) if file.get(number, budget)? == Object::Null => Ok(Some(Annotations::Null(range))),
        Object::Reference(number) => {
            let array = written(file, number, budget)?;
            let array = array.filter(|array| array.text.starts_with(b"[") && array.text.ends_with(b"]"));
            Ok(array.map(Annotations::Apart))
        }
        _ => Ok(None),
    }
}

/// An entry of a dictionary: its name, and the range of its value in the dictionary's text.
type WrittenEntry = (Box<[u8]>, Range<usize>);

/// Whether the table at an offset is a stream, and its trailer dictionary as written; `None` if there is no table.
fn trailer(file: &File, table: usize, budget: &mut Budget) -> Result<Option<(bool, Vec<u8>)>, ReadError> {
    let mut lexer = Lexer::new(file.bytes, table.min(file.bytes.len()));
    let is_stream = match lexer.token() {
        Some(Token::Word(b"xref")) => {
            let rest = &file.bytes[lexer.at..];
            let Some(at) = memchr::memmem::find(rest, b"trailer") else { return Ok(None) };
            lexer.at += at + 7;
            false
        }
        Some(Token::Object(_)) => {
            lexer.token();
            lexer.token();
            true
        }
        _ => return Ok(None),
    };
    Ok(Some((is_stream, object_text(file.bytes, lexer.at, budget)?.to_vec())))
}

/// The entries of a dictionary: name, and range of the value in the text. `None` if it is no dictionary.
fn entries(text: &[u8], budget: &mut Budget) -> Result<Option<Vec<WrittenEntry>>, ReadError> {
    let mut lexer = Lexer::new(text, 0);
    if lexer.token() != Some(Token::DictStart) {
        return Ok(None);
    }
    let mut entries = Vec::new();
    loop {
        match lexer.token() {
            Some(Token::Object(Object::Name(name))) => {
                lexer.skip_blanks();
                let start = lexer.at;
                lexer.object(budget)?;
                entries.push(((*name).into(), start..lexer.at));
            }
            Some(Token::DictEnd) => return Ok(Some(entries)),
            _ => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_those_of_the_outer_dictionary() -> Result<(), ReadError> {
        let text = b"<< /Type/Page /A << /Annots [1 0 R] >> /Annots [ 7 3 R ] % no /Annots\n/B (/Annots) >>";
        let entries = entries(text, &mut Budget::default())?.unwrap_or_default();
        let names: Vec<&[u8]> = entries.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, [&b"Type"[..], b"A", b"Annots", b"B"]);
        assert_eq!(&text[entries[2].1.clone()], b"[ 7 3 R ]");
        Ok(())
    }
}
