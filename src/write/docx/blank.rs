//! Builds the blank official form with docx-rs: styles, tables, page, footers, and marks for the figures. Built once per form.

use docx_rs::{
    AlignmentType, Docx, Footer, HeightRule, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph, Run,
    RunFonts, Style, StyleType, Table, TableAlignmentType, TableCell, TableCellMargins, TableLayoutType, TableRow,
    VAlignType, VMergeType, WidthType, XMLDocx,
};

use crate::form::{FieldIndex, Form, Layout, LayoutCell, LayoutContent, PageTurn};

/// Mark before the index of a field in the text of a cell, in the private use area of Unicode.
pub(super) const MARK: char = '\u{e000}';
/// Mark after the index.
pub(super) const END: char = '\u{e001}';

/// Width of the text area in twips: 210 mm less margins of 28 mm and 26 mm (GB/T 9704-2012, 5.2.1).
pub(super) const TEXT_WIDTH: u32 = 8_844;

/// Width of the text area on a landscape page, whose margins are those of a portrait page, rotated.
const TURNED_WIDTH: u32 = 12_756;

/// Line pitch in twips: 22 lines on 225 mm.
const LINE: i32 = 570;

/// Fonts of Chinese offices; `fontTable.xml` names substitutes.
pub(super) const BODY_FONT: &str = "仿宋_GB2312";
pub(super) const TITLE_FONT: &str = "方正小标宋简体";
pub(super) const HEADING_FONT: &str = "黑体";
pub(super) const SUBHEADING_FONT: &str = "楷体_GB2312";
pub(super) const TABLE_FONT: &str = "宋体";

/// Font of digits and Latin letters: substitutes of Chinese fonts would set them without serifs.
pub(super) const LATIN_FONT: &str = "Times New Roman";

/// Builds the blank form.
pub(super) fn build(form: &Form) -> XMLDocx {
    let mut docx = Docx::new()
        .page_size(11_906, 16_838)
        .page_margin(PageMargin {
            top: 2_098,
            bottom: 1_984,
            left: 1_588,
            right: 1_474,
            header: 851,
            footer: 1_588,
            gutter: 0,
        })
        .default_fonts(fonts(BODY_FONT))
        .default_size(32)
        .footer(page_number(AlignmentType::Right))
        .even_footer(page_number(AlignmentType::Left));
    for style in styles() {
        docx = docx.add_style(style);
    }
    for table in 0..form.tables.len() {
        docx = docx.add_table(self::table(form, table));
    }
    docx.build()
}

fn fonts(name: &str) -> RunFonts {
    RunFonts::new().ascii(LATIN_FONT).hi_ansi(LATIN_FONT).east_asia(name).cs(LATIN_FONT).hint("eastAsia")
}

fn exact() -> LineSpacing {
    LineSpacing::new().before(0).after(0).line(LINE).line_rule(LineSpacingType::Exact)
}

fn paragraph_style(id: &str, name: &str, font: &str, size: usize) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).based_on("Normal").fonts(fonts(font)).size(size)
}

fn styles() -> Vec<Style> {
    let heading = |level: usize, font: &str| {
        paragraph_style(&format!("Heading{level}"), &format!("heading {level}"), font, 32)
            .line_spacing(exact())
            .outline_lvl(level - 1)
    };
    let table = |id: &str, name: &str| {
        let spacing = LineSpacing::new().before(0).after(0).line(240).line_rule(LineSpacingType::Auto);
        paragraph_style(id, name, TABLE_FONT, 21).line_spacing(spacing)
    };
    vec![
        Style::new("Normal", StyleType::Paragraph).name("Normal").fonts(fonts(BODY_FONT)).size(32).q_format(true),
        paragraph_style("Title", "Title", TITLE_FONT, 44)
            .align(AlignmentType::Center)
            .line_spacing(LineSpacing::new().before(0).after(400).line(640).line_rule(LineSpacingType::Exact)),
        paragraph_style("BodyText", "Body Text", BODY_FONT, 32).line_spacing(exact()).align(AlignmentType::Both),
        heading(1, HEADING_FONT),
        heading(2, SUBHEADING_FONT),
        heading(3, BODY_FONT).bold(),
        heading(4, BODY_FONT),
        paragraph_style("Signature", "Signature", BODY_FONT, 32).line_spacing(exact()).align(AlignmentType::Right),
        paragraph_style("Picture", "Picture", BODY_FONT, 32)
            .align(AlignmentType::Center)
            .line_spacing(LineSpacing::new().before(120).after(120).line(240).line_rule(LineSpacingType::Auto)),
        table("TableFigure", "Table Figure").align(AlignmentType::Center),
        table("TableHead", "Table Head").align(AlignmentType::Center),
        table("TableLabel", "Table Label").align(AlignmentType::Left),
        paragraph_style("Footer", "footer", TABLE_FONT, 28),
    ]
}

/// Footer with `— 1 —` at the outer side of the page (GB/T 9704-2012, 7.5).
fn page_number(side: AlignmentType) -> Footer {
    let paragraph = Paragraph::new().style("Footer").align(side).add_run(Run::new().add_text("— "));
    Footer::new().add_paragraph(paragraph.add_page_num(PageNum::new()).add_run(Run::new().add_text(" —")))
}

/// Widths of a table's grid columns in twips; together the width of the text area.
pub(super) fn columns(widths: &[u32], text_width: u32) -> Vec<u32> {
    let total: u32 = widths.iter().sum::<u32>().max(1);
    let mut columns: Vec<u32> = widths.iter().map(|width| width * text_width / total).collect();
    let rest = text_width - columns.iter().sum::<u32>();
    if let Some(last) = columns.last_mut() {
        *last += rest;
    }
    columns
}

