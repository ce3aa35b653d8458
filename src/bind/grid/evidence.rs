//! Evidence that a table is a block of the form, and the required conditions: header and rows must both match. Weights only rank candidates
//! that passed.

use super::address::{Column, Header, Rows};
use super::columns::{Forms, header};
use super::panels::{Panel, Panels};
use super::rows::rows;
use super::view::ViewCell;
use crate::bind::labels::index::Role;
use crate::bind::labels::shapes::Shape;
use crate::bind::limits::{
    FULL, LEFT_LEAST, LIKENESSES, LONE_FIELDS, LOST_LEFT, LOST_ROWS, SHADOW_LEFT, SOME_COLUMNS_ROWS, TOP_LEAST, count,
    score,
};
use crate::bind::value::is_figure_cell;

/// Where a table is, relative to the headings of sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Place {
    /// Under the heading of the block's section.
    Own,
    /// Under no heading, or the block's section has no heading.
    Nowhere,
    /// Under the heading of another section.
    Other,
}

/// A candidate: a block of the form aligned with a table of the document.
#[allow(clippy::struct_excessive_bools, reason = "each is a separate property that the conditions and ties check")]
#[derive(Debug, Clone)]
pub(in crate::bind) struct Candidate<'f, 'd> {
    /// Index of the shape.
    pub(in crate::bind) shape: usize,
    /// Index of the panel in [`Panels::all`].
    pub(in crate::bind) panel: usize,
    /// The rows of the form that were found in it.
    pub(in crate::bind) rows: Rows,
    /// The header.
    pub(in crate::bind) header: Header<'f, 'd>,
    /// The sum of weights, which ranks candidates.
    pub(in crate::bind) score: i32,
    /// The section of the block, if it has a heading.
    pub(in crate::bind) section: Option<usize>,
    /// Where it is.
    pub(in crate::bind) place: Place,
    /// Whether its caption is above it.
    pub(in crate::bind) captioned: bool,
    /// Whether nearly all labels of rows and columns are there.
    pub(in crate::bind) full: bool,
    /// Whether it is marked as shown for comparison.
    pub(in crate::bind) marked: bool,
    /// Whether no figure is filled in.
    pub(in crate::bind) blank: bool,
    /// Whether it has no header.
    pub(in crate::bind) headless: bool,
    /// Whether it meets the required conditions, alone or joined with other parts.
    pub(in crate::bind) passed: bool,
    /// Whether it is accepted only with another block of its table in the same strip: it is small and has no evidence of its section.
    pub(in crate::bind) lone: bool,
}

impl Candidate<'_, '_> {
    /// Whether it has a row of the form, given by index.
    pub(in crate::bind) fn has_row(&self, row: usize) -> bool {
        self.rows.hits.get(row).is_some_and(Option::is_some)
    }

    /// Whether it may be the right table, damaged.
    pub(in crate::bind) fn shadows(&self) -> bool {
        self.place == Place::Own
            && !self.marked
            && !self.lone
            && (self.header.top >= TOP_LEAST || self.rows.left >= SHADOW_LEFT)
    }
}

/// Aligns every block with every table that has one of its row labels (or header labels, if its rows have none) and one of its rows.
pub(in crate::bind) fn candidates<'f, 'd>(forms: &Forms, found: &Panels<'f, 'd>) -> Vec<Candidate<'f, 'd>> {
    let index = forms.index;
    let mut likenesses = LIKENESSES;
    let mut candidates = Vec::new();
    for (panel, spec) in found.all.iter().enumerate() {
        let view = &found.views[spec.view];
        // The tables of the form (bits, modulo 64) that row labels and header labels of the panel belong to.
        let (mut left, mut top) = (0_u64, 0_u64);
        for (list, seen) in [(&spec.body, &mut left), (&spec.head, &mut top)] {
            for cell in list.iter().flat_map(|&row| &view.rows[row].cells).filter(|cell| !cell.at.figure) {
                *seen |= cell.at.uses.iter().fold(0, |seen, found| seen | 1 << (found.table % 64));
                *seen |= if cell.at.glued.is_some() { u64::MAX } else { 0 };
            }
        }
        for (shape, block) in index.shapes.iter().enumerate() {
            let bit = 1 << (block.table % 64);
            let seen = if block.labelled() { left & bit != 0 } else { top & bit != 0 };
            if !seen {
                continue;
            }
            let rows = rows(&index.form.words, block, view, spec, &mut likenesses);
            if rows.hits.iter().all(Option::is_none) {
                continue;
            }
            let header = header(forms, block, view, spec, &rows);
            candidates.push(weigh(forms, found, (shape, block), panel, rows, header));
        }
    }
    join(&index.shapes, &mut candidates);
    earlier(&index.shapes, found, &mut candidates);
    candidates
}

