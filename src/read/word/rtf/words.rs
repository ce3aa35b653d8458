//! Handlers of the control words.

use super::charset;
use super::picture::PictReader;
use super::reader::Rtf;
use super::state::{Dest, Info, Opens};
use super::tables::Shading;
use super::tables::outline_level;
use crate::document::{Exceeded, Region};
use crate::read::shared::marks::{Change, Face, Shift};

impl Rtf<'_> {
    /// Handles a control word.
    pub(super) fn word(&mut self, name: &[u8], number: Option<i32>) -> Result<(), Exceeded> {
        let starred = std::mem::take(&mut self.group.starred);
        if name == b"ud" && starred {
            self.group.dest = self.group.before_upr;
            return Ok(());
        }
        if self.group.dest == Dest::Skip {
            return Ok(());
        }
        if self.destination(name) {
            return Ok(());
        }
        if starred {
            self.group.dest = Dest::Skip;
            return Ok(());
        }
        let value = number.unwrap_or(0);
        match self.group.dest {
            Dest::Fonts => self.fonts.word(name, value),
            Dest::Colours => self.colours.word(name, value),
            Dest::Styles => self.styles.word(name, number),
            Dest::Info(_) => self.date_part(name, value),
            Dest::Form => self.form_word(name, value),
            Dest::Picture => {
                if let Some(pict) = &mut self.pict {
                    pict.word(name, number);
                }
            }
            _ => {}
        }
        if self.formatting(name, number) || self.face(name, number) || self.row_word(name, number) {
            return Ok(());
        }
        self.mark(name)
    }

    /// Handles a destination: sets the destination of the group's text.
    fn destination(&mut self, name: &[u8]) -> bool {
        let dest = match name {
            b"fonttbl" => Dest::Fonts,
            b"colortbl" => Dest::Colours,
            b"stylesheet" => Dest::Styles,
            b"listtext" | b"pntext" => Dest::Label,
            b"info" => Dest::Info(Info::Other),
            b"nesttableprops" => Dest::NestedRow,
            b"shp" | b"shpinst" | b"sp" | b"do" => Dest::Shape,
            b"upr" => {
                self.group.before_upr = self.group.dest;
                Dest::Skip
            }
            b"sn" => {
                self.shape_property.clear();
                Dest::ShapeProperty
            }
            // Containers whose text is part of the enclosing story.
            b"shppict" | b"fldrslt" | b"result" | b"shpgrp" | b"moMath" | b"moMathPara" => self.group.dest,
            b"cs" | b"ds" | b"ts" | b"tsrowd" if self.group.dest == Dest::Styles => Dest::Skip,
            b"fldinst" => Dest::Instruction,
            b"formfield" => Dest::Form,
            b"ffl" if self.group.dest == Dest::Form => {
                self.begin_choice();
                Dest::Choice
            }
            b"filetbl" | b"nonesttables" | b"nonshppict" | b"shprslt" | b"annotation" | b"xe" | b"tc" | b"tcn"
            | b"rxe" | b"txe" | b"bkmkstart" | b"bkmkend" | b"pgdsctbl" | b"objdata" | b"objclass" | b"listtable"
            | b"revtbl" | b"ftnsep" | b"ftnsepc" | b"aftnsep" => Dest::Skip,
            b"pict" => {
                self.pict = Some(PictReader::default());
                self.group.opens = Opens::Picture;
                Dest::Picture
            }
            b"field" => {
                self.begin_field();
                self.group.dest
            }
            b"object" => {
                self.object();
                self.group.dest
            }
            _ => return self.story(name) || self.info_field(name),
        };
        self.group.dest = dest;
        true
    }

    /// Handles a destination that begins a separate story.
    fn story(&mut self, name: &[u8]) -> bool {
        let (region, opens) = match name {
            b"footnote" => (Region::Note, Opens::Aside),
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf" => {
                (Region::HeaderFooter, Opens::Aside)
            }
            b"shptxt" | b"dptxbxtext" => (Region::TextBox, Opens::TextBox),
            _ => return false,
        };
        self.begin_story(region, opens);
        true
    }

    fn info_field(&mut self, name: &[u8]) -> bool {
        if !matches!(self.group.dest, Dest::Info(_)) {
            return false;
        }
        let field = match name {
            b"title" => Info::Title,
            b"author" => Info::Author,
            b"subject" => Info::Subject,
            b"company" => Info::Company,
            b"creatim" => Info::Created,
            b"revtim" => Info::Revised,
            b"operator" | b"manager" | b"category" | b"keywords" | b"comment" | b"doccomm" | b"hlinkbase"
            | b"printim" | b"buptim" => Info::Other,
            _ => return false,
        };
        self.group.dest = Dest::Info(field);
        true
    }

    fn date_part(&mut self, name: &[u8], value: i32) {
        let index = match name {
            b"yr" => 0,
            b"mo" => 1,
            b"dy" => 2,
            b"hr" => 3,
            b"min" => 4,
            _ => return,
        };
        self.date[index] = value;
    }

    /// Handles a formatting property of text or paragraphs.
    fn formatting(&mut self, name: &[u8], number: Option<i32>) -> bool {
        let value = number.unwrap_or(0);
        let on = number != Some(0);
        match name {
            b"ansicpg" => {
                if let Some(page) = charset::of_page(value) {
                    self.fonts.page = page;
                }
            }
            b"deff" => self.fonts.default = value,
            b"f" => self.group.charset = self.fonts.charset(value),
            b"uc" => self.group.uc = u32::try_from(value).unwrap_or(1).min(16),
            // Text that was moved away is struck through until the move is accepted.
            b"deleted" | b"mvf" => {
                self.group.deleted = on;
                self.revisions += u32::from(on && self.group.dest == Dest::Story);
            }
            b"plain" => {
                let (paper, ground) = self.group.paragraph_shading.ground(&self.colours);
                self.group.text_shading = Shading::default();
                self.group.face = Face { paper, ground, ..Face::default() };
                self.group.deleted = false;
                self.group.charset = self.fonts.charset(self.fonts.default);
            }
            b"pard" => self.group.reset_paragraph(),
            b"intbl" => self.group.in_table = true,
            b"itap" => self.group.nesting = u16::try_from(value).unwrap_or(0),
            b"s" => self.group.style = u16::try_from(value).unwrap_or(0),
            b"outlinelevel" => self.group.outline = outline_level(number),
            _ => return false,
        }
        true
    }

    /// Handles a property that decides whether text is read.
    fn face(&mut self, name: &[u8], number: Option<i32>) -> bool {
        let value = number.unwrap_or(0);
        let on = number != Some(0);
        let face = &mut self.group.face;
        let mut change = Change::default();
        match name {
            b"v" => face.hidden = on,
            b"strike" => face.struck = on,
            b"striked" => face.double = on,
            b"super" => face.shift = if on { Shift::Raised } else { Shift::None },
            b"sub" => face.shift = if on { Shift::Lowered } else { Shift::None },
            b"nosupersub" => face.shift = Shift::None,
            b"up" => face.shift = Shift::by_half_points(number.unwrap_or(6)),
            b"dn" => face.shift = Shift::by_half_points(number.unwrap_or(6).saturating_neg()),
            b"fs" => change.half_points(u32::try_from(value).unwrap_or(u32::MAX)),
            b"cf" => change.set_colour(self.colours.get(value)),
            b"charscalex" => change.scale(u32::try_from(value).unwrap_or(u32::MAX)),
            b"expndtw" => change.spacing(value),
            // In quarters of a point.
            b"expnd" => change.spacing(value.saturating_mul(5)),
            b"highlight" => {
                change.paper = Some(self.colours.paper(value));
                change.ground = Some(self.colours.get(value).into());
            }
            _ => {
                let group = &mut self.group;
                let shading = match name {
                    b"chcbpat" | b"cb" | b"chcfpat" | b"chshdng" => &mut group.text_shading,
                    b"cbpat" | b"cfpat" | b"shading" => &mut group.paragraph_shading,
                    _ => return false,
                };
                shading.word(name, value);
                let (paper, ground) = shading.ground(&self.colours);
                (change.paper, change.ground) = (Some(paper), Some(ground.into()));
            }
        }
        self.group.face = change.apply(self.group.face);
        true
    }

    /// Handles a control word of a row definition.
    fn row_word(&mut self, name: &[u8], number: Option<i32>) -> bool {
        // The colour table is lent to the definition, which resolves its colours at the end of each cell.
        let colours = std::mem::take(&mut self.colours);
        let known = self.row().word(name, number, &colours);
        self.colours = colours;
        known
    }

    /// Handles marks that end a paragraph, cell or row, and named characters.
    fn mark(&mut self, name: &[u8]) -> Result<(), Exceeded> {
        match name {
            b"par" | b"sect" => self.end_paragraph(true),
            b"cell" => self.end_cell(false),
            b"nestcell" => self.end_cell(true),
            b"row" => self.end_row(false),
            b"nestrow" => self.end_row(true),
            _ => match named_character(name) {
                Some(character) => self.character(character),
                None => Ok(()),
            },
        }
    }
}

fn named_character(name: &[u8]) -> Option<char> {
    Some(match name {
        b"tab" => '\t',
        b"line" | b"page" | b"column" | b"softline" => '\n',
        b"emdash" => '—',
        b"endash" => '–',
        b"emspace" => '\u{2003}',
        b"enspace" => '\u{2002}',
        b"qmspace" => '\u{2005}',
        b"bullet" => '•',
        b"lquote" => '‘',
        b"rquote" => '’',
        b"ldblquote" => '“',
        b"rdblquote" => '”',
        _ => return None,
    })
}
