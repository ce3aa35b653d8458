//! Sums along the tree, with findings about superiors that already include their parts and about differing figures.

use rust_decimal::Decimal;

use super::adding::Adding;
use super::decide::{Decision, additive, decide, telling};
use super::entry::Reports;
use super::record::Sum;
use super::{Entry, Node, Rollup, Told, Total};
use crate::agencies::TreeNode;
use crate::finding::code::rollup::{
    DOUBLE_COUNTING, PARTS_ADDED, PARTS_DIFFER, SUM_INCOMPLETE, SUM_TOO_LARGE, SUPERIOR_UNCERTAIN, TABLE_NOT_ADDED,
};
use crate::finding::{Finding, Message, Severity};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::Kind;

/// Maximum number of parts that a message names.
const NAMED: usize = 8;

/// Computes the nodes, the total and the findings.
pub(super) fn add_up(rollup: &mut Rollup) {
    let mut told = Vec::new();
    let telling = telling(&rollup.form);
    let mut adding = Adding::new(rollup);
    // From the leaves up: each agency after its subtree.
    for &TreeNode { agency, .. } in rollup.agencies.in_tree_order().iter().rev() {
        node(&mut adding, agency, &telling, &mut told);
    }
    let roots = rollup.agencies.roots();
    let region = adding.added(&roots);
    let taken = adding.contributing(&roots, usize::MAX);
    let (nodes, sums) = adding.finish();
    told_too_large(&rollup.form, &region, &mut told);
    let mut reports = rollup.reports();
    told.extend((0..rollup.entries.len()).filter_map(|entry| incomplete(rollup, entry, &mut reports)));
    (rollup.nodes, rollup.sums) = (nodes, sums);
    rollup.total = Total { taken, region: region.figures };
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

/// Computes the node of an agency; the sums of its subordinates are known.
fn node(adding: &mut Adding, agency: usize, telling: &[FieldIndex], told: &mut Vec<Told>) {
    let rollup = adding.rollup;
    let children = rollup.agencies.children(agency);
    let own = adding.nodes[agency].own;
    let counted = own.filter(|&index| !rollup.leaves_out(index));
    let wrong = usize::from(counted.is_some_and(|own| rollup.has_errors(own)));
    if children.is_empty() {
        // The sums of a leaf are its own figures.
        adding.nodes[agency] = Node { own, taken: usize::from(counted.is_some()), wrong, ..Node::default() };
        return;
    }
    let count = |adding: &Adding, of: &[usize], what: fn(&Node) -> usize| -> usize {
        of.iter().map(|&child| what(&adding.nodes[child])).sum()
    };
    let reported: Vec<usize> = children.iter().copied().filter(|&child| adding.nodes[child].taken > 0).collect();
    let below = count(adding, &reported, |node| node.taken);
    let Some(index) = counted else {
        let region = adding.added(&reported);
        told_too_large(&rollup.form, &region, told);
        let wrong = count(adding, &reported, |node| node.wrong);
        let node = Node { own, taken: below, below, wrong, ..Node::default() };
        return adding.set(agency, node, &[], &region);
    };
    let figures = adding.own_figures(index);
    let said = rollup.agencies.list()[agency].aggregate;
    let decision = match said {
        _ if below == 0 => Decision { includes: false, clear: true, left_out: Vec::new() },
        Some(includes) => Decision { includes, clear: true, left_out: Vec::new() },
        None => decide(telling, &figures.figures, &mut adding.parts(&reported)),
    };
    let apart: Vec<usize> = decision.left_out.iter().map(|&part| reported[part]).collect();
    let added = if decision.includes { &apart } else { &reported };
    let region = adding.added_to(figures.clone(), added);
    told_too_large(&rollup.form, &region, told);
    let (taken, wrong) = (1 + count(adding, added, |node| node.taken), wrong + count(adding, added, |node| node.wrong));
    let held: Vec<usize> =
        reported.iter().copied().filter(|child| !decision.includes || !apart.contains(child)).collect();
    let parts = adding.added(&held);
    told_too_large(&rollup.form, &parts, told);
    let (figures, parts) = (figures.figures, parts.figures);
    let about = Superior { rollup, agency, entry: &rollup.entries[index], own: &figures, parts: &parts };
    if said.is_none() && below > 0 {
        let counts = (count(adding, &held, |node| node.taken), below);
        told.push(about.decided(&decision, &apart, counts));
    }
    let mut node = Node { own, taken, below, wrong, includes: decision.includes, ..Node::default() };
    if !decision.includes {
        return adding.set(agency, node, &figures, &region);
    }
    about.differences(adding, &held, told);
    let itself = figures.iter().zip(&parts).enumerate();
    let itself: Vec<Option<Decimal>> =
        itself.map(|(field, (own, parts))| rest(&rollup.form, field, *own, *parts)).collect();
    node.apart = apart;
    adding.set(agency, node, &itself, &region);
}

/// A superior that reported, with its figures and the sums of its parts.
struct Superior<'r> {
    rollup: &'r Rollup<'r>,
    agency: usize,
    entry: &'r Entry,
    own: &'r [Option<Decimal>],
    parts: &'r [Option<Decimal>],
}

