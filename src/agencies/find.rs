//! Looks up an agency by name: exact, alias, or with a few characters missing.

use std::sync::OnceLock;

use super::folded::{FoldedName, Shape, equal, sorted};
use super::path::PathNames;
use super::{Agencies, Agency};
use crate::finding::code::rollup::{AGENCY_MATCHED_CLOSELY, AGENCY_NOT_LISTED};
use crate::finding::{Finding, Message};
use crate::text::fold;

/// Minimum similarity of two names (1 less the edits per character) for a match.
const CLOSE: f64 = 0.75;

/// Minimum lead in similarity over every other agency.
const MARGIN: f64 = 0.08;

/// Minimum similarity of a name that a message suggests.
const LIKE: f64 = 0.5;

/// Maximum length of a name in characters; names of agencies have a few dozen, and a longer text is not a name.
const LONGEST: u32 = 100;

/// Result of looking up a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Index of the agency; `None` if no agency is certain.
    pub agency: Option<usize>,
    /// Finding about the match.
    pub finding: Option<Finding>,
}

/// The names of all agencies, prepared for lookups.
#[derive(Debug, Clone)]
pub struct Matcher<'a> {
    agencies: &'a Agencies,
    /// The name of each agency in their order, then the aliases that are no agency's name.
    names: Vec<FoldedName<'a>>,
    /// Indices into `names`, by their text, then by index.
    sorted: Vec<u32>,
    /// Built on the first lookup by path.
    paths: OnceLock<PathNames>,
}

impl<'a> Matcher<'a> {
    /// Prepares the names of the agencies.
    pub fn new(agencies: &'a Agencies) -> Self {
        let list = agencies.list();
        let mut names: Vec<FoldedName> =
            list.iter().enumerate().map(|(agency, known)| FoldedName::new(&known.name, agency)).collect();
        let own = sorted(&names);
        for (agency, alias) in
            list.iter().enumerate().flat_map(|(agency, known)| known.aliases.iter().map(move |alias| (agency, alias)))
        {
            let alias = FoldedName::new(alias, agency);
            if equal(&names, &own, &alias.text).is_empty() {
                names.push(alias);
            }
        }
        let sorted = if names.len() > own.len() { sorted(&names) } else { own };
        Self { agencies, names, sorted, paths: OnceLock::new() }
    }

    /// The agency with an index.
    pub fn agency(&self, agency: usize) -> &'a Agency {
        &self.agencies.list()[agency]
    }

    /// The name of an agency.
    pub fn name(&self, agency: usize) -> &'a str {
        &self.agencies.list()[agency].name
    }

    /// Looks up a name.
    pub fn find(&self, name: &str) -> Match {
        let wanted = fold(name);
        if wanted.is_empty() {
            return Match { agency: None, finding: Some(unnamed()) };
        }
        if let Some(agency) = self.exactly(&wanted) {
            return Match { agency: Some(agency), finding: None };
        }
        let (best, second) = self.nearest(&wanted);
        let Some((likeness, agency, like)) = best else {
            return Match { agency: None, finding: Some(unlisted(name, None)) };
        };
        let known = &self.agencies.list()[agency].name;
        if likeness >= CLOSE && likeness - second >= MARGIN && only_lacks(&wanted, like) {
            let message = Message::new(
                format!(
                    "报告中的机关名称“{name}”不在名录中，按最接近的“{known}”计入。如有误，请更正名称或在名录的别名中写明。"
                ),
                format!(
                    "\"{name}\" is not in the agencies file; the report was counted as that of \"{known}\". Where that is wrong, correct the name or list it as an alias."
                ),
            );
            return Match { agency: Some(agency), finding: Some(Finding::new(&AGENCY_MATCHED_CLOSELY, message)) };
        }
        Match { agency: None, finding: Some(unlisted(name, (likeness >= LIKE).then_some(known))) }
    }

    /// The agency with a folded name or alias. An alias of two agencies belongs to neither.
    fn exactly(&self, wanted: &str) -> Option<usize> {
        let found = equal(&self.names, &self.sorted, wanted);
        let (&first, others) = found.split_first()?;
        let agency = |index: u32| self.names[index as usize].agency;
        // Of names that are alike after folding, the last counts.
        let names = self.agencies.list().len();
        if let Some(&name) = found.iter().rfind(|&&index| (index as usize) < names) {
            return Some(agency(name) as usize);
        }
        others.iter().all(|&other| agency(other) == agency(first)).then_some(agency(first) as usize)
    }

    /// The agency that sent a file, by the name of the file or, if that does not help, of its folder: the only agency whose name, alias,
    /// or name without its place occurs in it.
    pub fn by_path(&self, path: &str) -> Option<usize> {
        let names = self.paths.get_or_init(|| PathNames::new(self.agencies, &self.names));
        path.rsplit(['/', '\\', '!']).find_map(|part| names.named_in(&fold(part)))
    }

    /// The most similar name with its similarity and agency, and the highest similarity of any other agency.
    fn nearest(&self, wanted: &str) -> (Option<(f64, usize, &str)>, f64) {
        let (mut best, mut second): (Option<(f64, usize, &str)>, f64) = (None, 0.0);
        let shape = Shape::from_name(wanted);
        if shape.length > LONGEST {
            return (None, 0.0);
        }
        for FoldedName { text: name, agency, shape: known } in &self.names {
            if known.length > LONGEST {
                continue;
            }
            let agency = *agency as usize;
            // Most names are rejected by the upper bound without being compared.
            let most_alike = shape.most_alike(known);
            if most_alike < LIKE || most_alike <= second {
                continue;
            }
            let likeness = strsim::normalized_levenshtein(wanted, name);
            match best {
                Some((most, same, _)) if likeness <= most => {
                    if same != agency {
                        second = second.max(likeness);
                    }
                }
                _ => {
                    if let Some((most, ..)) = best.filter(|best| best.1 != agency) {
                        second = second.max(most);
                    }
                    best = Some((likeness, agency, name));
                }
            }
        }
        (best, second)
    }
}

