//! Describes places in a file for somebody who has it open.

use crate::finding::{Message, Place};

/// Location of a field in words: the row as counted in the file, and what follows the names of row and column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) row: Message,
    pub(super) after: Message,
}

impl Location {
    pub(super) fn from_place(place: Option<&Place>) -> Self {
        let Some(place) = place else { return Self::default() };
        let mut location = Self::default();
        if let Some(cell) = place.a1() {
            let sheet = place.part.as_deref().unwrap_or_default();
            location.after =
                Message::new(format!("（“{sheet}”工作表{cell}单元格）"), format!(" (sheet \"{sheet}\", cell {cell})"));
        } else if let (Some(_), Some(row)) = (place.table, place.row) {
            location.row = Message::new(format!("第{}行", row + 1), format!(", row {}", row + 1));
        } else if let Some(line) = place.line {
            location.after =
                Message::new(format!("（文件第{}行）", line + 1), format!(" (line {} of the file)", line + 1));
        }
        if let Some(page) = place.page {
            let Message { zh, en } = &location.after;
            location.after = Message::new(format!("{zh}（第{}页）", page + 1), format!("{en} (page {})", page + 1));
        }
        location
    }
}

/// The row of a table as counted in a file, such as 第4行; empty if the place is not in a row.
pub fn row_words(place: Option<&Place>) -> Message {
    Location::from_place(place).row
}
