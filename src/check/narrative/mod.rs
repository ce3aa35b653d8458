//! Compares figures in the prose with the tables, and sums within the prose with their parts.
//!
//! Only warnings, and precision before recall: a sentence is skipped unless it is certain which cell it is about.

mod numbers;
mod proposals;
mod sums;

use rust_decimal::Decimal;

use super::{Figures, plausible};
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::{Expression, Form, NarrativePattern, TriggeredWords};
use crate::report::{Content, Report};

use proposals::Proposals;

/// Maximum number of statements per sentence.
const STATEMENTS: usize = 32;

/// Clause separators: an excluding word in another clause does not affect this one.
const CLAUSE: [char; 11] = ['，', ',', '、', '；', ';', '：', ':', '（', '）', '(', ')'];

/// Adds findings for contradictions between prose and tables, and proposals for empty fields.
pub(super) fn check(form: &Form, report: &Report, figures: &Figures, findings: &mut Vec<Finding>) {
    let mut proposals = Proposals::new(form, figures);
    for section in &report.sections {
        for content in &section.content {
            let Content::Paragraph { text, place, .. } = content else { continue };
            findings.extend(sums::parts_of_whole(text).into_iter().map(|finding| finding.at(place.clone())));
            for sentence in sentences(text) {
                let Some(words) = form.narrative.triggered(sentence) else { continue };
                let reading = Reading { form, figures, sentence, words: &words, year: report.year };
                for pattern in words.patterns() {
                    for statement in reading.statements(pattern) {
                        findings.extend(reading.compare(pattern, &statement).map(|finding| finding.at(place.clone())));
                        proposals.take(pattern, &statement, place.as_ref());
                    }
                }
            }
        }
    }
    findings.extend(proposals.findings());
}

/// A figure stated in a sentence, with the sums that it may refer to.
pub(super) struct Stated<'a> {
    /// The sums.
    pub(super) states: &'a [Expression],
    /// The stated figure.
    pub(super) figure: Decimal,
    /// The quoted words.
    pub(super) quoted: String,
}

/// The statements of the prose about tables.
pub(super) fn stated<'a>(form: &'a Form, report: &Report, figures: &Figures) -> Vec<Stated<'a>> {
    let mut all = Vec::new();
    for content in report.sections.iter().flat_map(|section| &section.content) {
        let Content::Paragraph { text, .. } = content else { continue };
        for sentence in sentences(text) {
            let Some(words) = form.narrative.triggered(sentence) else { continue };
            let reading = Reading { form, figures, sentence, words: &words, year: report.year };
            for number in 0..form.narrative.patterns().len() {
                let pattern = &form.narrative.patterns()[number];
                if !words.patterns().any(|known| std::ptr::eq(known, pattern)) {
                    continue;
                }
                for Statement { quoted, stated, none } in reading.statements(pattern) {
                    let states = if none { pattern.states.get(..1).unwrap_or_default() } else { &pattern.states };
                    all.push(Stated { states, figure: stated, quoted: quoted.to_owned() });
                }
            }
        }
    }
    all
}

/// The sentences of a text, separated by `。`, `；` and line breaks. Searches bytes, which is faster than characters.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_end = |&at: &usize| match bytes[at] {
        b'\n' => true,
        _ => matches!(at.checked_sub(2).map(|first| &bytes[first..=at]), Some([0xe3, 0x80, 0x82] | [0xef, 0xbc, 0x9b])),
    };
    // The last UTF-8 bytes of the separators.
    let mut ends = memchr::memchr3_iter(b'\n', 0x82, 0x9b, bytes).filter(is_end);
    let mut rest = Some(0);
    std::iter::from_fn(move || {
        let start = rest.take()?;
        let Some(last) = ends.next() else { return Some(&text[start..]) };
        rest = Some(last + 1);
        Some(text[start..=last].trim_end_matches(['。', '；', '\n']))
    })
}

/// A statement that matches a pattern.
struct Statement<'t> {
    /// The quoted words.
    quoted: &'t str,
    /// The stated figure, in the unit of the cells.
    stated: Decimal,
    /// Whether it says in words that there were none.
    none: bool,
}

/// A sentence to be compared with the figures.
struct Reading<'a, 'v> {
    form: &'a Form,
    figures: &'a Figures<'v>,
    sentence: &'a str,
    words: &'a TriggeredWords<'a>,
    year: Option<i16>,
}

