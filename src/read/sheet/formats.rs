//! The number formats of the cells of an XLSX workbook (ECMA-376 part 1, 18.8.10, 18.8.30).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::numberformat::NumberFormat;
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::xml::{Event, Events};

/// The number format of each cell format, cached across packages.
pub(super) fn formats(
    package: &mut Package,
    part: &str,
    budget: &mut Budget,
) -> Result<Arc<Vec<NumberFormat>>, ReadError> {
    Ok(cache::read((package, part), budget, parse)?.unwrap_or_default())
}

fn parse(text: &str, budget: &mut Budget) -> Result<Vec<NumberFormat>, ReadError> {
    let mut events = Events::new(text, 0, &[]);
    let mut codes: BTreeMap<u16, NumberFormat> = BTreeMap::new();
    let mut formats = Vec::new();
    let mut of_cells = None;
    loop {
        match events.next(budget)? {
            // Fonts, fills and borders are most of the part.
            Event::Open(tag) if events.depth() == 2 && !matches!(tag.local, "numFmts" | "cellXfs") => {
                events.skip(budget)?;
            }
            Event::Open(tag) if tag.local == "numFmt" => {
                budget.spend(Resource::Blocks, 1)?;
                let id = tag.get("numFmtId").and_then(|id| id.parse().ok());
                codes.extend(id.zip(tag.get("formatCode").map(|code| NumberFormat::parse(&code))));
            }
            Event::Open(tag) if tag.local == "cellXfs" => of_cells = Some(events.depth()),
            Event::Open(tag) if tag.local == "xf" && of_cells.is_some() => {
                budget.spend(Resource::Blocks, 1)?;
                let id = tag.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                formats.push(codes.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(id)));
            }
            Event::Close(_) if of_cells.is_some_and(|depth| events.depth() < depth) => of_cells = None,
            Event::End => return Ok(formats),
            _ => {}
        }
    }
}
