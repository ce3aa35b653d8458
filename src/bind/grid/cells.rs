//! Maps the cells of a row to the headers of its table, including headers that only row sums can identify.

use rust_decimal::Decimal;

use super::address::{Column, HeadColumn, Header, Hit};
use super::view::{ViewCell, ViewRow};
use crate::bind::labels::shapes::{RowSum, Shape};
use crate::bind::units::Unit;
use crate::bind::value;
use crate::text::blank;

/// Why the cells of a row could not be mapped to columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) enum Misfit {
    /// Number or position of the cells does not fit the headers.
    Count,
    /// The row is divided by a label that the form does not have.
    Parted(String),
}

/// What a cell is mapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Target {
    /// A column of the form, by index.
    Form(usize),
    /// A header of the table, by index in [`Header::columns`].
    Head(usize),
}

/// The cells of a row, mapped to columns.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Laid<'f, 'd> {
    /// Each cell with its target.
    pub(in crate::bind) cells: Vec<(Target, ViewCell<'f, 'd>)>,
    /// Cells with text that are mapped to no header.
    pub(in crate::bind) stray: Vec<ViewCell<'f, 'd>>,
    /// Whether the row was moved by one cell to fit.
    pub(in crate::bind) shifted: bool,
}

/// The cells of a row that may contain figures: those that begin in it, after its label, or after `edge` if it has no label.
pub(in crate::bind) fn figure_cells<'f, 'd>(row: &ViewRow<'f, 'd>, hit: &Hit, edge: u32) -> Vec<ViewCell<'f, 'd>> {
    let start = hit.label.map_or(0, |label| label + 1);
    // The label may have been written into each column of a merged cell.
    let label = hit.label.and_then(|label| row.cells.get(label));
    let again = |cell: &&ViewCell| label.is_some_and(|label| cell.words() && cell.at.folded == label.at.folded);
    let cells = row.cells.iter().skip(start).skip_while(again).filter(|cell| cell.own);
    cells.filter(|cell| hit.label.is_some() || cell.end() > edge).copied().collect()
}

/// Whether a cell contains only a unit: 件, 万元.
fn is_unit(cell: &ViewCell) -> bool {
    cell.words() && Unit::parse(cell.at.cell.text.trim_matches(blank)).is_some()
}

/// Indices of the headers above figures of a row: not those of serial numbers, nor those of the units of rows.
fn figure_columns(header: &Header, cells: &[ViewCell]) -> Vec<usize> {
    let of_units = |column: &HeadColumn| {
        let says = |cell: &&ViewCell| column.start < cell.end() && cell.column < column.end && is_unit(cell);
        !matches!(column.is, Column::Known(..)) && cells.iter().any(|cell| says(&cell))
    };
    let figures = |at: &usize| header.columns[*at].is != Column::Serial && !of_units(&header.columns[*at]);
    (0..header.columns.len()).filter(figures).collect()
}

/// Maps the cells of a row to the headers; fails if the row may be displaced.
pub(in crate::bind) fn lay<'f, 'd>(
    shape: &Shape,
    header: &Header<'f, 'd>,
    row: &ViewRow<'f, 'd>,
    (hit_row, hit): (usize, &Hit),
    edge: u32,
) -> Result<Laid<'f, 'd>, Misfit> {
    let laid = under_headers(shape, header, row, (hit_row, hit), edge)?;
    if laid.shifted || !is_displaced(shape, header, hit_row, &laid) { Ok(laid) } else { Err(Misfit::Count) }
}

