//! Splits the grids of a document into tables: consecutive rows, split where a new header or caption begins.

use std::ops::Range;

use super::bands::{borders, overrun};
use super::bare::{Bare, bare};
use super::kinds::{RowKind, chunks, is_bare, kind};
use super::lines::{compares, group_above, group_in, heads_on, is_crown, is_marked, is_total, names, year_above};
use super::sides::sides;
use super::strips::{follows, strips};
use super::view::{View, ViewCell, ViewRow};
use super::years::year;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::limits::{PANELS, ROW_CELLS, TURNED_CELLS};
use crate::bind::source::items::Flow;
use crate::document::Place;

/// A table: captions, notes, header and body, each as row indices of its view.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Panel {
    /// Index of its view in [`Panels::views`].
    pub(in crate::bind) view: usize,
    /// Index of the strip that contains it.
    pub(in crate::bind) strip: usize,
    /// Rows with captions of blocks.
    pub(in crate::bind) captions: Vec<usize>,
    /// Rows with other words, above the header.
    pub(in crate::bind) notes: Vec<usize>,
    /// Rows of the header.
    pub(in crate::bind) head: Vec<usize>,
    /// Rows that number the columns (甲 1 2 3).
    pub(in crate::bind) numbers: Vec<usize>,
    /// Rows of figures.
    pub(in crate::bind) body: Vec<usize>,
    /// The section whose heading is above.
    pub(in crate::bind) section: Option<usize>,
    /// Whether a line above, or the sheet's name, says that the figures are shown for comparison.
    pub(in crate::bind) marked: bool,
    /// The year that a line above begins with.
    pub(in crate::bind) year: Option<u16>,
    /// Whether the line directly above ends in a word for a total.
    pub(in crate::bind) total: bool,
    /// The header label that the line directly above consists of.
    pub(in crate::bind) group: Option<LabelNumber>,
    /// Rows of figures that extend into the labels of the band to the right: they are displaced.
    pub(in crate::bind) overrun: Vec<usize>,
    /// Whether rows of figures without a label follow in a grid of the same width, under the same heading.
    pub(in crate::bind) goes_on: bool,
}

impl Panel {
    /// Whether the figures of a row certainly belong to its label or, without a label, to the header.
    pub(in crate::bind) fn is_certain(&self, row: usize, labelled: bool) -> bool {
        !self.overrun.contains(&row) && (labelled || !self.goes_on)
    }
}

/// The tables of a document, with the views that contain them.
#[derive(Debug, Default)]
pub(in crate::bind) struct Panels<'f, 'd> {
    /// The views.
    pub(in crate::bind) views: Vec<View<'f, 'd>>,
    /// The tables in document order.
    pub(in crate::bind) all: Vec<Panel>,
    /// The tables of figures without any label.
    pub(in crate::bind) bare: Vec<Bare<'f>>,
    /// Whether the document has more tables than the limit `PANELS`; the rest is not read.
    pub(in crate::bind) too_many: bool,
}

impl Panels<'_, '_> {
    /// The place of the first filled cell of a table.
    pub(in crate::bind) fn place(&self, panel: usize) -> Option<Place> {
        let panel = self.all.get(panel)?;
        let view = &self.views[panel.view];
        let row = panel.captions.iter().chain(&panel.head).chain(&panel.body).min()?;
        view.rows[*row].filled().next().map(|cell| cell.at.cell.place.clone())
    }
}

/// Finds the tables of a document.
pub(in crate::bind) fn panels<'f, 'd>(index: &FormIndex, flow: &'f Flow<'d>) -> Panels<'f, 'd> {
    let mut found = Panels::default();
    let strips = strips(index, flow);
    let mut carried: Option<usize> = None;
    for (number, strip) in strips.iter().enumerate() {
        // A heading inside a grid also applies to the grids below it, until a text names another section or a sheet ends.
        let section = strip.section.or(carried.filter(|_| strip.sheet.is_none()));
        if found.all.len() > PANELS {
            found.too_many = true;
            break;
        }
        if number > 0 && follows(flow, &strips[number - 1], strip) {
            let above = found.all.iter_mut().rev().take_while(|panel| panel.strip + 1 == number);
            above.for_each(|panel| panel.goes_on = true);
        }
        let has_labels = |row: usize| {
            let cells = &flow.rows[row].cells;
            cells.len() <= ROW_CELLS && cells.iter().any(|cell| !cell.uses.is_empty() || cell.glued.is_some())
        };
        let marked = is_marked(index, &strip.lines, strip.sheet);
        if !strip.rows.clone().any(has_labels) {
            let cells = strip.rows.clone().flat_map(|row| &flow.rows[row].cells).filter(|cell| cell.own);
            found.bare.extend(bare(cells, (section, year_above(&strip.lines))).filter(|_| !marked));
            carried = None;
            continue;
        }
        let mut above = Above {
            strip: number,
            section,
            marked,
            year: year_above(&strip.lines),
            total: strip.lines.last().is_some_and(|line| is_total(index, &line.text, &line.folded)),
            group: group_above(index, &strip.lines),
        };
        for view in sides(View::new(flow, strip.rows.clone())) {
            let over = above;
            let mut cutter = Cutter::new(index, over);
            cutter.cut(&view, found.views.len());
            above.section = cutter.above.section;
            let (panels, chunks) = (cutter.found, chunks(index, &view));
            turned(index, &view, &chunks, over, &mut found);
            let at = found.views.len();
            found.views.push(view);
            for mut panel in panels {
                panel.view = at;
                found.bare.extend(bare_rows(&panel, &found.views[at]));
                bands(panel, &mut found);
            }
        }
        carried = above.section;
    }
    found
}

