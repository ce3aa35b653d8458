//! Rows of tables drawn in text: `| a | b |` as in Markdown, `│a│b│` with box-drawing characters, and the rules between rows.
//!
//! Each row becomes one line between pipes, without emphasis, and rules are dropped. The lines of a boxed cell are joined. Assigning
//! figures to labels is not done here.

use std::ops::Range;

use super::listed;
use crate::bind::value;
use crate::text::blank;

/// Maximum number of lines of one row of a boxed table.
const MOST_LINES: usize = 6;

/// Maximum number of rows above and below the figures over which a label may be broken.
const MOST_PARTS: usize = 3;

/// The kind of a line in a drawn table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) enum Drawn {
    /// Not part of a drawn table; the line is kept.
    No,
    /// A rule between rows, without content.
    Rule,
    /// A row, normalised to one line between pipes.
    Row(String),
}

/// Whether a line begins and ends with a pipe.
pub(in crate::bind) fn is_row(line: &str) -> bool {
    let line = line.trim_matches(blank);
    let pipe = ['|', '｜'];
    line.starts_with(pipe) && line.ends_with(pipe) && line.chars().nth(2).is_some()
}

/// The cells of a row between pipes, trimmed.
pub(in crate::bind) fn cells(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim_matches(blank);
    let inner = line.strip_prefix(['|', '｜']).unwrap_or(line);
    let inner = inner.strip_suffix(['|', '｜']).unwrap_or(inner);
    inner.split(['|', '｜']).map(|cell| cell.trim_matches(blank))
}

/// Whether a line between pipes has a figure, and whether it has words.
pub(in crate::bind) fn holds(line: &str) -> (bool, bool) {
    let filled = || cells(line).filter(|cell| !cell.is_empty());
    (filled().any(value::is_figure), filled().any(|cell| !value::is_figure(cell)))
}

/// Classifies lines. The lines of a boxed row between two rules are joined into the first of them; the others become rules.
pub(in crate::bind) fn drawn(lines: &[&str]) -> Vec<Drawn> {
    let mut found: Vec<Drawn> = lines.iter().map(|line| of_line(line)).collect();
    if let Some((rows, sign)) = listed::listed(lines, |at| found[at] == Drawn::No) {
        for at in rows {
            found[at] = Drawn::Row(format!("| {} |", listed::cells(lines[at], sign).collect::<Vec<_>>().join(" | ")));
        }
    }
    let mut at = 0;
    while at < found.len() {
        let rows = found[at..].iter().take_while(|drawn| matches!(drawn, Drawn::Row(_))).count();
        let boxed = at > 0 && found[at - 1] == Drawn::Rule && is_box(lines[at - 1]);
        let closed = lines.get(at + rows).is_some_and(|line| found[at + rows] == Drawn::Rule && is_box(line));
        if boxed && closed && (2..=MOST_LINES).contains(&rows) {
            join(&mut found, at..at + rows);
        }
        at += rows.max(1);
    }
    found
}

/// Joins the lines of one boxed row cell by cell. Does nothing if their numbers of cells differ or if not exactly one line has figures,
/// because then they are separate rows.
fn join(found: &mut [Drawn], rows: Range<usize>) {
    let texts: Vec<&str> = rows.clone().filter_map(|at| row(found, at)).collect();
    let width = texts.first().map_or(0, |text| cells(text).count());
    let even = texts.iter().all(|text| cells(text).count() == width);
    if !even || texts.iter().filter(|text| holds(text).0).count() != 1 {
        return;
    }
    let whole = columns(found, rows.clone(), width);
    found[rows.clone()].fill(Drawn::Rule);
    found[rows.start] = Drawn::Row(format!("| {} |", whole.join(" | ")));
}

/// Rejoins labels that a narrow column broke over separate rows above and below their figures, cell by cell, if this gives a label of
/// the form in exactly one way.
pub(in crate::bind) fn mend(rows: &mut [Drawn], is_label: impl Fn(&str) -> bool) {
    for at in 0..rows.len() {
        let Some(figures) = row(rows, at).filter(|text| holds(text).0) else { continue };
        if cells(figures).any(&is_label) {
            continue;
        }
        let width = cells(figures).count();
        let part =
            |text: &&str| cells(text).count() == width && !holds(text).0 && cells(text).any(|cell| !cell.is_empty());
        let above =
            (1..=MOST_PARTS.min(at)).take_while(|&far| row(rows, at - far).is_some_and(|text| part(&text))).count();
        let below = (1..=MOST_PARTS).take_while(|&far| row(rows, at + far).is_some_and(|text| part(&text))).count();
        let mut found: Option<(Range<usize>, Vec<String>)> = None;
        let mut certain = true;
        for (up, down) in (0..=above).flat_map(|up| (0..=below).map(move |down| (up, down))) {
            let range = at - up..at + down + 1;
            let whole = columns(rows, range.clone(), width);
            // A label that is complete in one of the rows belongs to another row.
            let alone = |label: &&String| {
                range.clone().any(|at| row(rows, at).is_some_and(|text| cells(text).any(|cell| cell == *label)))
            };
            let made = whole.iter().filter(|cell| is_label(cell) && !alone(cell)).count();
            if made == 1 && (up, down) != (0, 0) {
                certain &= found.as_ref().is_none_or(|(_, known)| *known == whole);
                found.get_or_insert((range, whole));
            }
        }
        if let Some((range, whole)) = found.filter(|_| certain) {
            rows[range].fill(Drawn::Rule);
            rows[at] = Drawn::Row(format!("| {} |", whole.join(" | ")));
        }
    }
    for at in 0..rows.len() {
        if let Some(whole) = broken(rows, at, &is_label) {
            rows[at + 1] = Drawn::Rule;
            rows[at] = Drawn::Row(format!("| {} |", whole.join(" | ")));
        }
    }
}

