//! A sheet as constant pieces with slots, and the XML before and after its rows.

use super::parts;
use crate::form::FieldIndex;
use crate::write::draft::Pieces;
use crate::write::xml::{Element, Node};

/// Something that a report fills in.
#[derive(Debug)]
pub(super) enum Slot {
    /// The report's title: the cell from its style on.
    Title,
    /// A figure: the cell from its style on; the total that it is, if the sheet computes it.
    Figure { field: FieldIndex, total: Option<Total> },
    /// The answer of a check: the text alone. Rule, instance, and whether sums are rounded.
    Check { rule: usize, instance: usize, rounds: bool },
}

/// A sheet: constant pieces, most with a slot behind them.
#[derive(Debug)]
pub(super) struct SheetTemplate {
    pub(super) pieces: Pieces,
    /// The numbers of the pieces that have one, and the slots.
    pub(super) slots: Vec<(usize, Slot)>,
    /// The number of the last piece.
    pub(super) last: usize,
}

/// A sheet without rows: the text before and behind them.
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
    /// The number of the piece with the formula: what stands between the cell's style and the sum.
    pub(super) formula: usize,
    /// The number of the piece with the formula for a total that is blank as long as its summands are, to the end of the cell.
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
            // The rows differ from report to report, and programs do without their extent.
            std::cmp::Ordering::Less if element.name == "dimension" => {}
            std::cmp::Ordering::Less => element.write(&mut head),
            std::cmp::Ordering::Equal => head.push_str("<sheetData>"),
            std::cmp::Ordering::Greater => element.write(&mut tail),
        }
    }
    tail.push_str("</worksheet>");
    Some(Frame { head, tail })
}
