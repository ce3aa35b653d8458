//! The part of a year that a report covers: 第一季度, 上半年, 3月; from title, lines of labels, headings and file name.

use super::identity::sentence;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{Form, part_name};
use crate::report::{Period, Report};
use crate::text::Months;

/// Sets the period of a report whose form is of parts of a year; `stated` are the parts that title, lines and file name state. The title is
/// the most reliable, then headings, lines, and the file name. A report of another part than those of the form, or of none that is known, gives a finding.
pub(in crate::bind) fn apply(form: &Form, stated: &[Option<Months>], report: &mut Report) {
    let of_title = stated.first().copied().flatten();
    if !form.is_of_part() {
        report.findings.extend(of_title.filter(|_| !form.title.is_free()).map(not_whole));
        return;
    }
    let in_headings = report.sections.iter().filter_map(|section| {
        let known = form.sections.iter().find(|known| known.id == section.id)?;
        known.months_in(section.heading.as_deref()?)
    });
    let in_headings: Vec<Months> = in_headings.collect();
    let lines = stated.iter().skip(1).copied().flatten();
    let all: Vec<Months> = of_title.into_iter().chain(in_headings).chain(lines).collect();
    let months = all.first().copied();
    if let Some((own, other)) = months.zip(all.iter().copied().find(|other| Some(*other) != months)) {
        let (own, other) = (part_name(own), part_name(other));
        let message = Message::new(
            format!("报告期不一致：“{}”和“{}”，按“{}”读取。请核对。", own.zh, other.zh, own.zh),
            format!("The report states two periods, {} and {}; the first was taken. Check it.", own.en, other.en),
        );
        report.findings.push(Finding::new(&code::PERIOD_UNCERTAIN, message));
    }
    if let (Some(months), Some(year)) = (months, report.year) {
        report.period = Period::of_months(year, months);
    }
    let wanted = form.covers().map(crate::form::Covers::months);
    match months.or_else(|| report.months()) {
        None => report.findings.push(Finding::new(&code::PERIOD_UNCERTAIN, sentence(&code::PERIOD_UNCERTAIN))),
        Some((first, last))
            if wanted.is_some_and(|wanted| last - first + 1 != wanted || first % wanted != 1 % wanted) =>
        {
            let part = part_name((first, last));
            let message = Message::new(
                format!("报告期写“{}”，不是“{}”的一期。请核对。", part.zh, form.name.zh),
                format!("The period is {}, which is none of \"{}\". Check it.", part.en, form.name.en),
            );
            report.findings.push(Finding::new(&code::PERIOD_UNCERTAIN, message));
        }
        Some(_) => {}
    }
    if report.title.as_ref().is_none_or(String::is_empty)
        && let (Some(agency), Some(year)) = (&report.agency, report.year)
    {
        report.title = form.title.for_period(agency, year, report.months());
    }
}

/// The finding that the title of a report on a year states a part of it.
fn not_whole(months: Months) -> Finding {
    let part = part_name(months);
    let message = Message::new(
        format!("标题写“{}”，这种报告按年度填报。请核对报告期和各项数字。", part.zh),
        format!("The title says {}; such a report is of a year. Check the period and the figures.", part.en),
    );
    Finding::new(&code::PERIOD_INCOMPLETE, message)
}