/// A row over two lines whose label and figures are both broken, with the figures made unreadable: whether the second line continues the
/// number or is another one is not certain.
fn broken(rows: &[Drawn], at: usize, is_label: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let (one, other) = (row(rows, at)?, row(rows, at + 1)?);
    let both = || cells(one).zip(cells(other));
    let figures = both().any(|(one, other)| value::is_figure(one) && value::is_figure(other) && !other.is_empty());
    let same = cells(one).count() == cells(other).count();
    if !figures || !same || cells(one).chain(cells(other)).any(&is_label) {
        return None;
    }
    let whole = |(one, other): (&str, &str)| {
        let broken = value::is_figure(one) && value::is_figure(other) && !one.is_empty() && !other.is_empty();
        format!("{one}{}{other}", if broken { "…" } else { "" })
    };
    let whole: Vec<String> = both().map(whole).collect();
    (whole.iter().filter(|cell| is_label(cell)).count() == 1).then_some(whole)
}

/// The text of a row.
fn row(rows: &[Drawn], at: usize) -> Option<&str> {
    match rows.get(at)? {
        Drawn::Row(text) => Some(text),
        _ => None,
    }
}

/// The cells of several rows, concatenated column by column.
fn columns(rows: &[Drawn], range: Range<usize>, width: usize) -> Vec<String> {
    let mut whole = vec![String::new(); width];
    for text in range.filter_map(|at| row(rows, at)) {
        for (cell, part) in whole.iter_mut().zip(cells(text)) {
            cell.push_str(part);
        }
    }
    whole
}

fn of_line(line: &str) -> Drawn {
    let text = line.trim_matches(blank);
    if is_rule(text) {
        return Drawn::Rule;
    }
    let boxed =
        text.starts_with(upright) && text.ends_with(upright) && text.chars().filter(|&one| upright(one)).count() > 1;
    if !boxed && !is_row(text) {
        return Drawn::No;
    }
    let plain: String = text.chars().map(|character| if upright(character) { '|' } else { character }).collect();
    let plain = plain.replace("**", "").replace("__", "").replace("<br>", " ").replace("<br/>", " ");
    let cells: Vec<&str> = cells(&plain).map(without_emphasis).collect();
    Drawn::Row(format!("| {} |", cells.join(" | ")))
}

/// Strips one emphasis mark on each side of a cell.
fn without_emphasis(cell: &str) -> &str {
    let inner = |mark: char| cell.strip_prefix(mark)?.strip_suffix(mark).filter(|inner| !inner.is_empty());
    ['*', '`'].into_iter().find_map(inner).unwrap_or(cell)
}

