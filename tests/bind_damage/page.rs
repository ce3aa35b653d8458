//! A report as paragraphs and tables of cells, and its files in several formats.

use std::fmt::Write as _;

use nianbao::form::{Form, Layout, LayoutContent};

use crate::docx::{Word, p, tc};

/// The reporting agency.
pub(crate) const AGENCY: &str = "白渚市民政局";
pub(crate) const YEAR: i16 = 2024;

/// A table as a matrix: for each slot the number of its cell; adjacent slots with the same number are one cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Cell numbers, row by row.
    pub(crate) cells: Vec<Vec<usize>>,
    /// Texts of the cells.
    pub(crate) texts: Vec<String>,
    /// Number of header rows, and of label columns.
    pub(crate) head: usize,
    pub(crate) labels: usize,
}

impl Table {
    /// Adds a cell and returns its number.
    pub(crate) fn add(&mut self, text: &str) -> usize {
        self.texts.push(text.to_owned());
        self.texts.len() - 1
    }

    pub(crate) fn width(&self) -> usize {
        self.cells.first().map_or(0, Vec::len)
    }

    pub(crate) fn is_figure(&self, cell: usize) -> bool {
        self.texts[cell].parse::<f64>().is_ok()
    }

    /// Whether a figure is merged over the column before `at` and that column, which have different headers: parted, it would be the
    /// figure of both.
    pub(crate) fn has_merged(&self, at: usize) -> bool {
        let pair = |row: &Vec<usize>| Some((*row.get(at.checked_sub(1)?)?, *row.get(at)?));
        let mut headed_apart = true;
        for (one, other) in self.cells.iter().filter_map(pair) {
            if !self.is_figure(one) && !self.is_figure(other) {
                headed_apart = one != other;
            } else if one == other && headed_apart {
                return true;
            }
        }
        false
    }

    /// The same table with other figures.
    pub(crate) fn with_other_figures(&self) -> Self {
        let mut other = self.clone();
        for text in &mut other.texts {
            if let Ok(number) = text.parse::<i64>() {
                *text = (number + 70_000).to_string();
            }
        }
        other
    }

    /// For each row from the left, its cells: first row, first column, row span, column span.
    pub(crate) fn spans(&self) -> Vec<Vec<(usize, usize, usize, usize)>> {
        let run = |row: usize, column: usize| {
            let cell = self.cells[row][column];
            let from = (0..=column).rev().take_while(|&at| self.cells[row][at] == cell).last().unwrap_or(column);
            let to = (column..self.width()).take_while(|&at| self.cells[row][at] == cell).last().unwrap_or(column);
            (cell, from, to + 1)
        };
        let mut rows = vec![Vec::new(); self.cells.len()];
        for (row, list) in rows.iter_mut().enumerate() {
            let mut column = 0;
            while column < self.width() {
                let (cell, from, to) = run(row, column);
                let above = row > 0 && run(row - 1, column) == (cell, from, to);
                let below = (row..self.cells.len()).take_while(|&at| run(at, column) == (cell, from, to)).count();
                list.push((cell, from, if above { 0 } else { below }, to - from));
                column = to;
            }
        }
        rows
    }
}

/// A block of the page.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(String),
    Heading(String),
    Table(Table),
}

/// A report.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) pieces: Vec<Piece>,
}

impl Page {
    /// A report as the form prescribes it.
    pub(crate) fn official(form: &Form, figures: &[String]) -> Self {
        let mut pieces = vec![Piece::Text(form.title.for_report(AGENCY, YEAR))];
        for (number, section) in form.sections.iter().enumerate() {
            let Some(heading) = &section.heading else { continue };
            pieces.push(Piece::Heading(heading.text.clone()));
            let tables: Vec<usize> =
                (0..form.tables.len()).filter(|&table| form.tables[table].section == number).collect();
            if tables.is_empty() {
                pieces.push(Piece::Text("不断健全工作机制，提高公开质量。".to_owned()));
            }
            for table in tables {
                pieces.push(Piece::Table(official(form, table, figures)));
            }
        }
        Self { pieces }
    }

    /// Indices of the form's tables.
    pub(crate) fn tables(&self) -> Vec<usize> {
        (0..self.pieces.len()).filter(|&at| matches!(self.pieces[at], Piece::Table(_))).collect()
    }

