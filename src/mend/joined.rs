//! Joins paragraphs that a line break of the source page split inside a word.

use std::collections::HashMap;

use crate::report::{Content, Report};
use crate::text::{language, numbering};

/// Characters that may end a paragraph.
const ENDS: &[char] = &['。', '；', ';', '：', ':', '！', '!', '？', '?', '…', '”', '"', '）', ')', '》', '】', '.'];

/// Minimum number of occurrences of two adjacent characters in a report to count as a word.
const WORD: u32 = 2;

/// Minimum number of characters of running text: titles and headings are shorter.
const RUNNING: usize = 9;

/// Counts of adjacent pairs of Han characters in a report's narrative. Counted only if a paragraph may be split.
#[derive(Debug, Default)]
pub(super) struct Pairs(HashMap<(char, char), u32>);

impl Pairs {
    pub(super) fn from_report(report: &Report) -> Self {
        let mut pairs = HashMap::new();
        let contents = || report.sections.iter().flat_map(|section| &section.content);
        let texts = || {
            contents().filter_map(|content| match content {
                Content::Paragraph { text, level, .. } => Some((text.as_str(), *level)),
                _ => None,
            })
        };
        // Fast path: in most reports every paragraph ends properly.
        if !texts().any(|(text, level)| level.is_none() && open_end(text)) {
            return Self::default();
        }
        for (text, _) in texts() {
            let mut before = None;
            for character in text.chars() {
                if let Some(before) = before.filter(|_| han(character)) {
                    *pairs.entry((before, character)).or_default() += 1;
                }
                before = Some(character).filter(|character| han(*character));
            }
        }
        Self(pairs)
    }

    /// Whether two paragraphs of running text are one.
    pub(super) fn one_paragraph(&self, before: &str, after: &str) -> bool {
        if !open_end(before) || numbering(after).is_some() || !after.ends_with(ENDS) {
            return false;
        }
        let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
        if !han(last) || !han(first) {
            return false;
        }
        // A single character is not a clause.
        let clause = before.rsplit(['，', ',', '、', '。', '；']).next().unwrap_or_default();
        let goes_on =
            language().unfinished.iter().any(|word| before.ends_with(word.as_str())) || clause.chars().count() == 1;
        let running = before.contains(['，', ',', '。', '；']);
        running && (goes_on || self.0.get(&(last, first)).is_some_and(|&times| times >= WORD))
    }
}

/// Whether a text is running text without a proper end.
fn open_end(text: &str) -> bool {
    !text.ends_with(ENDS)
        && numbering(text).is_none()
        && text.chars().next_back().is_some_and(han)
        && text.chars().count() >= RUNNING
}

fn han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}