/// The tables without header and labels in a grid with other tables: a panel, or rows of figures between rows with labels.
fn bare_rows<'f>(panel: &Panel, view: &View<'f, '_>) -> Vec<Bare<'f>> {
    if panel.marked || view.turned {
        return Vec::new();
    }
    let of = |rows: &[usize]| {
        let rows = rows.iter().map(|&row| &view.rows[row]);
        let cells = rows.flat_map(|row| row.cells.iter().filter(|cell| cell.own)).map(|cell| cell.at);
        bare(cells, (panel.section, panel.year))
    };
    let labelled = |row: &usize| view.rows[*row].cells.iter().any(ViewCell::is_row_label);
    if panel.body.iter().any(labelled) {
        panel.body.chunks(1).filter_map(of).collect()
    } else if panel.head.is_empty() && panel.captions.is_empty() {
        of(&panel.body).into_iter().collect()
    } else {
        Vec::new()
    }
}

/// Properties of a strip that its panels inherit.
#[derive(Debug, Clone, Copy)]
struct Above {
    strip: usize,
    section: Option<usize>,
    marked: bool,
    year: Option<u16>,
    total: bool,
    group: Option<LabelNumber>,
}

/// Splits the rows of a view into tables.
struct Cutter<'i> {
    index: &'i FormIndex,
    above: Above,
    panel: Option<Panel>,
    /// Rows of words that are above the next table if it begins now, and inside the current table if that continues.
    waiting: Vec<usize>,
    /// The first blank row below a header.
    spare: Option<usize>,
    /// The first row of words below a header that are aligned one to one with its labels: placeholders of a blank form.
    words: Option<usize>,
    /// Rows above the first caption that name the office or year of the columns below, for all blocks.
    crown: Vec<usize>,
    found: Vec<Panel>,
}

impl<'i> Cutter<'i> {
    fn new(index: &'i FormIndex, above: Above) -> Self {
        Self {
            index,
            above,
            panel: None,
            waiting: Vec::new(),
            spare: None,
            words: None,
            crown: Vec::new(),
            found: Vec::new(),
        }
    }

    fn cut(&mut self, view: &View, number: usize) {
        let kinds: Vec<RowKind> = view.rows.iter().map(|row| kind(self.index, row)).collect();
        for (row, &found) in kinds.iter().enumerate() {
            let started = self.panel.as_ref().is_some_and(|panel| !panel.body.is_empty());
            match found {
                // The only row of a table without row labels may be blank.
                RowKind::Blank => {
                    let cells = view.rows[row].cells.iter().filter(|cell| cell.own).count();
                    let headed = self.panel.as_ref().is_some_and(|panel| !panel.head.is_empty());
                    if !started && headed && cells >= 2 {
                        self.spare = self.spare.or(Some(row));
                    }
                }
                RowKind::Mark(section) => {
                    self.flush();
                    self.crown.clear();
                    self.above.section = section.or(self.above.section);
                }
                RowKind::Note => self.waiting.push(row),
                RowKind::Caption => {
                    if started || self.panel.as_ref().is_some_and(|panel| panel.head.len() > self.crown.len()) {
                        self.crowned(view);
                        self.flush();
                    }
                    self.open(number, view).captions.push(row);
                }
                RowKind::Head | RowKind::Body if self.begun().is_empty() && names(self.index, view, &kinds, row) => {
                    self.waiting.push(row);
                }
                RowKind::Body if heads_on(view, self.begun(), row) => self.open(number, view).head.push(row),
                RowKind::Words if started && !self.begins(view, &kinds, row) => self.body(number, view, row),
                RowKind::Head | RowKind::Words => {
                    if started || (found == RowKind::Head && self.heads_again(view, row)) {
                        self.flush();
                    }
                    if found == RowKind::Head {
                        self.words = None;
                    } else if self.words.is_none() && self.under_labels(view, row) {
                        self.words = Some(row);
                    }
                    self.open(number, view).head.push(row);
                }
                RowKind::Numbers if started => self.body(number, view, row),
                RowKind::Numbers => self.open(number, view).numbers.push(row),
                RowKind::Body => self.body(number, view, row),
            }
        }
        self.flush();
    }

