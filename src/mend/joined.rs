//! Joins paragraphs that a line break of the source page split inside a word.

use std::collections::HashMap;

use crate::report::{Content, Report};
use crate::text::{language, numbering};

/// Marks behind which a paragraph may end.
const ENDS: &[char] = &['。', '；', ';', '：', ':', '！', '!', '？', '?', '…', '”', '"', '）', ')', '》', '】', '.'];

/// How often two characters stand together in a report to be taken for a word.
const WORD: u32 = 2;

/// Fewest characters of running text: a title or a heading is shorter.
const RUNNING: usize = 9;

/// How often each two neighbouring Han characters stand together in a report's narrative. Counted only where a paragraph may be split.
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
        // Most reports have no paragraph without its end.
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
        // A clause of one character is none.
        let clause = before.rsplit(['，', ',', '、', '。', '；']).next().unwrap_or_default();
        let goes_on =
            language().unfinished.iter().any(|word| before.ends_with(word.as_str())) || clause.chars().count() == 1;
        let running = before.contains(['，', ',', '。', '；']);
        running && (goes_on || self.0.get(&(last, first)).is_some_and(|&times| times >= WORD))
    }
}

/// Whether a text is running text without its end.
fn open_end(text: &str) -> bool {
    !text.ends_with(ENDS)
        && numbering(text).is_none()
        && text.chars().next_back().is_some_and(han)
        && text.chars().count() >= RUNNING
}

fn han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}
