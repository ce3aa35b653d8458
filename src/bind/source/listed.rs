//! Rows of tables in text whose cells are parted by commas or semicolons: `行政许可，12，3`.

use crate::bind::value;
use crate::text::blank;

/// Rows with figures between one kind of sign that show that it parts cells: a sentence may have one.
const ROWS: usize = 3;

/// Figures of a row without a label.
const FIGURES: usize = 3;

/// Characters of the longest label.
const LABEL: usize = 60;

/// Lines of words above a row of figures that may be its header.
const HEADERS: usize = 3;

/// The signs that may part cells.
const SIGNS: [char; 5] = ['，', '；', '、', ',', ';'];

/// The lines whose cells are parted by one of the signs, and the headers above them: their numbers, and the sign. `is_free` says of
/// which lines nothing else is known.
pub(super) fn listed(lines: &[&str], is_free: impl Fn(usize) -> bool) -> Option<(Vec<usize>, char)> {
    // Nearly every line is a paragraph, and none of those ends in a figure.
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

/// The cells of such a line.
pub(super) fn cells(line: &str, sign: char) -> impl Iterator<Item = &str> {
    line.split(sign).map(|cell| cell.trim_matches(blank))
}

fn ends_in_figure(line: &str) -> bool {
    let end = line.trim_end_matches(blank).chars().next_back();
    end.is_some_and(|end| end.is_ascii_digit() || matches!(end, '０'..='９' | '—' | '-'))
}

/// Whether a line is a label with figures behind it, or figures alone.
fn is_row(line: &str, sign: char) -> bool {
    // Where tabs or pipes part the cells, no comma does.
    if line.contains(['\t', '|', '｜']) {
        return false;
    }
    let all: Vec<&str> = cells(line, sign).collect();
    let words = all.iter().take_while(|cell| !value::is_figure(cell)).count();
    let (labels, figures) = all.split_at(words);
    // A comma may part thousands.
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

/// Whether a line is several labels and nothing else.
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
    fn sentences_and_thousands_are_no_rows() {
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
