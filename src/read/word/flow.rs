//! Builds blocks from a stream of paragraph, cell and row marks, for DOC and RTF.

use std::sync::Arc;

use crate::document::{Aside, AsideKind, Block, Budget, Exceeded, Paragraph, PictureRef, Place, Region, Resource};
use crate::read::shared::marks::{Inked, Paper};
use crate::read::word::grid::{self, Content, GridRow, RowDef};

/// A paragraph that has ended.
#[derive(Debug, Default)]
pub(super) struct Para {
    /// Its text.
    pub(super) text: Inked,
    /// Outline level, 1 = highest.
    pub(super) level: Option<u8>,
    /// List label.
    pub(super) number: Option<String>,
    /// Pictures in it.
    pub(super) pictures: Vec<PictureRef>,
    /// The content of its text boxes.
    pub(super) boxes: Vec<Block>,
    /// Start and end in the source.
    pub(super) span: (u32, u32),
}

/// The outline level of a style by its name (`heading 1`, `标题 1`), 1 = highest.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    let name = name.trim();
    let rest = name
        .strip_prefix("标题")
        .or_else(|| name.get(..7).filter(|word| word.eq_ignore_ascii_case("heading")).and_then(|_| name.get(7..)))?;
    rest.trim().parse().ok().filter(|level| (1..=9).contains(level))
}

/// Counters of paragraphs and tables, shared by all flows of a document.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counters {
    paragraphs: u32,
    tables: u32,
}

/// An open table: its complete rows and the open row.
#[derive(Debug, Default)]
struct Level {
    table: u32,
    rows: Vec<GridRow>,
    cells: Vec<Content>,
    open: Content,
    /// Number of physical cells held, including those that a row definition declares.
    held: u64,
}

/// Collects the blocks of one text (the body, a footnote, a header).
#[derive(Debug)]
pub(super) struct Flow {
    part: Option<Arc<str>>,
    region: Region,
    counters: Counters,
    blocks: Vec<Block>,
    asides: Vec<Aside>,
    levels: Vec<Level>,
    /// Number of physical cells held by all open tables.
    held: u64,
}

impl Flow {
    /// An empty flow for a region; `counters` continue those of the previous flow.
    pub(super) fn new(part: Option<Arc<str>>, region: Region, counters: Counters) -> Self {
        Self { part, region, counters, blocks: Vec::new(), asides: Vec::new(), levels: Vec::new(), held: 0 }
    }

    /// The current counters.
    pub(super) fn counters(&self) -> Counters {
        self.counters
    }

    /// Continues with the counters of another flow that ran inside this one.
    pub(super) fn set_counters(&mut self, counters: Counters) {
        self.counters = counters;
    }

    /// Whether a row at this table depth has cells but has not ended.
    pub(super) fn row_is_open(&self, depth: usize) -> bool {
        depth.checked_sub(1).and_then(|index| self.levels.get(index)).is_some_and(|level| !level.cells.is_empty())
    }

    /// Ends a paragraph at table depth `depth`; deeper tables end with it.
    pub(super) fn paragraph(&mut self, mut para: Para, depth: usize, budget: &mut Budget) -> Result<(), Exceeded> {
        let depth = if self.region == Region::HeaderFooter { 0 } else { depth };
        self.reach_depth(depth, budget)?;
        budget.spend(Resource::TextBytes, para.text.text.len() as u64)?;
        para.text.end();
        if depth > 0 {
            let mut text = para.text;
            if let Some(number) = &para.number {
                text.number(number);
            }
            budget.spend(Resource::Blocks, para.pictures.len() as u64)?;
            if let Some(level) = self.levels.last_mut() {
                level.open.push_text(text);
                level.open.reach(para.span.0, para.span.1);
                level.open.nested.extend(para.pictures.into_iter().map(Block::Picture));
                level.open.nested.extend(para.boxes);
            }
            return Ok(());
        }
        let place = Place {
            part: self.part.clone(),
            paragraph: Some(self.counters.paragraphs),
            span: Some(para.span),
            ..Place::default()
        };
        self.counters.paragraphs += 1;
        para.text.lay_on(Paper::Unsaid, None);
        let pictures = std::mem::take(&mut para.pictures);
        let Inked { text, marks, .. } = std::mem::take(&mut para.text);
        if !marks.is_empty() {
            // An empty line has no visible number.
            para.number = para.number.filter(|_| !text.trim().is_empty());
            marks.tell(&place, &mut self.asides, budget)?;
        }
        if !text.trim().is_empty() || para.number.is_some() {
            budget.spend(Resource::Blocks, 1)?;
            let Para { level, number, .. } = para;
            let region = self.region;
            self.blocks.push(Block::Paragraph(Paragraph { text, level, number, region, place: place.clone() }));
        }
        for picture in pictures {
            budget.spend(Resource::Blocks, 1)?;
            self.blocks.push(Block::Picture(PictureRef { place: place.clone(), ..picture }));
        }
        self.blocks.append(&mut para.boxes);
        Ok(())
    }

