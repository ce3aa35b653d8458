//! Decides for all readers which text is read: sets aside text that is struck through, hidden, too small or too pale, and writes
//! superscripts.

pub(in crate::read) use super::face::{Change, Colour, Face, LEAST_TWIPS, Paper, Rgb, Shift, rgb};
use crate::document::{Aside, AsideKind, Budget, Exceeded, Place};
use crate::finding::code::read::{FORMULA_UNCALCULATED, REVISION_LEFT};
use crate::finding::{Finding, Message};

/// Maximum length of a superscript that is a note mark, unless there are digits beside it.
const LONGEST_MARK: usize = 3;

/// Maximum number of asides of one paragraph.
const MOST_LEFT_OUT: usize = 256;

/// Number of characters kept of an aside until it is reported.
const KEPT: usize = 64;

/// The finding for unresolved tracked changes.
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

/// The finding for formulas in a text document that have no result.
pub(in crate::read) fn uncalculated(count: u32) -> Option<Finding> {
    let message = Message::new(
        format!(
            "文件中有{count}个公式没有保存计算结果，该处按空白读取。请在 Word 或 WPS 中全选后按 F9 更新，保存后重新报送。"
        ),
        format!(
            "{count} formulas of the file have no stored result and were read as blank. Select all in Word or WPS, press F9, save it, and send it again."
        ),
    );
    (count > 0).then(|| Finding::new(&FORMULA_UNCALCULATED, message))
}

/// Text whose visibility depends on a background that is known only at the end of the row.
#[derive(Debug)]
struct Undecided {
    /// Where it stands, or is missing, in the text.
    at: usize,
    text: String,
    /// Whether the text contains it: coloured text does, white text does not.
    shown: bool,
    face: Face,
}

/// The text of a paragraph or cell whose background may be known later than its text.
#[derive(Debug, Default)]
pub(in crate::read) struct Inked {
    /// The text visible on a white background.
    pub(in crate::read) text: String,
    /// Its superscripts and asides.
    pub(in crate::read) marks: Marks,
    /// In the order of the text.
    undecided: Vec<Undecided>,
}

impl Inked {
    /// Visible text.
    #[cfg(test)]
    pub(in crate::read) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Whether all of its text is decided.
    pub(in crate::read) fn is_plain(&self) -> bool {
        self.undecided.is_empty()
    }

    /// Appends text according to its face.
    pub(in crate::read) fn push(&mut self, text: &str, face: Face) {
        let white = face.pale && face.paper == Paper::Unsaid;
        let open = white || face.is_inked() && face.ground.is_none() && face.shift == Shift::None;
        if !open || (Face { pale: false, ..face }).is_left_out() || face.pale && !white {
            self.marks.add(&mut self.text, text, face, Paper::default);
            return;
        }
        let at = self.text.len();
        if !white {
            self.text.push_str(text);
        }
        match self.undecided.last_mut() {
            Some(last) if last.face == face && at == last.at + if white { 0 } else { last.text.len() } => {
                last.text.push_str(text);
            }
            _ => self.undecided.push(Undecided { at, text: text.to_owned(), shown: !white, face }),
        }
    }

    /// Appends another paragraph on a new line.
    pub(in crate::read) fn append(&mut self, other: Self) {
        self.text.push('\n');
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.marks.absorb(other.marks);
        self.undecided.extend(other.undecided.into_iter().map(|one| Undecided { at: one.at + before, ..one }));
    }

    /// Prepends the list label of a paragraph.
    pub(in crate::read) fn number(&mut self, number: &str) {
        self.text.insert_str(0, number);
        for one in &mut self.undecided {
            one.at += number.len();
        }
    }

    /// Ends a paragraph: writes its superscripts and subscripts.
    pub(in crate::read) fn end(&mut self) {
        if self.marks.is_empty() {
            return;
        }
        let grown = self.marks.write_shifted(&mut self.text);
        for one in &mut self.undecided {
            let by: isize = grown.iter().filter(|(end, _)| *end <= one.at).map(|(_, by)| by).sum();
            one.at = one.at.saturating_add_signed(by);
        }
    }

