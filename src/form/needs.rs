//! Required literals of regular expressions (a prefilter): a text without them is not searched.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Maximum number of alternatives of one set; a place with more requires no literal.
const MOST: usize = 24;

/// Minimum length of a literal, in characters: shorter ones are in nearly every sentence.
const LEAST: usize = 2;

/// The required literals of a pattern: every match contains a word of each set.
pub(super) fn needs(pattern: &Hir) -> Vec<Vec<String>> {
    let mut sets = sets(pattern);
    sets.retain(|words| words.iter().all(|word| word.chars().count() >= LEAST));
    sets.sort_unstable();
    sets.dedup();
    sets
}

fn sets(pattern: &Hir) -> Vec<Vec<String>> {
    match all(pattern) {
        Some(words) => useful(words).into_iter().collect(),
        None => of_many(pattern),
    }
}

/// Required literals of a pattern that does not match a short list of texts.
fn of_many(pattern: &Hir) -> Vec<Vec<String>> {
    match pattern.kind() {
        HirKind::Repetition(repeated) if repeated.min > 0 => sets(&repeated.sub),
        HirKind::Capture(group) => of_many(&group.sub),
        HirKind::Concat(parts) => in_turn(parts),
        HirKind::Alternation(ways) => either(ways).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Required literals of a concatenation: products of adjacent short lists, and the sets of the other elements.
fn in_turn(parts: &[Hir]) -> Vec<Vec<String>> {
    let nothing = || vec![String::new()];
    let mut found = Vec::new();
    let mut joined = nothing();
    for part in parts {
        let words = all(part);
        if let Some(longer) = words.as_ref().and_then(|words| product(&joined, words)) {
            joined = longer;
            continue;
        }
        if words.is_none() {
            found.extend(of_many(part));
        }
        found.extend(useful(std::mem::replace(&mut joined, words.unwrap_or_else(nothing))));
    }
    found.extend(useful(joined));
    found
}

/// Required literals of an alternation: the union of the most selective set of each branch; `None` if a branch has none.
fn either(ways: &[Hir]) -> Option<Vec<String>> {
    let shortest = |words: &Vec<String>| words.iter().map(String::len).min();
    let of_each = ways.iter().map(|way| sets(way).into_iter().max_by_key(shortest));
    let words: Vec<String> = of_each.collect::<Option<Vec<_>>>()?.concat();
    if words.len() > MOST { None } else { useful(words) }
}

/// All texts that a pattern matches, if there are at most [`MOST`].
fn all(pattern: &Hir) -> Option<Vec<String>> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Class(Class::Unicode(class)) => {
            let count: usize = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let letters = class.iter().flat_map(|range| range.start()..=range.end()).map(String::from);
            (count <= MOST).then(|| letters.collect())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Repetition(repeated) => {
            let once = (repeated.min, repeated.max) == (0, Some(1));
            let words = once.then(|| all(&repeated.sub))??;
            Some(words.into_iter().chain([String::new()]).collect())
        }
        HirKind::Capture(group) => all(&group.sub),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |words, part| product(&words, &all(part)?))
        }
        HirKind::Alternation(ways) => {
            let words = ways.iter().map(all).collect::<Option<Vec<_>>>()?.concat();
            (words.len() <= MOST).then_some(words)
        }
    }
}

/// All concatenations of a word of `first` and a word of `second`, if there are at most [`MOST`].
fn product(first: &[String], second: &[String]) -> Option<Vec<String>> {
    let pairs = first.iter().flat_map(|one| second.iter().map(move |other| format!("{one}{other}")));
    (first.len() * second.len() <= MOST).then(|| pairs.collect())
}

/// Removes words that contain another one; empty if a word is empty, because then no literal is required.
fn useful(mut words: Vec<String>) -> Option<Vec<String>> {
    words.sort_by_key(String::len);
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if word.is_empty() {
            return None;
        }
        if !kept.iter().any(|shorter| word.contains(shorter.as_str())) {
            kept.push(word);
        }
    }
    kept.sort_unstable();
    Some(kept)
}

#[cfg(test)]
mod tests {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    use super::*;

    fn literals(pattern: &str) -> Vec<Vec<String>> {
        needs(&regex_syntax::parse(pattern).unwrap())
    }

    #[test]
    fn required_literals_of_patterns() {
        assert_eq!(
            literals("(?:新收|收到|接收|接到)(?:到|了)?(?:[^，]{0,9}信息公开|的)?申请(?:表|书)?"),
            [vec!["接到", "接收", "收到", "新收"], vec!["申请"]]
        );
        assert_eq!(literals("(?:^|[^不分])予以公开(?:的)?"), [["予以公开"]]);
        assert_eq!(literals("(?:未|没有)(?:收到|接到)"), [["未接到", "未收到", "没有接到", "没有收到"]]);
        assert_eq!(literals("(?:上年.{1,3}结转|结转上年)+"), [["结转"]]);
        assert!(literals("(?:申请)?[0-9]+\\s*[件份]|行政").is_empty());
        assert!(literals("(?:申请)*.").is_empty());
    }

    /// Random texts that match the patterns of the forms contain a word of every set.
    #[test]
    fn every_match_contains_the_required_literals() {
        let forms = crate::form::Forms::built_in().unwrap();
        let mut runner = TestRunner::deterministic();
        let mut sets = 0;
        for pattern in forms.iter().flat_map(|form| form.narrative.patterns().iter().flat_map(|all| &all.patterns)) {
            let text = pattern.pattern.text();
            // The generator does not support anchors.
            let texts = proptest::string::string_regex(&text.replace("(?:^|", "(?:")).unwrap();
            let needs = pattern.pattern.needs();
            assert_eq!(needs, literals(text), "what was looked through in its place");
            for _ in 0..20 {
                let matching = texts.new_tree(&mut runner).unwrap().current();
                for words in needs {
                    assert!(words.iter().any(|word| matching.contains(word.as_str())), "{text}: {matching}: {words:?}");
                }
            }
            sets += needs.len();
        }
        assert!(sets > 30, "{sets}");
    }
}
