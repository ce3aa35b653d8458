//! The VML drawing of a sheet's notes (ECMA-376 part 4, 14.1 and 20): a box for each, without which Excel does not show them.

use std::fmt::Write;

use super::super::edit::append;
use super::CellNote;

/// A drawing without boxes.
pub(super) const BLANK: &str = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>";

const NAMES: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
                     xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";

/// Prefix of shape ids as written by Excel; the first of a drawing has the number 1025.
const SHAPE: &str = "_x0000_s";
const FIRST: u32 = 1025;

/// The drawing with a box for each note, hidden until the pointer rests on the cell.
pub(super) fn with_boxes(drawing: &str, notes: &[CellNote]) -> String {
    let mut shapes = format!(
        "v:shapetype {NAMES} id=\"nianbao_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
         <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
    );
    for (note, number) in notes.iter().zip(free_number(drawing)..) {
        let (row, column) = (note.row, note.column);
        // Writing to a string cannot fail.
        let _ = write!(
            shapes,
            "<v:shape {NAMES} id=\"{SHAPE}{number}\" type=\"#nianbao_t202\" style=\"position:absolute;width:240pt;height:96pt;z-index:1;\
             visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>\
             <v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>\
             <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{}, 15, {}, 2, {}, 15, {}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            column + 1,
            row.saturating_sub(1),
            column + 5,
            row + 6
        );
    }
    match drawing.rfind("</") {
        Some(at) => format!("{}<{shapes}{}", &drawing[..at], &drawing[at..]),
        None => append(drawing, &[shapes]),
    }
}

/// A number above those of all existing shapes.
fn free_number(drawing: &str) -> u32 {
    let number = |at: usize| {
        let digits = &drawing[at + SHAPE.len()..];
        digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse::<u32>().ok()
    };
    let known = drawing.match_indices(SHAPE).filter_map(|(at, _)| number(at)).filter(|&known| known < u32::MAX / 2);
    known.max().map_or(FIRST, |most| most.max(FIRST - 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_get_numbers_that_no_other_has() {
        let notes =
            [CellNote { row: 2, column: 3, text: String::new() }, CellNote { row: 0, column: 0, text: String::new() }];
        let once = with_boxes(BLANK, &notes);
        assert!(once.contains("id=\"_x0000_s1025\"") && once.contains("id=\"_x0000_s1026\""));
        assert!(with_boxes(&once, &notes).contains("id=\"_x0000_s1028\""));
        assert!(once.contains("<x:Row>2</x:Row><x:Column>3</x:Column>") && once.ends_with("</v:shape></xml>"));
    }
}
