//! Fonts, fills and formats of binary workbooks that decide whether text is read (MS-XLS 2.4.122, 2.4.188 and 2.4.353, MS-XLSB 2.4.149,
//! 2.4.157 and 2.4.821).

use super::Run;
use super::colours;
use super::faces::{of_format, on, special};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::shared::marks::{Change, Face, Paper, Shift};

/// Font sizes are in twentieths of a point.
const TWENTIETHS_A_HALF_POINT: u16 = 10;

/// A reference to a colour.
#[derive(Debug, Clone, Copy)]
enum Colour {
    Palette(u16),
    Known([u8; 3]),
    Unknown,
}

/// The fill of a cell.
#[derive(Debug, Clone, Copy)]
enum Fill {
    None,
    Solid(Colour),
    Other,
}

/// Fonts and formats of a workbook. Colours are resolved at the end, because the palette may come last.
#[derive(Debug, Default)]
pub(super) struct Faces {
    fonts: Vec<(Change, Option<Colour>)>,
    fills: Vec<Fill>,
    palette: Option<Vec<[u8; 3]>>,
    /// For each cell format: its font, its fill, and whether its number format displays nothing.
    formats: Vec<(u16, Option<Fill>, bool)>,
    of_cells: Vec<Face>,
}

impl Faces {
    /// Adds a palette (MS-XLS 2.4.188).
    pub(super) fn palette(&mut self, data: &[u8]) {
        let colours = data.get(2..).unwrap_or_default().as_chunks::<4>().0.iter();
        self.palette = Some(colours.map(|&[red, green, blue, _]| [red, green, blue]).collect());
    }

    /// Adds a font of an .xls file.
    pub(super) fn font_xls(&mut self, data: &[u8]) {
        let at = |at| u16_at(data, at).unwrap_or(0);
        self.fonts.push((font(at(0), at(2), at(8)), Some(Colour::Palette(at(4)))));
    }

    /// Adds a font of an .xlsb file.
    pub(super) fn font_xlsb(&mut self, data: &[u8]) {
        let at = |at| u16_at(data, at).unwrap_or(0);
        self.fonts.push((font(at(0), at(2), at(6)), colour(data, 12)));
    }

    /// Adds a fill of an .xlsb file.
    pub(super) fn fill_xlsb(&mut self, data: &[u8]) {
        self.fills.push(match u32_at(data, 0) {
            Some(0) => Fill::None,
            Some(1) => colour(data, 4).map_or(Fill::Other, Fill::Solid),
            _ => Fill::Other,
        });
    }

    /// Adds a cell format of an .xls file; fills before Excel 97 are not read.
    pub(super) fn format_xls(&mut self, data: &[u8], shows_nothing: bool) {
        let fill = match (u32_at(data, 14), u16_at(data, 18)) {
            (Some(border), Some(_)) if border >> 26 == 0 => Fill::None,
            (Some(border), Some(colours)) if border >> 26 == 1 => Fill::Solid(Colour::Palette(colours & 0x7F)),
            _ => Fill::Other,
        };
        self.formats.push((u16_at(data, 0).unwrap_or(0), Some(fill), shows_nothing));
    }

    /// Adds a cell format of an .xlsb file.
    pub(super) fn format_xlsb(&mut self, data: &[u8], shows_nothing: bool) {
        let fill = u16_at(data, 6).and_then(|index| self.fills.get(usize::from(index)).copied());
        self.formats.push((u16_at(data, 4).unwrap_or(0), fill, shows_nothing));
    }

    /// Resolves colours after everything was added; `skips` if font index 4 is left out, as in .xls files.
    pub(super) fn finish(&mut self, skips: bool) {
        let fonts: Vec<Face> = self.fonts.iter().map(|&(change, ink)| self.face(change, ink)).collect();
        let faces = self.formats.iter().map(|&(font, fill, shows_nothing)| {
            let face = index(font, skips).and_then(|font| fonts.get(font).copied()).unwrap_or_default();
            let ground = match fill {
                Some(Fill::Solid(colour)) => self.rgb(colour),
                _ => None,
            };
            let paper = fill.map_or(Paper::Unsaid, |fill| self.paper(fill));
            Face { away: shows_nothing, paper, ground, ink: on(face.ink, ground), ..face }
        });
        self.of_cells = special(faces.collect());
        // From here on `fonts` is used for runs only.
        self.formats.clear();
        for (font, face) in self.fonts.iter_mut().zip(fonts) {
            font.0.pale = Some(face.pale);
            font.0.ink = Some(face.ink.into());
        }
    }

    /// The face of a cell format.
    pub(super) fn of_format(&self, format: usize) -> Face {
        if self.of_cells.is_empty() { Face::default() } else { of_format(&self.of_cells, format) }
    }