/// Whether a figure has no header, or one of two equal headers, while a column of the form has no figure: the row or the header may be
/// displaced by one cell. It is not if the row's sums hold as it is, with blank cells as 0.
fn is_displaced(shape: &Shape, header: &Header, hit_row: usize, laid: &Laid) -> bool {
    let of = |target: &Target| match *target {
        Target::Head(at) => Some((at, &header.columns[at].is)),
        Target::Form(_) => None,
    };
    let column_of = |at: usize| match header.columns[at].is {
        Column::Known(column, _) | Column::Alike(column) | Column::Group(column) => Some(column),
        _ => None,
    };
    let figure = |column: usize| {
        let is = |target: &Target| of(target).is_some_and(|(at, _)| column_of(at) == Some(column));
        laid.cells.iter().find(|(target, _)| is(target)).map(|(_, cell)| *cell)
    };
    // A lost header leaves a column of the form without a header between its neighbours.
    let lost = |at: usize| {
        let left = header.columns[..at].iter().enumerate().rev().find_map(|(at, _)| column_of(at));
        let right = (at + 1..header.columns.len()).find_map(column_of);
        let between = left.map_or(0, |left| left + 1)..right.unwrap_or(shape.columns.len());
        between.into_iter().any(|column| !(0..header.columns.len()).any(|at| column_of(at) == Some(column)))
    };
    let strange = |(target, cell): &(Target, ViewCell)| match of(target) {
        Some((at, Column::Blank)) => number(&cell.at.cell.text).is_some() && !lost(at),
        Some((_, Column::Twice)) => number(&cell.at.cell.text).is_some(),
        _ => false,
    };
    if !header.repeated && !laid.cells.iter().any(strange) {
        return false;
    }
    let lacks = |column: usize| figure(column).is_none_or(|cell| !cell.filled || !cell.at.figure);
    let value = |column: usize| match figure(column) {
        Some(cell) if cell.filled => number(&cell.at.cell.text),
        cell => cell.map(|_| Decimal::ZERO),
    };
    let sums: Vec<bool> = shape.sums[hit_row].iter().filter_map(|sum| holds(sum, &value)).collect();
    // A column that appears twice is not absent.
    let twice = header.columns.iter().filter(|head| head.is == Column::Twice).count();
    let absent = (0..shape.columns.len()).filter(|&column| lacks(column)).count();
    absent > twice / 2 && (sums.is_empty() || sums.contains(&false))
}

fn is_zero(cell: &ViewCell) -> bool {
    number(&cell.at.cell.text).is_some_and(|number| number.is_zero())
}

/// Whether a cell is over two headers, while a figure is under a column without a header: their number agrees with the form's by chance.
fn agrees_by_chance(header: &Header, kept: &[usize], cells: &[ViewCell]) -> bool {
    let is_own = |head: &HeadColumn| matches!(head.is, Column::Known(..) | Column::Alike(_) | Column::Group(_));
    let merged = cells.iter().any(|cell| {
        let starts = |at: &usize| header.columns[*at].start == cell.column && header.columns[*at].end < cell.end();
        kept.iter().any(starts) && kept.iter().any(|&at| header.columns[at].end == cell.end())
    });
    let unheaded = cells.iter().any(|cell| {
        // A group of columns above is not a header.
        let headless =
            |head: &HeadColumn| head.path.last().is_none_or(|last| last.span > head.end - head.start) && !is_own(head);
        let same = |head: &HeadColumn| (head.start, head.end) == (cell.column, cell.end()) && headless(head);
        number(&cell.at.cell.text).is_some() && kept.iter().any(|&at| same(&header.columns[at]))
    });
    merged && unheaded
}

