//! Converts text and path objects of a page to page coordinates in points.

use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::paged::{Direction, Glyph, Matrix, Page, Paint, Rect, brightness};

/// Points per millimetre.
pub(super) const MILLIMETRE: f64 = 72.0 / 25.4;

/// Maximum number of steps, more than any text has characters.
const MOST_STEPS: usize = 100_000;

/// How an object is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Brush {
    #[default]
    Dark,
    Light,
    White,
    /// Not painted.
    None,
}

impl Brush {
    /// The brush of a colour given by its components, 0 to 1; black if there are none.
    pub(super) fn from_components(colour: &[f64]) -> Self {
        match brightness(colour).map(Paint::of_brightness) {
            Some(Paint::White) => Self::White,
            Some(Paint::Light) => Self::Light,
            _ => Self::Dark,
        }
    }

    /// Replaces the colour, unless the object is not painted.
    pub(super) fn with(self, colour: Self) -> Self {
        if self == Self::None { self } else { colour }
    }
}

/// Numbers separated by blanks; anything else is ignored.
pub(super) fn numbers(text: &str) -> Vec<f64> {
    let numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
    numbers.filter(|number: &f64| number.is_finite()).take(MOST_STEPS).collect()
}

/// Distances between glyphs: `g 3 5` means `5 5 5` (GB/T 33190, 11.3).
pub(super) fn deltas(text: &str) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if steps.len() >= MOST_STEPS {
            break;
        }
        if word == "g" {
            let count = words.next().and_then(|count| count.parse().ok()).unwrap_or(0_usize);
            let step: f64 = words.next().and_then(|step| step.parse().ok()).unwrap_or_default();
            steps.extend(std::iter::repeat_n(step, count.min(MOST_STEPS)));
        } else {
            steps.push(word.parse().unwrap_or_default());
        }
    }
    steps
}

/// Position and formatting of a text.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) matrix: Matrix,
    pub(super) size: f64,
    /// Horizontal scale of glyphs.
    pub(super) stretch: f64,
    pub(super) brush: Brush,
    pub(super) start: (f64, f64),
}

/// Adds the glyphs of a text at the positions that the distances give.
pub(super) fn text(
    placed: &Placed,
    text: &str,
    (dx, dy): (&[f64], &[f64]),
    page: &mut Page,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let (mut x, mut y) = placed.start;
    let paint = match placed.brush {
        Brush::Dark => Paint::Dark,
        Brush::Light => Paint::Light,
        Brush::White => Paint::White,
        Brush::None => Paint::Invisible,
    };
    let up = placed.matrix.at(0.0, 0.0);
    let up = {
        let top = placed.matrix.at(0.0, -placed.size);
        (top.0 - up.0).hypot(top.1 - up.1)
    };
    for (index, character) in text.trim_matches(['\n', '\r', '\t']).chars().enumerate() {
        // The glyph width of the font is not known: assume half or full width.
        let width = if character.is_ascii() { 0.5 } else { 1.0 } * placed.size * placed.stretch;
        let step = dx.get(index).copied();
        let width = step.filter(|&step| step > 0.0).map_or(width, |step| step.min(width.max(placed.size)));
        let origin = placed.matrix.at(x, y);
        let end = placed.matrix.at(x + width, y);
        let (along, down) = (end.0 - origin.0, end.1 - origin.1);
        let glyph = Glyph {
            text: character.to_string(),
            x: origin.0,
            y: origin.1,
            advance: along.hypot(down),
            size: up,
            direction: Direction::from_vector(along, down),
            paint,
            mark: None,
        };
        page.glyph(glyph, budget)?;
        x += step.unwrap_or(if dy.get(index).is_some() { 0.0 } else { width });
        y += dy.get(index).copied().unwrap_or_default();
    }
    Ok(())
}

/// Adds the ruled lines of a path (GB/T 33190, 9.3: M, S, L, Q, B, A, C with their operands).
pub(super) fn path(
    matrix: Matrix,
    data: &str,
    stroke: Brush,
    fill: Brush,
    page: &mut Page,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let stroked = matches!(stroke, Brush::Dark | Brush::Light);
    let mut words = data.split_whitespace();
    let (mut last, mut start) = ((0.0, 0.0), (0.0, 0.0));
    let mut points: Vec<(f64, f64)> = Vec::new();
    while let Some(operator) = words.next() {
        budget.spend(Resource::Steps, 1)?;
        let operands = match operator {
            "M" | "S" | "L" => 2,
            "Q" => 4,
            "B" => 6,
            "A" => 7,
            "C" => 0,
            _ => continue,
        };
        let numbers: Vec<f64> = words.by_ref().take(operands).filter_map(|word| word.parse().ok()).collect();
        let end = match (operator, &numbers[..]) {
            ("C", _) => start,
            (_, [.., x, y]) if numbers.len() == operands => matrix.at(*x, *y),
            _ => break,
        };
        match operator {
            "M" | "S" => {
                filled(&mut points, fill, page, budget)?;
                start = end;
            }
            "L" | "C" if stroked => page.line(last, end, budget)?,
            _ => {}
        }
        points.push(end);
        last = end;
    }
    filled(&mut points, fill, page, budget)
}

fn filled(points: &mut Vec<(f64, f64)>, fill: Brush, page: &mut Page, budget: &mut Budget) -> Result<(), ReadError> {
    if let Some(area) = Rect::around(points.drain(..))
        && matches!(fill, Brush::Dark | Brush::Light)
    {
        page.filled(area, fill == Brush::Dark, budget)?;
    }
    Ok(())
}
