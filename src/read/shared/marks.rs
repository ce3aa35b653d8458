//! Which text of a page counts: one rule for every reader of what is struck, hidden, too small or too pale, and of raised marks.

use crate::document::{Aside, AsideKind, Budget, Exceeded, Place};
use crate::finding::code::read::REVISION_LEFT;
use crate::finding::{Finding, Message};

/// Text of at most so many half points cannot be read.
const TINY_HALF_POINTS: u32 = 4;

/// An ink whose channels are all at least this is white: its contrast to white paper is below 1.07.
const PALE_INK: u8 = 0xF8;

/// A paper whose channels are all at least this does not set off white ink: their contrast is below 1.25.
const PALE_PAPER: u8 = 0xE8;

/// A colour, red first.
pub(in crate::read) type Rgb = [u8; 3];

/// Channels of an ink that differ no more than this from those of what lies behind it do not set it off: their contrast is below 1.1.
const SAME_INK: u8 = 12;

/// An ink whose channels are all below this is black, as text is unless it says otherwise.
const BLACK_INK: u8 = 0x20;

/// Rows lower than so many twips, and columns narrower, show nothing.
pub(in crate::read) const LEAST_TWIPS: u32 = 20;

/// A shift of the line by fewer half points is an adjustment, no mark.
const LEAST_SHIFT: i32 = 4;

/// A raised text longer than this is no note mark, unless digits stand beside it.
const LONGEST_MARK: usize = 3;

/// Texts of one paragraph that are left out and told.
const MOST_LEFT_OUT: usize = 256;

/// Characters of such a text that are kept until it is told.
const KEPT: usize = 64;

/// Where text stands against the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Shift {
    /// On it.
    #[default]
    None,
    /// Above: superscript.
    Raised,
    /// Below: subscript.
    Lowered,
}

impl Shift {
    /// A shift by half points, upwards where positive.
    pub(in crate::read) fn by_half_points(shift: i32) -> Self {
        match shift {
            LEAST_SHIFT.. => Self::Raised,
            _ if shift <= -LEAST_SHIFT => Self::Lowered,
            _ => Self::None,
        }
    }

    /// A shift by points, upwards where positive.
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

    /// `superscript`, `super`, `subscript`, `sub` as formats write them.
    pub(in crate::read) fn named(name: &str) -> Self {
        match name.trim() {
            "superscript" | "super" | "Superscript" => Self::Raised,
            "subscript" | "sub" | "Subscript" => Self::Lowered,
            _ => Self::None,
        }
    }
}

/// What lies behind text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Paper {
    /// Nothing is said: white.
    #[default]
    Unsaid,
    /// White or nearly so.
    White,
    /// A colour that white text is seen on, or one that is not known.
    Coloured,
}

impl Paper {
    /// Paper of a colour.
    pub(in crate::read) fn of([red, green, blue]: [u8; 3]) -> Self {
        if red.min(green).min(blue) >= PALE_PAPER { Self::White } else { Self::Coloured }
    }
}

/// How text is shown, as far as that decides whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent properties of text")]
pub(in crate::read) struct Face {
    /// Hidden text.
    pub(in crate::read) hidden: bool,
    /// Struck through by one line.
    pub(in crate::read) struck: bool,
    /// Struck through by two.
    pub(in crate::read) double: bool,
    /// Too small to be read.
    pub(in crate::read) tiny: bool,
    /// White ink.
    pub(in crate::read) pale: bool,
    /// Outside of the page, or transparent.
    pub(in crate::read) away: bool,
    /// Where it stands against the line.
    pub(in crate::read) shift: Shift,
    /// What lies behind it.
    pub(in crate::read) paper: Paper,
    /// Its colour, where it says one.
    pub(in crate::read) ink: Option<Rgb>,
    /// The colour that it is shaded with itself.
    pub(in crate::read) ground: Option<Rgb>,
}

impl Face {
    /// Why text is left out, on a paper that is asked for only where it decides.
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

    /// Whether its ink is the colour of what lies behind it.
    pub(in crate::read) fn sinks_in(self, ground: Option<Rgb>) -> bool {
        let near =
            |(ink, ground): (Rgb, Rgb)| ink.iter().zip(ground).all(|(one, other)| one.abs_diff(other) <= SAME_INK);
        self.ink.zip(ground).is_some_and(near)
    }

