//! Last year's figures for comparison: from last year's reports, or from last year's 汇总.xlsx.

use rust_decimal::Decimal;

use super::adding::{adding_up, contributing};
use super::packed::{At, Lately, Packed};
use super::record::{Bytes, Sum, put_sum};
use super::{Node, Rollup, Row, Told};
use crate::agencies::TreeNode;
use crate::finding::code::rollup::AGENCIES_NOT_COMPARED;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Form};
use crate::report::Report;

/// Maximum number of agencies that a message names.
const NAMED: usize = 8;

/// Two sums of a field that can be compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// This year's; `None` if no report has a figure.
    pub this: Option<Decimal>,
    /// Last year's.
    pub before: Option<Decimal>,
}

/// Last year's figures, in the order of this year's fields; `None` for an unknown one.
#[derive(Debug, Clone)]
pub struct Previous {
    /// The year.
    pub year: i16,
    /// The total.
    pub total: Row,
    /// Each agency with its subtree, in the order of the agencies file; empty if only the total is known.
    agencies: Vec<At>,
    packed: Packed,
    /// Sums of the agencies that reported in both years; `None` if only the total is known.
    pub alike: Option<Alike>,
}

/// Sums of the agencies that reported in both years, and the agencies that did not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alike {
    /// Number of these agencies.
    pub count: usize,
    /// This year's sums.
    pub this: Row,
    /// Last year's sums.
    pub before: Row,
    /// Agencies that reported this year only.
    pub only_this: Vec<usize>,
    /// Agencies that reported last year only.
    pub only_before: Vec<usize>,
}

impl Previous {
    /// Builds the comparison from last year's reports, summed along the same tree.
    pub fn of_rollup(this: &Rollup, before: &Rollup) -> Self {
        let (mut sums, mut packed) = (before.sums(), Packed::default());
        let mut agencies = vec![At::default(); before.nodes.len()];
        // Read and stored in tree order, which is fastest.
        for TreeNode { agency, .. } in before.agencies.in_tree_order() {
            let (mut record, figures) = (Vec::new(), in_order(sums.region(agency), (this, before)));
            put_sum(&mut record, &Sum { over: vec![false; figures.len()], figures });
            agencies[agency] = packed.add(&record);
        }
        let alike = Some(alike(this, before));
        let total = in_order(before.total.region.clone(), (this, before));
        Self { year: before.year, total, agencies, packed, alike }
    }

    /// Builds the comparison from last year's total: its workbook, or any other output. `None` if it has no year.
    pub fn of_report(form: &Form, report: &Report) -> Option<Self> {
        let number = |field: &crate::form::Field| report.values.get(&field.id).and_then(|value| value.value);
        let total = form.fields.iter().map(number).collect();
        Some(Self { year: report.year?, total, agencies: Vec::new(), packed: Packed::default(), alike: None })
    }

    /// Whether figures of agencies are known, not only the total.
    pub(crate) fn knows_agencies(&self) -> bool {
        !self.agencies.is_empty()
    }

    /// A reader of last year's sums of agencies.
    pub fn agencies(&self) -> Before<'_> {
        Before { previous: self, lately: Lately::default() }
    }

    /// This year's and last year's comparable sums of a field: over the same agencies, if these are known.
    pub fn compared(&self, rollup: &Rollup, field: FieldIndex) -> Compared {
        let (this, before) = match &self.alike {
            Some(alike) => (&alike.this, &alike.before),
            None => (&rollup.total.region, &self.total),
        };
        let at = |sums: &[Option<Decimal>]| sums.get(field).copied().flatten();
        Compared { this: at(this), before: at(before) }
    }

    /// Whether this year's comparable sums are those of all agencies.
    pub(crate) fn compares_all(&self) -> bool {
        self.alike.as_ref().is_none_or(|alike| alike.only_this.is_empty() && alike.only_before.is_empty())
    }

    /// The finding about what is compared.
    pub fn comparison_finding(&self, rollup: &Rollup) -> Option<Told> {
        let name = |agency: &usize| rollup.agencies.list()[*agency].name.as_str();
        let listed = |agencies: &[usize], (left, right, between): (&str, &str, &str), more: fn(usize) -> String| {
            let names: Vec<String> =
                agencies.iter().take(NAMED).map(|one| format!("{left}{}{right}", name(one))).collect();
            let more = if agencies.len() > NAMED { more(agencies.len()) } else { String::new() };
            format!("{}{more}", names.join(between))
        };
        let (this, before) = (rollup.year, self.year);
        let message = match &self.alike {
            None => Message::new(
                format!(
                    "{before}年只有汇总数，两年的单位是否相同未能核对，同比按总数计算。要按相同单位比较，请用{before}年各单位的报告。"
                ),
                format!(
                    "Of {before} only the sums are known, so whether the agencies are the same was not checked. Give the reports of {before} to compare the same agencies."
                ),
            ),
            Some(alike) if self.compares_all() || (alike.only_this.is_empty() && alike.only_before.is_empty()) => {
                return None;
            }
            Some(alike) => {
                let (mut zh, mut en) = (String::new(), String::new());
                for (year, agencies) in [(this, &alike.only_this), (before, &alike.only_before)] {
                    if agencies.is_empty() {
                        continue;
                    }
                    let shown = listed(agencies, ("“", "”", ""), |count| format!("等{count}个"));
                    zh.push_str(&format!("只有{year}年报告的{}个：{shown}。", agencies.len()));
                    let shown = listed(agencies, ("\"", "\"", ", "), |count| format!(" … {count} in all"));
                    en.push_str(&format!(" With a report of {year} alone, {}: {shown}.", agencies.len()));
                }
                let count = alike.count;
                Message::new(
                    format!("同比只比较两年都有报告的{count}个单位。{zh}"),
                    format!("Only the {count} agencies that reported in both years are compared.{en}"),
                )
            }
        };
        Some(Told { agency: None, file: None, finding: Finding::new(&AGENCIES_NOT_COMPARED, message) })
    }
}

