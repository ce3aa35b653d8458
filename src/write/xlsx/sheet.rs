//! A sheet as constant pieces with slots, and the XML before and after its rows.

use super::parts;
use crate::form::FieldIndex;
use crate::write::draft::Pieces;
use crate::write::xml::{Element, Node};

/// A slot to be filled in from a report.
#[derive(Debug)]
pub(super) enum Slot {
    /// The report's title: the cell from its style on.
    Title,
    /// A figure: the cell from its style on; `total` if the sheet computes it.
    Figure { field: FieldIndex, total: Option<Total> },
    /// The result of a check: only its text. Rule, instance, and whether sums are rounded.
    Check { rule: usize, instance: usize, rounds: bool },
}

/// A sheet: constant pieces, most of them followed by a slot.
#[derive(Debug)]
pub(super) struct SheetTemplate {
    pub(super) pieces: Pieces,
    /// Slots, each with the index of the piece before it.
    pub(super) slots: Vec<(usize, Slot)>,
    /// Index of the last piece.
    pub(super) last: usize,
}

/// A sheet without rows: the XML before and after them.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) head: String,
    pub(super) tail: String,
}

/// A total that a sheet computes.
#[derive(Debug)]
pub(super) struct Total {
    pub(super) rule: usize,
    pub(super) instance: usize,
    pub(super) rounds: bool,
    /// Index of the piece with the formula: the text between the cell's style and the sum.
    pub(super) formula: usize,
    /// Index of the piece with the formula for a total that is blank while its summands are, up to the end of the cell.
    pub(super) or_blank: Option<usize>,
}

/// The value of an attribute.
pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The start tag of an element, as text.
pub(super) fn opening(element: &Element) -> String {
    let mut text = String::new();
    Element { children: vec![Node::Text(String::new())], ..element.clone() }.write(&mut text);
    let end = format!("</{}>", element.name);
    text.truncate(text.len() - end.len());
    text
}

/// The XML before and after the rows of a sheet.
pub(super) fn frame(sheet: &Element) -> Option<Frame> {
    let at = sheet.elements().position(|element| element.name == "sheetData")?;
    let mut head = format!("{}{}", parts::DECLARATION, opening(sheet));
    let mut tail = String::from("</sheetData>");
    for (number, element) in sheet.elements().enumerate() {
        match number.cmp(&at) {
            // Rows differ between reports, and the dimension is optional.
            std::cmp::Ordering::Less if element.name == "dimension" => {}
            std::cmp::Ordering::Less => element.write(&mut head),
            std::cmp::Ordering::Equal => head.push_str("<sheetData>"),
            std::cmp::Ordering::Greater => element.write(&mut tail),
        }
    }
    tail.push_str("</worksheet>");
    Some(Frame { head, tail })
}
