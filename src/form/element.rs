//! Elements of a document that no form fits: position and patterns of their lines, as the mapping file sets them.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::source::SectionSource;
use super::{Mistake, Pattern, Title};
use crate::text::blank;

/// Position of the lines of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElementPlace {
    /// Above the title.
    Head,
    /// Among the lines right below the title.
    UnderTitle,
    /// Above the signature: from a matching line to the signature.
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

/// The lines of a document that belong to a section. Only for a form whose title is `{title}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElementSource {
    /// Positions of the lines.
    pub at: Vec<ElementPlace>,
    /// Regular expressions for the line without its blanks; one has to match. The groups `agency` and `year` give the agency and the year of
    /// the document. An empty list accepts every line of the position that no other section accepts.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub lines: Vec<Spanned<String>>,
    /// Regular expressions for lines that do not belong to the section.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub except: Vec<Spanned<String>>,
    /// Whether the body text begins after such a line below the title.
    #[serde(default)]
    pub last: bool,
    /// Regular expressions for lines of the section that name a document which has no title below them.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub titles: Vec<Spanned<String>>,
}

/// The lines of a document that belong to a section, resolved.
#[derive(Debug, Clone)]
pub struct Element {
    /// Positions of the lines.
    pub at: Vec<ElementPlace>,
    /// Whether the body text begins after such a line below the title.
    pub last: bool,
    lines: Vec<Pattern>,
    except: Vec<Pattern>,
    titles: Vec<Pattern>,
}

/// Facts that a line states, from the named groups of its pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// The agency that issued the document.
    pub agency: Option<String>,
    /// The year of the document.
    pub year: Option<i16>,
}

impl Element {
    pub(super) fn compile(source: &ElementSource) -> Result<Self, Mistake> {
        let patterns =
            |texts: &[Spanned<String>]| texts.iter().map(super::plausible::pattern).collect::<Result<_, _>>();
        let (lines, except) = (patterns(&source.lines)?, patterns(&source.except)?);
        let titles = patterns(&source.titles)?;
        Ok(Self { at: source.at.clone(), last: source.last, lines, except, titles })
    }

    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.lines.iter().chain(&self.except).chain(&self.titles)
    }

    /// Whether the section accepts every line of its position that no other section accepts.
    pub fn is_rest(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether a line of the element names a document which has no title below it.
    pub fn is_title(&self, line: &str) -> bool {
        let plain: String = line.chars().filter(|character| !blank(*character)).collect();
        self.titles.iter().filter_map(Pattern::regex).any(|regex| regex.is_match(&plain))
    }

    /// The facts that a line of the element states; `None` if the line does not belong to the element. Blanks in the line are ignored.
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

/// Reports elements in a form with a title of its own, and a form with a free title without exactly one section for the body text.
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

/// The groups `agency` and `year` of a pattern in a text; `None` if it does not match.
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
