//! Normalises a page: rotates it upright, removes watermarks, invisible text and content outside of the page.

use std::collections::BTreeMap;

use super::{Direction, Glyph, Page, Paint, Rect, Segment, variants};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Findings about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Remark {
    /// A scan: a picture covers it, and there is no text.
    Scanned,
    /// Its text is a text layer from OCR.
    Recognised,
    /// Its glyphs are not mapped to characters.
    Unreadable,
    /// Slanted or light text was removed.
    Watermark,
    /// Invisible text was removed.
    Unseen,
    /// Sideways text was removed.
    Sideways,
    /// Pictures were left out.
    Pictures,
    /// Its content is damaged from some point on.
    Damaged,
}

/// Maximum number of visible characters of a scan.
const FEW: usize = 20;

/// Fraction of the page that the picture of a scan covers.
const COVERED: f64 = 0.5;

/// Ratio to the body text size from which light text is a watermark.
const LARGE: f64 = 1.5;

/// A page is refused if more than one glyph in this many has no character; bullets of symbol fonts are fewer.
const UNKNOWN_ONE_IN: usize = 50;

/// Font sizes of readable text, in points.
const SIZES: std::ops::RangeInclusive<f64> = 1.0..=400.0;

/// Rotates a page upright and removes content that is not its text.
pub(super) fn tidy(page: &mut Page, budget: &mut Budget) -> Result<Vec<Remark>, ReadError> {
    let mut remarks = Vec::new();
    turn(page);
    if page.unknown * UNKNOWN_ONE_IN > page.glyphs.len() {
        page.glyphs.clear();
        page.segments.clear();
        remarks.push(Remark::Unreadable);
        return Ok(remarks);
    }
    let edges = Rect { x0: -1.0, y0: -1.0, x1: page.width + 1.0, y1: page.height + 1.0 };
    page.glyphs.retain(|glyph| SIZES.contains(&glyph.size) && edges.holds(glyph.centre()));
    for glyph in &mut page.glyphs {
        if !glyph.text.is_ascii() {
            glyph.text = glyph.text.chars().map(variants::ordinary).collect();
        }
    }
    unseen(page, &mut remarks, budget)?;
    watermarks(page, &mut remarks);
    pictures(page, &mut remarks);
    Ok(remarks)
}

fn count(glyphs: &[Glyph], of: impl Fn(&Glyph) -> bool) -> usize {
    glyphs.iter().filter(|glyph| !glyph.is_blank() && of(glyph)).count()
}

/// Invisible text is kept if there is more of it than visible text, as in a scan with a text layer. White text is kept on a dark box
/// only.
fn unseen(page: &mut Page, remarks: &mut Vec<Remark>, budget: &mut Budget) -> Result<(), ReadError> {
    let invisible = count(&page.glyphs, |glyph| glyph.paint == Paint::Invisible);
    let recognised = invisible > page.glyphs.len() / 2;
    if recognised {
        remarks.push(Remark::Recognised);
    }
    let white = page.glyphs.iter().filter(|glyph| glyph.paint == Paint::White).count();
    budget.spend(Resource::Steps, (white as u64).saturating_mul(page.dark.len() as u64))?;
    let dark = std::mem::take(&mut page.dark);
    let seen = |glyph: &Glyph| match glyph.paint {
        Paint::Dark | Paint::Light => true,
        Paint::Invisible => recognised,
        Paint::White => dark.iter().any(|area| area.holds(glyph.centre())),
    };
    if count(&page.glyphs, |glyph| !seen(glyph)) > 0 {
        remarks.push(Remark::Unseen);
    }
    page.glyphs.retain(seen);
    Ok(())
}

/// Removes slanted text, and light text that is larger than the body text.
fn watermarks(page: &mut Page, remarks: &mut Vec<Remark>) {
    let body = body_size(&page.glyphs);
    let watermark = |glyph: &Glyph| {
        glyph.direction == Direction::Slanted || glyph.paint == Paint::Light && glyph.size >= LARGE * body
    };
    if count(&page.glyphs, watermark) > 0 {
        remarks.push(Remark::Watermark);
    }
    page.glyphs.retain(|glyph| !watermark(glyph));
}

/// The most frequent size of dark text in points, rounded to half points.
fn body_size(glyphs: &[Glyph]) -> f64 {
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    for glyph in glyphs.iter().filter(|glyph| glyph.paint == Paint::Dark && glyph.direction == Direction::Right) {
        *sizes.entry((glyph.size * 2.0).round() as i64).or_default() += 1;
    }
    #[allow(clippy::cast_precision_loss, reason = "some hundred at most")]
    sizes.iter().max_by_key(|(_, count)| **count).map_or(12.0, |(size, _)| *size as f64 / 2.0)
}

fn pictures(page: &Page, remarks: &mut Vec<Remark>) {
    let whole = Rect { x0: 0.0, y0: 0.0, x1: page.width, y1: page.height };
    let covered: f64 = page.pictures.iter().map(|picture| picture.within(&whole).area()).sum();
    let text = count(&page.glyphs, |_| true);
    let recognised = remarks.contains(&Remark::Recognised);
    if !recognised && text < FEW && covered > COVERED * whole.area() {
        remarks.push(Remark::Scanned);
    } else if !page.pictures.is_empty() && !recognised {
        remarks.push(Remark::Pictures);
    }
}

/// Rotates a page whose text runs up, down or upside down.
fn turn(page: &mut Page) {
    let mut counts = [0_usize; 4];
    for quarters in page.glyphs.iter().filter_map(|glyph| glyph.direction.quarters()) {
        counts[quarters] += 1;
    }
    let most = (0..4).max_by_key(|&quarters| (counts[quarters], 3 - quarters)).unwrap_or(0);
    if most == 0 {
        return;
    }
    let (width, height) = (page.width, page.height);
    let turned = move |x: f64, y: f64| match most {
        1 => (y, width - x),
        3 => (height - y, x),
        _ => (width - x, height - y),
    };
    for glyph in &mut page.glyphs {
        (glyph.x, glyph.y) = turned(glyph.x, glyph.y);
        if let Some(quarters) = glyph.direction.quarters() {
            glyph.direction = Direction::from_quarters(quarters + 4 - most);
        }
    }
    for segment in &mut page.segments {
        *segment = turned_segment(segment, turned);
    }
    for area in page.pictures.iter_mut().chain(&mut page.dark) {
        let corners = [turned(area.x0, area.y0), turned(area.x1, area.y1)];
        *area = Rect::around(corners).unwrap_or(*area);
    }
    if most != 2 {
        (page.width, page.height) = (height, width);
    }
}

fn turned_segment(segment: &Segment, turned: impl Fn(f64, f64) -> (f64, f64)) -> Segment {
    let ends = if segment.level {
        [(segment.from, segment.position), (segment.to, segment.position)]
    } else {
        [(segment.position, segment.from), (segment.position, segment.to)]
    };
    let [one, other] = ends.map(|(x, y)| turned(x, y));
    if (one.1 - other.1).abs() < (one.0 - other.0).abs() {
        Segment { level: true, position: one.1, from: one.0.min(other.0), to: one.0.max(other.0) }
    } else {
        Segment { level: false, position: one.0, from: one.1.min(other.1), to: one.1.max(other.1) }
    }
}
