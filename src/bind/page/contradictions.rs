//! Contradictions of a report about its agency or year: between title, period, text, signature, date, file name and properties.
//!
//! Precision before recall: a name or year counts only if the report states it of itself.

use jiff::civil::Date;

use super::names::{Kinship, Name, kinship, leading};
use super::sources::{Sources, show};
use super::{agency, facts};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message, Severity};
use crate::form::{Form, IdentitySource, MadeBySource};
use crate::report::{Content, Place, Report, Section};
use crate::text::{dates_in_digits, fold};

/// Number of characters after a leading year in which a word may say that it is another year than the report's.
const BEHIND: usize = 40;

/// Number of characters of a paragraph that are quoted.
const QUOTED: usize = 14;

/// Maximum number of years between the report's year and its signature.
const LATE: i16 = 1;

/// One side of a contradiction: the statement in both languages, and its place.
struct Side {
    says: Message,
    place: Option<Place>,
}

impl Side {
    fn new(zh: String, en: String, place: Option<&Place>) -> Self {
        Self { says: Message::new(zh, en), place: place.cloned() }
    }
}

/// All contradictions about the report's agency and year.
pub(super) fn find(form: &Form, report: &Report, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let period = stated_period(&form.identity.words, report);
    if let Some(year) = report.year {
        findings.extend(years(form, report, (year, period.as_ref()), sources));
        findings.extend(signed(report, (year, period.as_ref()), sources));
        findings.extend(incomplete(year, period.as_ref()));
    }
    if let Some(agency) = &report.agency {
        findings.extend(agencies(form, report, agency, sources));
    }
    findings.extend(properties(form, report, sources));
    findings
}

/// The period that the report states for its figures.
struct Stated {
    from: Date,
    to: Date,
    place: Option<Place>,
}

fn paragraphs(section: &Section) -> impl Iterator<Item = (&str, &Option<Place>)> {
    section.content.iter().filter_map(|content| match content {
        Content::Paragraph { text, place, .. } => Some((text.as_str(), place)),
        _ => None,
    })
}

fn stated_period(words: &IdentitySource, report: &Report) -> Option<Stated> {
    report.sections.iter().take(2).flat_map(paragraphs).find_map(|(text, place)| {
        text.split('。').filter(|sentence| contains_any(sentence, &words.period)).find_map(|sentence| {
            let (from, to) = facts::span(&dates_in_digits(sentence))?;
            Some(Stated { from, to, place: place.clone() })
        })
    })
}

fn contains_any(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

/// Title, period, file name and text that state another year than the report's.
fn years(form: &Form, report: &Report, (year, period): (i16, Option<&Stated>), sources: &Sources) -> Option<Finding> {
    let mut others: Vec<Side> = Vec::new();
    let in_name = sources.name.as_ref().and_then(|name| name.year);
    let own = match (sources.body.year, period, in_name) {
        (Some(_), ..) => Message::new(format!("标题写{year}年"), format!("the title says {year}")),
        (None, Some(_), _) => Message::new(format!("统计期限写{year}年"), format!("the period is of {year}")),
        _ => Message::new(format!("报告年度为{year}年"), format!("the report is of {year}")),
    };
    if let Some(Stated { from, to, place }) =
        period.filter(|stated| stated.from.year() != year || stated.to.year() != year)
    {
        let zh = format!("统计期限写{}至{}", show(*from), show(*to));
        others.push(Side::new(zh, format!("the period runs from {from} to {to}"), place.as_ref()));
    }
    if let (None, Some((last, written))) = (sources.body.year, &sources.body.short)
        && year % 100 != *last
    {
        others.push(Side::new(format!("标题写“{written}”"), format!("the title says \"{written}\""), None));
    }
    if let Some(other) = in_name.filter(|other| *other != year) {
        others.push(Side::new(format!("文件名写{other}年"), format!("the file's name says {other}"), None));
    }
    let (texts, also_own) = years_of_text(form, report, year);
    let text_alone = others.is_empty();
    others.extend(texts);
    let first = others.first()?;
    let zh: Vec<&str> = others.iter().map(|side| side.says.zh.as_str()).collect();
    let en: Vec<&str> = others.iter().map(|side| side.says.en.as_str()).collect();
    let message = Message::new(
        format!("{}，{}。请核对，改为一致。", own.zh, zh.join("，")),
        format!("The year differs: {}, {}. Make them agree.", own.en, en.join(", ")),
    );
    let mut finding = Finding::new(&code::YEAR_MISMATCH, message).at(first.place.clone());
    // A text that also mentions the report's own year may be a review of earlier years.
    if text_alone && also_own {
        finding.severity = Severity::Warning;
    }
    Some(finding)
}

/// The first paragraph that states another year as the report's, and whether any paragraph states the report's own year.
fn years_of_text(form: &Form, report: &Report, year: i16) -> (Option<Side>, bool) {
    let words = &form.identity.words;
    let (mut other, mut own) = (None, false);
    if words.endings.is_empty() {
        return (None, false);
    }
    for (number, section) in report.sections.iter().enumerate() {
        for (at, (text, place)) in paragraphs(section).enumerate() {
            let shown = dates_in_digits(text);
            let Some((stated, rest)) = leading_year(words, &shown) else { continue };
            let behind: String = rest.chars().take(BEHIND).collect();
            if stated == year {
                own = true;
            } else if other.is_none()
                && !contains_any(&behind, &words.not_own_year)
                && !behind.contains(&format!("{year}年"))
                // A later year counts only at the beginning of the report.
                && (stated < year || (number <= 1 && at == 0))
            {
                let quoted: String = text.trim().chars().take(QUOTED).collect();
                let (zh, en) = (format!("正文写“{quoted}…”"), format!("the text begins \"{quoted}…\""));
                other = Some(Side::new(zh, en, place.as_ref()));
            }
        }
    }
    (other, own)
}

/// The year at the beginning of a paragraph about the agency's own work (`2024年，我局…`), and the text after it.
fn leading_year<'t>(words: &IdentitySource, text: &'t str) -> Option<(i16, &'t str)> {
    let text = text.trim_start();
    let digits = text.get(..4).filter(|digits| digits.starts_with("20"))?;
    let year = digits.parse().ok()?;
    let rest = text[4..].strip_prefix('年')?;
    let rest = rest.strip_prefix('度').unwrap_or(rest);
    if let Some(rest) = rest.strip_prefix(['，', ',']) {
        return Some((year, rest));
    }
    let itself = rest.starts_with(['我', '本'])
        || leading(words, rest).is_some_and(|(name, _)| Name::parse(words, name).has_place());
    itself.then_some((year, rest))
}

