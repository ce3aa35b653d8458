//! Repairs the narrative of a report: dates and document numbers that lost characters, paragraphs that were split inside a word, the line
//! with agency and date. The official look uses the repaired text; the report itself keeps the source's text.

mod joined;

use crate::finding::code::bind::{TEXT_LEFT_AS_WRITTEN, TEXT_WRITTEN_AS_READ};
use crate::finding::{Finding, Message};
use crate::form::{Form, SectionLook};
use crate::report::{Content, Place, Report, Section};
use crate::text::{blank, damaged, is_one, language};

/// The repaired report; adds findings about the repairs. `None` if nothing was repaired.
pub(crate) fn as_read(form: &Form, report: &Report, findings: &mut Vec<Finding>) -> Option<Report> {
    let known: Vec<&str> =
        form.basis.iter().map(String::as_str).chain(form.documents.iter().map(String::as_str)).collect();
    let words = joined::Pairs::from_report(report);
    let mut mended: Vec<(usize, Vec<Content>)> = Vec::new();
    for (number, section) in report.sections.iter().enumerate() {
        let foot = |section: &Section| {
            form.sections.iter().any(|spec| spec.id == section.id && spec.look == SectionLook::Foot)
        };
        let last = number + 1 == report.sections.len() && !foot(section);
        mended.extend(content(section, (&known, &words), last, report, findings).map(|content| (number, content)));
    }
    if mended.is_empty() {
        return None;
    }
    let mut read = report.clone();
    for (number, content) in mended {
        read.sections[number].content = content;
    }
    Some(read)
}

