//! The sums along the tree, and what does not fit: superiors that already include their parts, figures that differ.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::decide::{Decision, additive, decide, telling};
use super::{Entry, Node, Rollup, Told};
use crate::finding::code::rollup::{
    DOUBLE_COUNTING, PARTS_ADDED, PARTS_DIFFER, SUM_INCOMPLETE, SUM_TOO_LARGE, SUPERIOR_UNCERTAIN, TABLE_NOT_ADDED,
};
use crate::finding::{Finding, Message, Severity};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::Kind;

/// Most parts that a message names.
const NAMED: usize = 8;

/// Fills in the nodes, the total and the findings.
pub(super) fn add_up(rollup: &mut Rollup) {
    let mut nodes: Vec<Node> = vec![Node::default(); rollup.agencies.list().len()];
    for (index, entry) in rollup.entries.iter().enumerate() {
        nodes[entry.agency].own = Some(index);
    }
    let mut told = Vec::new();
    let order = rollup.agencies.in_tree_order();
    let telling = telling(rollup.form);
    // From the leaves up: each comes after all below it.
    for &(agency, _) in order.iter().rev() {
        let node = node(rollup, agency, &nodes, &telling, &mut told);
        nodes[agency] = node;
    }
    let taken: Vec<usize> = rollup.agencies.roots().iter().flat_map(|&root| nodes[root].taken.clone()).collect();
    let region = sum(rollup.form, &rollup.entries, &taken, &mut told);
    rollup.total = Node { below: taken.clone(), taken, region, ..Node::default() };
    rollup.nodes = nodes;
    told.extend(rollup.entries.iter().filter_map(|entry| incomplete(rollup.form, entry)));
    if rollup.superior().is_none() && !rollup.agencies.are_of_reports() {
        told.push(plain(Finding::new(&SUPERIOR_UNCERTAIN, SUPERIOR_UNCERTAIN.message())));
    }
    for table in rollup.form.tables.iter().filter(|table| !table.additive) {
        let message = Message::new(
            format!("{}各单位的数据不能相加，汇总中留空。", table.name.zh),
            format!("{}: figures do not add up over agencies; it stays empty.", table.name.en),
        );
        told.push(plain(Finding::new(&TABLE_NOT_ADDED, message)));
    }
    rollup.findings.extend(told);
}

fn plain(finding: Finding) -> Told {
    Told { agency: None, file: None, finding }
}

fn node(rollup: &Rollup, agency: usize, nodes: &[Node], telling: &[FieldIndex], told: &mut Vec<Told>) -> Node {
    let (form, entries) = (rollup.form, &rollup.entries);
    let children = rollup.agencies.children(agency);
    let below: Vec<usize> = children.iter().flat_map(|&child| nodes[child].taken.iter().copied()).collect();
    let own = nodes[agency].own;
    let Some(index) = own.filter(|&index| !rollup.leaves_out(index)) else {
        let region = sum(form, entries, &below, told);
        return Node { own, taken: below.clone(), below, region, ..Node::default() };
    };
    let entry = &entries[index];
    let figures: Vec<Option<Decimal>> = numbers(form, entry);
    let reported: Vec<usize> = children.iter().copied().filter(|&child| !nodes[child].taken.is_empty()).collect();
    let parts: Vec<&[Option<Decimal>]> = reported.iter().map(|&child| nodes[child].region.as_slice()).collect();
    let said = rollup.agencies.list()[agency].aggregate;
    let decision = match said {
        _ if below.is_empty() => Decision { includes: false, clear: true, left_out: Vec::new() },
        Some(includes) => Decision { includes, clear: true, left_out: Vec::new() },
        None => decide(telling, &figures, &parts),
    };
    let apart: Vec<usize> = decision.left_out.iter().map(|&part| reported[part]).collect();
    let added = if decision.includes { &apart } else { &reported };
    let added = added.iter().flat_map(|&child| nodes[child].taken.iter().copied());
    let taken: Vec<usize> = std::iter::once(index).chain(added).collect();
    let region = sum(form, entries, &taken, told);
    let besides: HashSet<usize> = taken.iter().copied().collect();
    let held: Vec<usize> = below.iter().copied().filter(|part| !besides.contains(part)).collect();
    let parts = sum(form, entries, if decision.includes { &held } else { &below }, told);
    if said.is_none() && !below.is_empty() {
        told.push(decided(rollup, (agency, entry), &decision, &apart, (&figures, &parts), (held.len(), below.len())));
    }
    if !decision.includes {
        return Node { own, taken, below, itself: figures, region, ..Node::default() };
    }
    differences(rollup, agency, entry, (&figures, &parts), &held, told);
    let itself = figures.iter().zip(&parts).enumerate();
    let itself = itself.map(|(field, (own, parts))| rest(form, field, *own, *parts)).collect();
    Node { own, includes: true, apart, taken, below, itself, region }
}