/// Marks tables under a line with a year as comparison, if another table of the same block is under a later year.
fn earlier(shapes: &[Shape], found: &Panels, candidates: &mut [Candidate]) {
    let block = |candidate: &Candidate| (shapes[candidate.shape].table, shapes[candidate.shape].block);
    let year = |candidate: &Candidate| found.all[candidate.panel].year;
    let passed = candidates.iter().filter(|candidate| candidate.passed);
    let years: Vec<_> = passed.filter_map(|candidate| Some((block(candidate), year(candidate)?))).collect();
    for candidate in candidates {
        let own = year(candidate).map(|own| (block(candidate), own));
        if !candidate.marked && own.is_some_and(|own| years.iter().any(|other| other.0 == own.0 && other.1 > own.1)) {
            candidate.marked = true;
            candidate.score += score::MARKED;
        }
    }
}

/// Lets parts of a table pass together that are too small alone: rows on two pages, or the groups of a header below each other.
fn join(shapes: &[Shape], candidates: &mut [Candidate]) {
    for (number, shape) in shapes.iter().enumerate() {
        let known = |candidate: &Candidate| -> Vec<usize> {
            let columns = candidate.header.columns.iter().filter_map(|column| match column.is {
                Column::Known(column, _) => Some(column),
                _ => None,
            });
            columns.collect()
        };
        let may = |candidate: &Candidate| {
            let header = &candidate.header;
            let whole = if shape.labelled() {
                candidate.header.top >= FULL || candidate.headless
            } else {
                header.columns.len() >= 2 && known(candidate).len() == header.columns.len()
            };
            candidate.shape == number && whole && !candidate.marked && candidate.place != Place::Other
        };
        let parts: Vec<usize> = (0..candidates.len()).filter(|&at| may(&candidates[at])).collect();
        let mut joined: Vec<usize> = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        for at in parts {
            let candidate = &candidates[at];
            let own: Vec<usize> = if shape.labelled() {
                (0..shape.rows.len()).filter(|&row| candidate.has_row(row)).collect()
            } else {
                known(candidate)
            };
            if !own.is_empty() && !own.iter().any(|one| taken.contains(one)) {
                taken.extend(own);
                joined.push(at);
            }
        }
        let (of, least) =
            if shape.labelled() { (shape.rows.len(), LEFT_LEAST) } else { (shape.columns.len(), TOP_LEAST) };
        if joined.len() >= 2 && shape.fields().len() >= LONE_FIELDS && count(taken.len() * 100) >= count(of) * least {
            for at in joined {
                candidates[at].passed |= !candidates[at].headless;
            }
        }
    }
}

fn weigh<'f, 'd>(
    forms: &Forms,
    found: &Panels<'f, 'd>,
    (shape, block): (usize, &Shape),
    panel: usize,
    rows: Rows,
    header: Header<'f, 'd>,
) -> Candidate<'f, 'd> {
    let spec = &found.all[panel];
    let view = &found.views[spec.view];
    let above = || spec.captions.iter().chain(&spec.notes).flat_map(|&row| view.rows[row].filled());
    let captioned = block.caption.as_ref().is_some_and(|own| above().any(|cell| own.fit(cell.number()).is_some()));
    let of_others = |cell: &ViewCell| {
        let captions = cell.at.uses.iter().filter(|found| found.role == Role::Caption);
        cell.is_caption()
            && captions.clone().count() > 0
            && captions.into_iter().all(|found| found.table != block.table)
    };
    let other_caption = !captioned && above().any(of_others);
    let section = section(forms, block);
    let place = place(spec, section);
    let headless = spec.head.is_empty();
    let full = header.top >= FULL && rows.left >= FULL;
    let figures = rows.hits.iter().flatten().flat_map(|hit| {
        let cells = &view.rows[hit.row].cells;
        cells.iter().skip(hit.label.map_or(0, |label| label + 1))
    });
    let is_figure = |cell: &ViewCell| cell.at.figure || is_figure_cell(&cell.at.cell.text);
    let blank = !figures
        .into_iter()
        .any(|cell| cell.own && cell.filled && is_figure(cell) && !is_placeholder(&cell.at.cell.text));
    let mut score = header.top * score::TOP / 100 + rows.left * score::LEFT / 100;
    score += if captioned { score::CAPTION } else { 0 };
    score += if other_caption { score::OTHER_CAPTION } else { 0 };
    score += match place {
        Place::Own => score::SECTION,
        Place::Nowhere => 0,
        Place::Other => score::OTHER_SECTION,
    };
    score += header.foreign * score::FOREIGN / 100;
    score += if spec.marked { score::MARKED } else { 0 };
    score += if blank { score::BLANK } else { 0 };
    score += if view.turned || block.pivot { score::LAYOUT } else { 0 };
    let corner = |cell: &ViewCell| block.corner.as_ref().is_some_and(|corner| corner.fit(cell.number()).is_some());
    score += if spec.head.iter().flat_map(|&row| view.rows[row].filled()).any(corner) { score::CORNER } else { 0 };
    let mut candidate = Candidate {
        shape,
        panel,
        rows,
        header,
        score,
        section,
        place,
        captioned,
        full,
        marked: spec.marked,
        blank,
        headless,
        passed: false,
        lone: false,
    };
    candidate.passed = passes(forms, block, &candidate, (view.turned, other_caption));
    // A single figure cannot show whether rows and columns are exchanged.
    let single = block.columns.len() * block.rows.len() < 2;
    candidate.lone = (view.turned && single) || is_lone(forms, block, &candidate);
    candidate
}

