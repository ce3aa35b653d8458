//! Formulas and their cached results: detects missing results, and results that were never calculated.

use super::{Sheet, Texts};

/// Maximum distance from a formula to the figures that it may sum.
const BESIDE: u32 = 40;

/// Facts about the formulas of a sheet.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    /// Number of formulas whose result is missing or blank.
    pub(super) uncalculated: usize,
    /// Whether a formula has a result other than 0.
    calculated: bool,
    /// Cells of formulas with the result 0, and whether the formula only adds.
    zeros: Vec<((u32, u32), bool)>,
}

impl Formulas {
    /// Records the result of a formula, empty if there is none. `adds`: whether the formula only adds cells.
    pub(super) fn note(&mut self, at: (u32, u32), result: &str, adds: bool) {
        match result.trim() {
            "" => self.uncalculated += 1,
            "0" => self.zeros.push((at, adds)),
            _ => self.calculated = true,
        }
    }
}

/// Removes results that were never calculated: all results of the workbook are 0, and there are figures other than 0 beside a formula
/// that only adds, or beside any formula if the workbook is marked for recalculation.
pub(super) fn without_results(sheets: &mut [Sheet], recalculates: bool) {
    if sheets.iter().any(|sheet| sheet.formulas.calculated) {
        return;
    }
    let mut told = false;
    for sheet in sheets.iter_mut().filter(|sheet| !sheet.formulas.zeros.is_empty()) {
        sheet.cells.sort();
        let mut zeros = sheet.formulas.zeros.iter().filter(|zero| zero.1 || recalculates);
        told |= zeros.any(|&(at, _)| has_figures_beside(&sheet.cells, at));
    }
    for sheet in sheets.iter_mut().filter(|_| told) {
        let mut zeros: Vec<(u32, u32)> =
            std::mem::take(&mut sheet.formulas.zeros).into_iter().map(|zero| zero.0).collect();
        zeros.sort_unstable();
        sheet.cells.clear(&zeros);
        sheet.formulas.uncalculated += zeros.len();
    }
}

/// Whether there are figures other than 0 left of a cell or above it, with only blank cells in between.
fn has_figures_beside(cells: &Texts, (row, column): (u32, u32)) -> bool {
    let left = (column.saturating_sub(BESIDE)..column).rev().map(|column| (row, column));
    let above = (row.saturating_sub(BESIDE)..row).rev().map(|row| (row, column));
    let figure = |at| cells.get(at).map(|text| text.trim().parse::<f64>().ok());
    let has = |places: &mut dyn Iterator<Item = (u32, u32)>| {
        // A cell with words ends the range that the formula may sum.
        places.filter_map(figure).take_while(Option::is_some).flatten().any(|figure| figure != 0.0)
    };
    has(&mut left.into_iter()) || has(&mut above.into_iter())
}

/// Whether a formula, as text, only adds cells.
pub(super) fn only_adds(formula: &str) -> bool {
    let (mut name, mut reference, mut found) = (false, false, formula.contains("SUM"));
    for sign in formula.chars() {
        match sign {
            '\'' => name = !name,
            _ if name => {}
            // `RC[-6]` contains no minus operator.
            '[' => reference = true,
            ']' => reference = false,
            _ if reference => {}
            '+' => found = true,
            '-' | '*' | '/' | '"' | '<' | '>' => return false,
            _ => {}
        }
    }
    found
}

