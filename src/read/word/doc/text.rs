//! Walks the text: characters with properties, fields, and the marks that end paragraphs, cells and rows.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::blip;
use super::drawing::Drawings;
use super::fkp::{Pages, Run};
use super::list::Lists;
use super::pictures::Pictures;
use super::pieces::{Piece, Pieces, widen};
use super::props::{CharProps, ParaProps};
use super::sprm::{Sprms, op};
use super::style::Styles;
use crate::document::{Aside, Block, Budget, Document, Exceeded, Region, Resource};
use crate::finding::code::read::CONTENT_SKIPPED;
use crate::finding::{Finding, Message};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::shared::marks::{Paper, revisions, uncalculated};
use crate::read::word::flow::{Counters, Flow, Para};
use crate::read::{Damage, ReadError};

/// Marks in the text (MS-DOC 2.4.1, 2.9.38).
mod mark {
    pub(super) const PICTURE: u16 = 0x01;
    pub(super) const CELL: u16 = 0x07;
    pub(super) const DRAWING: u16 = 0x08;
    pub(super) const TAB: u16 = 0x09;
    pub(super) const LINE: u16 = 0x0B;
    pub(super) const PAGE: u16 = 0x0C;
    pub(super) const PARAGRAPH: u16 = 0x0D;
    pub(super) const COLUMN: u16 = 0x0E;
    pub(super) const FIELD_BEGIN: u16 = 0x13;
    pub(super) const FIELD_SEPARATOR: u16 = 0x14;
    pub(super) const FIELD_END: u16 = 0x15;
    pub(super) const HARD_HYPHEN: u16 = 0x1E;
    pub(super) const SYMBOL: u16 = 0x28;
}

/// The input of the walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// The stream `WordDocument`.
    pub(super) document: &'a [u8],
    /// The stream `Data`.
    pub(super) data: &'a [u8],
    /// The piece table.
    pub(super) pieces: &'a Pieces<'a>,
    /// Properties of characters.
    pub(super) characters: Pages<'a>,
    /// Properties of paragraphs.
    pub(super) paragraphs: Pages<'a>,
    /// Styles.
    pub(super) styles: &'a Styles,
    /// Floating pictures and text boxes.
    pub(super) drawings: &'a Drawings<'a>,
    /// Character position at which the texts of the text boxes begin.
    pub(super) boxes_start: u32,
}

/// Sizes of the caches of character and paragraph properties.
const KNOWN: usize = 4;
const KNOWN_PARAGRAPHS: usize = 8;

/// Bytes of modifiers whose lookup in the cache costs one step.
const MODIFIERS_A_STEP: usize = 64;

/// An open field.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// Whether its instruction is still being read.
    pub(super) instruction: bool,
    pub(super) code: String,
    /// The chosen entry of its drop-down list.
    pub(super) choice: Option<String>,
    /// Number of characters displayed before the field began.
    pub(super) shown_before: u64,
}