/// Maps the cells of a row to the headers above them.
fn under_headers<'f, 'd>(
    shape: &Shape,
    header: &Header<'f, 'd>,
    row: &ViewRow<'f, 'd>,
    (hit_row, hit): (usize, &Hit),
    edge: u32,
) -> Result<Laid<'f, 'd>, Misfit> {
    let all = figure_cells(row, hit, edge);
    // An empty column without a header is a spacer; row numbers are not figures.
    let under = |cell: &ViewCell, at: usize| {
        let head = &header.columns[at];
        head.start < cell.end() && cell.column < head.end
    };
    let kept = figure_columns(header, &all);
    let of_units = |cell: &ViewCell| (0..header.columns.len()).any(|at| under(cell, at) && !kept.contains(&at));
    let is_serial = |cell: &ViewCell| {
        let mut over = (0..header.columns.len()).filter(|&at| under(cell, at)).peekable();
        over.peek().is_some() && over.all(|at| header.columns[at].is == Column::Serial)
    };
    let spacer = |cell: &ViewCell| {
        !cell.filled && !header.columns.is_empty() && !(0..header.columns.len()).any(|at| under(cell, at))
    };
    let no_figure = |cell: &ViewCell| is_serial(cell) || spacer(cell) || (is_unit(cell) && of_units(cell));
    let cells: Vec<ViewCell> = all.iter().filter(|cell| !no_figure(cell)).copied().collect();
    let width = shape.columns.len();
    if let [first, rest @ ..] = cells.as_slice()
        && first.words()
        && !value::is_figure_cell(&first.at.cell.text)
        && hit.label.is_some()
        && rest.len() >= width
        && rest.iter().all(|cell| cell.at.figure)
    {
        return Err(Misfit::Parted(first.at.cell.text.trim().to_owned()));
    }
    let same =
        |cell: &ViewCell, at: usize| (header.columns[at].start, header.columns[at].end) == (cell.column, cell.end());
    let own: Vec<Option<usize>> = cells.iter().map(|cell| kept.iter().copied().find(|&at| same(cell, at))).collect();
    let ordered = |columns: Vec<Target>| {
        Ok(Laid { cells: columns.into_iter().zip(cells.iter().copied()).collect(), ..Laid::default() })
    };
    let in_order: Vec<Target> = (0..width).map(Target::Form).collect();
    let heads: Vec<Target> = kept.iter().map(|&at| Target::Head(at)).collect();
    // Whether most cells are exactly under a header other than the one that their order gives.
    let against = |order: &[usize]| {
        own.iter().zip(order).filter(|(own, at)| own.is_some_and(|own| own != **at)).count() * 2 > cells.len()
    };
    if header.columns.is_empty() {
        return if cells.len() == width { ordered(in_order) } else { Err(Misfit::Count) };
    }
    let short = cells.len() < kept.len();
    // A merged cell that continues from the row above belongs to the row, but is not counted in `cells`.
    let covered =
        row.cells.iter().skip(hit.label.map_or(0, |label| label + 1)).any(|cell| !cell.own && cell.column >= edge);
    // The first cell is blank, and the last has a figure but no header: the row may be displaced one cell to the right.
    let ends = cells.first().zip(cells.last()).zip(kept.last());
    let off = ends.is_some_and(|((first, last), &at)| {
        !first.filled && number(&last.at.cell.text).is_some() && under(last, at) && header.columns[at].path.is_empty()
    });
    let with_header = || kept.iter().copied().filter(|&at| !header.columns[at].path.is_empty()).collect::<Vec<_>>();
    if off {
        return shifted(shape, header, hit_row, &cells, &with_header()).ok_or(Misfit::Count);
    }
    // A row without a label, with a filled first cell and a figure after the last header: the first cell may be a serial number without a
    // header. If the sums hold neither as the cells are nor without the first, no cell is certain.
    let longer = hit.label.is_none()
        && ends.is_some_and(|((first, last), &at)| {
            first.filled
                && number(&last.at.cell.text).is_some()
                && under(last, at)
                && header.columns[at].path.is_empty()
        });
    if longer && !cells.iter().all(is_zero) {
        let headed = with_header();
        let sums_hold = |cells: &[ViewCell<'f, 'd>]| shifted(shape, header, hit_row, cells, &headed);
        let as_they_stand = cells.len() == headed.len() + 1 && sums_hold(&cells[..headed.len()]).is_some();
        if cells.len() == headed.len() + 1 && !as_they_stand {
            return sums_hold(&cells[1..]).ok_or(Misfit::Count);
        }
    }
    if own.iter().all(Option::is_some) && !short && !(header.in_order && kept.len() != width) {
        return Ok(Laid {
            cells: own.iter().flatten().map(|&at| Target::Head(at)).zip(cells.iter().copied()).collect(),
            ..Laid::default()
        });
    }
    let shift = cells.first().is_some_and(|cell| !cell.filled) || against(&kept);
    let by_order = header.in_order && cells.len() == width && !agrees_by_chance(header, &kept, &cells);
    if !covered && by_order && !(kept.len() == width && against(&kept)) {
        return ordered(in_order);
    }
    // An equal number of cells and headers is not evidence if a column has no header, unless each cell is exactly under its header.
    let headed = kept.iter().all(|&at| !header.columns[at].path.is_empty()) || own.iter().all(Option::is_some);
    if !covered && cells.len() == kept.len() && headed && !against(&kept) {
        return ordered(heads);
    }
    if shift && let Some(laid) = shifted(shape, header, hit_row, &cells, &kept) {
        return Ok(laid);
    }
    if cells.len() == kept.len() {
        // As many cells as headers, but most are exactly under another header: order and position contradict each other.
        return Err(Misfit::Count);
    }
    if shift && cells.len() == kept.len() + 1 {
        return Err(Misfit::Count);
    }
    // A row that ends before its header, outside of a workbook, lacks a cell at an unknown position.
    let end = row.cells.last().map_or(0, ViewCell::end);
    let head_end = kept.last().map_or(0, |&at| header.columns[at].end);
    let on_sheet = cells.first().is_some_and(|cell| cell.at.cell.place.table.is_none());
    if end < head_end && !on_sheet {
        return Err(Misfit::Count);
    }
    overlapping(header, &kept, &cells)
}