/// Whether a formula in tokens (MS-XLS 2.5.198) only adds cells; `reference` and `area` are the operand lengths of a cell and of an area
/// reference.
pub(super) fn adds_tokens(tokens: &[u8], reference: usize, area: usize) -> bool {
    const SUM: u16 = 4;
    let (mut at, mut found) = (0, false);
    while let Some(&token) = tokens.get(at) {
        let operand = if token >= 0x20 { token & 0x1F | 0x20 } else { token };
        at += 1 + match operand {
            // Plus, union, range, unary plus, parentheses, missing argument.
            0x03 => {
                found = true;
                0
            }
            0x10..=0x12 | 0x15 | 0x16 => 0,
            0x19 => match tokens.get(at + 1) {
                Some(flags) if flags & 0x04 == 0 => {
                    found |= flags & 0x10 != 0;
                    3
                }
                _ => return false,
            },
            0x1E => 2,
            0x1F => 8,
            0x22 => {
                let function =
                    tokens.get(at + 2..at + 4).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]) & 0x7FFF);
                if function != Some(SUM) {
                    return false;
                }
                found = true;
                3
            }
            0x24 => reference,
            0x25 => area,
            0x3A => 2 + reference,
            0x3B => 2 + area,
            _ => return false,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Budget;

    fn sheet(cells: &[(u32, u32, &str)], formulas: &[(u32, u32, &str, bool)]) -> Sheet {
        let mut sheet = Sheet::default();
        let budget = &mut Budget::default();
        for &(row, column, text) in cells {
            assert!(sheet.put(row, column, text, budget).is_ok());
        }
        for &(row, column, text, adds) in formulas {
            sheet.formulas.note((row, column), text, adds);
            assert!(sheet.put(row, column, text, budget).is_ok());
        }
        sheet
    }

    fn left(mut sheet: Sheet, recalculates: bool) -> (usize, usize) {
        let sheets = std::slice::from_mut(&mut sheet);
        without_results(sheets, recalculates);
        (sheets[0].formulas.uncalculated, sheets[0].cells.places().count())
    }

    #[test]
    fn zeros_beside_figures_were_not_calculated() {
        let row = [(0, 0, "总计"), (0, 1, "5"), (0, 3, "0")];
        let sum = (0, 4, "0", true);
        assert_eq!(left(sheet(&row, &[sum]), false), (1, 3));
        // A difference may be 0, unless all of a workbook marked for recalculation is.
        assert_eq!(left(sheet(&row, &[(0, 4, "0", false)]), false), (0, 4));
        assert_eq!(left(sheet(&row, &[(0, 4, "0", false)]), true), (1, 3));
        // Another result shows that the workbook was calculated.
        assert_eq!(left(sheet(&row, &[sum, (1, 4, "5", true)]), true), (0, 5));
        // Only zeros to sum.
        assert_eq!(left(sheet(&[(0, 0, "2024"), (0, 1, "总计"), (0, 2, "0")], &[(0, 3, "0", true)]), true), (0, 4));
        assert_eq!(left(sheet(&[], &[(0, 3, "", true)]), false), (1, 0));
    }

    #[test]
    fn formulas_that_only_add() {
        for formula in ["SUM(D22:I22)", "=D5+E5", "of:=SUM([.D22:.I22])", "=SUM(RC[-6]:RC[-1])", "SUM('表-三'!A1:A5)"]
        {
            assert!(only_adds(formula), "{formula}");
        }
        for formula in ["D5-E5", "SUM(A1:A5)-B1", "IF(A1<0,SUM(B1:B3),0)", "A1", "A1*2", ""] {
            assert!(!only_adds(formula), "{formula}");
        }
        let area = [0x25, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(adds_tokens(&[&area[..], &[0x19, 0x10, 0, 0]].concat(), 4, 8));
        assert!(adds_tokens(&[&area[..], &[0x42, 1, 4, 0]].concat(), 4, 8));
        assert!(adds_tokens(&[0x44, 0, 0, 0, 0, 0x44, 0, 0, 0, 0, 3], 4, 8));
        assert!(!adds_tokens(&[0x44, 0, 0, 0, 0, 0x44, 0, 0, 0, 0, 4], 4, 8));
        assert!(
            !adds_tokens(&[0x44, 0, 0, 0, 0], 4, 8) && !adds_tokens(&[0x19], 4, 8) && !adds_tokens(&[0x42, 1], 4, 8)
        );
    }
}
