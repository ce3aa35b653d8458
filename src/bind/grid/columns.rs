//! Maps headers to the form's columns by label, whatever their position; unknown headers are not mapped by position.

use super::address::{Choice, Column, HeadColumn, Header, Rows};
use super::groups::{are_apart, are_under_years, group_beside, group_left, is_group_of, is_named, names_each};
use super::offices::{is_total, parts};
use super::panels::Panel;
use super::view::{View, ViewCell, ViewRow};
use super::years::apart;
use crate::bind::labels::index::FormIndex;
use crate::bind::labels::likeness::likeness;
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::labels::shapes::{Fit, Path, Shape};
use crate::bind::limits::{LIKE, LIKE_APART, ROW_CELLS, count};
use crate::bind::units::Unit;
use crate::form::Words;
use crate::text::{fold, is_one, language};

/// Lookup of headers among the labels of all forms.
pub(in crate::bind) struct Forms<'i> {
    /// The form that is aligned with the document.
    pub(in crate::bind) index: &'i FormIndex,
    /// All forms.
    pub(in crate::bind) all: &'i [FormIndex],
}

impl Forms<'_> {
    fn have_label(&self, folded: &str) -> bool {
        !self.index.uses(folded).is_empty()
            || self.all.iter().any(|form| !form.uses(folded).is_empty() && form.form.id != self.index.form.id)
    }
}

/// Maps the headers of a table to the columns of a block.
pub(in crate::bind) fn header<'f, 'd>(
    forms: &Forms,
    shape: &Shape,
    view: &View<'f, 'd>,
    panel: &Panel,
    rows: &Rows,
) -> Header<'f, 'd> {
    let mut header = by_labels(forms, shape, view, panel, rows);
    if view.turned {
        let apart = beside_no_row(view, panel, &header, rows);
        header.in_order &= apart.is_empty();
        header.exact &= apart.is_empty();
        for at in apart {
            header.columns[at].is = Column::Twice;
        }
    }
    header.seen = header.seen.max(header.top);
    header
}

/// Indices of the columns of a transposed table that have a figure in a row that is not a row of the form, while another column has none:
/// on the page, rows that are shifted one cell to the right.
fn beside_no_row(view: &View, panel: &Panel, header: &Header, rows: &Rows) -> Vec<usize> {
    let mut apart: Vec<usize> = Vec::new();
    let kept = header.columns.iter().filter(|column| column.is != Column::Serial).count();
    let hit = |row: &usize| rows.hits.iter().flatten().any(|hit| hit.row == *row);
    for row in panel.body.iter().filter(|row| !hit(row)).map(|&row| &view.rows[row]) {
        let digits = |cell: &&ViewCell| cell.at.figure && cell.at.cell.text.chars().any(char::is_numeric);
        let under =
            |cell: &ViewCell| header.columns.iter().position(|head| head.start < cell.end() && cell.column < head.end);
        let columns: Vec<usize> = row.filled().filter(digits).filter_map(under).collect();
        if columns.len() < kept && !row.filled().any(ViewCell::words) {
            apart.extend(columns);
        }
    }
    apart
}

