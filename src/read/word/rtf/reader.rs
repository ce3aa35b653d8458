//! Interprets the tokens: groups, text, and destinations.

use std::sync::Arc;

use super::charset;
use super::picture::PictReader;
use super::state::{Dest, Field, Group, Opens};
use super::tables::{Colours, Fonts, RowReader, Styles};
use super::token::{Token, Tokens};
use crate::document::{Block, Budget, Document, Exceeded, Picture, PictureRef, Region, Resource};
use crate::finding::code::read::{CONTENT_SKIPPED, FILE_DAMAGED};
use crate::finding::{Finding, Message};
use crate::read::ReadError;
use crate::read::shared::marks::{revisions, uncalculated};
use crate::read::word::flow::{Counters, Flow, Para};
use crate::read::word::grid::RowDef;

/// A separate sequence of paragraphs: the body, a note, a header, a text box.
struct Story {
    flow: Flow,
    para: Para,
    row: RowReader,
    nested_row: RowReader,
}

impl Story {
    fn new(region: Region, counters: Counters) -> Self {
        Self {
            flow: Flow::new(None, region, counters),
            para: Para::default(),
            row: RowReader::default(),
            nested_row: RowReader::default(),
        }
    }
}

/// The reader's state.
pub(super) struct Rtf<'b> {
    pub(super) budget: &'b mut Budget,
    findings: &'b mut Vec<Finding>,
    pub(super) group: Group,
    stack: Vec<Group>,
    pub(super) fonts: Fonts,
    pub(super) colours: Colours,
    /// Number of tracked changes.
    pub(super) revisions: u32,
    /// Number of formulas without a result.
    pub(super) uncalculated: u32,
    pub(super) styles: Styles,
    story: Story,
    outer: Vec<Story>,
    /// Notes, headers and footers, added at the end of the document.
    asides: Vec<Block>,
    pub(super) document: Document,
    pub(super) pict: Option<PictReader>,
    /// Name of the current shape property; `pib` is a displayed picture, other pictures are fillings.
    pub(super) shape_property: String,
    /// Text bytes not yet decoded.
    bytes: Vec<u8>,
    /// First half of a surrogate pair.
    high: Option<u16>,
    /// Number of characters of alternative text still to be skipped.
    skip: u32,
    /// Offset of the token being read.
    position: usize,
    /// Number of pictures in formats that are not kept, and of embedded objects.
    left_out: (u32, u32),
    /// The fields that are open.
    pub(super) fields: Vec<Field>,
    /// Pieces of text that were shown.
    pub(super) shown: u64,
    /// Components of the date being read: year, month, day, hour, minute.
    pub(super) date: [i32; 5],
}

impl<'b> Rtf<'b> {
    /// A reader in its initial state.
    pub(super) fn new(budget: &'b mut Budget, findings: &'b mut Vec<Finding>) -> Self {
        Self {
            budget,
            findings,
            group: Group::default(),
            stack: Vec::new(),
            fonts: Fonts::default(),
            colours: Colours::default(),
            revisions: 0,
            uncalculated: 0,
            styles: Styles::default(),
            story: Story::new(Region::Body, Counters::default()),
            outer: Vec::new(),
            asides: Vec::new(),
            document: Document::default(),
            pict: None,
            shape_property: String::new(),
            bytes: Vec::new(),
            high: None,
            skip: 0,
            position: 0,
            left_out: (0, 0),
            fields: Vec::new(),
            shown: 0,
            date: [0; 5],
        }
    }

