//! Labels of ordered lists as a browser shows them (HTML, 4.4.5).

use super::tree::Element;

/// Open lists, from the outermost.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<List>);

/// An open list.
#[derive(Debug)]
pub(super) struct List {
    kind: ListStyle,
    next: i32,
    step: i32,
}

#[derive(Debug, Clone, Copy)]
enum ListStyle {
    /// Without numbers: bullets, or no markers.
    None,
    Decimal,
    Letters(u8),
    Roman(bool),
}

impl List {
    /// The list of an element.
    pub(super) fn from_element(element: &Element) -> Self {
        let unmarked = element.attr("style").is_some_and(|style| style.contains("none"));
        let kind = match (element.name(), element.attr("type").unwrap_or_default()) {
            ("ol", _) if unmarked => ListStyle::None,
            ("ol", "a") => ListStyle::Letters(b'a'),
            ("ol", "A") => ListStyle::Letters(b'A'),
            ("ol", "i") => ListStyle::Roman(false),
            ("ol", "I") => ListStyle::Roman(true),
            ("ol", _) => ListStyle::Decimal,
            _ => ListStyle::None,
        };
        let start = element.attr("start").and_then(|start| start.trim().parse().ok());
        let step = if element.attr("reversed").is_some() { -1 } else { 1 };
        Self { kind, next: start.unwrap_or(1), step }
    }
}

impl Lists {
    pub(super) fn open(&mut self, list: List) {
        self.0.push(list);
    }

    pub(super) fn close(&mut self) {
        self.0.pop();
    }

    /// The label of the next item.
    pub(super) fn label(&mut self, item: &Element) -> Option<String> {
        let list = self.0.last_mut()?;
        if let Some(value) = item.attr("value").and_then(|value| value.trim().parse().ok()) {
            list.next = value;
        }
        let number = list.next;
        list.next = number.saturating_add(list.step);
        let positive = u32::try_from(number).ok().filter(|&number| number > 0);
        match (list.kind, positive) {
            (ListStyle::None, _) => None,
            (ListStyle::Letters(first), Some(number)) => Some(format!("{}.", letters(number, first))),
            (ListStyle::Roman(upper), Some(number)) if number < 4_000 => Some(format!("{}.", roman(number, upper))),
            _ => Some(format!("{number}.")),
        }
    }
}

fn letters(number: u32, first: u8) -> String {
    let mut letters = Vec::new();
    let mut rest = number;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(first + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

fn roman(mut number: u32, upper: bool) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1_000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut roman = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            roman.push_str(sign);
            number -= value;
        }
    }
    if upper { roman.to_ascii_uppercase() } else { roman }
}
