//! Graphics and text state (ISO 32000-1, 8.4 and 9.3), with colours.

use std::rc::Rc;

use super::font::Font;
use crate::read::paged::{Matrix, Paint, brightness};

/// What a colour's numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Space {
    /// Grey, red-green-blue or cyan-magenta-yellow-black, by the count of numbers.
    #[default]
    Plain,
    /// An amount of one ink.
    Ink,
    /// Patterns and others: taken as dark.
    Other,
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    pub(super) space: Space,
    /// 0 is black, 1 is white.
    pub(super) brightness: f64,
}

impl Default for Colour {
    fn default() -> Self {
        Self { space: Space::Plain, brightness: 0.0 }
    }
}

impl Colour {
    /// The first colour of a space.
    pub(super) fn of_space(space: Space) -> Self {
        Self { space, brightness: 0.0 }
    }

    /// A colour by its numbers.
    pub(super) fn of(space: Space, numbers: &[f64]) -> Self {
        let brightness = match space {
            Space::Plain => brightness(numbers).unwrap_or_default(),
            Space::Ink => numbers.first().map_or(0.0, |ink| 1.0 - ink),
            Space::Other => 0.0,
        };
        Self { space, brightness }
    }
}

/// The state that `q` keeps and `Q` brings back.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) character_space: f64,
    pub(super) word_space: f64,
    /// In parts of the usual width.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: usize,
    pub(super) fill: Colour,
    pub(super) stroke: Colour,
    /// 0 is not seen, 1 covers.
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

    /// How text is painted: mode 3 not at all, 1 by its outline, 7 as a clip.
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
