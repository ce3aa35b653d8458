//! Legacy form fields whose text is stored in their properties.

use crate::document::Budget;
use crate::read::xml::{Event, Events};

/// Maximum number of choices read from a list.
const MOST: usize = 1_000;

/// The selected choice of a drop-down list (17.16.9), given the properties of the form field; the first choice if no selection is stored.
pub(super) fn choice(properties: &str, budget: &mut Budget) -> Option<String> {
    let list = &properties[properties.find("<w:ddList")?..];
    let mut events = Events::new(list, 0, &[]);
    let (mut chosen, mut default, mut entries) = (None, 0, Vec::new());
    while let Ok(event) = events.next(budget) {
        match event {
            Event::Open(tag) => {
                let value = tag.get("val");
                let number = || value.as_ref().and_then(|value| value.trim().parse::<usize>().ok());
                match tag.local {
                    "result" => chosen = number(),
                    "default" => default = number().unwrap_or(0),
                    "listEntry" if entries.len() < MOST => entries.push(value.unwrap_or_default().into_owned()),
                    _ => {}
                }
            }
            Event::Close(_) if events.depth() == 0 => break,
            Event::End => break,
            _ => {}
        }
    }
    entries.into_iter().nth(chosen.unwrap_or(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_of_a_list() {
        let list = |inside: &str| {
            let text = format!(
                "<w:name w:val='d'/><w:ddList>{inside}<w:listEntry w:val='0'/><w:listEntry w:val='188'/></w:ddList>"
            );
            choice(&text, &mut Budget::default())
        };
        assert_eq!(list("<w:result w:val='1'/>").as_deref(), Some("188"));
        assert_eq!(list("<w:default w:val='1'/>").as_deref(), Some("188"));
        assert_eq!(list("").as_deref(), Some("0"));
        assert_eq!(list("<w:result w:val='7'/>"), None);
        assert_eq!(choice("<w:textInput/>", &mut Budget::default()), None);
    }
}
