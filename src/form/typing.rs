//! The form for manual entry of a report: the existing rows, an empty row in every open block, and all columns.

use super::expand::{OpenCell, field_id};
use super::rowkey::RowIdentity;
use super::{FieldKind, Form};
use crate::text::code;

/// The key of the empty row; further added rows have higher numbers.
const NEW: &str = "+1";

/// An open block of a form: index of the table, index of the block in the table.
pub type OpenBlock = (usize, usize);

impl Form {
    /// The form expanded to the rows of these field ids, an empty row in every block with open rows, and every column.
    #[must_use]
    pub fn typing<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Self {
        let mut contents = self.no_content();
        for id in ids {
            if let Some(OpenCell { block: (table, block), key, .. }) = self.place_of(id) {
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
        self.with_contents(&contents)
    }

    /// The key of a row whose identifying column has this text; `number` is the key if the block identifies rows by number. `None` if the
    /// text cannot be a key, or the block has no open rows.
    pub fn row_key(&self, (table, block): OpenBlock, text: &str, number: usize) -> Option<String> {
        let block = &self.tables[table].blocks[block];
        let Some(each) = block.open.as_ref()?.each else { return RowIdentity::Number(number).key() };
        let leaf = &block.leaf_columns[each];
        if leaf.kind == Some(FieldKind::Code) {
            return RowIdentity::Code(&code::cut(&code::plain(text), leaf.parts.len(), &leaf.digits)).key();
        }
        RowIdentity::Name(text).key()
    }

    /// The field id of a row key and a column in an open block.
    pub fn cell_id(&self, (table, block): OpenBlock, key: &str, column: usize) -> String {
        let table = &self.tables[table];
        field_id([&table.id, key, &table.blocks[block].leaf_columns[column].id])
    }

    /// Sorts field ids by block. Within a block, rows with codes are sorted by code, other rows keep their order, and the total row is
    /// last. Ids outside of open blocks are last.
    pub fn in_row_order(&self, ids: &mut [String]) {
        let place = |id: &String| {
            let Some(OpenCell { block: place, key, .. }) = self.place_of(id) else {
                return ((usize::MAX, 0), false, String::new());
            };
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
