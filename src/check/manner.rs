//! Formal requirements other than figures: the form of the report's year, sections, title, length, placeholders of the blank form.

use crate::finding::code::check as code;
use crate::finding::{Finding, Message, Severity};
use crate::form::{self, Form, Pattern};
use crate::report::{Content, Place, Report, Section};
use crate::text::{brackets, fold, folds_to};

/// Adds findings about formal requirements.
pub(super) fn check(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    form_of_year(form, report, findings);
    title(form, report, findings);
    title_unfilled(form, report, findings);
    sections_missing(form, report, findings);
    for section in &report.sections {
        let Some(spec) = form.section(&section.id) else { continue };
        // The section before the first heading has no heading.
        let heading = section.heading.as_deref();
        let (name, in_english) = (heading.unwrap_or("开头部分"), heading.unwrap_or("the beginning"));
        length(spec, section, (name, in_english), findings);
        placeholders(form, spec, section, (name, in_english), findings);
        for (text, place) in texts(section) {
            if let Some(stale) = stale(spec, text) {
                let message = Message::new(
                    format!("“{name}”中提到“{stale}”，现行格式没有这一内容。请按现行格式改写。"),
                    format!(
                        "\"{in_english}\" speaks of \"{stale}\", which the present form does not have. Rewrite it by the present form."
                    ),
                );
                findings.push(Finding::new(&code::OUTLINE_STALE, message).at(place.clone()));
            }
        }
    }
}

/// The paragraphs of a section, with their places.
pub(super) fn texts(section: &Section) -> impl Iterator<Item = (&str, &Option<Place>)> {
    section.content.iter().filter_map(|content| match content {
        Content::Paragraph { text, place, .. } => Some((text.as_str(), place)),
        _ => None,
    })
}

fn length(spec: &form::Section, section: &Section, (name, in_english): (&str, &str), findings: &mut Vec<Finding>) {
    let Some(most) = spec.max_characters else { return };
    // Counting all characters is much faster than skipping blanks, so that is done first. Notes below a table are not narrative.
    let own = || texts(section).filter(|(text, _)| !spec.is_note(text));
    if own().map(|(text, _)| text.chars().count()).sum::<usize>() <= most as usize {
        return;
    }
    // Fast path: nearly every character is an ideograph, and no character above U+3000 is a blank.
    let counts = |character: &char| *character > '\u{3000}' || !character.is_whitespace();
    let length: usize = own().map(|(text, _)| text.chars().filter(counts).count()).sum();
    if length <= most as usize {
        return;
    }
    let message = Message::new(
        format!("“{name}”约{length}字，原则上不超过{most}字。"),
        format!("\"{in_english}\" has about {length} characters; {most} is the limit, as a rule."),
    );
    let place = texts(section).next().and_then(|(_, place)| place.clone());
    let mut finding = Finding::new(&code::SECTION_TOO_LONG, message).at(place);
    if length > MUCH * most as usize {
        finding.severity = Severity::Warning;
    }
    findings.push(finding);
}

/// Factor by which a section must exceed its maximum length to be called much too long.
const MUCH: usize = 2;

/// Adds a finding for placeholders left in a section: quotes the first, and gives the number of paragraphs.
fn placeholders(
    form: &Form,
    spec: &form::Section,
    section: &Section,
    (name, in_english): (&str, &str),
    findings: &mut Vec<Finding>,
) {
    let mut left = texts(section).filter_map(|(text, place)| Some((left_from_blank(form, spec, text)?, place)));
    let Some((first, place)) = left.next() else { return };
    let others: Vec<Place> = left.filter_map(|(_, place)| place.clone()).collect();
    let (zh, en) = match others.len() {
        0 => Default::default(),
        more => (format!("，另有{more}段也有这类文字"), format!(", and {more} more paragraphs do")),
    };
    let message = Message::new(
        format!("“{name}”中仍有未填的“{first}”{zh}。请填写或删除。"),
        format!("\"{in_english}\" still holds \"{first}\" of the blank form{en}. Fill it in or delete it."),
    );
    let mut finding = Finding::new(&code::PLACEHOLDER_LEFT, message).at(place.clone());
    finding.related = others;
    findings.push(finding);
}

