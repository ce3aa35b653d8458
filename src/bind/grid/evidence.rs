//! Evidence that a table is a block of the form, and the gates it has to pass: header and rows must both be found. Weights rank only what
//! passed.

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

/// Where a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Place {
    /// Under the heading of the block's section.
    Own,
    /// Under no heading.
    Nowhere,
    /// Under the heading of another section.
    Other,
}

/// A block of the form in a table of the document.
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own that the gates and ties ask")]
#[derive(Debug, Clone)]
pub(in crate::bind) struct Candidate<'f, 'd> {
    /// Index of the shape.
    pub(in crate::bind) shape: usize,
    /// Index of the panel.
    pub(in crate::bind) panel: usize,
    /// The rows.
    pub(in crate::bind) rows: Rows,
    /// The header.
    pub(in crate::bind) header: Header<'f, 'd>,
    /// The evidence for it.
    pub(in crate::bind) score: i32,
    /// Where it stands.
    pub(in crate::bind) place: Place,
    /// Whether its caption stands above it.
    pub(in crate::bind) captioned: bool,
    /// Whether nearly all labels are there.
    pub(in crate::bind) full: bool,
    /// Whether it is said to be there for comparison.
    pub(in crate::bind) marked: bool,
    /// Whether no figure is written in it.
    pub(in crate::bind) blank: bool,
    /// Whether it has no header at all.
    pub(in crate::bind) headless: bool,
    /// Whether it passed every gate that a table has to pass by itself.
    pub(in crate::bind) passed: bool,
    /// Whether it needs another block of its table in its strip: it is small and nothing says where it belongs.
    pub(in crate::bind) lone: bool,
}

impl Candidate<'_, '_> {
    /// The rows of the form that it has.
    pub(in crate::bind) fn has(&self, row: usize) -> bool {
        self.rows.hits.get(row).is_some_and(Option::is_some)
    }

    /// Whether it may be the true table, damaged.
    pub(in crate::bind) fn shadows(&self) -> bool {
        self.place == Place::Own
            && !self.marked
            && !self.lone
            && (self.header.top >= TOP_LEAST || self.rows.left >= SHADOW_LEFT)
    }
}

/// Every block in every table where both a header and a row of it are seen.
pub(in crate::bind) fn candidates<'f, 'd>(forms: &Forms, found: &Panels<'f, 'd>) -> Vec<Candidate<'f, 'd>> {
    let index = forms.index;
    let mut likenesses = LIKENESSES;
    let mut candidates = Vec::new();
    for (panel, spec) in found.all.iter().enumerate() {
        let view = &found.views[spec.view];
        // Which tables a row label and which a header label of the panel belongs to.
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

/// Marks tables under a line with a year where another table of the same block stands under a later one.
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

/// Lets parts of a table pass together that are too small each: rows on two pages, or the groups of a header below each other.
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
                (0..shape.rows.len()).filter(|&row| candidate.has(row)).collect()
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
    let place = place(forms, spec, block);
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
    // One figure alone stands in no order that could be turned.
    let single = block.columns.len() * block.rows.len() < 2;
    candidate.lone = (view.turned && single) || is_lone(forms, block, &candidate);
    candidate
}

fn place(forms: &Forms, panel: &Panel, block: &Shape) -> Place {
    let form = &forms.index.form;
    let section = form.tables[block.table].section;
    match panel.section {
        _ if form.sections[section].heading.is_none() => Place::Nowhere,
        Some(found) if found == section => Place::Own,
        Some(_) => Place::Other,
        None => Place::Nowhere,
    }
}

/// Texts of a blank form: they say what to write.
pub(in crate::bind) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let crosses = |character: char| matches!(character, '×' | 'X' | 'x' | 'Ｘ' | '＿' | '_' | '…');
    !text.is_empty() && text.chars().all(crosses)
}

/// The gates.
fn passes(forms: &Forms, block: &Shape, candidate: &Candidate, (turned, other_caption): (bool, bool)) -> bool {
    let (top, left) = (candidate.header.top, candidate.rows.left);
    // In another section only a whole table counts, and none that is said to be another's.
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
    // A block of one row is known by one word: its header has to be the block's.
    if block.rows.len() == 1 {
        return left > 0 && candidate.header.exact && (!other_caption || candidate.place == Place::Own);
    }
    (top >= TOP_LEAST && left >= LEFT_LEAST) || some_columns(block, candidate)
}

/// A table under its own heading that has nearly all rows of a long block and only some of its columns, as one of totals alone. What
/// each of its headers is has to be certain, and one at least has to be the form's.
fn some_columns(block: &Shape, candidate: &Candidate) -> bool {
    let columns = || candidate.header.columns.iter().map(|column| column.is);
    candidate.place == Place::Own
        && !candidate.marked
        && candidate.rows.left >= FULL
        && block.rows.len() >= SOME_COLUMNS_ROWS
        && columns().any(|is| matches!(is, Column::Known(..)))
        && !columns().any(|is| is == Column::Twice)
}

/// Whether all tables of the form stand in one section, so that none of its headings tells them apart.
fn forms_one_section(forms: &Forms) -> bool {
    let tables = &forms.index.form.tables;
    tables.iter().all(|table| forms.index.form.sections[table.section].heading.is_none())
}

/// A table without a header: most of its rows are there, and each has as many figures as the form has columns.
fn lost_header(block: &Shape, candidate: &Candidate) -> bool {
    let rows = candidate.rows.hits.iter().flatten().count();
    block.labelled()
        && !block.pivot
        && candidate.rows.left >= LOST_LEFT
        && (rows >= LOST_ROWS || (candidate.captioned && candidate.place != Place::Other))
}

/// A small table without evidence of its section.
fn is_lone(forms: &Forms, block: &Shape, candidate: &Candidate) -> bool {
    let small = block.fields().len() < LONE_FIELDS;
    let only = forms.index.form.tables[block.table].blocks.len() == 1;
    small && candidate.place != Place::Own && !candidate.captioned && !(only && candidate.place == Place::Nowhere)
}
