//! The cell formats of a workbook: those that wrap text, and for each of a header, one of the same borders and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::SHEET;
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

/// For each cell format, the first one with its borders, the default font and no fill, if that is another one.
///
/// # Errors
/// [`ReadError`] if the part is not well-formed, or exceeds a limit.
pub(super) fn plain(xml: &str, budget: &mut Budget) -> Result<BTreeMap<String, String>, ReadError> {
    let body = xml.trim_start_matches('\u{feff}');
    let mut events = Events::new(body, xml.len() - body.len(), SHEET);
    let (mut formats, mut inside) = (Vec::new(), false);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 2 => inside = tag.local == "cellXfs",
            Event::Open(tag) if inside && tag.local == "xf" => {
                let id = |name| tag.get(name).and_then(|id| id.trim().parse::<u32>().ok()).unwrap_or(0);
                formats.push((id("borderId"), [id("fontId"), id("fillId"), id("numFmtId")] == [0; 3]));
            }
            Event::End => break,
            _ => {}
        }
    }
    let plain = formats.iter().enumerate().filter_map(|(number, (border, _))| {
        let other = formats.iter().position(|(own, is_plain)| own == border && *is_plain)?;
        (other != number).then(|| (number.to_string(), other.to_string()))
    });
    Ok(plain.collect())
}

/// Numbers of the cell formats that wrap text, as cells name them.
///
/// # Errors
/// As for [`plain`].
pub(super) fn wrapping(xml: &str, budget: &mut Budget) -> Result<BTreeSet<String>, ReadError> {
    let body = xml.trim_start_matches('\u{feff}');
    let mut events = Events::new(body, xml.len() - body.len(), SHEET);
    let (mut wrapping, mut inside, mut count) = (BTreeSet::new(), false, 0_usize);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 2 => inside = tag.local == "cellXfs",
            Event::Open(tag) if inside && tag.local == "xf" => count += 1,
            Event::Open(tag) if inside && tag.local == "alignment" => {
                if matches!(tag.get("wrapText").as_deref(), Some("1" | "true")) {
                    wrapping.insert(count.saturating_sub(1).to_string());
                }
            }
            Event::End => return Ok(wrapping),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_header_has_one_with_its_borders() -> Result<(), ReadError> {
        let xml = "<styleSheet><cellStyleXfs><xf borderId='1'/></cellStyleXfs><cellXfs><xf/><xf fontId='1' borderId='1'/><xf borderId='1'/>\
                   <xf fillId='2'/><xf borderId='2' fillId='2'/></cellXfs></styleSheet>";
        let found = plain(xml, &mut Budget::default())?;
        let expected = [("1", "2"), ("3", "0")].map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert_eq!(found, BTreeMap::from(expected));
        Ok(())
    }

    #[test]
    fn formats_that_wrap_text_are_known_by_their_number() -> Result<(), ReadError> {
        let xml = "<styleSheet><cellStyleXfs><xf><alignment wrapText='1'/></xf></cellStyleXfs><cellXfs><xf/>\
                   <xf><alignment horizontal='left' wrapText='1'/></xf><xf><alignment wrapText='0'/></xf>\
                   <xf><alignment wrapText='true'/></xf></cellXfs></styleSheet>";
        assert_eq!(wrapping(xml, &mut Budget::default())?, ["1", "3"].map(str::to_owned).into());
        Ok(())
    }
}
