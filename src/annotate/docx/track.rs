//! Tracked changes of WordprocessingML (ECMA-376 part 1, 17.13.5): deletes the runs of a cell or paragraph, and inserts a new run.

use super::super::AnnotateError;
use super::super::edit::{Edit, Parts, apply, escaped, split_name, tag_name};
use super::super::revise::Revision;
use super::{Anchor, anchor};
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

/// First id of our changes, higher than those of other programs.
const FIRST_ID: u64 = 70_000_000;

/// Elements that are skipped: nested tables, and content that is already deleted or moved away.
const PASSED_OVER: &[&str] = &["tbl", "del", "moveFrom", "pPr", "rPr", "drawing", "pict", "object", "AlternateContent"];

/// Makes the revisions in the body; returns for each whether it was made.
pub(in super::super) fn revise(
    parts: &mut Parts,
    main: &str,
    text: &str,
    revisions: &[Revision],
) -> Result<Vec<bool>, AnnotateError> {
    let (mut edits, mut made) = (Vec::new(), Vec::new());
    for (revision, id) in revisions.iter().zip((FIRST_ID..).step_by(2)) {
        let span = revision.place.span.filter(|_| revision.place.part.as_deref() == Some(main));
        let slice = span.and_then(|(start, end)| Some((start as usize, text.get(start as usize..end as usize)?)));
        let change = match slice {
            Some((start, slice)) => match changed(slice, start, revision, (id, &parts.author), parts.budget) {
                // A place that is not an element of this part is treated as none.
                Err(ReadError::Damaged(_)) => None,
                change => change?,
            },
            None => None,
        };
        made.push(change.is_some());
        edits.extend(change.unwrap_or_default());
    }
    if made.contains(&true) {
        parts.set(main, apply(text, edits));
    }
    Ok(made)
}

/// A run with text; offsets are relative to the slice.
struct Run<'s> {
    start: usize,
    end: usize,
    properties: &'s str,
    edits: Vec<Edit>,
}

/// The edits of one revision; `None` if there is no paragraph.
fn changed(
    slice: &str,
    base: usize,
    revision: &Revision,
    (id, author): (u64, &str),
    budget: &mut Budget,
) -> Result<Option<Vec<Edit>>, ReadError> {
    let Some(anchor) = anchor(slice, 0, budget)? else { return Ok(None) };
    let runs = runs(slice, &anchor.prefix, budget)?;
    let p = &anchor.prefix;
    let signed = format!("{p}author=\"{}\" {p}date=\"{}\"", escaped(author), escaped(&revision.date));
    let mut edits: Vec<Edit> = Vec::new();
    for run in &runs {
        edits.push((run.start, run.start, format!("<{p}del {p}id=\"{id}\" {signed}>")));
        edits.extend(run.edits.iter().cloned());
        edits.push((run.end, run.end, format!("</{p}del>")));
    }
    let properties = runs.first().map_or("", |run| run.properties);
    let inserted = inserted(p, &revision.to, properties, &format!("{p}id=\"{}\" {signed}", id + 1));
    match runs.last() {
        Some(run) => edits.push((run.end, run.end, inserted)),
        None => insert(&anchor, &inserted, &mut edits),
    }
    Ok(Some(edits.into_iter().map(|(start, end, new)| (start + base, end + base, new)).collect()))
}

/// The new run; empty if the new text is empty.
fn inserted(p: &str, to: &str, properties: &str, signed: &str) -> String {
    if to.is_empty() {
        return String::new();
    }
    let text = escaped(to);
    format!("<{p}ins {signed}><{p}r>{properties}<{p}t xml:space=\"preserve\">{text}</{p}t></{p}r></{p}ins>")
}

/// Inserts the new run into a paragraph without runs.
fn insert(anchor: &Anchor, inserted: &str, edits: &mut Vec<Edit>) {
    let p = &anchor.prefix;
    if anchor.empty {
        edits.push((anchor.end, anchor.end + "/>".len(), format!(">{inserted}</{p}p>")));
    } else {
        edits.push((anchor.end, anchor.end, inserted.to_owned()));
    }
}

