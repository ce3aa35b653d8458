//! Sentences of the narrative that state figures: patterns made ready, and the words by which a sentence calls for them.

use aho_corasick::AhoCorasick;
use rust_decimal::Decimal;

use super::pattern::Pattern;
use super::rule::plain_sum;
use super::source::NarrativeSource;
use super::{Expression, Form, Mistake};

/// Numbers in prose: ASCII or full-width digits with or without separators, or Chinese numerals.
const NUMBER: &str = "(?P<n>[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?:[.．][0-9０-９]+)?|[0-9０-９]+(?:[.．][0-9０-９]+)?\
                      |[〇零一二两三四五六七八九十百千万]+)";

/// Words between others of one clause: no punctuation and no numeral.
const GAP: &str = "[^，。；、：,;:（）()0-9０-９一二三四五六七八九十百]{0,14}";

/// A sentence of the narrative that states a figure of the tables.
#[derive(Debug, Clone)]
pub struct NarrativePattern {
    /// Match the statement; the group `n` is the number.
    pub patterns: Vec<Pattern>,
    /// Match the statement that there were none.
    pub zero: Vec<Pattern>,
    /// Clauses with one of these words are passed over.
    pub except: Vec<String>,
    /// A sentence that has had one of these words is passed over from there on.
    pub before: Vec<String>,
    /// What the number is divided by to be in the unit of the cells.
    pub divide: Decimal,
    /// Sums any one of which the number may state.
    pub states: Vec<Expression>,
}

/// All patterns of a form.
#[derive(Debug, Clone, Default)]
pub struct Narrative {
    patterns: Vec<NarrativePattern>,
    words: Option<AhoCorasick>,
    /// The pattern that each word calls for.
    called: Vec<usize>,
    /// Patterns without words: every sentence calls for them.
    always: Vec<usize>,
}

impl Narrative {
    /// The patterns in the order of the mapping file.
    pub fn patterns(&self) -> &[NarrativePattern] {
        &self.patterns
    }

    /// The patterns that the words of a sentence call for.
    pub fn speaking(&self, sentence: &str) -> impl Iterator<Item = &NarrativePattern> {
        let mut called = self.always.clone();
        if let Some(words) = &self.words {
            called.extend(words.find_overlapping_iter(sentence).map(|found| self.called[found.pattern().as_usize()]));
            called.sort_unstable();
            called.dedup();
        }
        called.into_iter().map(|index| &self.patterns[index])
    }

    /// The patterns as written, resolved against the fields of the form.
    pub(super) fn compile(sources: &[NarrativeSource], form: &Form, mistakes: &mut Vec<Mistake>) -> Self {
        let mut narrative = Self::default();
        let mut words: Vec<&str> = Vec::new();
        for source in sources {
            match pattern(source, form) {
                Ok(pattern) => {
                    let index = narrative.patterns.len();
                    narrative.patterns.push(pattern);
                    narrative.called.extend(source.words.iter().map(|_| index));
                    words.extend(source.words.iter().map(String::as_str));
                    if source.words.is_empty() {
                        narrative.always.push(index);
                    }
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if !words.is_empty() {
            match AhoCorasick::new(&words) {
                Ok(words) => narrative.words = Some(words),
                Err(error) => mistakes.push(Mistake { span: None, message: error.to_string() }),
            }
        }
        narrative
    }
}

fn pattern(source: &NarrativeSource, form: &Form) -> Result<NarrativePattern, Mistake> {
    let compile = |text: &toml::Spanned<String>, numbered: bool| {
        let fail = |message: String| Mistake { span: Some(text.span()), message };
        if numbered && text.get_ref().matches("{n}").count() != 1 {
            return Err(fail("the pattern needs one `{n}` where the number stands".to_owned()));
        }
        let expanded = text.get_ref().replace("{n}", NUMBER).replace("{g}", GAP);
        Pattern::new(&expanded).map_err(fail)
    };
    let patterns = std::iter::once(&source.pattern).chain(&source.also).map(|text| compile(text, true));
    let divide = source.divide.unwrap_or(1);
    if divide == 0 {
        return Err(Mistake { span: Some(source.pattern.span()), message: "`divide` cannot be 0".to_owned() });
    }
    Ok(NarrativePattern {
        patterns: patterns.collect::<Result<_, _>>()?,
        zero: source.zero.iter().map(|text| compile(text, false)).collect::<Result<_, _>>()?,
        except: source.except.clone(),
        before: source.before.clone(),
        divide: divide.into(),
        states: source.states.iter().map(|sum| plain_sum(sum.get_ref(), sum.span(), form)).collect::<Result<_, _>>()?,
    })
}