    /// Reads all tokens; `base` is the offset of `bytes` in the file.
    pub(super) fn run(mut self, bytes: &[u8], base: usize) -> Result<Document, ReadError> {
        let mut tokens = Tokens::new(bytes);
        loop {
            self.position = base + tokens.position();
            let Some(token) = tokens.next() else { break };
            self.budget.spend(Resource::Steps, 1)?;
            if !self.token(token)? {
                break;
            }
        }
        self.flush()?;
        let rest = bytes.get(tokens.position()..).unwrap_or_default();
        if rest.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0) {
            self.findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("RTF 正文已结束，其后还有 {} 个字节未读取。请与原件核对。", rest.len()),
                    format!(
                        "{} bytes after the end of the RTF text were not read. Compare it with the original.",
                        rest.len()
                    ),
                ),
            ));
        }
        if !self.stack.is_empty() {
            self.findings.push(Finding::new(
                &FILE_DAMAGED,
                Message::new(
                    "RTF 文件在结尾前中断，其后的内容（如有）已丢失。请与原件核对。",
                    "The RTF file breaks off before its end; what stood after it, if anything, is lost. Compare it with the original.",
                ),
            ));
        }
        while let Some(outer) = self.outer.pop() {
            let inner = std::mem::replace(&mut self.story, outer);
            self.end_story(inner, Opens::Aside)?;
        }
        self.end_paragraph(false)?;
        self.finish()
    }

    fn finish(mut self) -> Result<Document, ReadError> {
        let (blocks, mut asides, _) = self.story.flow.finish(self.budget)?;
        self.document.blocks = blocks;
        self.document.asides.append(&mut asides);
        self.findings.extend(revisions(self.revisions));
        self.findings.extend(uncalculated(self.uncalculated));
        self.document.blocks.append(&mut self.asides);
        let (pictures, objects) = self.left_out;
        if pictures > 0 {
            self.findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("有 {pictures} 张图片不是 PNG 或 JPEG（图元文件或位图），未读取。请核对输出。"),
                    format!("{pictures} picture(s) are neither PNG nor JPEG (metafiles or bitmaps) and were not read. Check the output."),
                ),
            ));
        }
        if objects > 0 {
            self.findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("有 {objects} 个嵌入对象，只读取了其显示内容。请核对输出。"),
                    format!("There are {objects} embedded object(s); only what they show was read. Check the output."),
                ),
            ));
        }
        Ok(self.document)
    }

    /// Handles a token; `false` at the end of the file.
    fn token(&mut self, token: Token<'_>) -> Result<bool, Exceeded> {
        match token {
            Token::Open => {
                self.flush()?;
                self.skip = 0;
                self.budget.spend(Resource::Depth, self.stack.len() as u64 + 1)?;
                self.stack.push(self.group);
                self.group.opens = Opens::Nothing;
                self.group.starred = false;
            }
            Token::Close => {
                self.flush()?;
                self.skip = 0;
                self.close_group()?;
                return Ok(!self.stack.is_empty());
            }
            Token::Text(bytes) => self.text(bytes)?,
            Token::Hex(byte) if self.skip > 0 => {
                let _ = byte;
                self.skip -= 1;
            }
            Token::Hex(byte) => self.byte(byte),
            Token::Binary(data) => self.binary(data)?,
            Token::Symbol(symbol) if self.skip > 0 && !matches!(symbol, b'\r' | b'\n' | b'*') => self.skip -= 1,
            Token::Symbol(symbol) => self.symbol(symbol)?,
            Token::Word(name, number) => self.control(name, number)?,
        }
        Ok(true)
    }

    fn control(&mut self, name: &[u8], number: Option<i32>) -> Result<(), Exceeded> {
        if name == b"u" {
            self.skip = 0;
            self.unicode(number.unwrap_or(0))?;
            self.skip = self.group.uc;
            return Ok(());
        }
        if self.skip > 0 && !matches!(name, b"par" | b"cell" | b"row" | b"nestcell" | b"nestrow" | b"uc") {
            self.skip -= 1;
            return Ok(());
        }
        self.flush()?;
        self.word(name, number)
    }

    fn text(&mut self, bytes: &[u8]) -> Result<(), Exceeded> {
        let skipped = (self.skip as usize).min(bytes.len());
        self.skip -= skipped as u32;
        let bytes = &bytes[skipped..];
        if bytes.is_empty() {
            return Ok(());
        }
        if self.group.dest == Dest::Picture {
            return match &mut self.pict {
                Some(pict) => pict.hex(bytes, self.budget),
                None => Ok(()),
            };
        }
        if self.wants_text() {
            self.high = None;
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) {
        if self.wants_text() {
            self.high = None;
            self.bytes.push(byte);
        }
    }

    fn binary(&mut self, data: &[u8]) -> Result<(), Exceeded> {
        self.flush()?;
        match &mut self.pict {
            Some(pict) if self.group.dest == Dest::Picture => pict.binary(data, self.budget),
            _ => Ok(()),
        }
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Exceeded> {
        match symbol {
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'*' => self.group.starred = true,
            b'~' => self.character('\u{A0}')?,
            b'_' => self.character('\u{2011}')?,
            b'\r' | b'\n' => {
                self.flush()?;
                self.end_paragraph(true)?;
            }
            b'\t' => self.character('\t')?,
            // Optional hyphens, index marks and unknown symbols.
            _ => {}
        }
        Ok(())
    }

    fn unicode(&mut self, number: i32) -> Result<(), Exceeded> {
        let unit = u16::try_from(number & 0xFFFF).unwrap_or(0xFFFD); // Written as a signed 16-bit number.
        let high = self.high.take();
        match (unit, high) {
            (0xD800..=0xDBFF, _) => {
                self.flush()?;
                self.high = Some(unit);
                Ok(())
            }
            (0xDC00..=0xDFFF, Some(high)) => {
                let pair = char::decode_utf16([high, unit]).next().and_then(Result::ok);
                self.character(pair.unwrap_or('\u{FFFD}'))
            }
            _ => self.character(char::from_u32(u32::from(unit)).unwrap_or('\u{FFFD}')),
        }
    }

    fn wants_text(&self) -> bool {
        match self.group.dest {
            Dest::Story | Dest::Instruction | Dest::Choice => !self.group.deleted,
            Dest::Colours | Dest::Styles | Dest::Label | Dest::Info(_) | Dest::ShapeProperty => true,
            Dest::Skip | Dest::Fonts | Dest::Picture | Dest::NestedRow | Dest::Shape | Dest::Form => false,
        }
    }

    /// Adds a character that needs no decoding.
    pub(super) fn character(&mut self, character: char) -> Result<(), Exceeded> {
        self.flush()?;
        let mut buffer = [0; 4];
        self.emit(character.encode_utf8(&mut buffer))
    }

    /// Decodes the pending bytes.
    pub(super) fn flush(&mut self) -> Result<(), Exceeded> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let result = self.emit(&charset::decode(&bytes, self.group.charset, self.fonts.page));
        self.bytes = bytes;
        self.bytes.clear();
        result
    }

    pub(super) fn emit(&mut self, text: &str) -> Result<(), Exceeded> {
        if !self.wants_text() {
            return Ok(());
        }
        match self.group.dest {
            Dest::Story => {
                self.shown += 1;
                if self.story.para.text.text.is_empty() {
                    self.story.para.span.0 = self.position as u32;
                }
                self.hold(self.story.para.text.text.len() + text.len())?;
                let (para, face) = (&mut self.story.para.text, self.group.face);
                if face.is_plain() && para.is_plain() {
                    para.text.push_str(text);
                } else {
                    para.push(text, face);
                }
            }
            Dest::Styles => self.styles.text(text),
            Dest::Colours => self.colours.text(text),
            Dest::Label => {
                let number = self.story.para.number.get_or_insert_default();
                if number.len() < 256 {
                    number.push_str(text);
                }
            }
            Dest::Info(field) => self.info(field, text),
            Dest::Instruction | Dest::Choice => self.instruct(text),
            Dest::ShapeProperty if self.shape_property.len() < 64 => self.shape_property.push_str(text),
            _ => {}
        }
        Ok(())
    }

    /// Leaves the reading above a text out of it.
    pub(super) fn reading(&mut self, text: &str) {
        self.story.para.text.marks.reading(text);
    }

    /// Refuses a paragraph that alone would exceed the text limit (it is charged when it ends).
    fn hold(&self, bytes: usize) -> Result<(), Exceeded> {
        let (asked, limit) = (bytes as u64, self.budget.left(Resource::TextBytes));
        if asked > limit { Err(Exceeded { resource: Resource::TextBytes, asked, limit }) } else { Ok(()) }
    }

    fn take_para(&mut self) -> Para {
        let mut para = std::mem::take(&mut self.story.para);
        para.number = para.number.map(|number| number.trim().to_owned()).filter(|number| !number.is_empty());
        para.level = self.group.outline.or_else(|| self.styles.level(self.group.style));
        para.span = (if para.span.0 == 0 { self.position as u32 } else { para.span.0 }, self.position as u32);
        para
    }

    /// Ends the paragraph; `marked` if by a paragraph mark, and not merely by the end of its container.
    pub(super) fn end_paragraph(&mut self, marked: bool) -> Result<(), Exceeded> {
        if self.group.dest != Dest::Story && marked {
            return Ok(());
        }
        let text = &self.story.para.text;
        let empty =
            text.text.is_empty() && text.marks.is_empty() && text.is_plain() && self.story.para.pictures.is_empty();
        if !marked && empty {
            return Ok(());
        }
        // If the mark is deleted or hidden, the paragraph continues in the next one.
        if marked && !self.group.is_shown() {
            return Ok(());
        }
        let depth = self.group.depth().max(usize::from(self.story.flow.row_is_open(1)));
        let para = self.take_para();
        self.story.flow.paragraph(para, depth, self.budget)
    }

    /// `\cell`, `\nestcell`
    pub(super) fn end_cell(&mut self, nested: bool) -> Result<(), Exceeded> {
        if self.group.dest != Dest::Story {
            return Ok(());
        }
        let depth = if nested { self.group.depth().max(2) } else { 1 };
        let para = self.take_para();
        self.story.flow.cell_end(para, depth, self.budget)
    }

    /// `\row`, `\nestrow`
    pub(super) fn end_row(&mut self, nested: bool) -> Result<(), Exceeded> {
        if !matches!(self.group.dest, Dest::Story | Dest::NestedRow) {
            return Ok(());
        }
        let depth = if nested { self.group.depth().max(2) } else { 1 };
        let story = &mut self.story;
        let def: &RowDef = if nested { &story.nested_row.def } else { &story.row.def };
        story.flow.row_end(def, depth, self.budget)
    }

    /// The row definition that control words apply to.
    pub(super) fn row(&mut self) -> &mut RowReader {
        if self.group.dest == Dest::NestedRow { &mut self.story.nested_row } else { &mut self.story.row }
    }

    /// Counts an embedded object.
    pub(super) fn object(&mut self) {
        if self.group.dest == Dest::Story {
            self.left_out.1 += 1;
        }
    }

    /// Starts a separate story with the current group.
    pub(super) fn begin_story(&mut self, region: Region, opens: Opens) {
        if self.group.dest == Dest::Skip || self.group.opens != Opens::Nothing {
            return;
        }
        let story = Story::new(region, self.story.flow.counters());
        self.outer.push(std::mem::replace(&mut self.story, story));
        let charset = self.group.charset;
        let uc = self.group.uc;
        self.group = Group { opens, uc, charset, ..Group::default() };
    }

    fn close_group(&mut self) -> Result<(), Exceeded> {
        let Some(outer) = self.stack.pop() else { return Ok(()) };
        match self.group.opens {
            Opens::Nothing => self.end_info(outer.dest),
            Opens::Picture => self.end_picture(&outer)?,
            Opens::Field => self.end_field()?,
            opens @ (Opens::Aside | Opens::TextBox) => {
                self.end_paragraph(false)?;
                if let Some(story) = self.outer.pop() {
                    let inner = std::mem::replace(&mut self.story, story);
                    self.end_story(inner, opens)?;
                }
            }
        }
        self.group = outer;
        Ok(())
    }

    fn end_story(&mut self, story: Story, opens: Opens) -> Result<(), Exceeded> {
        let (blocks, mut asides, counters) = story.flow.finish(self.budget)?;
        self.document.asides.append(&mut asides);
        self.story.flow.set_counters(counters);
        match opens {
            Opens::TextBox => self.story.flow.insert(blocks),
            _ => self.asides.extend(blocks),
        }
        Ok(())
    }

    fn end_picture(&mut self, outer: &Group) -> Result<(), Exceeded> {
        let Some(pict) = self.pict.take().map(PictReader::finish) else { return Ok(()) };
        let shown = match outer.dest {
            Dest::Story => outer.is_shown(),
            Dest::Shape => self.shape_property.trim() == "pib",
            _ => false,
        };
        if !shown {
            return Ok(());
        }
        let Some((media_type, suffix)) = pict.kind.filter(|_| !pict.bytes.is_empty()) else {
            self.left_out.0 += 1;
            return Ok(());
        };
        self.budget.spend(Resource::Entries, 1)?;
        let index = self.document.pictures.len();
        self.document.pictures.push(Picture {
            name: format!("image{}.{suffix}", index + 1),
            media_type: media_type.to_owned(),
            bytes: Arc::from(pict.bytes),
        });
        self.story.para.pictures.push(PictureRef { index, extent: pict.extent, ..PictureRef::default() });
        Ok(())
    }
}
