//! Graphics and text state (ISO 32000-1, 8.4 and 9.3), with colours.

use std::rc::Rc;

use super::font::Font;
use crate::read::paged::{Matrix, Paint, brightness};

/// Interpretation of colour components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Space {
    /// Grey, RGB or CMYK, by the number of components.
    #[default]
    Plain,
    /// Tint of a single ink.
    Ink,
    /// Patterns and other spaces: treated as dark.
    Other,
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    pub(super) space: Space,
    /// From 0 (black) to 1 (white).
    pub(super) brightness: f64,
}

impl Default for Colour {
    fn default() -> Self {
        Self { space: Space::Plain, brightness: 0.0 }
    }
}

impl Colour {
    /// The initial colour of a space: black.
    pub(super) fn of_space(space: Space) -> Self {
        Self { space, brightness: 0.0 }
    }

    /// A colour by its components.
    pub(super) fn from_components(space: Space, numbers: &[f64]) -> Self {
        let brightness = match space {
            Space::Plain => brightness(numbers).unwrap_or_default(),
            Space::Ink => numbers.first().map_or(0.0, |ink| 1.0 - ink),
            Space::Other => 0.0,
        };
        Self { space, brightness }
    }
}

/// The state saved by `q` and restored by `Q`.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) character_space: f64,
    pub(super) word_space: f64,
    /// Horizontal scaling; 1 is normal.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: usize,
    pub(super) fill: Colour,
    pub(super) stroke: Colour,
    /// From 0 (invisible) to 1 (opaque).
    pub(super) opacity: f64,
}

impl State {
    pub(super) fn new(matrix: Matrix) -> Self {
        Self {
            matrix,
            font: None,
            size: 1.0,
            character_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            fill: Colour::default(),
            stroke: Colour::default(),
            opacity: 1.0,
        }
    }

    /// Paint of text by its rendering mode: 3 is invisible, 7 is clipping only, 1 and 5 are outlines.
    pub(super) fn text_paint(&self) -> Paint {
        match self.mode {
            3 | 7 => Paint::Invisible,
            1 | 5 => self.paint(self.stroke),
            _ => self.paint(self.fill),
        }
    }

    pub(super) fn paint(&self, colour: Colour) -> Paint {
        Paint::of_brightness(1.0 - self.opacity * (1.0 - colour.brightness))
    }
}
