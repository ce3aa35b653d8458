//! Places in documents, described for a user who has the file open.

use super::Message;
use crate::document::Place;

/// A place described in both languages; numbers are 1-based. Empty for a place without a table, line or paragraph.
pub(crate) fn in_words(place: &Place) -> Message {
    let part = place.part.as_deref().unwrap_or_default();
    match (place.page, place.a1(), place.table.zip(place.row).zip(place.column), place.line, place.paragraph) {
        (Some(page), _, Some(((table, row), column)), ..) => Message::new(
            format!("第{}页，第{}个表格第{}行第{}列", page + 1, table + 1, row + 1, column + 1),
            format!("page {}, table {}, row {}, column {}", page + 1, table + 1, row + 1, column + 1),
        ),
        (Some(page), ..) => Message::new(format!("第{}页", page + 1), format!("page {}", page + 1)),
        (_, Some(cell), ..) => Message::new(format!("工作表“{part}”{cell}"), format!("sheet \"{part}\", cell {cell}")),
        (_, _, Some(((table, row), column)), ..) => Message::new(
            format!("第{}个表格第{}行第{}列", table + 1, row + 1, column + 1),
            format!("table {}, row {}, column {}", table + 1, row + 1, column + 1),
        ),
        (.., Some(line), _) => Message::new(format!("第{}行", line + 1), format!("line {}", line + 1)),
        (.., Some(paragraph)) => Message::new(format!("第{}段", paragraph + 1), format!("paragraph {}", paragraph + 1)),
        _ => Message::new("", ""),
    }
}
