//! List labels as Word shows them (17.9): definitions, instances and counters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::names::{SPACES, W, is_on, number, val};
use crate::document::Budget;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::shared::numeral;
use crate::read::shared::numeral::bullet;
use crate::read::xml::{Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// Number of levels of a list.
const LEVELS: usize = 9;

/// Maximum number of definitions and of instances.
const MOST: usize = 20_000;

/// Maximum length of a label pattern, in characters.
const LONGEST: usize = 64;

/// Numbering of a level of a list.
#[derive(Debug, Clone)]
struct Level {
    start: u32,
    /// Number format as an MSONFC code.
    format: u8,
    /// Label pattern; `%1` is replaced by the number of the first level.
    text: String,
    /// Whether higher levels are shown in Arabic digits.
    legal: bool,
    /// The highest level (1-based) after which numbering restarts; 0 = never.
    restart: Option<u32>,
    /// The paragraph style linked to the level.
    style: Option<String>,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 1, format: 0, text: String::new(), legal: false, restart: None, style: None }
    }
}

type Levels = [Option<Box<Level>>; LEVELS];

/// A definition: `w:abstractNum`, in Word 2003 `w:listDef`.
#[derive(Debug, Default)]
struct Definition {
    levels: Levels,
    /// The numbering style whose definition replaces this one, and the numbering style that this definition belongs to.
    refers_to: Option<String>,
    style: Option<String>,
}

/// An instance of a definition: `w:num`, in Word 2003 `w:list`.
#[derive(Debug, Default)]
struct Use {
    definition: u32,
    starts: [Option<u32>; LEVELS],
    levels: Levels,
}

/// The position of a paragraph in a list.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::read) struct Membership<'a> {
    /// Number of the instance (`w:numId`).
    pub(in crate::read) list: u32,
    /// Level set by the paragraph, 0-based.
    pub(in crate::read) level: Option<u8>,
    /// Styles that may be linked to a level, nearest first, and the level set by the style.
    pub(in crate::read) styles: [Option<&'a str>; 2],
    pub(in crate::read) style_level: Option<u8>,
}

/// The parsed list definitions of a part.
#[derive(Debug, Default)]
pub(in crate::read) struct Written {
    definitions: BTreeMap<u32, Definition>,
    uses: BTreeMap<u32, Use>,
}

/// All lists of a document, with their counters.
#[derive(Debug, Default)]
pub(in crate::read) struct Lists {
    written: Arc<Written>,
    /// For each definition, the current number of each level.
    reached: BTreeMap<u32, [Option<u32>; LEVELS]>,
    /// Instances and levels whose own start value has been used.
    started: BTreeSet<(u32, usize)>,
}

/// The level that the properties being parsed belong to.
#[derive(Debug, Clone, Copy)]
enum Owner {
    Nothing,
    Definition(u32),
    Use(u32),
}

impl Written {
    /// The lists of a package, cached across packages.
    pub(in crate::read) fn load(
        package: &mut Package<'_>,
        part: &str,
        budget: &mut Budget,
    ) -> Result<Arc<Self>, ReadError> {
        let missing = || ReadError::from(Damage::PartMissing { part: part.to_owned() });
        cache::read((package, part), budget, Self::parse)?.ok_or_else(missing)
    }

    /// Parses the definitions and instances of a part.
    pub(in crate::read) fn parse(text: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let mut events = Events::new(text, 0, SPACES);
        let mut lists = Self::default();
        let (mut owner, mut level) = (Owner::Nothing, 0);
        loop {
            let tag = match events.next(budget)? {
                Event::Open(tag) if tag.space == W => tag,
                Event::End => {
                    lists.follow_styles();
                    return Ok(lists);
                }
                _ => continue,
            };
            match tag.local {
                "styles" | "body" | "numPicBullet" | "rPr" | "pPr" => {
                    events.skip(budget)?;
                }
                "abstractNum" | "listDef" => owner = lists.define(&tag),
                "num" | "list" => owner = lists.employ(&tag),
                "lvl" | "lvlOverride" => level = attribute(&tag, "ilvl").map_or(LEVELS, |level| level as usize),
                _ => lists.property(owner, level, &tag),
            }
        }
    }

