//! What the walk wants to know of styles: which hide their text, which number their paragraphs, and how lists are numbered
//! (ISO/IEC 26300-1, 16 and 19.880).

use std::collections::BTreeMap;

use super::{STYLE, TEXT};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::xml::{Event, Events, Tag};

/// Levels of a list.
pub(super) const LEVELS: usize = 10;

/// Styles that inherit from each other are followed so far.
const GENERATIONS: usize = 16;

/// Styles with longer names are passed over: each paragraph would compare them.
pub(super) const LONGEST_NAME: usize = 256;

/// How a level of a list is numbered.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    /// `style:num-format`; empty for no number.
    pub(super) format: String,
    /// What stands before and behind the number.
    pub(super) around: (String, String),
    /// `loext:num-list-format`, such as `第%1%章`.
    pub(super) pattern: Option<String>,
    /// The first number.
    pub(super) start: u32,
    /// How many levels are shown, this one included.
    pub(super) shown: usize,
    /// The sign of an item without a number.
    pub(super) bullet: Option<String>,
}

/// The levels of a list.
pub(super) type List = [Option<Level>; LEVELS];

/// What is wanted of a style.
#[derive(Debug, Clone, Default)]
struct Style {
    parent: Option<String>,
    list: Option<String>,
    hidden: Option<bool>,
}

/// The styles of a part.
#[derive(Debug, Clone, Default)]
pub(super) struct Styles {
    /// By family, then by name.
    families: BTreeMap<String, BTreeMap<String, Style>>,
    lists: BTreeMap<String, List>,
    /// How headings are numbered.
    outline: List,
}

impl Styles {
    /// Whether text in this style is hidden.
    pub(super) fn hides(&self, family: &str, name: &str) -> bool {
        self.inherited(family, name, |style| style.hidden).unwrap_or(false)
    }

    /// The list that paragraphs of this style belong to.
    pub(super) fn list_of(&self, name: &str) -> Option<String> {
        self.inherited("paragraph", name, |style| style.list.clone())
    }

    /// How the levels of a list are numbered.
    pub(super) fn list(&self, name: &str) -> Option<&List> {
        self.lists.get(name)
    }

    /// How headings are numbered.
    pub(super) fn outline(&self) -> &List {
        &self.outline
    }

    fn inherited<T>(&self, family: &str, name: &str, get: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let family = self.families.get(family)?;
        let mut name = Some(name).filter(|name| name.len() <= LONGEST_NAME)?;
        for _ in 0..GENERATIONS {
            let style = family.get(name)?;
            if let Some(found) = get(style) {
                return Some(found);
            }
            name = style.parent.as_deref()?;
        }
        None
    }

    /// Takes in an element of `office:styles` or `office:automatic-styles` that has just begun, to its end; `false` for anything else,
    /// which is left as it is.
    pub(super) fn take(&mut self, tag: &Tag, events: &mut Events, budget: &mut Budget) -> Result<bool, ReadError> {
        match (tag.space, tag.local) {
            (STYLE, "style" | "default-style") => self.style(tag, events, budget)?,
            (TEXT, "list-style") => {
                let name = short(tag, "name");
                let list = list(events, budget)?;
                self.lists.extend(name.map(|name| (name, list)));
            }
            (TEXT, "outline-style") => {
                self.outline = list(events, budget)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn style(&mut self, tag: &Tag, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Blocks, 1)?;
        let names = short(tag, "family").zip(short(tag, "name"));
        let mut style =
            Style { parent: short(tag, "parent-style-name"), list: short(tag, "list-style-name"), hidden: None };
        let outside = events.depth().saturating_sub(1);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.space == STYLE && tag.local == "text-properties" => {
                    style.hidden = tag.get("display").map(|display| display == "none");
                }
                Event::Close(_) if events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        let says = style.parent.is_some() || style.list.is_some() || style.hidden.is_some();
        if let Some((family, name)) = names.filter(|_| says) {
            self.families.entry(family).or_default().insert(name, style);
        }
        Ok(())
    }
}

/// A name that an attribute gives and that is not too long to be compared again and again.
fn short(tag: &Tag, attribute: &str) -> Option<String> {
    tag.get(attribute).filter(|name| name.len() <= LONGEST_NAME).map(std::borrow::Cow::into_owned)
}

/// The levels of the list style that has just begun.
fn list(events: &mut Events, budget: &mut Budget) -> Result<List, ReadError> {
    budget.spend(Resource::Blocks, LEVELS as u64)?;
    let mut list = List::default();
    let outside = events.depth().saturating_sub(1);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == TEXT && tag.local.ends_with("-style-bullet") => {
                let bullet =
                    tag.get("bullet-char").map(|sign| sign.chars().map(crate::read::doc::list::bullet).collect());
                set(&mut list, &tag, Level { bullet, ..Level::default() });
            }
            Event::Open(tag)
                if tag.space == TEXT && matches!(tag.local, "list-level-style-number" | "outline-level-style") =>
            {
                let text = |name| tag.get(name).map(|value| value.chars().take(64).collect::<String>());
                let number = |name| tag.get(name).and_then(|value| value.parse::<u32>().ok());
                set(
                    &mut list,
                    &tag,
                    Level {
                        format: text("num-format").unwrap_or_default(),
                        around: (text("num-prefix").unwrap_or_default(), text("num-suffix").unwrap_or_default()),
                        pattern: text("num-list-format"),
                        start: number("start-value").unwrap_or(1),
                        shown: number("display-levels").map_or(1, |shown| shown as usize),
                        bullet: None,
                    },
                );
            }
            Event::Close(_) if events.depth() == outside => return Ok(list),
            Event::End => return Ok(list),
            _ => {}
        }
    }
}

fn set(list: &mut List, tag: &Tag, level: Level) {
    let index = tag.get("level").and_then(|level| level.parse::<usize>().ok()).and_then(|level| level.checked_sub(1));
    if let Some(slot) = index.and_then(|index| list.get_mut(index)) {
        *slot = Some(level);
    }
}