    /// Keeps the rows above a caption that name offices, their total, or years, for the blocks below it.
    fn crowned(&mut self, view: &View) {
        let above = self.panel.as_ref().filter(|panel| panel.captions.is_empty() && panel.body.is_empty());
        if let Some(panel) = above.filter(|panel| is_crown(&self.index.form.words, view, &panel.head)) {
            self.crown.clone_from(&panel.head);
        }
    }

    /// The rows of a header that has begun and has no figures yet.
    fn begun(&self) -> &[usize] {
        self.panel.as_ref().filter(|panel| panel.body.is_empty()).map_or(&[], |panel| &panel.head)
    }

    fn body(&mut self, number: usize, view: &View, row: usize) {
        // Words between rows of figures are inside the table; after blank rows of the sheet they begin its continuation (续表).
        if self.panel.as_ref().is_some_and(|panel| !panel.body.is_empty()) {
            if !self.waiting.is_empty() && self.blank_before(view, row) {
                let bare = is_bare(view.rows[row].cells.iter().map(|cell| cell.at));
                self.panel.iter_mut().for_each(|panel| panel.goes_on = bare);
                self.flush();
            } else {
                self.waiting.clear();
            }
        }
        self.open(number, view).body.push(row);
    }

    /// Whether the sheet has blank rows between the last row of figures and this row.
    fn blank_before(&self, view: &View, row: usize) -> bool {
        let last = self.panel.as_ref().and_then(|panel| panel.body.last().copied());
        let on_sheet = |row: usize| {
            let place = &view.rows[row].cells.first()?.at.cell.place;
            place.row.filter(|_| place.table.is_none() && !view.turned)
        };
        let Some(last) = last else { return false };
        on_sheet(last).zip(on_sheet(row)).is_some_and(|(from, to)| to.saturating_sub(from) as usize > row - last)
    }

    /// The table to which rows are added, with the waiting rows as its notes.
    fn open(&mut self, number: usize, view: &View) -> &mut Panel {
        let notes = std::mem::take(&mut self.waiting);
        let marked =
            notes.iter().flat_map(|&row| view.rows[row].filled()).any(|cell| compares(self.index, &cell.at.folded));
        let noted = notes.iter().flat_map(|&row| view.rows[row].filled()).filter_map(|cell| year(&cell.at.cell.text));
        let noted = noted.last();
        // A line with a word for a total applies to all blocks below it.
        if let Some(cell) = notes.last().and_then(|&row| view.rows[row].filled().next()) {
            self.above.total = is_total(self.index, &cell.at.cell.text, &cell.at.folded);
            self.above.group = group_in(self.index, &cell.at.cell.text);
        }
        let above = self.above;
        let panel = self.panel.get_or_insert_with(|| Panel {
            view: number,
            strip: above.strip,
            captions: Vec::new(),
            notes: Vec::new(),
            head: self.crown.clone(),
            numbers: Vec::new(),
            body: Vec::new(),
            section: above.section,
            marked: above.marked,
            year: above.year,
            total: above.total,
            group: above.group,
            overrun: Vec::new(),
            goes_on: false,
        });
        panel.marked |= marked;
        panel.year = noted.or(panel.year);
        panel.notes.extend(notes);
        panel
    }

    fn flush(&mut self) {
        let (spare, words) = (self.spare.take(), self.words.take());
        if let Some(panel) = self.panel.as_mut().filter(|panel| panel.body.is_empty()) {
            // Placeholders for figures are not part of the header.
            let row = words.into_iter().chain(spare).min();
            panel.head.retain(|&head| Some(head) != row);
            panel.body.extend(row);
        }
        self.found.extend(self.panel.take().filter(|panel| !panel.body.is_empty()));
    }

    /// Whether a row repeats a label of the header, after a blank row or words: another table begins, and the current one is blank.
    fn heads_again(&self, view: &View, row: usize) -> bool {
        let Some(panel) = &self.panel else { return false };
        let labels = || panel.head.iter().flat_map(|&row| view.rows[row].filled()).filter_map(ViewCell::number);
        let again = |cell: &ViewCell| cell.number().is_some_and(|number| labels().any(|other| other == number));
        (self.spare.is_some() || !self.waiting.is_empty()) && view.rows[row].filled().any(again)
    }