    /// Ends a paragraph and the cell at this depth (at least 1).
    pub(super) fn cell_end(&mut self, para: Para, depth: usize, budget: &mut Budget) -> Result<(), Exceeded> {
        let depth = depth.max(1);
        self.paragraph(para, depth, budget)?;
        self.hold(1, budget)?;
        if let Some(level) = self.levels.last_mut() {
            let content = std::mem::take(&mut level.open);
            level.cells.push(content);
        }
        Ok(())
    }

    /// Ends the row at this depth (at least 1). A row without cells is dropped.
    pub(super) fn row_end(&mut self, def: &RowDef, depth: usize, budget: &mut Budget) -> Result<(), Exceeded> {
        if self.region == Region::HeaderFooter {
            return Ok(());
        }
        self.reach_depth(depth.max(1), budget)?;
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        if !level.open.is_untouched() {
            let content = std::mem::take(&mut level.open);
            level.cells.push(content);
        }
        if level.cells.is_empty() {
            return Ok(());
        }
        if def.hidden {
            return self.hidden_row(budget);
        }
        let promised = def.cells.len().saturating_sub(level.cells.len()) as u64;
        self.hold(promised, budget)?;
        if let Some(level) = self.levels.last_mut() {
            let cells = std::mem::take(&mut level.cells);
            level.rows.push(GridRow { def: def.clone(), cells });
        }
        Ok(())
    }

    /// Sets the text of a row aside that is too low to show anything.
    fn hidden_row(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        let texts = level.cells.drain(..).filter_map(|cell| cell.text).map(|text| text.text);
        let told: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
        let (part, row) = (self.part.clone(), Some(level.rows.len() as u32));
        let place = Place { part, table: Some(level.table), row, ..Place::default() };
        self.asides.extend(Aside::new(AsideKind::Row, &told.join(" "), place, budget)?);
        Ok(())
    }

    /// Drops the cells of the open row at this depth (a tracked deletion of the row).
    pub(super) fn drop_row(&mut self, depth: usize) {
        if let Some(level) = depth.checked_sub(1).and_then(|index| self.levels.get_mut(index)) {
            level.cells.clear();
            level.open = Content::default();
        }
    }

    /// Inserts finished blocks (a text box) at the current position.
    pub(super) fn insert(&mut self, blocks: Vec<Block>) {
        match self.levels.last_mut() {
            Some(level) => level.open.nested.extend(blocks),
            None => self.blocks.extend(blocks),
        }
    }

    /// Ends everything that is open; returns the blocks, the asides and the counters.
    pub(super) fn finish(mut self, budget: &mut Budget) -> Result<(Vec<Block>, Vec<Aside>, Counters), Exceeded> {
        self.reach_depth(0, budget)?;
        Ok((self.blocks, self.asides, self.counters))
    }

    fn hold(&mut self, cells: u64, budget: &Budget) -> Result<(), Exceeded> {
        if let Some(level) = self.levels.last_mut() {
            level.held += cells;
            self.held += cells;
        }
        let limit = budget.left(Resource::AllSlots);
        if self.held > limit {
            return Err(Exceeded { resource: Resource::AllSlots, asked: self.held, limit });
        }
        Ok(())
    }

