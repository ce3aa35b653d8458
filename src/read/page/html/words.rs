//! White space as in a browser: runs collapse, and only `<br>` and blocks break lines.

use crate::document::AsideKind;
use crate::read::shared::marks::{Face, Marks, Paper};

/// Text being collected.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// Whether white space precedes the next text, and whether it contains a line break of the source.
    blank: bool,
    wrapped: bool,
    /// Whether a form field has just ended, so that a following digit belongs to another figure.
    fenced: bool,
    /// Superscripts and asides of the text.
    marks: Marks,
}

impl Words {
    /// Adds text. White space is kept in `pre`; elsewhere a run of white space becomes one blank, or none if it is a line break between
    /// Chinese characters (CSS Text 3, 4.1.3).
    pub(super) fn push(&mut self, text: &str, keep: bool) {
        for character in text.chars() {
            match character {
                '\n' if keep => self.line_break(),
                '\r' if keep => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if !keep => {
                    self.blank = true;
                    self.wrapped |= character == '\n';
                }
                _ => {
                    if self.fenced && character.is_numeric() {
                        self.line_break();
                    } else if self.blank {
                        self.end_blank(character);
                    }
                    self.fenced = false;
                    self.text.push(character);
                }
            }
        }
    }

    /// Adds text with special formatting.
    pub(super) fn push_marked(&mut self, text: &str, keep: bool, face: Face) {
        if let Some(kind) = face.left_out(Paper::default) {
            self.marks.leave_out(kind, text);
            return;
        }
        let start = self.text.len();
        self.push(text, keep);
        self.marks.shift(start, self.text.len(), face.shift);
    }

    /// Records an aside.
    pub(super) fn leave_out(&mut self, kind: AsideKind, text: &str) {
        self.marks.leave_out(kind, text);
    }

    /// The marks collected so far: superscripts and asides.
    pub(super) fn take_marks(&mut self) -> Marks {
        std::mem::take(&mut self.marks)
    }

    fn end_blank(&mut self, next: char) {
        let last = self.text.chars().next_back();
        let run_on = self.wrapped && is_wide(next) && last.is_some_and(is_wide);
        if !run_on && last.is_some_and(|last| last != '\n') {
            self.text.push(' ');
        }
        (self.blank, self.wrapped) = (false, false);
    }

    /// Begins a form field. Separates its text from the text before it, so that adjacent figures do not merge.
    pub(super) fn begin_field(&mut self) {
        self.blank = true;
        self.fenced = self.text.ends_with(char::is_numeric);
    }

    /// Ends a form field.
    pub(super) fn end_field(&mut self) {
        self.fenced = true;
    }

    /// Whether the text so far ends with a colon, so that it labels the following text.
    pub(super) fn is_label(&self) -> bool {
        self.text.ends_with(['：', ':'])
    }

    /// Ends the line.
    pub(super) fn line_break(&mut self) {
        (self.blank, self.wrapped) = (false, false);
        self.text.push('\n');
    }

    /// Ends the line, unless it is empty.
    pub(super) fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.line_break();
        }
    }

    /// The text, trimmed; a no-break space (`&nbsp;`) is kept.
    pub(super) fn take(&mut self) -> String {
        (self.blank, self.wrapped, self.fenced) = (false, false, false);
        let mut text = std::mem::take(&mut self.text);
        if !self.marks.is_empty() {
            self.marks.write_shifted(&mut text);
        }
        let trimmed = text.trim_matches(['\n', ' ', '\t']);
        if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
    }
}

/// Characters of Chinese text, which are not separated by blanks: ideographs, their punctuation, full-width forms.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{303f}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3ffff}')
}

/// The last character boundary at or before a byte.
pub(super) fn boundary_before(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at.min(3)).map(|back| at - back).find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
