//! Character formatting that decides whether text is read.

use super::sprm::op;
use crate::read::container::cfb::u16_at;
use crate::read::shared::marks::{Change, Colour, Face, Paper, Rgb, Shift};

/// Applies a modifier of the character formatting; `style` is the formatting that a toggle refers to.
pub(super) fn apply_face(face: &mut Face, style: Face, opcode: u16, operand: &[u8]) {
    let first = operand.first().copied().unwrap_or(0);
    let mut change = Change::default();
    match opcode {
        op::C_VANISH => face.hidden = toggle(operand, style.hidden),
        op::C_STRIKE => face.struck = toggle(operand, style.struck),
        op::C_DOUBLE_STRIKE => face.double = toggle(operand, style.double),
        op::C_SCRIPT => {
            face.shift = match first {
                1 => Shift::Raised,
                2 => Shift::Lowered,
                _ => Shift::None,
            };
        }
        op::C_POSITION => {
            let shift = u16_at(operand, 0).map_or(0, |shift| i32::from(shift.cast_signed()));
            face.shift = Shift::by_half_points(shift);
        }
        op::C_SIZE => change.half_points(u16_at(operand, 0).map_or(u32::MAX, u32::from)),
        op::C_SCALE => change.scale(u16_at(operand, 0).map_or(u32::MAX, u32::from)),
        op::C_SPACING => change.spacing(u16_at(operand, 0).map_or(0, |spacing| spacing.cast_signed().into())),
        op::C_COLOUR => change.set_colour(of_number(first)),
        op::C_RGB => change.set_colour(rgb(operand, 0)),
        op::C_HIGHLIGHT => (change.paper, change.ground) = set(of_colour(of_number(first))),
        op::C_SHADE_80 | op::P_SHADE_80 => {
            if let Some(shade) = u16_at(operand, 0) {
                (change.paper, change.ground) = set(shade_80(shade));
            }
        }
        op::C_SHADE | op::P_SHADE => (change.paper, change.ground) = set(shade(operand)),
        _ => return,
    }
    *face = change.apply(*face);
}

/// Merges the formatting of a character style into existing formatting: a property is on if it is on in either.
pub(super) fn merge_faces(style: Face, face: Face) -> Face {
    Face {
        hidden: style.hidden | face.hidden,
        struck: style.struck | face.struck,
        double: style.double | face.double,
        tiny: style.tiny | face.tiny,
        pale: style.pale | face.pale,
        away: style.away | face.away,
        shift: if style.shift == Shift::None { face.shift } else { style.shift },
        paper: if style.paper == Paper::Unsaid { face.paper } else { style.paper },
        ink: style.ink.or(face.ink),
        ground: style.ground.or(face.ground),
    }
}

/// A background: its kind, and its colour if that is known.
pub(super) type Ground = (Paper, Option<Rgb>);

fn set((paper, ground): Ground) -> (Option<Paper>, Option<Colour>) {
    (Some(paper), Some(ground.into()))
}

/// The palette of sixteen colours, from index 1 on (MS-DOC 2.9.119).
const PALETTE: [Rgb; 16] = [
    [0, 0, 0],
    [0, 0, 0xFF],
    [0, 0xFF, 0xFF],
    [0, 0xFF, 0],
    [0xFF, 0, 0xFF],
    [0xFF, 0, 0],
    [0xFF, 0xFF, 0],
    [0xFF, 0xFF, 0xFF],
    [0, 0, 0x80],
    [0, 0x80, 0x80],
    [0, 0x80, 0],
    [0x80, 0, 0x80],
    [0x80, 0, 0],
    [0x80, 0x80, 0],
    [0x80, 0x80, 0x80],
    [0xC0, 0xC0, 0xC0],
];

/// The colour of an index; `None` for the automatic colour.
fn of_number(number: u8) -> Option<Rgb> {
    PALETTE.get(usize::from(number).checked_sub(1)?).copied()
}

fn of_colour(colour: Option<Rgb>) -> Ground {
    (colour.map_or(Paper::Unsaid, Paper::from_rgb), colour)
}

/// A colour (MS-DOC 2.9.43); `None` for the automatic colour.
fn rgb(bytes: &[u8], at: usize) -> Option<Rgb> {
    match *bytes.get(at..at + 4)? {
        [_, _, _, 0xFF] => None,
        [red, green, blue, _] => Some([red, green, blue]),
        _ => None,
    }
}

/// `Shd80`: palette indices of foreground and background, then the pattern (MS-DOC 2.9.247).
pub(super) fn shade_80(shade: u16) -> Ground {
    if shade == 0xFFFF {
        return (Paper::Unsaid, None);
    }
    match shade >> 10 {
        0 => of_colour(of_number((shade >> 5 & 0x1F) as u8)),
        1 => of_colour(of_number((shade & 0x1F) as u8)),
        _ => (Paper::Coloured, None),
    }
}

/// `Shd`: foreground and background colours, then the pattern (MS-DOC 2.9.246).
pub(super) fn shade(bytes: &[u8]) -> Ground {
    match u16_at(bytes, 8) {
        Some(0 | 0xFFFF) => of_colour(rgb(bytes, 4)),
        Some(1) => of_colour(rgb(bytes, 0)),
        _ => (Paper::Coloured, None),
    }
}

/// Value of a toggle property: off, on, as the style, or opposite to the style.
fn toggle(operand: &[u8], style: bool) -> bool {
    match operand.first() {
        Some(0) | None => false,
        Some(0x80) => style,
        Some(0x81) => !style,
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toggle_may_refer_to_the_style() {
        let found = [0, 1, 0x80, 0x81].map(|value| toggle(&[value], true));
        assert_eq!(found, [false, true, true, false]);
    }
}
