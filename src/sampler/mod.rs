//! Random consistent reports of any form, for tests and benchmarks. The same seed gives the same report.

mod figures;
mod said;
mod words;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::form::{Covers, FieldKind, Form};
use crate::report::{Content, Period, Report, Section, Value};

/// A small pseudo-random number generator (`SplitMix64`, Steele, Lea and Flood 2014): enough for samples, no more.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator that gives the same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next_u64() % bound }
    }

    /// True with a probability of 1 in `of`.
    pub fn once_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    /// A random choice; `None` if there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len() as u64) as usize)
    }
}

/// Makes random reports.
#[derive(Debug, Clone)]
pub struct Sampler {
    random: Random,
}

impl Sampler {
    /// A sampler with a seed.
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed) }
    }

    /// The next report of a form: all rules that need no other report hold, and every field has a figure.
    pub fn report(&mut self, form: &Form) -> Report {
        let set = if form.is_open() { self.random.below(form.set_count() as u64) as usize } else { 0 };
        self.report_of(&form.example(set))
    }

    /// The next report of a form without open tables.
    pub fn report_of(&mut self, form: &Form) -> Report {
        let random = &mut self.random;
        let mut report = Report::empty(&form.id);
        let agency = words::agency(random);
        let (from, to) = form.years.unwrap_or((2015, 2025));
        let years = u64::from(to.min(2025).abs_diff(from)) + 1;
        let year = from + random.below(years) as i16;
        let months = if form.is_of_part() { part(form, random) } else { (1, 12) };
        report.period = Period::of_months(year, months);
        report.title = form.title.for_period(&agency, year, report.months());
        report.agency = Some(agency);
        report.year = Some(year);
        let mut figures = figures::draw(form, random);
        figures::keep_plausible(form, report.agency.as_deref(), &mut figures);
        let ruled = figures::ruled(form);
        for (index, (field, figure)) in form.fields.iter().zip(figures).enumerate() {
            let value = match field.kind {
                FieldKind::Amount if ruled.contains(&index) => Decimal::new(figure, 2),
                FieldKind::Amount => Decimal::new(figure, [0, 2, 4, 6][random.below(4) as usize]),
                FieldKind::Count | FieldKind::Signed => Decimal::from(figure),
                FieldKind::Text | FieldKind::Choice | FieldKind::Date | FieldKind::Code => {
                    report.values.insert(field.id.clone(), said::words(form, field, random));
                    continue;
                }
            };
            report.values.insert(field.id.clone(), Value::number(value.normalize()));
        }
        said::make_conditions_hold(form, &mut report);
        report.sections = sections(form, &report, random);
        report.published = Date::new(year + 1, 1, 5 + random.below(25) as i8).ok();
        sign(&mut report);
        report
    }
}

/// A part of a year of the form's length; of three months if it states none.
fn part(form: &Form, random: &mut Random) -> (i8, i8) {
    let length = form.covers().filter(|covers| *covers != Covers::Year).unwrap_or(Covers::Quarter).months();
    let first = 1 + length * random.below(u64::from((12 / length).unsigned_abs())) as i8;
    (first, first + length - 1)
}

fn sections(form: &Form, report: &Report, random: &mut Random) -> Vec<Section> {
    let mut sections = Vec::new();
    for (number, spec) in form.sections.iter().enumerate() {
        let mut content = Vec::new();
        for table in form.tables.iter().filter(|table| table.section == number) {
            content.push(Content::Table { table: table.id.clone() });
        }
        if spec.heading.is_none() {
            content.push(Content::text(words::preamble(report)));
        } else if content.is_empty() {
            content = words::narrative(report, random);
        }
        let notes = spec.notes.iter().map(|note| Content::text(format!("{note}统计范围为本年度。")));
        content.extend(notes);
        let heading = spec.heading.as_ref().map(|heading| heading.text.clone());
        sections.push(Section { id: spec.id.clone(), heading, content });
    }
    sections
}

/// Adds agency and date after the last section.
fn sign(report: &mut Report) {
    let (Some(agency), Some(date)) = (report.agency.clone(), report.published) else { return };
    if let Some(last) = report.sections.last_mut() {
        last.content.push(Content::text(agency));
        last.content.push(Content::text(format!("{}年{}月{}日", date.year(), date.month(), date.day())));
    }
}
