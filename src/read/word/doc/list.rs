//! List labels: definitions, overrides and counters (MS-DOC 2.4.6.3, 2.9.131, 2.9.147, 2.9.150).

use std::collections::BTreeMap;

use super::fib::{Fib, Table};
use super::style::StyleProps;
use crate::document::{Budget, Exceeded, Resource};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::shared::numeral::{self, bullet};

/// Number of levels of a list.
const LEVELS: usize = 9;

/// Highest index of a list override; higher ones mean "no list".
const HIGHEST_USE: u16 = 0x07FE;

/// Numbering of a level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    format: u8,
    /// Whether higher levels are shown in Arabic digits.
    legal: bool,
    /// Whether numbering continues after a paragraph of a higher level.
    goes_on: bool,
    /// The label in UTF-16 units; a unit below 9 is replaced by the number of that level.
    text: Vec<u16>,
}

/// A list override, with the levels that it restarts.
#[derive(Debug, Clone, Default)]
struct Use {
    list: u32,
    starts: [Option<u32>; LEVELS],
}

/// All lists of a document, with their counters.
#[derive(Debug, Default)]
pub(super) struct Lists {
    levels: BTreeMap<u32, Vec<Level>>,
    uses: Vec<Use>,
    /// For each list, the current number of each level.
    reached: BTreeMap<u32, [Option<u32>; LEVELS]>,
}

impl Lists {
    /// Reads definitions and overrides from the table stream; damaged ones are left out.
    pub(super) fn read(fib: &Fib, table: &[u8], budget: &mut Budget) -> Result<Self, Exceeded> {
        let mut lists = Self::default();
        lists.read_definitions(fib, table, budget)?;
        lists.read_uses(fib.slice(table, Table::PlfLfo), budget)?;
        Ok(lists)
    }

    /// The levels follow the table of definitions and are not included in its length.
    fn read_definitions(&mut self, fib: &Fib, table: &[u8], budget: &mut Budget) -> Result<(), Exceeded> {
        let definitions = fib.slice(table, Table::PlfLst);
        let (offset, length) = fib.table(Table::PlfLst);
        let mut rest = table.get(offset.saturating_add(length)..).unwrap_or_default();
        let count = usize::from(u16_at(definitions, 0).unwrap_or(0));
        for definition in definitions.get(2..).unwrap_or_default().chunks_exact(28).take(count) {
            let simple = definition[26] & 1 != 0;
            let mut levels = Vec::new();
            for _ in 0..if simple { 1 } else { LEVELS } {
                budget.spend(Resource::Steps, 1)?;
                let Some((level, length)) = level(rest) else { return Ok(()) };
                levels.push(level);
                rest = &rest[length..];
            }
            self.levels.insert(u32_at(definition, 0).unwrap_or(0), levels);
        }
        Ok(())
    }

    fn read_uses(&mut self, uses: &[u8], budget: &mut Budget) -> Result<(), Exceeded> {
        let count = u32_at(uses, 0).unwrap_or(0).min(u32::from(HIGHEST_USE)) as usize;
        let heads = uses.get(4..).unwrap_or_default();
        let mut rest = heads.get(count * 16..).unwrap_or_default();
        for head in heads.chunks_exact(16).take(count) {
            let mut list_use = Use { list: u32_at(head, 0).unwrap_or(0), ..Use::default() };
            let overrides = head[12];
            rest = rest.get(4..).unwrap_or_default();
            for _ in 0..overrides {
                budget.spend(Resource::Steps, 1)?;
                let (Some(start), Some(flags)) = (u32_at(rest, 0), u32_at(rest, 4)) else { break };
                rest = &rest[8..];
                if flags & 0x10 != 0
                    && let Some(slot) = list_use.starts.get_mut((flags & 0xF) as usize)
                {
                    *slot = Some(start);
                }
                if flags & 0x20 != 0 {
                    let length = level(rest).map_or(rest.len(), |(_, length)| length);
                    rest = &rest[length..];
                }
            }
            self.uses.push(list_use);
        }
        Ok(())
    }