/// The runs with text, each with the edits that turn its text into deleted text.
fn runs<'s>(slice: &'s str, prefix: &str, budget: &mut Budget) -> Result<Vec<Run<'s>>, ReadError> {
    let mut events = Events::new(slice, 0, &[]);
    let mut runs = Vec::new();
    // The first start tag is the slice's own element, which may be a cell or table that must not be skipped.
    let mut first = true;
    loop {
        match events.next(budget)? {
            Event::Open(tag) => {
                let (of, local) = split_name(tag_name(&slice[tag.start + 1..]));
                if std::mem::take(&mut first) || of != prefix {
                    continue;
                }
                if local == "r" {
                    runs.extend(run(slice, prefix, tag.start, &mut events, budget)?);
                } else if PASSED_OVER.contains(&local) {
                    events.skip(budget)?;
                }
            }
            Event::End => return Ok(runs),
            _ => {}
        }
    }
}

/// The run that was opened last; `None` for one without text.
fn run<'s>(
    slice: &'s str,
    prefix: &str,
    start: usize,
    events: &mut Events,
    budget: &mut Budget,
) -> Result<Option<Run<'s>>, ReadError> {
    let depth = events.depth();
    let mut run = Run { start, end: start, properties: "", edits: Vec::new() };
    loop {
        match events.next(budget)? {
            Event::Open(tag) => {
                let name = tag_name(&slice[tag.start + 1..]);
                let end = events.skip(budget)?;
                let deleted = match split_name(name) {
                    (of, "rPr") if of == prefix => {
                        run.properties = &slice[tag.start..end];
                        continue;
                    }
                    (of, "t") if of == prefix => "delText",
                    (of, "instrText") if of == prefix => "delInstrText",
                    _ => continue,
                };
                run.edits.push((tag.start + 1, tag.start + 1 + name.len(), format!("{prefix}{deleted}")));
                if let Some(close) = slice[..end].rfind("</").filter(|_| !slice[..end].ends_with("/>")) {
                    run.edits.push((close + 2, close + 2 + name.len(), format!("{prefix}{deleted}")));
                }
            }
            Event::Close(end) if events.depth() < depth => {
                run.end = end;
                return Ok(Some(run).filter(|run| !run.edits.is_empty()));
            }
            Event::End => return Ok(None),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Place;

    fn tracked(text: &str, to: &str) -> String {
        let place = Place::default();
        let revision = Revision { place: &place, to: to.to_owned(), date: "D".to_owned(), note: String::new() };
        let edits = changed(text, 0, &revision, (1, "A"), &mut Budget::default()).unwrap();
        edits.map_or_else(|| text.to_owned(), |edits| apply(text, edits))
    }

    #[test]
    fn runs_with_text_are_deleted_and_a_new_one_has_their_properties() {
        let by = |id: u32| format!("w:id=\"{id}\" w:author=\"A\" w:date=\"D\"");
        let (del, ins) = (by(1), by(2));
        let new = |properties: &str| {
            format!("<w:ins {ins}><w:r>{properties}<w:t xml:space=\"preserve\">1</w:t></w:r></w:ins>")
        };
        for (before, after) in [
            (
                "<w:tc><w:p><w:pPr/><w:r><w:rPr><w:b/></w:rPr><w:t>2</w:t></w:r></w:p></w:tc>",
                format!(
                    "<w:tc><w:p><w:pPr/><w:del {del}><w:r><w:rPr><w:b/></w:rPr><w:delText>2</w:delText></w:r></w:del>{}</w:p></w:tc>",
                    new("<w:rPr><w:b/></w:rPr>")
                ),
            ),
            ("<w:tc><w:p/></w:tc>", format!("<w:tc><w:p>{}</w:p></w:tc>", new(""))),
            (
                "<w:tc><w:p><w:r><w:t xml:space='preserve'>1</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>2</w:t></w:r></w:p></w:tc>",
                format!(
                    "<w:tc><w:p><w:del {del}><w:r><w:delText xml:space='preserve'>1</w:delText></w:r></w:del><w:r><w:tab/></w:r><w:del {del}><w:r><w:delText>2</w:delText></w:r></w:del>{}</w:p></w:tc>",
                    new("")
                ),
            ),
            (
                "<w:tc><w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del></w:p></w:tc>",
                format!("<w:tc><w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del>{}</w:p></w:tc>", new("")),
            ),
        ] {
            assert_eq!(tracked(before, "1"), after);
        }
        assert_eq!(tracked("<w:tc><w:p/></w:tc>", ""), "<w:tc><w:p></w:p></w:tc>");
    }
}
