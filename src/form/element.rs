//! Elements of a document that no form fits: where their lines stand and how they are recognised, as the mapping file says it.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::source::SectionSource;
use super::{Mistake, Pattern, Title};
use crate::text::blank;

/// Where a line stands that belongs to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElementPlace {
    /// Above the title.
    Head,
    /// Among the lines right below the title.
    UnderTitle,
    /// Above the signature: from a line that matches on, all lines up to the signature.
    List,
    /// Right above the date.
    Signature,
    /// The first line that is a date and nothing else.
    Date,
    /// Below the date; in a document without a date anywhere below the title.
    Foot,
    /// Below the date.
    Behind,
}

/// Which lines of a document belong to a section. Only for a form whose title is `{title}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElementSource {
    /// Where the lines stand.
    pub at: Vec<ElementPlace>,
    /// Regular expressions, one of which matches the line with its blanks left out. Groups named `agency` and `year` say whose document it
    /// is and of which year. Without any, the section has every line of its place that no other section has.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub lines: Vec<Spanned<String>>,
    /// Regular expressions that no line of the section matches.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub except: Vec<Spanned<String>>,
    /// Whether the text begins below such a line under the title.
    #[serde(default)]
    pub last: bool,
}

/// Which lines of a document belong to a section, resolved.
#[derive(Debug, Clone)]
pub struct Element {
    /// Where the lines stand.
    pub at: Vec<ElementPlace>,
    /// Whether the text begins below such a line under the title.
    pub last: bool,
    lines: Vec<Pattern>,
    except: Vec<Pattern>,
}

/// What a line says by the groups of the pattern that it matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// The agency whose document it is.
    pub agency: Option<String>,
    /// The year of the document.
    pub year: Option<i16>,
}

impl Element {
    pub(super) fn compile(source: &ElementSource) -> Result<Self, Mistake> {
        let patterns =
            |texts: &[Spanned<String>]| texts.iter().map(super::plausible::pattern).collect::<Result<_, _>>();
        let (lines, except) = (patterns(&source.lines)?, patterns(&source.except)?);
        Ok(Self { at: source.at.clone(), last: source.last, lines, except })
    }

    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.lines.iter().chain(&self.except)
    }

    /// Whether the section has every line of its place that no other section has.
    pub fn is_rest(&self) -> bool {
        self.lines.is_empty()
    }

    /// What a line of the element says; `None` for a line that is not the element's. Blanks in the line do not count.
    pub fn read(&self, line: &str) -> Option<LineFacts> {
        let plain: String = line.chars().filter(|character| !blank(*character)).collect();
        let excepted = self.except.iter().filter_map(Pattern::regex).any(|regex| regex.is_match(&plain));
        if excepted {
            return None;
        }
        if self.is_rest() {
            return Some(LineFacts::default());
        }
        self.lines.iter().find_map(|pattern| facts(pattern, &plain))
    }
}

/// Sections with elements in a form that has a title of its own, and a form with a free title that does not say where its text is.
pub(super) fn mistakes(sections: &[SectionSource], title: &Title) -> Vec<Mistake> {
    let elements = || sections.iter().filter_map(|section| section.element.as_ref());
    if !title.is_free() {
        let zh = "element 只用于 [title] 的 pattern 为 \"{title}\" 的表式。";
        let en = "`element` is for a form whose title has the pattern `{title}`";
        return elements().map(|element| Mistake::new(element.span(), zh, en)).collect();
    }
    let text = sections.iter().filter(|section| section.element.is_none()).count();
    if text == 1 {
        return Vec::new();
    }
    let zh = "不写 element 的部分应当正好有一个，正文归入该部分。";
    let en = "exactly one section must be without `element`: the text is in it";
    vec![Mistake::new(title.span.clone(), zh, en)]
}

/// The groups `agency` and `year` of a pattern in a text; `None` where it does not match.
pub(super) fn facts(pattern: &Pattern, text: &str) -> Option<LineFacts> {
    let captures = pattern.regex()?.captures(text)?;
    let group = |name: &str| captures.name(name).map(|found| found.as_str());
    Some(LineFacts {
        agency: group("agency").map(str::to_owned),
        year: group("year").and_then(|digits| digits.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(toml: &str) -> Element {
        Element::compile(&toml::from_str(toml).unwrap()).unwrap()
    }

    #[test]
    fn a_line_is_matched_without_its_blanks_and_says_agency_and_year() {
        let number = element("at = ['head']\nlines = ['^(?<agency>\\p{Han}+)发〔(?<year>\\d{4})〕\\d+号$']");
        let facts = LineFacts { agency: Some("石岭".into()), year: Some(2024) };
        assert_eq!(number.read("石岭发 〔2024〕 3 号"), Some(facts));
        assert_eq!(number.read("石岭发3号"), None);
    }

    #[test]
    fn an_element_without_lines_has_all_but_the_excepted() {
        let rest = element("at = ['behind']\nexcept = ['^附']");
        assert_eq!(rest.read("名单"), Some(LineFacts::default()));
        assert_eq!(rest.read("附 件"), None);
    }
}