    pub(crate) fn html(&self) -> String {
        let mut html = String::from("<html><head><meta charset='utf-8'></head><body>");
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) | Piece::Heading(text) => write!(html, "<p>{text}</p>").unwrap(),
                Piece::Table(table) => {
                    html.push_str("<table>");
                    for row in table.spans() {
                        html.push_str("<tr>");
                        for (cell, _, rows, columns) in row.into_iter().filter(|cell| cell.2 > 0) {
                            let text = &table.texts[cell];
                            write!(html, "<td rowspan='{rows}' colspan='{columns}'>{text}</td>").unwrap();
                        }
                        html.push_str("</tr>");
                    }
                    html.push_str("</table>");
                }
            }
        }
        html + "</body></html>"
    }

    pub(crate) fn docx(&self) -> Vec<u8> {
        let mut body = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) | Piece::Heading(text) => body += &p(text),
                Piece::Table(table) => {
                    body.push_str("<w:tbl>");
                    for row in table.spans() {
                        body.push_str("<w:tr>");
                        for (cell, _, rows, columns) in row {
                            let merge = match rows {
                                0 => "<w:vMerge/>",
                                1 => "",
                                _ => "<w:vMerge w:val='restart'/>",
                            };
                            let text = if rows == 0 { "" } else { table.texts[cell].as_str() };
                            body += &tc(&format!("<w:gridSpan w:val='{columns}'/>{merge}"), text);
                        }
                        body.push_str("</w:tr>");
                    }
                    body.push_str("</w:tbl>");
                    // Word joins adjacent tables unless a paragraph is between them.
                    body += &p("");
                }
            }
        }
        Word::new(&body).bytes()
    }

    /// All blocks below each other on one sheet.
    pub(crate) fn xlsx(&self) -> Vec<u8> {
        let mut book = umya_spreadsheet::new_file();
        let sheet = book.sheet_mut(0).unwrap();
        sheet.set_name("统计表");
        let mut at = 1_u32;
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) | Piece::Heading(text) => {
                    sheet.cell_mut((1, at)).set_value_string(text.as_str());
                    at += 1;
                }
                Piece::Table(table) => {
                    for row in table.spans() {
                        for (cell, column, rows, columns) in row.into_iter().filter(|cell| cell.2 > 0) {
                            let text = &table.texts[cell];
                            let here = (column as u32 + 1, at);
                            match text.parse::<f64>() {
                                Ok(number) => _ = sheet.cell_mut(here).set_value_number(number),
                                Err(_) if text.is_empty() => {}
                                Err(_) => _ = sheet.cell_mut(here).set_value_string(text.as_str()),
                            }
                            if rows > 1 || columns > 1 {
                                let name = nianbao::document::column_letters;
                                let (first, last) = (name(here.0 - 1), name(here.0 + columns as u32 - 2));
                                sheet.add_merge_cells(format!("{first}{at}:{last}{}", at + rows as u32 - 1));
                            }
                        }
                        at += 1;
                    }
                    at += 1;
                }
            }
        }
        let mut bytes = std::io::Cursor::new(Vec::new());
        umya_spreadsheet::writer::xlsx::write_writer(&book, &mut bytes).unwrap();
        bytes.into_inner()
    }
}

fn official(form: &Form, table: usize, figures: &[String]) -> Table {
    let layout = Layout::for_table(form, table);
    let spec = &form.tables[table];
    let mut grid = Table {
        cells: vec![vec![usize::MAX; layout.columns as usize]; layout.rows.len()],
        head: layout.header_rows as usize,
        labels: spec.label_columns as usize,
        ..Table::default()
    };
    for cell in layout.rows.iter().flatten() {
        let text = match &cell.content {
            LayoutContent::Field(index) => figures[*index].clone(),
            LayoutContent::Caption(text)
            | LayoutContent::Corner(text)
            | LayoutContent::ColumnHead(text)
            | LayoutContent::RowHead(text) => text.clone(),
        };
        let number = grid.add(&text);
        for row in cell.row..cell.row + cell.row_span {
            for column in cell.column..cell.column + cell.col_span {
                grid.cells[row as usize][column as usize] = number;
            }
        }
    }
    grid
}
