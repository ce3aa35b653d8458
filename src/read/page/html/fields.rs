//! Values of form controls in a page.

use super::tree::{Element, Id, Page, Step};

/// The visible value of an `input` (HTML, 4.10.5); `None` for buttons, check boxes and hidden fields.
pub(super) fn value(element: &Element) -> Option<&str> {
    let kind = element.attr("type").unwrap_or_default().trim();
    let shown = ["", "text", "number", "tel", "search", "email", "url", "date", "month"];
    let is_shown = shown.iter().any(|shown| shown.eq_ignore_ascii_case(kind));
    element.attr("value").filter(|value| is_shown && !value.trim().is_empty())
}

/// The mark of a check box or radio button: ☑ if it is checked, else □. `None` for other inputs.
pub(super) fn mark(element: &Element) -> Option<&'static str> {
    let kind = element.attr("type").unwrap_or_default().trim();
    let is_mark = ["checkbox", "radio"].iter().any(|mark| mark.eq_ignore_ascii_case(kind));
    is_mark.then(|| if element.attr("checked").is_some() { "☑" } else { "□" })
}

/// Whether a value is a figure.
pub(super) fn is_figure(value: &str) -> bool {
    let value = value.trim();
    value.starts_with(|first: char| first.is_ascii_digit())
        && value.bytes().all(|sign| sign.is_ascii_digit() || matches!(sign, b'.' | b','))
}

/// The displayed choice of a `select`: the last selected one, else the first.
pub(super) fn chosen(page: &Page, select: Id) -> Option<Id> {
    let options = page.walk(select).filter_map(|step| match step {
        Step::Open(id) => Some((id, page.element(id)?)),
        Step::Close(_) => None,
    });
    let (mut first, mut selected) = (None, None);
    for (id, option) in options.filter(|(_, element)| element.name() == "option") {
        first = first.or(Some(id));
        if option.attr("selected").is_some() {
            selected = Some(id);
        }
    }
    selected.or(first)
}
