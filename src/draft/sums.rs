//! Sums implied by labels (合计, 总计, 小计, 其中), verified against filled reports.

use rust_decimal::Decimal;

use super::tables::GridRange;
use super::words::{has_one, words};
use super::{Head, Rule, Table, TableBlock};
use crate::text::{blank, fold};

/// The rules of a table, without those that a filled report contradicts.
pub(super) fn rules(table: &Table, filled: &[GridRange], before: usize) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |each: Each, expression: String, zh: String, proven: Option<bool>| {
        if proven != Some(false) {
            let id = format!("R-{}", before + rules.len() + 1);
            let (each, over) = match each {
                Each::Row => (Some("row".to_owned()), Vec::new()),
                Each::Column => (Some("column".to_owned()), Vec::new()),
                Each::Of(columns) => (None, columns),
            };
            rules.push(Rule { id, table: table.id.clone(), each, over, expression, zh, proven: proven == Some(true) });
        }
    };
    // Of two halves, the totals have further summands, as what was left of last year.
    let halves = table.blocks.iter().any(|block| block.beside);
    for block in &table.blocks {
        of_block((block, halves), filled, &mut add);
    }
    rules
}

/// What a rule is repeated for.
enum Each {
    Row,
    Column,
    /// Some of the columns, by their ids, which replace `$`.
    Of(Vec<String>),
}

/// Callback that adds a rule: what it is repeated for, expression, text, and whether filled reports confirm it.
type Add<'a> = dyn FnMut(Each, String, String, Option<bool>) + 'a;

/// Finds the sums of a block.
fn of_block((block, halves): (&TableBlock, bool), filled: &[GridRange], add: &mut Add) {
    let figure = |head: &&Head| matches!(head.kind.as_deref(), None | Some("amount" | "signed")) && head.of.is_empty();
    let all: Vec<&Head> = block.columns.iter().flat_map(Head::leaves).filter(figure).collect();
    // Ratios do not add up.
    let adds_up = |head: &&&Head| !words().is_ratio(&head.label, head.unit.as_deref());
    let columns: Vec<&Head> = all.iter().filter(adds_up).copied().collect();
    let over = |whole: String, of: String| {
        let some = columns.len() < all.len();
        let ids = || columns.iter().map(|column| column.id.clone()).collect();
        if some { (Each::Of(ids()), of) } else { (Each::Column, whole) }
    };
    if block.open.as_ref().is_some_and(|(_, total)| total.is_some()) && !halves && !columns.is_empty() {
        let (each, expression) = over("all = sum(rows)".to_owned(), "all.$ = sum(rows.$)".to_owned());
        add(each, expression, "合计行等于各行之和".to_owned(), None);
    }
    let rows: Vec<&Head> = block.rows.iter().flat_map(Head::leaves).filter(figure).collect();
    for siblings in groups(&block.columns) {
        let siblings: Vec<&Head> = siblings.into_iter().filter(figure).collect();
        let Some((total, parts)) = parted(&siblings) else { continue };
        let holds = holds(filled, |part, from| {
            let lines: Vec<u32> = if rows.is_empty() {
                (block.body.0..block.body.1).collect()
            } else {
                rows.iter().map(|row| row.at.0 + part.from - from).collect()
            };
            lines
                .into_iter()
                .map(|row| {
                    (number(part, row, total.at.0), parts.iter().map(|one| number(part, row, one.at.0)).collect())
                })
                .collect()
        });
        let right: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        add(
            Each::Row,
            format!("{} = {}", total.id, right.join(" + ")),
            format!("每行：{}等于其他各栏之和", total.label),
            holds,
        );
    }
    for siblings in groups(&block.rows) {
        let siblings: Vec<&Head> = siblings.into_iter().filter(figure).collect();
        let Some((total, parts)) = parted(&siblings) else { continue };
        let holds = holds(filled, |part, from| {
            let at = |head: &Head| head.at.0 + part.from - from;
            columns
                .iter()
                .map(|column| {
                    (
                        number(part, at(total), column.at.0),
                        parts.iter().map(|one| number(part, at(one), column.at.0)).collect(),
                    )
                })
                .collect()
        });
        if columns.is_empty() {
            continue;
        }
        let sum = |behind: &str| {
            let right: Vec<String> = parts.iter().map(|part| format!("{}{behind}", part.id)).collect();
            format!("{}{behind} = {}", total.id, right.join(" + "))
        };
        let (each, expression) = over(sum(""), sum(".$"));
        add(each, expression, format!("{}等于其他各行之和", total.label), holds);
    }
}

/// Sibling heads, group by group.
fn groups(heads: &[Head]) -> Vec<Vec<&Head>> {
    let mut groups: Vec<Vec<&Head>> =
        vec![heads.iter().flat_map(|head| if head.children.is_empty() { vec![head] } else { head.leaves() }).collect()];
    for head in heads.iter().filter(|head| !head.children.is_empty()) {
        groups.extend(self::groups(&head.children));
    }
    // A total of a group is inside the group: the whole block is only tried if no group has a total.
    if groups.len() > 1 && groups[1..].iter().any(|group| parted(group).is_some()) {
        groups.remove(0);
    }
    groups
}

/// The total among siblings, and its summands. A head with 其中 is a part of its neighbour and not a summand.
fn parted<'h>(siblings: &[&'h Head]) -> Option<(&'h Head, Vec<&'h Head>)> {
    let is_total = |head: &&&Head| words().is_total(&head.label);
    let mut totals = siblings.iter().filter(is_total);
    let total = totals.next()?;
    if totals.next().is_some() {
        return None;
    }
    let own = fold(&total.label);
    let of = |head: &&&Head| {
        !std::ptr::eq(**head, *total)
            && !has_one(&words().labels.within, &head.label)
            && fold(&head.label) != own
            && same_unit(head, total)
    };
    let parts: Vec<&Head> = siblings.iter().filter(of).copied().collect();
    (parts.len() >= 2).then_some((*total, parts))
}

fn same_unit(one: &Head, other: &Head) -> bool {
    one.unit == other.unit && one.kind == other.kind
}

fn number(part: &GridRange, row: u32, column: u32) -> Option<Decimal> {
    let text = part.grid.cell_at(row, column)?.text.trim_matches(blank).replace([',', '，'], "");
    text.parse().ok()
}

/// Whether the sums hold in all filled reports; `None` if none has figures.
fn holds(
    filled: &[GridRange],
    sums: impl Fn(&GridRange, u32) -> Vec<(Option<Decimal>, Vec<Option<Decimal>>)>,
) -> Option<bool> {
    let mut tried = false;
    for part in filled {
        for (total, parts) in sums(part, part.from) {
            let Some(total) = total else { continue };
            let parts: Option<Vec<Decimal>> = parts.into_iter().map(|part| Some(part.unwrap_or_default())).collect();
            let Some(parts) = parts else { continue };
            tried = true;
            if parts.iter().sum::<Decimal>() != total {
                return Some(false);
            }
        }
    }
    tried.then_some(true)
}