/// Maps each cell to the only header above it, preferring filled cells; a cell under two headers is mapped to neither. A figure under no
/// header, while a header has no figure, means that the cells are displaced.
fn overlapping<'f, 'd>(header: &Header, kept: &[usize], cells: &[ViewCell<'f, 'd>]) -> Result<Laid<'f, 'd>, Misfit> {
    let mut laid = Laid::default();
    let over = |cell: &ViewCell| -> Vec<usize> {
        let columns = kept.iter().copied();
        let touches = |&at: &usize| header.columns[at].start < cell.end() && cell.column < header.columns[at].end;
        columns.filter(touches).collect()
    };
    let exact =
        |cell: &ViewCell, at: usize| (header.columns[at].start, header.columns[at].end) == (cell.column, cell.end());
    for &at in kept {
        let under: Vec<&ViewCell> = cells.iter().filter(|cell| over(cell).contains(&at)).collect();
        let same = under.iter().copied().find(|cell| exact(cell, at));
        let filled: Vec<&ViewCell> = under.iter().copied().filter(|cell| cell.filled).collect();
        let one = match (same, filled.as_slice()) {
            (Some(same), _) => Some(same),
            (None, [one]) => Some(*one),
            (None, []) => under.first().copied(),
            _ => None,
        };
        if let Some(cell) = one
            && over(cell) == [at]
        {
            laid.cells.push((Target::Head(at), *cell));
        }
    }
    let taken = |cell: &&ViewCell| laid.cells.iter().any(|(_, other)| other.is_same(cell));
    let stray: Vec<ViewCell> = cells.iter().filter(|cell| cell.filled && !taken(cell)).copied().collect();
    let blank = laid.cells.iter().any(|(_, cell)| !cell.filled) || laid.cells.len() < kept.len();
    if blank && stray.iter().any(|cell| number(&cell.at.cell.text).is_some()) {
        return Err(Misfit::Count);
    }
    laid.stray = stray;
    Ok(laid)
}

/// Maps a row in order to the headers, without a blank first cell, if all its sums hold and not all figures are 0.
fn shifted<'f, 'd>(
    shape: &Shape,
    header: &Header,
    hit_row: usize,
    cells: &[ViewCell<'f, 'd>],
    kept: &[usize],
) -> Option<Laid<'f, 'd>> {
    let moved = match cells {
        [first, rest @ ..] if !first.filled && rest.len() == kept.len() => rest,
        all if all.len() == kept.len() => all,
        _ => return None,
    };
    let pairs: Vec<(Target, ViewCell)> = kept.iter().map(|&at| Target::Head(at)).zip(moved.iter().copied()).collect();
    let value = |column: usize| {
        let of = pairs.iter().find(|(target, _)| match target {
            Target::Form(at) => *at == column,
            Target::Head(at) => matches!(header.columns[*at].is, Column::Known(known, _) if known == column),
        });
        of.and_then(|(_, cell)| number(&cell.at.cell.text))
    };
    let holds: Vec<Option<bool>> = shape.sums[hit_row].iter().map(|sum| holds(sum, &value)).collect();
    let some = moved.iter().any(|cell| number(&cell.at.cell.text).is_some_and(|number| !number.is_zero()));
    (some && !holds.is_empty() && holds.iter().all(|holds| *holds == Some(true))).then(|| Laid {
        cells: pairs,
        stray: Vec::new(),
        shifted: true,
    })
}