/// Whether agency or year are not filled in in the title.
fn title_unfilled(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    let Some(title) = report.title.as_deref() else { return };
    let Some(left) = signs_left(form, title) else { return };
    let message = Message::new(
        format!("标题“{title}”中仍有未填的“{left}”。请填写。"),
        format!("The title \"{title}\" still holds \"{left}\" of the blank form. Fill it in."),
    );
    findings.push(Finding::new(&code::PLACEHOLDER_LEFT, message));
}

/// Placeholder characters of the blank form.
fn signs_left<'t>(form: &Form, text: &'t str) -> Option<&'t str> {
    let any = form.leftover.as_ref().and_then(Pattern::regex);
    if any.is_some_and(|any| !any.is_match(text)) {
        return None;
    }
    // The first in the text, and the longest that begins there: of 202×年 not ×年 alone.
    let found = form.leftovers.iter().filter_map(Pattern::regex).filter_map(|regex| regex.find(text));
    found.min_by_key(|found| (found.start(), std::cmp::Reverse(found.len()))).map(|found| found.as_str())
}

/// The placeholder left in a paragraph: the whole guidance, guidance in brackets, or placeholder characters.
fn left_from_blank<'t>(form: &Form, spec: &form::Section, text: &'t str) -> Option<&'t str> {
    let is_guidance = |text: &str| spec.placeholders.iter().any(|guidance| folds_to(text, guidance));
    let mut brackets = brackets(text).peekable();
    if (brackets.peek().is_some() || text.chars().count() < 40) && is_guidance(text) {
        return Some(text);
    }
    let mut in_brackets = brackets.map(|(_, inside)| inside.split(['（', '(', '）', ')']).next().unwrap_or(inside));
    let guidance = in_brackets.find(|inside| is_guidance(inside));
    guidance.or_else(|| signs_left(form, text))
}

/// Words of an older form in a paragraph.
fn stale<'s>(spec: &'s form::Section, text: &str) -> Option<&'s str> {
    if spec.stale.is_empty() {
        return None;
    }
    let folded = fold(text);
    spec.stale.iter().find(|(word, _)| folded.contains(word.as_str())).map(|(_, shown)| shown.as_str())
}

fn form_of_year(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    let (Some(year), Some((from, to))) = (report.year, form.years) else { return };
    if (from..=to).contains(&year) {
        return;
    }
    let message = Message::new(
        format!("{year}年度报告用了“{}”，不是该年度规定的格式。请换用当年的格式后重报。", form.name.zh),
        format!(
            "The report for {year} uses \"{}\", which is not the form of that year. Use the year's own form.",
            form.name.en
        ),
    );
    findings.push(Finding::new(&code::FORM_OF_ANOTHER_YEAR, message));
}

fn title(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    let (Some(title), Some(agency), Some(year)) = (&report.title, &report.agency, report.year) else { return };
    if form.title.is_free() {
        return;
    }
    let Some(wanted) = form.title.for_period(agency, year, report.months()) else { return };
    if fold(title) == fold(&wanted) {
        return;
    }
    let message = Message::new(
        format!("标题写“{title}”，规范写法为“{wanted}”。输出用规范写法。"),
        format!("The title is \"{title}\"; the prescribed one is \"{wanted}\"."),
    );
    findings.push(Finding::new(&code::TITLE_NOT_PRESCRIBED, message));
}

/// Adds findings for sections without a heading; none if no section has one, as in a workbook of tables.
fn sections_missing(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    if !report.sections.iter().any(|section| section.heading.is_some()) {
        return;
    }
    let headings = form.sections.iter().filter_map(|spec| Some((spec, spec.heading.as_ref()?)));
    let missing: Vec<&str> = headings
        .filter(|(spec, _)| report.section(&spec.id).is_none())
        .map(|(_, heading)| heading.text.as_str())
        .collect();
    if missing.is_empty() {
        return;
    }
    let shown = missing.join("”“");
    let message = Message::new(
        format!("缺少“{shown}”。没有内容的写“无”。"),
        format!("The report lacks \"{}\". Write \"无\" where there is nothing.", missing.join("\", \"")),
    );
    findings.push(Finding::new(&code::SECTION_MISSING, message));
}
