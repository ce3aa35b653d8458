//! Layout of a form's workbook: a sheet per table with title, heading, table and checks, and the cell of every field.

use std::collections::BTreeMap;

use crate::form::{Form, Layout, LayoutContent, RuleInstance};
use crate::text::numbering;

/// Row of the table's first line on its sheet; the report's title and the section's heading are above.
pub(super) const TOP: u32 = 2;

/// Maximum length of a sheet name in Excel.
const LONGEST_NAME: usize = 31;

/// The cell of a figure: sheet, row and column, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spot {
    pub(super) sheet: usize,
    pub(super) row: u32,
    pub(super) column: u32,
    /// Number of columns of the cell.
    pub(super) col_span: u32,
}

/// A check of a rule, and its cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) rule: usize,
    pub(super) instance: usize,
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) col_span: u32,
}

/// A constant text beside or below the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) row_span: u32,
    pub(super) col_span: u32,
    pub(super) text: String,
    pub(super) kind: NoteKind,
}

/// Kind of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteKind {
    /// Label of a column or row of checks.
    Label,
    /// Description of what is checked.
    Legend,
}

/// A sheet with a table of the form.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) heading: String,
    pub(super) layout: Layout,
    pub(super) checks: Vec<Check>,
    pub(super) notes: Vec<Note>,
    /// Number of columns of the table and the checks beside it.
    pub(super) columns: u32,
}

/// The workbook of a form.
#[derive(Debug)]
pub(super) struct Book {
    /// One sheet per table.
    pub(super) sheets: Vec<Sheet>,
    /// Name of the sheet with the narrative.
    pub(super) narrative: String,
    /// Name of the sheet with extra tables.
    pub(super) extra: String,
    /// The cell of each field.
    pub(super) spots: Vec<Spot>,
}

/// The workbook of a form, planned.
pub(super) fn plan(form: &Form) -> Book {
    let mut names = Vec::new();
    let mut book = Book {
        sheets: Vec::new(),
        narrative: String::new(),
        extra: String::new(),
        spots: vec![Spot::default(); form.fields.len()],
    };
    for (number, table) in form.tables.iter().enumerate() {
        let layout = Layout::for_table(form, number);
        let heading = form.sections[table.section].heading.as_ref().map(|heading| heading.text.as_str());
        let heading = heading.unwrap_or_default();
        let words = &heading[numbering(heading).map_or(0, |found| found.length)..];
        let name = sheet_name(&format!("{} {words}", table.name.zh), &mut names);
        for cell in layout.rows.iter().flatten() {
            if let LayoutContent::Field(field) = cell.content {
                let (row, column) = (TOP + cell.row, cell.column);
                book.spots[field] = Spot { sheet: number, row, column, col_span: cell.col_span };
            }
        }
        let columns = layout.columns;
        let heading = heading.to_owned();
        book.sheets.push(Sheet { name, heading, layout, checks: Vec::new(), notes: Vec::new(), columns });
    }
    book.narrative = sheet_name("正文", &mut names);
    book.extra = sheet_name("其他表格", &mut names);
    for sheet in 0..book.sheets.len() {
        place_checks(form, &mut book, sheet);
    }
    book
}

/// A valid and unique sheet name: no illegal characters, and not too long.
fn sheet_name(wanted: &str, taken: &mut Vec<String>) -> String {
    let legal = |character: char| match character {
        '\\' | '/' | '?' | '*' | '[' | ']' | ':' => '_',
        '\'' => '’',
        other if other.is_control() => '_',
        other => other,
    };
    let legal: String = wanted.trim().chars().map(legal).collect();
    let legal = if legal.is_empty() { "表".to_owned() } else { legal };
    for number in 1..=taken.len() + 1 {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let mut name = String::new();
        let mut units = suffix.len();
        for character in legal.chars() {
            units += character.len_utf16();
            if units > LONGEST_NAME {
                break;
            }
            name.push(character);
        }
        let name = format!("{}{suffix}", name.trim_end());
        // Excel compares sheet names ignoring case.
        let folded = name.to_lowercase();
        if !taken.contains(&folded) {
            taken.push(folded);
            return name;
        }
    }
    legal
}

/// The sheet of a rule: that of its first figure. `None` for a rule that needs last year's report.
fn sheet_of_rule(book: &Book, instance: &RuleInstance) -> Option<usize> {
    if instance.needs_previous() {
        return None;
    }
    instance.operands().next().map(|operand| book.spots[operand.field].sheet)
}

/// The row, if all figures of the rule are in one.
fn only_row(book: &Book, instance: &RuleInstance) -> Option<u32> {
    let mut spots = instance.operands().map(|operand| book.spots[operand.field]);
    let first = spots.next()?;
    spots.all(|spot| (spot.sheet, spot.row) == (first.sheet, first.row)).then_some(first.row)
}

