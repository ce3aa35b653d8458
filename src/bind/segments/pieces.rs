//! Splits a flow at everything that may begin a report: titles, sheets, sender lines, headings, tables.

use super::By;
use super::words::{Marks, sender_name};
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::page::title::FoundTitle;
use crate::bind::source::items::{Flow, FlowRow, Item, RowCell, TextItem};
use crate::document::{Place, Region};
use crate::text::{blank, fold, numbering};

/// Maximum number of bytes of a line that is looked up as a heading: 60 characters.
const HEADING: usize = 180;

/// Maximum number of lines of a broken title.
const TITLE_LINES: usize = 3;

/// Maximum number of characters of a line that may be part of a broken title.
const BROKEN: usize = 40;

/// A piece of the flow, up to the next one.
#[derive(Debug, Default)]
pub(super) struct FlowPiece<'f> {
    /// Its first item.
    pub(super) item: usize,
    /// The title that it begins with.
    pub(super) title: Option<FoundTitle>,
    /// The sheet that begins with it.
    pub(super) sheet: Option<&'f str>,
    /// The name on its sender line (填报单位), or the agency's name that the line consists of.
    pub(super) sender: Option<String>,
    /// Whether it follows the title of a file that collects reports.
    pub(super) collected: bool,
    /// The source of `sender`; `None` if it is a sender line.
    pub(super) by: Option<By>,
    /// The section whose heading it begins with.
    pub(super) section: Option<usize>,
    /// The row labels of its table, each once, as numbers that combine label and table; the column labels if the table has no row labels.
    pub(super) labels: Vec<u32>,
    /// The table of the form for which its labels have most votes.
    pub(super) table: Option<usize>,
    /// Whether its table has a figure other than 0.
    pub(super) figures: bool,
    /// Whether there is text below its heading.
    pub(super) narrative: bool,
}

/// Splits a flow. `index` is the form whose headings are searched for; labels are those of all forms.
pub(super) fn cut<'f>(marks: &Marks, forms: &[FormIndex], index: &FormIndex, flow: &'f Flow) -> Vec<FlowPiece<'f>> {
    let mut first = 0;
    let bases = forms.iter().map(|index| {
        first += index.label_count();
        (first - index.label_count()) as u32
    });
    let bases: Vec<u32> = bases.collect();
    let mut cutter = Cutter {
        marks,
        forms,
        bases,
        index,
        flow,
        pieces: vec![FlowPiece::default()],
        table: Table::None,
        labels: Labels::default(),
        count: first,
        collected: false,
    };
    let mut sheet: Option<&str> = None;
    for (number, item) in flow.items.iter().enumerate() {
        match item {
            Item::Text(text) if matches!(text.region, Region::HeaderFooter | Region::Chrome) => {}
            Item::Text(text) => cutter.text(number, text),
            Item::Picture(_) => {}
            Item::Row(row) => {
                let row = &flow.rows[*row];
                let name = sheet_of(&flow.grids[row.grid].place);
                if name.is_some() && name != sheet {
                    sheet = name;
                    cutter.begin(number, Table::None).sheet = name;
                }
                cutter.row(number, row);
            }
        }
    }
    cutter.close();
    cutter.pieces
}

/// The labels of the current table.
#[derive(Debug, Default)]
struct Labels {
    /// Each with the only table of the form that has it.
    rows: Vec<(u32, Option<usize>)>,
    columns: Vec<(u32, Option<usize>)>,
    /// Votes of the labels for each table of the form.
    votes: Vec<u32>,
}

/// Votes of a column label. A row label has one vote, because two tables may have the same rows.
const COLUMN: u32 = 1_000;

/// The kind of table in the last piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    None,
    /// Lines of text.
    Lines,
    /// A grid by its index, and whether rows of figures were read.
    Grid(usize, bool),
}

