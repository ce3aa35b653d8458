//! Detects tables that were left blank: every cell is empty, although the form asks for a 0 where there is nothing to report.

use super::Figures;
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Form};
use crate::report::Kind;

/// The tables of which all cells were found and are blank.
pub(super) fn tables(form: &Form, figures: &Figures) -> Vec<usize> {
    let is_blank = |field: FieldIndex| figures.value(field).is_some_and(|value| value.kind == Kind::Blank);
    let all_blank = |&table: &usize| !form.tables[table].blank_is_zero && fields(form, table).all(is_blank);
    (0..form.tables.len()).filter(|&table| fields(form, table).next().is_some()).filter(all_blank).collect()
}

fn fields(form: &Form, table: usize) -> impl Iterator<Item = FieldIndex> + '_ {
    (0..form.fields.len()).filter(move |&field| form.fields[field].table == table)
}

/// The finding for such a table.
pub(super) fn finding(form: &Form, figures: &Figures, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}全部未填。请填报；没有发生的填0。", name.zh),
        format!("{} is blank. Fill it in; write 0 where nothing happened.", name.en),
    );
    let place = fields(form, table).find_map(|field| figures.value(field)?.place.clone());
    let ids = fields(form, table).map(|field| form.fields[field].id.clone());
    Finding::new(&code::TABLE_BLANK, message).about(ids).at(place)
}