    /// Resolves the background once it is known: its kind, and its colour if that is known.
    pub(in crate::read) fn lay_on(&mut self, paper: Paper, ground: Option<Rgb>) {
        for one in std::mem::take(&mut self.undecided).into_iter().rev() {
            let sinks = one.face.ground.is_none() && one.face.sinks_in(ground);
            match (one.shown, sinks || !one.shown && paper != Paper::Coloured) {
                (true, true) if self.text.get(one.at..).is_some_and(|rest| rest.starts_with(&one.text)) => {
                    self.text.replace_range(one.at..one.at + one.text.len(), "");
                    self.marks.leave_out(AsideKind::Unseen, &one.text);
                }
                (false, true) => self.marks.leave_out(AsideKind::Unseen, &one.text),
                (false, false) if self.text.is_char_boundary(one.at) => self.text.insert_str(one.at, &one.text),
                _ => {}
            }
        }
    }
}

/// Collects superscripts and asides of the paragraph or cell being read; empty (without allocation) in the usual case.
#[derive(Debug, Default)]
pub(in crate::read) struct Marks(Option<Box<Met>>);

#[derive(Debug, Default)]
struct Met {
    /// Start and end of superscripts and subscripts, in order.
    shifted: Vec<(usize, usize, Shift)>,
    left: Vec<(AsideKind, String)>,
}

impl Marks {
    /// Whether nothing was collected.
    pub(in crate::read) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Records that a range of the text is superscript or subscript.
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

    /// Records an aside.
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

    /// Notes the reading above a text.
    pub(in crate::read) fn reading(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.leave_out(AsideKind::Reading, text);
        }
    }

    /// Appends text according to its face: to the text, or as an aside.
    pub(in crate::read) fn add(&mut self, to: &mut String, text: &str, face: Face, paper: impl FnOnce() -> Paper) {
        if let Some(kind) = face.left_out(paper) {
            self.leave_out(kind, text);
        } else {
            let start = to.len();
            to.push_str(text);
            self.shift(start, to.len(), face.shift);
        }
    }

    /// Adds the asides of another paragraph of the same cell.
    pub(in crate::read) fn absorb(&mut self, other: Self) {
        let Some(other) = other.0 else { return };
        for (kind, text) in other.left {
            self.leave_out(kind, &text);
        }
    }

    /// Writes superscript and subscript digits beside other text with Unicode characters: `12¹`, `m²`, `¹12`. A text that is shifted as a
    /// whole keeps plain characters, and so does long text. Returns the end of each changed range, and by how many bytes it grew.
    pub(in crate::read) fn write_shifted(&mut self, text: &mut String) -> Vec<(usize, isize)> {
        let shifted = self.0.as_mut().map(|met| std::mem::take(&mut met.shifted)).unwrap_or_default();
        let mut grown = Vec::new();
        if shifted.is_empty() {
            return grown;
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
                let signs = inside.chars().map(|sign| (shifted_sign(sign, shift).len_utf8(), sign.len_utf8()));
                grown.push((end, signs.map(|(now, before)| now.cast_signed() - before.cast_signed()).sum()));
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
            return grown;
        }
        Vec::new()
    }

    /// Adds the asides with their place.
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

/// The Unicode superscript or subscript of a character; other characters are unchanged.
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
    fn superscript_digits_are_not_figures_and_superscript_text_is_kept() {
        use Shift::{Lowered, None, Raised};
        assert_eq!(shown(&[("12", None), ("1", Raised)]), "12¹");
        assert_eq!(shown(&[("12", None), ("[", Raised), ("10]", Raised)]), "12[¹⁰]");
        assert_eq!(shown(&[("面积（m", None), ("2", Raised), ("）", None)]), "面积（m²）");
        assert_eq!(shown(&[("CO", None), ("2", Lowered)]), "CO₂");
        assert_eq!(shown(&[("1", Raised), ("12", None)]), "¹12");
        // The whole cell, and the year of a document number.
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
        change.set_ink([0xFE, 0xFF, 0xFF]);
        assert_eq!(change.pale, Some(true));
        change.set_ink([0xD9, 0xD9, 0xD9]);
        assert_eq!(change.pale, Some(false));
        assert_eq!([Paper::from_rgb([255, 255, 255]), Paper::from_rgb([0, 112, 192])], [Paper::White, Paper::Coloured]);
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
