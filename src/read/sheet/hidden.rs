//! Removes hidden rows, columns, sheets and white-on-white cells, with findings.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Region, Sheet};
use crate::document::{Aside, AsideKind, Budget, Place};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::ReadError;

/// Number of characters of a text quoted in a finding.
const QUOTED: usize = 20;

/// Removes invisible content from a sheet.
pub(super) fn set_aside(sheet: &mut Sheet, budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<(), ReadError> {
    if sheet.hidden_rows.is_empty() && sheet.hidden_columns.is_empty() && sheet.pale.is_empty() {
        return Ok(());
    }
    sheet.cells.sort();
    let part: Arc<str> = sheet.name.as_str().into();
    let (rows, columns) = (sorted(&sheet.hidden_rows), sorted(&sheet.hidden_columns));
    if !rows.is_empty() || !columns.is_empty() {
        move_origins(sheet, &rows, &columns);
        let out = sheet.cells.split_off(|(row, column)| holds(&rows, row) || holds(&columns, column));
        sheet.blank.retain(|row, _| !holds(&rows, *row));
        findings.extend(hidden(&sheet.name, &part, &out));
    }
    let coloured = std::mem::take(&mut sheet.coloured);
    let pale: BTreeSet<(u32, u32)> = std::mem::take(&mut sheet.pale)
        .into_iter()
        .filter(|(row, column)| {
            let covers = |region: &Region| {
                (region.top..=region.bottom).contains(row) && (region.left..=region.right).contains(column)
            };
            !coloured.iter().any(covers)
        })
        .collect();
    if !pale.is_empty() {
        for ((row, column), text) in sheet.cells.split_off(|at| pale.contains(&at)) {
            let place = Place::sheet_cell(&part, row, column);
            sheet.asides.extend(Aside::new(AsideKind::Unseen, &text, place, budget)?);
        }
    }
    Ok(())
}

/// Moves the origin of merged regions that begin in a hidden row or column and extend beyond it.
fn move_origins(sheet: &mut Sheet, rows: &[(u32, u32)], columns: &[(u32, u32)]) {
    for region in &mut sheet.merges {
        let top = first_seen(rows, region.top);
        let left = first_seen(columns, region.left);
        if (top, left) == (region.top, region.left) || top > region.bottom || left > region.right {
            continue;
        }
        if let Some(text) = sheet.cells.remove((region.top, region.left)) {
            sheet.cells.push((top, left), &text);
            sheet.cells.sort();
        }
        if let Some(shown) = sheet.shown.remove(&(region.top, region.left)) {
            sheet.shown.insert((top, left), shown);
        }
        (region.top, region.left) = (top, left);
    }
}

/// The first visible row or column from `at`.
fn first_seen(hidden: &[(u32, u32)], at: u32) -> u32 {
    let next = hidden.partition_point(|range| range.0 <= at);
    match next.checked_sub(1).map(|index| hidden[index]) {
        Some((_, last)) if at <= last => last.saturating_add(1),
        _ => at,
    }
}

/// The finding for a hidden sheet.
pub(super) fn sheet(sheet: &Sheet, read: bool) -> Option<Finding> {
    let ((row, column), _) = sheet.cells.first()?;
    let name = &sheet.name;
    let message = if read {
        Message::new(
            format!("全部工作表都是隐藏的，已读取“{name}”工作表。请取消隐藏并核对是否应当报送。"),
            format!(
                "All sheets are hidden; the sheet \"{name}\" was read. Show it and check whether it should be sent."
            ),
        )
    } else {
        Message::new(
            format!("“{name}”工作表是隐藏的，未读取。请确认是否应当报送：应报送的请取消隐藏，不应报送的请删除。"),
            format!("The sheet \"{name}\" is hidden and was not read. Show it if it should be sent, else delete it."),
        )
    };
    let place = Place::sheet_cell(&sheet.name.as_str().into(), row, column);
    Some(Finding::new(&code::SHEET_HIDDEN, message).at(Some(place)))
}

/// The finding for cells in hidden rows and columns.
fn hidden(name: &str, part: &Arc<str>, out: &[((u32, u32), String)]) -> Option<Finding> {
    let ((row, column), text) = out.first()?;
    let (count, place) = (out.len(), Place::sheet_cell(part, *row, *column));
    let a1 = place.a1().unwrap_or_default();
    let text: String = text.chars().take(QUOTED).collect();
    let message = Message::new(
        format!(
            "“{name}”工作表有{count}格内容在隐藏的行或列中（自{a1}“{text}”起），未读取。请取消隐藏后核对，或删除隐藏的行列。"
        ),
        format!(
            "{count} cells of the sheet \"{name}\" with content stand in hidden rows or columns (from {a1}, \"{text}\", on); they were \
             not read. Show and check them, or delete the hidden rows and columns."
        ),
    );
    Some(Finding::new(&code::CELLS_HIDDEN, message).at(Some(place)))
}

/// Ranges sorted, with touching ones joined.
fn sorted(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut ranges = ranges.to_vec();
    ranges.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

fn holds(ranges: &[(u32, u32)], at: u32) -> bool {
    let next = ranges.partition_point(|range| range.0 <= at);
    next > 0 && at <= ranges[next - 1].1
}

/// Keeps the visible rows or columns.
pub(super) fn keep_seen(hidden: &[(u32, u32)], all: &mut Vec<u32>) {
    if !hidden.is_empty() {
        let hidden = sorted(hidden);
        all.retain(|at| !holds(&hidden, *at));
    }
}
