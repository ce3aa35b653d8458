//! Lines of text whose cells are aligned in columns by blanks, as on the page that they were made from.

use crate::bind::value;
use crate::document::Paragraph;
use crate::text::blank;

/// Minimum width of the blanks between two cells of a line.
const GAP: usize = 2;

/// Minimum width of the blanks that a blank cell leaves beside other cells.
const WIDE: usize = 4;

/// Maximum difference between the edges or twice the centres of the figures in one column.
const OFF: usize = 1;

/// Minimum number of cells on a line that shows the columns; lines with fewer may be rows with blank cells.
const CELLS: usize = 3;

/// Maximum number of lines of a table.
const LINES: usize = 200;

/// Maximum width of a line with fewer cells, such as a label without figures.
const SHORT: usize = 120;

/// A cell of a row: its text, and the number of columns that it covers.
pub(super) type Text = (String, u32);

/// Rows of cells, each with the number of its line.
pub(super) type Rows = Vec<(usize, Vec<Text>)>;

/// A cell of a line with the columns of the page that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct Token<'t> {
    /// First column of the page.
    pub(in crate::bind) start: usize,
    /// The column after its last.
    pub(in crate::bind) end: usize,
    /// Its text.
    pub(in crate::bind) text: &'t str,
}

impl Token<'_> {
    fn meets(&self, column: &(usize, usize)) -> bool {
        self.start < column.1 && column.0 < self.end
    }
}

/// The first lines, if their cells are aligned in columns: the number of lines, and the rows by line. `ends` is whether a line cannot be in
/// a table.
pub(super) fn run(lines: &[Option<&Paragraph>], ends: impl Fn(&str) -> bool) -> Option<(usize, Rows)> {
    let mut rows: Vec<Vec<Token>> = Vec::new();
    let mut count = 0;
    for line in lines.iter().take(LINES) {
        let Some(text) = line.map(|line| line.text.as_str()).filter(|text| !text.contains(['\t', '|'])) else { break };
        let tokens = tokens(text);
        let wide = tokens.len() >= CELLS;
        let short = tokens.last().is_some_and(|last| last.end <= SHORT);
        if !wide && (rows.is_empty() || !short || ends(text.trim_matches(blank))) {
            break;
        }
        rows.push(tokens);
        count = if wide { rows.len() } else { count };
    }
    rows.truncate(count);
    let columns = columns(&rows)?;
    if !are_aligned(&rows, &columns) {
        return None;
    }
    let cells: Vec<Vec<Text>> = rows.iter().map(|row| cells(row, &columns)).collect::<Option<_>>()?;
    Some((count, cells.into_iter().enumerate().collect()))
}

/// Whether a line may be the first of such lines.
pub(super) fn may_begin(text: &str) -> bool {
    !text.contains(['\t', '|']) && tokens(text).len() >= CELLS
}

/// The parts of a line between wide blanks. Han characters are two columns wide.
pub(in crate::bind) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token> = Vec::new();
    // Column and byte offset of the first and after the last character of the current part.
    let mut part: Option<((usize, usize), (usize, usize))> = None;
    let mut column = 0;
    for (at, character) in text.char_indices() {
        let next = column + if character < '\u{1100}' { 1 } else { 2 };
        if !blank(character) {
            let end = (next, at + character.len_utf8());
            part = match part {
                Some((start, last)) if column - last.0 < GAP => Some((start, end)),
                _ => {
                    found.extend(part.map(|part| token(text, part)));
                    Some(((column, at), end))
                }
            };
        }
        column = next;
    }
    found.extend(part.map(|part| token(text, part)));
    found
}

fn token(text: &str, (start, end): ((usize, usize), (usize, usize))) -> Token<'_> {
    Token { start: start.0, end: end.0, text: &text[start.1..end.1] }
}

/// The columns: first those of the figures, then those of words that are in none of them. `None` if there are too few.
fn columns(rows: &[Vec<Token>]) -> Option<Vec<(usize, usize)>> {
    let is_figure = |token: &&Token| value::is_figure(token.text);
    let all = || rows.iter().flatten();
    let mut figures: Vec<(usize, usize)> = all().filter(is_figure).map(|token| (token.start, token.end)).collect();
    figures.sort_unstable();
    let mut columns: Vec<(usize, usize)> = Vec::new();
    for (start, end) in figures {
        match columns.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => columns.push((start, end)),
        }
    }
    let mut words: Vec<&Token> = all().filter(|token| !is_figure(token)).collect();
    words.sort_by_key(|token| token.end - token.start);
    for token in words {
        let mut met = (0..columns.len()).filter(|&at| token.meets(&columns[at]));
        match (met.next(), met.next()) {
            (None, _) => columns.push((token.start, token.end)),
            (Some(one), None) => {
                let wide = (columns[one].0.min(token.start), columns[one].1.max(token.end));
                let free = (0..columns.len()).all(|at| at == one || wide.1 <= columns[at].0 || columns[at].1 <= wide.0);
                columns[one] = if free { wide } else { columns[one] };
            }
            _ => {}
        }
    }
    columns.sort_unstable();
    (columns.len() >= CELLS).then_some(columns)
}

