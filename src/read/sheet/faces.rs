//! Formatting of XLSX cells that decides whether text is read: strikethrough, superscript, white or tiny fonts, fills, number formats
//! that display nothing (ECMA-376 part 1, 18.8.22, 18.8.20, 18.8.30).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::colours;
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::shared::marks::{Change, Face, Paper, Rgb, Shift};
use crate::read::xml::{Event, Events, Tag};

/// The formatting of a workbook that decides whether text is read.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// The face of each cell format; empty if all are plain.
    pub(super) of_cells: Vec<Face>,
    /// What each conditional format changes.
    pub(super) conditional: Vec<Change>,
}

/// The formatting of a workbook, cached across packages; nothing if the part is broken.
pub(super) fn of_package(package: &mut Package, part: &str, budget: &mut Budget) -> Result<Arc<Looks>, ReadError> {
    match cache::read((package, part), budget, parse) {
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        read => Ok(read.ok().flatten().unwrap_or_default()),
    }
}

/// The face of a cell format; plain if the format is unknown.
pub(super) fn of_format(faces: &[Face], format: usize) -> Face {
    faces.get(format).copied().unwrap_or_default()
}

/// Faces in the order of the formats; empty if all are plain and no background is set.
pub(super) fn special(faces: Vec<Face>) -> Vec<Face> {
    if faces.iter().any(|face| !face.is_plain() || face.paper == Paper::Coloured) { faces } else { Vec::new() }
}

/// The colour of text on a filled cell: without one of its own it is black.
pub(super) fn on(ink: Option<Rgb>, ground: Option<Rgb>) -> Option<Rgb> {
    ink.or(ground.map(|_| [0; 3]))
}

/// Whether a number format displays nothing for any value.
pub(super) fn shows_nothing(code: &str) -> bool {
    let code = code.trim();
    code.len() >= 2 && code.chars().all(|sign| sign == ';')
}

fn parse(text: &str, budget: &mut Budget) -> Result<Looks, ReadError> {
    let palette = palette(text, budget)?;
    let palette = palette.as_deref();
    let mut events = Events::new(text, 0, &[]);
    let (mut fonts, mut fills, mut blank) = (Vec::new(), Vec::new(), BTreeSet::new());
    let (mut faces, mut conditional, mut group) = (Vec::new(), Vec::new(), Group::Other);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 2 => {
                group = match tag.local {
                    "fonts" => Group::Fonts,
                    "fills" => Group::Fills,
                    "numFmts" => Group::Formats,
                    "cellXfs" => Group::Cells,
                    "dxfs" => Group::Conditional,
                    _ => Group::Other,
                };
                if group == Group::Other {
                    events.skip(budget)?;
                }
            }
            Event::Open(tag) => {
                budget.spend(Resource::Blocks, 1)?;
                match (group, tag.local) {
                    (Group::Conditional, "dxf") => conditional.push(of_dxf(&mut events, palette, budget)?),
                    (Group::Fonts, "font") => fonts.push(font(&mut events, palette, budget)?),
                    (Group::Fills, "fill") => fills.push(fill(&mut events, palette, budget)?),
                    (Group::Formats, "numFmt") if tag.get("formatCode").is_some_and(|code| shows_nothing(&code)) => {
                        blank.extend(tag.get("numFmtId").and_then(|id| id.parse::<u32>().ok()));
                    }
                    (Group::Cells, "xf") => {
                        let id = |name| tag.get(name).and_then(|id| id.parse::<usize>().ok());
                        let change: Change = id("fontId").and_then(|id| fonts.get(id).copied()).unwrap_or_default();
                        let mut face = change.apply(Face::default());
                        (face.paper, face.ground) =
                            id("fillId").and_then(|id| fills.get(id).copied()).unwrap_or_default();
                        face.ink = on(face.ink, face.ground);
                        face.away |= id("numFmtId").is_some_and(|id| blank.contains(&(id as u32)));
                        faces.push(face);
                    }
                    _ => {}
                }
            }
            Event::End => return Ok(Looks { of_cells: special(faces), conditional }),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Fonts,
    Fills,
    Formats,
    Cells,
    Conditional,
    Other,
}

/// Formatting set by the innermost open element (`font`, or `rPr` of a run).
pub(super) fn font(events: &mut Events, palette: Option<&[Rgb]>, budget: &mut Budget) -> Result<Change, ReadError> {
    let outside = events.depth().saturating_sub(1);
    let mut change = Change::default();
    loop {
        match events.next(budget)? {
            Event::Open(tag) => {
                let value = tag.get("val");
                match tag.local {
                    "strike" => change.struck = Some(!value.is_some_and(|value| matches!(&*value, "0" | "false"))),
                    "vertAlign" => change.shift = value.map(|value| Shift::named(&value)),
                    "sz" => {
                        if let Some(size) = value.and_then(|value| value.trim().parse().ok()) {
                            change.points(size);
                        }
                    }
                    "color" => change.set_colour(colour(&tag, palette)),
                    _ => {}
                }
            }
            Event::Close(_) if events.depth() == outside => return Ok(change),
            Event::End => return Ok(change),
            _ => {}
        }
    }
}