    /// Whether each word of a row is under a label of the header above.
    fn under_labels(&self, view: &View, row: usize) -> bool {
        let Some(panel) = &self.panel else { return false };
        let heads: Vec<&ViewRow> = panel.head.iter().map(|&row| &view.rows[row]).collect();
        stand_under(&heads, &view.rows[row])
    }

    /// Whether unknown words below a table's rows are the header of another table: the next row with a label of the form does not follow
    /// the last labelled row in the form's order.
    fn begins(&self, view: &View, kinds: &[RowKind], row: usize) -> bool {
        let last = self.panel.iter().flat_map(|panel| panel.body.iter().rev()).find_map(|&row| order(&view.rows[row]));
        let next = (row + 1..view.rows.len())
            .take_while(|&next| matches!(kinds[next], RowKind::Body | RowKind::Blank | RowKind::Numbers));
        let next = next.map(|next| &view.rows[next]).find_map(order);
        match (last, next) {
            (Some(last), Some(next)) => next.0 != last.0 || next.1 <= last.1,
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }
}

/// Whether a row has at least two filled cells, each under a header label of the same width, and none of them is a label itself.
pub(in crate::bind) fn stand_under(heads: &[&ViewRow], row: &ViewRow) -> bool {
    let under = |cell: &ViewCell| {
        let above = heads.iter().rev().find_map(|head| head.cell_at(cell.column).filter(|above| above.filled));
        let headed = above
            .is_some_and(|above| above.is_head_label() && (above.column, above.end()) == (cell.column, cell.end()));
        headed && cell.at.uses.is_empty() && cell.at.glued.is_none()
    };
    row.filled().count() >= 2 && row.filled().all(under)
}

/// The table of the form and expected row of the last label in a row.
fn order(row: &ViewRow) -> Option<(usize, usize)> {
    let label = row.cells.iter().rev().find(|cell| cell.is_row_label())?;
    let leaf = label.at.uses.iter().find(|found| found.role == Role::Leaf)?;
    Some((leaf.table, leaf.expected))
}

/// Adds the transposed tables found in the given ranges of rows.
fn turned<'f, 'd>(
    index: &FormIndex,
    view: &View<'f, 'd>,
    chunks: &[Range<usize>],
    above: Above,
    found: &mut Panels<'f, 'd>,
) {
    let mut end = 0;
    let mut section = above.section;
    for chunk in chunks {
        let mut above = above;
        over_chunk(index, &view.rows[end..chunk.start], &mut above, &mut section);
        end = chunk.end;
        let rows = &view.rows[chunk.clone()];
        let cells: usize = rows.iter().map(|row| row.cells.len()).sum();
        // Several row labels of the form in one row, or at least three rows that begin with a header label and have a figure.
        let first = rows.iter().map(|row| row.filled().filter(|cell| cell.is_row_label()).count()).max().unwrap_or(0);
        let below = rows.iter().filter(|row| {
            let first = row.cells.iter().rev().find(|cell| cell.words());
            first.is_some_and(ViewCell::is_head_label) && row.filled().any(|cell| cell.at.figure)
        });
        if cells > TURNED_CELLS || (first < 2 && below.count() < 3) {
            continue;
        }
        let part = view.part(chunk.clone()).turned();
        let mut cutter = Cutter::new(index, above);
        cutter.cut(&part, found.views.len());
        found.all.append(&mut cutter.found);
        found.views.push(part);
    }
}

/// Applies the headings and notes between two ranges of rows to the second.
fn over_chunk(index: &FormIndex, rows: &[ViewRow], above: &mut Above, section: &mut Option<usize>) {
    for row in rows {
        match kind(index, row) {
            RowKind::Mark(found) => *section = found.or(*section),
            RowKind::Note => {
                above.marked |= row.filled().any(|cell| compares(index, &cell.at.folded));
                above.year = row.filled().filter_map(|cell| year(&cell.at.cell.text)).last().or(above.year);
            }
            _ => {}
        }
    }
    above.section = *section;
}

/// Adds a panel, split into bands if it contains tables side by side.
fn bands(panel: Panel, found: &mut Panels) {
    let view = &found.views[panel.view];
    let starts = borders(view, &panel.head, &panel.body);
    if starts.is_empty() {
        found.all.push(panel);
        return;
    }
    // The first band begins at column 0, because groups may precede its first label.
    let mut bounds: Vec<u32> = vec![0];
    bounds.extend(starts);
    bounds.push(u32::MAX);
    for pair in bounds.windows(2) {
        let band = found.views[panel.view].band(pair[0]..pair[1]);
        let mut part = panel.clone();
        part.overrun = overrun(&found.views[panel.view], &panel.body, pair[1]);
        part.view = found.views.len();
        found.views.push(band);
        found.all.push(part);
    }
}
