//! Layout analysis for fixed-layout formats: positioned glyphs, ruled lines and pictures become a document.

mod build;
mod flow;
mod geometry;
mod join;
mod lattice;
mod lines;
mod piece;
mod ruling;
mod table;
mod tagged;
mod tidy;
mod variants;

#[cfg(test)]
mod tests;

use crate::document::{Budget, Resource};
use crate::read::ReadError;

pub(in crate::read) use build::document;
pub(in crate::read) use geometry::{Matrix, Rect};
pub(in crate::read) use tagged::{Tagged, TaggedCell};
pub(in crate::read) use tidy::Remark;

/// Maximum slope of a line that is horizontal or vertical.
const LEANING: f64 = 0.06;

/// Maximum distance from an axis of a stroked line that is a ruled line, in points.
const OFF_AXIS: f64 = 0.7;

/// Maximum thickness of a filled box that is a ruled line, in points: Word, Excel and Chromium draw borders in this way.
const LINE_THICKNESS: f64 = 3.0;

/// Minimum length of a ruled line, in points; shorter ones are dots and parts of letters.
const SHORTEST_LINE: f64 = 2.0;

/// Direction of a line of text on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Direction {
    Right,
    Down,
    Left,
    Up,
    /// Slanted, as watermarks are.
    Slanted,
}

impl Direction {
    /// The direction of a vector; y points downwards.
    pub(in crate::read) fn from_vector(dx: f64, dy: f64) -> Self {
        if dx.abs().min(dy.abs()) > LEANING * dx.abs().max(dy.abs()) {
            Self::Slanted
        } else if dx.abs() >= dy.abs() {
            if dx >= 0.0 { Self::Right } else { Self::Left }
        } else if dy > 0.0 {
            Self::Down
        } else {
            Self::Up
        }
    }

    /// Number of clockwise quarter turns from the usual direction.
    fn quarters(self) -> Option<usize> {
        match self {
            Self::Right => Some(0),
            Self::Down => Some(1),
            Self::Left => Some(2),
            Self::Up => Some(3),
            Self::Slanted => None,
        }
    }

    fn from_quarters(quarters: usize) -> Self {
        [Self::Right, Self::Down, Self::Left, Self::Up][quarters % 4]
    }
}

/// How a glyph is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Paint {
    Dark,
    /// Light grey, as watermarks are.
    Light,
    /// White: visible on a dark box only.
    White,
    /// Invisible: the text layer that OCR programs put under or over a scan.
    Invisible,
}

impl Paint {
    /// Brightness from which text is white, and from which it is light.
    const WHITE: f64 = 0.93;
    const LIGHT: f64 = 0.7;

    /// The paint of a brightness.
    pub(in crate::read) fn of_brightness(brightness: f64) -> Self {
        match brightness {
            white if white > Self::WHITE => Self::White,
            light if light > Self::LIGHT => Self::Light,
            _ => Self::Dark,
        }
    }
}

/// Brightness of the darkest component of a colour in grey, RGB or CMYK.
pub(in crate::read) fn brightness(colour: &[f64]) -> Option<f64> {
    match colour {
        [grey] => Some(*grey),
        [red, green, blue] => Some(red.min(*green).min(*blue)),
        [cyan, magenta, yellow, black] => Some(1.0 - black.max(cyan.max(*magenta).max(*yellow))),
        _ => None,
    }
}

/// A glyph on the page. Lengths are in points; y points downwards from the top of the page.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::read) struct Glyph {
    pub(in crate::read) text: String,
    /// Origin on the base line.
    pub(in crate::read) x: f64,
    pub(in crate::read) y: f64,
    /// Advance in its direction.
    pub(in crate::read) advance: f64,
    /// Font size.
    pub(in crate::read) size: f64,
    pub(in crate::read) direction: Direction,
    pub(in crate::read) paint: Paint,
    /// Id of its marked content.
    pub(in crate::read) mark: Option<u32>,
}

impl Glyph {
    /// The centre of the glyph, a third of its size above the base line.
    fn centre(&self) -> (f64, f64) {
        let (along, above) = (self.advance / 2.0, 0.35 * self.size);
        match self.direction {
            Direction::Right | Direction::Slanted => (self.x + along, self.y - above),
            Direction::Left => (self.x - along, self.y + above),
            Direction::Down => (self.x + above, self.y + along),
            Direction::Up => (self.x - above, self.y - along),
        }
    }

    /// The right edge of a glyph of horizontal text.
    fn right(&self) -> f64 {
        self.x + self.advance
    }

    fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}

/// A horizontal or vertical ruled line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::read) struct Segment {
    pub(in crate::read) level: bool,
    /// Its y if horizontal, its x if vertical.
    pub(in crate::read) position: f64,
    pub(in crate::read) from: f64,
    pub(in crate::read) to: f64,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::read) struct Page {
    pub(in crate::read) width: f64,
    pub(in crate::read) height: f64,
    pub(in crate::read) glyphs: Vec<Glyph>,
    pub(in crate::read) segments: Vec<Segment>,
    pub(in crate::read) pictures: Vec<Rect>,
    /// Boxes of a dark colour, on which white text is visible.
    pub(in crate::read) dark: Vec<Rect>,
    /// Number of glyphs without a known character.
    pub(in crate::read) unknown: usize,
}

impl Page {
    /// Adds a glyph.
    pub(in crate::read) fn glyph(&mut self, glyph: Glyph, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 2)?;
        let numbers = [glyph.x, glyph.y, glyph.advance, glyph.size];
        if numbers.iter().all(|number| number.is_finite()) {
            self.glyphs.push(glyph);
        }
        Ok(())
    }

    /// Adds a stroked line if it is horizontal or vertical.
    pub(in crate::read) fn line(
        &mut self,
        (x0, y0): (f64, f64),
        (x1, y1): (f64, f64),
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 1)?;
        let (dx, dy) = ((x1 - x0).abs(), (y1 - y0).abs());
        if dy <= OFF_AXIS && dx > SHORTEST_LINE {
            self.segment(true, f64::midpoint(y0, y1), x0, x1);
        } else if dx <= OFF_AXIS && dy > SHORTEST_LINE {
            self.segment(false, f64::midpoint(x0, x1), y0, y1);
        }
        Ok(())
    }

    /// Adds a filled box; a thin one is a ruled line.
    pub(in crate::read) fn filled(&mut self, area: Rect, dark: bool, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 1)?;
        let (width, height) = (area.width(), area.height());
        if height <= LINE_THICKNESS && width > LINE_THICKNESS {
            self.segment(true, f64::midpoint(area.y0, area.y1), area.x0, area.x1);
        } else if width <= LINE_THICKNESS && height > LINE_THICKNESS {
            self.segment(false, f64::midpoint(area.x0, area.x1), area.y0, area.y1);
        } else if dark && area.is_finite() {
            self.dark.push(area);
        }
        Ok(())
    }

    fn segment(&mut self, level: bool, position: f64, one: f64, other: f64) {
        if position.is_finite() && one.is_finite() && other.is_finite() {
            self.segments.push(Segment { level, position, from: one.min(other), to: one.max(other) });
        }
    }
}
