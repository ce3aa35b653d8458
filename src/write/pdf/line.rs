//! Line breaking: prohibition rules for Chinese punctuation (禁则), unbroken words and numbers, compressed punctuation, justification.

use super::fonts::{Glyph, Glyphs, Role};

/// Style of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) role: Role,
    /// Font size in points.
    pub(super) size: f32,
    /// Letter spacing after each Chinese character, in points.
    pub(super) tracking: f32,
    /// Whether it is drawn with synthetic bold.
    pub(super) heavy: bool,
    /// Whether all lines but the last are justified.
    pub(super) justified: bool,
}

/// A character's glyph with its advance width.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShapedGlyph {
    pub(super) character: char,
    pub(super) glyph: Glyph,
    /// Advance width in points.
    pub(super) advance: f32,
}

/// A line of glyphs.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) glyphs: Vec<ShapedGlyph>,
    /// Width in points.
    pub(super) width: f32,
}

/// Characters that must not begin a line: commas, full stops, closing brackets, and units that belong to the figure before them.
const NOT_FIRST: &str = "，。、；：？！）》〉」』】〕〗］｝”’％‰℃·～,.;:?!)]}%";

/// Characters that must not end a line.
const NOT_LAST: &str = "（《〈「『【〔〖［｛“‘([{";

/// Full-width punctuation whose right half is blank, and whose left half is blank.
const BLANK_BEHIND: &str = "，。、；：？！）》〉」』】〕〗］｝”’";
const BLANK_BEFORE: &str = "（《〈「『【〔〖［｛“‘";

/// Maximum compression of a full-width punctuation character within a line, as a fraction of its size.
const PRESSED: f32 = 0.25;

/// Maximum additional space between two characters when a line is justified, in font sizes: a wider gap looks like a column.
const MOST_SPREAD: f32 = 0.8;

/// Width of a tab, in font sizes.
const TAB: f32 = 2.0;

/// Replacement for a character without a glyph in any font.
pub(super) const MISSING: char = '〓';

/// Invisible characters, which need no glyph.
fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
        || character.is_control()
}

/// Private-use characters, which PDF/A forbids.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The glyphs of a text before line breaking. Characters without a glyph in any font are replaced and added to `missing`.
pub(super) fn shape(text: &str, style: &Style, glyphs: &Glyphs, missing: &mut Vec<char>) -> Vec<ShapedGlyph> {
    let mut all: Vec<ShapedGlyph> = Vec::with_capacity(text.len() / 3);
    for mut character in text.chars() {
        if character == '\t' {
            // A tab adds to the previous advance and has no glyph.
            if let Some(last) = all.last_mut() {
                last.advance += TAB * style.size;
            }
            continue;
        }
        if is_unseen(character) {
            continue;
        }
        if matches!(character, '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}') {
            character = ' ';
        }
        let glyph = if is_private(character) { None } else { glyphs.glyph(style.role, character) };
        let glyph = if let Some(glyph) = glyph {
            glyph
        } else {
            if !missing.contains(&character) {
                missing.push(character);
            }
            let found = [MISSING, '□'].into_iter().find_map(|mark| Some((mark, glyphs.glyph(style.role, mark)?)));
            let Some((mark, glyph)) = found else { continue };
            character = mark;
            glyph
        };
        let tracking = if is_word(character) { 0.0 } else { style.tracking };
        all.push(ShapedGlyph { character, glyph, advance: glyph.advance * style.size + tracking });
    }
    all
}

fn is_word(character: char) -> bool {
    character.is_ascii_graphic()
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) || after == ' ' {
        return false;
    }
    // Words, numbers and addresses; the two halves of a dash or an ellipsis.
    let joined = is_word(before) && is_word(after) || matches!(before, '—' | '…') && before == after;
    !joined
}

/// Breaks glyphs into lines of a width; the first line is indented.
pub(super) fn break_lines(all: &[ShapedGlyph], style: &Style, width: f32, indent: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < all.len() {
        let room = if start == 0 { width - indent } else { width };
        let end = end_of_line(all, start, room, style);
        let last = end == all.len();
        lines.push(line(&all[start..end], style, room, last));
        start = end;
        // Blanks at the end of a line are dropped.
        while !last && all.get(start).is_some_and(|set| set.character == ' ') {
            start += 1;
        }
    }
    lines
}

