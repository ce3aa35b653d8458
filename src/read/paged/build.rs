//! Assembles the document from pages, with the findings.

use std::collections::BTreeMap;

use super::flow::{Structure, flow};
use super::piece::{PageBlock, Paragraph};
use super::table::Table;
use super::{Page, Rect, Remark};
use crate::document::{
    Block, Budget, Cell, Document, Exceeded, Grid, GridBuilder, Paragraph as Text, Place, Region, Resource,
};
use crate::finding::code::read as code;
use crate::finding::{Code, Finding};
use crate::read::ReadError;

/// Makes a document from pages and the tables of the file's structure tree. Remarks of the reader are reported together with those made
/// here.
pub(in crate::read) fn document(
    mut pages: Vec<Page>,
    tagged: Structure,
    mut remarks: Vec<(usize, Remark)>,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    let count = pages.len();
    let (pieces, found) = flow(&mut pages, tagged, budget)?;
    drop(pages);
    remarks.extend(found);
    if pieces.is_empty() {
        let of_all = |remark| count > 0 && remarks.iter().filter(|(_, other)| *other == remark).count() == count;
        if of_all(Remark::Scanned) {
            return Err(ReadError::Pictures);
        } else if of_all(Remark::Unreadable) {
            return Err(ReadError::NoCharacters);
        }
    }
    findings.extend(remark_findings(&remarks, count));
    let mut document = Document::default();
    let (mut paragraphs, mut tables) = (0, 0);
    for piece in pieces {
        budget.spend(Resource::Blocks, 1)?;
        document.blocks.push(match piece {
            PageBlock::Paragraph(paragraph) => {
                paragraphs += 1;
                Block::Paragraph(text(paragraph, paragraphs - 1, budget)?)
            }
            PageBlock::Table(table) => {
                tables += 1;
                Block::Grid(grid(table, tables - 1, budget)?)
            }
        });
    }
    Ok(document)
}

fn text(paragraph: Paragraph, index: u32, budget: &mut Budget) -> Result<Text, Exceeded> {
    budget.spend(Resource::TextBytes, paragraph.text.len() as u64)?;
    let place = Place { paragraph: Some(index), ..place(paragraph.page, &paragraph.area) };
    Ok(Text {
        text: paragraph.text,
        level: paragraph.large.then_some(1),
        region: if paragraph.margin { Region::HeaderFooter } else { Region::Body },
        place,
        ..Text::default()
    })
}

fn place(page: usize, area: &Rect) -> Place {
    Place { page: Some(page as u32), bounds: Some(area.hundredths()), ..Place::default() }
}

fn grid(mut table: Table, index: u32, budget: &mut Budget) -> Result<Grid, Exceeded> {
    let mut builder = GridBuilder::new(Place { table: Some(index), ..place(table.page, &table.area) });
    table.cells.sort_by_key(|cell| (cell.row, cell.column));
    let mut cells = table.cells.into_iter().peekable();
    for row in 0..table.rows {
        builder.start_row(budget)?;
        while let Some(cell) = cells.next_if(|cell| cell.row <= row) {
            budget.spend(Resource::Blocks, 1)?;
            budget.spend(Resource::TextBytes, cell.text.len() as u64)?;
            // If the halves of a joined table had different lines, a cell may be further to the right.
            let skipped = (cell.column as u32).saturating_sub(builder.next_column());
            if skipped > 0 {
                builder.skip(skipped, budget)?;
            }
            let at = place(cell.page, &cell.area);
            let place = Place { table: Some(index), row: Some(row as u32), column: Some(cell.column as u32), ..at };
            let (row_span, col_span) = (cell.rows as u32, cell.columns as u32);
            builder.add(Cell { row_span, col_span, text: cell.text, place, ..Cell::default() }, budget)?;
        }
    }
    builder.finish(budget)
}

/// One finding per kind of remark, with its pages.
fn remark_findings(remarks: &[(usize, Remark)], count: usize) -> Vec<Finding> {
    let mut pages: BTreeMap<Remark, Vec<usize>> = BTreeMap::new();
    for (page, remark) in remarks {
        let pages = pages.entry(*remark).or_default();
        if !pages.contains(page) {
            pages.push(*page);
        }
    }
    let finding = |(remark, pages): (Remark, Vec<usize>)| {
        let (code, zh, en) = words(remark);
        let place = Place { page: pages.first().map(|&page| page as u32), ..Place::default() };
        Finding::detailed(code, &zh.replace("{}", &listed(&pages, count, "第", "、", "页", "全部")), &{
            en.replace("{}", &listed(&pages, count, "page(s) ", ", ", "", "all pages"))
        })
        .at(Some(place))
    };
    pages.into_iter().map(finding).collect()
}

/// Page numbers (1-based), consecutive ones as a range.
fn listed(pages: &[usize], count: usize, before: &str, comma: &str, after: &str, all: &str) -> String {
    if pages.len() == count && count > 1 {
        return format!("{all}{after}");
    }
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &page in pages {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == page => *last = page,
            _ => ranges.push((page, page)),
        }
    }
    let shown = |&(first, last): &(usize, usize)| {
        if first == last { (first + 1).to_string() } else { format!("{}-{}", first + 1, last + 1) }
    };
    format!("{before}{}{after}", ranges.iter().map(shown).collect::<Vec<_>>().join(comma))
}

fn words(remark: Remark) -> (&'static Code, &'static str, &'static str) {
    match remark {
        Remark::Scanned => (&code::PAGES_ARE_PICTURES, "{}", "{}"),
        Remark::Recognised => (&code::TEXT_RECOGNISED, "{}", "{}"),
        Remark::Unreadable => (&code::PAGES_UNREADABLE, "{}", "{}"),
        Remark::Damaged => {
            (&code::FILE_DAMAGED, "{}的内容有一部分损坏，未读取", "a part of {} is damaged and was not read")
        }
        Remark::Watermark => (&code::CONTENT_SKIPPED, "{}上的水印文字", "watermarks on {}"),
        Remark::Unseen => (&code::CONTENT_SKIPPED, "{}上看不见的文字", "text on {} that nobody sees"),
        Remark::Sideways => (&code::CONTENT_SKIPPED, "{}上横放的文字", "sideways text on {}"),
        Remark::Pictures => {
            (&code::CONTENT_SKIPPED, "{}上的图片（如印章、图表）", "pictures on {} (such as stamps or charts)")
        }
    }
}
