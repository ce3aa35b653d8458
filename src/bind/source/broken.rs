//! Rejoins labels that a narrow column broke over several lines, with the figures in between.

use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::value;
use crate::text::blank;
use crate::text::fold;

/// Maximum number of lines over which a label may be broken.
pub(in crate::bind) const MOST_LINES: usize = 4;

/// Maximum number of characters of a line that is part of a broken row.
const LONGEST: usize = 120;

/// A line of text, divided into words and the figures after them.
#[derive(Debug, Clone, Copy)]
pub(in crate::bind) struct Parts<'t> {
    words: &'t str,
    figures: &'t str,
    /// Whether it is too long to be part of a broken row.
    long: bool,
}

impl<'t> Parts<'t> {
    /// Divides a line into words and figures.
    pub(in crate::bind) fn split(line: &'t str) -> Self {
        let mut figures = line.len();
        let long = line.chars().nth(LONGEST).is_some();
        if !long {
            for (at, token) in tokens(line).rev() {
                if !value::is_figure(token) {
                    break;
                }
                figures = at;
            }
        }
        Self { words: &line[..figures], figures: &line[figures..], long }
    }
}

fn tokens(line: &str) -> impl DoubleEndedIterator<Item = (usize, &str)> {
    let parted = |character: char| blank(character) || matches!(character, '|' | '｜');
    line.split(parted)
        .filter(|token| !token.is_empty())
        .map(|token| (token.as_ptr() as usize - line.as_ptr() as usize, token))
}

/// Rejoins a label that is broken around the figures of its row: returns the number of lines used, and the joined line.
///
/// The words of the lines together must be a row label, and exactly one of the lines, not the last, must have figures.
pub(in crate::bind) fn mend(index: &FormIndex, lines: &[Parts]) -> Option<(usize, String)> {
    if lines.iter().all(|parts| parts.figures.is_empty()) {
        return None;
    }
    let mut words: Vec<&str> = Vec::new();
    let mut figures: Option<&str> = None;
    let mut mended = None;
    for (number, parts) in lines.iter().take(MOST_LINES).enumerate() {
        if parts.long || (number == 0 && !parts.words.contains(char::is_alphanumeric)) {
            break;
        }
        // Figures on the last line need no rejoining, so labels are looked up only from the line after the figures on.
        if let Some(figures) = figures.filter(|_| parts.figures.is_empty()) {
            words.push(parts.words);
            if let Some(words) = label(index, &words) {
                let words = words.replace(['|', '｜'], " ");
                // A row between pipes stays a row between pipes.
                let row = if figures.trim_end_matches(blank).ends_with(['|', '｜']) { "|" } else { "" };
                mended = Some((
                    number + 1,
                    if row.is_empty() {
                        format!("{words}  {figures}")
                    } else {
                        format!("| {} | {figures}", words.trim_matches(blank))
                    },
                ));
            }
            continue;
        }
        if !parts.figures.is_empty() && figures.replace(parts.figures).is_some() {
            break;
        }
        words.push(parts.words);
    }
    mended
}

/// Joins the words of lines if they form a row label: either all words, or the last word of each line if the words before it are parts of a
/// group label broken over the same lines (`（四）无 2.没有现成信息需要另行` / `法提供 制作`).
fn label(index: &FormIndex, lines: &[&str]) -> Option<String> {
    let is_leaf = |words: &str| index.uses(&fold(words)).iter().any(|found| found.role == Role::Leaf);
    let whole = lines.concat();
    if is_leaf(&whole) {
        return Some(whole);
    }
    let mut groups = String::new();
    let mut own = String::new();
    // Between pipes, a group label has its own cell.
    let ends = lines.last().is_some_and(|line| line.contains(char::is_alphanumeric));
    if !ends || lines.iter().any(|line| line.contains(['|', '｜'])) {
        return None;
    }
    for line in
        lines.iter().map(|line| line.trim_end_matches(blank)).filter(|line| line.contains(char::is_alphanumeric))
    {
        let last = tokens(line).next_back().map_or(0, |(at, _)| at);
        groups.extend(line[..last].chars().filter(|character| !blank(*character)));
        own.push_str(&line[last..]);
    }
    (!groups.is_empty() && is_leaf(&own)).then(|| format!("{groups}  {own}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    /// Lines, and the expected result: number of lines used, and the joined row.
    type Case<'a> = (&'a [&'a str], Option<(usize, &'a str)>);

    #[test]
    fn labels_are_put_together_around_the_figures_of_their_row() {
        let forms = Forms::built_in().expect("the built-in forms");
        let index = FormIndex::new(forms.get("gkbg-2021").expect("a built-in form"));
        let cases: [Case; 10] = [
            // The label of the group is broken over the same lines.
            (
                &["（四）无 2.没有现成信息需要另行", "  1 0 2", "法提供 制作"],
                Some((3, "（四）无法提供 2.没有现成信息需要另行制作 1 0 2")),
            ),
            (
                &["年度办 （二）部分公开（区分处理的，只 0 1", "理结果 计这一情形，不计其他情形）"],
                Some((2, "年度办理结果 （二）部分公开（区分处理的，只计这一情形，不计其他情形） 0 1")),
            ),
            // The figures are on the first line, or on a line in the middle.
            (&["2.其他法律行政法规  1 0 2", "禁止公开"], Some((2, "2.其他法律行政法规  禁止公开  1 0 2"))),
            (&["2.其他法律行政法规", "1 0 2", "禁止公开"], Some((3, "2.其他法律行政法规禁止公开  1 0 2"))),
            // A row between pipes stays a row between pipes.
            (
                &["| 2.其他法律行政法规 |", "| 1 | 0 | 2 |", "| 禁止公开 |"],
                Some((3, "| 2.其他法律行政法规     禁止公开 | 1 | 0 | 2 |")),
            ),
            // Figures on the last line need no rejoining.
            (&["2.其他法律行政法规", "禁止公开 1 0 2"], None),
            // Figures on two lines: two rows.
            (&["2.其他法律行政法规 1", "禁止公开 2"], None),
            // The words are not a label of the form.
            (&["3.其他法律行政法规 1", "不予答复"], None),
            // No figures at all.
            (&["2.其他法律行政法规", "禁止公开"], None),
            (&[], None),
        ];
        for (lines, expected) in cases {
            let parts: Vec<Parts> = lines.iter().map(|line| Parts::split(line)).collect();
            let found = mend(&index, &parts);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                found.map(|(count, text)| (count, words(&text))),
                expected.map(|(count, text)| (count, words(text))),
                "{lines:?}"
            );
        }
    }
}
