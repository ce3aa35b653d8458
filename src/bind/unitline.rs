//! Lines above a table that state its unit and, in some documents, the agency.

use super::units;
use crate::form::Form;
use crate::text::blank;

/// Whether a line above a table states only its unit of money, and optionally agency or year: `编制部门：某局 | 单位：元`. Figures are
/// converted to the form's unit and the report has the agency, so the line can be left out. Always `false` for a form without tables read
/// by rows.
pub(super) fn are_facts<'t>(form: &Form, texts: impl Iterator<Item = &'t str>) -> bool {
    if !form.tables.iter().any(|table| table.by_rows) {
        return false;
    }
    let parts = texts.flat_map(|text| text.split(['\t', '\u{3000}', '\n'])).flat_map(|text| text.split("  "));
    let mut money = 0;
    for part in parts.map(|part| part.trim_matches(blank)).filter(|part| !part.is_empty()) {
        let unit = units::is_named(part).then(|| units::unit_in(part)).flatten();
        if unit.is_some_and(|said| said.unit.of == units::Dimension::Money) {
            money += 1;
        } else if !form.identity.agency.iter().chain(&form.identity.year).any(|line| line.named(part).is_some()) {
            return false;
        }
    }
    money > 0
}
