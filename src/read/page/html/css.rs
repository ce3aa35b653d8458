//! A minimal CSS engine: simple selectors and the few properties that hide text (CSS 2.1).
//!
//! Not a crate: small ones panic on selectors such as `> p` and do not support `<!--`, large ones are parts of a browser.

use std::borrow::Cow;
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::looks::{Looks, declarations};
use super::pictures::{File, file};
use super::tree::{Element, Id, NodeKind, Page, ROOT, Step};
use crate::document::{Budget, Exceeded, Resource};

/// Maximum number of bytes of style sheets.
const MOST_BYTES: usize = 1 << 20;

/// Maximum number of rules that may hide text.
const MOST_RULES: usize = 2_000;

/// Maximum length of the value of a custom property in bytes.
const MOST_VALUE: usize = 100;

/// Maximum nesting depth of blocks.
const MOST_NESTED: usize = 4;

/// Maximum number of ancestors that a selector is matched against.
const MOST_ABOVE: usize = 64;

/// A selector without combinators: `td.hide:nth-child(2)`.
#[derive(Debug, Default)]
struct Compound {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    /// `:nth-child(n)`, `:first-child`.
    nth: Option<usize>,
    /// `[name]` and `[name=value]`.
    attributes: Vec<(String, Option<String>)>,
    /// `:last-child`.
    last: bool,
    /// `:not(…)`: excluded elements.
    without: Vec<Compound>,
}

/// A selector, last compound first; each further compound with whether it must be the parent (`>`) of the one before.
#[derive(Debug)]
struct Rule {
    chain: Vec<(Compound, bool)>,
    specificity: (usize, usize, usize),
    looks: Looks,
    important: Looks,
}

/// The rules of a page that may hide text, indexed by a key of their last compound.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rules: Vec<Rule>,
    by_key: HashMap<String, Vec<usize>, FxBuildHasher>,
    /// Custom properties, `None` for one with several values.
    variables: HashMap<String, Option<String>, FxBuildHasher>,
}

impl Sheet {
    /// The style sheets embedded in a page, and those that it links in its archive.
    pub(super) fn from_page(page: &Page, files: &[File]) -> Self {
        let (mut texts, mut bytes, mut inside) = (Vec::new(), 0, false);
        let mut add = |text: String| {
            bytes += text.len();
            texts.extend((bytes <= MOST_BYTES).then_some(text));
        };
        for step in page.walk(ROOT) {
            match step {
                Step::Open(id) => match page.kind(id) {
                    NodeKind::Element(element) if element.name() == "style" => inside = is_for_screens(element),
                    NodeKind::Element(element) => {
                        let linked = link(element).filter(|_| is_for_screens(element));
                        linked.and_then(|address| at(address, files)).into_iter().for_each(&mut add);
                    }
                    NodeKind::Text(text) if inside => {
                        let text = without_comments(text);
                        imported(&text).filter_map(|address| at(address, files)).for_each(&mut add);
                        add(text);
                    }
                    NodeKind::Text(_) | NodeKind::Other => {}
                },
                Step::Close(id) if page.element(id).is_some_and(|element| element.name() == "style") => inside = false,
                Step::Close(_) => {}
            }
        }
        let mut sheet = Self::default();
        for text in &texts {
            sheet.define(text);
        }
        for text in &texts {
            sheet.parse_rules(text, 0);
        }
        sheet.rules.sort_by_key(|rule| rule.specificity);
        for (index, rule) in sheet.rules.iter().enumerate() {
            if let Some((last, _)) = rule.chain.first() {
                sheet.by_key.entry(last.key()).or_default().push(index);
            }
        }
        sheet
    }

    /// The declarations for an element: normal ones, and `!important` ones, which override its `style` attribute.
    pub(super) fn looks(&self, page: &Page, id: Id, budget: &mut Budget) -> Result<(Looks, Looks), Exceeded> {
        let (mut looks, mut important) = (Looks::default(), Looks::default());
        let Some(element) = page.element(id).filter(|_| !self.rules.is_empty()) else { return Ok((looks, important)) };
        let mut found: Vec<usize> = Vec::new();
        let mut key = String::new();
        let mut look_up = |sign: &str, name: &str| {
            key.clear();
            key.push_str(sign);
            key.push_str(name);
            found.extend(self.by_key.get(&key).into_iter().flatten());
        };
        look_up("", "");
        look_up("", element.name());
        for class in element.attr("class").unwrap_or_default().split_ascii_whitespace().take(20) {
            look_up(".", class);
        }
        if let Some(id) = element.attr("id") {
            look_up("#", id);
        }
        found.sort_unstable();
        found.dedup();
        budget.spend(Resource::Steps, found.len() as u64)?;
        for index in found {
            let rule = &self.rules[index];
            if rule.matches(page, id) {
                looks = rule.looks.completed_by(looks);
                important = rule.important.completed_by(important);
            }
        }
        Ok((looks, important))
    }