/// What is left of a superior's figure without its parts; nothing where that would be less than nothing.
fn rest(form: &Form, field: FieldIndex, own: Option<Decimal>, parts: Option<Decimal>) -> Option<Decimal> {
    let left = own?.checked_sub(parts.unwrap_or_default())?;
    (!left.is_sign_negative() || left.is_zero() || form.fields[field].kind == FieldKind::Signed).then_some(left)
}

/// The numbers of a report in tables that add up.
pub(super) fn numbers(form: &Form, entry: &Entry) -> Vec<Option<Decimal>> {
    let figures = entry.figures.iter().enumerate();
    figures.map(|(field, figure)| figure.number.filter(|_| additive(form, field))).collect()
}

/// The sums of reports, field by field; `None` where no report has a number, or the sum has more digits than can be held.
fn sum(form: &Form, entries: &[Entry], taken: &[usize], told: &mut Vec<Told>) -> Vec<Option<Decimal>> {
    let mut sums: Vec<Option<Decimal>> = vec![None; form.fields.len()];
    let mut too_large = vec![false; form.fields.len()];
    for &index in taken {
        for (field, number) in numbers(form, &entries[index]).into_iter().enumerate() {
            let Some(number) = number else { continue };
            match sums[field].unwrap_or_default().checked_add(number) {
                Some(sum) if exact(sums[field].unwrap_or_default(), number, sum) => sums[field] = Some(sum),
                _ => too_large[field] = true,
            }
        }
    }
    for field in (0..sums.len()).filter(|&field| too_large[field]) {
        sums[field] = None;
        let place = form.describe(field);
        let message = Message::new(
            format!("{}的合计超过28位数字，已留空。", place.zh),
            format!("{}: the sum has more than 28 digits and was left empty.", place.en),
        );
        let finding = Finding::new(&SUM_TOO_LARGE, message).about([form.fields[field].id.clone()]);
        if !told.iter().any(|known| known.finding == finding) {
            told.push(plain(finding));
        }
    }
    sums
}

/// Whether a sum lost no digits: a `Decimal` drops decimals to hold large sums.
fn exact(one: Decimal, other: Decimal, sum: Decimal) -> bool {
    sum.scale() >= one.normalize().scale().max(other.normalize().scale()) || sum.checked_sub(other) == Some(one)
}

/// How many figures of the parts the superior's are equal to, more than, less than; those that the superior does not state count for none.
fn compared((own, parts): Sides) -> [usize; 3] {
    let mut counts = [0; 3];
    for (own, parts) in own.iter().zip(parts) {
        let Some(parts) = parts.filter(|parts| !parts.is_zero()) else { continue };
        let Some(own) = own else { continue };
        counts[match own.cmp(&parts) {
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
            std::cmp::Ordering::Less => 2,
        }] += 1;
    }
    counts
}

/// Says what was decided about a superior that reported besides its parts, and by which figures.
fn decided(
    rollup: &Rollup,
    (agency, entry): (usize, &Entry),
    decision: &Decision,
    apart: &[usize],
    sides: Sides,
    (held, below): (usize, usize),
) -> Told {
    let list = rollup.agencies.list();
    let name = &list[agency].name;
    let [equal, more, less] = compared(sides);
    let all = equal + more + less;
    let (zh, en) = (
        format!("下级有数的{all}格中，{equal}格与下级相加之数相同，{more}格较大，{less}格较小"),
        format!("of {all} figures that the parts have, {equal} are their sum, {more} more and {less} less"),
    );
    let (zh_apart, en_apart) = match apart {
        [] => Default::default(),
        apart => {
            let names: Vec<&str> = apart.iter().map(|&one| list[one].name.as_str()).collect();
            (
                format!("，但不含“{}”，已另外相加", names.join("”“")),
                format!(", but not \"{}\", which is added", names.join("\", \"")),
            )
        }
    };
    let (code, message) = match (decision.includes, decision.clear) {
        (true, _) => (
            &DOUBLE_COUNTING,
            Message::new(
                format!(
                    "“{name}”的报告已含下级{held}份报告的数{zh_apart}：{zh}。合计不再重复相加。不含下级的，请在名录“含下级”栏填“否”。"
                ),
                format!(
                    "The report of \"{name}\" is taken to include the {held} reports below it{en_apart}: {en}. They are not added again. Where it does not, write 否 (no) in the column `aggregate` of the agencies file."
                ),
            ),
        ),
        (false, true) => (
            &PARTS_ADDED,
            Message::new(
                format!(
                    "“{name}”的报告不含下级：{zh}。合计由本级和下级{below}份报告相加。已含下级的，请在名录“含下级”栏填“是”。"
                ),
                format!(
                    "The report of \"{name}\" does not include the {below} reports below it: {en}. All are added. Where it does, write 是 (yes) in the column `aggregate` of the agencies file."
                ),
            ),
        ),
        (false, false) => (
            &PARTS_ADDED,
            Message::new(
                format!(
                    "“{name}”的报告是否已含下级，从数字不能确定：{zh}。合计暂按不含，由本级和下级{below}份报告相加。请在名录“含下级”栏填“是”或“否”。"
                ),
                format!(
                    "Whether the report of \"{name}\" includes the {below} reports below it cannot be told: {en}. All are added. Write 是 (yes) or 否 (no) in the column `aggregate` of the agencies file."
                ),
            ),
        ),
    };
    let mut finding = Finding::new(code, message);
    if code.id == PARTS_ADDED.id && !decision.clear {
        finding.severity = Severity::Warning;
    }
    Told { agency: Some(agency), file: Some(entry.file.clone()), finding }
}

