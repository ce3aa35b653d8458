//! Table rows in text with cells separated by commas or semicolons: `行政许可，12，3`.

use crate::bind::value;
use crate::text::blank;

/// Minimum number of rows with the same separator; a single one may be a sentence.
const ROWS: usize = 3;

/// Minimum number of figures in a row without a label.
const FIGURES: usize = 3;

/// Maximum number of characters of a label.
const LABEL: usize = 60;

/// Maximum number of header lines above a row of figures.
const HEADERS: usize = 3;

/// Possible separators.
const SIGNS: [char; 5] = ['，', '；', '、', ',', ';'];

/// Finds the lines whose cells are separated by one of the signs, and the header lines above them: line indices, and the sign. `is_free`
/// is whether a line has not been classified otherwise.
pub(super) fn listed(lines: &[&str], is_free: impl Fn(usize) -> bool) -> Option<(Vec<usize>, char)> {
    // Nearly every line is a paragraph, which does not end in a figure.
    let may_be: Vec<usize> = (0..lines.len()).filter(|&at| ends_in_figure(lines[at]) && is_free(at)).collect();
    if may_be.len() < ROWS {
        return None;
    }
    SIGNS.into_iter().find_map(|sign| {
        let rows: Vec<usize> = may_be.iter().copied().filter(|&at| is_row(lines[at], sign)).collect();
        if rows.len() < ROWS {
            return None;
        }
        let mut all = Vec::with_capacity(rows.len() * 2);
        for at in rows {
            let free = |far: &usize| is_free(at - far) && is_header(lines[at - far], sign);
            all.extend((1..=HEADERS.min(at)).take_while(free).map(|far| at - far));
            all.push(at);
        }
        Some((all, sign))
    })
}

/// The cells of a line with this separator, trimmed.
pub(super) fn cells(line: &str, sign: char) -> impl Iterator<Item = &str> {
    line.split(sign).map(|cell| cell.trim_matches(blank))
}

fn ends_in_figure(line: &str) -> bool {
    let end = line.trim_end_matches(blank).chars().next_back();
    end.is_some_and(|end| end.is_ascii_digit() || matches!(end, '０'..='９' | '—' | '-'))
}

/// Whether a line consists of labels followed by figures, or of figures only.
fn is_row(line: &str, sign: char) -> bool {
    // If there are tabs or pipes, a comma is not the separator.
    if line.contains(['\t', '|', '｜']) {
        return false;
    }
    let all: Vec<&str> = cells(line, sign).collect();
    let words = all.iter().take_while(|cell| !value::is_figure(cell)).count();
    let (labels, figures) = all.split_at(words);
    // A comma may be a thousands separator.
    let digits = |cell: &str| cell.bytes().all(|one| one.is_ascii_digit());
    let group =
        |pair: &[&str]| pair[0].ends_with(|one: char| one.is_ascii_digit()) && pair[1].len() == 3 && digits(pair[1]);
    let thousands = sign == ',' && all.windows(2).any(group);
    let short = labels.iter().all(|label| label.chars().nth(LABEL).is_none());
    let least = if labels.iter().all(|label| label.is_empty()) { FIGURES } else { 1 };
    short
        && !thousands
        && figures.len() >= least
        && figures.iter().all(|cell| cell.is_empty() || value::is_figure(cell))
}

/// Whether a line consists of several labels.
fn is_header(line: &str, sign: char) -> bool {
    let label =
        |cell: &str| !value::is_figure(cell) && cell.chars().nth(LABEL).is_none() && !cell.contains(['。', '！', '？']);
    line.contains(sign) && !line.trim_end_matches(blank).ends_with('。') && cells(line, sign).all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Option<String>> {
        let (found, sign) = listed(lines, |_| true).unwrap_or((Vec::new(), ' '));
        let row = |at: usize| found.contains(&at).then(|| cells(lines[at], sign).collect::<Vec<_>>().join("|"));
        (0..lines.len()).map(row).collect()
    }

    #[test]
    fn rows_between_signs_and_their_header() {
        for sign in ["，", "；", "、", ",", ";"] {
            let lines = ["本年情况如下。", "项目，甲，乙", "规章，1，2", "许可，3，4", "7，8，9", "以上数据截至年底。"];
            let lines: Vec<String> = lines.iter().map(|line| line.replace('，', sign)).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let expected = [None, Some("项目|甲|乙"), Some("规章|1|2"), Some("许可|3|4"), Some("7|8|9"), None];
            assert_eq!(rows(&lines), expected.map(|row| row.map(str::to_owned)), "{sign}");
        }
    }

    #[test]
    fn sentences_and_thousands_are_not_rows() {
        for lines in [
            ["本年收到申请，共12", "处理完毕，共12件，其中3", "结转，5"],
            ["规章,1,234", "许可,3,456", "处罚,7,890"],
            ["规章，1", "许可，3", "其余见附件。"],
            ["规章\t1,234", "许可\t3,456", "处罚\t7,890"],
        ] {
            assert_eq!(rows(&lines), [None, None, None], "{lines:?}");
        }
    }
}
