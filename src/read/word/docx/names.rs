//! Namespaces of word processing files in all versions of the standard, and attribute values.

use std::borrow::Cow;

use crate::read::shared::marks::{Change, Colour, LEAST_TWIPS, Paper, Rgb, Shift, rgb};
use crate::read::xml::Tag;

/// Main vocabulary (ECMA-376 part 1, 17).
pub(in crate::read) const W: Option<u32> = Some(0);
/// `DrawingML` (20.1).
pub(super) const A: Option<u32> = Some(1);
/// Drawings in text (20.4).
pub(super) const WP: Option<u32> = Some(2);
/// Markup compatibility (part 3, 7).
pub(super) const MC: Option<u32> = Some(3);
/// Vector Markup Language (part 4, 19.1).
pub(super) const V: Option<u32> = Some(4);
/// Embedded objects in VML (part 4, 19.2).
pub(super) const O: Option<u32> = Some(5);
/// Formulas (OMML, 22.1).
pub(super) const M: Option<u32> = Some(6);
/// Charts and diagrams, whose content is in separate parts.
pub(super) const GRAPHIC: Option<u32> = Some(7);
/// Flat OPC packages.
pub(in crate::read) const PKG: Option<u32> = Some(8);
/// Annotations of Word 2003 XML.
pub(super) const AML: Option<u32> = Some(9);

/// All namespaces that are read: Transitional, Strict, Word 2003.
pub(in crate::read) static SPACES: &[(&str, u32)] = &[
    ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", 0),
    ("http://purl.oclc.org/ooxml/wordprocessingml/main", 0),
    ("http://schemas.microsoft.com/office/word/2003/wordml", 0),
    ("http://schemas.openxmlformats.org/drawingml/2006/main", 1),
    ("http://purl.oclc.org/ooxml/drawingml/main", 1),
    ("http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing", 2),
    ("http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", 2),
    ("http://schemas.openxmlformats.org/markup-compatibility/2006", 3),
    ("urn:schemas-microsoft-com:vml", 4),
    ("urn:schemas-microsoft-com:office:office", 5),
    ("http://schemas.openxmlformats.org/officeDocument/2006/math", 6),
    ("http://purl.oclc.org/ooxml/officeDocument/math", 6),
    ("http://schemas.openxmlformats.org/drawingml/2006/chart", 7),
    ("http://purl.oclc.org/ooxml/drawingml/chart", 7),
    ("http://schemas.microsoft.com/office/drawing/2014/chartex", 7),
    ("http://schemas.openxmlformats.org/drawingml/2006/diagram", 7),
    ("http://purl.oclc.org/ooxml/drawingml/diagram", 7),
    ("http://schemas.microsoft.com/office/2006/xmlPackage", 8),
    ("http://schemas.microsoft.com/aml/2001/core", 9),
];

/// From this transparency on, in thousandths of a percent, a text fill is invisible.
const LEAST_CLEAR: u32 = 95_000;

/// The colours of `w:highlight` (17.18.40).
const HIGHLIGHTS: &[(&str, Rgb)] = &[
    ("black", [0, 0, 0]),
    ("blue", [0, 0, 0xFF]),
    ("cyan", [0, 0xFF, 0xFF]),
    ("green", [0, 0xFF, 0]),
    ("magenta", [0xFF, 0, 0xFF]),
    ("red", [0xFF, 0, 0]),
    ("yellow", [0xFF, 0xFF, 0]),
    ("white", [0xFF, 0xFF, 0xFF]),
    ("darkBlue", [0, 0, 0x80]),
    ("darkCyan", [0, 0x80, 0x80]),
    ("darkGreen", [0, 0x80, 0]),
    ("darkMagenta", [0x80, 0, 0x80]),
    ("darkRed", [0x80, 0, 0]),
    ("darkYellow", [0x80, 0x80, 0]),
    ("darkGray", [0x80, 0x80, 0x80]),
    ("lightGray", [0xC0, 0xC0, 0xC0]),
];

/// The `w:val` of a property.
pub(super) fn val<'a>(tag: &Tag<'a>) -> Option<Cow<'a, str>> {
    tag.get("val")
}

/// The `w:val` of a property as a number.
pub(super) fn number(tag: &Tag<'_>) -> Option<u32> {
    val(tag)?.trim().parse().ok()
}

/// Whether an on/off property (17.17.4) is on, the default if it has no value.
pub(super) fn is_on(tag: &Tag<'_>) -> bool {
    !tag.has_attributes() || !val(tag).is_some_and(|value| matches!(value.as_ref(), "0" | "false" | "off"))
}

