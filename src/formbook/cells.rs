//! The filled rows of a workbook, zone by zone.

use super::error::{BookCause, BookMistake, BookPlace};
use super::heads::{NEEDED, ZONES, Zone};
use crate::document::{Block, Document, Grid};
use crate::text::blank;

/// A row of a zone.
#[derive(Debug, Clone)]
pub(super) struct ZoneRow {
    at: BookPlace,
    cells: Vec<(&'static str, String)>,
}

impl ZoneRow {
    /// The text of a column; empty if it is missing.
    pub(super) fn get(&self, column: &str) -> &str {
        self.cells.iter().find(|(head, _)| *head == column).map_or("", |(_, text)| text.as_str())
    }

    /// The non-blank lines of a cell.
    pub(super) fn lines(&self, column: &str) -> Vec<String> {
        let lines = self.get(column).split(['\n', '；', ';']).map(|line| line.trim_matches(blank));
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// Place of the row.
    pub(super) fn row(&self) -> BookPlace {
        self.at
    }

    /// Place of a cell of the row.
    pub(super) fn at(&self, column: &'static str) -> BookPlace {
        BookPlace { column, ..self.at }
    }
}

/// The rows of a workbook.
#[derive(Debug, Default)]
pub(super) struct Book {
    zones: Vec<(Zone, Vec<ZoneRow>)>,
}

impl Book {
    /// The filled rows of a zone.
    pub(super) fn rows(&self, zone: Zone) -> impl Iterator<Item = &ZoneRow> {
        let same = move |known: &Zone| known.sheet == zone.sheet && known.columns[0] == zone.columns[0];
        self.zones.iter().filter(move |(known, _)| same(known)).flat_map(|(_, rows)| rows)
    }

    /// Finds the zones of a workbook by their headers.
    ///
    /// # Errors
    /// Missing sheets and header rows.
    pub(super) fn from_document(document: &Document) -> Result<Self, Vec<BookMistake>> {
        let mut book = Self::default();
        let mut seen = Vec::new();
        for block in &document.blocks {
            let Block::Grid(grid) = block else { continue };
            let name = grid.place.part.as_deref().or(grid.caption.as_deref()).unwrap_or_default().trim_matches(blank);
            let zones: Vec<Zone> = ZONES.iter().filter(|zone| zone.sheet == name).copied().collect();
            if let Some(zone) = zones.first() {
                seen.push(zone.sheet);
                book.sheet(grid, &zones);
            }
        }
        let mut missing: Vec<BookMistake> = Vec::new();
        for sheet in NEEDED {
            let place = BookPlace::of_sheet(sheet);
            if !seen.contains(&sheet) {
                missing.push(place.mistake(BookCause::NoSheet));
                continue;
            }
            for zone in ZONES.iter().filter(|zone| zone.sheet == sheet).take(if sheet == NEEDED[0] { 3 } else { 1 }) {
                if !book.zones.iter().any(|(known, _)| known.columns[0] == zone.columns[0]) {
                    missing.push(place.mistake(BookCause::NoHeader(zone.columns[0])));
                }
            }
        }
        if missing.is_empty() { Ok(book) } else { Err(missing) }
    }

    fn sheet(&mut self, grid: &Grid, zones: &[Zone]) {
        let mut columns: Vec<(u32, &'static str)> = Vec::new();
        for row in 0..grid.rows() {
            let text = |column: u32| {
                let cell = grid.cell_at(row, column).filter(|cell| cell.row == row && cell.column == column);
                cell.map(|cell| cell.text.trim_matches(blank).to_owned()).unwrap_or_default()
            };
            if let Some(zone) = zones.iter().find(|zone| zone.columns[0] == text(0) && begins(zone, &text)) {
                let head = |column| zone.columns.iter().find(|head| **head == text(column)).map(|head| (column, *head));
                columns = (0..grid.columns()).filter_map(head).collect();
                self.zones.push((*zone, Vec::new()));
                continue;
            }
            let Some((zone, rows)) = self.zones.last_mut() else { continue };
            let cells: Vec<(&'static str, String)> =
                columns.iter().map(|&(column, head)| (head, text(column))).collect();
            if cells.iter().all(|(_, text)| text.is_empty()) {
                continue;
            }
            let number =
                grid.cells().iter().find(|cell| cell.row == row).and_then(|cell| cell.place.row).unwrap_or(row);
            rows.push(ZoneRow { at: BookPlace { sheet: zone.sheet, row: number + 1, column: "" }, cells });
        }
    }
}

/// Whether a row is the header of a zone. The second column is compared, too, because a cell may contain the word of the first.
fn begins(zone: &Zone, text: &impl Fn(u32) -> String) -> bool {
    zone.columns.get(1).is_none_or(|second| (1..8).any(|column| text(column) == *second))
}

/// TOML text built from a workbook, with the place that each piece comes from.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) out: String,
    places: Vec<(std::ops::Range<usize>, BookPlace)>,
}

impl Text {
    /// Adds text that comes from a cell.
    pub(super) fn add(&mut self, text: &str, at: BookPlace) {
        let start = self.out.len();
        self.out.push_str(text);
        self.places.push((start..self.out.len(), at));
    }

    /// Adds `key = value` on a line.
    pub(super) fn key(&mut self, key: &str, value: &toml::Value, at: BookPlace) {
        self.add(&format!("{key} = {value}\n"), at);
    }

    /// The place that a mistake at these bytes comes from.
    pub(super) fn place(&self, span: Option<&std::ops::Range<usize>>) -> BookPlace {
        let span = span.cloned().unwrap_or_default();
        let holds = |range: &std::ops::Range<usize>| range.start <= span.start && span.start < range.end;
        let found = self.places.iter().filter(|(range, _)| holds(range));
        found.min_by_key(|(range, _)| range.len()).map_or(BookPlace::of_sheet(super::heads::FORM), |(_, at)| *at)
    }
}