/// Formatting set by the innermost open `dxf` (18.8.14): the background of a solid fill is its `bgColor`.
fn of_dxf(events: &mut Events, palette: Option<&[Rgb]>, budget: &mut Budget) -> Result<Change, ReadError> {
    let outside = events.depth().saturating_sub(1);
    let mut change = Change::default();
    loop {
        match events.next(budget)? {
            Event::Open(tag) => match tag.local {
                "font" => change = font(events, palette, budget)?.or(change),
                "numFmt" if tag.get("formatCode").is_some_and(|code| shows_nothing(&code)) => {
                    change.away = Some(true);
                }
                "bgColor" => {
                    let colour = colour(&tag, palette);
                    change.paper = Some(colour.map_or(Paper::Coloured, Paper::from_rgb));
                    change.ground = Some(colour.into());
                }
                "border" => {
                    events.skip(budget)?;
                }
                _ => {}
            },
            Event::Close(_) if events.depth() == outside => return Ok(change),
            Event::End => return Ok(change),
            _ => {}
        }
    }
}

/// The background set by the innermost open `fill`.
fn fill(events: &mut Events, palette: Option<&[Rgb]>, budget: &mut Budget) -> Result<(Paper, Option<Rgb>), ReadError> {
    let outside = events.depth().saturating_sub(1);
    let (mut paper, mut ground) = (Paper::Unsaid, None);
    let mut solid = false;
    loop {
        match events.next(budget)? {
            Event::Open(tag) => match tag.local {
                "patternFill" => {
                    let none = tag.get("patternType").is_none_or(|pattern| pattern == "none");
                    paper = if none { Paper::Unsaid } else { Paper::Coloured };
                    solid = tag.get("patternType").is_some_and(|pattern| pattern == "solid");
                }
                "gradientFill" => paper = Paper::Coloured,
                "fgColor" if paper == Paper::Coloured => {
                    let colour = colour(&tag, palette);
                    paper = colour.map_or(Paper::Coloured, Paper::from_rgb);
                    ground = colour.filter(|_| solid);
                }
                _ => {}
            },
            Event::Close(_) if events.depth() == outside => return Ok((paper, ground)),
            Event::End => return Ok((paper, ground)),
            _ => {}
        }
    }
}

/// The RGB value of a colour.
fn colour(tag: &Tag, palette: Option<&[Rgb]>) -> Option<Rgb> {
    if let Some(rgb) = tag.get("rgb") {
        let number = u32::from_str_radix(rgb.trim(), 16).ok().filter(|_| rgb.len() >= 6)?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some([red, green, blue]);
    }
    let number = |name| tag.get(name).and_then(|number| number.trim().parse::<usize>().ok());
    let tint = tag.get("tint").and_then(|tint| tint.trim().parse::<f64>().ok()).unwrap_or(0.0);
    match (number("theme"), number("indexed")) {
        (Some(theme), _) => colours::of_theme(theme, tint),
        (None, Some(index)) => colours::indexed(index, palette),
        (None, None) => None,
    }
}

/// The palette of the workbook from index 8 on, if it has one of its own: it is the last element of the part.
fn palette(text: &str, budget: &mut Budget) -> Result<Option<Vec<Rgb>>, ReadError> {
    const FIRST: usize = 8;
    if memchr::memmem::find(text.as_bytes(), b"indexedColors").is_none() {
        return Ok(None);
    }
    let (mut events, mut colours) = (Events::new(text, 0, &[]), Vec::new());
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "rgbColor" => {
                budget.spend(Resource::Blocks, 1)?;
                colours.push(colour(&tag, None).unwrap_or_default());
            }
            Event::End => return Ok(Some(colours.split_off(FIRST.min(colours.len())))),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_with_a_special_face() -> Result<(), ReadError> {
        let text = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode=';;;'/></numFmts><fonts><font><sz val='11'/><color theme='1'/></font>
            <font><strike/><sz val='11'/></font><font><strike val='0'/><color rgb='FFFFFFFF'/></font><font><color theme='0' tint='-0.25'/></font>
            <font><sz val='1'/></font></fonts><fills><fill><patternFill patternType='none'/></fill><fill><patternFill patternType='solid'><fgColor rgb='FF0070C0'/></patternFill></fill></fills>
            <cellXfs><xf fontId='0' fillId='0'/><xf fontId='1'/><xf fontId='2' fillId='0'/><xf fontId='2' fillId='1'/><xf fontId='3'/><xf fontId='4'/><xf fontId='0' numFmtId='164'/></cellXfs></styleSheet>";
        let faces = parse(text, &mut Budget::default())?.of_cells;
        let out: Vec<bool> = faces.iter().map(|face| face.left_out(Paper::default).is_some()).collect();
        assert_eq!(out, [false, true, true, false, false, true, true]);
        assert!(
            parse(
                "<styleSheet><fonts><font/></fonts><cellXfs><xf fontId='0'/></cellXfs></styleSheet>",
                &mut Budget::default()
            )?
            .of_cells
            .is_empty()
        );
        Ok(())
    }
}
