//! Handlers of the main WordprocessingML elements.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::controls;
use super::faces::Run;
use super::flow::HolderKind;
use super::names::{face_property, is_on, number, text_fill, val};
use super::table::{Merge, TableRow};
use super::walk::{Element, Walk};
use crate::document::Region;
use crate::read::shared::marks::{Change, Face, LEAST_TWIPS};
use crate::read::shared::numeral::bullet;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::Tag;
use crate::text::RIGHT_TO_LEFT;

/// Substrings of element names that the walk wants inside a property element; the name of the element itself finds nested ones.
struct Wanted {
    /// Index of this set in the cache of unwanted elements.
    number: usize,
    finders: LazyLock<Vec<Finder<'static>>>,
}

fn finders(words: &[&'static str]) -> Vec<Finder<'static>> {
    words.iter().map(|word| Finder::new(*word)).collect()
}

static CELL: Wanted =
    Wanted { number: 0, finders: LazyLock::new(|| finders(&["gridSpan", "erge", "cellDel", "tcPr"])) };
static MARK: Wanted =
    Wanted { number: 1, finders: LazyLock::new(|| finders(&["del", "moveFrom", "annotation", "rPr"])) };

impl<'a> Walk<'a, '_, '_> {
    /// Opens a property element, or skips it if it contains none of the wanted names: most properties are fonts and sizes, and most
    /// elements repeat the previous one.
    fn wanted(&mut self, wanted: &Wanted, element: Element) -> Option<Element> {
        let unwanted = &mut self.unwanted[wanted.number];
        if let Some(known) = unwanted.filter(|known| self.events.is_left(known)) {
            self.events.skip_ahead(known);
            return None;
        }
        let Some(ahead) = self.events.ahead() else { return Some(element) };
        if wanted.finders.iter().any(|word| word.find(ahead.as_bytes()).is_some()) {
            return Some(element);
        }
        *unwanted = Some(ahead);
        self.events.skip_ahead(ahead);
        None
    }

    /// Opens the properties of a paragraph, or skips them if the same XML is in the cache: most paragraphs of a report repeat the
    /// properties of another.
    fn properties(&mut self) -> Option<Element> {
        self.known.stand_in(self.events.scope());
        let fresh = self.shared.fresh_properties();
        let Some(para) = self.flow.para().filter(|para| para.props == fresh) else {
            return Some(Element::ParagraphProps);
        };
        // Fast path: the cells of a row are formatted alike.
        if let Some((known, props)) = self.known.last().filter(|(known, _)| self.events.is_left(known)) {
            para.props = props;
            self.events.skip_ahead(known);
            return None;
        }
        if let Some(ahead) = self.events.ahead() {
            if let Some(props) = self.known.get(ahead) {
                para.props = props;
                self.events.skip_ahead(ahead);
                return None;
            }
            self.learning = Some((ahead, self.depth()));
        }
        Some(Element::ParagraphProps)
    }

    /// Handles an element where content is allowed; `None` if it is skipped.
    pub(super) fn word(&mut self, tag: &Tag<'a>) -> Option<Element> {
        let element = match tag.local.as_bytes() {
            b"p" => {
                self.flow.open_paragraph(tag.start, self.shared);
                Element::Paragraph
            }
            b"r" => {
                if let Some(para) = self.flow.para() {
                    para.props.face = para.props.style_face;
                }
                Element::Run
            }
            b"t" => {
                let preserve = tag.reads(" xml:space=\"preserve\"")
                    || (tag.has_attributes() && tag.get("space").is_some_and(|space| space == "preserve"));
                self.text_element(preserve)
            }
            b"rPr" if self.parent() == Element::Run => return self.run_begins(),
            b"pPr" if self.parent() == Element::Paragraph => return self.properties(),
            b"tc" => self.cell(tag),
            b"tcPr" if self.parent() == Element::Cell => {
                let wanted = self.wanted(&CELL, Element::CellProps);
                // XML of the properties, skipped or to be parsed.
                let xml = if wanted.is_none() { self.unwanted[CELL.number] } else { self.events.ahead() };
                if let (Some(around), Some(xml)) = (self.around.last_mut(), xml) {
                    *around = xml;
                }
                return wanted;
            }
            b"tblPr" if self.parent() == Element::Table => {
                if let (Some(around), Some(xml)) = (self.around.last_mut(), self.events.ahead()) {
                    *around = xml;
                }
                return None;
            }
            b"tr" => self.row(),
            b"trPr" if self.parent() == Element::Row => Element::RowProps,
            b"tbl" => self.table(tag),
            b"tblGrid" if self.parent() == Element::Table => Element::Columns,
            b"bdo" if val(tag).is_some_and(|way| way == "rtl") => {
                if let Some(para) = self.flow.para() {
                    para.push(RIGHT_TO_LEFT);
                }
                Element::Turned
            }
            b"sectPr" => Element::Section,
            b"body" => {
                self.shared.has_body = true;
                Element::Through
            }
            b"instrText" => Element::Instruction,
            b"rt" => {
                if let Some(inside) = self.events.ahead() {
                    self.reading_in(inside);
                }
                return None;
            }
            b"fldSimple" => {
                // With a result it is a list of runs; without one only the instruction is shown.
                if let (Some(code), Some(inside)) = (tag.get("instr"), self.events.ahead())
                    && !inside.contains('<')
                {
                    self.show_instruction(&code);
                }
                Element::Through
            }
            b"txbxContent" => return self.shown_box(tag),
            b"drawing" | b"pict" | b"object" => {
                self.drawing_begins();
                Element::Drawing
            }
            b"footnote" | b"endnote" => return self.note(tag),
            b"binData" => self.binary_begins(tag),
            b"sdtPr" => {
                if let Some(said) = self.events.ahead()
                    && let Some(value) = self.shared.bound(said, self.relationships)
                {
                    self.bound = Some((self.depth(), Some(value)));
                }
                return None;
            }
            b"ffData" => {
                let said = self.events.ahead().unwrap_or_default();
                let choice = controls::choice(said, self.shared.budget);
                self.fields.choose(choice);
                return None;
            }
            name if is_passed_over(name) => {
                self.shared.revisions += u32::from(matches!(name, b"del" | b"moveFrom"));
                return None;
            }
            name => {
                self.mark(name, tag);
                Element::Through
            }
        };
        Some(element)
    }

    /// Handles an element that is a character, a reference, or not read.
    fn mark(&mut self, name: &[u8], tag: &Tag<'a>) {
        match name {
            b"tab" | b"ptab" => self.show_control('\t'),
            b"br" => match tag.get("type").as_deref() {
                Some("page" | "column") => {
                    if let Some(para) = self.flow.para() {
                        para.break_page();
                    }
                }
                _ => self.show_control('\n'),
            },
            b"cr" => self.show_control('\n'),
            b"noBreakHyphen" => self.show("\u{2011}"),
            b"sym" => self.symbol(tag),
            b"fldChar" => {
                if let Some(kind) = tag.get("fldCharType") {
                    self.field_character(&kind);
                }
            }
            b"footnoteReference" => self.shared.refers_to[0] = true,
            b"endnoteReference" => self.shared.refers_to[1] = true,
            b"ins" | b"moveTo" => self.shared.revisions += 1,
            b"background" => self.shared.coloured = true,
            b"commentReference" => self.shared.skipped.add(SkippedKind::Comment),
            b"subDoc" => self.skipped(SkippedKind::Chunk),
            b"control" => self.skipped(SkippedKind::Object),
            _ => {}
        }
    }

    /// Adds a character of a symbol font; code points in its private use area are mapped to Unicode.
    fn symbol(&mut self, tag: &Tag<'a>) {
        let code = tag.get("char").and_then(|code| u32::from_str_radix(code.trim(), 16).ok());
        let Some(character) = code.and_then(char::from_u32) else { return };
        let font = tag.get("font").unwrap_or_default();
        let shown = match (font.as_ref(), u32::from(character) & 0xFF) {
            ("Wingdings", 0xA8 | 0x6F | 0x71) | ("Wingdings 2", 0xA3 | 0x30) => '□',
            ("Wingdings", 0xFE) | ("Wingdings 2", 0x52) => '☑',
            ("Wingdings", 0xFD) | ("Wingdings 2", 0x51) => '☒',
            ("Wingdings 2", 0x50) => '✓',
            ("Wingdings", 0xFB) | ("Wingdings 2", 0x4F) => '✗',
            _ => bullet(character),
        };
        self.show(shown.encode_utf8(&mut [0; 4]));
    }

    fn table(&mut self, tag: &Tag<'a>) -> Element {
        if self.flow.region() == Region::HeaderFooter {
            return Element::Through;
        }
        self.flow.open_table(tag.start, self.shared);
        self.around.push("");
        Element::Table
    }

    fn row(&mut self) -> Element {
        match self.flow.tables.last_mut() {
            Some(table) if table.row.is_none() && table.open_cells == 0 => {
                table.row = Some(TableRow::default());
                Element::Row
            }
            _ => Element::Through,
        }
    }

    fn cell(&mut self, tag: &Tag<'a>) -> Element {
        match self.flow.tables.last_mut() {
            Some(table) if table.row.is_some() && table.open_cells == 0 => {
                table.open_cells = 1;
                self.flow.open(HolderKind::Cell, tag.start);
                self.around.push("");
                Element::Cell
            }
            _ => Element::Through,
        }
    }

    /// Opens the content of a text box, unless its host is hidden.
    fn shown_box(&mut self, tag: &Tag<'a>) -> Option<Element> {
        let hidden = self.flow.para().is_some_and(|para| para.props.face.hidden);
        (!hidden).then(|| self.text_box(tag))
    }

    /// Opens a note; notes of other types are separators between text and notes.
    fn note(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if self.flow.region() == Region::Note {
            return tag.get("type").is_none_or(|kind| kind == "normal").then_some(Element::Through);
        }
        self.flow.open(HolderKind::Note, tag.start);
        Some(Element::Note)
    }

    /// Reads a property of a paragraph (17.3.1).
    pub(super) fn paragraph_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        match tag.local {
            "numPr" | "listPr" => return Some(Element::ParagraphProps),
            "rPr" => return self.wanted(&MARK, Element::MarkProps),
            "sectPr" => {
                // Headers and footers of a section are read every time, so the properties are not cached.
                self.learning = None;
                return Some(Element::Section);
            }
            "pStyle" => {
                let style = val(tag).and_then(|id| self.shared.styles.find(&id));
                let face = self.shared.styles.get(style).map(|style| style.face.apply(Face::default()));
                if let Some(para) = self.flow.para() {
                    para.props.style = style;
                    para.props.style_face = face.unwrap_or_default();
                    para.props.face = para.props.style_face;
                }
            }
            "shd" => {
                let mut change = Change::default();
                face_property(tag, &mut change);
                if let Some(para) = self.flow.para() {
                    para.props.style_face = change.apply(para.props.style_face);
                    para.props.face = para.props.style_face;
                }
            }
            "outlineLvl" | "numId" | "ilfo" | "ilvl" => {
                let value = number(tag);
                if let Some(para) = self.flow.para() {
                    match tag.local {
                        "outlineLvl" => para.props.outline = value,
                        "ilvl" => para.props.list_level = value.and_then(|level| u8::try_from(level).ok()),
                        _ => para.props.list = value,
                    }
                }
            }
            _ => {}
        }
        None
    }

    /// Reads a property of a paragraph mark: only whether it is deleted.
    pub(super) fn mark_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if matches!(tag.local, "del" | "moveFrom") {
            self.mark_deleted();
        }
        None
    }

    /// Opens the properties of a run, or skips them if the same XML is in the cache: most runs of a report repeat the properties of
    /// another.
    fn run_begins(&mut self) -> Option<Element> {
        self.faces.stand_in(self.events.scope());
        let mut known = self.faces.recent(|xml| self.events.is_left(xml));
        if known.is_none() {
            let ahead = self.events.ahead();
            known = ahead.and_then(|xml| Some((xml, self.faces.get(xml)?)));
            self.run = known.is_none().then(|| (ahead, Run::default()));
        }
        let Some((xml, run)) = known else { return Some(Element::RunProps) };
        self.put_on(run);
        self.events.skip_ahead(xml);
        None
    }

    fn put_on(&mut self, run: Run) {
        if run != Run::default()
            && let Some(para) = self.flow.para()
        {
            run.apply(&mut para.props, &self.shared.styles);
        }
    }

    /// Ends the properties of a run.
    pub(super) fn run_ends(&mut self) {
        let Some((xml, run)) = self.run.take() else { return };
        if let Some(xml) = xml {
            self.faces.keep(xml, run);
        }
        self.put_on(run);
    }

    /// Reads a property of a run: only those that decide whether text is read.
    pub(super) fn run_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if let Some((_, run)) = &mut self.run {
            match tag.local {
                "rStyle" => run.style = val(tag).and_then(|id| self.shared.styles.find(&id)),
                _ => face_property(tag, &mut run.face),
            }
        }
        None
    }

    /// Reads the text fill of a run (Word 2010).
    pub(super) fn text_fill(&mut self) {
        if let (Some((_, run)), Some(xml)) = (&mut self.run, self.events.ahead()) {
            text_fill(xml, &mut run.face);
        }
    }

    /// Reads a column of the table grid (17.4.16).
    pub(super) fn column(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if tag.local == "gridCol"
            && let Some(table) = self.flow.tables.last_mut()
        {
            let width = tag.get("w").and_then(|width| width.trim().parse().ok());
            table.grid_column(width, self.shared.budget);
        }
        None
    }

    /// Reads a property of a row (17.4.81).
    pub(super) fn row_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if matches!(tag.local, "del" | "moveFrom") {
            self.mark_deleted();
        } else if matches!(tag.local, "ins" | "moveTo") {
            self.shared.revisions += 1;
        } else if let Some(row) = self.flow.tables.last_mut().and_then(|table| table.row.as_mut()) {
            match tag.local {
                "gridBefore" => row.before = number(tag).unwrap_or(0),
                "gridAfter" => row.after = number(tag).unwrap_or(0),
                "hidden" => row.hidden = is_on(tag),
                "trHeight" => {
                    let exact = tag.get("hRule").or_else(|| tag.get("h-rule")).is_some_and(|rule| rule == "exact");
                    row.hidden |= exact && number(tag).is_some_and(|height| height <= LEAST_TWIPS);
                }
                _ => {}
            }
        }
        None
    }

    /// Reads a property of a cell (17.4.69); Word 2003 writes the names of merges in lower case.
    pub(super) fn cell_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        let merge = || match val(tag).as_deref() {
            Some("restart") => Merge::Restart,
            _ => Merge::Continue,
        };
        if let Some(cell) = self.flow.cell() {
            match tag.local {
                "gridSpan" => cell.columns = number(tag).unwrap_or(1).max(1),
                "vMerge" | "vmerge" => cell.vertical = merge(),
                "hMerge" | "hmerge" => cell.horizontal = merge(),
                "cellDel" => cell.deleted = true,
                _ => {}
            }
        }
        None
    }

    /// Reads a property of a section: its headers and footers (17.10); in Word 2003 they contain their text.
    pub(super) fn section_property(&mut self, tag: &Tag<'a>) -> Option<Element> {
        match tag.local {
            "headerReference" | "footerReference" => {
                let wanted = &mut self.shared.wanted_margins;
                if let Some(id) = tag.get("id")
                    && wanted.len() < 100
                    && !wanted.iter().any(|known| *known == id)
                {
                    wanted.push(id.into_owned());
                }
            }
            "hdr" | "ftr" => {
                self.flow.open(HolderKind::Margin, tag.start);
                return Some(Element::Margin);
            }
            _ => {}
        }
        None
    }
}

/// Elements whose content is not visible text: properties, deleted text, field instructions, ruby readings.
fn is_passed_over(name: &[u8]) -> bool {
    matches!(
        name,
        b"rPr"
            | b"pPr"
            | b"tcPr"
            | b"trPr"
            | b"tblPr"
            | b"tblPrEx"
            | b"tblGrid"
            | b"del"
            | b"moveFrom"
            | b"delText"
            | b"delInstrText"
            | b"fldData"
            | b"ffData"
            | b"sdtPr"
            | b"sdtEndPr"
            | b"smartTagPr"
            | b"customXmlPr"
            | b"rubyPr"
            | b"styles"
            | b"lists"
            | b"fonts"
            | b"docPr"
            | b"bgPict"
    )
}
