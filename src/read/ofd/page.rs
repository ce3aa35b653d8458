//! Content of a page: an iterative walk over layers and blocks of objects.

use super::attribute;
use super::objects::{self, Brush, MILLIMETRE, Placed};
use super::wanted;
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::container::package::Package;
use crate::read::paged::{Matrix, Page, Rect};
use crate::read::xml::{self, Event, Events, Tag};

/// Reads a part into a page; returns the ids of its templates.
pub(super) fn read(
    package: &mut Package,
    name: &str,
    page: &mut Page,
    budget: &mut Budget,
) -> Result<Vec<String>, ReadError> {
    let part = wanted(package, name, budget)?;
    let (text, _) = xml::text(&part, budget)?;
    let mut events = Events::new(&text, 0, &[]);
    let mut templates = Vec::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) => match tag.local {
                "Template" => templates.extend(attribute(&tag, "TemplateID")),
                "PhysicalBox" => {
                    let numbers = objects::numbers(&events.content(budget)?);
                    if let [_, _, width, height, ..] = numbers[..] {
                        (page.width, page.height) = (width * MILLIMETRE, height * MILLIMETRE);
                    }
                }
                "Layer" | "PageBlock" | "TextObject" | "PathObject" | "ImageObject" | "CompositeObject"
                    if attribute(&tag, "Visible").is_some_and(|visible| visible.trim() == "false") =>
                {
                    events.skip(budget)?;
                }
                "TextObject" => text_object(&tag, &mut events, page, budget)?,
                "PathObject" => path_object(&tag, &mut events, page, budget)?,
                "ImageObject" | "CompositeObject" => {
                    page.pictures.extend(boundary(&tag));
                    events.skip(budget)?;
                }
                _ => {}
            },
            Event::End => return Ok(templates),
            _ => {}
        }
    }
}

/// The box of an object on the page, in points.
fn boundary(tag: &Tag) -> Option<Rect> {
    let numbers = objects::numbers(&attribute(tag, "Boundary")?);
    let [x, y, width, height] = numbers[..] else { return None };
    let corner = |x: f64, y: f64| (x * MILLIMETRE, y * MILLIMETRE);
    Rect::around([corner(x, y), corner(x + width, y + height)])
}

/// Transformation from the coordinates of an object to points of the page: its matrix, then its box.
fn matrix(tag: &Tag) -> Matrix {
    let own = attribute(tag, "CTM").map(|numbers| objects::numbers(&numbers));
    let own = own.and_then(|numbers| <[f64; 6]>::try_from(numbers).ok()).map_or(Matrix::IDENTITY, Matrix);
    let bounds = attribute(tag, "Boundary").map(|numbers| objects::numbers(&numbers)).unwrap_or_default();
    let (x, y) = (bounds.first().copied().unwrap_or_default(), bounds.get(1).copied().unwrap_or_default());
    own.then(Matrix::shift(x, y)).then(Matrix([MILLIMETRE, 0.0, 0.0, MILLIMETRE, 0.0, 0.0]))
}

fn number(tag: &Tag, name: &str) -> Option<f64> {
    attribute(tag, name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn text_object(tag: &Tag, events: &mut Events, page: &mut Page, budget: &mut Budget) -> Result<(), ReadError> {
    /// Default size of text, in millimetres.
    const USUAL: f64 = 3.0;
    let outside = events.depth().saturating_sub(1);
    let mut placed = Placed {
        matrix: matrix(tag),
        size: number(tag, "Size").unwrap_or(USUAL),
        stretch: number(tag, "HScale").unwrap_or(1.0),
        brush: Brush::default(),
        start: (0.0, 0.0),
    };
    if number(tag, "Alpha").is_some_and(|alpha| alpha <= 0.0) {
        placed.brush = Brush::None;
    }
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "FillColor" => placed.brush = placed.brush.with(brush(&tag)),
            Event::Open(tag) if tag.local == "TextCode" => {
                let (x, y) = (number(&tag, "X"), number(&tag, "Y"));
                placed.start = (x.unwrap_or(placed.start.0), y.unwrap_or(placed.start.1));
                let steps = |name| attribute(&tag, name).map(|steps| objects::deltas(&steps)).unwrap_or_default();
                let (dx, dy) = (steps("DeltaX"), steps("DeltaY"));
                let text = events.content(budget)?;
                objects::text(&placed, &text, (&dx, &dy), page, budget)?;
            }
            Event::Close(_) if events.depth() == outside => return Ok(()),
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

fn path_object(tag: &Tag, events: &mut Events, page: &mut Page, budget: &mut Budget) -> Result<(), ReadError> {
    let outside = events.depth().saturating_sub(1);
    let said = |name, usual: &str| attribute(tag, name).map_or(usual == "true", |said| said.trim() == "true");
    let mut stroke = if said("Stroke", "true") { Brush::Dark } else { Brush::None };
    let mut fill = if said("Fill", "false") { Brush::Dark } else { Brush::None };
    let matrix = matrix(tag);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "FillColor" => fill = fill.with(brush(&tag)),
            Event::Open(tag) if tag.local == "StrokeColor" => stroke = stroke.with(brush(&tag)),
            Event::Open(tag) if tag.local == "AbbreviatedData" => {
                let data = events.content(budget)?;
                objects::path(matrix, &data, stroke, fill, page, budget)?;
            }
            Event::Close(_) if events.depth() == outside => return Ok(()),
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

/// The brush of a colour: `Value` in a grey, RGB or CMYK space, `Alpha` from 0 to 255.
fn brush(tag: &Tag) -> Brush {
    if number(tag, "Alpha").is_some_and(|alpha| alpha <= 0.0) {
        return Brush::None;
    }
    let values = attribute(tag, "Value").map(|value| objects::numbers(&value)).unwrap_or_default();
    Brush::from_components(&values.iter().map(|value| value / 255.0).collect::<Vec<_>>())
}
