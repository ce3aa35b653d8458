//! Patterns for sentences that state figures, with the words that trigger them.

use regex::Regex;
use rust_decimal::Decimal;

use super::pattern::Pattern;
use super::rule::plain_sum;
use super::source::NarrativeSource;
use super::{Expression, Form, Mistake};
use crate::text::Finder;

/// Numbers in prose: ASCII or full-width digits with or without separators, or Chinese numerals.
const NUMBER: &str = "(?P<n>[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?:[.．][0-9０-９]+)?|[0-9０-９]+(?:[.．][0-9０-９]+)?\
                      |[〇零一二两三四五六七八九十百千万]+)";

/// Filler within one clause: no punctuation and no numeral.
const GAP: &str = "[^，。；、：,;:（）()0-9０-９一二三四五六七八九十百]{0,14}";

/// A pattern for sentences of the narrative that state a figure of the tables.
#[derive(Debug, Clone)]
pub struct NarrativePattern {
    /// Patterns of the statement; the group `n` is the number.
    pub patterns: Vec<Sought>,
    /// Patterns of a statement that there were none (0).
    pub zero: Vec<Sought>,
    /// Clauses with one of these words are skipped.
    pub except: Vec<String>,
    /// From the first of these words, the rest of a sentence is skipped.
    pub before: Vec<String>,
    /// Divisor that converts the number to the unit of the cells.
    pub divide: Decimal,
    /// Alternative sums: the number may state any one of them.
    pub states: Vec<Expression>,
    /// Index of the word set that triggers the pattern; `None` if every sentence does.
    called: Option<usize>,
}

/// A pattern with its prefilter.
#[derive(Debug, Clone)]
pub struct Sought {
    /// The pattern.
    pub pattern: Pattern,
    /// Required literals: indices of word sets; a sentence must contain a word of each.
    needs: Vec<usize>,
}

/// All patterns of a form.
#[derive(Debug, Clone, Default)]
pub struct Narrative {
    patterns: Vec<NarrativePattern>,
    words: Words,
}

/// Word sets, all searched in one pass.
#[derive(Debug, Clone, Default)]
struct Words {
    sets: Vec<Vec<String>>,
    /// Finds the words of all sets.
    finder: Finder,
    /// The sets that each word belongs to.
    members: Vec<Vec<usize>>,
    /// Matches any trigger word; `None` if some pattern has no trigger words.
    calls: Option<Regex>,
}

/// The word sets of which a sentence contains a word.
#[derive(Debug, Clone)]
pub struct TriggeredWords<'n> {
    narrative: &'n Narrative,
    /// For each set, whether the sentence contains one of its words.
    sets: Vec<bool>,
}

impl<'n> TriggeredWords<'n> {
    /// The patterns triggered by the sentence, in the order of the mapping file.
    pub fn patterns(&self) -> impl Iterator<Item = &'n NarrativePattern> {
        self.narrative.patterns.iter().filter(|pattern| pattern.called.is_none_or(|set| self.sets[set]))
    }

    /// Filters patterns by their required literals.
    pub fn may_match(&self, sought: &'n [Sought]) -> impl Iterator<Item = &'n Regex> {
        let may = |sought: &&Sought| sought.needs.iter().all(|&set| self.sets[set]);
        sought.iter().filter(may).filter_map(|sought| sought.pattern.regex())
    }
}

impl Narrative {
    /// The patterns in the order of the mapping file.
    pub fn patterns(&self) -> &[NarrativePattern] {
        &self.patterns
    }

    /// Searches a sentence for the words of all patterns; `None` if it triggers no pattern, as for most sentences.
    pub fn triggered(&self, sentence: &str) -> Option<TriggeredWords<'_>> {
        if self.words.calls.as_ref().is_some_and(|calls| !calls.is_match(sentence)) {
            return None;
        }
        let mut sets = vec![false; self.words.sets.len()];
        self.words.finder.find_each(sentence, |found| {
            for &set in &self.words.members[found.word] {
                sets[set] = true;
            }
        });
        Some(TriggeredWords { narrative: self, sets })
    }

    /// Resolves the patterns against the fields of the form.
    pub(super) fn compile(sources: &[NarrativeSource], form: &Form, mistakes: &mut Vec<Mistake>) -> Self {
        let mut words = Words::default();
        let mut patterns = Vec::new();
        for source in sources {
            match pattern(source, form, &mut words) {
                Ok(pattern) => patterns.push(pattern),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let calling: Option<Vec<usize>> = patterns.iter().map(|pattern: &NarrativePattern| pattern.called).collect();
        words.make_ready(calling.as_deref());
        Self { patterns, words }
    }
}

impl Words {
    /// Index of a word set, added if it is new.
    fn number(&mut self, words: &[String]) -> usize {
        self.sets.iter().position(|known| known == words).unwrap_or_else(|| {
            self.sets.push(words.to_vec());
            self.sets.len() - 1
        })
    }

    /// Builds the finder. `calling` are the trigger sets, or `None` if some pattern needs no trigger.
    fn make_ready(&mut self, calling: Option<&[usize]>) {
        self.calls = calling.and_then(|sets| {
            let words = sets.iter().flat_map(|&set| &self.sets[set]).map(|word| regex::escape(word));
            Regex::new(&words.collect::<Vec<_>>().join("|")).ok()
        });
        let mut words: Vec<&str> = self.sets.iter().flatten().map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        let has = |word: &str| {
            let sets = self.sets.iter().enumerate().filter(|(_, set)| set.iter().any(|known| known == word));
            sets.map(|(number, _)| number).collect()
        };
        self.members = words.iter().map(|word| has(word)).collect();
        self.finder = Finder::new(words.into_iter());
    }
}

fn pattern(source: &NarrativeSource, form: &Form, words: &mut Words) -> Result<NarrativePattern, Mistake> {
    let mut compile = |text: &toml::Spanned<String>, numbered: bool| {
        let fail = |zh: &str, en: &str| Mistake::new(text.span(), zh, en);
        if numbered && text.get_ref().matches("{n}").count() != 1 {
            return Err(fail(
                "句式中应有且只有一个 {n}，表示数字的位置。",
                "the pattern needs one `{n}` where the number stands",
            ));
        }
        let put = |number, gap| text.get_ref().replace("{n}", number).replace("{g}", gap);
        let pattern = Pattern::of_shape(&put("(?P<n>.)", "."), put(NUMBER, GAP))
            .map_err(|error| Mistake::of_error(text.span(), &error))?;
        let needs = pattern.needs().iter().map(|set| words.number(set)).collect();
        Ok(Sought { pattern, needs })
    };
    let patterns = std::iter::once(&source.pattern).chain(&source.also).map(|text| compile(text, true));
    let patterns = patterns.collect::<Result<_, _>>()?;
    let zero = source.zero.iter().map(|text| compile(text, false)).collect::<Result<_, _>>()?;
    let divide = source.divide.unwrap_or(1);
    if divide == 0 {
        return Err(Mistake::new(source.pattern.span(), "divide 不能为0。", "`divide` cannot be 0"));
    }
    Ok(NarrativePattern {
        patterns,
        zero,
        except: source.except.clone(),
        before: source.before.clone(),
        divide: divide.into(),
        states: source.states.iter().map(|sum| plain_sum(sum.get_ref(), sum.span(), form)).collect::<Result<_, _>>()?,
        // An empty word is in every sentence.
        called: (!source.words.is_empty() && !source.words.contains(&String::new()))
            .then(|| words.number(&source.words)),
    })
}