    fn define(&mut self, tag: &Tag<'_>) -> Owner {
        let id = attribute(tag, "abstractNumId").or_else(|| attribute(tag, "listDefId"));
        let Some(id) = id.filter(|_| self.definitions.len() < MOST) else { return Owner::Nothing };
        self.definitions.insert(id, Definition::default());
        Owner::Definition(id)
    }

    fn employ(&mut self, tag: &Tag<'_>) -> Owner {
        let id = attribute(tag, "numId").or_else(|| attribute(tag, "ilfo"));
        let Some(id) = id.filter(|_| self.uses.len() < MOST) else { return Owner::Nothing };
        self.uses.insert(id, Use::default());
        Owner::Use(id)
    }

    fn property(&mut self, owner: Owner, level: usize, tag: &Tag<'_>) {
        let levels = match owner {
            Owner::Nothing => return,
            Owner::Definition(id) => {
                let Some(definition) = self.definitions.get_mut(&id) else { return };
                match tag.local {
                    "numStyleLink" => definition.refers_to = val(tag).map(std::borrow::Cow::into_owned),
                    "styleLink" => definition.style = val(tag).map(std::borrow::Cow::into_owned),
                    _ => {}
                }
                &mut definition.levels
            }
            Owner::Use(id) => {
                let Some(list_use) = self.uses.get_mut(&id) else { return };
                match tag.local {
                    "abstractNumId" | "ilst" => list_use.definition = number(tag).unwrap_or(0),
                    "startOverride" => {
                        if let Some(slot) = list_use.starts.get_mut(level) {
                            *slot = number(tag);
                        }
                    }
                    _ => {}
                }
                &mut list_use.levels
            }
        };
        if let Some(slot) = levels.get_mut(level) {
            set(slot, tag);
        }
    }

    /// Redirects instances of a definition that only refers to a numbering style to the definition of that style.
    fn follow_styles(&mut self) {
        let defined = self.definitions.iter().filter_map(|(id, definition)| Some((definition.style.as_deref()?, *id)));
        let real: BTreeMap<&str, u32> = defined.collect();
        for list_use in self.uses.values_mut() {
            let definition = self.definitions.get(&list_use.definition);
            let style = definition.and_then(|definition| definition.refers_to.as_deref());
            if let Some(id) = style.and_then(|style| real.get(style)) {
                list_use.definition = *id;
            }
        }
    }
}

impl Lists {
    /// Lists with counters at their start.
    pub(in crate::read) fn new(written: Arc<Written>) -> Self {
        Self { written, ..Self::default() }
    }

    /// Counts a paragraph and returns its label; `None` for a paragraph outside of lists.
    pub(in crate::read) fn label(&mut self, member: Membership<'_>) -> Option<String> {
        let written = Arc::clone(&self.written);
        let list_use = written.uses.get(&member.list)?;
        let id = list_use.definition;
        let definition = written.definitions.get(&id)?;
        let tied = |style: Option<&str>| {
            style.and_then(|style| {
                let is_tied = |level: &Option<Box<Level>>| {
                    level.as_ref().is_some_and(|level| level.style.as_deref() == Some(style))
                };
                definition.levels.iter().position(is_tied)
            })
        };
        let depth = member
            .level
            .map(usize::from)
            .or_else(|| member.styles.into_iter().find_map(tied))
            .or(member.style_level.map(usize::from))
            .unwrap_or(0)
            .min(LEVELS - 1);
        let level = |index: usize| list_use.levels[index].as_deref().or(definition.levels[index].as_deref());
        let shown = level(depth)?;
        let mut reached = self.reached.get(&id).copied().unwrap_or_default();
        let start = list_use.starts[depth].filter(|_| self.started.insert((member.list, depth)));
        let number = match (start, reached[depth]) {
            (Some(start), _) => start,
            (None, Some(number)) => number.saturating_add(1),
            (None, None) => shown.start,
        };
        reached[depth] = Some(number);
        for (index, below) in reached.iter_mut().enumerate().skip(depth + 1) {
            if level(index).and_then(|level| level.restart).is_none_or(|highest| (depth as u32) < highest) {
                *below = None;
            }
        }
        let label = write(shown, |index| {
            let above = level(index)?;
            let format = if shown.legal { 0 } else { above.format };
            Some(numeral::format(reached[index].unwrap_or(above.start), format))
        });
        self.reached.insert(id, reached);
        Some(label).filter(|label| !label.is_empty())
    }
}