/// Maximum number of rows of a table that is kept on one page: this many low rows fit below a heading, a few of them with two or three
/// lines.
const ONE_PAGE: usize = 32;

/// Number of rows from which a table is long and gets low rows: this many two-line rows fit on a page below a heading.
const LONG: usize = 20;

/// Minimum row height in twips: 7 mm, and 6.5 mm in a long table.
const ROW: f32 = 397.0;
const LOW_ROW: f32 = 369.0;

/// Width of a table's text area in twips.
fn text_width(form: &Form, number: usize) -> u32 {
    if form.tables[number].page == PageTurn::Landscape { TURNED_WIDTH } else { TEXT_WIDTH }
}

/// Font size in half points and margin of cells in twips of a table with a number of columns: seven or more need smaller ones.
fn size_and_margin(columns: u32) -> (usize, usize) {
    match columns {
        ..=6 => (21, 80),
        7..=12 => (18, 30),
        _ => (16, 15),
    }
}

/// The room for a figure in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Width in twips.
    width: usize,
    /// Font size in half points.
    size: usize,
}

impl Room {
    /// The smaller font size, in half points, at which a number fits; `None` if it fits at the usual one, or is a text, which may wrap.
    pub(super) fn smaller(self, text: &str) -> Option<usize> {
        /// Smallest size: 4 points.
        const LEAST: usize = 8;
        // A digit of the Latin font is half as wide as its size: 5 twips for each half point.
        let width = text.len() * 5;
        let fits = width * self.size <= self.width;
        let is_number = text.bytes().all(|byte| byte.is_ascii_graphic());
        (!fits && is_number).then(|| (self.width / width).clamp(LEAST, self.size))
    }
}

/// The room of each figure of a table.
pub(super) fn rooms(form: &Form, number: usize) -> Vec<(FieldIndex, Room)> {
    let layout = Layout::for_table(form, number);
    let columns = columns(&form.tables[number].widths, text_width(form, number));
    let (size, margin) = size_and_margin(layout.columns);
    let cells = layout.rows.iter().flatten().filter_map(|cell| match cell.content {
        LayoutContent::Field(field) => Some((field, cell)),
        _ => None,
    });
    let room = |cell: &LayoutCell| {
        let first = cell.column as usize;
        let width: u32 = columns[first..first + cell.col_span as usize].iter().sum();
        Room { width: (width as usize).saturating_sub(2 * margin), size }
    };
    cells.map(|(field, cell)| (field, room(cell))).collect()
}

fn table(form: &Form, number: usize) -> Table {
    let layout = Layout::for_table(form, number);
    let text_width = text_width(form, number);
    let columns = columns(&form.tables[number].widths, text_width);
    let (size, margin) = size_and_margin(layout.columns);
    let height = if layout.rows.len() > LONG { LOW_ROW } else { ROW };
    let mut rows = Vec::new();
    for (row, standing) in (0..).zip(layout.standing()) {
        // A table that fits on a page is not split.
        let keep = layout.rows.len() <= ONE_PAGE && row as usize + 1 < layout.rows.len();
        let cells =
            standing.into_iter().map(|cell| table_cell(cell, (merge(cell, row), keep), &columns, size)).collect();
        rows.push(TableRow::new(cells).row_height(height).height_rule(HeightRule::AtLeast).cant_split());
    }
    Table::new(rows)
        .set_grid(columns.iter().map(|&width| width as usize).collect())
        .width(text_width as usize, WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .align(TableAlignmentType::Center)
        .margins(TableCellMargins::new().margin_left(margin, WidthType::Dxa).margin_right(margin, WidthType::Dxa))
}

/// The vertical merge of a cell in a row: Word has a cell for what continues from above.
fn merge(cell: &LayoutCell, row: u32) -> Option<VMergeType> {
    match (cell.row_span, cell.row == row) {
        (1, _) => None,
        (_, true) => Some(VMergeType::Restart),
        (_, false) => Some(VMergeType::Continue),
    }
}

fn table_cell(cell: &LayoutCell, (merge, keep): (Option<VMergeType>, bool), columns: &[u32], size: usize) -> TableCell {
    let first = cell.column as usize;
    let width: u32 = columns[first..first + cell.col_span as usize].iter().sum();
    let (style, text) = match &cell.content {
        LayoutContent::Field(field) => ("TableFigure", format!("{MARK}{field}{END}")),
        LayoutContent::RowHead(text) => ("TableLabel", text.clone()),
        LayoutContent::Caption(text) | LayoutContent::Corner(text) | LayoutContent::ColumnHead(text) => {
            ("TableHead", text.clone())
        }
    };
    let text = if merge == Some(VMergeType::Continue) { String::new() } else { text };
    let mut paragraph = Paragraph::new().style(style);
    if keep {
        paragraph = paragraph.keep_next(true);
    }
    if !text.is_empty() {
        let run = Run::new().add_text(text);
        paragraph = paragraph.add_run(if size == 21 { run } else { run.size(size) });
    }
    let mut built = TableCell::new()
        .width(width as usize, WidthType::Dxa)
        .vertical_align(VAlignType::Center)
        .add_paragraph(paragraph);
    if cell.col_span > 1 {
        built = built.grid_span(cell.col_span as usize);
    }
    match merge {
        Some(merge) => built.vertical_merge(merge),
        None => built,
    }
}
