//! Styles: formatting that decides whether text is read, lists of paragraphs, and list numbering (ISO/IEC 26300-1, 16 and 19.880).

use std::collections::BTreeMap;

use super::{SPACES, STYLE, TEXT};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::shared::comparison::Comparison;
use crate::read::shared::marks::{Change, Face, Paper, Rgb, Shift, rgb};
use crate::read::shared::numeral::bullet;
use crate::read::xml::{Event, Events, Tag};

/// Number of levels of a list.
pub(in crate::read) const LEVELS: usize = 10;

/// Maximum depth of style inheritance.
const GENERATIONS: usize = 16;

/// Styles with longer names are skipped, because each paragraph compares names.
pub(in crate::read) const LONGEST_NAME: usize = 256;

/// Numbering of a level of a list.
#[derive(Debug, Clone, Default)]
pub(in crate::read) struct Level {
    /// `style:num-format`; empty for no number.
    pub(in crate::read) format: String,
    /// Prefix and suffix of the number.
    pub(in crate::read) around: (String, String),
    /// `loext:num-list-format`, such as `第%1%章`.
    pub(in crate::read) pattern: Option<String>,
    /// The first number.
    pub(in crate::read) start: u32,
    /// Number of levels shown in the label, including this one.
    pub(in crate::read) shown: usize,
    /// Bullet of an item without a number.
    pub(in crate::read) bullet: Option<String>,
}

/// The levels of a list.
pub(in crate::read) type List = [Option<Level>; LEVELS];

/// The properties read of a style.
#[derive(Debug, Clone, Default)]
struct Style {
    parent: Option<String>,
    list: Option<String>,
    face: Change,
    /// Conditions of the figure, each with the style that it applies.
    maps: Vec<(Condition, String)>,
    /// The number format, by its name.
    data: Option<String>,
    /// Whether a row or column is too low or narrow to show anything.
    low: bool,
}

/// A condition of a `style:map` on the figure of its cell; `None` if it is not evaluated.
type Condition = Option<(Comparison, f64)>;

/// The styles of a part.
#[derive(Debug, Clone, Default)]
pub(in crate::read) struct Styles {
    /// Styles by family, then by name.
    families: BTreeMap<String, BTreeMap<String, Style>>,
    lists: BTreeMap<String, List>,
    /// Colours of number formats, by name.
    formats: BTreeMap<String, Rgb>,
    /// Numbering of headings.
    outline: List,
    /// Cache of resolved formatting, by family and name.
    known: BTreeMap<&'static str, BTreeMap<String, Change>>,
}

impl Styles {
    /// Formatting of a style, with inherited properties.
    pub(in crate::read) fn face(&mut self, family: &'static str, name: &str) -> Change {
        if let Some(known) = self.known.get(family).and_then(|known| known.get(name)) {
            return *known;
        }
        let mut change = Change::default();
        let mut next = Some(name).filter(|name| name.len() <= LONGEST_NAME);
        for _ in 0..GENERATIONS {
            let style = next.and_then(|name| self.families.get(family)?.get(name));
            let Some(style) = style else { break };
            change = change.or(style.face);
            next = style.parent.as_deref();
        }
        if name.len() <= LONGEST_NAME {
            self.known.entry(family).or_default().insert(name.to_owned(), change);
        }
        change
    }

    /// Whether a row or column in this style is too low or narrow to show anything.
    pub(in crate::read) fn is_low(&self, family: &str, name: &str) -> bool {
        self.families.get(family).and_then(|family| family.get(name)).is_some_and(|style| style.low)
    }

