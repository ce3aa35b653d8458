//! Whether a superior's report includes its parts: made-up counties with a known answer, one figure off or one report late.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::agencies::Agencies;
use nianbao::form::{Form, Forms};
use nianbao::report::{Report, Value};
use nianbao::rollup::{Gathering, Rollup};
use nianbao::sampler::{Random, Sampler};
use rust_decimal::Decimal;

const YEAR: i16 = 2023;

/// A county with its superior's report and those of its parts.
struct County<'f> {
    form: &'f Form,
    agencies: Agencies,
    reports: Vec<Report>,
}

impl<'f> County<'f> {
    fn new(form: &'f Form, seed: u64, parts: usize) -> Self {
        let mut text = String::from("代码,单位名称,上级\n0,青山县人民政府,\n");
        for part in 1..=parts {
            text.push_str(&format!("{part},青山县第{part}局,青山县人民政府\n"));
        }
        let agencies = Agencies::read("a.csv", text.as_bytes()).expect("agencies");
        let mut sampler = Sampler::new(seed);
        let named = |number: usize| {
            let mut report = sampler.report(form);
            (report.agency, report.year) = (Some(agencies.list()[number].name.clone()), Some(YEAR));
            report
        };
        let reports = (0..=parts).map(named).collect();
        Self { form, agencies, reports }
    }

    fn number(&self, report: usize, field: usize) -> Decimal {
        self.reports[report].values[&self.form.fields[field].id].value.unwrap_or_default()
    }

    fn sum(&self, field: usize, without: Option<usize>) -> Decimal {
        (1..self.reports.len()).filter(|part| Some(*part) != without).map(|part| self.number(part, field)).sum()
    }

    /// Sets the superior's figures to the sums of its parts, with or without its own, and optionally without one part.
    fn add_up(&mut self, own: bool, without: Option<usize>) {
        for field in 0..self.form.fields.len() {
            let mine = if own { self.number(0, field) } else { Decimal::ZERO };
            self.set(field, self.sum(field, without) + mine);
        }
    }

    fn set(&mut self, field: usize, number: Decimal) {
        self.reports[0].values[&self.form.fields[field].id] = Value::number(number);
    }

    fn rolled(&self) -> Rollup<'_> {
        let mut gathering = Gathering::new(self.form, YEAR, &self.agencies);
        for (number, report) in self.reports.iter().enumerate() {
            gathering.add(&format!("{number}.docx"), report);
        }
        gathering.finish()
    }

    /// Number of figures of the parts that are not 0.
    fn figures(&self) -> usize {
        let form = self.form;
        (0..form.fields.len())
            .filter(|&field| form.tables[form.fields[field].table].additive && !self.sum(field, None).is_zero())
            .count()
    }
}

/// Runs counties of both forms; `make` returns the answer: whether the superior includes its parts, and which part is left out.
fn decide(make: impl Fn(&mut County, &mut Random) -> (bool, Option<usize>)) {
    let forms = Forms::built_in().expect("the built-in forms");
    let mut wrong = Vec::new();
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let form = forms.get(if seed % 5 == 0 { "gkbg-2019" } else { "gkbg-2021" }).expect("a form");
        let mut county = County::new(form, seed * 7 + 1, 2 + random.below(6) as usize);
        let (includes, apart) = make(&mut county, &mut random);
        // Parts with hardly any figures give no evidence, and nothing to count twice.
        if county.figures() < 6 {
            continue;
        }
        let rollup = county.rolled();
        let node = &rollup.nodes[0];
        let told = |code: &str| rollup.findings.iter().any(|told| told.finding.code == code);
        let said = told(if includes { "double-counting" } else { "parts-added" });
        if (node.includes, &node.apart) != (includes, &apart.into_iter().collect()) || !said {
            wrong.push((seed, node.includes, node.apart.clone()));
        }
        // The reports taken are those that the sum consists of.
        let field = county.form.fields.iter().position(|field| field.id.starts_with("requests.")).expect("a field");
        let mut reports = rollup.reports();
        let taken = rollup.contributing(0).into_iter();
        let taken: Decimal = taken.filter_map(|entry| reports.figures(entry)[field].number).sum();
        assert_eq!(rollup.sums().region(0)[field].unwrap_or_default(), taken);
    }
    assert!(wrong.is_empty(), "{} of 150: {wrong:?}", wrong.len());
}

#[test]
fn superiors_that_have_nothing_to_do_with_their_parts_are_added_to_them() {
    decide(|_, _| (false, None));
}

#[test]
fn superiors_that_are_the_sum_of_their_parts_are_counted_alone() {
    decide(|county, _| {
        county.add_up(false, None);
        (true, None)
    });
}

#[test]
fn one_wrong_figure_does_not_change_the_decision() {
    decide(|county, random| {
        county.add_up(false, None);
        let fields: Vec<usize> =
            (0..county.form.fields.len()).filter(|&field| county.sum(field, None) > Decimal::ZERO).collect();
        if let Some(&field) = random.pick(&fields) {
            let sum = county.sum(field, None);
            county.set(field, if random.once_in(2) { sum - Decimal::ONE } else { (sum / Decimal::TWO).floor() });
        }
        (true, None)
    });
}

#[test]
fn one_report_that_came_late_is_added_to_a_superior_that_includes_the_others() {
    decide(|county, random| {
        // A report without figures is not missed.
        let telling = |part: &usize| {
            (0..county.form.fields.len()).filter(|&field| !county.number(*part, field).is_zero()).count() >= 6
        };
        let parts: Vec<usize> = (1..county.reports.len()).filter(telling).collect();
        let Some(&late) = random.pick(&parts).filter(|_| parts.len() > 1) else {
            county.add_up(false, None);
            return (true, None);
        };
        county.add_up(false, Some(late));
        (true, Some(late))
    });
}

#[test]
fn a_superior_may_have_figures_of_its_own_besides() {
    decide(|county, _| {
        // The superior's own figures are similar to those of one of its parts.
        let other = county.reports[1].clone();
        for field in 0..county.form.fields.len() {
            let id = &county.form.fields[field].id;
            let own = other.values[id].value.unwrap_or_default();
            county.set(field, if field % 3 == 0 { own } else { Decimal::ZERO });
        }
        county.add_up(true, None);
        (true, None)
    });
}

#[test]
fn a_small_subordinate_is_never_dropped_for_its_superior_is_larger() {
    decide(|county, random| {
        // Every figure of the superior is larger than the sum of its parts by chance.
        for part in 1..county.reports.len() {
            for field in &county.form.fields {
                let value = &mut county.reports[part].values[&field.id];
                let small = value.value.unwrap_or_default().floor() % Decimal::from(3);
                *value = Value::number(small);
            }
        }
        for field in 0..county.form.fields.len() {
            let large = Decimal::from(100 + random.below(20_000)) + county.sum(field, None);
            county.set(field, large);
        }
        (false, None)
    });
}