struct Cutter<'a, 'f> {
    marks: &'a Marks,
    forms: &'a [FormIndex],
    /// The number of each form's first label.
    bases: Vec<u32>,
    index: &'a FormIndex,
    flow: &'f Flow<'f>,
    pieces: Vec<FlowPiece<'f>>,
    table: Table,
    /// The labels of the last piece.
    labels: Labels,
    /// Number of labels of all forms.
    count: usize,
    /// Whether the file states that it collects reports of several agencies; then a line that is only a name begins the next report.
    collected: bool,
}

impl<'f> Cutter<'_, 'f> {
    fn begin(&mut self, item: usize, table: Table) -> &mut FlowPiece<'f> {
        self.close();
        self.table = table;
        let at = self.pieces.len();
        self.pieces.push(FlowPiece { item, ..FlowPiece::default() });
        &mut self.pieces[at]
    }

    fn last(&mut self) -> Option<&mut FlowPiece<'f>> {
        self.pieces.last_mut()
    }

    /// Ends the last piece, and assigns its labels to the table with most votes; a label that only one table has, to that table: tables may
    /// be side by side.
    fn close(&mut self) {
        let Labels { rows, columns, votes } = std::mem::take(&mut self.labels);
        let most = votes.iter().enumerate().max_by_key(|(table, votes)| (**votes, std::cmp::Reverse(*table)));
        let table = most.map_or(0, |(table, _)| table);
        let labels = if rows.is_empty() { columns } else { rows };
        let Some(piece) = self.pieces.last_mut() else { return };
        let of = |(label, own): (u32, Option<usize>)| (own.unwrap_or(table) * self.count) as u32 + label;
        piece.labels = labels.into_iter().map(of).collect();
        piece.labels.sort_unstable();
        piece.labels.dedup();
        piece.table = (!piece.labels.is_empty()).then_some(table);
    }

    /// The number of a label in the tables of any form, and its role.
    fn label(&self, folded: &str) -> Option<(u32, Role)> {
        self.forms.iter().zip(&self.bases).find_map(|(index, base)| {
            let role = index.uses(folded).first()?.role;
            Some((base + index.label_number(folded)? as u32, role))
        })
    }

    /// Adds a label to those of the last piece.
    fn add(&mut self, folded: &str, (label, role): (u32, Role)) {
        let row = matches!(role, Role::Leaf | Role::Group);
        self.labels.votes.resize(self.index.form.tables.len(), 0);
        for found in self.index.uses(folded) {
            self.labels.votes[found.table] += if row { 1 } else { COLUMN };
        }
        let uses = self.index.uses(folded);
        let own = uses.first().map(|found| found.table);
        let own = own.filter(|table| uses.iter().all(|found| found.table == *table));
        match role {
            Role::Leaf => self.labels.rows.push((label, own)),
            Role::Header => self.labels.columns.push((label, own)),
            Role::Group | Role::Corner | Role::Caption => {}
        }
    }

    fn text(&mut self, number: usize, text: &TextItem) {
        if self.mark(number, &text.text, &text.folded) {
            return;
        }
        let cells = text.text.split(['|', '｜', '\t']).filter_map(line_label);
        let labels: Vec<(String, (u32, Role))> = if text.folded.len() <= HEADING * 2 {
            cells.filter_map(|label| self.label(&label).map(|found| (label, found))).collect()
        } else {
            Vec::new()
        };
        let figures = has_figure(&text.text);
        if !labels.is_empty() {
            if self.table != Table::Lines {
                self.begin(number, Table::Lines);
            }
            for (label, found) in &labels {
                self.add(label, *found);
            }
            if let Some(piece) = self.last() {
                piece.figures |= figures;
            }
            return;
        }
        let lines = self.table == Table::Lines;
        let Some(piece) = self.last() else { return };
        // In a table that survives as lines, its figures are between the labels.
        if lines && !text.text.chars().any(char::is_alphabetic) {
            piece.figures |= figures;
        } else if piece.section.is_some() {
            piece.narrative = true;
        }
    }

    fn row(&mut self, number: usize, row: &'f FlowRow) {
        let mut filled = row.cells.iter().filter(|cell| cell.own && !is_blank(cell));
        let (first, second) = (filled.next(), filled.next());
        let Some(first) = first else { return };
        if second.is_none() && self.label(&first.folded).is_none() {
            if self.mark(number, &first.cell.text, &first.folded) {
                return;
            }
            if let Some(piece) = self.last().filter(|piece| piece.section.is_some() && !first.figure) {
                piece.narrative = true;
            }
            return;
        }
        if let Some(name) = self.row_sender(row) {
            self.begin(number, Table::None).sender = Some(name);
            return;
        }
        self.table_row(number, row);
    }

    fn table_row(&mut self, number: usize, row: &FlowRow) {
        let own = || row.cells.iter().filter(|cell| cell.own);
        let words = || own().filter(|cell| !cell.figure);
        let found: Vec<(&str, (u32, Role))> =
            words().filter_map(|cell| Some((cell.folded.as_ref(), self.label(&cell.folded)?))).collect();
        let figures = own().any(|cell| cell.figure && has_figure(&cell.cell.text));
        let heads = found.iter().filter(|(_, (_, role))| matches!(role, Role::Header | Role::Corner | Role::Caption));
        let head = heads.count() > 0 && !figures;
        let goes_on = matches!(self.table, Table::Grid(grid, body) if grid == row.grid && !(head && body));
        if !goes_on {
            if found.is_empty() {
                return;
            }
            self.begin(number, Table::Grid(row.grid, false));
        }
        if !head && let Table::Grid(_, body) = &mut self.table {
            *body = true;
        }
        for (folded, label) in &found {
            self.add(folded, *label);
        }
        if let Some(piece) = self.last() {
            piece.figures |= figures;
        }
    }

    /// The sender that a row names: `填报单位：X` in one cell, or the word and the name in two.
    fn row_sender(&self, row: &FlowRow) -> Option<String> {
        let mut own = row.cells.iter().filter(|cell| cell.own && !cell.figure);
        let mut before: Option<&RowCell> = None;
        own.find_map(|cell| {
            let beside = before.replace(cell).filter(|word| self.marks.is_sender(&word.cell.text));
            let found = self.marks.sender(&cell.cell.text);
            // A header cell 单位名称 has labels beside it, not a name.
            let name =
                || beside.filter(|_| self.label(&cell.folded).is_none()).and_then(|_| sender_name(&cell.cell.text));
            found.or_else(name)
        })
    }

    /// Begins a piece if a line is a title, a heading, or names a sender.
    fn mark(&mut self, number: usize, text: &str, folded: &str) -> bool {
        if folded.len() > HEADING * 2 {
            return false;
        }
        if self.marks.is_collection(folded) {
            self.begin(number + 1, Table::None).collected = true;
            self.collected = true;
            return true;
        }
        if let Some((first, title)) = self.title(number, text, folded) {
            // A broken title begins at its first line, but not before the last piece.
            let least = self.pieces.last().map_or(0, |piece| piece.item);
            self.begin(first.max(least), Table::None).title = Some(title);
            return true;
        }
        if let Some((section, rest)) = self.heading(text, folded) {
            let piece = self.begin(number, Table::None);
            (piece.section, piece.narrative) = (Some(section), rest);
            return true;
        }
        if let Some(name) = self.marks.sender(text) {
            self.begin(number, Table::None).sender = Some(name);
            return true;
        }
        // Directly above a date, the name signs the report that ends here.
        let signs =
            || self.line(number + 1).is_some_and(|line| ['年', '月', '日'].iter().all(|mark| line.contains(*mark)));
        if self.collected && self.marks.is_agency(text) && !signs() {
            let piece = self.begin(number, Table::None);
            (piece.sender, piece.by) = (Some(text.split(blank).collect()), Some(By::Line));
            return true;
        }
        false
    }

    /// The section whose heading a line is or begins with, and whether text follows on the line.
    fn heading(&self, text: &str, folded: &str) -> Option<(usize, bool)> {
        if let Some(section) = self.index.section(folded) {
            return Some((section, false));
        }
        let found = numbering(text).filter(|found| found.level == 1)?;
        if let Some(section) = self.index.section(&fold(&text[found.length..])) {
            return Some((section, false));
        }
        let sections = self.index.form.sections.iter().enumerate();
        let begins = |heading: &crate::form::Label| {
            heading.folded.first().is_some_and(|heading| folded.starts_with(heading.as_str()))
        };
        sections
            .filter_map(|(number, section)| Some((number, section.heading.as_ref()?)))
            .find(|(_, heading)| begins(heading))
            .map(|(number, _)| (number, true))
    }

    /// The title that ends on a line, and the item of its first line: it may be broken into several.
    fn title(&self, number: usize, text: &str, folded: &str) -> Option<(usize, FoundTitle)> {
        let short = |number: usize| {
            let line = self.line(number)?;
            (line.chars().take(BROKEN + 1).count() <= BROKEN).then_some(line)
        };
        let mut best =
            self.marks.is_titled(folded).then(|| self.marks.title(text)).flatten().map(|title| (number, title));
        let whole = |title: &FoundTitle| title.agency.is_some() && title.year.is_some();
        if best.as_ref().is_some_and(|(_, title)| whole(title)) || text.chars().take(BROKEN + 1).count() > BROKEN {
            return best;
        }
        let mut joined = text.to_owned();
        for count in 1..TITLE_LINES {
            let Some(first) = number.checked_sub(count) else { break };
            let Some(line) = short(first) else { break };
            joined.insert_str(0, line.trim_matches(blank));
            // The last line must be a part of the title, not only follow one.
            if !self.marks.is_titled(&fold(&joined)) || self.marks.is_titled(&fold(line)) {
                continue;
            }
            let Some(title) = self.marks.title(&joined) else { continue };
            let gains = best.as_ref().is_none_or(|(_, known)| {
                (title.agency.is_some(), title.year.is_some()) > (known.agency.is_some(), known.year.is_some())
            });
            if gains && (best.is_some() || title.agency.is_some() || title.year.is_some()) {
                best = Some((first, title));
            }
        }
        best
    }

    /// The text of an item that is a line, or a row with one filled cell.
    fn line(&self, number: usize) -> Option<&'f str> {
        match self.flow.items.get(number)? {
            Item::Text(text) => Some(&text.text),
            Item::Row(row) => {
                let mut filled = self.flow.rows[*row].cells.iter().filter(|cell| cell.own && !is_blank(cell));
                let only = filled.next()?;
                filled.next().is_none().then_some(only.cell.text.as_str())
            }
            Item::Picture(_) => None,
        }
    }
}