/// Applies a run property (17.3.2) that decides whether text is read; other properties are ignored.
pub(super) fn face_property(tag: &Tag<'_>, face: &mut Change) {
    match tag.local {
        "vanish" => face.hidden = Some(is_on(tag)),
        "strike" => face.struck = Some(is_on(tag)),
        "dstrike" => face.double = Some(is_on(tag)),
        "vertAlign" => face.shift = val(tag).map(|name| Shift::named(&name)),
        "position" => {
            // `w:vertAlign` of the same run takes precedence.
            let shift = val(tag).and_then(|shift| shift.trim().parse().ok()).map(Shift::by_half_points);
            face.shift = face.shift.filter(|shift| *shift != Shift::None).or(shift);
        }
        "sz" => {
            if let Some(size) = number(tag) {
                face.half_points(size);
            }
        }
        "color" => {
            let colour = val(tag).as_deref().and_then(rgb);
            face.ink = Some(colour.into());
            match tag.get("themeColor").as_deref() {
                Some("background1" | "light1") if tag.get("themeShade").is_none() => face.pale = Some(true),
                Some(_) => face.pale = Some(false),
                None => match colour {
                    Some(colour) => face.set_ink(colour),
                    None => face.pale = Some(false),
                },
            }
        }
        "shd" | "highlight" => {
            let paper = paper(tag);
            face.paper = paper.or(face.paper);
            face.ground = ground(tag).map(Colour::Is).or(face.ground);
        }
        "w" => {
            if let Some(scale) = number(tag) {
                face.scale(scale);
            }
        }
        "spacing" => {
            if let Some(spacing) = val(tag).and_then(|spacing| spacing.trim().parse::<i32>().ok()) {
                face.spacing(spacing);
            }
        }
        _ => {}
    }
}

/// Applies the fill in the XML of a `w14:textFill` (Word 2010): none, or a colour in place of `w:color`.
pub(super) fn text_fill(xml: &str, face: &mut Change) {
    let value = |after: &str| {
        let rest = xml.split_once(after)?.1.split_once("val=")?.1;
        rest.get(1..)?.split(['"', '\'']).next()
    };
    let clear = value("alpha ").and_then(|alpha| alpha.parse().ok()).is_some_and(|alpha: u32| alpha >= LEAST_CLEAR);
    if xml.contains("noFill") || clear {
        face.away = Some(true);
    } else if let Some(colour) = value("srgbClr ").and_then(rgb) {
        face.set_ink(colour);
    }
}

/// The colour of a `w:shd` or `w:highlight`: its fill, or the colour of a solid pattern.
fn ground(tag: &Tag<'_>) -> Option<Rgb> {
    if tag.local == "highlight" {
        let name = val(tag)?;
        return HIGHLIGHTS.iter().find(|known| known.0 == name).map(|known| known.1);
    }
    match val(tag).as_deref() {
        Some("solid") => tag.get("color").as_deref().and_then(rgb),
        Some("clear" | "nil") | None => tag.get("fill").as_deref().and_then(rgb),
        Some(_) => None,
    }
}

/// The background of a `w:shd` or `w:highlight`; `None` if it sets none.
fn paper(tag: &Tag<'_>) -> Option<Paper> {
    if tag.local == "highlight" {
        return val(tag).map(|colour| match colour.as_ref() {
            "white" | "none" => Paper::White,
            _ => Paper::Coloured,
        });
    }
    // A pattern or theme colour, on which white text may be visible.
    let pattern = val(tag).is_some_and(|pattern| !matches!(pattern.as_ref(), "clear" | "nil"));
    if pattern || tag.get("themeFill").is_some_and(|theme| !theme.starts_with("background1")) {
        return Some(Paper::Coloured);
    }
    tag.get("fill").as_deref().and_then(rgb).map(Paper::from_rgb)
}

/// An attribute of the `w:shd` in the XML of cell or table properties. Searched only if text is coloured.
fn shade<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let tag = xml[xml.find(":shd ")?..].split('>').next().unwrap_or_default();
    let rest = &tag[tag.find(name)? + name.len()..];
    let quote = rest.chars().next()?;
    rest[1..].split(quote).next()
}

/// Whether cell properties, as XML, set a width.
pub(super) fn has_width(xml: &str) -> bool {
    let rest = xml.split_once(":tcW ").map_or("", |found| found.1);
    let width = rest.split('>').next().and_then(|tag| tag.split_once(":w=")).and_then(|found| found.1.get(1..));
    let digits = |text: &str| text.split(|sign: char| !sign.is_ascii_digit()).next().and_then(|text| text.parse().ok());
    width.and_then(digits).is_some_and(|width: u32| width > LEAST_TWIPS)
}

/// The background set by cell or table properties, as XML.
pub(super) fn paper_of(xml: &str) -> Option<Paper> {
    if shade(xml, ":themeFill=").is_some_and(|theme| !theme.starts_with("background1"))
        || shade(xml, ":val=").is_some_and(|pattern| !matches!(pattern, "clear" | "nil"))
    {
        return Some(Paper::Coloured);
    }
    shade(xml, ":fill=").and_then(rgb).map(Paper::from_rgb)
}

/// The background colour set by cell or table properties, as XML.
pub(super) fn ground_of(xml: &str) -> Option<Rgb> {
    match shade(xml, ":val=") {
        Some("solid") => shade(xml, ":color=").and_then(rgb),
        Some("clear" | "nil") | None => shade(xml, ":fill=").and_then(rgb),
        Some(_) => None,
    }
}
