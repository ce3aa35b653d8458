//! Detects single mistakes that affect many cells: two cells, rows or columns swapped, a row shifted by one column, totals left at 0.
//!
//! A mistake is reported only if undoing it makes all rules hold that contain its cells.

use rust_decimal::Decimal;

use super::Figures;
use super::typo::Change;
use crate::finding::Message;
use crate::form::{Expression, FieldIndex, Form, Operand, Relation, RuleInstance};

/// Minimum number of broken rules for a mistake in a row, in a column or in totals; fewer may be coincidence.
const MANY: usize = 3;

/// Number of broken rules that a swap of two cells causes at least.
const TWO: usize = 2;

/// Maximum number of cells among which a swap is searched for; with more, the broken rules have another cause.
const FIELDS: usize = 120;

/// A mistake that explains broken rules, with the intended figures.
#[derive(Debug)]
pub(super) struct Event {
    /// Indices of the broken rules.
    pub(super) broken: Vec<usize>,
    /// The cells with their intended figures.
    pub(super) changes: Vec<Change>,
    /// Description, without advice.
    pub(super) message: Message,
}

/// The equalities over this year's figures, whether they hold or not.
pub(super) struct Rules<'a, 'v> {
    form: &'a Form,
    figures: &'a Figures<'v>,
    instances: Vec<(&'a RuleInstance, Option<usize>)>,
}

impl<'a, 'v> Rules<'a, 'v> {
    /// `broken` gives the index of each broken instance.
    pub(super) fn new(form: &'a Form, figures: &'a Figures<'v>, broken: &[(&'a RuleInstance, usize)]) -> Self {
        let all = form.rules.iter().flat_map(|rule| &rule.instances);
        let all = all.filter(|one| one.relation == Relation::Equal && !one.needs_previous());
        let number = |one: &RuleInstance| broken.iter().find(|known| std::ptr::eq(known.0, one)).map(|known| known.1);
        let instances = all.map(|one| (one, number(one))).collect();
        Self { form, figures, instances }
    }

    /// Mistakes that explain broken rules, chosen greedily by the number of rules; no rule is explained twice.
    pub(super) fn events(&self) -> Vec<Event> {
        let mut found = self.totals_of_zero();
        found.extend(single(self.exchanged_lines()));
        found.extend(self.shifted_rows());
        found.sort_by_key(|event| std::cmp::Reverse(event.broken.len()));
        let mut events: Vec<Event> = Vec::new();
        for event in found {
            if !event.broken.iter().any(|number| events.iter().any(|known| known.broken.contains(number))) {
                events.push(event);
            }
        }
        events
    }

    /// Swaps of two cells that explain broken rules: for each set of rules one swap, or several alternatives.
    pub(super) fn exchanged_cells(&self, broken: &[usize]) -> Vec<Vec<Event>> {
        let is_broken = |number: &Option<usize>| number.is_some_and(|number| broken.contains(&number));
        let among = self.instances.iter().filter(|(_, number)| is_broken(number));
        let mut fields: Vec<FieldIndex> =
            among.flat_map(|(one, _)| one.operands().map(|operand| operand.field)).collect();
        fields.sort_unstable();
        fields.dedup();
        if fields.len() > FIELDS {
            return Vec::new();
        }
        let pairs =
            fields.iter().enumerate().flat_map(|(at, &one)| fields[at + 1..].iter().map(move |&two| (one, two)));
        let mut events: Vec<Event> = pairs.filter_map(|(one, other)| self.exchange(one, other, broken)).collect();
        // One exchange that explains more is likelier than several that explain a part each.
        events.sort_by_key(|event| std::cmp::Reverse(event.broken.len()));
        let mut found: Vec<Vec<Event>> = Vec::new();
        for event in events {
            let overlaps = |known: &&mut Vec<Event>| known[0].broken.iter().any(|number| event.broken.contains(number));
            match found.iter_mut().find(overlaps) {
                Some(known) if known[0].broken.len() == event.broken.len() => known.push(event),
                Some(_) => {}
                None => found.push(vec![event]),
            }
        }
        found
    }

    /// The swap of two cells, if undoing it makes broken rules hold and no other rule fail.
    fn exchange(&self, one: FieldIndex, other: FieldIndex, broken: &[usize]) -> Option<Event> {
        let (a, b) = (self.number(one)?, self.number(other)?);
        let alike = |field: FieldIndex| (self.form.fields[field].table, self.form.fields[field].kind);
        if a == b || alike(one) != alike(other) {
            return None;
        }
        let explained = self.explains(&[(one, b), (other, a)], TWO)?;
        if !explained.iter().all(|number| broken.contains(number)) {
            return None;
        }
        let (first, second) = (self.form.describe(one), self.form.describe(other));
        let message = Message::new(
            format!("{}填{a}，{}填{b}，疑为两格填反", first.zh, second.zh),
            format!("{} is {a} and {} is {b}; the two seem to have changed places", first.en, second.en),
        );
        Some(self.event(explained, vec![(one, b), (other, a)], message))
    }

    fn number(&self, field: FieldIndex) -> Option<Decimal> {
        self.figures.number(Operand { field, previous: false })
    }

    fn event(&self, broken: Vec<usize>, meant: Vec<(FieldIndex, Decimal)>, message: Message) -> Event {
        let changes = meant.into_iter().filter_map(|(field, to)| {
            let from = self.number(field).unwrap_or_default();
            (from != to).then_some(Change { field, from, to: to.normalize() })
        });
        Event { broken, changes: changes.collect(), message }
    }

    /// The broken rules that hold with these figures; `None` if they are fewer than `least`, or a rule with one of the fields does not
    /// hold.
    fn explains(&self, meant: &[(FieldIndex, Decimal)], least: usize) -> Option<Vec<usize>> {
        let changed = |field: FieldIndex| meant.iter().find(|one| one.0 == field).map(|one| one.1);
        let mut explained = Vec::new();
        for (instance, number) in &self.instances {
            if !instance
                .operands()
                .any(|operand| changed(operand.field).is_some_and(|to| self.number(operand.field) != Some(to)))
            {
                continue;
            }
            let value = |field: FieldIndex| changed(field).or_else(|| self.number(field));
            // A rule with a blank cell is not assessed.
            let (Some(left), Some(right)) = (sum(&instance.left, &value), sum(&instance.right, &value)) else {
                continue;
            };
            if left != right {
                return None;
            }
            explained.extend(*number);
        }
        (explained.len() >= least).then_some(explained)
    }

    /// Totals that are all 0 although their parts are not.
    fn totals_of_zero(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for rule in self.form.rules.iter().filter(|rule| rule.defines) {
            let mut meant = Vec::new();
            let totals = rule.instances.iter().filter(|one| one.relation == Relation::Equal && !one.needs_previous());
            let all_zero = totals.clone().all(|one| {
                let [term] = one.left.terms.as_slice() else { return false };
                self.number(term.operand.field).is_some_and(|number| number.is_zero())
            });
            if !all_zero {
                continue;
            }
            for one in totals {
                let parts = sum(&one.right, &|field| self.number(field));
                meant.extend(one.left.terms.first().zip(parts).map(|(term, parts)| (term.operand.field, parts)));
            }
            let Some(explained) = self.explains(&meant, TWO) else { continue };
            let names = &self.form.tables[self.form.fields[meant[0].0].table].name;
            let message = Message::new(
                format!("{}的总计全部填0，各项相加不为0（“{}”）", names.zh, rule.text.zh),
                format!("all totals of {} are 0, and their parts are not (\"{}\")", names.en, rule.text.en),
            );
            events.push(self.event(explained, meant, message));
        }
        events
    }

    /// Rows and columns of a block: their cells in order, name, and whether it is a row.
    fn lines(&self) -> Vec<(Vec<FieldIndex>, Message, bool)> {
        let mut lines = Vec::new();
        for table in &self.form.tables {
            for block in &table.blocks {
                let (rows, columns) = (block.leaf_rows.len(), block.leaf_columns.len());
                let at = |row: usize, column: usize| block.first_field + row * columns + column;
                for row in 0..rows {
                    let shown = block.leaf_rows[row].label().map(|label| label.text.clone()).unwrap_or_default();
                    let name =
                        Message::new(format!("{}“{shown}”", table.name.zh), format!("{}, \"{shown}\"", table.name.en));
                    lines.push(((0..columns).map(|column| at(row, column)).collect(), name, true));
                }
                for column in 0..columns {
                    let shown = block.leaf_columns[column].label().map(|label| label.text.clone()).unwrap_or_default();
                    let name =
                        Message::new(format!("{}“{shown}”", table.name.zh), format!("{}, \"{shown}\"", table.name.en));
                    lines.push(((0..rows).map(|row| at(row, column)).collect(), name, false));
                }
            }
        }
        lines
    }

    /// Two rows or two columns that are swapped.
    fn exchanged_lines(&self) -> Vec<Event> {
        let lines = self.lines();
        let mut events = Vec::new();
        for (number, (cells, name, is_row)) in lines.iter().enumerate() {
            for (others, other_name, other_is_row) in &lines[number + 1..] {
                let together = cells.len() > 1 && cells.len() == others.len() && is_row == other_is_row;
                if !together
                    || self.form.fields[cells[0]].block != self.form.fields[others[0]].block
                    || self.form.fields[cells[0]].table != self.form.fields[others[0]].table
                {
                    continue;
                }
                let pairs = cells
                    .iter()
                    .zip(others)
                    .map(|(&one, &other)| Some([(one, self.number(other)?), (other, self.number(one)?)]));
                let Some(meant) = pairs.collect::<Option<Vec<_>>>().map(|pairs| pairs.concat()) else { continue };
                let Some(explained) = self.explains(&meant, MANY) else { continue };
                let (zh, en) = if *is_row { ("两行", "rows") } else { ("两栏", "columns") };
                let message = Message::new(
                    format!("{}与{}{zh}疑填反", name.zh, other_name.zh),
                    format!("the {en} {} and {} seem to have changed places", name.en, other_name.en),
                );
                events.push(self.event(explained, meant, message));
            }
        }
        events
    }

    /// Rows whose figures are all shifted by one column to the right or left.
    fn shifted_rows(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (cells, name, _) in self.lines().into_iter().filter(|line| line.2 && line.0.len() > MANY) {
            for right in [true, false] {
                let Some(meant) = self.moved_back(&cells, right) else { continue };
                let Some(explained) = self.explains(&meant, MANY) else { continue };
                let (zh, en) = if right { ("右移", "right") } else { ("左移", "left") };
                let message = Message::new(
                    format!("{}一行各数疑整体{zh}了一栏", name.zh),
                    format!("the figures of the row {} seem to stand one column too far to the {en}", name.en),
                );
                events.push(self.event(explained, meant, message));
            }
        }
        events
    }

    /// The figures of a row shifted back by a column; the figure that was lost at the end follows from the rule of the row.
    fn moved_back(&self, cells: &[FieldIndex], right: bool) -> Option<Vec<(FieldIndex, Decimal)>> {
        let within = |one: &&RuleInstance| one.operands().all(|operand| cells.contains(&operand.field));
        let rule = self.instances.iter().map(|(one, _)| *one).find(within)?;
        let (lost, mut meant) = if right {
            let kept = cells.windows(2).map(|pair| Some((pair[0], self.number(pair[1])?)));
            (*cells.last()?, kept.collect::<Option<Vec<_>>>()?)
        } else {
            let kept = cells.windows(2).map(|pair| Some((pair[1], self.number(pair[0])?)));
            (*cells.first()?, kept.collect::<Option<Vec<_>>>()?)
        };
        let value = |field: FieldIndex| {
            if field == lost { Some(Decimal::ZERO) } else { meant.iter().find(|one| one.0 == field).map(|one| one.1) }
        };
        let gap = sum(&rule.left, &value)?.checked_sub(sum(&rule.right, &value)?)?;
        let on_left = rule.left.terms.iter().any(|term| term.operand.field == lost);
        let figure = if on_left { -gap } else { gap };
        if figure.is_sign_negative() && !figure.is_zero() {
            return None;
        }
        meant.push((lost, figure));
        Some(meant)
    }
}

/// The event, if there is exactly one.
fn single(events: Vec<Event>) -> Vec<Event> {
    if events.len() == 1 { events } else { Vec::new() }
}

fn sum(side: &Expression, value: &dyn Fn(FieldIndex) -> Option<Decimal>) -> Option<Decimal> {
    let mut total = Decimal::from(side.constant);
    for term in &side.terms {
        total = total.checked_add(Decimal::from(term.sign).checked_mul(value(term.operand.field)?)?)?;
    }
    Some(total)
}
