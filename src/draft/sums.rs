//! Sums implied by labels (合计, 总计, 小计, 其中), verified against filled reports.

use rust_decimal::Decimal;

use super::tables::GridRange;
use super::words::{has_one, words};
use super::{Head, Rule, Table, TableBlock};
use crate::text::{blank, fold};

/// The rules of a table, without those that a filled report contradicts.
pub(super) fn rules(table: &Table, filled: &[GridRange], before: usize) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |each: &str, expression: String, zh: String, proven: Option<bool>| {
        if proven != Some(false) {
            let id = format!("R-{}", before + rules.len() + 1);
            let each = Some(each.to_owned());
            rules.push(Rule { id, table: table.id.clone(), each, expression, zh, proven: proven == Some(true) });
        }
    };
    for block in &table.blocks {
        of_block(block, filled, &mut add);
    }
    rules
}

/// Callback that adds a rule: `row` or `column`, expression, text, and whether filled reports confirm it.
type Add<'a> = dyn FnMut(&str, String, String, Option<bool>) + 'a;

/// Finds the sums of a block.
fn of_block(block: &TableBlock, filled: &[GridRange], add: &mut Add) {
    if let Some((_, total)) = &block.open
        && total.is_some()
        && !block.beside
    {
        add("column", "all = sum(rows)".to_owned(), "合计行等于各行之和".to_owned(), None);
    }
    let figure = |head: &&Head| matches!(head.kind.as_deref(), None | Some("amount" | "signed")) && head.of.is_empty();
    let columns: Vec<&Head> = block.columns.iter().flat_map(Head::leaves).filter(figure).collect();
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
            "row",
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
        let id = |head: &Head| head.id.clone();
        let right: Vec<String> = parts.iter().map(|part| id(part)).collect();
        add(
            "column",
            format!("{} = {}", id(total), right.join(" + ")),
            format!("{}等于其他各行之和", total.label),
            holds,
        );
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
