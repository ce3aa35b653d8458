//! The style sheet: properties that paragraphs and characters inherit from styles (MS-DOC 2.9.271).

use super::face::apply_face;
use super::sprm::{Sprms, op};
use crate::document::{Budget, Exceeded, Resource};
use crate::read::container::cfb::u16_at;
use crate::read::shared::marks::Face;
use crate::read::word::flow::heading_level;

/// Index that means "no base style".
const NO_STYLE: u16 = 0x0FFF;

/// Properties of a style, including those of its base styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StyleProps {
    /// Outline level, 1 = highest.
    pub(super) level: Option<u8>,
    /// Index of the list override, 1-based; 0 = no list.
    pub(super) list: u16,
    /// List level, 0 = highest.
    pub(super) list_level: u8,
    /// Formatting of the text.
    pub(super) face: Face,
}

/// A style as stored in the file.
#[derive(Debug, Default)]
struct Style<'a> {
    base: Option<u16>,
    /// Level of a built-in heading style.
    heading: Option<u8>,
    paragraph: &'a [u8],
    characters: &'a [u8],
}

/// Properties of each style by index.
#[derive(Debug, Default)]
pub(super) struct Styles {
    resolved: Vec<Option<StyleProps>>,
}

impl Styles {
    /// Parses a style sheet; damaged styles have no properties.
    pub(super) fn read(stsh: &[u8], budget: &mut Budget) -> Result<Self, Exceeded> {
        let header = usize::from(u16_at(stsh, 0).unwrap_or(0));
        let count = usize::from(u16_at(stsh, 2).unwrap_or(0)).min(usize::from(NO_STYLE));
        let base_length = usize::from(u16_at(stsh, 4).unwrap_or(10));
        let mut rest = stsh.get(2 + header..).unwrap_or_default();
        let mut styles = Vec::new();
        for _ in 0..count {
            let Some(length) = u16_at(rest, 0).map(usize::from) else { break };
            let std = rest.get(2..(2 + length).min(rest.len())).unwrap_or_default();
            styles.push(style(std, base_length).unwrap_or_default());
            rest = rest.get(2 + length..).unwrap_or_default();
        }
        let mut sheet = Self { resolved: vec![None; styles.len()] };
        for index in 0..styles.len() {
            sheet.resolve(index, &styles, budget)?;
        }
        Ok(sheet)
    }

    /// Properties of a style by its index; defaults if there is no such style.
    pub(super) fn get(&self, index: u16) -> StyleProps {
        self.resolved.get(usize::from(index)).copied().flatten().unwrap_or_default()
    }

    /// Resolves a style after its base styles; a cycle is cut where it closes.
    fn resolve(&mut self, index: usize, styles: &[Style], budget: &mut Budget) -> Result<(), Exceeded> {
        let mut chain = vec![index];
        while let Some(base) = chain.last().and_then(|&last| styles[last].base).map(usize::from) {
            budget.spend(Resource::Steps, 1)?;
            if base >= styles.len() || self.resolved[base].is_some() || chain.len() > styles.len() {
                break;
            }
            chain.push(base);
        }
        for index in chain.into_iter().rev() {
            if self.resolved[index].is_some() {
                continue;
            }
            let style = &styles[index];
            let mut props = style.base.map(|base| self.get(base)).unwrap_or_default();
            for (opcode, operand) in Sprms::new(style.paragraph) {
                budget.spend(Resource::Steps, 1)?;
                props.apply(opcode, operand);
            }
            for (opcode, operand) in Sprms::new(style.characters) {
                budget.spend(Resource::Steps, 1)?;
                let base = props.face;
                apply_face(&mut props.face, base, opcode, operand);
            }
            props.level = style.heading.or(props.level);
            self.resolved[index] = Some(props);
        }
        Ok(())
    }
}

impl StyleProps {
    /// Applies a modifier of a paragraph.
    pub(super) fn apply(&mut self, opcode: u16, operand: &[u8]) {
        match (opcode, operand) {
            (op::P_OUT_LVL, &[level, ..]) => self.level = (level < 9).then(|| level + 1),
            (op::P_ILFO, &[low, high, ..]) => self.list = u16::from_le_bytes([low, high]),
            (op::P_SHADE | op::P_SHADE_80, _) => {
                let face = self.face;
                apply_face(&mut self.face, face, opcode, operand);
            }
            (op::P_ILVL, &[level, ..]) => self.list_level = level.min(8),
            _ => {}
        }
    }
}