/// The index at which the line from `start` ends.
fn end_of_line(all: &[ShapedGlyph], start: usize, room: f32, style: &Style) -> usize {
    /// Tolerance for rounding errors, in points.
    const NEARLY: f32 = 0.05;
    let mut width = 0.0;
    let mut over = start;
    while over < all.len() && width + visible(&all[over], style) <= room + NEARLY {
        width += all[over].advance;
        over += 1;
    }
    if over == all.len() {
        return over;
    }
    let breaks = |at: usize| may_break(all[at - 1].character, all[at].character);
    // Characters that must not begin a line are pulled into this one if its punctuation can be compressed enough.
    let mut behind = over + 1;
    while behind < all.len() && !breaks(behind) {
        behind += 1;
    }
    let signs = all[over..behind].iter().all(|set| NOT_FIRST.contains(set.character) || set.character == ' ');
    if over > start
        && signs
        && !breaks(over)
        && compressible_width(&all[start..behind], style) >= excess(&all[start..behind], room)
    {
        return behind;
    }
    let end = (start + 1..=over).rev().find(|&at| breaks(at)).unwrap_or(over.max(start + 1));
    // If the line would be too short to be justified, an address is broken; a number is not.
    let lacking = -excess(&all[start..end], room);
    let number = |at: usize| all[at].character.is_ascii_digit();
    if end < over && lacking > most_spread(&all[start..end], style) && !(number(over - 1) && number(over)) {
        // After a punctuation character, if there is one.
        let sign = |at: &usize| matches!(all[at - 1].character, '/' | '.' | '-' | '_' | '?' | '&' | '=');
        return (end + 1..=over).rev().find(sign).unwrap_or(over);
    }
    end
}

/// The positions where space may be added: not within a word or a number.
fn spreadable_gaps(glyphs: &[ShapedGlyph]) -> impl Iterator<Item = usize> {
    (1..glyphs.len())
        .filter(|&at| !(is_word(glyphs[at - 1].character) && is_word(glyphs[at].character)))
        .map(|at| at - 1)
}

/// Maximum width that can be added to a line.
#[allow(clippy::cast_precision_loss, reason = "characters of a line")]
fn most_spread(glyphs: &[ShapedGlyph], style: &Style) -> f32 {
    spreadable_gaps(glyphs).count() as f32 * MOST_SPREAD * style.size
}

/// Width of a glyph at the end of a line, without its letter spacing.
fn visible(set: &ShapedGlyph, style: &Style) -> f32 {
    set.advance.min(set.glyph.advance * style.size)
}

fn excess(glyphs: &[ShapedGlyph], room: f32) -> f32 {
    glyphs.iter().map(|set| set.advance).sum::<f32>() - room
}

/// Maximum width that can be removed between the characters of a line; the blank half of the last character can be removed completely.
fn compressible_width(glyphs: &[ShapedGlyph], style: &Style) -> f32 {
    let inside = glyphs.len().saturating_sub(1);
    let between: f32 = (1..glyphs.len()).map(|at| compressible(&glyphs[at - 1], &glyphs[at])).sum();
    let last = glyphs.get(inside).filter(|set| BLANK_BEHIND.contains(set.character));
    (between + last.map_or(0.0, |_| 2.0 * PRESSED)) * style.size
}

/// Maximum compression between two characters, in font sizes.
fn compressible(before: &ShapedGlyph, after: &ShapedGlyph) -> f32 {
    let behind = BLANK_BEHIND.contains(before.character) && before.glyph.advance > 0.9;
    let front = BLANK_BEFORE.contains(after.character) && after.glyph.advance > 0.9;
    PRESSED * (f32::from(u8::from(behind)) + f32::from(u8::from(front)))
}

/// A line, compressed or justified to its width.
#[allow(clippy::cast_precision_loss, reason = "characters of a line")]
fn line(glyphs: &[ShapedGlyph], style: &Style, room: f32, last: bool) -> Line {
    let mut glyphs = glyphs.to_vec();
    while glyphs.last().is_some_and(|set| set.character == ' ') {
        glyphs.pop();
    }
    if let Some(set) = glyphs.last_mut() {
        set.advance = visible(set, style);
    }
    let natural: f32 = glyphs.iter().map(|set| set.advance).sum();
    let slack = room - natural;
    let hanging = glyphs.last().filter(|set| BLANK_BEHIND.contains(set.character));
    let hanging = hanging.map_or(0.0, |_| 2.0 * PRESSED * style.size);
    if slack < 0.0 {
        // The blank half of the last character may extend beyond the line; the rest is removed between characters.
        let wanted = -slack - hanging;
        let all: f32 = (1..glyphs.len()).map(|at| compressible(&glyphs[at - 1], &glyphs[at])).sum::<f32>() * style.size;
        if wanted > 0.0 && all > 0.0 {
            let part = (wanted / all).min(1.0) * style.size;
            for at in 1..glyphs.len() {
                let pressed = compressible(&glyphs[at - 1], &glyphs[at]);
                glyphs[at - 1].advance -= pressed * part;
            }
        }
    } else if style.justified && !last && slack <= most_spread(&glyphs, style) {
        let wider: Vec<usize> = spreadable_gaps(&glyphs).collect();
        let spread = slack / wider.len().max(1) as f32;
        for at in wider {
            glyphs[at].advance += spread;
        }
    }
    let width = glyphs.iter().map(|set| set.advance).sum();
    Line { glyphs, width }
}

/// Width of the widest unbreakable run, in points.
pub(super) fn widest_piece(all: &[ShapedGlyph], style: &Style) -> f32 {
    let (mut widest, mut width) = (0.0_f32, 0.0_f32);
    for (at, set) in all.iter().enumerate() {
        if at > 0 && may_break(all[at - 1].character, set.character) {
            width = 0.0;
        }
        widest = widest.max(width + visible(set, style));
        width += set.advance;
    }
    widest
}
