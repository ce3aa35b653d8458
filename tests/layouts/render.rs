//! Reports rendered as text: the definition of a layout, and marks by which figures are found in a damaged text.

use nianbao::form::{Form, Layout as Shape, LayoutCell, LayoutContent};
use nianbao::report::{Content, Report};
use nianbao::sampler::Random;

/// A cell of a table in text: its words, and its field if it is a figure.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) words: String,
    pub(crate) field: Option<usize>,
    /// First grid column in the official layout, and column span.
    pub(crate) column: usize,
    pub(crate) columns: usize,
}

/// A line or table of a report.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// The heading of a section.
    Heading(String),
    /// Any other line.
    Line(String),
    /// A table.
    Table(Vec<Vec<Cell>>),
}

/// A report to be rendered.
pub(crate) struct Source<'f> {
    pub(crate) form: &'f Form,
    pub(crate) report: Report,
    pub(crate) pieces: Vec<Piece>,
    /// Another report of the form, for texts with two reports.
    pub(crate) other: Vec<Piece>,
}

/// Renders a layout; the text still has its marks.
pub(crate) type Render = fn(&Source, &mut Random) -> String;

/// Which figures of a text a reader can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clear {
    /// Those of rows whose cells are all there.
    Rows,
    /// Those that the judge decides, for cells that run together.
    Judged,
    /// None: the text does not assign figures to fields.
    Nothing,
}

/// A layout or damage.
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) clear: Clear,
    pub(crate) render: Render,
}

/// Mark at the beginning of a figure, plus the index of its field.
const BEGIN: u32 = 0xf_0000;
/// Mark at the end of a figure.
const END: char = '\u{e001}';
/// Offset of the field indices of the second report in a text.
pub(crate) const OTHER: usize = 10_000;

/// A figure with its marks.
pub(crate) fn marked(field: usize, words: &str) -> String {
    let begin = char::from_u32(BEGIN + u32::try_from(field).unwrap()).unwrap();
    format!("{begin}{words}{END}")
}

fn is_mark(character: char) -> bool {
    character == END || (BEGIN..BEGIN + 0xfffe).contains(&(character as u32))
}

/// The text without marks.
pub(crate) fn unmarked(text: &str) -> String {
    text.chars().filter(|&character| !is_mark(character)).collect()
}

/// For each field, the text inside its marks; `None` if they are not complete.
pub(crate) fn figures(text: &str, fields: usize) -> Vec<Option<String>> {
    let mut found = vec![None; fields];
    let mut open: Option<(usize, String)> = None;
    for character in text.chars() {
        if character == END {
            if let Some((field, words)) = open.take().filter(|(field, _)| *field < fields) {
                found[field] = Some(words);
            }
        } else if is_mark(character) {
            open = Some(((character as u32 - BEGIN) as usize, String::new()));
        } else if let Some((_, words)) = &mut open {
            words.push(character);
        }
    }
    found
}

impl Cell {
    /// The cell as written; a figure has its marks.
    pub(crate) fn shown(&self) -> String {
        self.field.map_or_else(|| self.words.clone(), |field| marked(field, &self.words))
    }
}

/// The lines and tables of a report. `offset` is added to the index of every field.
pub(crate) fn pieces(form: &Form, report: &Report, offset: usize) -> Vec<Piece> {
    let mut pieces = vec![Piece::Line(report.title.clone().unwrap())];
    for section in &report.sections {
        pieces.extend(section.heading.clone().map(Piece::Heading));
        for content in &section.content {
            match content {
                Content::Paragraph { text, .. } => pieces.push(Piece::Line(text.clone())),
                Content::Table { table } => {
                    let table = form.tables.iter().position(|known| known.id == *table).unwrap();
                    pieces.push(Piece::Table(rows(form, report, table, offset)));
                }
                _ => {}
            }
        }
    }
    pieces
}

fn rows(form: &Form, report: &Report, table: usize, offset: usize) -> Vec<Vec<Cell>> {
    let cell = |found: &LayoutCell| {
        let (words, field) = match &found.content {
            LayoutContent::Field(field) => (report.values[*field].raw.clone(), Some(*field + offset)),
            LayoutContent::Caption(text)
            | LayoutContent::Corner(text)
            | LayoutContent::ColumnHead(text)
            | LayoutContent::RowHead(text) => (text.clone(), None),
        };
        Cell { words, field, column: found.column as usize, columns: found.col_span as usize }
    };
    Shape::for_table(form, table).rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// Renders with a function for rows.
pub(crate) fn with_rows(pieces: &[Piece], line: &str, mut row: impl FnMut(&[Cell]) -> String) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Heading(words) | Piece::Line(words) => text.push_str(&format!("{words}{line}")),
            Piece::Table(rows) => rows.iter().for_each(|cells| text.push_str(&row(cells))),
        }
    }
    text
}

/// The cells joined by a separator.
pub(crate) fn joined(cells: &[Cell], between: &str) -> String {
    cells.iter().map(Cell::shown).collect::<Vec<_>>().join(between)
}

/// The same with figures or other cells changed.
pub(crate) fn changed(pieces: &[Piece], mut change: impl FnMut(&Cell) -> String) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    for piece in &mut pieces {
        if let Piece::Table(rows) = piece {
            for cell in rows.iter_mut().flatten() {
                cell.words = change(cell);
            }
        }
    }
    pieces
}

/// One cell per line.
pub(crate) fn lines(pieces: &[Piece]) -> String {
    with_rows(pieces, "\n", |cells| joined(cells, "\n") + "\n")
}

/// One row per line, cells separated by pipes.
pub(crate) fn pipes(pieces: &[Piece]) -> String {
    with_rows(pieces, "\n", |cells| joined(cells, " | ") + " |\n")
}
