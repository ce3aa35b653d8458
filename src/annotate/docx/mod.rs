//! Comments of WordprocessingML (ECMA-376 part 1, 17.13.4): the comments part, and ranges and references in the body.

use std::collections::BTreeSet;

use super::edit::{Edit, Parts, append, apply, escaped, split_name, tag_name};
use super::{AnnotateError, Note};
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

pub(super) mod track;

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";

/// Adds the notes to the body, and the rest at its first paragraph. Returns the number of comments.
pub(super) fn annotate<'f>(
    parts: &mut Parts,
    main: &str,
    text: &str,
    notes: &[Note<'f>],
    mut rest: Vec<&'f str>,
) -> Result<usize, AnnotateError> {
    let mut anchored: Vec<(Anchor, Vec<&str>)> = Vec::new();
    let mut put =
        |anchor: Anchor, texts: &[&'f str], first: bool| match anchored.iter_mut().find(|known| known.0 == anchor) {
            // Places in one paragraph share a comment.
            Some(known) => known.1.extend(texts),
            None if first => anchored.insert(0, (anchor, texts.to_vec())),
            None => anchored.push((anchor, texts.to_vec())),
        };
    for note in notes {
        let span = note.place.span.filter(|_| note.place.part.as_deref() == Some(main));
        let anchor = match span.and_then(|(start, end)| Some((start, text.get(start as usize..end as usize)?))) {
            Some((start, slice)) => match anchor(slice, start as usize, parts.budget) {
                // A place that is not an element of this part is treated as none.
                Err(ReadError::Damaged(_)) => None,
                found => found?,
            },
            None => None,
        };
        match anchor {
            Some(anchor) => put(anchor, &note.texts, false),
            None => rest.extend(&note.texts),
        }
    }
    if !rest.is_empty()
        && let Some(anchor) = first_paragraph(text, parts.budget)?
    {
        put(anchor, &rest, true);
    }
    if anchored.is_empty() {
        return Ok(0);
    }
    let (name, comments) = comments_part(parts, main)?;
    let prefix = super::edit::root(&comments).map_or("w:", |(prefix, _)| prefix).to_owned();
    let taken = ids(&comments, parts.budget)?;
    let (mut added, mut edits) = (Vec::new(), Vec::new());
    for (id, (anchor, texts)) in (0..).filter(|id| !taken.contains(id)).zip(&anchored) {
        added.push(comment(id, texts, (&prefix, &parts.author)));
        anchor.mark(id, &mut edits);
    }
    parts.set(&name, append(&comments, &added));
    parts.set(main, apply(text, edits));
    Ok(anchored.len())
}

/// The comments part of the document, created if missing.
fn comments_part(parts: &mut Parts, main: &str) -> Result<(String, String), AnnotateError> {
    let relationships = parts.relationships(main)?;
    if let Some(name) = relationships.target("comments")
        && let Some(text) = parts.text(name)?
    {
        return Ok((name.to_owned(), text));
    }
    let folder = main.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
    let name = parts.free_name(&format!("{folder}comments"), ".xml");
    parts.relate(main, &relationships, "comments", &name);
    parts.declare(&name, MEDIA_TYPE);
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    Ok((name, format!("{declaration}<w:comments xmlns:w=\"{MAIN}\"></w:comments>")))
}

/// The ids of the existing comments.
fn ids(comments: &str, budget: &mut Budget) -> Result<BTreeSet<u32>, ReadError> {
    let mut events = Events::new(comments.trim_start_matches('\u{feff}'), 0, &[]);
    let mut ids = BTreeSet::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "comment" => {
                ids.extend(tag.get("id").and_then(|id| id.trim().parse::<u32>().ok()));
            }
            Event::End => return Ok(ids),
            _ => {}
        }
    }
}

/// A comment in the form for [`append`]: without its first `<` and prefix.
fn comment(id: u32, texts: &[&str], (p, author): (&str, &str)) -> String {
    let author = escaped(author);
    let mut xml = format!("comment {p}id=\"{id}\" {p}author=\"{author}\">");
    for text in texts {
        xml.push_str(&format!("<{p}p><{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r></{p}p>", escaped(text)));
    }
    xml.push_str(&format!("</{p}comment>"));
    xml
}

/// Offsets of the paragraph that a comment is attached to.
#[derive(Debug, PartialEq, Eq)]
struct Anchor {
    /// Prefix of its elements, with colon.
    prefix: String,
    /// After the paragraph's properties.
    start: usize,
    /// Before its end tag; at the `/` of `<p/>`.
    end: usize,
    /// Whether it is `<p/>`.
    empty: bool,
}