/// A signature date before the end of the period, or too long after it.
fn signed(report: &Report, (year, period): (i16, Option<&Stated>), sources: &Sources) -> Option<Finding> {
    let (day, rest) = facts::signature(&sources.closing)?;
    // A date of signature is alone on its line or follows a name.
    let is_name = rest.is_empty() || report.agency.as_deref().is_some_and(|agency| fold(agency).contains(&fold(&rest)));
    let last = period.filter(|stated| stated.to.year() == year).map(|stated| stated.to);
    let last = last.or_else(|| Date::new(year, 12, 31).ok())?;
    if !is_name {
        return None;
    }
    if day < last {
        let message = Message::new(
            format!("落款日期为{}，统计期限到{}才结束。请核对。", show(day), show(last)),
            format!("The report is signed on {day}, and its figures run to {last}. Check both."),
        );
        return Some(Finding::new(&code::YEAR_MISMATCH, message));
    }
    if day.year() - year > LATE {
        let message = Message::new(
            format!("报告年度为{year}年，落款日期为{}。请核对年度。", show(day)),
            format!("The report is of {year} and signed on {day}. Check the year."),
        );
        let mut finding = Finding::new(&code::YEAR_MISMATCH, message);
        finding.severity = Severity::Warning;
        return Some(finding);
    }
    None
}

/// A period in the right year that does not cover the whole year.
fn incomplete(year: i16, period: Option<&Stated>) -> Option<Finding> {
    let stated = period.filter(|stated| stated.from.year() == year && stated.to.year() == year)?;
    let whole = (stated.from.month(), stated.from.day(), stated.to.month(), stated.to.day()) == (1, 1, 12, 31);
    if whole {
        return None;
    }
    let message = Message::new(
        format!("统计期限写{}至{}，应为{year}年1月1日至12月31日。请核对。", show(stated.from), show(stated.to)),
        format!("The period runs from {} to {}; it should be the whole of {year}. Check it.", stated.from, stated.to),
    );
    Some(Finding::new(&code::PERIOD_INCOMPLETE, message).at(stated.place.clone()))
}