/// A superior's figure minus the sum of its parts; `None` if that is negative.
fn rest(form: &Form, field: FieldIndex, own: Option<Decimal>, parts: Option<Decimal>) -> Option<Decimal> {
    let left = own?.checked_sub(parts.unwrap_or_default())?;
    (!left.is_sign_negative() || left.is_zero() || form.fields[field].kind == FieldKind::Signed).then_some(left)
}

/// Adds a finding for each sum with too many digits.
fn told_too_large(form: &Form, sum: &Sum, told: &mut Vec<Told>) {
    for field in (0..sum.over.len()).filter(|&field| sum.over[field]) {
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
}

/// Number of figures of the superior that are equal to, more than, and less than its parts'; missing figures are not counted.
fn compared(own: &[Option<Decimal>], parts: &[Option<Decimal>]) -> [usize; 3] {
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

impl Superior<'_> {
    /// The finding about the decision for a superior that reported besides its parts, with the figures that decided it.
    fn decided(&self, decision: &Decision, apart: &[usize], (held, below): (usize, usize)) -> Told {
        let list = self.rollup.agencies.list();
        let name = &list[self.agency].name;
        let [equal, more, less] = compared(self.own, self.parts);
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
        Told { agency: Some(self.agency), file: Some(self.entry.file.to_string()), finding }
    }

    /// Adds a finding for each figure of a superior that differs from the sum of its parts.
    fn differences(&self, adding: &mut Adding, held: &[usize], told: &mut Vec<Told>) {
        let rollup = self.rollup;
        let name = &rollup.agencies.list()[self.agency].name;
        let differs = |&field: &FieldIndex| self.own[field] != self.parts[field] && additive(&rollup.form, field);
        let fields: Vec<FieldIndex> = (0..self.own.len()).filter(differs).collect();
        for (field, words) in fields.iter().copied().zip(adding.named(held, &fields, NAMED)) {
            let (own, parts) = (&self.own[field], &self.parts[field]);
            let place = rollup.form.describe(field);
            let shown =
                |side: &Option<Decimal>| side.map_or_else(|| "—".to_owned(), |number| number.normalize().to_string());
            let (zh, en) = (words.join("、"), words.join(", "));
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
            // A superior's report cannot have less than its parts.
            if difference.is_some_and(|by| by.is_sign_negative() && !by.is_zero()) {
                finding.severity = Severity::Error;
            }
            finding.difference = own.unwrap_or_default().checked_sub(parts.unwrap_or_default());
            told.push(Told { agency: Some(self.agency), file: Some(self.entry.file.to_string()), finding });
        }
    }
}

/// The finding about figures of a report that are missing in the sums because they are not certain numbers.
fn incomplete(rollup: &Rollup, entry: usize, reports: &mut Reports) -> Option<Told> {
    let form = &*rollup.form;
    let figures = reports.figures(entry).into_iter().enumerate();
    let lost = figures.filter(|(field, figure)| {
        // An open row that only other reports have is not missing here.
        let has_place = figure.kind != Kind::Absent || form.block(&form.fields[*field]).open.is_none();
        let uncertain = figure.number.is_none() && matches!(figure.kind, Kind::Text | Kind::Absent);
        additive(form, *field) && uncertain && has_place
    });
    let lost: Vec<FieldIndex> = lost.map(|(field, _)| field).collect();
    let entry = &rollup.entries[entry];
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
    Some(Told { agency: Some(entry.agency), file: Some(entry.file.to_string()), finding })
}
