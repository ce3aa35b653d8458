//! Formatting that decides whether text is read: struck through, hidden, too small, or in the colour of its background.

use crate::document::AsideKind;

/// Maximum font size, in half points, that is unreadable.
const TINY_HALF_POINTS: u32 = 4;

/// An ink whose channels are all at least this is white: its contrast with white paper is below 1.07.
const PALE_INK: u8 = 0xF8;

/// A paper whose channels are all at least this hides white ink: their contrast is below 1.25.
const PALE_PAPER: u8 = 0xE8;

/// An RGB colour.
pub(in crate::read) type Rgb = [u8; 3];

/// A colour set by a property: `None` for the automatic colour, or one that cannot be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Colour {
    #[default]
    None,
    Is(Rgb),
}

impl Colour {
    fn rgb(self) -> Option<Rgb> {
        match self {
            Self::None => None,
            Self::Is(rgb) => Some(rgb),
        }
    }
}

impl From<Option<Rgb>> for Colour {
    fn from(rgb: Option<Rgb>) -> Self {
        rgb.map_or(Self::None, Self::Is)
    }
}

/// Maximum difference of the channels of ink and background at which text is invisible: their contrast is below 1.1.
const SAME_INK: u8 = 12;

/// An ink whose channels are all below this is black, the default.
const BLACK_INK: u8 = 0x20;

/// Height of rows and width of columns, in twips, below which they show nothing.
pub(in crate::read) const LEAST_TWIPS: u32 = 20;

/// Greatest horizontal scale, in percent, at which characters are unreadable.
const LEAST_SCALE: u32 = 10;

/// Characters condensed by at least this amount (twips) overlap: a digit of a table is about 105 wide.
const LEAST_SPACING: i32 = -90;

/// Minimum shift, in half points, of superscript and subscript; a smaller one is an adjustment.
const LEAST_SHIFT: i32 = 4;

/// Vertical position of text relative to the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Shift {
    /// On the baseline.
    #[default]
    None,
    /// Above: superscript.
    Raised,
    /// Below: subscript.
    Lowered,
}

impl Shift {
    /// The shift for a number of half points, positive upwards.
    pub(in crate::read) fn by_half_points(shift: i32) -> Self {
        match shift {
            LEAST_SHIFT.. => Self::Raised,
            _ if shift <= -LEAST_SHIFT => Self::Lowered,
            _ => Self::None,
        }
    }

    /// The shift for a number of points, positive upwards.
    pub(in crate::read) fn by_points(shift: f64) -> Self {
        let least = f64::from(LEAST_SHIFT);
        if shift * 2.0 >= least {
            Self::Raised
        } else if shift * 2.0 <= -least {
            Self::Lowered
        } else {
            Self::None
        }
    }

    /// The shift for `superscript`, `super`, `subscript`, `sub`.
    pub(in crate::read) fn named(name: &str) -> Self {
        match name.trim() {
            "superscript" | "super" | "Superscript" => Self::Raised,
            "subscript" | "sub" | "Subscript" => Self::Lowered,
            _ => Self::None,
        }
    }
}

/// Background of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Paper {
    /// Not set: white.
    #[default]
    Unsaid,
    /// White or nearly so.
    White,
    /// A colour that makes white text visible, or an unknown one.
    Coloured,
}

impl Paper {
    /// The paper of a colour.
    pub(in crate::read) fn from_rgb([red, green, blue]: [u8; 3]) -> Self {
        if red.min(green).min(blue) >= PALE_PAPER { Self::White } else { Self::Coloured }
    }
}

/// Formatting of text that decides whether it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent properties of text")]
pub(in crate::read) struct Face {
    /// Hidden text.
    pub(in crate::read) hidden: bool,
    /// Single strikethrough.
    pub(in crate::read) struck: bool,
    /// Double strikethrough.
    pub(in crate::read) double: bool,
    /// Too small to read.
    pub(in crate::read) tiny: bool,
    /// White ink.
    pub(in crate::read) pale: bool,
    /// Outside of the page, or transparent.
    pub(in crate::read) away: bool,
    /// Superscript or subscript.
    pub(in crate::read) shift: Shift,
    /// Background.
    pub(in crate::read) paper: Paper,
    /// Text colour, if set.
    pub(in crate::read) ink: Option<Rgb>,
    /// Background colour of the text itself.
    pub(in crate::read) ground: Option<Rgb>,
}

impl Face {
    /// Why text is set aside; `None` if it is read. `paper` is called only if the background decides.
    pub(in crate::read) fn left_out(self, paper: impl FnOnce() -> Paper) -> Option<AsideKind> {
        if self.hidden {
            return Some(AsideKind::Hidden);
        }
        if self.struck || self.double {
            return Some(AsideKind::Struck);
        }
        let white = || match self.paper {
            Paper::Unsaid => paper() != Paper::Coloured,
            said => said == Paper::White,
        };
        (self.tiny || self.away || self.sinks_in(self.ground) || self.pale && white()).then_some(AsideKind::Unseen)
    }