impl Anchor {
    fn mark(&self, id: u32, edits: &mut Vec<Edit>) {
        let p = &self.prefix;
        let start = format!("<{p}commentRangeStart {p}id=\"{id}\"/>");
        let end = format!("<{p}commentRangeEnd {p}id=\"{id}\"/><{p}r><{p}commentReference {p}id=\"{id}\"/></{p}r>");
        if self.empty {
            edits.push((self.end, self.end + "/>".len(), format!(">{start}{end}</{p}p>")));
        } else {
            edits.push((self.start, self.start, start));
            edits.push((self.end, self.end, end));
        }
    }
}

/// The first paragraph of a cell or paragraph that begins at offset `base` of the part.
fn anchor(slice: &str, base: usize, budget: &mut Budget) -> Result<Option<Anchor>, ReadError> {
    let Some(tag) = slice.strip_prefix('<') else { return Ok(None) };
    let prefix = split_name(tag_name(tag)).0;
    let mut events = Events::new(slice, 0, &[]);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if is_tag(slice, tag.start, prefix, "p") => {
                let anchor = paragraph(slice, prefix, &mut events, budget)?;
                return Ok(Some(Anchor { start: anchor.start + base, end: anchor.end + base, ..anchor }));
            }
            Event::End => return Ok(None),
            _ => {}
        }
    }
}

/// The first paragraph of the body.
fn first_paragraph(text: &str, budget: &mut Budget) -> Result<Option<Anchor>, ReadError> {
    let mut events = Events::new(text.trim_start_matches('\u{feff}'), 0, &[]);
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let text = &text[mark..];
    let mut prefix = "";
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "body" => prefix = split_name(tag_name(&text[tag.start + 1..])).0,
            Event::Open(tag) if is_tag(text, tag.start, prefix, "p") => {
                let anchor = paragraph(text, prefix, &mut events, budget)?;
                return Ok(Some(Anchor { start: anchor.start + mark, end: anchor.end + mark, ..anchor }));
            }
            Event::End => return Ok(None),
            _ => {}
        }
    }
}

/// Whether the tag at an offset has this name.
fn is_tag(text: &str, start: usize, prefix: &str, local: &str) -> bool {
    split_name(tag_name(&text[start + 1..])) == (prefix, local)
}

/// The paragraph that was opened last.
fn paragraph(text: &str, prefix: &str, events: &mut Events, budget: &mut Budget) -> Result<Anchor, ReadError> {
    let depth = events.depth();
    let mut start = events.offset();
    let mut first = true;
    loop {
        match events.next(budget)? {
            Event::Open(tag) => {
                if std::mem::take(&mut first) && is_tag(text, tag.start, prefix, "pPr") {
                    start = events.skip(budget)?;
                }
            }
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Close(end) if events.depth() < depth => {
                let empty = text[..end].ends_with("/>") && start == end;
                let end = if empty { end - "/>".len() } else { text[..end].rfind("</").unwrap_or(end) };
                return Ok(Anchor { prefix: prefix.to_owned(), start, end, empty });
            }
            _ => first = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Result<String, ReadError> {
        let mut edits = Vec::new();
        if let Some(anchor) = anchor(text, 0, &mut Budget::default())? {
            anchor.mark(7, &mut edits);
        }
        Ok(apply(text, edits))
    }

    #[test]
    fn the_range_is_inside_the_first_paragraph_after_its_properties() -> Result<(), ReadError> {
        let reference = "<w:commentRangeEnd w:id=\"7\"/><w:r><w:commentReference w:id=\"7\"/></w:r>";
        let range = "<w:commentRangeStart w:id=\"7\"/>";
        for (before, after) in [
            (
                "<w:tc><w:tcPr/><w:p><w:pPr/><w:r/></w:p></w:tc>",
                format!("<w:tc><w:tcPr/><w:p><w:pPr/>{range}<w:r/>{reference}</w:p></w:tc>"),
            ),
            ("<w:tc><w:p/></w:tc>", format!("<w:tc><w:p>{range}{reference}</w:p></w:tc>")),
            (
                "<w:p a='1'>\n<w:pPr><w:b/></w:pPr></w:p>",
                format!("<w:p a='1'>\n<w:pPr><w:b/></w:pPr>{range}{reference}</w:p>"),
            ),
            ("<w:p><w:r/><w:pPr/></w:p>", format!("<w:p>{range}<w:r/><w:pPr/>{reference}</w:p>")),
            ("<w:p><w:r><w:p/></w:r></w:p>", format!("<w:p>{range}<w:r><w:p/></w:r>{reference}</w:p>")),
            ("<w:tc><a:p/></w:tc>", "<w:tc><a:p/></w:tc>".to_owned()),
        ] {
            assert_eq!(marked(before)?, after);
        }
        Ok(())
    }
}
