//! The comments part of a sheet (ECMA-376 part 1, 18.7): adds notes to existing ones.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::edit::{Edit, apply, escaped, root, tag_name};
use super::CellNote;
use crate::document::Budget;
use crate::read::xml::{Event, Events};
use crate::read::{Damage, ReadError};

/// Number of cells to the right of an occupied one that are tried for its note.
const TRIED: u32 = 64;

/// The parsed content of a comments part.
#[derive(Default)]
struct ExistingComments {
    authors: Vec<String>,
    /// By cell: index of the author, and the offset of the text's end tag if text can be inserted there.
    cells: BTreeMap<String, (usize, Option<usize>)>,
    authors_end: Option<Inside>,
    list_end: Option<Inside>,
}

/// The end of the content of an element.
#[derive(Clone)]
enum Inside {
    /// Before its end tag.
    At(usize),
    /// Written as `<a/>`: the offset of its `/>`, and its name.
    Empty(usize, String),
}

impl Inside {
    fn edit(&self, content: String) -> Edit {
        match self {
            Self::At(at) => (*at, *at, content),
            Self::Empty(at, name) => (*at, at + "/>".len(), format!(">{content}</{name}>")),
        }
    }
}

impl ExistingComments {
    fn parse(text: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let plain = text.trim_start_matches('\u{feff}');
        let mark = text.len() - plain.len();
        let mut events = Events::new(plain, 0, &[]);
        let mut known = Self::default();
        let mut cell = None;
        let mut open: Vec<(&str, usize)> = Vec::new();
        loop {
            match events.next(budget)? {
                Event::Open(tag) => {
                    open.push((tag.local, tag.start));
                    match tag.local {
                        "author" => {
                            known.authors.push(events.content(budget)?.into_owned());
                            open.pop();
                        }
                        "comment" => {
                            cell = tag.get("ref").map(std::borrow::Cow::into_owned);
                            let author = tag.get("authorId").and_then(|id| id.parse().ok()).unwrap_or(usize::MAX);
                            known.cells.extend(cell.clone().map(|cell| (cell, (author, None))));
                        }
                        _ => {}
                    }
                }
                Event::Close(end) => {
                    let Some((local, start)) = open.pop() else { continue };
                    let inside = inside(plain, start, end, mark);
                    match local {
                        "authors" => known.authors_end = Some(inside),
                        "commentList" => known.list_end = Some(inside),
                        "text" => {
                            let entry = cell.take().and_then(|cell| known.cells.get_mut(&cell));
                            if let (Some(entry), Inside::At(at)) = (entry, inside) {
                                entry.1 = Some(at);
                            }
                        }
                        _ => {}
                    }
                }
                Event::End => return Ok(known),
                _ => {}
            }
        }
    }

    /// Where text can be added to an existing note. The note of a threaded comment is only for old programs and is not changed.
    fn below(&self, cell: &str) -> Option<usize> {
        let (author, end) = self.cells.get(cell)?;
        let threaded = self.authors.get(*author).is_some_and(|author| author.starts_with("tc="));
        end.filter(|_| !threaded)
    }
}

fn inside(text: &str, start: usize, end: usize, mark: usize) -> Inside {
    let element = &text[start..end];
    match element.rfind("</").filter(|_| !element.ends_with("/>")) {
        Some(at) => Inside::At(start + at + mark),
        None => Inside::Empty(end - "/>".len() + mark, tag_name(&element[1..]).to_owned()),
    }
}