    /// Counts a paragraph and returns its label; `None` for a paragraph outside of lists.
    pub(super) fn label(&mut self, props: StyleProps) -> Option<String> {
        if props.list == 0 || props.list > HIGHEST_USE {
            return None;
        }
        let list_use = self.uses.get_mut(usize::from(props.list) - 1)?;
        let levels = self.levels.get(&list_use.list)?;
        let depth = usize::from(props.list_level).min(levels.len().checked_sub(1)?);
        let reached = self.reached.entry(list_use.list).or_default();
        let number = match (list_use.starts[depth].take(), reached[depth]) {
            (Some(start), _) => start,
            (None, Some(number)) => number.saturating_add(1),
            (None, None) => levels[depth].start,
        };
        reached[depth] = Some(number);
        for (below, level) in reached.iter_mut().zip(levels).skip(depth + 1) {
            if !level.goes_on {
                *below = None;
            }
        }
        let level = &levels[depth];
        if level.format == numeral::NONE && level.text.is_empty() {
            return None;
        }
        let mut label = String::new();
        for character in char::decode_utf16(level.text.iter().copied()) {
            let character = character.unwrap_or('\u{FFFD}');
            let Some(shown) = levels.get(character as usize).filter(|_| (character as usize) < LEVELS) else {
                label.push(bullet(character));
                continue;
            };
            let number = reached[character as usize].unwrap_or(shown.start);
            let format = if level.legal { 0 } else { shown.format };
            label.push_str(&numeral::format(number, format));
        }
        Some(label).filter(|label| !label.is_empty())
    }
}

/// A level and its length in bytes.
fn level(bytes: &[u8]) -> Option<(Level, usize)> {
    let head = bytes.get(..28)?;
    let text_at = 28 + usize::from(head[24]) + usize::from(head[25]);
    let length = usize::from(u16_at(bytes, text_at)?);
    let end = text_at + 2 + length * 2;
    let text = bytes.get(text_at + 2..end)?;
    let level = Level {
        start: u32_at(head, 0)?,
        format: head[4],
        legal: head[5] & 0x04 != 0,
        goes_on: head[5] & 0x08 != 0,
        text: text.chunks_exact(2).take(64).filter_map(|unit| u16_at(unit, 0)).collect(),
    };
    Some((level, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(format: u8, text: &str) -> Level {
        Level { start: 1, format, text: text.encode_utf16().collect(), ..Level::default() }
    }

    fn lists() -> Lists {
        let levels = vec![numbered(39, "\0、"), numbered(39, "（\u{1}）"), numbered(0, "\0.\u{1}.\u{2}")];
        let plain = Use { list: 5, ..Use::default() };
        let anew = Use { list: 5, starts: [Some(1), None, None, None, None, None, None, None, None] };
        Lists { levels: BTreeMap::from([(5, levels)]), uses: vec![plain, anew], reached: BTreeMap::new() }
    }

    fn labels(uses: &[(u16, u8)]) -> Vec<Option<String>> {
        let mut lists = lists();
        uses.iter()
            .map(|&(list, list_level)| lists.label(StyleProps { list, list_level, ..StyleProps::default() }))
            .collect()
    }

    #[test]
    fn a_level_starts_anew_under_the_one_above() {
        let found: Vec<_> = labels(&[(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)]).into_iter().flatten().collect();
        assert_eq!(found, ["一、", "（一）", "（二）", "二、", "（一）"]);
    }

    #[test]
    fn a_list_override_continues_or_restarts_once() {
        let found: Vec<_> = labels(&[(1, 0), (1, 0), (2, 0), (2, 0)]).into_iter().flatten().collect();
        assert_eq!(found, ["一、", "二、", "一、", "二、"]);
    }

    #[test]
    fn levels_above_are_shown_and_unknown_lists_are_not() {
        assert_eq!(labels(&[(1, 2), (7, 0), (0xF801, 0), (0, 0)]), [Some("一.一.1".into()), None, None, None]);
    }

    #[test]
    fn a_level_is_as_long_as_its_parts() {
        let mut bytes = vec![0; 28];
        bytes[0] = 3;
        bytes[5] = 0x04;
        bytes[24] = 1;
        bytes[25] = 2;
        bytes.extend([9, 9, 9, 2, 0, 0, 0, 0x01, 0x30]);
        let found = level(&bytes).map(|(level, length)| (level.start, level.legal, level.text, length));
        assert_eq!(found, Some((3, true, vec![0, 0x3001], 37)));
        assert!(level(&bytes[..36]).is_none());
    }
}