    /// Reads the styles of a whole part.
    pub(in crate::read) fn part(&mut self, text: &str, budget: &mut Budget) -> Result<(), ReadError> {
        let mut events = Events::new(text, 0, SPACES);
        loop {
            match events.next(budget)? {
                Event::Open(tag) => {
                    self.take(&tag, &mut events, budget)?;
                }
                Event::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// The list of paragraphs in this style.
    pub(in crate::read) fn list_of(&self, name: &str) -> Option<String> {
        self.inherited("paragraph", name, |style| style.list.clone())
    }

    /// Numbering of the levels of a list.
    pub(in crate::read) fn list(&self, name: &str) -> Option<&List> {
        self.lists.get(name)
    }

    /// Numbering of headings.
    pub(in crate::read) fn outline(&self) -> &List {
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

    /// Reads an element of `office:styles` or `office:automatic-styles` up to its end; `false` for any other element, which is not
    /// consumed.
    pub(in crate::read) fn take(
        &mut self,
        tag: &Tag,
        events: &mut Events,
        budget: &mut Budget,
    ) -> Result<bool, ReadError> {
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
            (None, "number-style" | "percentage-style" | "currency-style") => self.format(tag, events, budget)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads the colour of a number format. One with conditions writes some figures in other formats.
    fn format(&mut self, tag: &Tag, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        let name = short(tag, "name");
        let outside = events.depth().saturating_sub(1);
        let (mut colour, mut maps) = (None, false);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.space == STYLE && tag.local == "text-properties" => {
                    colour = tag.get("color").as_deref().and_then(rgb);
                }
                Event::Open(tag) if tag.space == STYLE && tag.local == "map" => maps = true,
                Event::Close(_) if events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        if let Some((name, colour)) = name.zip(colour).filter(|_| !maps) {
            budget.spend(Resource::Blocks, 1)?;
            self.formats.insert(name, colour);
        }
        Ok(())
    }

    /// The face of a cell's figure in a style: a number format may colour it, and a condition that holds may apply another style.
    pub(in crate::read) fn face_of_figure(&mut self, name: &str, figure: f64, mut face: Face) -> Face {
        let family = self.families.get("table-cell");
        let Some(style) = family.and_then(|family| family.get(name)).filter(|_| name.len() <= LONGEST_NAME) else {
            return face;
        };
        if let Some(&colour) = style.data.as_ref().and_then(|data| self.formats.get(data)) {
            let mut change = Change::default();
            change.set_ink(colour);
            face = change.apply(face);
        }
        let holds = |map: &&(Condition, String)| map.0.is_none_or(|(comparison, than)| comparison.holds(figure, than));
        if let Some((Some(_), applied)) = style.maps.iter().find(holds).cloned() {
            let change = self.face("table-cell", &applied);
            face.paper = face.ground.map_or(Paper::Unsaid, Paper::from_rgb);
            face = change.apply(face);
        }
        face
    }

    fn style(&mut self, tag: &Tag, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Blocks, 1)?;
        let names = short(tag, "family").zip(short(tag, "name"));
        let mut style = Style {
            parent: short(tag, "parent-style-name"),
            list: short(tag, "list-style-name"),
            data: short(tag, "data-style-name"),
            ..Style::default()
        };
        let outside = events.depth().saturating_sub(1);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.space == STYLE => match tag.local {
                    "text-properties" => text_properties(&tag, &mut style.face),
                    "paragraph-properties" | "table-cell-properties" => paper(&tag, &mut style.face),
                    "table-row-properties" => style.low = is_low(&tag, "row-height"),
                    "table-column-properties" => style.low = is_low(&tag, "column-width"),
                    // A conditional format may colour the cell.
                    "map" => {
                        style.face.paper = Some(Paper::Coloured);
                        let condition = tag.get("condition").unwrap_or_default();
                        let condition = condition.trim().strip_prefix("cell-content()");
                        let condition = condition.and_then(Comparison::with_number);
                        if let Some(name) = short(&tag, "apply-style-name").filter(|_| style.maps.len() < LEVELS) {
                            style.maps.push((condition, name));
                        }
                    }
                    _ => {}
                },
                Event::Close(_) if events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        let says = style.parent.is_some()
            || style.list.is_some()
            || style.face != Change::default()
            || style.low
            || style.data.is_some();
        if let Some((family, name)) = names.filter(|_| says) {
            self.families.entry(family).or_default().insert(name, style);
        }
        Ok(())
    }
}

/// Height or width in points below which a row or column shows nothing.
const LOW: f64 = 1.0;

/// Reads the formatting in a `style:text-properties` (ISO/IEC 26300-1, 16.27.28).
fn text_properties(tag: &Tag, face: &mut Change) {
    let mut struck = None;
    for (name, value) in tag.all() {
        match name.rsplit(':').next().unwrap_or(name) {
            "display" => face.hidden = Some(value == "none"),
            "text-line-through-style" | "text-line-through-type" => {
                struck = Some(struck.unwrap_or(false) || value != "none");
            }
            "text-position" => {
                let first = value.split_ascii_whitespace().next().unwrap_or_default();
                let percent = first.strip_suffix('%').and_then(|percent| percent.parse::<f64>().ok());
                face.shift = Some(match percent {
                    Some(percent) if percent > RAISED => Shift::Raised,
                    Some(percent) if percent < -RAISED => Shift::Lowered,
                    Some(_) => Shift::None,
                    None => Shift::named(first),
                });
            }
            "color" => {
                if let Some(colour) = rgb(&value) {
                    face.set_ink(colour);
                }
            }
            "use-window-font-color" if value == "true" => face.pale = Some(false),
            "text-scale" => {
                if let Some(percent) = value.strip_suffix('%').and_then(|percent| percent.parse::<f64>().ok()) {
                    face.scale((percent.clamp(0.0, 1_000.0) as i32).unsigned_abs());
                }
            }
            "letter-spacing" => {
                if let Some(spacing) = points(&value) {
                    face.spacing((spacing * 20.0) as i32);
                }
            }
            "opacity" if value.starts_with("0%") => face.away = Some(true),
            "font-size" => {
                if let Some(points) = points(&value) {
                    face.points(points);
                }
            }
            _ => {}
        }
    }
    face.struck = struck.or(face.struck);
    paper(tag, face);
}

/// Minimum shift of superscript and subscript, in percent of the font's height; a smaller one is an adjustment.
const RAISED: f64 = 10.0;

fn paper(tag: &Tag, face: &mut Change) {
    if let Some(colour) = tag.get("background-color") {
        face.paper = rgb(&colour).map(Paper::from_rgb).or(face.paper);
        face.ground = Some(rgb(&colour).into());
    }
}

fn is_low(tag: &Tag, name: &str) -> bool {
    tag.get(name).and_then(|length| points(&length)).is_some_and(|points| points < LOW)
}

/// A length in points; `None` for a relative one.
fn points(length: &str) -> Option<f64> {
    let length = length.trim();
    let unit = length.find(|sign: char| sign.is_ascii_alphabetic())?;
    let factor = match &length[unit..] {
        "pt" => 1.0,
        "cm" => 72.0 / 2.54,
        "mm" => 7.2 / 2.54,
        "in" => 72.0,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    length[..unit].trim().parse::<f64>().ok().map(|number| number * factor)
}

/// A name in an attribute; `None` if it is too long to be compared repeatedly.
fn short(tag: &Tag, attribute: &str) -> Option<String> {
    tag.get(attribute).filter(|name| name.len() <= LONGEST_NAME).map(std::borrow::Cow::into_owned)
}

/// Reads the levels of the list style that is open.
fn list(events: &mut Events, budget: &mut Budget) -> Result<List, ReadError> {
    budget.spend(Resource::Blocks, LEVELS as u64)?;
    let mut list = List::default();
    let outside = events.depth().saturating_sub(1);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == TEXT && tag.local.ends_with("-style-bullet") => {
                let bullet = tag.get("bullet-char").map(|sign| sign.chars().map(bullet).collect());
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