/// Parses a style; `None` for an empty slot.
fn style(std: &[u8], base_length: usize) -> Option<Style<'_>> {
    let identifier = u16_at(std, 0)? & 0x0FFF;
    let kind_and_base = u16_at(std, 2)?;
    let base = Some(kind_and_base >> 4).filter(|&base| base != NO_STYLE);
    let length = usize::from(u16_at(std, base_length)?);
    let name_start = base_length + 2;
    let name_end = name_start + length * 2;
    let name = std.get(name_start..name_end)?;
    // Built-in headings have the identifiers 1 to 9 in every language.
    let built_in = u8::try_from(identifier).ok().filter(|level| (1..=9).contains(level));
    let heading = built_in.or_else(|| heading_level(&readable(name)?));
    let mut upxs = Upxs { std, at: name_end + 2 };
    let mut style = Style { base, heading: None, ..Style::default() };
    match kind_and_base & 0xF {
        1 => {
            style.heading = heading;
            style.paragraph = upxs.next().and_then(|upx| upx.get(2..)).unwrap_or_default();
            style.characters = upxs.next().unwrap_or_default();
        }
        2 => style.characters = upxs.next().unwrap_or_default(),
        _ => {}
    }
    Some(style)
}

/// The name of a style, or the beginning of a long name; `None` if it does not end in a digit, like nearly all of Word's own.
fn readable(name: &[u8]) -> Option<String> {
    const LONGEST: usize = 64;
    let units = name.as_chunks().0.iter().take(LONGEST).map(|&unit| u16::from_le_bytes(unit));
    let last = units.clone().rev().find(|&unit| !char::from_u32(unit.into()).is_some_and(char::is_whitespace));
    last.filter(|&unit| u8::try_from(unit).is_ok_and(|last| last.is_ascii_digit()))?;
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// The property lists of a style, each padded to an even length.
struct Upxs<'a> {
    std: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Upxs<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(u16_at(self.std, self.at)?);
        let start = self.at + 2;
        self.at = start + length + length % 2;
        self.std.get(start..(start + length).min(self.std.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn std(identifier: u16, base: u16, name: &str, paragraph: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [identifier, base << 4 | 1, 2, 0, 0] {
            bytes.extend(word.to_le_bytes());
        }
        let units: Vec<u16> = name.encode_utf16().collect();
        bytes.extend(u16::try_from(units.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(units.iter().chain([&0]).flat_map(|unit| unit.to_le_bytes()));
        bytes.extend(u16::try_from(paragraph.len() + 2).unwrap_or(0).to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(paragraph);
        bytes.extend(std::iter::repeat_n(0, paragraph.len() % 2));
        bytes.extend([0, 0]);
        bytes
    }

    fn sheet(styles: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![18, 0];
        bytes.extend(u16::try_from(styles.len()).unwrap_or(0).to_le_bytes());
        bytes.extend([10, 0]);
        bytes.extend([0; 14]);
        for style in styles {
            bytes.extend(u16::try_from(style.len()).unwrap_or(0).to_le_bytes());
            bytes.extend(style);
        }
        bytes
    }

    #[test]
    fn headings_come_from_identifier_name_outline_level_and_base() -> Result<(), Exceeded> {
        let bytes = sheet(&[
            std(0, NO_STYLE, "Normal", &[]),
            std(1, 0, "标题 1", &[]),
            std(0xFFE, 1, "Mine", &[0x0B, 0x46, 3, 0]),
            std(0xFFE, 0, "Third", &[0x40, 0x26, 2]),
            std(0xFFE, 0, "heading 2", &[]),
            std(0xFFE, 1, "Text again", &[0x40, 0x26, 255]),
        ]);
        let styles = Styles::read(&bytes, &mut Budget::default())?;
        let levels: Vec<_> = (0..7).map(|index| styles.get(index).level).collect();
        assert_eq!(levels, [None, Some(1), Some(1), Some(3), Some(2), None, None]);
        assert_eq!(styles.get(2).list, 3);
        Ok(())
    }

    #[test]
    fn a_cycle_of_base_styles_is_cut() -> Result<(), Exceeded> {
        let bytes = sheet(&[std(0xFFE, 1, "a", &[]), std(0xFFE, 0, "b", &[0x40, 0x26, 0])]);
        let styles = Styles::read(&bytes, &mut Budget::default())?;
        assert_eq!(styles.get(1).level, Some(1));
        Ok(())
    }
}
