//! Lines outside the tables that name agency and year: `填报单位：白渚市民政局`, `（2024年度）`.

use crate::bind::figures::Figures;
use crate::bind::source::items::{Flow, Item};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::Report;
use crate::text::{Months, blank, fold, language, months_in};

/// Agency and year from these lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::bind) struct Named {
    /// The first agency named.
    pub(in crate::bind) agency: Option<String>,
    /// How often it is named; a document of many tables names it above each.
    times: usize,
    /// Another agency named by a later line.
    other: Option<String>,
    /// The year.
    pub(in crate::bind) year: Option<i16>,
    /// The part of the year.
    pub(in crate::bind) months: Option<Months>,
}

/// Minimum number of lines naming an agency that override the title.
const OFTEN: usize = 3;

/// Reads the lines of text, and the cells of rows that belong to no table.
pub(in crate::bind) fn named(form: &Form, flow: &Flow, figures: &Figures) -> Named {
    let (agencies, years) = (&form.identity.agency, &form.identity.year);
    let mut named = Named::default();
    if agencies.is_empty() && years.is_empty() {
        return named;
    }
    let mut look = |text: &str| {
        let found = agencies.iter().find_map(|line| line.named(text));
        if let Some(name) = found.map(|name| without_seal(&name).to_owned()) {
            let known = named.agency.get_or_insert_with(|| name.clone());
            if fold(known) == fold(&name) {
                named.times += 1;
            } else {
                named.other.get_or_insert(name);
            }
        }
        if named.year.is_none() {
            let found = years.iter().find_map(|line| line.named(text));
            let found = found.unwrap_or_default();
            // `统计期间：2025年第一季度` states a part of the year, too.
            let (year, part) = found.split_once('年').unwrap_or((&found, ""));
            named.months = named.months.or_else(|| months_in(part).map(|(months, _)| months));
            let digits: String = year.chars().filter(char::is_ascii_digit).collect();
            named.year = digits.parse().ok().filter(|year| (1990..=2100).contains(year));
        }
    };
    for item in &flow.items {
        match item {
            Item::Text(text) => look(&text.text),
            Item::Row(row) if !figures.taken[*row] => {
                let cells: Vec<&str> = flow.rows[*row]
                    .cells
                    .iter()
                    .filter(|cell| cell.own)
                    .map(|cell| cell.cell.text.as_str())
                    .filter(|text| !text.trim_matches(blank).is_empty())
                    .collect();
                for text in &cells {
                    look(text);
                }
                // The label is in one cell and the name in the next.
                cells
                    .windows(2)
                    .filter(|pair| pair[0].trim_end_matches(blank).ends_with(['：', ':']))
                    .for_each(|pair| look(&pair.concat()));
            }
            _ => {}
        }
    }
    named
}

/// Removes a request for a seal from a name.
fn without_seal(name: &str) -> &str {
    let end = language().seals.iter().find_map(|seal| name.strip_suffix(seal.as_str()));
    end.unwrap_or(name).trim_matches(blank)
}

/// Sets agency and year of the report from the lines. If the title names another agency, a finding is added; the lines override a title
/// only if they are frequent or the form's title has no agency.
pub(in crate::bind) fn apply(form: &Form, named: Named, report: &mut Report) {
    let differs = named.agency.as_ref().zip(named.other.as_ref()).map(|(name, other)| {
        Message::new(
            format!("表格上方写的单位不一致：“{name}”和“{other}”。请核对。"),
            format!("The lines above the tables name two agencies, \"{name}\" and \"{other}\". Check them."),
        )
    });
    if let Some(name) = named.agency {
        let titled = form.title.has("agency");
        match &report.agency {
            // Named above every table: overrides a title misread from a table of contents or a cover.
            Some(known) if titled && fold(known) != fold(&name) && named.times >= OFTEN => {
                let message = Message::new(
                    format!("标题中的单位读作“{known}”，{}处表头写的是“{name}”，按“{name}”读取。请核对。", named.times),
                    format!(
                        "The agency in the title was read as \"{known}\", {} lines above tables say \"{name}\"; the latter was taken. Check it.",
                        named.times
                    ),
                );
                report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
                report.findings.push(Finding::new(&code::AGENCY_UNCERTAIN, message));
                let year = report.year.or(named.year);
                report.title = year.and_then(|year| form.title.for_period(&name, year, report.months()));
                report.agency = Some(name);
            }
            Some(known) if titled && fold(known) != fold(&name) => {
                let message = Message::new(
                    format!("标题中的单位是“{known}”，表上写的是“{name}”。请核对。"),
                    format!(
                        "The agency in the title is \"{known}\", in the line above the table \"{name}\". Check it."
                    ),
                );
                report.findings.push(Finding::new(&code::AGENCY_UNCERTAIN, message));
            }
            Some(known) if fold(known) == fold(&name) => {}
            _ => {
                report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
                report.agency = Some(name);
            }
        }
    }
    report.findings.extend(differs.map(|message| Finding::new(&code::AGENCY_UNCERTAIN, message)));
    if let (Some(year), None) = (named.year.or_else(|| in_headings(form, report)), report.year) {
        report.findings.retain(|finding| finding.code != code::YEAR_UNCERTAIN.id);
        report.year = Some(year);
    }
    let unnamed = report.title.as_ref().is_none_or(std::string::String::is_empty);
    if let (true, Some(agency), Some(year)) = (unnamed, &report.agency, report.year) {
        report.title = form.title.for_period(agency, year, report.months());
    }
}

/// The year that all headings with a place for it state.
fn in_headings(form: &Form, report: &Report) -> Option<i16> {
    let years = report.sections.iter().filter_map(|section| {
        let known = form.sections.iter().find(|known| known.id == section.id)?;
        known.year_in(section.heading.as_deref()?)
    });
    let mut years: Vec<i16> = years.collect();
    years.dedup();
    <[i16; 1]>::try_from(years).ok().map(|[year]| year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn a_second_agency_above_a_table_is_reported() {
        let forms = Forms::built_in().unwrap();
        let form = forms.get("gkbg-2021").unwrap();
        for (other, told) in [(None, 0), (Some("白渚市教育局".to_owned()), 1)] {
            let agency = Some("白渚市民政局".to_owned());
            let mut report = Report::empty(&form.id);
            apply(form, Named { agency, times: 2, other, year: Some(2024), months: None }, &mut report);
            assert_eq!(report.agency.as_deref(), Some("白渚市民政局"));
            let both = report.findings.iter().filter(|finding| finding.message.zh.contains("白渚市教育局"));
            assert_eq!(both.count(), told);
        }
    }
}
