//! Labels of list items and numbered headings, counted in document order (ISO/IEC 26300-1, 5.3 and 19.880).

use std::collections::BTreeMap;

use crate::read::shared::numeral;
use crate::read::shared::odf::styles::{LEVELS, LONGEST_NAME, List, Styles};
use crate::read::xml::Tag;

/// Current number of each level of a list; `None` for a level without items yet.
type Reached = [Option<u32>; LEVELS];

/// Maximum number of lists with counters.
const MOST: usize = 10_000;

/// An open list.
struct Open {
    style: String,
    /// Level, 0-based.
    level: usize,
    /// Whether an item has begun and its first paragraph has not.
    begun: bool,
    /// Number set by the item itself.
    given: Option<u32>,
}

/// The open lists, and the counters of all lists and of headings.
#[derive(Default)]
pub(super) struct Lists {
    open: Vec<Open>,
    reached: BTreeMap<String, Reached>,
    headings: Reached,
}

impl Lists {
    /// Opens a list.
    pub(super) fn begin(&mut self, tag: &Tag) {
        let level = self.open.len();
        let inherited = self.open.last().map(|open| open.style.clone());
        let named = tag.get("style-name").filter(|name| name.len() <= LONGEST_NAME);
        let style = named.map(std::borrow::Cow::into_owned).or(inherited).unwrap_or_default();
        let goes_on = tag.get("continue-numbering").as_deref() == Some("true") || tag.get("continue-list").is_some();
        if !goes_on && let Some(reached) = self.reached.get_mut(&style) {
            reached.iter_mut().skip(level).for_each(|reached| *reached = None);
        }
        self.open.push(Open { style, level, begun: false, given: None });
    }

    /// Closes the innermost list.
    pub(super) fn end(&mut self) {
        self.open.pop();
    }

    /// Opens an item; a list header has no number.
    pub(super) fn item(&mut self, tag: &Tag) {
        if let Some(open) = self.open.last_mut() {
            open.begun = tag.local == "list-item";
            open.given = tag.get("start-value").and_then(|value| value.parse().ok());
        }
    }

    /// Closes an item.
    pub(super) fn end_item(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.begun = false;
        }
    }

    /// The label of the paragraph or heading that begins here, if it has one.
    pub(super) fn label(&mut self, tag: &Tag, styles: &Styles) -> Option<String> {
        if let Some(open) = self.open.last_mut() {
            if !std::mem::take(&mut open.begun) {
                return None;
            }
            let given = open.given.take();
            let own = tag.get("style-name").and_then(|style| styles.list_of(&style));
            let name = if open.style.is_empty() { own.unwrap_or_default() } else { open.style.clone() };
            let list = styles.list(&name)?;
            if !self.reached.contains_key(&name) && self.reached.len() >= MOST {
                return None;
            }
            let reached = self.reached.entry(name).or_default();
            return label(list, reached, open.level, given);
        }
        if tag.local != "h" || tag.get("is-list-header").as_deref() == Some("true") {
            return None;
        }
        let level = super::count(tag, "outline-level") as usize - 1;
        let given = (tag.get("restart-numbering").as_deref() == Some("true"))
            .then(|| tag.get("start-value").and_then(|value| value.parse().ok()))
            .flatten();
        label(styles.outline(), &mut self.headings, level, given)
    }
}

/// Increments the counter of a level and returns its label.
fn label(list: &List, reached: &mut Reached, level: usize, given: Option<u32>) -> Option<String> {
    let start = |at: usize| list.get(at).and_then(Option::as_ref).map_or(1, |level| level.start);
    let slot = reached.get_mut(level)?;
    *slot = Some(given.unwrap_or_else(|| slot.map_or(start(level), |number| number.saturating_add(1))));
    reached.iter_mut().skip(level + 1).for_each(|deeper| *deeper = None);
    let this = list.get(level)?.as_ref()?;
    if let Some(bullet) = &this.bullet {
        return Some(bullet.clone()).filter(|bullet| !bullet.is_empty());
    }
    let number = |at: usize| {
        let format = list.get(at).and_then(Option::as_ref).map_or("1", |level| level.format.as_str());
        let number = reached.get(at).copied().flatten().unwrap_or_else(|| start(at));
        written(number, format)
    };
    if this.format.is_empty() {
        let (before, behind) = &this.around;
        return Some(format!("{before}{behind}")).filter(|label| !label.is_empty());
    }
    if let Some(pattern) = this.pattern.as_ref().filter(|pattern| pattern.contains('%')) {
        let label = (0..LEVELS).fold(pattern.clone(), |label, at| {
            let sign = format!("%{}%", at + 1);
            if label.contains(&sign) { label.replace(&sign, &number(at)) } else { label }
        });
        return Some(label);
    }
    let first = (level + 1).saturating_sub(this.shown.max(1));
    let shown: Vec<String> = (first..=level).map(number).filter(|number| !number.is_empty()).collect();
    Some(format!("{}{}{}", this.around.0, shown.join("."), this.around.1))
}

/// A number in a `style:num-format`, which is given by the first number of its series (LibreOffice writes `一, 二, 三, ...`).
fn written(number: u32, format: &str) -> String {
    let kind = match format.split([',', ' ']).next().unwrap_or_default() {
        "" => return String::new(),
        "I" => 1,
        "i" => 2,
        "A" => 3,
        "a" => 4,
        "一" => 37,
        "壹" => 38,
        "①" => 18,
        "甲" => 30,
        "子" => 31,
        "１" => 14,
        "01" => 22,
        _ => 0,
    };
    numeral::format(number, kind)
}