/// Whether the cells are aligned, not only separated: the widths of the blanks between them differ, they are wide in rows with blank cells,
/// and the figures of each column have one edge or their centre in common.
fn are_aligned(rows: &[Vec<Token>], columns: &[(usize, usize)]) -> bool {
    let gaps = |row: &[Token]| row.windows(2).map(|pair| pair[1].start - pair[0].end).collect::<Vec<_>>();
    let mut all: Vec<usize> = rows.iter().flat_map(|row| gaps(row)).collect();
    all.sort_unstable();
    all.dedup();
    let figures = |row: &[Token]| row.iter().filter(|token| value::is_figure(token.text)).count();
    let most = rows.iter().map(|row| figures(row)).max().unwrap_or(0);
    let lacks = |row: &&Vec<Token>| (1..most).contains(&figures(row));
    let wide = rows.iter().filter(lacks).all(|row| gaps(row).into_iter().any(|gap| gap >= WIDE));
    let one_edge = |column: &(usize, usize)| {
        let tokens = rows.iter().flatten().filter(|token| value::is_figure(token.text) && token.meets(column));
        let near = |of: fn(&Token) -> usize| {
            let edges = tokens.clone().map(of);
            edges.clone().max().unwrap_or(0) - edges.min().unwrap_or(0) <= OFF
        };
        near(|token| token.start) || near(|token| token.end) || near(|token| token.start + token.end)
    };
    all.len() > 1 && wide && columns.iter().all(one_edge)
}

/// The cells of a row, blank ones included; `None` if two parts of the line are in one column.
fn cells(row: &[Token], columns: &[(usize, usize)]) -> Option<Vec<Text>> {
    let mut cells: Vec<Text> = Vec::new();
    let mut next = 0;
    for token in row {
        let first = columns.iter().position(|column| token.meets(column))?;
        let count = columns[first..].iter().take_while(|column| token.meets(column)).count();
        if first < next {
            return None;
        }
        cells.extend((next..first).map(|_| (String::new(), 1)));
        cells.push((token.text.to_owned(), u32::try_from(count).ok()?));
        next = first + count;
    }
    cells.extend((next..columns.len()).map(|_| (String::new(), 1)));
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Option<(usize, Vec<String>)> {
        let lines: Vec<Paragraph> =
            text.lines().map(|line| Paragraph { text: line.to_owned(), ..Paragraph::default() }).collect();
        let (count, rows) = run(&lines.iter().map(Some).collect::<Vec<_>>(), |text| text == "结束")?;
        let shown = |(text, span): &Text| if *span > 1 { format!("{text}*{span}") } else { text.clone() };
        let row = |(_, cells): &(usize, Vec<Text>)| cells.iter().map(shown).collect::<Vec<_>>().join("|");
        Some((count, rows.iter().map(row).collect()))
    }

    #[test]
    fn cells_are_found_by_their_columns() {
        let text = "\
项目        自然人   企业   总计
一、新收         7            12
二、结转
三、结果               5       5
结束";
        let expected = ["项目|自然人|企业|总计", "一、新收|7||12", "二、结转|||", "三、结果||5|5"];
        assert_eq!(rows(text), Some((4, expected.map(String::from).to_vec())));
        // A group covers its columns.
        let text =
            "              法人         \n项目      企业     机构\n新收         7       12\n结果         5        3";
        assert_eq!(rows(text), None);
        let text = "项目    法人或其他组织    总计\n项目     企业     机构     总计\n新收        7       12       19";
        assert_eq!(rows(text).map(|found| found.1[0].clone()), Some("项目|法人或其他组织*2|总计".to_owned()));
        // Cells that are only separated are not aligned: a blank one leaves no trace.
        assert_eq!(rows("项目  上年数量  增减  本年数量\n许可  3\n处罚  4\n强制  5  6"), None);
        // Cells that are in one column on one line are not aligned.
        assert_eq!(rows("甲  10000  2  3\n乙  1  4    5"), None);
    }
}
