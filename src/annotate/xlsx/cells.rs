//! Changes figures in cells of a workbook, each with a note (ECMA-376 part 1, 18.3.1.4).

use super::super::AnnotateError;
use super::super::edit::{Edit, Parts, apply, escaped};
use super::super::revise::Revision;
use super::{CellNote, sheet_notes, sheets};
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};
use crate::write::xlsx::AFTER_CALC_PR;

/// Makes the revisions; returns for each whether it was made. A cell with a formula, or one that is missing in the sheet, is not changed.
pub(in super::super) fn revise(
    parts: &mut Parts,
    main: &str,
    workbook: &str,
    revisions: &[Revision],
) -> Result<Vec<bool>, AnnotateError> {
    let mut made = vec![false; revisions.len()];
    let mut recalculate = false;
    for (name, part) in sheets(parts, main, workbook)? {
        let here: Vec<usize> = (0..revisions.len())
            .filter(|&index| revisions[index].place.part.as_deref() == Some(name.as_str()))
            .collect();
        if here.is_empty() {
            continue;
        }
        let text = parts.text(&part)?.unwrap_or_default();
        let (mut edits, mut notes) = (Vec::new(), Vec::new());
        let sheet = Cells::parse(&text, parts.budget)?;
        for index in here {
            let revision = &revisions[index];
            let Some(at) = revision.place.a1() else { continue };
            let Some(cell) = sheet.plain.iter().find(|cell| cell.name == at) else { continue };
            edits.push(cell.edit(&text, &revision.to));
            if let (Some(row), Some(column)) = (revision.place.row, revision.place.column) {
                notes.push(CellNote { row, column, text: revision.note.clone() });
            }
            made[index] = true;
        }
        if edits.is_empty() {
            continue;
        }
        recalculate |= sheet.formulas;
        parts.set(&part, apply(&text, edits));
        sheet_notes(parts, &part, &notes)?;
    }
    if recalculate {
        let edits = recalculated(workbook, parts.budget)?;
        parts.set(main, apply(workbook, edits));
    }
    Ok(made)
}

/// A cell without a formula; offsets are those of the sheet.
struct Plain {
    name: String,
    /// Start and end of the whole element.
    span: (usize, usize),
}

impl Plain {
    /// The edit that replaces the cell's content by a number, keeping its style.
    fn edit(&self, text: &str, to: &str) -> Edit {
        let (start, end) = self.span;
        let tag = &text[start..start + text[start..end].find('>').map_or(end - start, |at| at + 1)];
        let name = super::super::edit::tag_name(&tag[1..]);
        let prefix = super::super::edit::split_name(name).0;
        let style = attribute(tag, "s").map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
        let new = match (to.is_empty(), to.parse::<rust_decimal::Decimal>()) {
            (true, _) => format!("<{name} r=\"{}\"{style}/>", self.name),
            (false, Ok(_)) => format!("<{name} r=\"{}\"{style}><{prefix}v>{to}</{prefix}v></{name}>", self.name),
            (false, Err(_)) => format!(
                "<{name} r=\"{}\"{style} t=\"inlineStr\"><{prefix}is><{prefix}t>{}</{prefix}t></{prefix}is></{name}>",
                self.name,
                escaped(to)
            ),
        };
        (start, end, new)
    }
}

/// An attribute of a start tag as written.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = [' ', '\t', '\n', '\r'].iter().find_map(|blank| tag.find(&format!("{blank}{name}=")))?;
    let rest = &tag[at + name.len() + 2..];
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// The cells of a sheet.
struct Cells {
    plain: Vec<Plain>,
    /// Whether the sheet has formulas.
    formulas: bool,
}

impl Cells {
    fn parse(text: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let plain = text.trim_start_matches('\u{feff}');
        let mark = text.len() - plain.len();
        let mut events = Events::new(plain, 0, &[]);
        let mut cells = Self { plain: Vec::new(), formulas: false };
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "c" => {
                    let name = tag.get("r").map(std::borrow::Cow::into_owned);
                    let start = tag.start;
                    let depth = events.depth();
                    let mut formula = false;
                    let end = loop {
                        match events.next(budget)? {
                            Event::Open(inner) => formula |= inner.local == "f",
                            Event::Close(end) if events.depth() < depth => break end,
                            Event::End => return Ok(cells),
                            _ => {}
                        }
                    };
                    cells.formulas |= formula;
                    if let Some(name) = name.filter(|_| !formula) {
                        cells.plain.push(Plain { name, span: (start + mark, end + mark) });
                    }
                }
                Event::End => return Ok(cells),
                _ => {}
            }
        }
    }
}

/// The edits that request recalculation on opening, because cached results are the sums of the old figures.
fn recalculated(workbook: &str, budget: &mut Budget) -> Result<Vec<Edit>, ReadError> {
    const WANTED: &str = " fullCalcOnLoad=\"1\"";
    let plain = workbook.trim_start_matches('\u{feff}');
    let mark = workbook.len() - plain.len();
    let mut events = Events::new(plain, 0, &[]);
    let mut place = None;
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 2 => {
                if tag.local == "calcPr" {
                    if tag.get("fullCalcOnLoad").is_some() {
                        return Ok(Vec::new());
                    }
                    let name = super::super::edit::tag_name(&plain[tag.start + 1..]);
                    let at = tag.start + 1 + name.len() + mark;
                    return Ok(vec![(at, at, WANTED.to_owned())]);
                }
                if AFTER_CALC_PR.contains(&tag.local) && place.is_none() {
                    place = Some(tag.start + mark);
                }
                events.skip(budget)?;
            }
            Event::End => break,
            _ => {}
        }
    }
    let prefix = super::super::edit::root(workbook).map_or("", |(prefix, _)| prefix);
    let at = place.or_else(|| workbook.rfind("</")).unwrap_or(workbook.len());
    Ok(vec![(at, at, format!("<{prefix}calcPr{WANTED}/>"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_keeps_its_style_and_gets_a_number() {
        let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"3\" t=\"s\"><v>7</v></c><c r=\"B1\"><f>A1</f><v>7</v></c><c r=\"C1\" s=\"4\"/></row></sheetData></worksheet>";
        let cells = Cells::parse(sheet, &mut Budget::default()).unwrap();
        let names: Vec<&str> = cells.plain.iter().map(|cell| cell.name.as_str()).collect();
        assert_eq!((names, cells.formulas), (vec!["A1", "C1"], true));
        let text = |cell: &Plain, to| cell.edit(sheet, to).2;
        assert_eq!(text(&cells.plain[0], "12"), "<c r=\"A1\" s=\"3\"><v>12</v></c>");
        assert_eq!(text(&cells.plain[1], "1.5"), "<c r=\"C1\" s=\"4\"><v>1.5</v></c>");
        assert_eq!(text(&cells.plain[0], ""), "<c r=\"A1\" s=\"3\"/>");
    }

    #[test]
    fn a_workbook_is_calculated_anew() {
        let anew = |text: &str| apply(text, recalculated(text, &mut Budget::default()).unwrap());
        assert_eq!(
            anew("<workbook><sheets/></workbook>"),
            "<workbook><sheets/><calcPr fullCalcOnLoad=\"1\"/></workbook>"
        );
        assert_eq!(
            anew("<x:workbook><x:calcPr calcId=\"1\"/></x:workbook>"),
            "<x:workbook><x:calcPr fullCalcOnLoad=\"1\" calcId=\"1\"/></x:workbook>"
        );
        assert_eq!(
            anew("<workbook><extLst/></workbook>"),
            "<workbook><calcPr fullCalcOnLoad=\"1\"/><extLst/></workbook>"
        );
    }
}
