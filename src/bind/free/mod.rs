//! Reads a document into a form with a free title: each line is assigned to the section whose element it matches, else to the text.

mod elements;
mod lines;

use jiff::civil::Date;

use super::Hints;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{ElementPlace, Form, LineFacts};
use crate::read::Reading;
use crate::report::{Content, Report, Section};
use crate::text::blank;
use elements::Elements;

/// Number of characters of an agency's name.
const NAME: std::ops::RangeInclusive<usize> = 2..=40;

/// Valid years of a document.
const YEARS: std::ops::RangeInclusive<i16> = 1949..=2100;

/// Reads a document into a form with a free title.
pub(super) fn read(form: &Form, reading: &Reading, hints: &Hints) -> Report {
    let mut report = Report::empty(&form.id);
    report.findings.clone_from(&reading.findings);
    report.pictures.clone_from(&reading.document.pictures);
    let (pieces, aside) = lines::pieces(reading);
    if !aside.is_empty() {
        report.findings.push(left_out(&aside));
    }
    let found = elements::find(form, &pieces);
    let title: String = found.title.iter().map(|&at| pieces[at].text()).collect();
    for (number, spec) in form.sections.iter().enumerate() {
        let own = (0..pieces.len()).filter(|&at| found.section[at] == Some(number));
        let content: Vec<Content> = own.map(|at| pieces[at].content()).collect();
        if !content.is_empty() {
            report.sections.push(Section { id: spec.id.clone(), heading: None, content });
        }
    }
    report.published = found.date;
    report.agency = agency(form, &found, &title);
    report.year = report.published.map(Date::year).or_else(|| year(&found));
    let named = found.named.map(|at| pieces[at].text().to_owned());
    if let (true, Some(named)) = (title.is_empty(), named) {
        report.title = Some(named);
    } else if title.is_empty() {
        report.title = hints.file_stem.map(str::to_owned);
        report.findings.push(untitled());
    } else {
        report.title = Some(title);
    }
    report
}

/// The agency from the signature, else from a line above the title, else from the title.
fn agency(form: &Form, found: &Elements, title: &str) -> Option<String> {
    let at = |place: ElementPlace| {
        let own = found.facts.iter().filter(move |(stands, _)| *stands == place);
        own.filter_map(|(_, facts)| facts.agency.clone()).collect::<Vec<_>>()
    };
    let plain: String = title.chars().filter(|character| !blank(*character)).collect();
    let named = at(ElementPlace::Signature).into_iter().chain(at(ElementPlace::Head));
    named.chain(form.title.named_agency(&plain)).find(|name| NAME.contains(&name.chars().count()))
}

/// The year of the first line that states one.
fn year(found: &Elements) -> Option<i16> {
    let said = |(_, facts): &(ElementPlace, LineFacts)| facts.year.filter(|year| YEARS.contains(year));
    found.facts.iter().find_map(said)
}

fn left_out(aside: &[String]) -> Finding {
    let shown = aside.join(" / ");
    let message = Message::new(
        format!("页眉页脚和网页栏目的文字未计入正文：{shown}"),
        format!("The text of headers, footers and a page's frame was left out: {shown}"),
    );
    Finding::new(&code::PAGE_MARGINS, message)
}

fn untitled() -> Finding {
    let message = Message::new(
        "没有找到标题，以文件名代替。请核对。",
        "No title was found; the file's name stands for it. Check it.",
    );
    Finding::new(&code::CONTENT_UNCLAIMED, message)
}
