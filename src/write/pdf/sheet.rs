//! Page geometry of GB/T 9704-2012, and the marks drawn on a page.

use super::line::Line;

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;

/// The paper: A4.
pub(super) const WIDTH: f32 = 210.0 * MM;
pub(super) const HEIGHT: f32 = 297.0 * MM;

/// The text: 156 mm wide and 225 mm high, 28 mm from the left and 37 mm from above (5.2.1).
pub(super) const LEFT: f32 = 28.0 * MM;
pub(super) const TOP: f32 = 37.0 * MM;
pub(super) const TEXT_WIDTH: f32 = 156.0 * MM;
pub(super) const TEXT_HEIGHT: f32 = 225.0 * MM;
pub(super) const BOTTOM: f32 = TOP + TEXT_HEIGHT;

/// 22 lines of 28 characters a page (5.2.3).
pub(super) const PITCH: f32 = TEXT_HEIGHT / 22.0;
pub(super) const CHARACTER: f32 = TEXT_WIDTH / 28.0;

/// The page number stands 7 mm below the text (7.5).
pub(super) const NUMBER_BASE: f32 = BOTTOM + 7.0 * MM + 10.0;

/// Something drawn on a page. Without an element it is no part of the content.
#[derive(Debug)]
pub(super) enum Item {
    Text {
        line: Line,
        x: f32,
        y: f32,
        size: f32,
        heavy: bool,
        node: Option<usize>,
    },
    Rule {
        x0: f32,
        y0: f32,
        x1: f32,
        y1: f32,
    },
    Picture {
        index: usize,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        node: usize,
    },
    /// The place of an element without content.
    Nothing {
        node: usize,
    },
}
