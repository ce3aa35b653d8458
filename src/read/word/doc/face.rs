//! Character formatting that decides whether text is read.

use super::sprm::op;
use crate::read::container::cfb::u16_at;
use crate::read::shared::marks::{Change, Face, Paper, Shift};

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
        op::C_COLOUR => change.pale = Some(first == WHITE),
        op::C_RGB => {
            change.pale = Some(false);
            if let Some(colour) = rgb(operand, 0) {
                change.set_ink(colour);
            }
        }
        op::C_HIGHLIGHT => change.paper = Some(if first == 0 { Paper::Unsaid } else { of_number(first) }),
        op::C_SHADE_80 | op::P_SHADE_80 => change.paper = u16_at(operand, 0).map(shade_80),
        op::C_SHADE | op::P_SHADE => {
            change.paper = Some(shade(operand));
            change.ground = Some(ground(operand).into());
        }
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
        away: face.away,
        shift: if style.shift == Shift::None { face.shift } else { style.shift },
        paper: if style.paper == Paper::Unsaid { face.paper } else { style.paper },
        ink: style.ink.or(face.ink),
        ground: style.ground.or(face.ground),
    }
}

/// Index of white in the palette of sixteen colours (MS-DOC 2.9.119).
const WHITE: u8 = 8;

fn of_number(number: u8) -> Paper {
    match number {
        0 => Paper::Unsaid,
        WHITE => Paper::White,
        _ => Paper::Coloured,
    }
}

/// A colour (MS-DOC 2.9.43); `None` for the automatic colour.
fn rgb(bytes: &[u8], at: usize) -> Option<[u8; 3]> {
    match *bytes.get(at..at + 4)? {
        [_, _, _, 0xFF] => None,
        [red, green, blue, _] => Some([red, green, blue]),
        _ => None,
    }
}

/// `Shd80`: palette indices of foreground and background, then the pattern (MS-DOC 2.9.247).
pub(super) fn shade_80(shade: u16) -> Paper {
    if shade == 0xFFFF {
        return Paper::Unsaid;
    }
    match shade >> 10 {
        0 => of_number((shade >> 5 & 0x1F) as u8),
        1 => of_number((shade & 0x1F) as u8),
        _ => Paper::Coloured,
    }
}

/// `Shd`: foreground and background colours, then the pattern (MS-DOC 2.9.246).
pub(super) fn shade(bytes: &[u8]) -> Paper {
    let colour = |at| rgb(bytes, at).map_or(Paper::Unsaid, Paper::from_rgb);
    match u16_at(bytes, 8) {
        Some(0 | 0xFFFF) => colour(4),
        Some(1) => colour(0),
        _ => Paper::Coloured,
    }
}

/// The background colour of a `Shd`, if it is a plain colour.
fn ground(bytes: &[u8]) -> Option<[u8; 3]> {
    match u16_at(bytes, 8) {
        Some(0 | 0xFFFF) => rgb(bytes, 4),
        Some(1) => rgb(bytes, 0),
        _ => None,
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
