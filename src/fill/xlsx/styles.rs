//! The cell formats of a workbook: those that wrap text, and for each of a header, one of the same borders and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::SHEET;
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

/// What is known of the cell formats, by their numbers as cells name them.
#[derive(Debug, Default)]
pub(super) struct Formats {
    /// For each format, the first one with its borders, the default font and no fill, if that is another one.
    pub(super) plain: BTreeMap<String, String>,
    /// Those that wrap text.
    pub(super) wrapping: BTreeSet<String>,
}

/// Reads the cell formats.
///
/// # Errors
/// [`ReadError`] if the part is not well-formed, or exceeds a limit.
pub(super) fn formats(xml: &str, budget: &mut Budget) -> Result<Formats, ReadError> {
    let body = xml.trim_start_matches('\u{feff}');
    let mut events = Events::new(body, xml.len() - body.len(), SHEET);
    let (mut formats, mut inside, mut wrapping) = (Vec::new(), false, BTreeSet::new());
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 2 => inside = tag.local == "cellXfs",
            Event::Open(tag) if inside && tag.local == "xf" => {
                let id = |name| tag.get(name).and_then(|id| id.trim().parse::<u32>().ok()).unwrap_or(0);
                formats.push((id("borderId"), [id("fontId"), id("fillId"), id("numFmtId")] == [0; 3]));
            }
            Event::Open(tag) if inside && tag.local == "alignment" => {
                if matches!(tag.get("wrapText").as_deref(), Some("1" | "true")) {
                    wrapping.insert(formats.len().saturating_sub(1).to_string());
                }
            }
            Event::End => break,
            _ => {}
        }
    }
    let plain = formats.iter().enumerate().filter_map(|(number, (border, _))| {
        let other = formats.iter().position(|(own, is_plain)| own == border && *is_plain)?;
        (other != number).then(|| (number.to_string(), other.to_string()))
    });
    Ok(Formats { plain: plain.collect(), wrapping })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_header_has_one_with_its_borders() -> Result<(), ReadError> {
        let xml = "<styleSheet><cellStyleXfs><xf borderId='1'/></cellStyleXfs><cellXfs><xf/><xf fontId='1' borderId='1'/><xf borderId='1'/>\
                   <xf fillId='2'/><xf borderId='2' fillId='2'/></cellXfs></styleSheet>";
        let found = formats(xml, &mut Budget::default())?.plain;
        let expected = [("1", "2"), ("3", "0")].map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert_eq!(found, BTreeMap::from(expected));
        Ok(())
    }

    #[test]
    fn formats_that_wrap_text_are_known_by_their_number() -> Result<(), ReadError> {
        let xml = "<styleSheet><cellStyleXfs><xf><alignment wrapText='1'/></xf></cellStyleXfs><cellXfs><xf/>\
                   <xf><alignment horizontal='left' wrapText='1'/></xf><xf><alignment wrapText='0'/></xf>\
                   <xf><alignment wrapText='true'/></xf></cellXfs></styleSheet>";
        assert_eq!(formats(xml, &mut Budget::default())?.wrapping, ["1", "3"].map(str::to_owned).into());
        Ok(())
    }
}