impl<'a> Reading<'a, '_> {
    /// The statements of the sentence that match a pattern.
    fn statements(&self, pattern: &'a NarrativePattern) -> Vec<Statement<'a>> {
        let mut statements = Vec::new();
        let mut seen: Vec<usize> = Vec::new();
        for regex in self.words.may_match(&pattern.patterns) {
            for found in regex.captures_iter(self.sentence).take(STATEMENTS) {
                let (Some(whole), Some(figure)) = (found.get(0), found.name("n")) else { continue };
                if seen.contains(&figure.start()) || !self.is_about(pattern, whole.start(), whole.end()) {
                    continue;
                }
                seen.push(figure.start());
                let stated = numbers::read(figure.as_str()).and_then(|number| number.checked_div(pattern.divide));
                statements.extend(stated.map(|stated| Statement { quoted: whole.as_str(), stated, none: false }));
            }
        }
        let none = self.words.may_match(&pattern.zero).find_map(|regex| regex.find(self.sentence));
        if let Some(whole) = none.filter(|whole| self.is_about(pattern, whole.start(), whole.end())) {
            statements.push(Statement { quoted: whole.as_str(), stated: Decimal::ZERO, none: true });
        }
        statements
    }

    /// Whether no words in the clause or before it show that another figure is meant: a part, another year, an excluding word of the
    /// pattern.
    fn is_about(&self, pattern: &NarrativePattern, start: usize, end: usize) -> bool {
        let before = &self.sentence[..start];
        let clause_start = before.char_indices().rev().find(|(_, sign)| CLAUSE.contains(sign));
        let clause_start = clause_start.map_or(0, |(at, sign)| at + sign.len_utf8());
        let clause_end = self.sentence[end..].find(CLAUSE).map_or(self.sentence.len(), |at| end + at);
        let clause = &self.sentence[clause_start..clause_end];
        let has = |text: &str, words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
        let year = numbers::last_year(&self.sentence[..clause_end]);
        !has(clause, &pattern.except)
            && !has(before, &pattern.before)
            && year.is_none_or(|year| self.year.is_none_or(|own| own == year))
    }

    /// The finding if a statement contradicts all cells that it may refer to.
    fn compare(&self, pattern: &NarrativePattern, statement: &Statement) -> Option<Finding> {
        let &Statement { quoted, stated, none } = statement;
        // A statement that there were none refers to the first of the sums.
        let states = if none { pattern.states.get(..1)? } else { &pattern.states };
        let sums: Vec<(Decimal, &Expression)> = states.iter().filter_map(|sum| Some((self.sum(sum)?, sum))).collect();
        // All sums must be known: an unknown one may be the one that is meant.
        if sums.len() < states.len() || sums.iter().any(|(sum, _)| *sum == stated) {
            return None;
        }
        sums.first().map(|(sum, expression)| self.differs(quoted, stated, *sum, expression))
    }

    fn differs(&self, quoted: &str, stated: Decimal, sum: Decimal, expression: &Expression) -> Finding {
        if let [only] = expression.terms.as_slice()
            && let Some(magnitude) = self.form.magnitudes.iter().find(|magnitude| magnitude.field == only.operand.field)
            && stated.checked_mul(magnitude.factor.into()) == Some(sum)
        {
            let said = (format!("，正文写“{quoted}”"), format!(", the text says \"{quoted}\""));
            return plausible::mistaken(self.form, magnitude, self.figures, sum, (&said.0, &said.1));
        }
        let difference = (stated - sum).normalize();
        let fields = || expression.terms.iter().map(|term| &self.form.fields[term.operand.field]);
        let (place, apart) = (self.cells(expression), difference.abs());
        let message = Message::new(
            format!("正文写“{quoted}”，{}为{sum}，两数相差{apart}。请核对并改为一致。", place.zh),
            format!("The text says \"{quoted}\", {} is {sum} ({apart} apart). Please make them agree.", place.en),
        );
        let mut finding = Finding::new(&code::PROSE_TABLE, message).about(fields().map(|field| field.id.clone()));
        (finding.left, finding.right, finding.difference) = (Some(stated), Some(sum), Some(difference));
        finding
    }

    /// The cells of a sum in words: the first, and the number of the others.
    fn cells(&self, expression: &Expression) -> Message {
        let Some(first) = expression.terms.first() else { return Message::default() };
        let place = self.form.describe(first.operand.field);
        let (year_zh, year_en) = if first.operand.previous { ("上一年度报告", "last year's ") } else { ("", "") };
        match expression.terms.len() {
            1 => Message::new(format!("{year_zh}{}", place.zh), format!("{year_en}{}", place.en)),
            count => Message::new(
                format!("{year_zh}{}等{count}格之和", place.zh),
                format!("the sum of {year_en}{} and {} more", place.en, count - 1),
            ),
        }
    }

    fn sum(&self, side: &Expression) -> Option<Decimal> {
        let mut total = Decimal::from(side.constant);
        for term in &side.terms {
            total = total.checked_add(Decimal::from(term.sign).checked_mul(self.figures.number(term.operand)?)?)?;
        }
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sentences_end_with_their_marks(text in "[a。；、信保\\n\u{10082}\u{82}\u{9b}]{0,20}") {
            let expected: Vec<&str> = text.split(['。', '；', '\n']).collect();
            prop_assert_eq!(sentences(&text).collect::<Vec<_>>(), expected);
        }
    }
}
