//! Workbook parts: sheets by name, and the `fullCalcOnLoad` flag that makes Excel recalculate (ECMA-376 part 1, 18.2).

use std::collections::BTreeMap;

use crate::document::Budget;
use crate::fill::edit::Span;
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{Damage, ReadError};
use crate::write::xlsx::AFTER_CALC_PR;

use super::sheet::SHEET;

/// A workbook's parts.
#[derive(Debug)]
pub(super) struct Book {
    /// Name of the part of the workbook itself.
    pub(super) part: String,
    /// Its XML, if it is UTF-8.
    pub(super) xml: Option<String>,
    /// Names of the sheets' parts, by sheet name; of equal names the first counts.
    pub(super) sheets: BTreeMap<String, String>,
    /// Ids of the sheets, by sheet name.
    pub(super) ids: BTreeMap<String, String>,
    /// Name of the part with the order of calculation.
    chain: Option<String>,
    /// Name of the part with the cell formats.
    styles: Option<String>,
}

impl Book {
    /// Finds the parts of a workbook.
    ///
    /// # Errors
    /// [`ReadError`] if the package has no workbook, or exceeds a limit.
    pub(super) fn open(package: &mut Package, budget: &mut Budget) -> Result<Self, ReadError> {
        let part = package.main_part(budget)?;
        let part = part.ok_or_else(|| ReadError::from(Damage::NoMainPart))?;
        let relationships = package.relationships(&part, budget)?;
        let bytes = package.part(&part, budget)?.unwrap_or_default();
        let (mut sheets, mut ids) = (BTreeMap::new(), BTreeMap::new());
        let of_kind = |kind: &str| {
            let found = relationships.all().iter().find(|target| target.kind == kind && !target.external);
            found.and_then(|target| package.find(&target.target)).map(str::to_owned)
        };
        let (chain, styles) = (of_kind("calcChain"), of_kind("styles"));
        let (text, _) = xml::text(&bytes, budget)?;
        let mut events = Events::new(&text, 0, SHEET);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "sheet" && tag.space == Some(0) => {
                    if let (Some(name), Some(id)) = (tag.get("name"), tag.get("sheetId")) {
                        ids.entry(name.into_owned()).or_insert_with(|| id.into_owned());
                    }
                    let target = tag.get("id").and_then(|id| relationships.by_id(&id));
                    let target = target.filter(|target| !target.external && target.kind == "worksheet");
                    if let (Some(name), Some(target)) = (tag.get("name"), target)
                        && let Some(part) = package.find(&target.target)
                    {
                        sheets.entry(name.into_owned()).or_insert_with(|| part.to_owned());
                    }
                }
                Event::End => break,
                _ => {}
            }
        }
        Ok(Self { part, xml: String::from_utf8(bytes).ok(), sheets, ids, chain, styles })
    }

    /// The order of calculation: name of the part, and XML.
    ///
    /// # Errors
    /// [`ReadError`] if the part exceeds a limit.
    pub(super) fn chain(
        &self,
        package: &mut Package,
        budget: &mut Budget,
    ) -> Result<Option<(String, String)>, ReadError> {
        let Some(name) = &self.chain else { return Ok(None) };
        let bytes = package.part(name, budget)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|xml| (name.clone(), xml)))
    }

    /// The cell formats; empty if there are none.
    ///
    /// # Errors
    /// [`ReadError`] if the part exceeds a limit.
    pub(super) fn styles(&self, package: &mut Package, budget: &mut Budget) -> Result<String, ReadError> {
        let bytes = self.styles.as_ref().map(|name| package.part(name, budget)).transpose()?.flatten();
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default())
    }

    /// The workbook with recalculation on opening requested; `None` if it is already, or cannot be changed.
    pub(super) fn recalculating(&self, budget: &mut Budget) -> Result<Option<String>, ReadError> {
        let Some(xml) = &self.xml else { return Ok(None) };
        let body = xml.trim_start_matches('\u{feff}');
        let mut events = Events::new(body, xml.len() - body.len(), SHEET);
        let (mut prefix, mut place) = (String::new(), None);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if events.depth() == 1 => {
                    let name = xml.get(tag.start + 1..).unwrap_or_default();
                    name.split(tag.local).next().unwrap_or_default().clone_into(&mut prefix);
                }
                Event::Open(tag) if events.depth() == 2 && tag.local == "calcPr" => {
                    match asking(xml, &tag, (tag.start, events.offset()), &prefix) {
                        Some(edit) => place = Some(edit),
                        None => return Ok(None),
                    }
                    events.skip(budget)?;
                }
                Event::Open(tag) if events.depth() == 2 => {
                    if place.is_none() && AFTER_CALC_PR.contains(&tag.local) {
                        place = Some((tag.start, tag.start, format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>")));
                    }
                    events.skip(budget)?;
                }
                Event::Close(end) if events.depth() == 0 => {
                    let end = xml.get(..end).and_then(|text| text.rfind("</")).unwrap_or(end);
                    place.get_or_insert((end, end, format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>")));
                }
                Event::End => break,
                _ => {}
            }
        }
        Ok(place.map(|(start, end, text)| format!("{}{text}{}", &xml[..start], &xml[end..])))
    }
}

/// The edit of `calcPr` that requests recalculation: start, end, replacement; `None` if it is set already.
fn asking(xml: &str, tag: &Tag, (start, end): Span, prefix: &str) -> Option<(usize, usize, String)> {
    if matches!(tag.get("fullCalcOnLoad").as_deref(), Some("1" | "true")) {
        return None;
    }
    let close = if xml.get(start..end).unwrap_or_default().ends_with("/>") { "/>" } else { ">" };
    let mut text = format!("<{prefix}calcPr");
    for (name, value) in tag.all().filter(|(name, _)| *name != "fullCalcOnLoad") {
        text.push_str(&format!(" {name}=\""));
        crate::write::xml::escape(&value, &mut text);
        text.push('"');
    }
    Some((start, end, format!("{text} fullCalcOnLoad=\"1\"{close}")))
}
