//! Where everything stands in the workbook of a form: tables in official shape, a check beside each rule.

use crate::form::{Expression, FieldIndex, Form, Layout, LayoutContent, Relation, RuleInstance};

/// Rows above a table: the report's title and the section's heading.
pub(super) const ABOVE: u32 = 2;

/// A check of a rule with a live formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    /// Index of the rule in the form.
    pub(super) rule: usize,
    /// Index of its instance.
    pub(super) instance: usize,
    /// Row of the sheet, 0-based.
    pub(super) row: u32,
    /// Column of the sheet, 0-based.
    pub(super) column: u32,
}

/// A sheet with a table of the form.
#[derive(Debug, Clone)]
pub(super) struct SheetPlan {
    /// Index of the table.
    pub(super) table: usize,
    /// Name of the sheet.
    pub(super) name: String,
    /// The table's shape.
    pub(super) layout: Layout,
    /// The checks of the rules that stand on this sheet.
    pub(super) checks: Vec<Check>,
    /// Labels of the check rows and columns: row, column, text.
    pub(super) labels: Vec<(u32, u32, String)>,
    /// Columns in use.
    pub(super) columns: u32,
    /// Rows in use.
    pub(super) rows: u32,
}

/// Plans the sheets of a form.
pub(super) fn sheets(form: &Form) -> Vec<SheetPlan> {
    (0..form.tables.len()).map(|table| sheet(form, table)).collect()
}

fn sheet(form: &Form, table: usize) -> SheetPlan {
    let layout = Layout::of(form, table);
    let below = ABOVE + layout.rows.len() as u32;
    let mut plan = SheetPlan {
        table,
        name: name(form, table),
        columns: layout.columns,
        rows: below,
        layout,
        checks: Vec::new(),
        labels: Vec::new(),
    };
    for (number, rule) in form.rules.iter().enumerate() {
        let on_sheet: Vec<usize> =
            (0..rule.instances.len()).filter(|&instance| stands(form, table, &rule.instances[instance])).collect();
        plan.rule(form, number, &on_sheet);
    }
    plan
}

/// Whether a rule can be checked on the sheet of a table.
fn stands(form: &Form, table: usize, instance: &RuleInstance) -> bool {
    !instance.needs_previous() && instance.operands().all(|operand| form.fields[operand.field].table == table)
}

/// Name of a table's sheet: no more than 31 characters, without those that Excel refuses.
fn name(form: &Form, table: usize) -> String {
    let spec = &form.tables[table];
    let heading = form.sections[spec.section].heading.as_ref().map(|heading| heading.text.as_str()).unwrap_or_default();
    let words = crate::text::numbering(heading).map_or(heading, |found| &heading[found.length..]);
    let name = format!("{} {words}", spec.name.zh);
    let name: String = name.chars().filter(|character| !"[]:*?/\\'".contains(*character)).take(31).collect();
    name.trim().to_owned()
}

impl SheetPlan {
    /// Row and column of a field on the sheet.
    pub(super) fn place(&self, field: FieldIndex) -> Option<(u32, u32)> {
        let cells = self.layout.rows.iter().flatten();
        cells
            .into_iter()
            .find(|cell| cell.content == LayoutContent::Field(field))
            .map(|cell| (ABOVE + cell.row, cell.column))
    }

    /// Places the checks of a rule: in the row that it sums, below the column that it sums, or in a list below the table.
    fn rule(&mut self, form: &Form, rule: usize, instances: &[usize]) {
        let spec = &form.rules[rule];
        let mut column_row = None;
        // The last of the label columns is the widest.
        let words = form.tables[self.table].label_columns.saturating_sub(1);
        for &instance in instances {
            let places: Vec<(u32, u32)> =
                spec.instances[instance].operands().filter_map(|operand| self.place(operand.field)).collect();
            let Some(&(row, column)) = places.first() else { continue };
            let check = |row: u32, column: u32| Check { rule, instance, row, column };
            if places.iter().all(|place| place.0 == row) {
                let mut free = self.layout.columns;
                while self.checks.iter().any(|known| (known.row, known.column) == (row, free)) {
                    free += 1;
                }
                self.label(ABOVE, free, "校验");
                self.checks.push(check(row, free));
                self.columns = self.columns.max(free + 1);
            } else if places.iter().all(|place| place.1 == column) {
                let at = *column_row.get_or_insert(self.rows);
                self.rows = self.rows.max(at + 1);
                self.label(at, words, &format!("校验 {}", spec.id));
                self.checks.push(check(at, column));
            } else {
                let at = self.rows;
                self.rows += 1;
                self.label(at, words, &format!("校验 {} {}", spec.id, spec.instances[instance].scope));
                self.checks.push(check(at, form.tables[self.table].label_columns));
            }
        }
    }

    fn label(&mut self, row: u32, column: u32, text: &str) {
        if !self.labels.iter().any(|label| (label.0, label.1) == (row, column)) {
            self.labels.push((row, column, text.to_owned()));
        }
    }

    /// A side of a rule as a formula: runs of neighbours in a row or column become ranges.
    pub(super) fn formula(&self, side: &Expression) -> String {
        let mut text = String::new();
        for sign in [1, -1] {
            let cells: Vec<(u32, u32)> = side
                .terms
                .iter()
                .filter(|term| term.sign == sign)
                .filter_map(|term| self.place(term.operand.field))
                .collect();
            if cells.is_empty() {
                continue;
            }
            text.push_str(if sign < 0 { "-" } else { "" });
            text.push_str(&format!("SUM({})", ranges(&cells)));
        }
        if side.constant != 0 || text.is_empty() {
            text.push_str(&if text.is_empty() { side.constant.to_string() } else { format!("{:+}", side.constant) });
        }
        text
    }

    /// The formula of a check: a tick, or the difference.
    pub(super) fn check_formula(&self, instance: &RuleInstance) -> String {
        let (left, right) = (self.formula(&instance.left), self.formula(&instance.right));
        match instance.relation {
            Relation::Equal => format!("IF(ROUND({left}-({right}),6)=0,\"✓\",\"差\"&ROUND({left}-({right}),6))"),
            Relation::AtMost => format!("IF({left}<={right},\"✓\",\"✗\")"),
            Relation::AtLeast => format!("IF({left}>={right},\"✓\",\"✗\")"),
        }
    }
}

fn ranges(cells: &[(u32, u32)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let start = cells[at];
        let mut end = at;
        let follows = |step: (u32, u32), from: usize| {
            cells.get(from + 1).is_some_and(|next| *next == (cells[from].0 + step.0, cells[from].1 + step.1))
        };
        for step in [(0, 1), (1, 0)] {
            if end == at {
                while follows(step, end) {
                    end += 1;
                }
            }
        }
        parts.push(if end > at { format!("{}:{}", a1(start), a1(cells[end])) } else { a1(start) });
        at = end + 1;
    }
    parts.join(",")
}

/// Name of a cell in the A1 style.
pub(super) fn a1((row, column): (u32, u32)) -> String {
    crate::document::Place { row: Some(row), column: Some(column), ..Default::default() }.a1().unwrap_or_default()
}
