//! Page geometry of GB/T 9704-2012, and the items drawn on a page.

use super::line::Line;

/// Points per millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// A4 paper.
const SHORT: f32 = 210.0 * MM;
const LONG: f32 = 297.0 * MM;

/// Text area: 156 mm wide and 225 mm high (5.2.1).
const TEXT_WIDTH: f32 = 156.0 * MM;
const TEXT_HEIGHT: f32 = 225.0 * MM;

/// A page with its text area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) paper: (f32, f32),
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// Portrait: the text area is 28 mm from the left and 37 mm from the top (5.2.1).
pub(super) const UPRIGHT: Frame =
    Frame { paper: (SHORT, LONG), left: 28.0 * MM, top: 37.0 * MM, width: TEXT_WIDTH, height: TEXT_HEIGHT };

/// Landscape: the page is rotated with its margins, as a wide table is bound; its left edge becomes the top.
pub(super) const TURNED: Frame = Frame {
    paper: (LONG, SHORT),
    left: LONG - 37.0 * MM - TEXT_HEIGHT,
    top: 28.0 * MM,
    width: TEXT_HEIGHT,
    height: TEXT_WIDTH,
};

impl Frame {
    /// Lower edge of the text area.
    pub(super) fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// Base line of the page number, 7 mm below the text area (7.5).
    pub(super) fn number_base(&self) -> f32 {
        self.bottom() + 7.0 * MM + 10.0
    }
}

/// Line pitch: 22 lines of 28 characters per page (5.2.3).
pub(super) const PITCH: f32 = TEXT_HEIGHT / 22.0;
pub(super) const CHARACTER: f32 = TEXT_WIDTH / 28.0;

/// Colour of text and lines: black, except for the head of a document (5.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ink {
    #[default]
    Black,
    Red,
}

/// An item drawn on a page. Without an element it is an artifact (PDF/UA).
#[derive(Debug)]
pub(super) enum Item {
    Text {
        line: Line,
        x: f32,
        y: f32,
        size: f32,
        heavy: bool,
        ink: Ink,
        node: Option<usize>,
    },
    Rule {
        x0: f32,
        y0: f32,
        x1: f32,
        y1: f32,
        ink: Ink,
    },
    Picture {
        index: usize,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        node: usize,
    },
    /// Position of an element without content.
    Nothing {
        node: usize,
    },
}