fn by_labels<'f, 'd>(forms: &Forms, shape: &Shape, view: &View<'f, 'd>, panel: &Panel, rows: &Rows) -> Header<'f, 'd> {
    let heads: Vec<&ViewRow<'f, 'd>> = panel.head.iter().map(|&row| &view.rows[row]).collect();
    // Without a header, cells are read in the form's order if the sums of a row confirm it.
    if heads.is_empty() {
        return Header::default();
    }
    let mut header = Header { columns: head_columns(&heads, view, panel, (rows.edge, false)), ..Header::default() };
    let wide = (header.columns.first().map_or(0, |one| one.start), header.columns.last().map_or(0, |one| one.end));
    let over = panel
        .group
        .filter(|_| !heads.iter().flat_map(|row| row.filled()).any(|cell| is_group_of(shape, cell.number())));
    let over = over.filter(|&over| is_group_of(shape, Some(over)));
    let chosen = |columns: &[HeadColumn]| -> Vec<Vec<Choice>> {
        let all = columns.iter().map(|column| choices(&forms.index.form.words, shape, column, wide, over));
        let mut all: Vec<Vec<Choice>> = all.collect();
        words_below(forms, shape, columns, &mut all);
        all
    };
    let mut choices = chosen(&header.columns);
    // Merged groups may have lost their other columns.
    let named = |choices: &[Vec<Choice>]| names_each(shape, choices) || are_apart(choices);
    if !named(&choices) && shape.columns.iter().any(|column| !column.groups.is_empty()) {
        let columns = head_columns(&heads, view, panel, (rows.edge, true));
        let again = chosen(&columns);
        if named(&again) || are_under_years(&heads, rows.edge) {
            (header.columns, choices) = (columns, again);
        }
    }
    let width = shape.columns.len();
    let kept: Vec<usize> = (0..header.columns.len())
        .filter(|&at| !matches!(header.columns[at].is, Column::Serial) && !header.columns[at].path.is_empty())
        .collect();
    let each = |(column, &at): (usize, &usize)| choices[at].iter().any(|one| one.column == column && !one.doubtful);
    let by_columns = kept.len() == width && kept.iter().enumerate().all(each);
    // Whether the rows lost the cells of merged labels.
    let lost = heads.iter().flat_map(|row| row.filled()).any(|cell| is_word(shape, cell) && cell.end() <= rows.edge);
    // A blank cell between the words is then a column that the form does not have.
    let in_words = in_words(shape, &heads, rows.edge) && !(lost && heads.iter().any(|row| has_gap(row)));
    if in_words && lost {
        // No column is below its header: only the order counts.
        let known =
            |column| HeadColumn { start: 0, end: u32::MAX, is: Column::Known(column, Fit::Exact), path: Vec::new() };
        let columns = (0..width).map(known).collect();
        return Header { columns, in_order: true, exact: true, top: 100, ..Header::default() };
    }
    if by_columns || in_words {
        header.in_order = true;
        header.exact = true;
        header.top = 100;
        if kept.len() == width {
            for (column, &at) in kept.iter().enumerate() {
                header.columns[at].is = Column::Known(column, Fit::Exact);
            }
            return header;
        }
    }
    let seen = (0..width).filter(|column| choices.iter().flatten().any(|choice| choice.column == *column)).count();
    header.seen = count(seen * 100 / width.max(1));
    if !in_words && is_slipped(shape, view, &heads, rows) {
        header.columns.iter_mut().for_each(|column| column.is = Column::Twice);
        return header;
    }
    same_figures(view, rows, &mut header, &mut choices);
    let may = |choice: &Vec<Choice>| choice.first().map(|one| one.column);
    let paths: Vec<(&[ViewCell], Option<usize>)> =
        header.columns.iter().zip(&choices).map(|(head, choice)| (head.path.as_slice(), may(choice))).collect();
    let apart = apart(forms.index, &paths);
    certain_beside(&mut choices, &apart);
    for &at in &apart {
        choices[at].clear();
    }
    let parts = parts(&forms.index.form.words, shape, (view, rows), &header, &mut choices);
    decide(forms, shape, &mut header, choices);
    for at in apart {
        header.columns[at].is = Column::Foreign;
    }
    for at in parts {
        header.columns[at].is = Column::Part;
    }
    if !header.in_order {
        let weight = |column: &HeadColumn| match column.is {
            Column::Known(_, Fit::Exact) => 100,
            Column::Known(_, Fit::Bare) => 90,
            Column::Group(_) => 80,
            Column::Alike(_) => 60,
            _ => 0,
        };
        let exact = |column: &HeadColumn| matches!(column.is, Column::Known(..));
        header.exact = header.columns.iter().filter(|column| exact(column)).count() == width;
        header.top = header.columns.iter().map(weight).sum::<i32>() / count(width.max(1));
    }
    let foreign = header.columns.iter().filter(|column| column.is == Column::Foreign).count();
    header.foreign = count(foreign * 100 / header.columns.len().max(1));
    header
}

/// Whether a word of the form's header is above the row labels: the rows lost the columns of merged cells, and no header is above its
/// figures.
fn is_slipped(shape: &Shape, view: &View, heads: &[&ViewRow], rows: &Rows) -> bool {
    let hits: Vec<&ViewRow> = rows.hits.iter().flatten().map(|hit| &view.rows[hit.row]).collect();
    let above_labels = |cell: &ViewCell| {
        let words = |row: &&&ViewRow| row.filled().any(|own| own.column == cell.column && own.words());
        hits.iter().filter(words).count() * 2 > hits.len()
    };
    let all = heads.iter().flat_map(|row| row.filled()).filter(|cell| cell.end() <= rows.edge);
    all.filter(|cell| is_word(shape, cell)).any(above_labels)
}