/// The walk's state.
pub(super) struct Walk<'a, 'b> {
    pub(super) source: Source<'a>,
    lists: Lists,
    pub(super) budget: &'b mut Budget,
    part: Arc<str>,
    pub(super) region: Region,
    pub(super) flow: Flow,
    blocks: Vec<Block>,
    asides: Vec<Aside>,
    /// Number of runs that are tracked insertions or deletions.
    revisions: u32,
    pub(super) uncalculated: u32,
    pictures: Pictures,
    /// The paragraph being read and the position of its first character.
    pub(super) para: Para,
    pub(super) start: Option<u32>,
    /// First half of a surrogate pair.
    pub(super) high: Option<u16>,
    /// The run of the last character, and its properties.
    pub(super) run: Run<'a>,
    pub(super) props: CharProps,
    /// The paragraph of the last character, and the paragraph that ended last.
    pub(super) paragraph: Run<'a>,
    pub(super) ended: Run<'a>,
    /// Cache of computed character properties, keyed by modifiers, style and the Prm of the piece; replaced in turn.
    known: [(&'a [u8], u16, u16, CharProps); KNOWN],
    next_known: usize,
    /// Cache of computed properties of paragraphs that do not end a row, with the same key.
    known_paras: VecDeque<(&'a [u8], u16, u16, ParaProps)>,
    pub(super) fields: Vec<Field>,
    /// Number of open fields whose instruction is still being read.
    pub(super) instructions: usize,
    /// Number of characters in instructions without an end, and in the current instructions.
    pub(super) swallowed: u64,
    pub(super) swallowing: u64,
    /// Number of characters displayed so far.
    pub(super) shown: u64,
    /// Start positions of the texts of the text boxes that were read at their anchors.
    pub(super) boxes_read: BTreeSet<u32>,
}

impl<'a, 'b> Walk<'a, 'b> {
    /// A walk with nothing read.
    pub(super) fn new(source: Source<'a>, lists: Lists, budget: &'b mut Budget) -> Self {
        let part: Arc<str> = "WordDocument".into();
        Self {
            source,
            lists,
            budget,
            flow: Flow::new(Some(Arc::clone(&part)), Region::Body, Counters::default()),
            part,
            region: Region::Body,
            blocks: Vec::new(),
            asides: Vec::new(),
            revisions: 0,
            uncalculated: 0,
            pictures: Pictures::default(),
            para: Para::default(),
            start: None,
            high: None,
            run: Run::default(),
            props: CharProps::default(),
            paragraph: Run::default(),
            ended: Run::default(),
            known: [(&[], 0, 0, CharProps::default()); KNOWN],
            next_known: 0,
            known_paras: VecDeque::new(),
            fields: Vec::new(),
            instructions: 0,
            swallowed: 0,
            swallowing: 0,
            shown: 0,
            boxes_read: BTreeSet::new(),
        }
    }

    /// Reads the characters from `start` up to `end` as a separate text.
    pub(super) fn story(&mut self, start: u32, end: u32, region: Region) -> Result<(), ReadError> {
        self.fresh_flow(region);
        let blocks = self.text(start, end)?;
        self.blocks.extend(blocks);
        Ok(())
    }

    /// Begins a new flow that continues the counters, and returns the previous one.
    pub(super) fn fresh_flow(&mut self, region: Region) -> Flow {
        self.region = region;
        let next = Flow::new(Some(Arc::clone(&self.part)), region, self.flow.counters());
        std::mem::replace(&mut self.flow, next)
    }

    /// The blocks of the characters from `start` up to `end`.
    pub(super) fn text(&mut self, start: u32, end: u32) -> Result<Vec<Block>, ReadError> {
        let pieces = &self.source.pieces.list;
        let first = pieces.partition_point(|piece| piece.end <= start);
        for piece in pieces[first..].iter().take_while(|piece| piece.start < end) {
            self.piece(piece, start.max(piece.start), end.min(piece.end))?;
        }
        self.clear_fields();
        let para = &self.para;
        if !para.text.text.is_empty() || !para.pictures.is_empty() || !para.boxes.is_empty() {
            let para = self.take_para(end, None);
            self.flow.paragraph(para, 0, self.budget)?;
        }
        self.para = Para::default();
        self.start = None;
        let (blocks, asides, _) = self.fresh_flow(self.region).finish(self.budget)?;
        self.asides.extend(asides);
        Ok(blocks)
    }

    /// The document; adds findings about what was left out.
    pub(super) fn finish(self, comments: u32, findings: &mut Vec<Finding>) -> Document {
        findings.extend(self.pictures.findings());
        findings.extend(revisions(self.revisions));
        findings.extend(uncalculated(self.uncalculated));
        if comments > 0 {
            findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new("文件中有批注，批注内容未读取。", "The file has comments; they were not read."),
            ));
        }
        if self.swallowed > 0 {
            let count = self.swallowed;
            findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("有未结束的域代码，其中 {count} 个字符未读取。请与原件核对。"),
                    format!(
                        "A field code has no end; {count} characters in it were not read. Compare with the original."
                    ),
                ),
            ));
        }
        Document { blocks: self.blocks, pictures: self.pictures.list, asides: self.asides, ..Document::default() }
    }

    fn piece(&mut self, piece: &Piece, start: u32, end: u32) -> Result<(), ReadError> {
        self.budget.spend(Resource::Steps, u64::from(end - start))?;
        // The next piece may apply other properties to the same run.
        self.run = Run::default();
        let mut next = start;
        while next < end {
            let position = next;
            next += 1;
            let distance = (position - piece.start).saturating_mul(piece.width());
            let offset = piece.offset.saturating_add(distance);
            let unit = if piece.narrow {
                self.source.document.get(offset as usize).copied().map(widen)
            } else {
                u16_at(self.source.document, offset as usize)
            };
            let Some(unit) = unit else {
                return Err(Damage::WordTextBeyond.into());
            };
            if !self.run.holds(offset) {
                self.enter_run(offset, piece.prm)?;
            }
            let plain = self.plain(piece, offset, end - position);
            if plain > 0 {
                self.start.get_or_insert(position);
                self.high = None;
                next = position + plain;
                continue;
            }
            self.unit(unit, position, offset, piece.prm)?;
        }
        Ok(())
    }

    /// Adds ordinary characters from an offset, up to the end of the run and at most `most`. Returns their number.
    fn plain(&mut self, piece: &Piece, offset: u32, most: u32) -> u32 {
        if self.instructions > 0
            || self.props.special
            || self.props.deleted
            || !self.props.face.is_plain()
            || !self.para.text.is_plain()
        {
            return 0;
        }
        let width = piece.width();
        let most = most.min((self.run.end - offset).div_ceil(width));
        let end = offset.saturating_add(most.saturating_mul(width));
        let bytes = self.source.document.get(offset as usize..end as usize).unwrap_or_default();
        let mut count = 0;
        let mut shown = |unit: u16| {
            // Control characters are marks, and surrogates are not characters.
            let character = char::from_u32(u32::from(unit)).filter(|_| unit >= 0x20)?;
            count += 1;
            Some(character)
        };
        if piece.narrow {
            self.para.text.text.extend(bytes.iter().map_while(|&byte| shown(widen(byte))));
        } else {
            let units = bytes.as_chunks().0.iter();
            self.para.text.text.extend(units.map_while(|&unit| shown(u16::from_le_bytes(unit))));
        }
        self.shown += u64::from(count);
        count
    }

    fn enter_run(&mut self, offset: u32, prm: u16) -> Result<(), ReadError> {
        let limit = self.budget.left(Resource::TextBytes);
        let asked = self.para.text.text.len() as u64;
        if asked > limit {
            return Err(Exceeded { resource: Resource::TextBytes, asked, limit }.into());
        }
        let styles = self.source.styles;
        self.run = self.source.characters.run_behind(&self.run, offset);
        if !self.paragraph.holds(offset) {
            self.paragraph = self.source.paragraphs.run_behind(&self.paragraph, offset);
        }
        self.budget.spend(Resource::Steps, 1)?;
        let (grpprl, style) = (self.run.grpprl, self.paragraph.style);
        let is_it = |known: &&(&[u8], u16, u16, CharProps)| same(known.0, grpprl) && (known.1, known.2) == (style, prm);
        if let Some(known) = self.known[..self.next_known.min(KNOWN)].iter().find(is_it) {
            self.props = known.3;
            self.revisions += u32::from(self.props.deleted || self.props.inserted);
            return Ok(());
        }
        let mut props = CharProps::of_style(styles.get(style));
        for (opcode, operand) in Sprms::new(grpprl) {
            self.budget.spend(Resource::Steps, 1)?;
            props.apply(opcode, operand, styles);
        }
        self.source.pieces.modifiers(prm, self.budget, |opcode, operand| props.apply(opcode, operand, styles))?;
        self.props = props;
        self.revisions += u32::from(props.deleted || props.inserted);
        self.known[self.next_known % KNOWN] = (grpprl, style, prm, props);
        self.next_known += 1;
        Ok(())
    }

    fn unit(&mut self, unit: u16, position: u32, offset: u32, prm: u16) -> Result<(), ReadError> {
        match unit {
            mark::PARAGRAPH | mark::CELL | mark::PAGE => return self.end(unit, position, offset, prm),
            mark::FIELD_BEGIN => self.begin_field()?,
            mark::FIELD_SEPARATOR => self.begin_result(),
            mark::FIELD_END => self.end_field(),
            mark::PICTURE if self.props.special && self.props.object => self.pictures.objects += 1,
            mark::PICTURE if self.props.special && self.props.form_data => self.form_data(),
            _ if self.instructions > 0 => self.instruct(unit),
            _ if self.props.deleted => {}
            // Hidden control and special characters are dropped without an aside.
            _ if self.props.face.hidden && (unit < 0x20 || self.props.special) => {}
            _ => self.show(unit, position)?,
        }
        if self.instructions == 0 {
            self.swallowing = 0;
        }
        Ok(())
    }

    /// Adds the displayed content of a character.
    fn show(&mut self, unit: u16, position: u32) -> Result<(), ReadError> {
        self.shown += 1;
        self.start.get_or_insert(position);
        let high = self.high.take();
        match unit {
            mark::PICTURE if self.props.special => self.picture()?,
            mark::DRAWING if self.props.special => {
                if self.region == Region::Body {
                    if let Some((blip, extent)) = self.source.drawings.at(position) {
                        self.keep(blip, extent)?;
                    }
                    self.boxes(position)?;
                }
            }
            mark::SYMBOL if self.props.special => {
                let symbol = self.props.symbol.and_then(|symbol| char::from_u32(u32::from(symbol)));
                self.push(symbol.unwrap_or('\u{FFFD}'));
            }
            mark::TAB => self.push('\t'),
            mark::LINE | mark::COLUMN => self.push('\n'),
            mark::HARD_HYPHEN => self.push('\u{2011}'),
            // Note marks, optional hyphens and characters without meaning in a text.
            0x00..=0x1F => {}
            0xD800..=0xDBFF => self.high = Some(unit),
            0xDC00..=0xDFFF => {
                let pair = high.and_then(|high| char::decode_utf16([high, unit]).next()).and_then(Result::ok);
                self.push(pair.unwrap_or('\u{FFFD}'));
            }
            _ => self.push(char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}')),
        }
        Ok(())
    }

    /// Appends a character with the formatting of its run.
    fn push(&mut self, character: char) {
        let (text, face) = (&mut self.para.text, self.props.face);
        if face.is_plain() && text.is_plain() {
            text.text.push(character);
        } else {
            text.push(character.encode_utf8(&mut [0; 4]), face);
        }
    }

    fn picture(&mut self) -> Result<(), Exceeded> {
        let Some(offset) = self.props.picture.filter(|_| !self.props.form_data) else { return Ok(()) };
        if let Some((blip, extent)) = blip::inline(self.source.data, offset, self.budget)? {
            self.keep(blip, extent)?;
        }
        Ok(())
    }

    fn keep(&mut self, blip: blip::Blip<'a>, extent: Option<(u64, u64)>) -> Result<(), Exceeded> {
        let most = self.source.data.len() + self.source.document.len();
        let picture = self.pictures.add(blip, extent, most, self.budget)?;
        self.para.pictures.extend(picture);
        Ok(())
    }

    /// Ends a paragraph, a cell or a row, depending on the mark and the paragraph's properties.
    fn end(&mut self, unit: u16, position: u32, offset: u32, prm: u16) -> Result<(), ReadError> {
        let props = self.para_props(offset, prm)?;
        let depth = props.depth();
        if unit == mark::CELL {
            self.clear_fields();
            if props.row_end {
                return self.end_row(props, 1, position);
            }
            let para = self.take_para(position + 1, Some(&props));
            return Ok(self.flow.cell_end(para, 1, self.budget)?);
        }
        if props.inner_row_end {
            return self.end_row(props, depth.max(2), position);
        }
        if props.inner_cell_end {
            let para = self.take_para(position + 1, Some(&props));
            return Ok(self.flow.cell_end(para, depth.max(2), self.budget)?);
        }
        // If the mark is deleted or hidden, the paragraph continues in the next one.
        if !self.props.is_shown() {
            return Ok(());
        }
        let para = self.take_para(position + 1, Some(&props));
        Ok(self.flow.paragraph(para, depth, self.budget)?)
    }

    fn end_row(&mut self, props: ParaProps, depth: usize, position: u32) -> Result<(), ReadError> {
        if !self.para.text.text.is_empty() || !self.para.boxes.is_empty() {
            let para = self.take_para(position, None);
            self.flow.paragraph(para, depth, self.budget)?;
        }
        self.start = None;
        if self.props.deleted {
            self.flow.drop_row(depth);
            return Ok(());
        }
        Ok(self.flow.row_end(&props.row.into_def(), depth, self.budget)?)
    }

    /// Takes the paragraph that ends before `end`, and counts its label.
    fn take_para(&mut self, end: u32, props: Option<&ParaProps>) -> Para {
        self.high = None;
        let start = self.start.take().unwrap_or(end.saturating_sub(1));
        let mut para = std::mem::take(&mut self.para);
        para.span = (start, end);
        if let Some(props) = props {
            if props.shared.face.paper != Paper::Unsaid {
                para.text.lay_on(props.shared.face.paper, props.shared.face.ground);
            }
            para.level = props.shared.level;
            para.number = self.lists.label(props.shared);
        }
        para
    }

    /// Properties of the paragraph whose mark is at an offset.
    fn para_props(&mut self, offset: u32, prm: u16) -> Result<ParaProps, ReadError> {
        let styles = self.source.styles;
        self.ended = self.source.paragraphs.run_behind(&self.ended, offset);
        let run = self.ended;
        let known = || self.known_paras.iter().filter(|known| (known.1, known.2) == (run.style, prm));
        if let Some(known) = known().find(|known| std::ptr::eq(known.0, run.grpprl)) {
            return Ok(known.3.clone());
        }
        self.budget.spend(Resource::Steps, (run.grpprl.len() / MODIFIERS_A_STEP) as u64)?;
        if let Some(known) = known().find(|known| known.0 == run.grpprl) {
            return Ok(known.3.clone());
        }
        let mut props = ParaProps::of_style(styles.get(run.style));
        for (opcode, operand) in Sprms::new(run.grpprl) {
            self.budget.spend(Resource::Steps, 1)?;
            if op::P_HUGE_PAPX.contains(&opcode) {
                self.huge_papx(operand, &mut props)?;
            } else {
                props.apply(opcode, operand, styles);
            }
        }
        self.source.pieces.modifiers(prm, self.budget, |opcode, operand| props.apply(opcode, operand, styles))?;
        // Row definitions are long and seldom repeated, so they are not cached.
        if !props.row_end && !props.inner_row_end {
            let known = (run.grpprl, run.style, prm, props.clone());
            if self.known_paras.len() >= KNOWN_PARAGRAPHS {
                self.known_paras.pop_front();
            }
            self.known_paras.push_back(known);
        }
        Ok(props)
    }

    /// Reads properties that are too long for a page from the stream `Data`.
    fn huge_papx(&mut self, operand: &[u8], props: &mut ParaProps) -> Result<(), ReadError> {
        let Some(start) = u32_at(operand, 0).map(|offset| offset as usize) else { return Ok(()) };
        let length = u16_at(self.source.data, start).map_or(0, usize::from);
        let end = start.saturating_add(2 + length).min(self.source.data.len());
        let grpprl = self.source.data.get(start.saturating_add(2)..end).unwrap_or_default();
        for (opcode, operand) in Sprms::new(grpprl) {
            self.budget.spend(Resource::Steps, 1)?;
            props.apply(opcode, operand, self.source.styles);
        }
        Ok(())
    }
}

/// Whether two modifier lists are equal. Equal runs of a page share their list, so addresses are compared first.
fn same(one: &[u8], other: &[u8]) -> bool {
    std::ptr::eq(one, other) || one == other
}