/// The label pattern of a level with its numbers filled in.
fn write(level: &Level, number: impl Fn(usize) -> Option<String>) -> String {
    if level.format == numeral::BULLET {
        return level.text.chars().map(bullet).collect();
    }
    let mut label = String::new();
    let mut signs = level.text.chars().peekable();
    while let Some(sign) = signs.next() {
        let place = (sign == '%').then(|| signs.peek().and_then(|digit| digit.to_digit(10))).flatten();
        match place.filter(|place| *place > 0) {
            Some(place) => {
                signs.next();
                label.push_str(&number(place as usize - 1).unwrap_or_default());
            }
            None => label.push(sign),
        }
    }
    label
}

fn set(slot: &mut Option<Box<Level>>, tag: &Tag<'_>) {
    let known = matches!(tag.local, "start" | "numFmt" | "nfc" | "lvlText" | "isLgl" | "lvlRestart" | "pStyle");
    if !known {
        return;
    }
    let level = slot.get_or_insert_default();
    match tag.local {
        "start" => level.start = number(tag).unwrap_or(1),
        "numFmt" => level.format = val(tag).map_or(0, |name| format(&name)),
        "nfc" => level.format = number(tag).and_then(|code| u8::try_from(code).ok()).unwrap_or(0),
        "lvlText" => level.text = val(tag).unwrap_or_default().chars().take(LONGEST).collect(),
        "isLgl" => level.legal = is_on(tag),
        "lvlRestart" => level.restart = number(tag),
        _ => level.style = val(tag).map(std::borrow::Cow::into_owned),
    }
}

fn attribute(tag: &Tag<'_>, name: &str) -> Option<u32> {
    tag.get(name)?.trim().parse().ok()
}

