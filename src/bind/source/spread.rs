//! Rows of a table in text whose merged cells are written once: headers with fewer cells than the rows of figures below them.

use super::aligned::Rows;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::value::is_figure_cell;
use crate::text::fold;

/// Maximum number of label cells before the figures of a row.
const LABELS: usize = 3;

/// Minimum number of figures in a row.
const FIGURES: usize = 2;

/// Years that are written without 年 in a header.
pub(in crate::bind) const BARE_YEARS: std::ops::RangeInclusive<u16> = 1990..=2100;

/// The rows of a table, given by the cells of its lines, with the columns that each cell covers: all rows of figures have equally many, and
/// the columns of each header are evident. `None` if they are not, or if all lines have equally many cells.
pub(super) fn spread(index: &FormIndex, lines: &[(usize, Vec<String>)]) -> Option<Rows> {
    let is_word = |cell: &String| !cell.is_empty() && !is_figure_cell(cell) && cell.chars().any(char::is_alphabetic);
    let labels = |row: &[String]| row.iter().take_while(|cell| is_word(cell)).count();
    let is_body = |row: &[String]| {
        let count = labels(row);
        (1..=LABELS).contains(&count) && count < row.len() && !row[count..].iter().any(is_word)
    };
    let first = lines.iter().position(|(_, row)| is_body(row))?;
    let (heads, body) = lines.split_at(first);
    let figures = body[0].1.len() - labels(&body[0].1);
    let fits = |row: &[String]| is_body(row) && row.len() - labels(row) == figures;
    let other = lines.iter().any(|(_, row)| row.len() != lines[0].1.len());
    if heads.is_empty() || figures < FIGURES || !other || !body.iter().all(|(_, row)| fits(row)) {
        return None;
    }
    let left = body.iter().map(|(_, row)| labels(row)).max()?;
    let mut rows: Rows = Vec::new();
    let mut below: Vec<&String> = Vec::new();
    for (at, row) in heads.iter().rev() {
        if !row.iter().skip(usize::from(row[0].is_empty())).all(|cell| is_word(cell) || is_year(cell)) {
            return None;
        }
        let (corner, parts) =
            if has_corner(index, row, figures)? { (row[0].clone(), &row[1..]) } else { (String::new(), &row[..]) };
        let span = figures / parts.len();
        if parts.len() == figures {
            below = parts.iter().collect();
        } else if parts.len() > 1 && !repeats(&below, span) {
            return None;
        }
        let mut cells = vec![(corner, left as u32)];
        cells.extend(parts.iter().map(|text| (text.clone(), span as u32)));
        rows.push((*at, cells));
    }
    rows.reverse();
    for (at, row) in body {
        let own = labels(row);
        let cell = |(place, text): (usize, &String)| {
            let span = if place + 1 == own { left - place } else { 1 };
            (text.clone(), span as u32)
        };
        rows.push((*at, row.iter().enumerate().map(cell).collect()));
    }
    Some(rows)
}

/// Whether the first cell of a header is above the labels; the cells above the figures share their columns equally. `None` if it is not
/// certain.
fn has_corner(index: &FormIndex, row: &[String], figures: usize) -> Option<bool> {
    let shared = |count: usize| count > 0 && figures.is_multiple_of(count);
    // A blank cell at the beginning is above the labels.
    match (shared(row.len() - 1), shared(row.len()) && !row[0].is_empty()) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) => {
            let uses = fold(&row[0]);
            let has = |role: Role| index.uses(&uses).iter().any(|found| found.role == role);
            match (has(Role::Corner), has(Role::Header) || is_year(&row[0])) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        }
        (false, false) => None,
    }
}

/// Whether these headers are the same under each group of `span` columns, and differ within it.
fn repeats(headers: &[&String], span: usize) -> bool {
    let differ = |group: &[&String]| group.iter().enumerate().all(|(at, header)| !group[..at].contains(header));
    let Some(first) = headers.get(..span) else { return false };
    differ(first) && headers.chunks(span).all(|group| group == first)
}

fn is_year(cell: &str) -> bool {
    let digits = cell.strip_suffix("年度").or_else(|| cell.strip_suffix('年')).unwrap_or(cell);
    digits.len() == 4 && digits.parse().is_ok_and(|year: u16| BARE_YEARS.contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    fn shown(text: &str) -> Option<Vec<String>> {
        let index = FormIndex::new(Forms::built_in().unwrap().get("gkbg-2021").unwrap());
        let lines: Vec<(usize, Vec<String>)> =
            text.lines().enumerate().map(|(at, line)| (at, line.split(' ').map(str::to_owned).collect())).collect();
        let rows = spread(&index, &lines)?;
        let cell = |(text, span): &(String, u32)| if *span == 1 { text.clone() } else { format!("{text}*{span}") };
        Some(rows.iter().map(|(_, row)| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect())
    }

    #[test]
    fn merged_headers_and_labels_cover_the_columns_below() {
        for (text, expected) in [
            (
                "事项 甲 乙\n2023 2024 2023 2024\n丙 1 2 3 4",
                vec!["事项 甲*2 乙*2", " 2023 2024 2023 2024", "丙 1 2 3 4"],
            ),
            ("事项 甲 乙\n丙 1 2\n丁 小计 3 4\n戊 5 6", vec!["事项*2 甲 乙", "丙*2 1 2", "丁 小计 3 4", "戊*2 5 6"]),
            (" 2023 2024\n事项 甲 乙 甲 乙\n丙 1 2 3 4", vec![" 2023*2 2024*2", "事项 甲 乙 甲 乙", "丙 1 2 3 4"]),
            // The corner of the form.
            ("信息内容 甲\n2023年 2024年\n丙 1 2", vec!["信息内容 甲*2", " 2023年 2024年", "丙 1 2"]),
        ] {
            assert_eq!(shown(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn headers_whose_columns_are_not_evident_are_not_spread() {
        for text in [
            // The groups have different headers below, or none.
            "事项 甲 乙\n子 丑 寅 卯\n丙 1 2 3 4",
            "事项 甲 乙\n丙 1 2 3 4",
            // Rows of different lengths.
            "事项 甲 乙\n子 丑 子 丑\n丙 1 2 3 4\n丁 5 6 7",
            // It is not certain whether the first cell is above the labels.
            "子 甲\n2023年 2024年\n丙 1 2",
            // Nothing to spread.
            "事项 甲 乙\n丙 1 2",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