    /// Collects the custom properties of a sheet.
    fn define(&mut self, text: &str) {
        for (name, value) in custom_properties(text) {
            if self.variables.len() >= MOST_RULES {
                return;
            }
            // A longer value is no keyword, number or colour, and would be copied into every declaration that names it.
            let value = if value.len() > MOST_VALUE { "" } else { value };
            let known = self.variables.entry(name.to_owned()).or_insert_with(|| Some(value.to_owned()));
            if known.as_deref() != Some(value) {
                *known = None;
            }
        }
    }

    /// Declarations with custom properties replaced by their values, as far as those are known.
    pub(super) fn resolved<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut resolved = Cow::Borrowed(text);
        for _ in 0..MOST_NESTED {
            let Some((before, rest)) = resolved.split_once("var(") else { break };
            let Some((inside, behind)) = rest.split_once(')') else { break };
            let (name, other) = inside.split_once(',').unwrap_or((inside, ""));
            let own = custom_properties(text).find(|own| own.0 == name.trim()).map(|own| own.1);
            let value = match (own, self.variables.get(name.trim())) {
                (Some(own), _) => own,
                (None, Some(known)) => known.as_deref().unwrap_or_default(),
                (None, None) => other.trim(),
            };
            resolved = format!("{before}{value}{behind}").into();
        }
        resolved
    }

    /// Parses the rules of a text at a nesting depth of blocks.
    fn parse_rules(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let selectors = rest[..open].trim();
            let (at_rule, body) = (selectors.rsplit(';').next().unwrap_or_default().trim(), &rest[open + 1..]);
            if at_rule.starts_with('@') {
                let behind = behind_block(body);
                if holds_on_screens(at_rule) && depth < MOST_NESTED {
                    self.parse_rules(&body[..body.len() - behind.len()], depth + 1);
                }
                rest = behind;
                continue;
            }
            let Some(close) = body.find('}') else { return };
            rest = &body[close + 1..];
            let (looks, important) = declarations(&self.resolved(&body[..close]));
            if looks == Looks::default() && important == Looks::default() {
                continue;
            }
            for selector in at_rule.split(',') {
                let Some(chain) = chain(selector) else { continue };
                if self.rules.len() >= MOST_RULES {
                    return;
                }
                let sum = |count: fn(&Compound) -> usize| chain.iter().map(|part| count(&part.0)).sum();
                let specificity = (
                    sum(|part| usize::from(part.id.is_some())),
                    sum(|part| {
                        part.classes.len()
                            + part.attributes.len()
                            + part.without.len()
                            + usize::from(part.nth.is_some())
                            + usize::from(part.last)
                    }),
                    sum(|part| usize::from(part.tag.is_some())),
                );
                self.rules.push(Rule { chain, specificity, looks, important });
            }
        }
    }
}

impl Rule {
    fn matches(&self, page: &Page, id: Id) -> bool {
        let mut parts = self.chain.iter();
        let Some((last, _)) = parts.next() else { return false };
        if !last.matches(page, id) {
            return false;
        }
        let mut above = std::iter::successors(page.parent(id), |&id| page.parent(id)).take(MOST_ABOVE);
        parts.all(|(part, right_above)| {
            if *right_above {
                above.next().is_some_and(|id| part.matches(page, id))
            } else {
                above.any(|id| part.matches(page, id))
            }
        })
    }
}

impl Compound {
    /// Index key of a selector: an id, class or name that an element must have.
    fn key(&self) -> String {
        match (&self.id, self.classes.first(), &self.tag) {
            (Some(id), ..) => format!("#{id}"),
            (_, Some(class), _) => format!(".{class}"),
            (_, _, Some(tag)) => tag.clone(),
            _ => String::new(),
        }
    }

