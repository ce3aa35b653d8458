//! Rejoins header labels that are broken over several lines above their columns.

use crate::bind::labels::index::{FormIndex, Role};
use crate::text::blank;
use crate::text::fold;

/// Maximum number of lines over which a header may be broken.
pub(in crate::bind) const MOST_LINES: usize = 4;

/// Minimum number of broken headers; two or three words may be above each other by coincidence.
const FEWEST: usize = 4;

/// Words of several lines that overlap horizontally.
#[derive(Debug)]
struct Column {
    start: usize,
    end: usize,
    text: String,
    parts: usize,
}

/// Rejoins the words of lines above each other into headers of the form: returns the number of lines used, and the joined line.
///
/// Every joined column must be a header, and at least `FEWEST` of them must be broken.
pub(in crate::bind) fn mend(index: &FormIndex, lines: &[&str]) -> Option<(usize, String)> {
    // Nearly all lines fail this test.
    if lines.len() < 2 || words(lines[0]).len() < 2 {
        return None;
    }
    let mut columns: Vec<Column> = Vec::new();
    let mut mended = None;
    for (number, line) in lines.iter().take(MOST_LINES).enumerate() {
        let words = words(line);
        if words.is_empty() {
            break;
        }
        for (start, word) in words {
            let end = start + word.chars().count();
            let mut over = columns.iter_mut().filter(|column| column.start < end && start < column.end);
            match (over.next(), over.next()) {
                (None, _) => columns.push(Column { start, end, text: word.to_owned(), parts: 1 }),
                (Some(column), None) => {
                    column.text.push_str(word);
                    column.parts += 1;
                    (column.start, column.end) = (column.start.min(start), column.end.max(end));
                }
                _ => return mended,
            }
        }
        let header = |column: &Column| index.uses(&fold(&column.text)).iter().any(|found| found.role == Role::Header);
        let broken = columns.iter().filter(|column| column.parts > 1).count();
        if number > 0 && columns.len() >= FEWEST && broken >= FEWEST && columns.iter().all(header) {
            columns.sort_by_key(|column| column.start);
            let texts: Vec<&str> = columns.iter().map(|column| column.text.as_str()).collect();
            mended = Some((number + 1, texts.join("  ")));
        }
    }
    mended
}

/// The words of a line with the character index of each; empty if the line has a digit, a separator or punctuation.
fn words(line: &str) -> Vec<(usize, &str)> {
    let strange = |character: char| character.is_ascii_digit() || matches!(character, '|' | '｜' | '\t' | '。' | '，');
    if line.contains(strange) {
        return Vec::new();
    }
    let mut words = Vec::new();
    let mut start: Option<(usize, usize)> = None;
    for (number, (at, character)) in line.char_indices().enumerate() {
        match (blank(character), start) {
            (false, None) => start = Some((number, at)),
            (true, Some((from, byte))) => {
                words.push((from, &line[byte..at]));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|(from, byte)| (from, &line[byte..])));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn headers_broken_over_their_columns_are_put_together() {
        let forms = Forms::built_in().expect("the built-in forms");
        let index = FormIndex::new(forms.get("gkbg-2021").expect("a built-in form"));
        let lines = [
            "结果   结果    其他    尚未",
            "                       总计   结果   结果   其他   尚未",
            "维持   纠正    结果    审结                             总计",
            "                            维持   纠正   结果   审结",
            "0    1     0     0     1    0    0    0    0    0",
        ];
        let whole = "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计";
        let (count, text) = mend(&index, &lines).expect("a header");
        assert_eq!((count, text.split_whitespace().collect::<Vec<_>>().join(" ").as_str()), (4, whole));
        // Complete headers are not changed; a stack with a word that is not a header is rejected.
        assert_eq!(mend(&index, &["结果维持  结果纠正  其他结果  尚未审结", "0  0  0  0"]), None);
        let strange = ["结果   结果    其他    备注", "维持   纠正    结果    说明"];
        assert_eq!(mend(&index, &strange), None);
        assert_eq!(mend(&index, &["结果  结果", "维持  纠正"]), None);
    }
}
