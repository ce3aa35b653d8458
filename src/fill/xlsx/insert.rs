//! The sheets of a template with as many rows as a report has.

use std::collections::{BTreeMap, BTreeSet};

use super::grow::{self, Growth};
use super::locate::Slots;
use super::sheet::{Cell, Sheet};
use super::{Body, SheetTemplate, XlsxTemplate};
use crate::document::Budget;
use crate::fill::rows::OpenReport;
use crate::read::ReadError;

/// The sheets of a template with as many rows as a report needs, and other parts that change with them: name, and XML.
pub(super) struct Grown {
    pub(super) body: Body,
    pub(super) parts: Vec<(String, String)>,
}

/// Inserts the rows that a report needs; `None` if the template has enough, or if none can be inserted.
///
/// # Errors
/// [`ReadError`] if a part is not well-formed, or exceeds a limit.
pub(super) fn grown(template: &XlsxTemplate, report: &OpenReport) -> Result<Option<Grown>, ReadError> {
    let budget = &mut Budget::default();
    let mut slots = template.body.slots.clone();
    let mut sheets: Vec<String> = template.body.sheets.iter().map(|sheet| sheet.sheet.xml.clone()).collect();
    let mut others = template.others.clone();
    let mut any = false;
    for number in 0..slots.open.len() {
        let table = slots.open[number].clone();
        let needed = report.keys_of(&table.blocks).iter().map(Vec::len).max().unwrap_or_default();
        let by = needed.saturating_sub(table.rows.len()) as u32;
        if by == 0 {
            continue;
        }
        let own = &template.body.sheets[table.sheet];
        let (last, header) = (table.last(), table.rows.is_empty());
        let growth = Growth { sheet: &own.name, first: table.first, last, by, header, plain: &template.formats.plain };
        let Some(xml) = grow::grown(&sheets[table.sheet], &growth, budget)? else { continue };
        let Some(followers) = others.followers.grown(&growth, budget) else { continue };
        others.followers.parts = followers;
        for (other, sheet) in sheets.iter_mut().enumerate() {
            *sheet = if other == table.sheet { xml.clone() } else { grow::referring(sheet, &growth, budget)? };
        }
        if let Some((_, xml)) = &mut others.workbook {
            *xml = grow::referring(xml, &growth, budget)?;
        }
        if let (Some((_, xml)), Some(id)) = (&mut others.chain, own.id.as_deref()) {
            *xml = grow::chain(xml, id, &growth, budget)?;
        }
        slots.grow(number, &growth);
        any = true;
    }
    if !any {
        return Ok(None);
    }
    let mut body = Body { sheets: Vec::new(), slots };
    for (number, (known, xml)) in template.body.sheets.iter().zip(sheets).enumerate() {
        let wanted: BTreeSet<_> = body.slots.cells().filter(|cell| cell.0 == number).map(|cell| cell.1).collect();
        let sheet = Sheet::open(xml, &wanted, budget)?;
        // The texts of cells that moved are not known; cells are then written although they may have the same text.
        body.sheets.push(SheetTemplate::new(known, sheet, BTreeMap::new()));
    }
    let mut parts: Vec<(String, String)> = [others.workbook, others.chain].into_iter().flatten().collect();
    let before = template.others.followers.parts.iter();
    let changed = others.followers.parts.into_iter().zip(before).filter(|(part, before)| part.xml != before.xml);
    parts.extend(changed.map(|(part, _)| (part.part, part.xml)));
    Ok(Some(Grown { body, parts }))
}

impl Slots {
    /// Moves the cells below the rows of an open table, and adds the inserted rows to the table.
    fn grow(&mut self, number: usize, growth: &Growth) {
        let sheet = self.open[number].sheet;
        let shift = |cell: &mut Cell| {
            if cell.0 == sheet {
                cell.1.0 = growth.row(cell.1.0);
            }
        };
        self.fields.iter_mut().flatten().for_each(shift);
        self.sections.iter_mut().flatten().flatten().for_each(shift);
        self.title.iter_mut().chain(&mut self.titles).chain(&mut self.dates).for_each(shift);
        self.headings.iter_mut().map(|heading| &mut heading.1).for_each(shift);
        self.lines.iter_mut().map(|line| &mut line.1).for_each(shift);
        for table in self.open.iter_mut().filter(|table| table.sheet == sheet) {
            // The first row of a table with only a header is the first of the copies.
            table.first =
                if growth.header && table.first == growth.first { table.first } else { growth.row(table.first) };
            if let Some((row, _)) = &mut table.total {
                *row = growth.row(*row);
            }
        }
        let table = &mut self.open[number];
        let next: Vec<_> = (0..growth.by).map(|copy| table.next(copy + u32::from(!growth.header))).collect();
        table.rows.extend(next);
    }
}