    /// The runs of a text, given the start (UTF-16 units) and font of each. Text before the first run is formatted as the cell.
    pub(super) fn runs(&self, text: &str, begins: &[(u16, u16)], skips: bool) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::with_capacity(begins.len() + 1);
        let (mut face, mut next) = (None, begins.iter().peekable());
        let (mut units, mut start) = (0_usize, 0);
        for (at, sign) in text.char_indices() {
            while let Some((_, font)) = next.next_if(|(begin, _)| usize::from(*begin) <= units) {
                if at > start {
                    runs.push((at, face));
                    start = at;
                }
                let font = index(*font, skips).and_then(|font| self.fonts.get(font));
                face = font.map(|(change, _)| change.apply(Face::default()));
            }
            units += sign.len_utf16();
        }
        runs.push((text.len(), face));
        runs
    }

    fn face(&self, mut change: Change, ink: Option<Colour>) -> Face {
        change.pale = Some(false);
        if let Some(colour) = ink.and_then(|ink| self.rgb(ink)) {
            change.set_ink(colour);
        }
        change.apply(Face::default())
    }

    fn paper(&self, fill: Fill) -> Paper {
        match fill {
            Fill::None => Paper::Unsaid,
            Fill::Solid(colour) => self.rgb(colour).map_or(Paper::Coloured, Paper::from_rgb),
            Fill::Other => Paper::Coloured,
        }
    }

    /// The RGB value of a colour.
    fn rgb(&self, colour: Colour) -> Option<[u8; 3]> {
        match colour {
            Colour::Known(rgb) => Some(rgb),
            Colour::Palette(index) => colours::indexed(index.into(), self.palette.as_deref()),
            Colour::Unknown => None,
        }
    }
}

/// Formatting by the height, flags and script of a font.
fn font(height: u16, flags: u16, script: u16) -> Change {
    let shift = match script {
        1 => Shift::Raised,
        2 => Shift::Lowered,
        _ => Shift::None,
    };
    let mut change = Change { struck: Some(flags & 8 != 0), shift: Some(shift), ..Change::default() };
    change.half_points(u32::from(height.div_ceil(TWENTIETHS_A_HALF_POINT)).max(u32::from(height == 0) * u32::MAX));
    change
}

/// A colour of an .xlsb file (MS-XLSB 2.5.4): type, index, tint, then red, green, blue.
fn colour(data: &[u8], at: usize) -> Option<Colour> {
    let bytes = data.get(at..at + 8)?;
    let tint = i16::from_le_bytes([bytes[2], bytes[3]]);
    Some(match bytes[0] >> 1 {
        1 => Colour::Palette(u16::from(bytes[1])),
        2 => Colour::Known([bytes[4], bytes[5], bytes[6]]),
        3 => colours::of_theme(usize::from(bytes[1]), f64::from(tint) / f64::from(i16::MAX))
            .map_or(Colour::Unknown, Colour::Known),
        _ => Colour::Unknown,
    })
}

/// Position of a font in the list: font index 4 does not exist in .xls files.
fn index(font: u16, skips: bool) -> Option<usize> {
    match font {
        4 if skips => None,
        5.. if skips => Some(usize::from(font) - 1),
        _ => Some(usize::from(font)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font_record(flags: u16, colour: u16, script: u16, height: u16) -> Vec<u8> {
        [height, flags, colour, 400, script].into_iter().flat_map(u16::to_le_bytes).collect()
    }

    fn format_record(font: u16, pattern: u32, colour: u16) -> Vec<u8> {
        let mut bytes = font.to_le_bytes().to_vec();
        bytes.extend([0; 12]);
        bytes.extend((pattern << 26).to_le_bytes());
        bytes.extend(colour.to_le_bytes());
        bytes
    }

    #[test]
    fn faces_of_an_xls_file() {
        let mut faces = Faces::default();
        for record in [
            font_record(0, 0x7FFF, 0, 220),
            font_record(8, 0x7FFF, 0, 220),
            font_record(0, 9, 0, 220),
            font_record(0, 0x7FFF, 1, 220),
            font_record(0, 0x7FFF, 0, 20),
        ] {
            faces.font_xls(&record);
        }
        for (font, pattern, colour) in [(0, 0, 0), (1, 0, 0), (2, 0, 0), (2, 1, 9), (2, 1, 12), (5, 0, 0)] {
            faces.format_xls(&format_record(font, pattern, colour), false);
        }
        faces.finish(true);
        let out: Vec<bool> = (0..7).map(|format| faces.of_format(format).left_out(Paper::default).is_some()).collect();
        assert_eq!(out, [false, true, true, true, false, true, false]);
        let runs = faces.runs("𠀀12件1", &[(2, 0), (5, 3), (9, 1)], true);
        let shifts: Vec<_> = runs.iter().map(|run| (run.0, run.1.map(|face| face.shift))).collect();
        assert_eq!(shifts, [(4, None), (9, Some(Shift::None)), (10, Some(Shift::Raised))]);
    }
}
