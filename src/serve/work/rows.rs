//! Rows added to a report that is entered by hand: the key of each row is derived from the name or code typed into it.

use std::collections::{BTreeMap, HashSet};

use crate::finding::Message;
use crate::form::{Form, OpenBlock, OpenCell, is_added};
use crate::report::Report;

use super::Wanted;

/// Rewrites the field ids of added rows with the keys of the rows. Fields of rows that cannot be added are removed; returns one field
/// id and the reason for each refused row.
pub(super) fn with_row_keys(form: &Form, report: &Report, wanted: &mut Vec<Wanted>) -> Vec<(String, Message)> {
    // Added rows in order; a row without any text is ignored.
    let mut rows: BTreeMap<(OpenBlock, usize), Vec<(usize, String)>> = BTreeMap::new();
    for one in wanted.iter().filter(|one| !one.to.trim().is_empty()) {
        if let Some(OpenCell { block, key, column }) = added(form, &one.field) {
            let number = key[1..].parse().unwrap_or(usize::MAX);
            rows.entry((block, number)).or_default().push((column, one.to.clone()));
        }
    }
    let mut there: HashSet<(OpenBlock, String)> = report
        .values
        .keys()
        .filter_map(|field| form.place_of(field))
        .map(|cell| (cell.block, cell.key.to_owned()))
        .collect();
    let (mut keys, mut refused) = (BTreeMap::new(), Vec::new());
    for ((block, number), cells) in rows {
        match key(form, block, &cells, &there) {
            Ok(key) => {
                there.insert((block, key.clone()));
                keys.insert((block, number), key);
            }
            Err(message) => {
                let added = format!("+{number}");
                let each = form.tables[block.0].blocks[block.1].open.as_ref().and_then(|open| open.each);
                refused.push((form.cell_id(block, &added, each.unwrap_or(cells[0].0)), message));
            }
        }
    }
    wanted.retain_mut(|one| {
        let Some(OpenCell { block, key, column }) = added(form, &one.field) else { return true };
        let number = key[1..].parse().unwrap_or(usize::MAX);
        let known = keys.get(&(block, number));
        if let Some(key) = known {
            one.field = form.cell_id(block, key, column);
        }
        known.is_some()
    });
    refused
}

/// The cell of a field in an added row; `None` for other fields.
fn added<'f>(form: &Form, field: &'f str) -> Option<OpenCell<'f>> {
    form.place_of(field).filter(|cell| is_added(cell.key))
}

/// The key of an added row from the texts of its cells (column, text).
fn key(
    form: &Form,
    place: OpenBlock,
    cells: &[(usize, String)],
    there: &HashSet<(OpenBlock, String)>,
) -> Result<String, Message> {
    let block = &form.tables[place.0].blocks[place.1];
    let open = block.open.as_ref();
    let each = open.and_then(|open| open.each);
    let text = each.and_then(|each| cells.iter().find(|(column, _)| *column == each));
    let text = text.map(|(_, text)| text.as_str()).unwrap_or_default();
    let number = there.iter().filter(|(block, key)| *block == place && key.parse::<usize>().is_ok()).count() + 1;
    let others = there.iter().any(|(block, _)| *block == place);
    let alone = open.is_some_and(|open| open.single) && !others;
    let Some(key) = form.row_key(place, text, number).or_else(|| alone.then(String::new)) else {
        let column = each.map(|each| block.leaf_columns[each].path.last().map_or("", |label| label.short.as_str()));
        let column = column.unwrap_or_default();
        return Err(Message::new(
            format!("新加的一行要填“{column}”。"),
            format!("a row that is added needs its \"{column}\""),
        ));
    };
    if there.contains(&(place, key.clone())) {
        return Err(Message::new(
            format!("“{}”这一行已经有了，请填在那一行里。", text.trim()),
            format!("there is a row \"{}\" already; fill it in", text.trim()),
        ));
    }
    Ok(key)
}
