//! Detects columns of another year and of percentages beside the form's own figures.

use super::view::ViewCell;
use crate::bind::labels::index::FormIndex;
use crate::bind::source::spread::BARE_YEARS;
use crate::text::{blank, fold, numbering};

/// Maximum number of characters of a line or header whose year is read: （一）2023年度有关情况统计表如下：
const LINE: usize = 20;

/// The year at the beginning of a short line or header: `2023年`, `（一）2023年度情况`.
pub(super) fn year(text: &str) -> Option<u16> {
    let text = text.trim_matches(blank);
    if text.chars().nth(LINE).is_some() {
        return None;
    }
    let begins = |text: &str| -> Option<u16> {
        let text = text.trim_start_matches(|character: char| blank(character) || "（(【".contains(character));
        let (digits, rest) = text.split_at_checked(4)?;
        (rest.starts_with('年') && digits.starts_with(['1', '2'])).then(|| digits.parse().ok())?
    };
    begins(text).or_else(|| begins(&text[numbering(text)?.length..]))
}

/// The year that a header consists of or begins with: also without a word after it.
pub(super) fn headed_year(text: &str) -> Option<u16> {
    let bare = text.trim_matches(blank).parse().ok().filter(|year| BARE_YEARS.contains(year));
    bare.or_else(|| year(text))
}

/// Indices of the headers of another year or of percentages, beside another header of the same column: they contain a word of the form's
/// list, or the earlier of two years. Each header is given by its cells from the top, and the column that it may be.
pub(super) fn apart(index: &FormIndex, headers: &[(&[ViewCell], Option<usize>)]) -> Vec<usize> {
    let own = |path: &[ViewCell]| -> Vec<(String, Option<u16>)> {
        // The remark after a label may tell the years apart: 自然人（2023年）.
        let words = path.iter().filter_map(|cell| {
            let text = cell.at.cell.text.as_str();
            let remark = || Some(&text[text.trim_end_matches(blank).strip_suffix(['）', ')'])?.rfind(['（', '('])?..]);
            if cell.number().is_none() { Some(text) } else { remark() }
        });
        words.map(|text| (fold(text), headed_year(text))).collect()
    };
    let words: Vec<Vec<(String, Option<u16>)>> = headers.iter().map(|head| own(head.0)).collect();
    let year = |at: usize| words[at].iter().find_map(|(_, year)| *year);
    let says = |at: usize| {
        let list = &index.form.words.beside;
        words[at].iter().any(|(folded, _)| list.iter().any(|word| folded.contains(word.as_str())))
    };
    let other = |at: usize, other: usize| at != other && headers[at].1 == headers[other].1;
    let all = 0..headers.len();
    let beside: Vec<usize> = all
        .clone()
        .filter(|&at| headers[at].1.is_some())
        .filter(|&at| {
            let mut others = all.clone().filter(|&beside| other(at, beside));
            // A single column under such a word may be the only one.
            others.any(|beside| {
                (says(at) && !says(beside)) || year(at).zip(year(beside)).is_some_and(|(one, two)| one < two)
            })
        })
        .collect();
    // If the header beside it was lost, the same words have the same meaning.
    let own = |at: usize| words[at].iter().map(|(folded, _)| folded.as_str()).filter(|folded| !folded.is_empty());
    let said = |word: &str| beside.iter().any(|&other| own(other).any(|own| own == word));
    let kept = |word: &str| {
        let mut both = headers.iter().enumerate().filter(|(at, head)| {
            !beside.contains(at) && beside.iter().any(|&other| headers[other].1 == head.1 && head.1.is_some())
        });
        both.any(|(at, _)| own(at).any(|own| own == word))
    };
    let same = |at: &usize| headers[*at].1.is_some() && own(*at).any(|word| said(word) && !kept(word));
    if beside.is_empty() { beside } else { all.filter(|at| beside.contains(at) || same(at)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_a_short_line() {
        assert_eq!(year("（一）2023年度情况"), Some(2023));
        assert_eq!(year("2024年"), Some(2024));
        assert_eq!(year("（2022年）"), Some(2022));
        assert_eq!(year("截至2023年底"), None);
        assert_eq!(year("2023年，我局认真贯彻落实《条例》，共受理申请十二件"), None);
    }
}