/// The repaired content of a section; `None` if nothing was repaired.
fn content(
    section: &Section,
    (known, pairs): (&[&str], &joined::Pairs),
    last: bool,
    report: &Report,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Content>> {
    let mut changed = false;
    let mut read: Vec<Content> = Vec::new();
    for content in &section.content {
        let Content::Paragraph { text, level, place } = content else {
            read.push(content.clone());
            continue;
        };
        let whole = repaired(text, known, place.as_ref(), findings);
        changed |= whole.is_some();
        let text = whole.unwrap_or_else(|| text.clone());
        if let (None, Some(Content::Paragraph { text: before, level: None, .. })) = (level, read.last_mut())
            && pairs.one_paragraph(before, &text)
        {
            findings.push(told_joined(before, &text, place.as_ref()));
            before.push_str(&text);
            changed = true;
            continue;
        }
        read.push(Content::Paragraph { text, level: *level, place: place.clone() });
    }
    changed |= last && signature(&mut read, report, findings);
    changed.then_some(read)
}

/// A text with its damaged dates and document numbers repaired; `None` if none can be.
fn repaired(text: &str, known: &[&str], place: Option<&Place>, findings: &mut Vec<Finding>) -> Option<String> {
    let found = damaged(text, known);
    if found.is_empty() {
        return None;
    }
    let (mut read, mut at, mut changed) = (String::with_capacity(text.len() + 16), 0, false);
    for damaged in found {
        let written = &text[damaged.span.clone()];
        read.push_str(&text[at..damaged.span.start]);
        at = damaged.span.end;
        let finding = if let Some(reading) = &damaged.read {
            read.push_str(reading);
            changed = true;
            let message = Message::new(
                format!("正文“{written}”缺字，只有一种读法，输出写作“{reading}”。"),
                format!("\"{written}\" in the text lacks characters; its only reading \"{reading}\" is written."),
            );
            Finding::new(&TEXT_WRITTEN_AS_READ, message)
        } else {
            read.push_str(written);
            let message = Message::new(
                format!("正文“{written}”缺字，有多种读法，输出照原文写。请补全。"),
                format!(
                    "\"{written}\" in the text lacks characters and can be read in more than one way; it is written as it stands."
                ),
            );
            Finding::new(&TEXT_LEFT_AS_WRITTEN, message)
        };
        findings.push(finding.at(place.cloned()));
    }
    read.push_str(&text[at..]);
    changed.then_some(read)
}

/// Number of characters of a paragraph shown in a message.
const SHOWN: usize = 8;

fn told_joined(before: &str, after: &str, place: Option<&Place>) -> Finding {
    let end: String = before.chars().skip(before.chars().count().saturating_sub(SHOWN)).collect();
    let begin: String = after.chars().take(SHOWN).collect();
    let message = Message::new(
        format!("正文“…{end}”与下一段“{begin}…”是同一段，中间断开，输出接为一段。"),
        format!("\"…{end}\" and the next paragraph \"{begin}…\" are one that was split; they are written as one."),
    );
    Finding::new(&TEXT_WRITTEN_AS_READ, message).at(place.cloned())
}

/// Splits a closing line with agency and date into two lines; returns whether it did.
fn signature(content: &mut Vec<Content>, report: &Report, findings: &mut Vec<Finding>) -> bool {
    let Some(agency) = &report.agency else { return false };
    let Some(Content::Paragraph { text, level: None, place }) = content.last() else { return false };
    let Some(rest) = text.trim_matches(blank).strip_prefix(agency.as_str()) else { return false };
    let date = rest.trim_matches(blank);
    if rest.len() == date.len() || !is_date(date) {
        return false;
    }
    let message = Message::new(
        format!("署名“{agency}”和日期“{date}”在同一行，输出分为两行，列于文末右侧。"),
        format!("\"{agency}\" and \"{date}\" stand on one line; they are written as a signature of two."),
    );
    findings.push(Finding::new(&TEXT_WRITTEN_AS_READ, message).at(place.clone()));
    let lines = [agency.clone(), date.to_owned()];
    let place = place.clone();
    content.pop();
    content.extend(lines.map(|text| Content::Paragraph { text, level: None, place: place.clone() }));
    true
}

/// Whether a text is a closing date, with or without 印发.
fn is_date(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('日') else { return false };
    let numbers: Option<Vec<&str>> =
        date.split_once('年').and_then(|(year, rest)| rest.split_once('月').map(|(month, day)| vec![year, month, day]));
    let digits = |text: &&str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|numbers| numbers.iter().all(digits))
        && (rest.is_empty() || is_one(&language().behind_date, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::form::Forms;

    fn report(paragraphs: &[&str]) -> Report {
        let mut report = Report::empty("gkbg-2021");
        report.agency = Some("白渚市民政局".to_owned());
        let content = paragraphs.iter().map(|text| Content::text(*text)).collect();
        report.sections.push(Section { id: "overview".to_owned(), heading: None, content });
        report
    }

    fn read(paragraphs: &[&str]) -> (Vec<String>, Vec<String>) {
        let forms = Forms::built_in().unwrap();
        let (report, mut findings) = (report(paragraphs), Vec::new());
        let read = as_read(forms.get("gkbg-2021").unwrap(), &report, &mut findings).unwrap_or(report);
        let texts = read.sections[0].content.iter().filter_map(|content| match content {
            Content::Paragraph { text, .. } => Some(text.clone()),
            _ => None,
        });
        (texts.collect(), findings.into_iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn dates_numbers_and_the_signature_are_written_as_they_read() {
        let (texts, codes) = read(&[
            "依据国办公开办函〔202130号，数据自202011日至20201231日，成立于2021111日。",
            "白渚市民政局        2021 1 18 日印发",
        ]);
        assert_eq!(
            texts,
            [
                "依据国办公开办函〔2021〕30号，数据自2020年1月1日至2020年12月31日，成立于2021111日。",
                "白渚市民政局",
                "2021年1月18日印发"
            ]
        );
        assert_eq!(codes.iter().filter(|code| *code == "text-written-as-read").count(), 5);
        assert_eq!(codes.iter().filter(|code| *code == "text-left-as-written").count(), 1);
    }

    #[test]
    fn undamaged_narrative_is_not_changed() {
        let whole =
            ["2020年1月1日起施行。", "工作稳步推进，成效明显", "互动性有待提升。", "白渚市民政局", "2021年1月18日"];
        let (texts, codes) = read(&whole);
        assert_eq!((texts.iter().map(String::as_str).collect::<Vec<_>>(), codes.len()), (whole.to_vec(), 0));
    }

    #[test]
    fn a_paragraph_that_was_split_inside_a_word_is_one() {
        let split = ["整合新媒体资源，做优做强主账号，及", "时准确发布信息，回应关切。", "做到及时更新，及时答复。"];
        let (texts, codes) = read(&split);
        assert_eq!(texts[0], "整合新媒体资源，做优做强主账号，及时准确发布信息，回应关切。");
        assert_eq!((texts.len(), codes.len()), (2, 1));
        let (texts, _) =
            read(&["2020年，我局推进政府信息公", "开工作，完善公开制度，公开信息三条。", "公开要及时，公开要准确。"]);
        assert_eq!(texts[0], "2020年，我局推进政府信息公开工作，完善公开制度，公开信息三条。");
    }
}