/// The MSONFC code of an `ST_NumberFormat` (17.18.59); Arabic digits for an unknown one.
fn format(name: &str) -> u8 {
    match name {
        "upperRoman" => 1,
        "lowerRoman" => 2,
        "upperLetter" => 3,
        "lowerLetter" => 4,
        "ideographDigital" => 10,
        "japaneseCounting" => 11,
        "decimalFullWidth" | "decimalFullWidth2" => 14,
        "japaneseLegal" => 16,
        "japaneseDigitalTenThousand" => 17,
        "decimalEnclosedCircle" => 18,
        "decimalZero" => 22,
        "bullet" => numeral::BULLET,
        "decimalEnclosedFullstop" => 26,
        "decimalEnclosedParen" => 27,
        "decimalEnclosedCircleChinese" => 28,
        "ideographEnclosedCircle" => 29,
        "ideographTraditional" => 30,
        "ideographZodiac" => 31,
        "taiwaneseCounting" => 33,
        "ideographLegalTraditional" => 34,
        "taiwaneseCountingThousand" => 35,
        "taiwaneseDigital" => 36,
        "chineseCounting" => 37,
        "chineseLegalSimplified" => 38,
        "chineseCountingThousand" => 39,
        "koreanDigital" => 40,
        "numberInDash" => 57,
        "none" => numeral::NONE,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(content: &str) -> Result<Lists, ReadError> {
        let part = format!("<w:numbering xmlns:w='{}'>{content}</w:numbering>", SPACES[0].0);
        Ok(Lists::new(Written::parse(&part, &mut Budget::default())?.into()))
    }

    fn labels(lists: &mut Lists, uses: &[(u32, u8)]) -> Vec<String> {
        let member = |&(list, level): &(u32, u8)| Membership { list, level: Some(level), ..Membership::default() };
        uses.iter().map(|one| lists.label(member(one)).unwrap_or_default()).collect()
    }

    const OUTLINE: &str = "<w:abstractNum w:abstractNumId='3'>
        <w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCountingThousand'/><w:lvlText w:val='%1、'/></w:lvl>
        <w:lvl w:ilvl='1'><w:numFmt w:val='chineseCounting'/><w:pStyle w:val='sub'/><w:lvlText w:val='（%2）'/></w:lvl>
        <w:lvl w:ilvl='2'><w:numFmt w:val='decimal'/><w:isLgl/><w:lvlText w:val='%1.%2.%3'/></w:lvl>
        <w:lvl w:ilvl='3'><w:numFmt w:val='bullet'/><w:lvlText w:val='&#xF06C;'/></w:lvl>
        <w:lvl w:ilvl='4'><w:numFmt w:val='lowerLetter'/><w:lvlRestart w:val='0'/><w:lvlText w:val='%5)'/></w:lvl></w:abstractNum>
        <w:num w:numId='7'><w:abstractNumId w:val='3'/></w:num>
        <w:num w:numId='8'><w:abstractNumId w:val='3'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride>
            <w:lvlOverride w:ilvl='1'><w:lvl w:ilvl='1'><w:numFmt w:val='upperRoman'/><w:lvlText w:val='%2.'/></w:lvl></w:lvlOverride></w:num>";

    #[test]
    fn levels_begin_anew_under_the_level_above() -> Result<(), ReadError> {
        let found = labels(&mut lists(OUTLINE)?, &[(7, 0), (7, 1), (7, 1), (7, 2), (7, 0), (7, 1), (7, 3)]);
        assert_eq!(found, ["一、", "（一）", "（二）", "1.2.1", "二、", "（一）", "•"]);
        Ok(())
    }

    #[test]
    fn instances_of_a_definition_continue_unless_they_override_the_start() -> Result<(), ReadError> {
        let found = labels(&mut lists(OUTLINE)?, &[(7, 0), (8, 0), (8, 0), (7, 0), (8, 1), (9, 0)]);
        assert_eq!(found, ["一、", "五、", "六、", "七、", "I.", ""]);
        Ok(())
    }

    #[test]
    fn a_level_may_go_on_for_ever() -> Result<(), ReadError> {
        assert_eq!(labels(&mut lists(OUTLINE)?, &[(7, 4), (7, 0), (7, 4)]), ["a)", "一、", "b)"]);
        Ok(())
    }

    #[test]
    fn a_style_is_tied_to_its_level() -> Result<(), ReadError> {
        let member = Membership { list: 7, styles: [Some("other"), Some("sub")], ..Membership::default() };
        assert_eq!(lists(OUTLINE)?.label(member).as_deref(), Some("（一）"));
        Ok(())
    }

    #[test]
    fn a_numbering_style_leads_to_its_definition() -> Result<(), ReadError> {
        let linked = "<w:abstractNum w:abstractNumId='1'><w:numStyleLink w:val='s'/></w:abstractNum>
            <w:abstractNum w:abstractNumId='2'><w:styleLink w:val='s'/><w:lvl w:ilvl='0'><w:numFmt w:val='decimalEnclosedCircle'/><w:lvlText w:val='%1'/></w:lvl></w:abstractNum>
            <w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>";
        assert_eq!(labels(&mut lists(linked)?, &[(1, 0), (1, 0)]), ["①", "②"]);
        Ok(())
    }
}