/// Places checks: rules about a row are to the right of the table, one column per rule; all others below it, under the columns that they
/// are about.
fn place_checks(form: &Form, book: &mut Book, number: usize) {
    let (width, height) = (book.sheets[number].layout.columns, book.sheets[number].layout.rows.len() as u32);
    let mut side = width;
    let mut below = TOP + height + 1;
    let (mut checks, mut notes) = (Vec::new(), Vec::new());
    let mut legend = Vec::new();
    for (rule_number, rule) in form.rules.iter().enumerate() {
        let here = rule.instances.iter().enumerate().filter(|(_, instance)| instance.is_exact());
        let here: Vec<(usize, &RuleInstance)> =
            here.filter(|(_, instance)| sheet_of_rule(book, instance) == Some(number)).collect();
        if here.is_empty() {
            continue;
        }
        legend.push(rule_number);
        let label = rule.check_label();
        match in_rows(book, &here) {
            Some(rows) => {
                let header = book.sheets[number].layout.header_rows.max(1);
                let most = rows.values().map(Vec::len).max().unwrap_or(0) as u32;
                for at in 0..most {
                    let label = match rows.first_key_value() {
                        Some((_, only)) if most > 1 && rows.len() == 1 => {
                            format!("{label} {}", rule.instances[only[at as usize]].scope)
                        }
                        _ => label.clone(),
                    };
                    notes.push(note(TOP, side + at, (header, 1), label, NoteKind::Label));
                }
                for (row, instances) in rows {
                    for (instance, column) in instances.into_iter().zip(side..) {
                        checks.push(Check { rule: rule_number, instance, row, column, col_span: 1 });
                    }
                }
                side += most;
            }
            None => {
                for row in stacked(book, number, &here) {
                    let labels = form.tables[number].label_columns;
                    let (column, span) = if labels == 0 { (width, 1) } else { (0, labels) };
                    notes.push(note(below, column, (1, span), label.clone(), NoteKind::Label));
                    side = side.max(column + span);
                    for (instance, column, col_span) in row {
                        checks.push(Check { rule: rule_number, instance, row: below, column, col_span });
                    }
                    below += 1;
                }
            }
        }
    }
    if !legend.is_empty() {
        below += 1;
    }
    for rule_number in legend {
        let text = form.rules[rule_number].check_legend();
        notes.push(note(below, 0, (1, width), text, NoteKind::Legend));
        below += 1;
    }
    let sheet = &mut book.sheets[number];
    (sheet.checks, sheet.notes, sheet.columns) = (checks, notes, side);
}

fn note(row: u32, column: u32, (row_span, col_span): (u32, u32), text: String, kind: NoteKind) -> Note {
    Note { row, column, row_span, col_span, text, kind }
}

/// Maximum number of checks of a kind side by side in one row.
const MOST_BESIDE: usize = 6;

/// The instances by row; `None` if one of them is about several rows, or a row has too many. The header row contains the label.
fn in_rows(book: &Book, instances: &[(usize, &RuleInstance)]) -> Option<BTreeMap<u32, Vec<usize>>> {
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, instance) in instances {
        let row = only_row(book, instance).filter(|&row| row > TOP)?;
        rows.entry(row).or_default().push(*number);
    }
    rows.values().all(|row| row.len() <= MOST_BESIDE).then_some(rows)
}

/// Instances as rows of cells, each under the columns of its figures on this sheet: index, column, number of columns.
fn stacked(book: &Book, sheet: usize, instances: &[(usize, &RuleInstance)]) -> Vec<Vec<(usize, u32, u32)>> {
    let mut rows: Vec<Vec<(usize, u32, u32)>> = Vec::new();
    for (number, instance) in instances {
        let spots = instance.operands().map(|operand| book.spots[operand.field]).filter(|spot| spot.sheet == sheet);
        let (mut from, mut to) = (u32::MAX, 0);
        for spot in spots {
            from = from.min(spot.column);
            to = to.max(spot.column + spot.col_span.max(1));
        }
        let (from, to) = if from < to { (from, to) } else { (0, 1) };
        let free =
            rows.iter().position(|row| row.iter().all(|&(_, column, span)| to <= column || column + span <= from));
        let cell = (*number, from, to - from);
        match free {
            Some(row) => rows[row].push(cell),
            None => rows.push(vec![cell]),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn sheet_names_are_valid_in_excel() {
        let mut taken = Vec::new();
        assert_eq!(sheet_name("表二 a/b[c]:*?\\'", &mut taken), "表二 a_b_c_____’");
        let long = "很".repeat(40);
        assert_eq!(sheet_name(&long, &mut taken).chars().count(), 31);
        let second = sheet_name(&long, &mut taken);
        assert!(second.ends_with("_2") && second.chars().count() == 31, "{second}");
        assert_eq!(sheet_name("  ", &mut taken), "表");
    }

    #[test]
    fn checks_are_beside_their_rows_and_below_their_columns() {
        let forms = Forms::built_in().unwrap();
        let form = forms.get("gkbg-2021").unwrap();
        let book = plan(form);
        assert_eq!(book.sheets[1].name, "表三 收到和处理政府信息公开申请情况");
        let field = form.field_index("requests.received.natural_person").unwrap();
        assert_eq!(book.spots[field], Spot { sheet: 1, row: 5, column: 3, col_span: 1 });
        let checks = &book.sheets[1].checks;
        let of = |id: &str| checks.iter().filter(|check| form.rules[check.rule].id == id).collect::<Vec<_>>();
        assert!(of("T3-R").iter().all(|check| check.column == 10) && of("T3-R").len() == 25);
        assert_eq!(
            of("T3-C").iter().map(|check| (check.row, check.column)).collect::<Vec<_>>(),
            (3..10).map(|column| (31, column)).collect::<Vec<_>>()
        );
        assert_eq!(of("T3-B").len(), 7);
        // Three rules about one row are side by side.
        let places: Vec<(u32, u32)> = book.sheets[2].checks.iter().map(|check| (check.row, check.column)).collect();
        assert_eq!(places, [(5, 15), (5, 16), (5, 17)]);
        assert_eq!(book.sheets[2].notes[0].text, "校核 T4 行政复议");
    }
}