/// The comments part with the notes added, and the notes that need a box. A note at a cell with somebody else's note is appended to it;
/// if that is not possible, it is moved to the next free cell.
pub(super) fn with(
    text: &str,
    notes: &[CellNote],
    author: &str,
    budget: &mut Budget,
) -> Result<(String, Vec<CellNote>), ReadError> {
    let prefix = root(text).map_or("", |(prefix, _)| prefix);
    let known = ExistingComments::parse(text, budget)?;
    let (mut edits, mut drawn): (Vec<Edit>, Vec<CellNote>) = (Vec::new(), Vec::new());
    for note in notes {
        if let Some(at) = known.below(&note.name()) {
            edits.push((at, at, run(prefix, &format!("\n{}", note.text))));
            continue;
        }
        let free = |cell: &CellNote| !known.cells.contains_key(&cell.name());
        let other = |cell: &CellNote| notes.iter().chain(&drawn).any(|note| note.name() == cell.name());
        let moved = (1..TRIED).map(|step| CellNote { column: note.column + step, ..note.clone() });
        if free(note) {
            drawn.push(note.clone());
        } else if let Some(mut moved) = moved.into_iter().find(|cell| free(cell) && !other(cell)) {
            moved.text = format!("{}: {}", note.name(), note.text);
            drawn.push(moved);
        }
    }
    if drawn.is_empty() {
        return Ok((apply(text, edits), drawn));
    }
    let (Some(authors), Some(list)) = (&known.authors_end, &known.list_end) else {
        return Err(Damage::CommentLists.into());
    };
    let own = known.authors.iter().position(|known| known == author);
    if own.is_none() {
        edits.push(authors.edit(format!("<{prefix}author>{}</{prefix}author>", escaped(author))));
    }
    edits.push(list.edit(comments(prefix, &drawn, own.unwrap_or(known.authors.len()))));
    Ok((apply(text, edits), drawn))
}

fn run(p: &str, text: &str) -> String {
    format!("<{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>", escaped(text))
}

fn comments(p: &str, notes: &[CellNote], author: usize) -> String {
    notes.iter().fold(String::new(), |mut xml, note| {
        // Writing to a string cannot fail.
        let _ = write!(
            xml,
            "<{p}comment ref=\"{}\" authorId=\"{author}\"><{p}text>{}</{p}text></{p}comment>",
            note.name(),
            run(p, &note.text)
        );
        xml
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(row: u32, column: u32) -> CellNote {
        CellNote { row, column, text: "应为3".into() }
    }

    fn commented(text: &str, notes: &[CellNote]) -> Result<(String, Vec<String>), ReadError> {
        let (text, drawn) = with(text, notes, "年报核对", &mut Budget::default())?;
        Ok((text, drawn.iter().map(CellNote::name).collect()))
    }

    const OWN: &str = "<r><t xml:space=\"preserve\">应为3</t></r>";

    #[test]
    fn empty_lists_are_opened() -> Result<(), ReadError> {
        let (text, drawn) = commented("<comments><authors/><commentList/></comments>", &[note(0, 1)])?;
        assert_eq!(drawn, ["B1"]);
        let list = format!("<comment ref=\"B1\" authorId=\"0\"><text>{OWN}</text></comment>");
        assert_eq!(
            text,
            format!(
                "<comments><authors><author>年报核对</author></authors><commentList>{list}</commentList></comments>"
            )
        );
        Ok(())
    }

    #[test]
    fn notes_of_others_keep_their_words() -> Result<(), ReadError> {
        let theirs = "<x:comments><x:authors><x:author>甲</x:author></x:authors><x:commentList>\
             <x:comment ref='A1' authorId='0'><x:text><x:t>看</x:t></x:text></x:comment></x:commentList></x:comments>";
        let (text, drawn) = commented(theirs, &[note(0, 0)])?;
        assert!(drawn.is_empty());
        assert!(text.contains("<x:t>看</x:t><x:r><x:t xml:space=\"preserve\">\n应为3</x:t></x:r></x:text>"), "{text}");
        Ok(())
    }

    #[test]
    fn a_threaded_comment_and_an_empty_text_send_the_note_next_door() -> Result<(), ReadError> {
        let theirs = "<comments><authors><author>tc={1}</author><author>乙</author></authors><commentList>\
             <comment ref='A1' authorId='0'><text><t>[Threaded]</t></text></comment>\
             <comment ref='A2' authorId='1'><text/></comment></commentList></comments>";
        let (text, drawn) = commented(theirs, &[note(0, 0), note(0, 1), note(1, 0)])?;
        assert_eq!(drawn, ["C1", "B1", "B2"]);
        assert!(text.contains("ref=\"C1\" authorId=\"2\"") && text.contains(">A1: 应为3<"), "{text}");
        Ok(())
    }

    #[test]
    fn comments_without_a_list_are_damaged() {
        assert!(matches!(commented("<comments/>", &[note(0, 0)]), Err(ReadError::Damaged(_))));
    }
}
