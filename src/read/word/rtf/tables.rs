//! The tables at the head of an RTF file (fonts, colours, styles) and the row definitions in its text.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::charset::{self, Charset};
use crate::read::shared::marks::{LEAST_TWIPS, Paper, Rgb};
use crate::read::word::flow::heading_level;
use crate::read::word::grid::{CellDef, RowDef, Vertical};

/// Maximum number of cells of a row; Word allows 63.
const MOST_CELLS: usize = 1_000;

/// Highest font and style number accepted; both are 16-bit numbers in every program.
const HIGHEST_NUMBER: i32 = 0xFFFF;

/// The font table and the file's code page.
#[derive(Debug)]
pub(super) struct Fonts {
    /// The file's code page.
    pub(super) page: &'static Encoding,
    /// `\deffN`
    pub(super) default: i32,
    charsets: BTreeMap<i32, Charset>,
    current: i32,
}

impl Default for Fonts {
    fn default() -> Self {
        Self { page: WINDOWS_1252, default: 0, charsets: BTreeMap::new(), current: 0 }
    }
}

impl Fonts {
    /// Handles a control word of the font table.
    pub(super) fn word(&mut self, name: &[u8], number: i32) {
        match name {
            b"f" => self.current = number,
            b"fcharset" => self.set(charset::of_font(number)),
            b"cpg" => {
                if let Some(encoding) = charset::of_page(number) {
                    self.set(Charset::Page(encoding));
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, charset: Charset) {
        if (0..=HIGHEST_NUMBER).contains(&self.current) {
            self.charsets.insert(self.current, charset);
        }
    }

    /// Character set of a font.
    pub(super) fn charset(&self, font: i32) -> Charset {
        self.charsets.get(&font).copied().unwrap_or_default()
    }
}

/// Maximum number of colours; Word writes about a hundred at most.
const MOST_COLOURS: usize = 1_000;

/// The colour table. Its first entry is usually the automatic colour.
#[derive(Debug, Default)]
pub(super) struct Colours {
    list: Vec<Option<[u8; 3]>>,
    open: Option<[u8; 3]>,
}

impl Colours {
    /// Handles a control word of the colour table.
    pub(super) fn word(&mut self, name: &[u8], value: i32) {
        let channel = match name {
            b"red" => 0,
            b"green" => 1,
            b"blue" => 2,
            _ => return,
        };
        self.open.get_or_insert_default()[channel] = u8::try_from(value.clamp(0, 255)).unwrap_or(0);
    }

    /// Handles text of the colour table: `;` ends an entry.
    pub(super) fn text(&mut self, text: &str) {
        for _ in text.matches(';') {
            let colour = self.open.take();
            if self.list.len() < MOST_COLOURS {
                self.list.push(colour);
            }
        }
    }

    /// A colour by its index; `None` for the automatic colour.
    pub(super) fn get(&self, number: i32) -> Option<[u8; 3]> {
        self.list.get(usize::try_from(number).ok()?).copied().flatten()
    }

    /// The background of a colour index.
    pub(super) fn paper(&self, number: i32) -> Paper {
        self.get(number).map_or(Paper::Unsaid, Paper::from_rgb)
    }
}

/// The pattern at which only the front colour is visible, in hundredths of a percent.
const SOLID: i32 = 10_000;

/// Shading of text, of a paragraph or of a cell: colours behind and in front, and the density of the pattern in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shading {
    back: i32,
    front: i32,
    density: i32,
}

impl Shading {
    /// Handles a control word.
    pub(super) fn word(&mut self, name: &[u8], value: i32) {
        if name.ends_with(b"cfpat") {
            self.front = value;
        } else if name.ends_with(b"cbpat") || name == b"cb" {
            self.back = value;
        } else {
            self.density = value;
        }
    }

    /// The background, and its colour if that is known.
    pub(super) fn ground(self, colours: &Colours) -> (Paper, Option<Rgb>) {
        let number = match self.density {
            SOLID.. => self.front,
            1.. => return (Paper::Coloured, None),
            _ => self.back,
        };
        (colours.paper(number), colours.get(number))
    }
}

/// Outline levels of paragraph styles.
#[derive(Debug, Default)]
pub(super) struct Styles {
    levels: BTreeMap<u16, u8>,
    current: u16,
    outline: Option<u8>,
    name: String,
}

impl Styles {
    /// Handles a control word of the style sheet.
    pub(super) fn word(&mut self, name: &[u8], number: Option<i32>) {
        match name {
            b"s" => self.current = number.and_then(|number| u16::try_from(number).ok()).unwrap_or(0),
            b"outlinelevel" => self.outline = outline_level(number),
            _ => {}
        }
    }

    /// Adds a part of a style's name; `;` ends the style.
    pub(super) fn text(&mut self, text: &str) {
        for piece in text.split_inclusive(';') {
            let room = 64_usize.saturating_sub(self.name.len());
            self.name.extend(piece.trim_end_matches(';').chars().take(room));
            if piece.ends_with(';') {
                let level = self.outline.or_else(|| heading_level(&self.name));
                if let Some(level) = level {
                    self.levels.insert(self.current, level);
                }
                *self = Self { levels: std::mem::take(&mut self.levels), ..Self::default() };
            }
        }
    }

    /// The outline level of a style, 1 = highest.
    pub(super) fn level(&self, style: u16) -> Option<u8> {
        self.levels.get(&style).copied()
    }
}

/// The outline level of `\outlinelevelN`, 1 = highest; `None` for 9, running text.
pub(super) fn outline_level(number: Option<i32>) -> Option<u8> {
    u8::try_from(number.unwrap_or(0)).ok().filter(|&level| level < 9).map(|level| level + 1)
}

/// A row definition being read.
#[derive(Debug, Default)]
pub(super) struct RowReader {
    /// The definition so far.
    pub(super) def: RowDef,
    cell: CellDef,
    shading: Shading,
}

impl RowReader {
    /// Handles a control word; `false` if it is not part of a row definition.
    pub(super) fn word(&mut self, name: &[u8], number: Option<i32>, colours: &Colours) -> bool {
        match name {
            b"clcbpat" | b"clcfpat" | b"clshdng" => self.shading.word(name, number.unwrap_or(0)),
            b"trowd" => *self = Self::default(),
            // An exact height is negative; 0 means automatic height.
            b"trrh" => {
                let height = number.unwrap_or(0).unsigned_abs();
                self.def.hidden = number.unwrap_or(0) < 0 && height <= LEAST_TWIPS;
            }
            b"trleft" => self.def.left = number.unwrap_or(0),
            b"clmrg" => self.cell.merged = true,
            b"clvmgf" => self.cell.vertical = Vertical::Restart,
            b"clvmrg" => self.cell.vertical = Vertical::Continue,
            b"cellx" => {
                let (paper, ground) = std::mem::take(&mut self.shading).ground(colours);
                let cell = std::mem::take(&mut self.cell);
                let cell = CellDef { right: number.unwrap_or(0), paper, ground, ..cell };
                if self.def.cells.len() < MOST_CELLS {
                    self.def.cells.push(cell);
                }
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_headings_by_outline_level_or_by_name() {
        let mut styles = Styles::default();
        styles.word(b"s", Some(1));
        styles.text("heading 1;");
        styles.word(b"s", Some(2));
        styles.text("标题");
        styles.text(" 2;");
        styles.word(b"s", Some(3));
        styles.word(b"outlinelevel", Some(2));
        styles.text("公文三级;");
        styles.word(b"s", Some(4));
        styles.text("Body;");
        assert_eq!([1, 2, 3, 4].map(|style| styles.level(style)), [Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn a_new_definition_forgets_the_one_before() {
        let mut row = RowReader::default();
        for (name, number) in [("clvmgf", None), ("cellx", Some(100)), ("trowd", None), ("cellx", Some(70))] {
            assert!(row.word(name.as_bytes(), number, &Colours::default()));
        }
        assert_eq!(row.def.cells, [CellDef { right: 70, ..CellDef::default() }]);
    }
}