/// Whether one name is the other with characters left out, with the same ending. Another character makes another agency (教育局, 体育局), and
/// so does another ending (人民政府, 人民政府办公室).
fn only_lacks(one: &str, other: &str) -> bool {
    let (short, long) = if one.chars().count() <= other.chars().count() { (one, other) } else { (other, one) };
    let mut rest = long.chars();
    let inside = short.chars().all(|wanted| rest.any(|character| character == wanted));
    let ending = |text: &str| text.chars().rev().take(2).collect::<String>();
    inside && ending(short) == ending(long)
}

/// The finding that the report names no certain agency.
fn unnamed() -> Finding {
    let message = Message::new(
        "未能确定报告是哪个单位的：标题和落款中没有可以确认的机关名称。请在标题中写明机关全称。",
        "Which agency the report is of could not be determined: neither title nor signature name one for certain. Write the full name into the title.",
    );
    Finding::new(&AGENCY_NOT_LISTED, message)
}

fn unlisted(name: &str, like: Option<&String>) -> Finding {
    let (zh, en) = like.map_or_else(Default::default, |like| {
        (
            format!("（名录中相近的有“{like}”；如系同一机关，请在名录的“别名”栏写明）"),
            format!(" The likest is \"{like}\"; where they are one agency, list the name as an alias."),
        )
    });
    let message = Message::new(
        format!("“{name}”不在单位名录中，不知道是哪个单位{zh}。请补充名录或更正名称。"),
        format!("\"{name}\" is not in the agencies file, so its report is not counted.{en}"),
    );
    Finding::new(&AGENCY_NOT_LISTED, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agencies() -> Agencies {
        let text = "name,aliases,parent\n青山县人民政府,,\n青山县教育局,青山县教委;县教育局,青山县人民政府\n青山县卫生健康局,,青山县人民政府\n";
        Agencies::read("a.csv", text.as_bytes()).unwrap()
    }

    #[test]
    fn names_are_matched_exactly_then_by_alias_then_closely() {
        let agencies = agencies();
        let matcher = Matcher::new(&agencies);
        let found = |name: &str| {
            let found = matcher.find(name);
            (found.agency, found.finding.map(|finding| finding.code))
        };
        assert_eq!(found("青山县 教育局"), (Some(1), None));
        assert_eq!(found("青山县教委"), (Some(1), None));
        assert_eq!(found("青山卫生健康局"), (Some(2), Some("agency-matched-closely".to_owned())));
        for other in ["青山县体育局", "青山县人民政府办公室", "红河县教育局", "", "某机关"] {
            assert_eq!(found(other), (None, Some("agency-not-listed".to_owned())), "{other}");
        }
    }

    #[test]
    fn lines_above_the_headers_are_skipped() {
        let text = "青山县政府信息公开单位名录,,\n2025年1月制,,\n\n代码,单位名称,上级\n0001,青山县人民政府,\n0002,青山县教育局,0001\n";
        let agencies = Agencies::read("a.csv", text.as_bytes()).unwrap();
        let names: Vec<&str> = agencies.list().iter().map(|agency| agency.name.as_str()).collect();
        assert_eq!((names, agencies.findings.len()), (vec!["青山县人民政府", "青山县教育局"], 0));
        // A list without headers is recognised by its first line.
        let error = Agencies::read("a.csv", "青山县教育局,0001\n".as_bytes()).unwrap_err();
        assert!(error.to_string().contains("青山县教育局"), "{error}");
    }

    #[test]
    fn a_file_is_of_the_only_agency_that_its_path_names() {
        let agencies = agencies();
        let matcher = Matcher::new(&agencies);
        for (path, agency) in [
            ("in/青山县教育局2024年报.docx", Some(1)),
            ("in/教育局.docx", Some(1)),
            ("in/青山县教委/年报.docx", Some(1)),
            ("in.zip!卫生健康局/年报（定稿）.doc", Some(2)),
            ("in/教育局转卫生健康局.docx", None),
            ("in/体育局.docx", None),
            ("in/年报.docx", None),
            ("青山县/年报.docx", None),
        ] {
            assert_eq!(matcher.by_path(path), agency, "{path}");
        }
    }
}