/// Whether a character is a vertical box-drawing line.
fn upright(character: char) -> bool {
    matches!(character, '│' | '┃' | '║' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏')
}

/// Whether a rule has box-drawing characters or plus signs. Such rules are between all rows, not only below the header.
fn is_box(rule: &str) -> bool {
    rule.contains(|character: char| character == '+' || ('\u{2500}'..='\u{257f}').contains(&character))
}

/// Whether a line is a rule: `|---|:-:|`, `+----+----+`, `├────┼────┤`.
fn is_rule(text: &str) -> bool {
    let mut level = 0;
    let mut crossed = false;
    for character in text.chars() {
        match character {
            '-' | '=' | '─' | '━' | '═' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' => level += 1,
            '|' | '｜' | '+' | '\u{2500}'..='\u{257f}' => crossed = true,
            ':' => {}
            character if blank(character) => {}
            _ => return false,
        }
    }
    // One or two dashes are a cell that says "none".
    let cells = text.trim_matches(['|', '｜', ' ']).split(['|', '｜', '+']).map(|cell| cell.trim_matches(' '));
    let long = cells.filter(|cell| !cell.is_empty()).all(|cell| cell.contains(':') || cell.chars().count() >= 3);
    level >= 3 && crossed && long
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Drawn {
        Drawn::Row(text.to_owned())
    }

    #[test]
    fn lines_of_drawn_tables() {
        let lines = [
            ("| 规章 | 0 | 1 |", row("| 规章 | 0 | 1 |")),
            (" |规章|0|1| ", row("| 规章 | 0 | 1 |")),
            ("| **规章** | **0** | *1* |", row("| 规章 | 0 | 1 |")),
            ("| 规章<br>（件） |  | — |", row("| 规章 （件） |  | — |")),
            ("│规章│0│1│", row("| 规章 | 0 | 1 |")),
            ("║规章║0│1║", row("| 规章 | 0 | 1 |")),
            ("|---|:-:|---|", Drawn::Rule),
            ("+----+----+", Drawn::Rule),
            ("┌────┬────┐", Drawn::Rule),
            ("├────────┤", Drawn::Rule),
            ("| - | -- | — |", row("| - | -- | — |")),
            ("规章 | 0 | 1 |", Drawn::No),
            ("| 规章", Drawn::No),
            ("----------", Drawn::No),
            ("", Drawn::No),
            ("|", Drawn::No),
        ];
        for (line, expected) in lines {
            assert_eq!(drawn(&[line]), [expected], "{line}");
        }
    }

    #[test]
    fn a_boxed_row_over_several_lines_is_one() {
        let lines = ["├──┼──┼──┤", "│2.其他│   │   │", "│禁止  │ 1 │ 2 │", "│公开  │   │   │", "├──┼──┼──┤"];
        let expected = [Drawn::Rule, row("| 2.其他禁止公开 | 1 | 2 |"), Drawn::Rule, Drawn::Rule, Drawn::Rule];
        assert_eq!(drawn(&lines), expected);
        // Two lines with figures are two rows; below a Markdown rule there are all rows of the table.
        let rows = ["├──┼──┤", "│规章│ 1 │", "│许可│ 2 │", "└──┴──┘"];
        assert_eq!(drawn(&rows)[1..3], [row("| 规章 | 1 |"), row("| 许可 | 2 |")]);
        let markdown = ["|---|---|", "| 规章 | 1 |", "| 许可 |  |", "|---|---|"];
        assert_eq!(drawn(&markdown)[1..3], [row("| 规章 | 1 |"), row("| 许可 |  |")]);
    }

    #[test]
    fn figures_broken_with_their_label_are_not_joined() {
        let is_label = |text: &str| ["行政事业性收费", "规章"].contains(&text);
        for (lines, expected) in [
            (["| 行政事业性收 | 44.31 |", "| 费 | 46 |"], vec![row("| 行政事业性收费 | 44.31…46 |"), Drawn::Rule]),
            // Each line has a label, or together they have none.
            (["| 规章 | 4 |", "| 费 | 6 |"], vec![row("| 规章 | 4 |"), row("| 费 | 6 |")]),
            (["| 行政 | 4 |", "| 费 | 6 |"], vec![row("| 行政 | 4 |"), row("| 费 | 6 |")]),
        ] {
            let mut rows: Vec<Drawn> = lines.into_iter().map(row).collect();
            mend(&mut rows, is_label);
            assert_eq!(rows, expected, "{lines:?}");
        }
    }

    #[test]
    fn labels_broken_over_rows_are_put_together_around_their_figures() {
        let labels = ["禁止公开", "规章", "公开"];
        let cases: [(&[&str], &[&str]); 6] = [
            // The parts are above and below the figures, or the first is beside them.
            (&["| 禁止 |  |", "|  | 5 |", "| 公开 |  |"], &["| 禁止公开 | 5 |"]),
            (&["| 禁止 | 5 |", "| 公开 |  |"], &["| 禁止公开 | 5 |"]),
            // A row with a label keeps it.
            (&["| 禁止 |  |", "| 规章 | 5 |", "| 公开 |  |"], &["| 禁止 |  |", "| 规章 | 5 |", "| 公开 |  |"]),
            // A complete label beside the figures is not assembled from parts.
            (&["| 规章 |  |", "|  | 5 |"], &["| 规章 |  |", "|  | 5 |"]),
            // Figures in between: two rows.
            (&["| 禁止 | 1 |", "| 公开 | 5 |"], &["| 禁止 | 1 |", "| 公开 | 5 |"]),
            // Another number of cells: another table.
            (&["| 禁止 |", "|  | 5 |", "| 公开 |"], &["| 禁止 |", "|  | 5 |", "| 公开 |"]),
        ];
        for (lines, expected) in cases {
            let mut rows: Vec<Drawn> = lines.iter().map(|text| row(text)).collect();
            mend(&mut rows, |text| labels.contains(&text));
            rows.retain(|drawn| *drawn != Drawn::Rule);
            assert_eq!(rows, expected.iter().map(|text| row(text)).collect::<Vec<_>>(), "{lines:?}");
        }
    }
}
