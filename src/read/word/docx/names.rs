//! Namespaces of word processing files, in the spellings of every standard that is in use, and attribute values.

use std::borrow::Cow;

use crate::read::shared::marks::{Change, Paper, Shift, rgb};
use crate::read::xml::Tag;

/// Main vocabulary (ECMA-376 part 1, 17).
pub(in crate::read) const W: Option<u32> = Some(0);
/// `DrawingML` (20.1).
pub(super) const A: Option<u32> = Some(1);
/// Drawings in text (20.4).
pub(super) const WP: Option<u32> = Some(2);
/// Alternatives (part 3, 7).
pub(super) const MC: Option<u32> = Some(3);
/// Vector Markup Language (part 4, 19.1).
pub(super) const V: Option<u32> = Some(4);
/// Embedded objects in VML (part 4, 19.2).
pub(super) const O: Option<u32> = Some(5);
/// Formulas (22.1).
pub(super) const M: Option<u32> = Some(6);
/// Charts and diagrams, which live in parts of their own.
pub(super) const GRAPHIC: Option<u32> = Some(7);
/// Flat packages.
pub(in crate::read) const PKG: Option<u32> = Some(8);
/// Annotations of Word 2003 XML.
pub(super) const AML: Option<u32> = Some(9);

/// Every namespace that is looked at: Transitional, Strict, Word 2003.
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

/// The `w:val` of a property.
pub(super) fn val<'a>(tag: &Tag<'a>) -> Option<Cow<'a, str>> {
    tag.get("val")
}

/// The `w:val` of a property as a number.
pub(super) fn number(tag: &Tag<'_>) -> Option<u32> {
    val(tag)?.trim().parse().ok()
}

/// Whether an on/off property is on (17.17.4): it is unless it says otherwise.
pub(super) fn is_on(tag: &Tag<'_>) -> bool {
    !tag.has_attributes() || !val(tag).is_some_and(|value| matches!(value.as_ref(), "0" | "false" | "off"))
}

/// Takes a property of a run (17.3.2) that says whether its text counts; others are skipped.
pub(super) fn face_property(tag: &Tag<'_>, face: &mut Change) {
    match tag.local {
        "vanish" => face.hidden = Some(is_on(tag)),
        "strike" => face.struck = Some(is_on(tag)),
        "dstrike" => face.double = Some(is_on(tag)),
        "vertAlign" => face.shift = val(tag).map(|name| Shift::named(&name)),
        "position" => {
            // `w:vertAlign` of the same run says more.
            let shift = val(tag).and_then(|shift| shift.trim().parse().ok()).map(Shift::by_half_points);
            face.shift = face.shift.filter(|shift| *shift != Shift::None).or(shift);
        }
        "sz" => {
            if let Some(size) = number(tag) {
                face.half_points(size);
            }
        }
        "color" => {
            let theme = tag.get("themeColor");
            match theme.as_deref() {
                Some("background1" | "light1") if tag.get("themeShade").is_none() => face.pale = Some(true),
                Some(_) => face.pale = Some(false),
                None => match val(tag).as_deref().and_then(rgb) {
                    Some(colour) => face.ink(colour),
                    None => face.pale = Some(false),
                },
            }
        }
        "shd" | "highlight" => {
            let paper = paper(tag);
            face.paper = paper.or(face.paper);
        }
        _ => {}
    }
}

/// The paper of a `w:shd` or `w:highlight`; nothing where it has none.
fn paper(tag: &Tag<'_>) -> Option<Paper> {
    if tag.local == "highlight" {
        return val(tag).map(|colour| match colour.as_ref() {
            "white" | "none" => Paper::White,
            _ => Paper::Coloured,
        });
    }
    // A pattern, or a colour of the theme: on which white may be seen.
    let pattern = val(tag).is_some_and(|pattern| !matches!(pattern.as_ref(), "clear" | "nil"));
    if pattern || tag.get("themeFill").is_some_and(|theme| !theme.starts_with("background1")) {
        return Some(Paper::Coloured);
    }
    tag.get("fill").as_deref().and_then(rgb).map(Paper::of)
}

/// The paper that the properties of a cell or table give, from their XML; `w:shd` is looked for only where text is white.
pub(super) fn paper_of(xml: &str) -> Option<Paper> {
    let start = xml.find(":shd ")?;
    let tag = xml[start..].split('>').next().unwrap_or_default();
    let attribute = |name: &str| {
        let rest = &tag[tag.find(name)? + name.len()..];
        let quote = rest.chars().next()?;
        rest[1..].split(quote).next()
    };
    if attribute(":themeFill=").is_some_and(|theme| !theme.starts_with("background1"))
        || attribute(":val=").is_some_and(|pattern| !matches!(pattern, "clear" | "nil"))
    {
        return Some(Paper::Coloured);
    }
    attribute(":fill=").and_then(rgb).map(Paper::of)
}
