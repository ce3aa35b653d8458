//! The form that somebody types a report into: the rows that are there, an empty row in every table whose rows are data, and all columns.

use super::expand::field_id;
use super::{FieldKind, Form};
use crate::text::code;

/// The key of the empty row; rows that are added have further numbers.
const NEW: &str = "+1";

/// An open block of a form: its table and its number there.
pub type OpenBlock = (usize, usize);

impl Form {
    /// The form with the rows of these ids of values, a row to be filled in in every block whose rows are data, and every column.
    #[must_use]
    pub fn typing<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Self {
        let mut contents = self.no_content();
        for id in ids {
            if let Some(((table, block), key, _)) = self.place_of(id) {
                contents[table][block].keys.insert(key.to_owned());
            }
        }
        for (table, of_table) in self.tables.iter().zip(&mut contents) {
            for (block, content) in table.blocks.iter().zip(of_table) {
                content.columns = (0..block.leaf_columns.len()).collect();
                if let Some(open) = &block.open {
                    content.keys.shift_remove(&open.total_id);
                    content.keys.insert(NEW.to_owned());
                    if open.total.is_some() {
                        content.keys.insert(open.total_id.clone());
                    }
                }
            }
        }
        self.with(&contents)
    }

    /// The key of a row that is known by this text; `number` is that of the row where rows are known by theirs. `None` where the text
    /// is none by which a row could be known.
    pub fn row_key(&self, (table, block): OpenBlock, text: &str, number: usize) -> Option<String> {
        let block = &self.tables[table].blocks[block];
        let Some(each) = block.open.as_ref()?.each else { return Some(number.to_string()) };
        let leaf = &block.leaf_columns[each];
        let text = text.trim();
        if leaf.kind == Some(FieldKind::Code) {
            let parts = code::cut(&code::plain(text), leaf.parts.len(), &leaf.digits);
            return (!parts.is_empty()).then(|| parts.join("."));
        }
        (!text.is_empty()).then(|| format!("[{text}]"))
    }

    /// The id of a field in a row of an open block.
    pub fn cell_id(&self, (table, block): OpenBlock, key: &str, column: usize) -> String {
        let table = &self.tables[table];
        field_id([&table.id, key, &table.blocks[block].leaf_columns[column].id])
    }

    /// Ids of fields in the order in which the form has them: the rows with sums last, rows known by codes by their codes, all others
    /// as they come.
    pub fn in_row_order(&self, ids: &mut [String]) {
        let place = |id: &String| {
            let Some((place, key, _)) = self.place_of(id) else { return ((usize::MAX, 0), false, String::new()) };
            let block = &self.tables[place.0].blocks[place.1];
            let open = block.open.as_ref();
            let is_sum = open.is_some_and(|open| open.total.is_some() && open.total_id == key);
            let by_code = open
                .and_then(|open| open.each)
                .is_some_and(|each| block.leaf_columns[each].kind == Some(FieldKind::Code));
            (place, is_sum, if by_code { key.to_owned() } else { String::new() })
        };
        ids.sort_by_cached_key(place);
    }
}