/// Parses a plain number, with or without thousands separators; any other text is `None`.
pub(in crate::bind) fn number(text: &str) -> Option<Decimal> {
    let text: String = text.trim().chars().filter(|character| !matches!(character, ',' | '，')).collect();
    Decimal::from_str_exact(&text).ok()
}

/// Whether a sum holds; `None` if one of its figures is not a number.
pub(in crate::bind) fn holds(sum: &RowSum, value: &dyn Fn(usize) -> Option<Decimal>) -> Option<bool> {
    let mut total = Decimal::from(sum.constant);
    for &(column, sign) in &sum.terms {
        total = total.checked_add(value(column)?.checked_mul(Decimal::from(sign))?)?;
    }
    Some(total.is_zero())
}

/// Uses the sums of rows to decide about headers that are not as prescribed: for each header, the column of the form that its figures are
/// read as.
pub(in crate::bind) fn prove(shape: &Shape, header: &Header, rows: &[(usize, Laid)]) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = header
        .columns
        .iter()
        .map(|column| match column.is {
            Column::Known(column, _) | Column::Alike(column) | Column::Group(column) => Some(column),
            _ => None,
        })
        .collect();
    let left: Vec<usize> = (0..shape.columns.len()).filter(|column| !taken.contains(&Some(*column))).collect();
    let unknown: Vec<usize> = (0..taken.len()).filter(|&at| header.columns[at].is == Column::Unknown).collect();
    let others = header.columns.iter().any(|column| matches!(column.is, Column::Twice | Column::Foreign));
    if let ([column], [at], false) = (left.as_slice(), unknown.as_slice(), others) {
        taken[*at] = Some(*column);
    }
    let mut proven = taken.clone();
    for (at, column) in header.columns.iter().enumerate() {
        let Some(of) = taken[at] else { continue };
        let needs = match column.is {
            Column::Known(..) => continue,
            Column::Alike(_) => false,
            _ => true,
        };
        let (mut some, mut broken) = (false, false);
        for (row, laid) in rows {
            let value = |column: usize| {
                let cell = laid.cells.iter().find(|(target, _)| match *target {
                    Target::Form(form) => form == column,
                    Target::Head(head) => taken[head] == Some(column),
                });
                cell.and_then(|(_, cell)| number(&cell.at.cell.text))
            };
            for sum in shape.sums[*row].iter().filter(|sum| sum.terms.iter().any(|term| term.0 == of)) {
                match holds(sum, &value) {
                    Some(true) => some |= value(of).is_some_and(|number| !number.is_zero()),
                    Some(false) => broken = true,
                    None => {}
                }
            }
        }
        if broken || (needs && !some) {
            proven[at] = None;
        }
    }
    proven
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_take_part_in_sums() {
        for (text, expected) in [("12", Some(12)), (" 1,234 ", Some(1234)), ("1，234", Some(1234)), ("-3", Some(-3))] {
            assert_eq!(number(text), expected.map(Decimal::from), "{text}");
        }
        for text in ["", "/", "—", "12件", "约12", "1 2", "12%", "１２"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn a_sum_holds_when_its_terms_and_its_constant_are_0_together() {
        // The last column is the sum of the others.
        let total = RowSum { terms: vec![(0, 1), (1, 1), (2, -1)], constant: 0 };
        let shifted = RowSum { constant: -5, ..total.clone() };
        for (sum, figures, expected) in [
            (&total, ["2", "3", "5"], Some(true)),
            (&total, ["2", "3", "6"], Some(false)),
            (&total, ["0", "0", "0"], Some(true)),
            (&total, ["0.1", "0.2", "0.3"], Some(true)),
            (&total, ["2", "/", "2"], None),
            (&shifted, ["4", "3", "2"], Some(true)),
        ] {
            assert_eq!(holds(sum, &|column| number(figures[column])), expected, "{figures:?}");
        }
    }
}