    fn matches(&self, page: &Page, id: Id) -> bool {
        let Some(element) = page.element(id) else { return false };
        let has = |class: &String| {
            element.attr("class").is_some_and(|known| known.split_ascii_whitespace().any(|known| known == class))
        };
        let says = |(name, value): &(String, Option<String>)| {
            element.attr(name).is_some_and(|said| value.as_deref().is_none_or(|value| value == said))
        };
        self.tag.as_ref().is_none_or(|tag| tag == element.name())
            && self.attributes.iter().all(says)
            && !self.without.iter().any(|without| without.matches(page, id))
            && self.id.as_ref().is_none_or(|id| element.attr("id") == Some(id))
            && self.classes.iter().all(has)
            && self.nth.is_none_or(|nth| number(page, id, nth) == Some(nth))
            && (!self.last || is_last(page, id))
    }
}

/// The position of an element among its siblings, 1-based; `None` beyond `most`.
fn number(page: &Page, id: Id, most: usize) -> Option<usize> {
    let children = page.children(page.parent(id)?).filter(|&child| page.element(child).is_some());
    children.take(most).position(|child| child == id).map(|index| index + 1)
}

/// Whether an element is the last of its siblings. It is not if it is followed by very many comments.
fn is_last(page: &Page, id: Id) -> bool {
    let mut after = page.siblings_after(id);
    let followed = after.by_ref().take(MOST_ABOVE).any(|sibling| page.element(sibling).is_some());
    !followed && after.next().is_none()
}

/// Parses a selector; `None` if it contains unsupported parts.
fn chain(selector: &str) -> Option<Vec<(Compound, bool)>> {
    let selector = selector.replace('>', " > ");
    let (mut chain, mut right_above) = (Vec::new(), false);
    // From the last compound upwards: `a > b` marks `a` as the parent.
    for word in selector.split_ascii_whitespace().rev() {
        if word == ">" {
            right_above = true;
            continue;
        }
        chain.push((compound(word)?, std::mem::take(&mut right_above)));
    }
    (!chain.is_empty() && chain.len() <= 8 && !right_above).then_some(chain)
}

fn compound(word: &str) -> Option<Compound> {
    let mut compound = Compound::default();
    let mut rest = word;
    while !rest.is_empty() {
        let kind = rest.chars().next()?;
        if let Some(inside) = rest.strip_prefix('[') {
            let (inside, behind) = inside.split_once(']')?;
            compound.attributes.push(attribute(inside)?);
            rest = behind;
            continue;
        }
        if let Some(inside) = rest.strip_prefix(":not(") {
            let (excluded, behind) = inside.split_once(')')?;
            // No function within a function.
            compound.without.push(self::compound(excluded.trim()).filter(|_| !excluded.contains('('))?);
            rest = behind;
            continue;
        }
        let start = usize::from(matches!(kind, '.' | '#' | ':'));
        let end = rest[start..].find(['.', '#', ':', '[', '*', '+', '~']).map_or(rest.len(), |end| start + end);
        let name = &rest[start..end];
        match kind {
            _ if name.is_empty() => return None,
            '.' => compound.classes.push(name.to_owned()),
            '#' => compound.id = Some(name.to_owned()),
            ':' if name == "first-child" => compound.nth = Some(1),
            ':' if name == "last-child" => compound.last = true,
            ':' => {
                let number = name.strip_prefix("nth-child(")?.strip_suffix(')')?;
                compound.nth = Some(number.trim().parse().ok().filter(|&nth| nth > 0)?);
            }
            _ if name.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                compound.tag = Some(name.to_ascii_lowercase());
            }
            _ => return None,
        }
        rest = &rest[end..];
    }
    Some(compound)
}

/// An attribute selector: `[name]`, `[name="value"]`; `None` for other operators.
fn attribute(inside: &str) -> Option<(String, Option<String>)> {
    let (name, value) = inside.split_once('=').map_or((inside, None), |(name, value)| (name, Some(value)));
    let name = name.trim().to_ascii_lowercase();
    let is_name = !name.is_empty() && name.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
    let value = value.map(|value| value.trim().trim_matches(['"', '\'']).to_owned());
    is_name.then_some((name, value))
}

/// Whether an at-rule applies on screens: to every screen, or under a condition that browsers meet.
fn holds_on_screens(at_rule: &str) -> bool {
    let rule = at_rule.to_ascii_lowercase();
    let Some(media) = rule.strip_prefix("@media") else {
        return rule.starts_with("@layer") || rule.starts_with("@supports");
    };
    media.split(',').any(|media| matches!(media.trim(), "screen" | "all" | "only screen"))
}

fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        plain.push_str(&rest[..start]);
        rest = rest[start + 2..].split_once("*/").map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    plain.replace("<!--", " ").replace("-->", " ")
}

/// The text after the open block and its nested blocks.
fn behind_block(text: &str) -> &str {
    let mut depth = 1_u32;
    for (at, sign) in text.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// Whether a page links style sheets that are not in its archive.
pub(super) fn has_others(page: &Page, files: &[File]) -> bool {
    let is_absent = |element: &Element| link(element).is_some_and(|address| file(address, files, "text/css").is_none());
    (0..page.len() as Id).any(|id| page.element(id).is_some_and(is_absent))
}

/// The address of a style sheet that an element links.
fn link(element: &Element) -> Option<&str> {
    let is_sheet = element.attr("rel").is_some_and(|kind| kind.eq_ignore_ascii_case("stylesheet"));
    element.attr("href").filter(|_| element.name() == "link" && is_sheet)
}

/// Whether a style sheet applies on screens, by its attribute `media`.
fn is_for_screens(element: &Element) -> bool {
    element.attr("media").is_none_or(|media| media.is_empty() || media.contains("all") || media.contains("screen"))
}

/// The text of a style sheet of the archive, without comments.
fn at(address: &str, files: &[File]) -> Option<String> {
    file(address, files, "text/css").map(|file| without_comments(&String::from_utf8_lossy(&file.bytes)))
}

/// The addresses that a style sheet imports for all media.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    text.split("@import").skip(1).take(MOST_NESTED).filter_map(|rest| {
        let statement = rest.split_once(';')?.0.trim();
        let address = statement.strip_prefix("url(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(statement);
        Some(address.trim().trim_matches(['"', '\'']))
    })
}

/// Custom properties: name, value.
fn custom_properties(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(['{', '}', ';']).filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        Some((name.trim(), value.trim())).filter(|(name, _)| name.starts_with("--"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_every_simple_kind() {
        for selector in [
            "td[hidden]",
            "td[a=\"b\"].c",
            ".a:not(.b)",
            "i:not(b)",
            "td i:last-child",
            "td",
            ".hide",
            "#a",
            "td.hide.x",
            "table tr.old > td",
            "tr td:nth-child(2)",
            "TD:first-child",
        ] {
            assert!(chain(selector).is_some(), "{selector}");
        }
        for selector in ["", ">", "> p", "a +b", "td[a^=b]", "p:hover", "*", ".", "a..b", ":nth-child(2n)"] {
            assert!(chain(selector).is_none(), "{selector}");
        }
    }

    #[test]
    fn rules_that_hide_are_kept_and_others_are_not() {
        let mut sheet = Sheet::default();
        sheet.parse_rules(&without_comments(
            "<!-- @import url(x.css); .a{COLOR:red} /* .b{display:none} */ .c, td.d { Display : NONE ; } @media print{.e{display:none} .f{}}
             .g{visibility:hidden} @charset \"utf-8\"; .h{font-size:0} @media screen{.j{display:none} td{color:red}} @media (max-width:9px){.k{display:none}} @layer a{.l{opacity:0}} .i{display:none",
        ), 0);
        let keys: Vec<String> = sheet.rules.iter().map(|rule| rule.chain[0].0.key()).collect();
        assert_eq!(keys, [".a", ".c", ".d", ".g", ".h", ".j", "td", ".l"]);
    }

    #[test]
    fn long_custom_properties_are_not_copied() {
        let mut sheet = Sheet::default();
        sheet.define(&format!(":root {{ --a: none; --b: {} }}", "x".repeat(MOST_VALUE + 1)));
        assert_eq!(sheet.resolved("display:var(--a);color:var(--b)"), "display:none;color:");
    }

    #[test]
    fn only_the_last_of_many_siblings_is_the_last_child() {
        let rows: String = (0..200).map(|row| format!("<tr><td>第{row}行</td></tr>")).collect();
        let text = format!("<table><tbody>{rows}</tbody></table>");
        let page = super::super::parse::parse(&text, &mut crate::document::Budget::default()).unwrap();
        let is_row = |id: &Id| page.element(*id).is_some_and(|element| element.name() == "tr");
        let rows: Vec<Id> = (0..page.len() as Id).filter(is_row).collect();
        let last: Vec<Id> = rows.iter().copied().filter(|&row| is_last(&page, row)).collect();
        assert_eq!((rows.len(), last), (200, vec![rows[199]]));
    }
}