/// Makes headers doubtful if words below them, such as the names of offices, distinguish the columns.
fn words_below(forms: &Forms, shape: &Shape, columns: &[HeadColumn], choices: &mut [Vec<Choice>]) {
    let below = |head: &HeadColumn, choice: &[Choice]| -> String {
        let own = choice.first().and_then(|one| shape.columns[one.column].own.as_ref());
        let place = head.path.iter().rposition(|cell| own.is_some_and(|own| own.fit(cell.number()).is_some()));
        let cells = place.map_or(&[][..], |at| &head.path[at + 1..]).iter();
        let unit = |text: &str| Unit::parse(text.trim_matches(['（', '）', '(', ')', ' '])).is_some();
        let words = cells.filter(|cell| is_named(cell) && cell.number().is_none() && !unit(cell.at.cell.text.trim()));
        words.map(|cell| cell.at.folded.as_ref()).filter(|folded| folded.chars().nth(1).is_some()).collect()
    };
    let words: Vec<String> = columns.iter().zip(choices.iter()).map(|(head, choice)| below(head, choice)).collect();
    let said = || words.iter().filter(|word| !word.is_empty());
    // A single one distinguishes its column if it is a label of another form.
    let alone = || said().count() == 1 && columns.len() > 1 && said().all(|word| forms.have_label(word));
    if said().any(|word| Some(word) != said().next()) || alone() {
        let named = choices.iter_mut().zip(&words).filter(|(_, word)| !word.is_empty());
        for one in named.flat_map(|(choice, _)| choice) {
            one.doubtful = true;
        }
    }
}

/// Makes a header certain if the header beside it is of another year or of shares: the cells above only distinguish the two.
fn certain_beside(choices: &mut [Vec<Choice>], apart: &[usize]) {
    for &at in apart {
        let of = choices[at].first().map(|one| one.column);
        let mut beside = choices.iter_mut().enumerate().filter(|(other, choice)| {
            !apart.contains(other) && choice.len() == 1 && choice.first().map(|one| one.column) == of
        });
        if let (Some((_, only)), None) = (beside.next(), beside.next()) {
            only[0].doubtful = false;
        }
    }
}

/// The columns to the right of the labels, each under one header; columns that are blank in header and rows are omitted. `filled` is whether
/// a blank cell above a header belongs to the group at its left.
fn head_columns<'f, 'd>(
    heads: &[&ViewRow<'f, 'd>],
    view: &View<'f, 'd>,
    panel: &Panel,
    (edge, filled): (u32, bool),
) -> Vec<HeadColumn<'f, 'd>> {
    let mut columns: Vec<HeadColumn> = Vec::new();
    let ends = panel.head.iter().chain(&panel.body).filter_map(|&row| view.rows[row].cells.last());
    let width = ends.map(ViewCell::end).max().unwrap_or(0);
    let mut at = edge;
    // Each step goes to the next cell border.
    while at < width && columns.len() < ROW_CELLS {
        let over = heads.iter().enumerate().filter_map(|(row, head)| Some((row, head.cell_at(at)?)));
        let mut next = width;
        let mut path: Vec<ViewCell> = Vec::new();
        let mut climbed = true;
        for (row, cell) in over {
            next = next.min(cell.end());
            climbed = !cell.filled;
            let beside = || if filled { group_left(&heads[row..], at, edge) } else { None };
            let group = if climbed { group_beside(&heads[row..], at, edge).or_else(beside) } else { None };
            let cell = group.unwrap_or(cell);
            if cell.filled && !path.last().is_some_and(|last| last.is_same(cell)) {
                path.push(*cell);
            }
        }
        let gap = heads.iter().flat_map(|row| &row.cells).map(|cell| cell.column).filter(|&start| start > at).min();
        next = next.min(gap.unwrap_or(width)).max(at + 1);
        let body = panel.body.iter().filter_map(|&row| view.rows[row].cell_at(at));
        let empty = climbed && body.clone().all(|cell| !cell.filled);
        let numbered = || {
            let texts = body.clone().map(|cell| cell.at.cell.text.trim());
            panel.body.len() >= 2 && texts.enumerate().all(|(row, text)| text.parse() == Ok(row + 1))
        };
        let serial = match path.last() {
            Some(last) => is_one(&language().row_numbers, &last.at.folded),
            None => numbered(),
        };
        match columns.last_mut() {
            Some(last)
                if last.end == at
                    && last.path.len() == path.len()
                    && !path.is_empty()
                    && last.path.iter().zip(&path).all(|(one, other)| one.is_same(other))
                    // Columns that have only a group above them and no header of their own are not merged.
                    && !climbed =>
            {
                last.end = next;
            }
            _ if empty => {}
            _ => columns.push(HeadColumn {
                start: at,
                end: next,
                is: if serial { Column::Serial } else { Column::Blank },
                path,
            }),
        }
        at = next;
    }
    columns
}