/// Text and folded text of an item that is a line, or a row with one filled cell.
pub(super) fn line<'f>(item: &'f Item, flow: &'f Flow) -> Option<(&'f str, &'f str)> {
    match item {
        Item::Text(text) => Some((&text.text, &text.folded)),
        Item::Row(row) => {
            let mut filled = flow.rows[*row].cells.iter().filter(|cell| cell.own && !cell.folded.is_empty());
            let only = filled.next()?;
            filled.next().is_none().then_some((only.cell.text.as_str(), only.folded.as_ref()))
        }
        Item::Picture(_) => None,
    }
}

fn is_blank(cell: &RowCell) -> bool {
    cell.cell.text.trim_matches(blank).is_empty()
}

/// Whether a text has a digit other than 0: a blank workbook's sums are 0.
fn has_figure(text: &str) -> bool {
    text.chars().any(|character| matches!(character, '1'..='9' | '１'..='９'))
}

/// The folded text before the first figure in a line or a part of it, which may be a label.
fn line_label(text: &str) -> Option<String> {
    let text = text.trim_matches(blank);
    let from = numbering(text).map_or(0, |found| found.length);
    let end = text[from..].find(|character: char| character.is_ascii_digit()).map_or(text.len(), |end| from + end);
    let folded = fold(&text[..end]);
    (!folded.is_empty()).then_some(folded)
}

/// The name of the sheet, if the grid is a sheet.
fn sheet_of(place: &Place) -> Option<&str> {
    place.part.as_deref().filter(|_| place.table.is_none() && place.paragraph.is_none() && place.line.is_none())
}