    /// Whether its ink has a colour of its own, which what lies around it may have too.
    pub(in crate::read) fn is_inked(self) -> bool {
        self.ink.is_some_and(|ink| ink.iter().any(|channel| *channel >= BLACK_INK))
    }

    /// Whether it is left out on white paper.
    pub(in crate::read) fn is_left_out(self) -> bool {
        self.left_out(Paper::default).is_some()
    }

    /// Whether nothing about it is special.
    pub(in crate::read) fn is_plain(self) -> bool {
        !self.is_inked() && Self { paper: Paper::Unsaid, ink: None, ..self } == Self::default()
    }
}

/// What a style or a run says of the face of its text.
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
    pub(in crate::read) ink: Option<Option<Rgb>>,
    pub(in crate::read) ground: Option<Option<Rgb>>,
}

impl Change {
    /// What this says, and what it leaves open as another says.
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

    /// The face with what this says.
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
            ink: self.ink.unwrap_or(face.ink),
            ground: self.ground.unwrap_or(face.ground),
        }
    }

    /// The face with what a character style says over a paragraph style: where both switch a property on, it is off (ECMA-376 part 1,
    /// 17.7.3).
    pub(in crate::read) fn toggle(self, face: Face) -> Face {
        let toggled = |own: Option<bool>, below: bool| own.unwrap_or(false) != below;
        let (hidden, struck) = (toggled(self.hidden, face.hidden), toggled(self.struck, face.struck));
        Face { hidden, struck, ..self.apply(face) }
    }

    /// Notes the colour of the text.
    pub(in crate::read) fn ink(&mut self, [red, green, blue]: Rgb) {
        self.pale = Some(red.min(green).min(blue) >= PALE_INK);
        self.ink = Some(Some([red, green, blue]));
    }

    /// Notes its size in points.
    pub(in crate::read) fn points(&mut self, size: f64) {
        self.tiny = Some(size * 2.0 <= f64::from(TINY_HALF_POINTS));
    }

    /// Notes its size.
    pub(in crate::read) fn half_points(&mut self, size: u32) {
        self.tiny = Some(size <= TINY_HALF_POINTS);
    }
}

