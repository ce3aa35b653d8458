//! What must be known of a page before a tree is built of it: how deep its elements nest.
//!
//! The tree builder takes quadratic time for deep nesting (20,000 levels 1.7 s, 200,000 over a minute), so depth is counted on
//! the text first. Elements whose end tag may be left out do not count: honest pages leave them open by the thousand.

use std::borrow::Cow;

use crate::document::{Budget, Exceeded, Resource};

/// Open elements that a page may have at once.
const DEPTH: u64 = 1_500;

/// Elements without content, and elements whose end tags may be left out (HTML, 13.1.2.4).
const UNCOUNTED: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "html", "head",
    "body", "rt", "rp", "o:p",
];

/// Elements that open again inside each other without a limit when their end tags are left out: formatting is reopened in every
/// paragraph, so many of them cost as much as depth.
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u", "span"];

/// Refuses a page that nests too deeply.
pub(super) fn check_nesting(text: &str, budget: &mut Budget) -> Result<(), Exceeded> {
    let bytes = text.as_bytes();
    let (mut depth, mut formatting, mut at) = (0_u64, 0_u64, 0);
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
        budget.spend(Resource::Steps, 1)?;
        at = found + 1;
        let closing = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closing);
        let length =
            bytes[start..].iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b':').count();
        if length == 0 {
            continue;
        }
        let name = text[start..start + length].to_ascii_lowercase();
        if matches!(name.as_str(), "script" | "style" | "textarea" | "title" | "xmp") && !closing {
            at = skip_raw(text, start, &name);
            continue;
        }
        let counter = if FORMATTING.contains(&name.as_str()) { &mut formatting } else { &mut depth };
        if UNCOUNTED.contains(&name.as_str()) {
            continue;
        }
        *counter = if closing { counter.saturating_sub(1) } else { *counter + 1 };
        if depth > DEPTH || formatting > DEPTH {
            return Err(Exceeded { resource: Resource::Depth, asked: depth.max(formatting), limit: DEPTH });
        }
    }
    nested_cells(bytes)
}

/// Cells and list items nest only inside tables and lists, which are counted; a table inside every cell is caught by those.
fn nested_cells(bytes: &[u8]) -> Result<(), Exceeded> {
    let tables = memchr::memmem::find_iter(bytes, b"<table").count() as u64;
    let limit = 20_000;
    if tables > limit { Err(Exceeded { resource: Resource::Depth, asked: tables, limit }) } else { Ok(()) }
}

/// The byte after the raw text of an element such as `script`.
fn skip_raw(text: &str, start: usize, name: &str) -> usize {
    let close = format!("</{name}");
    let rest = &text.as_bytes()[start..];
    let found = memchr::memmem::find(rest, close.as_bytes())
        .or_else(|| memchr::memmem::find(rest, close.to_ascii_uppercase().as_bytes()));
    found.map_or(text.len(), |found| start + found + close.len())
}

/// The page without Word's downlevel-revealed conditionals (`<![if …]>`), which would be read as text.
pub(super) fn without_conditional_comments(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"<![").is_none() {
        return text.into();
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find("<!") {
        let (before, after) = rest.split_at(found);
        clean.push_str(before);
        // A comment hides conditionals from browsers; its end mark belongs to it.
        if after.starts_with("<!--") {
            let end = after.find("-->").map_or(after.len(), |end| end + 3);
            clean.push_str(&after[..end]);
            rest = &after[end..];
            continue;
        }
        let word = after[2..].strip_prefix('[').map(str::trim_start).unwrap_or_default();
        let is = |name: &str| word.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
        let end = after.find('>').filter(|_| is("if") || is("endif")).map(|end| end + 1);
        if end.is_none() {
            clean.push_str("<!");
        }
        rest = &after[end.unwrap_or(2)..];
    }
    clean.push_str(rest);
    clean.into()
}
