//! Reading order: lines to paragraphs, running heads and page numbers removed, tables inserted.

use std::collections::{BTreeMap, HashMap};

use super::lines::{Line, lines};
use super::piece::{PageBlock, Paragraph};
use super::table::{Table, tables};
use super::tidy::{Remark, tidy};
use super::{Direction, Glyph, Page, Rect, Tagged, join, tagged};
use crate::document::Budget;
use crate::read::ReadError;

/// Ratio to the body text size from which text is large.
const LARGE: f64 = 1.15;

/// Indent, in font sizes, from which a line begins a paragraph.
const INDENT: f64 = 1.2;

/// Distance from the right margin, in font sizes, from which a line ends its paragraph.
const SHORT: f64 = 2.2;

/// Distance between lines, in font sizes, from which they are different paragraphs.
const GAP: f64 = 2.6;

/// Running heads and page numbers are above and below these fractions of the page height.
const EDGES: (f64, f64) = (0.1, 0.88);

/// A line of a page, for building paragraphs.
struct TextLine {
    text: String,
    /// The text with all digits replaced by one character, by which running heads are recognised.
    key: String,
    x0: f64,
    x1: f64,
    base: f64,
    size: f64,
}

/// Typical layout of the document's lines.
struct Manner {
    size: f64,
    left: f64,
    right: f64,
    pages: usize,
    /// Number of pages with a text at their edge, keyed by the text and its vertical position in steps of [`HEIGHTS`].
    edges: HashMap<(String, i64), usize>,
}

/// Tolerance for the vertical position of running heads, in points.
const HEIGHTS: f64 = 4.0;

/// Remarks, each with its page.
type Remarks = Vec<(usize, Remark)>;

/// Callback that reads the tables of the file's structure tree.
pub(in crate::read) type Structure<'s> = &'s mut dyn FnMut(&mut Budget) -> Result<Vec<Tagged>, ReadError>;

/// The lines of a page outside of tables, and whether some text runs sideways.
fn rows_of(page: &Page, used: &[bool]) -> (Vec<TextLine>, bool) {
    let rest = page.glyphs.iter().zip(used).filter(|(_, used)| !**used).map(|(glyph, _)| glyph);
    let (rest, aside): (Vec<&Glyph>, Vec<&Glyph>) = rest.partition(|glyph| glyph.direction == Direction::Right);
    (lines(rest).iter().filter_map(TextLine::from_line).collect(), aside.iter().any(|glyph| !glyph.is_blank()))
}

/// The blocks of all pages in order, and remarks about pages.
pub(super) fn flow(
    pages: &mut [Page],
    tagged: Structure,
    budget: &mut Budget,
) -> Result<(Vec<PageBlock>, Remarks), ReadError> {
    let mut remarks = Vec::new();
    for (number, page) in pages.iter_mut().enumerate() {
        let said = tidy(page, budget)?;
        remarks.extend(said.into_iter().map(|remark| (number, remark)));
    }
    let (mut ruled, mut used) = (Vec::new(), Vec::new());
    for (number, page) in pages.iter().enumerate() {
        let (tables, in_tables) = tables(page, number, budget)?;
        ruled.push(tables);
        used.push(in_tables);
    }
    let all_rows = |used: &[Vec<bool>]| -> Vec<(Vec<TextLine>, bool)> {
        pages.iter().zip(used).map(|(page, used)| rows_of(page, used)).collect()
    };
    let mut rows = all_rows(&used);
    // Unruled text in columns may be a table of the structure tree, which is slow to read.
    if rows.iter().any(|(rows, _)| rows.iter().any(|row| row.text.contains('\t'))) {
        let tagged = tagged(budget)?;
        let found = tagged::tables(pages, &tagged, &mut used, budget)?;
        if !found.is_empty() {
            rows = all_rows(&used);
        }
        for table in found {
            ruled[table.page].push(table);
        }
    }
    let mut found = Vec::new();
    for (number, ((page, mut tables), (rows, sideways))) in pages.iter().zip(ruled).zip(rows).enumerate() {
        tables.sort_by(|a, b| a.area.y0.total_cmp(&b.area.y0));
        if sideways {
            remarks.push((number, Remark::Sideways));
        }
        found.push((tables, rows, page.height));
    }
    let manner = Manner::from_pages(&found);
    let mut pieces = Vec::new();
    for (number, (tables, rows, height)) in found.into_iter().enumerate() {
        let mut tables = tables.into_iter().peekable();
        let mut previous = None;
        for row in rows {
            while let Some(table) = tables.next_if(|table| table.area.y0 < row.base) {
                join::add(&mut pieces, table);
                previous = None;
            }
            let gap = previous.map_or(0.0, |base| row.base - base);
            manner.add(&mut pieces, &row, number, height, gap);
            previous = Some(row.base);
        }
        tables.for_each(|table| join::add(&mut pieces, table));
    }
    Ok((pieces, remarks))
}