/// A colour as six hexadecimal digits, with or without `#`.
pub(in crate::read) fn rgb(text: &str) -> Option<Rgb> {
    let digits = text.trim().trim_start_matches('#');
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// A finding about tracked changes that are neither accepted nor rejected.
pub(in crate::read) fn revisions(count: u32) -> Option<Finding> {
    let message = Message::new(
        format!("文件留有未接受的修订{count}处，按接受修订后的文字读取。{}", REVISION_LEFT.remedy.0),
        format!(
            "{count} tracked changes are open; the file was read as if they were accepted. {}",
            REVISION_LEFT.remedy.1
        ),
    );
    (count > 0).then(|| Finding::new(&REVISION_LEFT, message))
}

/// White text of which only the end of the row tells what lies behind it.
#[derive(Debug, Default)]
pub(in crate::read) struct Pale {
    /// The whole text with it.
    with: String,
    /// The white pieces alone.
    left: String,
}

/// The text of a paragraph or cell whose paper may be known later than its text.
#[derive(Debug, Default)]
pub(in crate::read) struct Inked {
    /// What is seen on white paper.
    pub(in crate::read) text: String,
    /// What is raised in it or left out of it.
    pub(in crate::read) marks: Marks,
    pale: Option<Box<Pale>>,
}

impl Inked {
    /// A text that is seen.
    #[cfg(test)]
    pub(in crate::read) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Whether pieces may be appended to the text alone.
    pub(in crate::read) fn is_plain(&self) -> bool {
        self.pale.is_none()
    }

    /// Appends text as its face has it.
    pub(in crate::read) fn push(&mut self, text: &str, face: Face) {
        if face.pale && face.paper == Paper::Unsaid && !(Face { pale: false, ..face }).is_left_out() {
            let pale = self.pale.get_or_insert_with(|| Pale { with: self.text.clone(), left: String::new() }.into());
            pale.with.push_str(text);
            pale.left.push_str(text);
            return;
        }
        let before = self.text.len();
        self.marks.add(&mut self.text, text, face, Paper::default);
        if let Some(pale) = self.pale.as_mut().filter(|_| self.text.len() > before) {
            pale.with.push_str(text);
        }
    }

    /// Appends another paragraph in a line of its own.
    pub(in crate::read) fn append(&mut self, other: Self) {
        if let Some(other) = &other.pale {
            let pale = self.pale.get_or_insert_with(|| Pale { with: self.text.clone(), left: String::new() }.into());
            pale.with.push('\n');
            pale.with.push_str(&other.with);
            pale.left.push_str(&other.left);
        } else if let Some(pale) = &mut self.pale {
            pale.with.push('\n');
            pale.with.push_str(&other.text);
        }
        self.text.push('\n');
        self.text.push_str(&other.text);
        self.marks.absorb(other.marks);
    }

    /// Puts the list label of a paragraph before it.
    pub(in crate::read) fn number(&mut self, number: &str) {
        self.text.insert_str(0, number);
        if let Some(pale) = &mut self.pale {
            pale.with.insert_str(0, number);
        }
    }

    /// A paragraph has ended: its shifted text is written as such.
    pub(in crate::read) fn end(&mut self) {
        if !self.marks.is_empty() {
            self.marks.write_shifted(&mut self.text);
        }
    }

    /// What lies behind it is known now.
    pub(in crate::read) fn lay_on(&mut self, paper: Paper) {
        let Some(pale) = self.pale.take() else { return };
        if paper == Paper::Coloured {
            self.text = pale.with;
        } else {
            self.marks.leave_out(AsideKind::Unseen, &pale.left);
        }
    }
}

/// What is special in a paragraph or cell that is being read. Costs nothing where nothing is.
#[derive(Debug, Default)]
pub(in crate::read) struct Marks(Option<Box<Met>>);

#[derive(Debug, Default)]
struct Met {
    /// Start and end of shifted text, in order.
    shifted: Vec<(usize, usize, Shift)>,
    left: Vec<(AsideKind, String)>,
}

impl Marks {
    /// Whether nothing is special.
    pub(in crate::read) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Notes that the text from one byte to another is raised or lowered.
    pub(in crate::read) fn shift(&mut self, start: usize, end: usize, shift: Shift) {
        if start >= end || shift == Shift::None {
            return;
        }
        let shifted = &mut self.0.get_or_insert_default().shifted;
        match shifted.last_mut() {
            Some(last) if last.1 == start && last.2 == shift => last.1 = end,
            _ => shifted.push((start, end, shift)),
        }
    }

    /// Notes text that is left out.
    pub(in crate::read) fn leave_out(&mut self, kind: AsideKind, text: &str) {
        let left = &mut self.0.get_or_insert_default().left;
        let room_left = left.len() < MOST_LEFT_OUT;
        match left.last_mut() {
            Some(last) if last.0 == kind => {
                let room = KEPT.saturating_sub(last.1.chars().count());
                last.1.extend(text.chars().take(room));
            }
            _ if room_left => left.push((kind, text.chars().take(KEPT).collect())),
            _ => {}
        }
    }

    /// Appends text as its face has it: to the text, or to what is left out.
    pub(in crate::read) fn add(&mut self, to: &mut String, text: &str, face: Face, paper: impl FnOnce() -> Paper) {
        if let Some(kind) = face.left_out(paper) {
            self.leave_out(kind, text);
        } else {
            let start = to.len();
            to.push_str(text);
            self.shift(start, to.len(), face.shift);
        }
    }

    /// Takes over what another paragraph of the same cell left out.
    pub(in crate::read) fn absorb(&mut self, other: Self) {
        let Some(other) = other.0 else { return };
        for (kind, text) in other.left {
            self.leave_out(kind, &text);
        }
    }

    /// Writes shifted digits beside other text as such: `12¹`, `m²`, `¹12`. Text that is shifted as a whole stands on a line of its own,
    /// and long text is no mark.
    pub(in crate::read) fn write_shifted(&mut self, text: &mut String) {
        let Some(met) = &mut self.0 else { return };
        let shifted = std::mem::take(&mut met.shifted);
        if shifted.is_empty() {
            return;
        }
        let (mut written, mut at, mut level) = (String::with_capacity(text.len() + 8), 0, false);
        for &(start, end, shift) in &shifted {
            let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else { continue };
            level |= !before.trim().is_empty();
            written.push_str(before);
            let digit = |sign: Option<char>| sign.is_some_and(char::is_numeric);
            let beside = digit(text[..start].trim_end().chars().next_back())
                || digit(text.get(end..).unwrap_or_default().trim_start().chars().next());
            let short = inside.trim().chars().nth(LONGEST_MARK).is_none();
            if beside || short {
                written.extend(inside.chars().map(|sign| shifted_sign(sign, shift)));
            } else {
                written.push_str(inside);
            }
            at = end;
        }
        let rest = text.get(at..).unwrap_or_default();
        level |= !rest.trim().is_empty();
        written.push_str(rest);
        if level {
            *text = written;
        }
    }

    /// What was left out, with the place where it stood.
    pub(in crate::read) fn tell(
        self,
        place: &Place,
        told: &mut Vec<Aside>,
        budget: &mut Budget,
    ) -> Result<(), Exceeded> {
        let Some(met) = self.0 else { return Ok(()) };
        for (kind, text) in met.left {
            told.extend(Aside::new(kind, &text, place.clone(), budget)?);
        }
        Ok(())
    }
}

/// A digit or sign as it is written above or below the line; others stay as they are.
fn shifted_sign(sign: char, shift: Shift) -> char {
    const SIGNS: &str = "0123456789+-=()";
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎";
    let narrow = match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(sign as u32 - 0xfee0).unwrap_or(sign),
        other => other,
    };
    let Some(index) = SIGNS.find(narrow) else { return sign };
    let signs = if shift == Shift::Lowered { LOWERED } else { RAISED };
    signs.chars().nth(index).unwrap_or(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[(&str, Shift)]) -> String {
        let (mut text, mut marks) = (String::new(), Marks::default());
        for (piece, shift) in pieces {
            marks.add(&mut text, piece, Face { shift: *shift, ..Face::default() }, Paper::default);
        }
        marks.write_shifted(&mut text);
        text
    }

    #[test]
    fn raised_digits_are_no_figures_and_raised_text_is_kept() {
        use Shift::{Lowered, None, Raised};
        assert_eq!(shown(&[("12", None), ("1", Raised)]), "12¹");
        assert_eq!(shown(&[("12", None), ("[", Raised), ("10]", Raised)]), "12[¹⁰]");
        assert_eq!(shown(&[("面积（m", None), ("2", Raised), ("）", None)]), "面积（m²）");
        assert_eq!(shown(&[("CO", None), ("2", Lowered)]), "CO₂");
        assert_eq!(shown(&[("1", Raised), ("12", None)]), "¹12");
        // The whole cell, the year of a document number.
        assert_eq!(shown(&[(" ", None), ("12", Raised)]), " 12");
        assert_eq!(shown(&[("函〔", None), ("2021", Raised), ("〕30号", None)]), "函〔2021〕30号");
        assert_eq!(shown(&[("12", None), ("2021", Raised)]), "12²⁰²¹");
    }

    #[test]
    fn white_text_is_seen_on_colours_alone() {
        let face = |pale, paper| Face { pale, paper, ..Face::default() };
        let unseen = |face: Face, around| face.left_out(|| around) == Some(AsideKind::Unseen);
        assert!(unseen(face(true, Paper::Unsaid), Paper::Unsaid));
        assert!(unseen(face(true, Paper::White), Paper::Coloured));
        assert!(!unseen(face(true, Paper::Unsaid), Paper::Coloured));
        assert!(!unseen(face(true, Paper::Coloured), Paper::Unsaid));
        assert!(!unseen(face(false, Paper::Unsaid), Paper::Unsaid));
        let mut change = Change::default();
        change.ink([0xFE, 0xFF, 0xFF]);
        assert_eq!(change.pale, Some(true));
        change.ink([0xD9, 0xD9, 0xD9]);
        assert_eq!(change.pale, Some(false));
        assert_eq!([Paper::of([255, 255, 255]), Paper::of([0, 112, 192])], [Paper::White, Paper::Coloured]);
    }

    #[test]
    fn a_style_over_a_style_toggles_and_a_run_decides() {
        let on = Change { struck: Some(true), ..Change::default() };
        let struck = on.apply(Face::default());
        assert!(struck.struck && !on.toggle(struck).struck);
        assert!(!Change { struck: Some(false), ..on }.apply(struck).struck);
        assert!(Change::default().toggle(struck).struck);
    }

    #[test]
    fn small_shifts_adjust_and_great_ones_mark() {
        assert_eq!(
            [6, 2, -2, -6].map(Shift::by_half_points),
            [Shift::Raised, Shift::None, Shift::None, Shift::Lowered]
        );
    }
}