/// The columns that a header may be: its own label matches, and no group of another column is above it. `over` is a group named in the line
/// above the table.
fn choices(
    words: &Words,
    shape: &Shape,
    head: &HeadColumn,
    wide: (u32, u32),
    over: Option<LabelNumber>,
) -> Vec<Choice> {
    if head.is == Column::Serial {
        return Vec::new();
    }
    let mut found: Vec<(usize, Choice)> = Vec::new();
    for (number, column) in shape.columns.iter().enumerate() {
        let Some(own) = &column.own else { continue };
        if over.is_some() && column.groups_in(over) == 0 {
            continue;
        }
        let place = head.path.iter().enumerate().rev().find_map(|(at, cell)| {
            let fit = own.fit(cell.number());
            fit.or_else(|| column.is_glued(cell.number()).then_some(Fit::Exact)).map(|fit| (at, fit))
        });
        let Some((at, fit)) = place else { continue };
        let glued = column.is_glued(head.path[at].number());
        // A header that is repeated in two header rows counts once.
        let again = |cell: &&ViewCell| own.fit(cell.number()).is_some();
        let above: Vec<ViewCell> = head.path[..at].iter().filter(|cell| !again(cell)).copied().collect();
        let is_group = |cell: &&ViewCell| column.groups_in(cell.number()) > 0;
        let of_others = |cell: &&ViewCell| {
            let is = |other: &Path| other.own.as_ref().is_some_and(|own| own.fit(cell.number()).is_some());
            is_group_of(shape, cell.number()) || shape.columns.iter().any(is)
        };
        // Above several columns, a word for a total may be the total of offices.
        let of_offices = |cell: &&ViewCell| is_total(words, cell) && cell.span > head.end - head.start;
        if above.iter().any(|cell| !is_group(&cell) && of_others(&cell) && !of_offices(&cell)) {
            continue;
        }
        let over_all = |cell: &&ViewCell| cell.column <= wide.0 && cell.end() >= wide.1;
        let is_own = |cell: &&ViewCell| own.fit(cell.number()).is_some();
        let doubtful = above.iter().any(|cell| !is_group(&cell) && !is_own(&cell) && !over_all(&cell));
        let named: usize = above.iter().map(|cell| column.groups_in(cell.number())).sum();
        let groups = column.groups_in(over) + if glued { column.groups.len() } else { named };
        found.push((at, Choice { column: number, fit, groups, doubtful }));
    }
    // The lowest cell that is a label decides, then the number of groups, then whether the label is as prescribed.
    let best = found.iter().map(|(at, choice)| (*at, choice.groups, choice.fit)).max();
    found.retain(|(at, choice)| best == Some((*at, choice.groups, choice.fit)));
    found.into_iter().map(|found| found.1).collect()
}

/// Whether a row has a blank cell between filled ones.
fn has_gap(row: &ViewRow) -> bool {
    let filled = |cell: &ViewCell| cell.own && cell.filled;
    let (first, last) = (row.cells.iter().position(filled), row.cells.iter().rposition(filled));
    first.zip(last).is_some_and(|(first, last)| row.cells[first..last].iter().any(|cell| cell.own && !cell.filled))
}

/// Whether a cell contains a word of the form's header.
fn is_word(shape: &Shape, cell: &ViewCell) -> bool {
    shape.words.iter().any(|word| word.fit(cell.number()).is_some())
}

/// Whether the words of the header, in reading order, are exactly those of the form.
fn in_words(shape: &Shape, heads: &[&ViewRow], edge: u32) -> bool {
    if shape.pivot {
        return false;
    }
    let mut words = shape.words.iter();
    let mut left = shape.words.len();
    // In rows that lost the cells of a merged corner, headers are in the columns of the row labels.
    let wanted = |cell: &&ViewCell| cell.end() > edge || is_word(shape, cell);
    for cell in heads.iter().flat_map(|row| row.filled()).filter(wanted) {
        let corner = shape.corner.as_ref().is_some_and(|corner| corner.fit(cell.number()).is_some());
        if corner && cell.column < edge.max(1) {
            continue;
        }
        if words.next().is_none_or(|word| word.fit(cell.number()).is_none()) {
            return false;
        }
        left -= 1;
    }
    left == 0 && !shape.words.is_empty()
}