impl TextLine {
    fn from_line(line: &Line) -> Option<Self> {
        let (x0, x1) = line.reach()?;
        let text = line.text(true);
        let key = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        Some(Self { text, key, x0, x1, base: line.base, size: line.size() })
    }

    #[allow(clippy::cast_possible_truncation, reason = "a page's height in steps")]
    fn edge(&self) -> (String, i64) {
        (self.key.clone(), (self.base / HEIGHTS) as i64)
    }

    fn is_at_edge(&self, height: f64) -> bool {
        self.base < EDGES.0 * height || self.base > EDGES.1 * height
    }

    /// Whether the text is a page number: `— 3 —`, `第3页 共9页`, `3/9`.
    fn is_page_number(&self) -> bool {
        const MOST: usize = 12;
        self.text.chars().any(|c| c.is_ascii_digit())
            && self.text.chars().count() <= MOST
            && self.text.chars().all(|c| c.is_ascii_digit() || " \t-—–―－·•~/第页共".contains(c))
    }
}

type Found = (Vec<Table>, Vec<TextLine>, f64);

impl Manner {
    fn from_pages(pages: &[Found]) -> Self {
        let rows = || pages.iter().flat_map(|(_, rows, _)| rows);
        let size = most_frequent(rows().map(|row| (row.size, row.text.chars().count())), 0.5).unwrap_or(12.0);
        // The leftmost of the frequent left edges, because first lines of paragraphs are indented.
        let lefts = tally(rows().filter(|row| (row.size - size).abs() < 1.0).map(|row| (row.x0, 1)), 3.0);
        let usual = lefts.values().copied().max().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "positions on a page")]
        let left = lefts.iter().find(|(_, count)| **count * 3 >= usual).map_or(0.0, |(at, _)| *at as f64 * 3.0);
        let mut rights: Vec<f64> = rows().map(|row| row.x1).collect();
        rights.sort_by(f64::total_cmp);
        let right = rights.get(rights.len().saturating_sub(1) * 9 / 10).copied().unwrap_or_default();
        let mut edges = HashMap::new();
        for (_, rows, height) in pages {
            for row in rows.iter().filter(|row| row.is_at_edge(*height)) {
                *edges.entry(row.edge()).or_default() += 1;
            }
        }
        Self { size, left, right, pages: pages.len(), edges }
    }

    /// Whether a line is at the edge of most pages.
    fn is_running(&self, row: &TextLine) -> bool {
        let times = self.edges.get(&row.edge()).copied().unwrap_or_default();
        match self.pages {
            0 | 1 => false,
            2 => times == 2 && row.size < self.size,
            pages => times * 3 >= pages * 2,
        }
    }

    /// Adds a line to the paragraph that it continues, or as a new paragraph.
    fn add(&self, pieces: &mut Vec<PageBlock>, row: &TextLine, page: usize, height: f64, gap: f64) {
        let area = Rect { x0: row.x0, y0: row.base - row.size, x1: row.x1, y1: row.base + 0.2 * row.size };
        let margin = row.is_at_edge(height) && (row.is_page_number() || self.is_running(row));
        let large = row.size > self.size * LARGE;
        let columns = row.text.contains('\t');
        let full = row.x1 > self.right - SHORT * row.size;
        let indented = row.x0 > self.left + INDENT * row.size;
        let open = (full || large) && !columns && !margin;
        let last = pieces.iter_mut().rev().find(|piece| !matches!(piece, PageBlock::Paragraph(p) if p.margin));
        if let Some(PageBlock::Paragraph(paragraph)) = last
            && !margin
            && !columns
            && paragraph.open
            && paragraph.large == large
            && gap < GAP * row.size
            && if large { paragraph.page == page } else { !indented }
        {
            let letter = |c: char| c.is_ascii_alphanumeric();
            if paragraph.text.ends_with(letter) && row.text.starts_with(|c: char| c.is_ascii_alphabetic()) {
                paragraph.text.push(' ');
            }
            paragraph.text.push_str(&row.text);
            paragraph.open = open;
            if paragraph.page == page {
                paragraph.area = paragraph.area.union(&area);
            }
            return;
        }
        pieces.push(PageBlock::Paragraph(Paragraph { text: row.text.clone(), large, margin, page, area, open }));
    }
}

/// Sums weights by number, in steps.
#[allow(clippy::cast_possible_truncation, reason = "sizes and positions on a page")]
fn tally(numbers: impl Iterator<Item = (f64, usize)>, step: f64) -> BTreeMap<i64, usize> {
    let mut tally = BTreeMap::new();
    for (number, weight) in numbers {
        *tally.entry((number / step).round() as i64).or_default() += weight;
    }
    tally
}

#[allow(clippy::cast_precision_loss, reason = "sizes and positions on a page")]
fn most_frequent(numbers: impl Iterator<Item = (f64, usize)>, step: f64) -> Option<f64> {
    let tally = tally(numbers, step);
    tally.iter().max_by_key(|(_, weight)| **weight).map(|(number, _)| *number as f64 * step)
}