/// Reads last year's sums of agencies; fastest in tree order.
#[derive(Debug)]
pub struct Before<'p> {
    previous: &'p Previous,
    lately: Lately,
}

impl Before<'_> {
    /// Last year's sums of an agency and its subtree; empty if unknown.
    pub fn region(&mut self, agency: usize) -> Row {
        let at = self.previous.agencies.get(agency);
        at.map(|&at| Bytes(self.lately.get(&self.previous.packed, at)).sum().figures).unwrap_or_default()
    }
}

/// Last year's figures in the order of this year's fields; with open rows, the fields of the two years differ.
fn in_order(figures: Row, (this, before): (&Rollup, &Rollup)) -> Row {
    if !this.form.is_of_report() || figures.is_empty() {
        return figures;
    }
    let same = |field: &crate::form::Field| figures.get(before.form.field_index(&field.id)?).copied().flatten();
    this.form.fields.iter().map(same).collect()
}

/// Sums the agencies of both years. A superior whose report includes its parts represents them all.
fn alike(this: &Rollup, before: &Rollup) -> Alike {
    let nothing = || vec![None; this.form.fields.len()];
    let mut alike = Alike { this: nothing(), before: nothing(), ..Alike::default() };
    let (mut sums, mut sums_before) = (this.sums(), before.sums());
    let (mut reports, mut reports_before) = (this.reports(), before.reports());
    let mut open: Vec<usize> = this.agencies.roots().into_iter().rev().collect();
    while let Some(agency) = open.pop() {
        let (now, then) = (&this.nodes[agency], &before.nodes[agency]);
        if stands_for_the_same((this, now), (before, then), agency) {
            alike.count += usize::from(now.own.is_some()) + now.below;
            add(&mut alike.this, &sums.region(agency));
            add(&mut alike.before, &in_order(sums_before.region(agency), (this, before)));
            continue;
        }
        let own = |rollup: &Rollup, node: &Node| node.own.filter(|own| !rollup.leaves_out(*own));
        match (own(this, now), own(before, then)) {
            (Some(one), Some(other)) if !now.includes && !then.includes => {
                alike.count += 1;
                add(&mut alike.this, &adding_up(&this.form, reports.numbers(one)));
                add(
                    &mut alike.before,
                    &in_order(adding_up(&before.form, reports_before.numbers(other)), (this, before)),
                );
            }
            (one, other) => {
                alike.only_this.extend(one.map(|_| agency));
                alike.only_before.extend(other.map(|_| agency));
            }
        }
        open.extend(this.agencies.children(agency).iter().rev());
    }
    alike
}

/// Whether a superior's sums of both years cover the same agencies: its report includes its parts in both years, or in one of them while
/// in the other the same subordinates reported.
fn stands_for_the_same((this, now): (&Rollup, &Node), (before, then): (&Rollup, &Node), agency: usize) -> bool {
    if now.own.is_none() || then.own.is_none() || !(now.includes || then.includes) {
        return false;
    }
    (now.includes && then.includes) || agencies(this, agency) == agencies(before, agency)
}

/// The agencies whose reports are in a superior's sum, in order: itself, and its subordinates.
fn agencies(rollup: &Rollup, agency: usize) -> Vec<usize> {
    let below = contributing(rollup, &rollup.nodes, rollup.agencies.children(agency));
    let mut agencies: Vec<usize> =
        rollup.nodes[agency].own.into_iter().chain(below).map(|entry| rollup.entries[entry].agency).collect();
    agencies.sort_unstable();
    agencies
}

/// Adds figures; an overflow gives `None`.
fn add(sums: &mut [Option<Decimal>], figures: &[Option<Decimal>]) {
    for (sum, figure) in sums.iter_mut().zip(figures) {
        *sum = match (*sum, figure) {
            (Some(sum), Some(figure)) => sum.checked_add(*figure),
            (sum, figure) => sum.or(*figure),
        };
    }
}