    /// Whether the text colour is that of the background `ground`.
    pub(in crate::read) fn sinks_in(self, ground: Option<Rgb>) -> bool {
        let near =
            |(ink, ground): (Rgb, Rgb)| ink.iter().zip(ground).all(|(one, other)| one.abs_diff(other) <= SAME_INK);
        self.ink.zip(ground).is_some_and(near)
    }

    /// Whether the text has a colour that its surroundings may have, too.
    pub(in crate::read) fn is_inked(self) -> bool {
        self.ink.is_some_and(|ink| ink.iter().any(|channel| *channel >= BLACK_INK))
    }

    /// Whether the text is set aside on white paper.
    pub(in crate::read) fn is_left_out(self) -> bool {
        self.left_out(Paper::default).is_some()
    }

    /// Whether there is no special formatting.
    pub(in crate::read) fn is_plain(self) -> bool {
        !self.is_inked() && Self { paper: Paper::Unsaid, ink: None, ..self } == Self::default()
    }
}

/// Formatting set by a style or a run; `None` leaves a property as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) struct Change {
    pub(in crate::read) hidden: Option<bool>,
    pub(in crate::read) struck: Option<bool>,
    pub(in crate::read) double: Option<bool>,
    pub(in crate::read) tiny: Option<bool>,
    pub(in crate::read) pale: Option<bool>,
    pub(in crate::read) away: Option<bool>,
    pub(in crate::read) shift: Option<Shift>,
    pub(in crate::read) paper: Option<Paper>,
    pub(in crate::read) ink: Option<Colour>,
    pub(in crate::read) ground: Option<Colour>,
}

impl Change {
    /// This formatting, completed by another.
    pub(in crate::read) fn or(self, other: Self) -> Self {
        Self {
            hidden: self.hidden.or(other.hidden),
            struck: self.struck.or(other.struck),
            double: self.double.or(other.double),
            tiny: self.tiny.or(other.tiny),
            pale: self.pale.or(other.pale),
            away: self.away.or(other.away),
            shift: self.shift.or(other.shift),
            paper: self.paper.or(other.paper),
            ink: self.ink.or(other.ink),
            ground: self.ground.or(other.ground),
        }
    }

    /// Applies this formatting to a face.
    pub(in crate::read) fn apply(self, face: Face) -> Face {
        Face {
            hidden: self.hidden.unwrap_or(face.hidden),
            struck: self.struck.unwrap_or(face.struck),
            double: self.double.unwrap_or(face.double),
            tiny: self.tiny.unwrap_or(face.tiny),
            pale: self.pale.unwrap_or(face.pale),
            away: self.away.unwrap_or(face.away),
            shift: self.shift.unwrap_or(face.shift),
            paper: self.paper.unwrap_or(face.paper),
            ink: self.ink.map_or(face.ink, Colour::rgb),
            ground: self.ground.map_or(face.ground, Colour::rgb),
        }
    }

    /// Applies a character style over a paragraph style: a toggle property set by both is off (ECMA-376 part 1, 17.7.3).
    pub(in crate::read) fn toggle(self, face: Face) -> Face {
        let toggled = |own: Option<bool>, below: bool| own.unwrap_or(false) != below;
        let (hidden, struck) = (toggled(self.hidden, face.hidden), toggled(self.struck, face.struck));
        Face { hidden, struck, ..self.apply(face) }
    }

    /// Sets the text colour.
    pub(in crate::read) fn set_ink(&mut self, [red, green, blue]: Rgb) {
        self.pale = Some(red.min(green).min(blue) >= PALE_INK);
        self.ink = Some(Colour::Is([red, green, blue]));
    }

    /// Sets the text colour; an unknown or automatic one is not white.
    pub(in crate::read) fn set_colour(&mut self, colour: Option<Rgb>) {
        (self.pale, self.ink) = (Some(false), Some(Colour::None));
        if let Some(colour) = colour {
            self.set_ink(colour);
        }
    }

    /// Sets the horizontal scale of characters in percent.
    pub(in crate::read) fn scale(&mut self, percent: u32) {
        self.away = Some(percent <= LEAST_SCALE);
    }

    /// Sets the spacing of characters in twips, negative if condensed.
    pub(in crate::read) fn spacing(&mut self, twips: i32) {
        self.away = Some(twips <= LEAST_SPACING);
    }

    /// Sets the font size in points.
    pub(in crate::read) fn points(&mut self, size: f64) {
        self.tiny = Some(size * 2.0 <= f64::from(TINY_HALF_POINTS));
    }

    /// Sets the font size in half points.
    pub(in crate::read) fn half_points(&mut self, size: u32) {
        self.tiny = Some(size <= TINY_HALF_POINTS);
    }
}

/// A colour of six hexadecimal digits, with or without `#`.
pub(in crate::read) fn rgb(text: &str) -> Option<Rgb> {
    let digits = text.trim().trim_start_matches('#');
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}