/// Ignores the later of two columns with the same header words and the same figures in every row: a merged cell that was split.
fn same_figures(view: &View, rows: &Rows, header: &mut Header, choices: &mut [Vec<Choice>]) {
    let figures = |head: &HeadColumn| -> Option<Vec<&str>> {
        let hits = rows.hits.iter().flatten();
        let texts = hits.map(|hit| view.rows[hit.row].cell_at(head.start).map(|cell| cell.at.cell.text.trim()));
        texts.collect()
    };
    // Two offices may have the same figures, but their header words differ.
    let words = |head: &HeadColumn<'_, '_>| head.path.iter().map(|cell| cell.at.folded.to_string()).collect::<Vec<_>>();
    for at in 1..header.columns.len() {
        let [one] = choices[at].as_slice() else { continue };
        let same = (0..at).any(|before| {
            matches!(choices[before].as_slice(), [other] if other.column == one.column)
                && words(&header.columns[before]) == words(&header.columns[at])
                && figures(&header.columns[before]).is_some_and(|own| Some(own) == figures(&header.columns[at]))
        });
        if same {
            let texts = figures(&header.columns[at]).unwrap_or_default();
            if texts.iter().any(|text| !matches!(*text, "" | "0")) {
                header.copied.push(one.column);
            }
            header.columns[at].is = Column::Serial;
            header.repeated = true;
            choices[at].clear();
        }
    }
}

/// Decides the meaning of every header.
fn decide(forms: &Forms, shape: &Shape, header: &mut Header, mut choices: Vec<Vec<Choice>>) {
    // A column that is the only choice of one header is removed from the choices of the others.
    let mut sure: Vec<usize> = Vec::new();
    let grouped = choices.iter().flatten().any(|one| one.groups > 0);
    loop {
        let single = choices.iter().filter(|one| one.len() == 1).map(|one| one[0].column);
        let new: Vec<usize> = single.filter(|column| !sure.contains(column)).collect();
        if new.is_empty() {
            break;
        }
        sure.extend(new);
        for choice in choices.iter_mut().filter(|choice| choice.len() > 1) {
            choice.retain(|one| !sure.contains(&one.column));
            // Beside headers with groups, one without is not certain because its column is the only one left.
            if let [one] = choice.as_mut_slice() {
                one.doubtful |= grouped && one.groups == 0;
            }
        }
    }
    let mut taken: Vec<usize> = vec![0; shape.columns.len()];
    for (column, choice) in header.columns.iter_mut().zip(&choices) {
        if column.is == Column::Serial {
            continue;
        }
        column.is = match choice.as_slice() {
            [one] => {
                taken[one.column] += 1;
                if one.doubtful { Column::Group(one.column) } else { Column::Known(one.column, one.fit) }
            }
            // A caption above several tables is not a header.
            [] if column.path.iter().all(ViewCell::is_caption) => Column::Blank,
            [] => match column.path.last() {
                Some(last) if forms.have_label(&last.at.folded) => Column::Foreign,
                _ => Column::Unknown,
            },
            _ => Column::Twice,
        };
    }
    for column in &mut header.columns {
        if let Column::Known(of, _) | Column::Group(of) = column.is
            && taken[of] > 1
        {
            column.is = Column::Twice;
        }
    }
    for at in 0..header.columns.len() {
        if header.columns[at].is != Column::Unknown {
            continue;
        }
        if let Some(column) = alike(shape, &header.columns[at], &taken) {
            taken[column] += 1;
            header.columns[at].is = Column::Alike(column);
        }
    }
}

/// The column whose label is most similar to an unknown header, if no header is that column and no other label is nearly as similar.
fn alike(shape: &Shape, head: &HeadColumn, taken: &[usize]) -> Option<usize> {
    let written = fold(&head.shown());
    let mut best: Vec<(f64, usize)> = Vec::new();
    for (number, column) in shape.columns.iter().enumerate() {
        let most = column.texts.iter().map(|text| likeness(&written, text)).fold(0.0, f64::max);
        best.push((most, number));
    }
    best.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let &(most, number) = best.first()?;
    let second = best.get(1).map_or(0.0, |second| second.0);
    (most >= LIKE && most - second >= LIKE_APART && taken[number] == 0).then_some(number)
}