/// Signature, file name and text that name another agency.
fn agencies(form: &Form, report: &Report, own: &str, sources: &Sources) -> Vec<Finding> {
    let words = &form.identity.words;
    let mut findings = Vec::new();
    if words.endings.is_empty() {
        return findings;
    }
    let differs = |other: &str| kinship(words, own, other) == Kinship::Different;
    let mut sides: Vec<Message> = Vec::new();
    if let Some(signed) = agency::signatory(&sources.closing).filter(|name| differs(name)) {
        sides.push(Message::new(format!("落款写“{signed}”"), format!("the signature says \"{signed}\"")));
    }
    let named = sources.name.as_ref().and_then(|name| name.agency.as_deref());
    // A name that contains that of a government and more is a compound: 甲区人民政府卫健委.
    let single = |name: &&str| !words.governments.iter().any(|word| name.contains(word.as_str()));
    let named = named.or_else(|| sources.agency_in_name.as_deref().filter(single));
    if let Some(named) = named.filter(|name| differs(name)) {
        sides.push(Message::new(format!("文件名写“{named}”"), format!("the file's name says \"{named}\"")));
    }
    if !sides.is_empty() {
        let zh: Vec<&str> = sides.iter().map(|side| side.zh.as_str()).collect();
        let en: Vec<&str> = sides.iter().map(|side| side.en.as_str()).collect();
        let (zh_own, en_own) = if sources.body.agency.is_some() {
            ("标题写", "the title says")
        } else {
            ("报告机关为", "the report is of")
        };
        let message = Message::new(
            format!("{zh_own}“{own}”，{}。请核对，改为一致。", zh.join("，")),
            format!("The agency differs: {en_own} \"{own}\", {}. Make them agree.", en.join(", ")),
        );
        findings.push(Finding::new(&code::AGENCY_DIFFERS, message));
    }
    findings.extend(named_in_text(form, report, own));
    findings
}

/// The first paragraph that names another agency as the reporting agency.
fn named_in_text(form: &Form, report: &Report, own: &str) -> Option<Finding> {
    let words = &form.identity.words;
    let differs = |other: &str| {
        let name = Name::parse(words, other);
        name.has_place() && name.is_certain() && kinship(words, own, other) == Kinship::Different
    };
    for (number, section) in report.sections.iter().enumerate() {
        for (text, place) in paragraphs(section) {
            let preamble = number == 0 && section.heading.is_none();
            let made = if preamble { made_by(&words.made_by, text) } else { None };
            let subject = subject(words, text);
            // The contact is an office of the agency itself.
            let contact = report.contact.office.as_deref().filter(|office| preamble && text.contains(*office));
            let named = made.into_iter().chain(subject).chain(contact);
            let Some(other) = named.into_iter().find(|name| differs(name)) else { continue };
            let part = section.heading.as_deref().unwrap_or("开头部分");
            let part_en = section.heading.as_deref().unwrap_or("the beginning");
            let message = Message::new(
                format!("报告机关为“{own}”，“{part}”写的是“{other}”。请核对是否套用了其他单位的文稿。"),
                format!(
                    "The report is of \"{own}\", and \"{part_en}\" speaks of \"{other}\". Check whether the text is another agency's."
                ),
            );
            return Some(Finding::new(&code::OTHER_AGENCY_NAMED, message).at(place.clone()));
        }
    }
    None
}

/// The name in the statement of who made the report: `由甲局编制`.
fn made_by<'t>(words: &MadeBySource, text: &'t str) -> Option<&'t str> {
    let end = words.before.iter().filter_map(|word| text.find(word.as_str())).min()?;
    let begin =
        words.after.iter().filter_map(|word| text[..end].rfind(word.as_str()).map(|at| at + word.len())).max()?;
    let name = &text[begin..end];
    let name = words.besides.iter().find_map(|word| name.strip_suffix(word.as_str())).unwrap_or(name);
    ((4..=40).contains(&name.chars().count()) && !name.contains(['，', '。', '；', '、'])).then_some(name)
}

/// The agency that a paragraph names as the subject of the reported work: `2024年，甲局认真…`, `甲局坚持…`.
fn subject<'t>(words: &IdentitySource, text: &'t str) -> Option<&'t str> {
    let text = text.trim_start();
    let begin = match text.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit())) {
        Some(_) => {
            let rest = text[4..].strip_prefix('年')?;
            rest.strip_prefix('度').unwrap_or(rest).trim_start_matches(['，', ','])
        }
        None => text,
    };
    let (name, rest) = leading(words, begin)?;
    let rest = rest.trim_start_matches(['，', ',']);
    words.reports.iter().any(|word| rest.starts_with(word.as_str())).then_some(name)
}

/// A title in the file's properties that belongs to another report. Readers of the published file can see it.
fn properties(form: &Form, report: &Report, sources: &Sources) -> Option<Finding> {
    let found = sources.properties.as_ref()?;
    let words = &form.identity.words;
    let year = found.year.is_some_and(|year| report.year.is_some_and(|own| own != year));
    let agency = found.agency.as_deref().zip(report.agency.as_deref());
    let agency = agency
        .is_some_and(|(other, own)| !words.endings.is_empty() && kinship(words, own, other) == Kinship::Different);
    if !year && !agency {
        return None;
    }
    let message = Message::new(
        format!("文件属性中的标题是“{}”，与报告不同，未采用。公开前请在文件属性中改正。", found.text),
        format!(
            "The title among the file's properties is \"{}\", another than the report's, and was not used. Correct it before publishing.",
            found.text
        ),
    );
    Some(Finding::new(&code::PROPERTIES_STALE, message))
}
