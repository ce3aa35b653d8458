//! Groups glyphs into lines of text.

use super::{Direction, Glyph};

/// Difference of base lines, in font sizes, below which glyphs are in one line.
const ONE_LINE: f64 = 0.45;

/// Gap between Latin letters or digits, in font sizes, that is a blank; Chinese text has no blanks.
const BLANK: f64 = 0.28;

/// Gap, in font sizes, that separates columns in running text.
const COLUMN: f64 = 1.2;

/// Note marks: maximum size relative to the line, and minimum raise in sizes of the line.
const NOTE: (f64, f64) = (0.8, 0.12);

/// Tolerance, in widths and sizes, within which a repeated glyph is drawn twice to look bold.
const DRAWN_AGAIN: (f64, f64) = (0.3, 0.2);

/// Overlap of two digits, in widths, from which they are not a number.
const OVERPRINTED: f64 = 0.5;

/// A line of glyphs from left to right.
#[derive(Debug)]
pub(super) struct Line<'g> {
    pub(super) base: f64,
    pub(super) glyphs: Vec<&'g Glyph>,
}

/// Groups glyphs into lines from the top; repeated glyphs are dropped.
pub(super) fn lines(mut glyphs: Vec<&Glyph>) -> Vec<Line<'_>> {
    /// Minimum font size, in points, that is meaningful.
    const LEAST: f64 = 4.0;
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Line> = Vec::new();
    for glyph in glyphs {
        match lines.last_mut() {
            Some(line) if glyph.y - line.base <= ONE_LINE * glyph.size.max(LEAST) => line.glyphs.push(glyph),
            _ => lines.push(Line { base: glyph.y, glyphs: vec![glyph] }),
        }
    }
    for line in &mut lines {
        line.glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        line.glyphs = once(&line.glyphs);
    }
    lines
}

/// Drops glyphs that are drawn twice.
fn once<'g>(glyphs: &[&'g Glyph]) -> Vec<&'g Glyph> {
    /// Number of previous glyphs that are compared: glyphs are repeated one by one or all together.
    const BEFORE: usize = 3;
    let mut kept: Vec<&Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let same = |other: &&&Glyph| {
            other.text == glyph.text
                && (glyph.x - other.x).abs() < DRAWN_AGAIN.0 * glyph.advance.max(1.0)
                && (glyph.y - other.y).abs() < DRAWN_AGAIN.1 * glyph.size
        };
        if glyph.is_blank() || !kept.iter().rev().take(BEFORE).any(|other| same(&other)) {
            kept.push(glyph);
        }
    }
    kept
}

impl Line<'_> {
    /// Left and right end of the visible text; `None` for a blank line.
    pub(super) fn reach(&self) -> Option<(f64, f64)> {
        let mut visible = self.glyphs.iter().filter(|glyph| !glyph.is_blank());
        let first = visible.next()?;
        Some((first.x, visible.next_back().unwrap_or(first).right()))
    }

    /// The median font size.
    pub(super) fn size(&self) -> f64 {
        let mut sizes: Vec<f64> =
            self.glyphs.iter().filter(|glyph| !glyph.is_blank()).map(|glyph| glyph.size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.get(sizes.len() / 2).copied().unwrap_or_default()
    }

    /// The text; with `columns`, a wide gap becomes a tab.
    pub(super) fn text(&self, columns: bool) -> String {
        let largest = self.glyphs.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
        let main_base = self.glyphs.iter().filter(|g| g.size > NOTE.0 * largest).map(|g| g.y).fold(f64::MIN, f64::max);
        let columns = columns && !self.is_spaced_out();
        let mut text = String::new();
        let mut last: Option<&Glyph> = None;
        for glyph in &self.glyphs {
            if let Some(last) = last {
                let gap = glyph.x - last.right();
                if columns && gap > COLUMN * glyph.size {
                    text.truncate(text.trim_end().len());
                    text.push('\t');
                } else if gap > BLANK * glyph.size && is_latin(&last.text) && is_latin(&glyph.text) {
                    text.push(' ');
                } else if is_digit(last) && is_digit(glyph) && -gap > OVERPRINTED * last.advance.min(glyph.advance) {
                    text.push(char::REPLACEMENT_CHARACTER);
                }
            }
            let raised = glyph.size <= NOTE.0 * largest && main_base - glyph.y >= NOTE.1 * largest;
            if raised && is_digit(glyph) {
                text.extend(["〔", &glyph.text, "〕"]);
            } else {
                text.extend(glyph.text.chars().map(plain_blank));
            }
            last = Some(glyph);
        }
        text.trim().to_owned()
    }

    /// Whether every character is separated by wide gaps, as in titles: `年　度　报　告`.
    fn is_spaced_out(&self) -> bool {
        let visible: Vec<&&Glyph> = self.glyphs.iter().filter(|glyph| !glyph.is_blank()).collect();
        let wide = |pair: &[&&Glyph]| pair[1].x - pair[0].right() > COLUMN * pair[1].size;
        visible.len() > 2
            && visible.windows(2).all(wide)
            && visible.iter().all(|glyph| !glyph.text.is_ascii() && glyph.text.chars().count() == 1)
    }
}

fn is_latin(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_graphic())
}

fn is_digit(glyph: &Glyph) -> bool {
    glyph.text.bytes().all(|byte| byte.is_ascii_digit()) && !glyph.text.is_empty()
}

fn plain_blank(character: char) -> char {
    if matches!(character, '\u{a0}' | '\u{3000}' | '\r' | '\n' | '\t') { ' ' } else { character }
}

/// The text of a cell. Lines are joined without a blank, except where two numbers would become one.
pub(super) fn cell_text(glyphs: Vec<&Glyph>) -> String {
    let upright = |glyph: &&Glyph| glyph.direction == Direction::Right;
    if glyphs.iter().all(upright) {
        return joined(&lines(glyphs));
    }
    let turned: Vec<Glyph> = glyphs.iter().copied().filter(|glyph| !upright(glyph)).filter_map(turned).collect();
    let mut text = joined(&lines(glyphs.into_iter().filter(upright).collect()));
    let aside = joined(&lines(turned.iter().collect()));
    if !text.is_empty() && !aside.is_empty() {
        text.push('\n');
    }
    text + &aside
}

/// A glyph of sideways text, rotated with its page.
fn turned(glyph: &Glyph) -> Option<Glyph> {
    let (x, y) = match glyph.direction {
        Direction::Down => (glyph.y, -glyph.x),
        Direction::Up => (-glyph.y, glyph.x),
        _ => return None,
    };
    Some(Glyph { x, y, direction: Direction::Right, ..glyph.clone() })
}

fn joined(lines: &[Line]) -> String {
    let mut whole = String::new();
    for text in lines.iter().map(|line| line.text(false)).filter(|text| !text.is_empty()) {
        if !whole.is_empty() {
            whole.push_str(between(&whole, &text));
        }
        whole.push_str(&text);
    }
    whole
}

/// The separator between two lines of a cell.
pub(super) fn between(upper: &str, lower: &str) -> &'static str {
    let last = upper.rsplit('\n').next().unwrap_or_default();
    let figure = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_punctuation() || c == ' ');
    let digits = last.ends_with(|c: char| c.is_ascii_digit()) && lower.starts_with(|c: char| c.is_ascii_digit());
    let letters =
        last.ends_with(|c: char| c.is_ascii_alphabetic()) && lower.starts_with(|c: char| c.is_ascii_alphabetic());
    if digits || figure(last) || figure(lower) {
        "\n"
    } else if letters {
        " "
    } else {
        ""
    }
}
