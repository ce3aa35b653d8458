//! Cost of checking: a clean report, one with one wrong cell, one with two, and a report compared with last year's.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark stops by panicking")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use nianbao::check::{Context, check};
use nianbao::form::{Form, Forms};
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;

fn main() {
    divan::main();
}

fn form() -> Arc<Form> {
    Forms::built_in().expect("the built-in forms").get("gkbg-2021").cloned().expect("a built-in form")
}

fn report(form: &Form, wrong: &[&str]) -> Report {
    let mut report = Sampler::new(3).report(form);
    for field in wrong {
        let value = report.values[*field].value.unwrap();
        report.values[*field] = Value::number(value + rust_decimal::Decimal::from(17));
    }
    report
}

fn run(bencher: Bencher, wrong: &[&str], previous: bool) {
    let form = form();
    let (report, last) = (report(&form, wrong), Sampler::new(4).report(&form));
    let context = Context { previous: previous.then_some(&last), ..Context::default() };
    bencher.bench_local(|| check(black_box(&form), black_box(&report), &context));
}

#[divan::bench]
fn clean(bencher: Bencher) {
    run(bencher, &[], false);
}

#[divan::bench]
fn one_wrong_cell(bencher: Bencher) {
    run(bencher, &["requests.granted.enterprise"], false);
}

#[divan::bench]
fn two_wrong_cells(bencher: Bencher) {
    run(bencher, &["requests.granted.enterprise", "requests.other.remaining.research"], false);
}

#[divan::bench]
fn two_wrong_cells_in_one_row(bencher: Bencher) {
    run(bencher, &["requests.granted.enterprise", "requests.granted.research"], false);
}

#[divan::bench]
fn beside_last_year(bencher: Bencher) {
    run(bencher, &[], true);
}
