//! Content controls with data binding (17.5.2.6): their text is that of the bound custom XML part, as Word shows it.

use super::shared::Shared;
use crate::document::Budget;
use crate::read::container::Relationships;
use crate::read::xml::{self, Event, Events, Tag};

/// Maximum number of custom XML parts, and of choices of a control's list.
const MOST: usize = 64;
const CHOICES: usize = 1_000;

/// Properties of a content control.
#[derive(Debug, Default)]
struct Control {
    path: String,
    store: String,
    /// Whether the control formats its value: a date, a picture, a checkbox, a repeating section.
    formatted: bool,
    /// Value and display text of each choice of its list.
    choices: Vec<(String, String)>,
}

impl Shared<'_> {
    /// The text of the bound part for a control with these properties; `None` if it is not bound, or cannot be read.
    pub(super) fn bound(&mut self, properties: &str, relationships: &Relationships) -> Option<String> {
        if !properties.contains("dataBinding") {
            return None;
        }
        let control = Control::parse(properties, self.budget)?;
        let path = path(&control.path).filter(|_| !control.formatted)?;
        if self.stores.is_none() {
            let stores = self.load_stores(relationships);
            self.stores = Some(stores);
        }
        let store = self.stores.as_ref()?.iter().find(|store| store.0.eq_ignore_ascii_case(&control.store))?;
        let value = value(&store.1, &path, self.budget)?;
        let choice = control.choices.into_iter().find(|choice| choice.0 == value).map(|choice| choice.1);
        Some(choice.filter(|text| !text.is_empty()).unwrap_or(value))
    }

    /// The custom XML parts with their item ids.
    fn load_stores(&mut self, relationships: &Relationships) -> Vec<(String, String)> {
        let mut stores = Vec::new();
        for item in relationships.all().iter().filter(|to| to.kind == "customXml" && !to.external).take(MOST) {
            let of_item = self.parts.relationships(&item.target, self.budget).ok();
            let properties = of_item.as_ref().and_then(|of_item| of_item.target("customXmlProps"));
            let mut text = |part: &str| {
                let bytes = self.parts.part(part, self.budget).ok()??;
                Some(xml::text(&bytes, self.budget).ok()?.0.into_owned())
            };
            let found = properties.and_then(&mut text).zip(text(&item.target));
            let Some((properties, content)) = found else { continue };
            let mut events = Events::new(&properties, 0, &[]);
            let id =
                next_open(&mut events, self.budget).and_then(|tag| tag.get("itemID").map(std::borrow::Cow::into_owned));
            stores.extend(id.map(|id| (id, content)));
        }
        stores
    }
}

impl Control {
    fn parse(properties: &str, budget: &mut Budget) -> Option<Self> {
        let mut control = Self::default();
        // The properties are a list of sibling elements: wrap them in a root element.
        let whole = format!("<properties>{properties}</properties>");
        let mut events = Events::new(&whole, 0, &[]);
        while let Some(tag) = next_open(&mut events, budget) {
            let text = |name: &str| tag.get(name).unwrap_or_default().into_owned();
            match tag.local {
                "dataBinding" => (control.path, control.store) = (text("xpath"), text("storeItemID")),
                "date" | "picture" | "checkbox" | "repeatingSection" => control.formatted = true,
                "listItem" if control.choices.len() < CHOICES => {
                    control.choices.push((text("value"), text("displayText")));
                }
                _ => {}
            }
        }
        Some(control).filter(|control| !control.path.is_empty())
    }
}

/// The next start tag.
fn next_open<'a>(events: &mut Events<'a>, budget: &mut Budget) -> Option<Tag<'a>> {
    loop {
        match events.next(budget) {
            Ok(Event::Open(tag)) => return Some(tag),
            Ok(Event::End) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// The steps of a path such as `/ns0:root[1]/ns0:figure[2]`: names without prefixes, and position among elements of that name, 1-based;
/// an attribute is `@name`. `None` for any other path.
fn path(written: &str) -> Option<Vec<(String, usize)>> {
    let step = |step: &str| {
        let (name, number) = match step.split_once('[') {
            Some((name, number)) => (name, number.strip_suffix(']')?.trim().parse().ok()?),
            None => (step, 1),
        };
        let (at, name) = name.strip_prefix('@').map_or(("", name), |name| ("@", name));
        let name = name.rsplit(':').next()?;
        (!name.is_empty() && number > 0 && !name.contains(['(', '*', '.'])).then(|| (format!("{at}{name}"), number))
    };
    written.strip_prefix('/')?.split('/').map(step).collect()
}

/// The text at a path of a part.
fn value(part: &str, path: &[(String, usize)], budget: &mut Budget) -> Option<String> {
    let mut events = Events::new(part, 0, &[]);
    // Number of steps matched, and number of elements seen with the name of the next step.
    let (mut taken, mut met) = (0, 0);
    loop {
        match events.next(budget).ok()? {
            Event::Open(tag)
                if events.depth() as usize == taken + 1 && path.get(taken).is_some_and(|step| step.0 == tag.local) =>
            {
                met += 1;
                if met < path[taken].1 {
                    continue;
                }
                (taken, met) = (taken + 1, 0);
                match path.get(taken) {
                    None => return events.content(budget).ok().map(std::borrow::Cow::into_owned),
                    Some((name, _)) => {
                        if let Some(attribute) = name.strip_prefix('@') {
                            return tag.get(attribute).map(std::borrow::Cow::into_owned);
                        }
                    }
                }
            }
            Event::Close(_) if (events.depth() as usize) < taken => return None,
            Event::End => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_paths() {
        let part =
            "<?xml version='1.0'?><a:top xmlns:a='urn:a' n='7'><a:n>1</a:n><b><n>2</n></b><a:n>3<!-- --></a:n></a:top>";
        let at = |written: &str| value(part, &path(written)?, &mut Budget::default());
        for (written, expected) in [
            ("/ns0:top[1]/ns0:n[1]", Some("1")),
            ("/top/n[2]", Some("3")),
            ("/top/b/n", Some("2")),
            ("/top[1]/@n", Some("7")),
            ("/top/n[3]", None),
            ("/top/b/n[2]", None),
            ("/other/n", None),
            ("//n", None),
            ("/top/text()", None),
            ("", None),
        ] {
            assert_eq!(at(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn properties_of_controls() {
        let said = |text: &str| Control::parse(text, &mut Budget::default());
        let control = said("<w:dataBinding w:xpath='/a/b' w:storeItemID='{1}'/><w:dropDownList><w:listItem w:displayText='十二' w:value='12'/></w:dropDownList>").unwrap();
        assert_eq!((control.path.as_str(), control.store.as_str(), control.choices.len()), ("/a/b", "{1}", 1));
        assert!(said("<w:dataBinding w:xpath='/a/b' w:storeItemID='{1}'/><w:date/>").unwrap().formatted);
        assert!(said("<w:text/>").is_none());
    }
}