type Sides<'a> = (&'a [Option<Decimal>], &'a [Option<Decimal>]);

/// A finding for each figure of a superior that is not the sum of its parts.
fn differences(rollup: &Rollup, agency: usize, entry: &Entry, sides: Sides, below: &[usize], told: &mut Vec<Told>) {
    let name = &rollup.agencies.list()[agency].name;
    for (field, (own, parts)) in sides.0.iter().zip(sides.1).enumerate() {
        if own == parts || !additive(rollup.form, field) {
            continue;
        }
        let place = rollup.form.describe(field);
        let shown =
            |side: &Option<Decimal>| side.map_or_else(|| "—".to_owned(), |number| number.normalize().to_string());
        let (zh, en) = (parts_in_words(rollup, below, field, "、"), parts_in_words(rollup, below, field, ", "));
        let difference = own.zip(*parts).and_then(|(own, parts)| own.checked_sub(parts));
        let unit = rollup.form.fields[field].unit.as_deref().unwrap_or_default();
        let (zh_by, en_by) = match difference {
            Some(by) if by.is_sign_negative() => {
                (format!("，少{}{unit}", -by.normalize()), format!(", {} less", -by.normalize()))
            }
            Some(by) => (format!("，多{}{unit}", by.normalize()), format!(", {} more", by.normalize())),
            None => Default::default(),
        };
        let zh_shown = |side: &Option<Decimal>| match side {
            Some(number) => format!("{}{unit}", number.normalize()),
            None => "未填".to_owned(),
        };
        let message = Message::new(
            format!(
                "{}：“{name}”填{}，下级相加为{}{zh_by}（{zh}）。请核对。",
                place.zh,
                zh_shown(own),
                zh_shown(parts)
            ),
            format!(
                "{}: \"{name}\" has {}, its parts add up to {}{en_by} ({en}). Check both.",
                place.en,
                shown(own),
                shown(parts)
            ),
        );
        let mut finding = Finding::new(&PARTS_DIFFER, message).about([rollup.form.fields[field].id.clone()]);
        (finding.left, finding.right) = (*own, *parts);
        // What its parts did cannot be less in its own report.
        if difference.is_some_and(|by| by.is_sign_negative() && !by.is_zero()) {
            finding.severity = Severity::Error;
        }
        finding.difference = own.unwrap_or_default().checked_sub(parts.unwrap_or_default());
        told.push(Told { agency: Some(agency), file: Some(entry.file.clone()), finding });
    }
}

fn parts_in_words(rollup: &Rollup, below: &[usize], field: FieldIndex, between: &str) -> String {
    let parts = below.iter().map(|&index| &rollup.entries[index]);
    let parts: Vec<String> = parts
        .filter_map(|entry| Some((entry, entry.figures[field].number.filter(|number| !number.is_zero())?)))
        .map(|(entry, number)| format!("{} {}", rollup.agencies.list()[entry.agency].name, number.normalize()))
        .collect();
    let more = if parts.len() > NAMED { "…" } else { "" };
    format!("{}{more}", parts[..parts.len().min(NAMED)].join(between))
}

/// Says which figures of a report are missing in the sums because they are no certain numbers.
fn incomplete(form: &Form, entry: &Entry) -> Option<Told> {
    let lost = entry.figures.iter().enumerate().filter(|&(field, figure)| {
        additive(form, field) && figure.number.is_none() && matches!(figure.kind, Kind::Text | Kind::Absent)
    });
    let lost: Vec<FieldIndex> = lost.map(|(field, _)| field).collect();
    let first = form.describe(*lost.first()?);
    let message = Message::new(
        format!("有{}项不是确定的数字，合计不含这些数据，第一项是{}。请更正后重新汇总。", lost.len(), first.zh),
        format!(
            "{} figures are no certain numbers and not in the sums, the first is {}. Correct them and add up again.",
            lost.len(),
            first.en
        ),
    );
    let finding = Finding::new(&SUM_INCOMPLETE, message).about(lost.iter().map(|&field| form.fields[field].id.clone()));
    Some(Told { agency: Some(entry.agency), file: Some(entry.file.clone()), finding })
}
