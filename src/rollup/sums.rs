//! The sums along the tree, and what does not fit: superiors that already include their parts, figures that differ.

use rust_decimal::Decimal;

use super::{Entry, Node, Rollup, Told};
use crate::finding::code::rollup::{
    DOUBLE_COUNTING, PARTS_DIFFER, SUM_INCOMPLETE, SUM_TOO_LARGE, SUPERIOR_UNCERTAIN, TABLE_NOT_ADDED,
};
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::Kind;

/// Least number of figures that the parts must have for a superior to be taken to include them: fewer are met by chance.
const EVIDENCE: usize = 3;

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
    // From the leaves up: each comes after all below it.
    for &(agency, _) in order.iter().rev() {
        let children = rollup.agencies.children(agency);
        let below: Vec<usize> = children.iter().flat_map(|&child| nodes[child].taken.clone()).collect();
        let node = node(rollup, agency, nodes[agency].own, below, &mut told);
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

fn node(rollup: &Rollup, agency: usize, own: Option<usize>, below: Vec<usize>, told: &mut Vec<Told>) -> Node {
    let (form, entries) = (rollup.form, &rollup.entries);
    let parts = sum(form, entries, &below, told);
    let Some(index) = own else {
        return Node { taken: below.clone(), below, region: parts, ..Node::default() };
    };
    let entry = &entries[index];
    let figures: Vec<Option<Decimal>> = numbers(form, entry);
    let said = rollup.agencies.list()[agency].aggregate;
    let includes = !below.is_empty() && said.unwrap_or_else(|| covers(form, &figures, &parts));
    if !includes {
        let taken: Vec<usize> = std::iter::once(index).chain(below.iter().copied()).collect();
        let region = sum(form, entries, &taken, told);
        return Node { own, includes, taken, below, itself: figures, region };
    }
    if said.is_none() {
        told.push(doubled(rollup, agency, entry, below.len()));
    }
    differences(rollup, agency, entry, (&figures, &parts), &below, told);
    let itself = figures.iter().zip(&parts).enumerate();
    let itself = itself.map(|(field, (own, parts))| rest(form, field, *own, *parts)).collect();
    Node { own, includes, taken: vec![index], below, itself, region: figures }
}

/// What is left of a superior's figure without its parts; nothing where that would be less than nothing.
fn rest(form: &Form, field: FieldIndex, own: Option<Decimal>, parts: Option<Decimal>) -> Option<Decimal> {
    let left = own?.checked_sub(parts.unwrap_or_default())?;
    (!left.is_sign_negative() || left.is_zero() || form.fields[field].kind == FieldKind::Signed).then_some(left)
}

fn additive(form: &Form, field: FieldIndex) -> bool {
    form.tables[form.fields[field].table].additive
}

/// The numbers of a report in tables that add up.
fn numbers(form: &Form, entry: &Entry) -> Vec<Option<Decimal>> {
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

/// Whether a superior's figures look as if they included their parts: none is less, and there is enough to go by.
fn covers(form: &Form, own: &[Option<Decimal>], parts: &[Option<Decimal>]) -> bool {
    let mut evidence = 0;
    for (field, (own, parts)) in own.iter().zip(parts).enumerate() {
        if form.fields[field].kind == FieldKind::Signed {
            continue;
        }
        let parts = parts.unwrap_or_default();
        if own.unwrap_or_default() < parts {
            return false;
        }
        evidence += usize::from(parts > Decimal::ZERO);
    }
    evidence >= EVIDENCE
}

fn doubled(rollup: &Rollup, agency: usize, entry: &Entry, below: usize) -> Told {
    let name = &rollup.agencies.list()[agency].name;
    let message = Message::new(
        format!(
            "“{name}”的每一项数据都不小于其下级{below}份报告之和，视为已含下级，只计“{name}”一份。如不含下级，请在名录“含下级”列写“否”。"
        ),
        format!(
            "No figure of \"{name}\" is less than the sum of the {below} reports below it, so it is taken to include them and counted alone. Where it does not, write 否 (no) in the column `aggregate` of the agencies file."
        ),
    );
    Told { agency: Some(agency), file: Some(entry.file.clone()), finding: Finding::new(&DOUBLE_COUNTING, message) }
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
        let message = Message::new(
            format!("{}：“{name}”填报{}，下级之和为{}（{zh}）。请核对。", place.zh, shown(own), shown(parts)),
            format!(
                "{}: \"{name}\" has {}, its parts add up to {} ({en}). Check both.",
                place.en,
                shown(own),
                shown(parts)
            ),
        );
        let mut finding = Finding::new(&PARTS_DIFFER, message).about([rollup.form.fields[field].id.clone()]);
        (finding.left, finding.right) = (*own, *parts);
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
