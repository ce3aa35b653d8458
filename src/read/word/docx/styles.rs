//! Styles (17.7): outline level, list, and formatting that decides whether text is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{SPACES, W, face_property, number, val};
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::shared::marks::Change;
use crate::read::word::flow::heading_level;
use crate::read::xml::{Event, Events, Tag};

/// Maximum number of styles; Word writes up to about four thousand.
const MOST_STYLES: usize = 10_000;

/// Maximum number of steps along `w:basedOn`; longer chains are cycles.
const LONGEST_CHAIN: usize = 32;

/// A style, with everything it inherits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::read) struct Style {
    /// Its `w:styleId`.
    pub(in crate::read) id: String,
    /// Outline level, 1 = highest.
    pub(in crate::read) level: Option<u8>,
    /// The list of its paragraphs (`w:numId`).
    pub(in crate::read) list: Option<u32>,
    /// Level of that list, 0-based.
    pub(in crate::read) list_level: Option<u8>,
    /// Index of the style that sets the list.
    pub(in crate::read) list_owner: Option<usize>,
    /// Its text formatting.
    pub(in crate::read) face: Change,
    /// Whether it is a table style that colours cells.
    pub(in crate::read) shades: bool,
}

/// A style as written.
#[derive(Debug, Default)]
struct Written {
    id: String,
    name: String,
    based_on: Option<String>,
    outline: Option<u32>,
    list: Option<u32>,
    list_level: Option<u8>,
    face: Change,
    shades: bool,
}

/// All styles of a document.
#[derive(Debug, Default)]
pub(in crate::read) struct Styles {
    list: Vec<Style>,
    ids: BTreeMap<String, usize>,
    default: Option<usize>,
}

impl Styles {
    /// The styles of a package, cached across packages; the part is often the largest of all.
    pub(in crate::read) fn load(
        package: &mut Package<'_>,
        part: &str,
        budget: &mut Budget,
    ) -> Result<Arc<Self>, ReadError> {
        Ok(cache::read((package, part), budget, Self::parse)?.unwrap_or_default())
    }

    /// Parses the `w:style` elements of a part.
    pub(in crate::read) fn parse(text: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let mut events = Events::new(text, 0, SPACES);
        let mut written = Vec::new();
        let mut default = None;
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.space == W => match tag.local {
                    "style" if written.len() < MOST_STYLES => {
                        let of_paragraphs = tag.get("type").is_none_or(|kind| kind == "paragraph");
                        if of_paragraphs && tag.get("default").is_some_and(|flag| matches!(&*flag, "1" | "true" | "on"))
                        {
                            default = Some(written.len());
                        }
                        written.push(read_style(&tag, &mut events, budget)?);
                    }
                    "style" | "latentStyles" | "docDefaults" | "body" | "lists" => {
                        events.skip(budget)?;
                    }
                    _ => {}
                },
                Event::End => return Ok(Self::resolve(&written, default)),
                _ => {}
            }
        }
    }

    fn resolve(written: &[Written], default: Option<usize>) -> Self {
        let ids: BTreeMap<String, usize> =
            written.iter().enumerate().map(|(index, style)| (style.id.clone(), index)).collect();
        let list = (0..written.len()).map(|index| resolve_one(written, &ids, index)).collect();
        Self { list, ids, default }
    }

    /// Index of the style with this id.
    pub(in crate::read) fn find(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// A style by its index; the default paragraph style for `None`.
    pub(in crate::read) fn get(&self, index: Option<usize>) -> Option<&Style> {
        self.list.get(index.or(self.default)?)
    }

    /// Whether any style puts its paragraphs in a list.
    pub(in crate::read) fn number_paragraphs(&self) -> bool {
        self.list.iter().any(|style| style.list.is_some_and(|list| list != 0))
    }
}

