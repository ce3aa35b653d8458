//! PDF of a report in the official look (GB/T 9704-2012): laid out here, written by krilla as PDF/A-2a and PDF/UA-1.

mod compose;
mod draw;
mod face;
mod fonts;
mod line;
mod page;
mod pictures;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod tree;

use super::{Output, WriteError, plan};
use crate::finding::code::batch::{CHARACTERS_NOT_SHOWN, PICTURES_NOT_SHOWN};
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::{Content, Report};

use compose::Composer;
use draw::{About, Drawing};
use page::Pages;
use pictures::Pictures;
use sheet::UPRIGHT;

pub use face::{Face, faces, plain};
pub use fonts::{Candidate, Fonts, NoFonts};

/// Writes reports as PDF; usable from any thread.
#[derive(Debug)]
pub struct PdfWriter {
    fonts: Fonts,
}

/// A PDF file, with findings about content that it does not show.
#[derive(Debug)]
pub struct Pdf {
    /// The bytes of the file. The same report gives the same bytes with the same fonts.
    pub bytes: Vec<u8>,
    /// Findings about characters and pictures that are not shown.
    pub findings: Vec<Finding>,
}

/// Maximum number of characters that a finding names.
const NAMED: usize = 10;

impl PdfWriter {
    /// A writer with these fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
    }

    /// The fonts.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Writes a report.
    ///
    /// # Errors
    /// [`WriteError`] if the file would not conform to PDF/A.
    pub fn write(&self, form: &Form, report: &Report) -> Result<Pdf, WriteError> {
        let form = &form.expanded(report.values.keys().map(String::as_str));
        let glyphs = self.fonts.open();
        let mut pictures = Pictures::decode(&report.pictures);
        let about = about(form, report);
        let drawn = |pictures: &Pictures| {
            let (blocks, missing, frame) = (Vec::new(), Vec::new(), UPRIGHT);
            let mut composer = Composer { form, report, glyphs: &glyphs, pictures, blocks, frame, missing, level: 0 };
            composer.compose();
            let Composer { blocks, missing, .. } = composer;
            let drawing = Drawing { fonts: &self.fonts, glyphs: &glyphs, pictures };
            (drawing.document(Pages::lay_out(blocks), &about), missing)
        };
        let (mut written, mut missing) = drawn(&pictures);
        if written.is_err() && pictures.count() > 0 {
            // A damaged picture is detected only when it is drawn.
            for index in 0..pictures.count() {
                let drawing = Drawing { fonts: &self.fonts, glyphs: &glyphs, pictures: &pictures };
                if pictures.image(index).is_some() && !drawing.is_sound(index) {
                    pictures.drop(index);
                }
            }
            (written, missing) = drawn(&pictures);
        }
        let bytes = written.map_err(|error| WriteError::new(Output::Pdf, draw::detail(&error)))?;
        let mut findings = Vec::new();
        findings.extend(not_shown(&mut missing));
        findings.extend(pictures_not_shown(report, &pictures));
        Ok(Pdf { bytes, findings })
    }
}

fn about(form: &Form, report: &Report) -> About {
    let title = plan::clean(&plan::title(form, report)).into_owned();
    let author = report.agency.as_deref().map(|agency| plan::clean(agency).into_owned());
    // PDF/A requires a date, and the output must be reproducible: use the day of publication, else the last day of the year.
    let last = jiff::civil::Date::new(report.year.unwrap_or(2000), 12, 31);
    let date = report.published.or(last.ok()).unwrap_or(jiff::civil::Date::ZERO);
    About { title, author, date }
}

/// The finding about characters without a glyph in any font.
fn not_shown(missing: &mut Vec<char>) -> Option<Finding> {
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return None;
    }
    let named: Vec<String> = missing.iter().take(NAMED).map(|&c| shown(c)).collect();
    let count = missing.len();
    let message = Message::new(
        format!("PDF 中有{count}个字没有可用的字体，以“〓”代替：{}。", named.join("、")),
        format!("no font has {count} characters of the text, which stand as 〓 in the PDF: {}", named.join(", ")),
    );
    Some(Finding::new(&CHARACTERS_NOT_SHOWN, message))
}

/// A character, or its code point if it is invisible.
fn shown(character: char) -> String {
    if character.is_alphanumeric() { character.to_string() } else { format!("U+{:04X}", u32::from(character)) }
}

/// The finding about pictures that PDF does not show.
fn pictures_not_shown(report: &Report, pictures: &Pictures) -> Option<Finding> {
    let contents = report.sections.iter().flat_map(|section| &section.content).chain(&report.unclaimed);
    let lost = contents.filter(|content| {
        matches!(content, Content::Picture { index, .. } if *index < pictures.count() && pictures.image(*index).is_none())
    });
    let count = lost.count();
    let message = || {
        Message::new(
            format!("PDF 中有{count}张图片不能显示，以文字注明。"),
            format!("{count} pictures cannot be shown in the PDF; a line of text stands in their places"),
        )
    };
    (count > 0).then(|| Finding::new(&PICTURES_NOT_SHOWN, message()))
}