/// The section of a block, if it has a heading.
fn section(forms: &Forms, block: &Shape) -> Option<usize> {
    let form = &forms.index.form;
    let section = form.tables[block.table].section;
    form.sections[section].heading.is_some().then_some(section)
}

fn place(panel: &Panel, section: Option<usize>) -> Place {
    match panel.section.zip(section) {
        Some((found, own)) if found == own => Place::Own,
        Some(_) => Place::Other,
        None => Place::Nowhere,
    }
}

/// Whether a text consists of placeholders of a blank form: ×, _, ….
pub(in crate::bind) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let crosses = |character: char| matches!(character, '×' | 'X' | 'x' | 'Ｘ' | '＿' | '_' | '…');
    !text.is_empty() && text.chars().all(crosses)
}

/// The required conditions.
fn passes(forms: &Forms, block: &Shape, candidate: &Candidate, (turned, other_caption): (bool, bool)) -> bool {
    let (top, left) = (candidate.header.top, candidate.rows.left);
    // Under the heading of another section, only a complete table that is not marked as a comparison is accepted.
    if candidate.place == Place::Other && (!candidate.full || candidate.marked) {
        return false;
    }
    if candidate.marked && candidate.place != Place::Own && !forms_one_section(forms) {
        return false;
    }
    if candidate.headless {
        return lost_header(block, candidate);
    }
    if turned && !candidate.full && block.labelled() {
        return top >= TOP_LEAST && left >= TOP_LEAST;
    }
    if !block.labelled() {
        return top >= TOP_LEAST;
    }
    // A block of one row is recognised by one word, so its header has to be exact.
    if block.rows.len() == 1 {
        return left > 0 && candidate.header.exact && (!other_caption || candidate.place == Place::Own);
    }
    (top >= TOP_LEAST && left >= LEFT_LEAST) || some_columns(block, candidate)
}

/// Whether a table under its own heading has nearly all rows of a long block but only some of its columns, such as the totals. No header
/// may be ambiguous, and at least one has to be the form's.
fn some_columns(block: &Shape, candidate: &Candidate) -> bool {
    let columns = || candidate.header.columns.iter().map(|column| column.is);
    candidate.place == Place::Own
        && !candidate.marked
        && candidate.rows.left >= FULL
        && block.rows.len() >= SOME_COLUMNS_ROWS
        && columns().any(|is| matches!(is, Column::Known(..)))
        && !columns().any(|is| is == Column::Twice)
}

/// Whether no table of the form has a section with a heading, so that headings cannot distinguish the tables.
fn forms_one_section(forms: &Forms) -> bool {
    let tables = &forms.index.form.tables;
    tables.iter().all(|table| forms.index.form.sections[table.section].heading.is_none())
}

/// Whether a table without a header has most rows of the block, and either several rows or the block's caption.
fn lost_header(block: &Shape, candidate: &Candidate) -> bool {
    let rows = candidate.rows.hits.iter().flatten().count();
    block.labelled()
        && !block.pivot
        && candidate.rows.left >= LOST_LEFT
        && (rows >= LOST_ROWS || (candidate.captioned && candidate.place != Place::Other))
}

/// Whether a table is small and has no evidence of its section.
fn is_lone(forms: &Forms, block: &Shape, candidate: &Candidate) -> bool {
    let small = block.fields().len() < LONE_FIELDS;
    let only = forms.index.form.tables[block.table].blocks.len() == 1;
    small && candidate.place != Place::Own && !candidate.captioned && !(only && candidate.place == Place::Nowhere)
}