fn read_style(tag: &Tag<'_>, events: &mut Events<'_>, budget: &mut Budget) -> Result<Written, ReadError> {
    let outside = events.depth() - 1;
    let mut style = Written { id: tag.get("styleId").unwrap_or_default().into_owned(), ..Written::default() };
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == W => match tag.local {
                "name" => style.name = val(&tag).unwrap_or_default().into_owned(),
                "basedOn" => style.based_on = val(&tag).map(std::borrow::Cow::into_owned),
                "outlineLvl" => style.outline = number(&tag),
                "numId" | "ilfo" => style.list = number(&tag),
                "ilvl" => style.list_level = number(&tag).and_then(|level| u8::try_from(level).ok()),
                // Conditional formatting of table styles, and properties before a tracked change.
                "tblStylePr" | "pPrChange" | "rPrChange" => {
                    style.shades |=
                        tag.local == "tblStylePr" && events.ahead().is_none_or(|ahead| ahead.contains("shd"));
                    events.skip(budget)?;
                }
                "tcPr" | "tblPr" => {
                    style.shades |= events.ahead().is_none_or(|ahead| ahead.contains("shd"));
                    events.skip(budget)?;
                }
                _ => face_property(&tag, &mut style.face),
            },
            Event::Close(_) if events.depth() == outside => return Ok(style),
            Event::End => return Ok(style),
            _ => {}
        }
    }
}

/// The outline level that a style itself sets, 1 = highest, 0 for running text: by `w:outlineLvl` or the name of a heading. A title is
/// running text, whatever Word's template sets.
fn outline(style: &Written) -> Option<u8> {
    let name = style.name.trim();
    if name.eq_ignore_ascii_case("title") || name == "标题" {
        return Some(0);
    }
    match style.outline {
        Some(level) => Some(u8::try_from(level).ok().filter(|level| *level < 9).map_or(0, |level| level + 1)),
        None => heading_level(name),
    }
}

fn resolve_one(written: &[Written], ids: &BTreeMap<String, usize>, index: usize) -> Style {
    let mut style = Style { id: written[index].id.clone(), ..Style::default() };
    let mut level = None;
    let mut next = Some(index);
    for _ in 0..LONGEST_CHAIN {
        let Some((current, source)) = next.and_then(|index| written.get(index).map(|source| (index, source))) else {
            break;
        };
        level = level.or_else(|| outline(source));
        style.face = style.face.or(source.face);
        style.shades |= source.shades;
        style.list_level = style.list_level.or(source.list_level);
        if style.list.is_none() && source.list.is_some() {
            style.list = source.list;
            style.list_owner = Some(current);
        }
        next = source.based_on.as_ref().and_then(|id| ids.get(id)).copied();
    }
    style.level = level.filter(|level| *level > 0);
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(styles: &str, wanted: &[&str]) -> Result<Vec<Option<u8>>, ReadError> {
        let space = SPACES[0].0;
        let styles =
            Styles::parse(&format!("<w:styles xmlns:w='{space}'>{styles}</w:styles>"), &mut Budget::default())?;
        Ok(wanted.iter().map(|id| styles.get(styles.find(id)).and_then(|style| style.level)).collect())
    }

    #[test]
    fn levels_come_from_the_nearest_style_that_has_one() -> Result<(), ReadError> {
        let styles = "<w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>
            <w:style w:styleId='2'><w:basedOn w:val='1'/></w:style>
            <w:style w:styleId='3'><w:basedOn w:val='2'/><w:pPr><w:outlineLvl w:val='2'/></w:pPr></w:style>
            <w:style w:styleId='4'><w:basedOn w:val='3'/><w:pPr><w:outlineLvl w:val='9'/></w:pPr></w:style>
            <w:style w:styleId='5'><w:name w:val='Title'/><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:style>
            <w:style w:styleId='6'><w:name w:val='标题 4'/></w:style>";
        let found = levels(styles, &["1", "2", "3", "4", "5", "6", "7"])?;
        assert_eq!(found, [Some(1), Some(1), Some(3), None, None, Some(4), None]);
        Ok(())
    }

    #[test]
    fn styles_may_be_based_on_each_other() -> Result<(), ReadError> {
        let styles = "<w:style w:styleId='a'><w:basedOn w:val='b'/></w:style><w:style w:styleId='b'><w:basedOn w:val='a'/></w:style>";
        assert_eq!(levels(styles, &["a", "b"])?, [None, None]);
        Ok(())
    }
}