    fn reach_depth(&mut self, depth: usize, budget: &mut Budget) -> Result<(), Exceeded> {
        budget.spend(Resource::Depth, depth as u64)?;
        while self.levels.len() > depth {
            self.close_level(budget)?;
        }
        while self.levels.len() < depth {
            self.levels.push(Level { table: self.counters.tables, ..Level::default() });
            self.counters.tables += 1;
        }
        Ok(())
    }

    fn close_level(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        let Some(mut level) = self.levels.pop() else { return Ok(()) };
        self.held = self.held.saturating_sub(level.held);
        if !level.open.is_untouched() {
            level.cells.push(level.open);
        }
        if !level.cells.is_empty() {
            // The end of the row is missing: use the definition of the row above.
            let def = level.rows.last().map(|row| row.def.clone()).unwrap_or_default();
            level.rows.push(GridRow { def, cells: level.cells });
        }
        if level.rows.is_empty() {
            return Ok(());
        }
        budget.spend(Resource::Blocks, 1)?;
        let grid = grid::build(level.rows, self.part.as_ref(), level.table, &mut self.asides, budget)?;
        match self.levels.last_mut() {
            Some(outer) => outer.open.nested.push(Block::Grid(grid)),
            None => self.blocks.push(Block::Grid(grid)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::CellDef;
    use super::*;

    fn para(text: &str) -> Para {
        Para { text: Inked::plain(text), ..Para::default() }
    }

    fn def(edges: &[i32]) -> RowDef {
        RowDef {
            cells: edges.iter().map(|&right| CellDef { right, ..CellDef::default() }).collect(),
            ..RowDef::default()
        }
    }

    #[test]
    fn a_table_ends_with_a_paragraph_outside_and_nested_ones_are_in_their_cell() -> Result<(), Exceeded> {
        let budget = &mut Budget::default();
        let mut flow = Flow::new(None, Region::Body, Counters::default());
        flow.cell_end(para("inner"), 2, budget)?;
        flow.row_end(&def(&[900]), 2, budget)?;
        flow.cell_end(para("outer"), 1, budget)?;
        flow.row_end(&def(&[1000]), 1, budget)?;
        flow.row_end(&def(&[1000]), 1, budget)?;
        flow.cell_end(para("second row"), 1, budget)?;
        flow.row_end(&def(&[500, 1000]), 1, budget)?;
        flow.paragraph(para("after"), 0, budget)?;
        let (blocks, _, _) = flow.finish(budget)?;
        let [Block::Grid(grid), Block::Paragraph(after)] = &blocks[..] else {
            return Err(Exceeded { resource: Resource::Blocks, asked: blocks.len() as u64, limit: 2 });
        };
        assert_eq!((grid.rows(), grid.columns(), after.text.as_str()), (2, 2, "after"));
        let nested = &grid.cells()[0].nested;
        assert!(matches!(&nested[..], [Block::Grid(inner)] if inner.cells()[0].text == "inner"));
        assert_eq!(grid.cells()[0].text, "outer");
        Ok(())
    }

    #[test]
    fn headings_are_recognised_by_name() {
        assert_eq!(
            ["Heading 2", "标题 1", "标题1", "heading", "标题", "Heading 1 Char"].map(heading_level),
            [Some(2), Some(1), Some(1), None, None, None]
        );
    }

    #[test]
    fn promised_cells_are_counted_before_they_cost_memory() -> Result<(), Exceeded> {
        let budget = &mut Budget::default();
        let mut flow = Flow::new(None, Region::Body, Counters::default());
        let wide = def(&(1..=60).collect::<Vec<_>>());
        for _ in 0..10_000 {
            flow.cell_end(para("x"), 1, budget)?;
            if let Err(refused) = flow.row_end(&wide, 1, budget) {
                assert_eq!(refused.resource, Resource::AllSlots);
                return Ok(());
            }
        }
        assert_eq!("refused", "not refused");
        Ok(())
    }
}
