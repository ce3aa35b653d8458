//! Chooses the form of a document: by its labels, never by its year alone.

use super::Hints;
use super::labels::index::{AllLabels, Coverage, FormIndex};
use super::page::title;
use super::source::items::{Flow, Item};
use super::units;
use crate::document::Block;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::read::Reading;
use crate::text::{blank, fold};

/// The chosen form, and a finding if the choice is not certain.
pub(super) struct Choice<'f> {
    pub(super) index: &'f FormIndex,
    pub(super) finding: Option<Finding>,
}

/// How well a form fits: labels found, and how many of them differ; labels missing from the tables of which some were found; headings
/// found, and whether a title's name occurs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Fit {
    found: usize,
    different: usize,
    missing: usize,
    headings: usize,
    titled: bool,
}

/// Chooses the form with the most labels in the document; the finding `form-not-recognised` if no form fits.
pub(super) fn choose<'f>(
    (forms, labels): (&'f [FormIndex], &AllLabels),
    reading: &Reading,
    flow: &Flow,
    hints: &Hints,
) -> Result<Choice<'f>, Box<Finding>> {
    if let Some(id) = hints.form {
        let known = forms.iter().find(|index| index.form.id == id);
        return known.map(|index| Choice { index, finding: None }).ok_or_else(|| Box::new(unknown_form(id, forms)));
    }
    let folded = folded_text(flow);
    let mut seen: Vec<Vec<bool>> = forms.iter().map(|index| vec![false; index.label_count()]).collect();
    labels.mark(&folded, &mut seen);
    let fits: Vec<Fit> = forms.iter().zip(seen).map(|(index, seen)| fit(index, flow, &folded, seen)).collect();
    let best = (0..forms.len()).reduce(|best, next| if fits[next].key() > fits[best].key() { next } else { best });
    let Some(best) = best.map(|best| own_before_built_in(forms, &fits, best)) else {
        return Err(Box::new(nothing(reading, flow)));
    };
    let first = first_form(forms, &forms[best]);
    let before_first = |year: i16| first.form.years.is_some_and(|years| year < years.0);
    let few = fits[best].found < 12;
    let titled = few && fits[best].titled && year(&forms[best], reading, flow, hints).is_some_and(before_first);
    let before = titled || (few && is_earlier(forms, &folded, flow));
    if before {
        return Err(Box::new(earlier(first)));
    }
    if fits[best].is_enough() && equals(forms, &fits, best).len() == 1 {
        return Ok(Choice { index: &forms[best], finding: None });
    }
    by_year(forms, &fits, reading, flow, hints)
}

impl Fit {
    /// What decides first: labels of different words, labels, and labels that are missing.
    fn key(&self) -> (usize, usize, std::cmp::Reverse<usize>) {
        (self.different, self.found, std::cmp::Reverse(self.missing))
    }

    /// Whether it cannot be a coincidence: a few labels may be one; with a title or headings of the form they are not.
    fn is_enough(&self) -> bool {
        self.found >= 12 || (self.found >= 4 && (self.titled || self.headings >= 2))
    }

    /// Whether a form with this fit is preferred to a built-in form that has more of its labels in the document: of its own labels
    /// at most the same share is missing, and its title is there, or it has nearly as many labels.
    fn holds_against(&self, built_in: &Self) -> bool {
        let share =
            self.missing * (built_in.found + built_in.missing) <= built_in.missing * (self.found + self.missing);
        share && (self.titled || self.found * 10 >= built_in.found * 9)
    }
}

/// A form that the user has added, in place of a built-in one that it resembles: an office knows its own forms.
fn own_before_built_in(forms: &[FormIndex], fits: &[Fit], best: usize) -> usize {
    if forms[best].form.own {
        return best;
    }
    let own = (0..forms.len()).filter(|&number| {
        let fit = &fits[number];
        forms[number].form.own && fit.is_enough() && (fit.key() >= fits[best].key() || fit.holds_against(&fits[best]))
    });
    own.max_by_key(|&number| fits[number].key()).unwrap_or(best)
}

/// The forms that fit as well as this one, in order; a user's own forms are not compared with built-in ones. If the labels do not decide,
/// title and headings do.
fn equals(forms: &[FormIndex], fits: &[Fit], best: usize) -> Vec<usize> {
    let of = |number: &usize| forms[*number].form.own == forms[best].form.own;
    let same: Vec<usize> = (0..forms.len()).filter(of).filter(|&other| fits[other].key() == fits[best].key()).collect();
    let framed = |number: &usize| (fits[*number].titled, fits[*number].headings);
    let most = same.iter().map(framed).max();
    same.into_iter().filter(|number| Some(framed(number)) == most).collect()
}

/// Whether the document has words that were used in reports before the first form was prescribed.
fn is_earlier(forms: &[FormIndex], folded: &str, flow: &Flow) -> bool {
    let cells = || flow.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.own && !cell.figure);
    let says =
        |word: &String| folded.contains(word.as_str()) || cells().any(|cell| cell.folded.contains(word.as_str()));
    forms.iter().flat_map(|index| &index.form.words.earlier).any(says)
}

/// The finding that a report is from before the first form.
fn earlier(index: &FormIndex) -> Finding {
    let first = index.form.years.map(|years| years.0);
    let (zh, en) = first.map_or_else(
        || ("规定格式之前".to_owned(), "before the form was prescribed".to_owned()),
        |year| (format!("{year}年度以前"), format!("before that of {year}")),
    );
    let message = Message::new(
        format!(
            "这是{zh}的年度报告：正文加统计表，没有“{}”规定的表格，不能读取数据。请改用规定格式，或另行汇总。",
            index.form.name.zh
        ),
        format!(
            "This is a report from {en}: running text with a table of its own, without the tables of \"{}\", so no figures \
             can be read. Use the prescribed form, or add it up by other means.",
            index.form.name.en
        ),
    );
    Finding::new(&code::FORM_NOT_RECOGNISED, message)
}

/// If the labels do not decide: title and headings show that it is a report, and the year decides which form. Forms between which nothing
/// decides are named, and none of them is taken.
fn by_year<'f>(
    forms: &'f [FormIndex],
    fits: &[Fit],
    reading: &Reading,
    flow: &Flow,
    hints: &Hints,
) -> Result<Choice<'f>, Box<Finding>> {
    let is_report = |&number: &usize| {
        let fit = &fits[number];
        fit.is_enough() || fit.headings >= 3 || (fit.titled && fit.headings >= 1) || (fit.titled && fit.found >= 4)
    };
    let best = (0..forms.len())
        .filter(is_report)
        .max_by_key(|&number| (forms[number].form.own, fits[number].key(), std::cmp::Reverse(number)));
    let Some(best) = best else { return Err(Box::new(nothing(reading, flow))) };
    let equal = equals(forms, fits, best);
    let best = equal.first().copied().unwrap_or(best);
    let year = year(&forms[best], reading, flow, hints);
    let applies = |&&number: &&usize| {
        year.is_some_and(|year| forms[number].form.years.is_some_and(|(from, to)| (from..=to).contains(&year)))
    };
    let chosen: Vec<usize> = equal.iter().filter(applies).copied().collect();
    let one = <[usize; 1]>::try_from(chosen).ok().map(|[one]| one);
    let index = match one {
        Some(one) => &forms[one],
        None if equal.len() > 1 => return equally_fitting(forms, &equal),
        None => &forms[best],
    };
    let shown = year.map_or_else(|| "?".to_owned(), |year| year.to_string());
    let message = Message::new(
        format!("没有足够的表格行名判断是哪种格式，按{shown}年度选用“{}”。请核对。", index.form.name.zh),
        format!("Too few table labels tell the form; for {shown} \"{}\" was taken. Check it.", index.form.name.en),
    );
    Ok(Choice { index, finding: Some(Finding::new(&code::FORM_BY_YEAR, message)) })
}

/// Several forms fit equally well: of those with the same title, which are one form in the course of years, the first is taken; of
/// others none. Either way they are named.
fn equally_fitting<'f>(forms: &'f [FormIndex], equal: &[usize]) -> Result<Choice<'f>, Box<Finding>> {
    let equal: Vec<&FormIndex> = equal.iter().map(|&number| &forms[number]).collect();
    let zh: Vec<String> = equal.iter().map(|index| format!("“{}”", index.form.name.zh)).collect();
    let en: Vec<String> = equal.iter().map(|index| format!("\"{}\" ({})", index.form.name.en, index.form.id)).collect();
    let (zh, en) = (zh.join("和"), en.join(" and "));
    let first = equal.first().copied().filter(|first| {
        equal.iter().all(|index| index.form.title.pattern == first.form.title.pattern && index.form.years.is_some())
    });
    if let Some(index) = first {
        let message = Message::new(
            format!("{zh}与文件同样相符，年度也不能区分，按“{}”读取。请核对。", index.form.name.zh),
            format!(
                "{en} fit the file equally well, and no year decides; \"{}\" was taken. Check it.",
                index.form.name.en
            ),
        );
        return Ok(Choice { index, finding: Some(Finding::new(&code::FORM_BY_YEAR, message)) });
    }
    // The option takes an id.
    let zh: Vec<String> = equal.iter().map(|index| format!("“{}”（{}）", index.form.name.zh, index.form.id)).collect();
    let zh = zh.join("和");
    let message = Message::new(
        format!("{zh}与文件同样相符，不能确定是哪一种，未读取。请用 --form 指定（括号中为编号）。"),
        format!("{en} fit the file equally well, so it was not read. Name one with --form."),
    );
    Err(Box::new(Finding::new(&code::FORM_UNDECIDED, message)))
}

/// The earliest form with the same title pattern.
fn first_form<'f>(forms: &'f [FormIndex], index: &'f FormIndex) -> &'f FormIndex {
    let same =
        forms.iter().filter(|other| other.form.title.pattern == index.form.title.pattern && other.form.years.is_some());
    same.min_by_key(|other| other.form.years.map(|years| years.0)).unwrap_or(index)
}

fn year(index: &FormIndex, reading: &Reading, flow: &Flow, hints: &Hints) -> Option<i16> {
    let texts = flow.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
    let outside = reading.document.metadata.title.as_deref().into_iter().chain(hints.file_stem);
    texts.take(60).chain(outside).find_map(|text| title::parse(&index.form.title, text).and_then(|found| found.year))
}

/// The folded text of all paragraphs, joined without separators.
fn folded_text(flow: &Flow) -> String {
    let mut folded = String::new();
    for item in &flow.items {
        if let Item::Text(text) = item {
            folded.push_str(&text.folded);
        }
    }
    folded
}

/// Computes how well a form fits; `seen` marks its labels that were found in the paragraphs.
fn fit(index: &FormIndex, flow: &Flow, folded: &str, mut seen: Vec<bool>) -> Fit {
    for row in &flow.rows {
        for cell in row.cells.iter().filter(|cell| cell.own && !cell.figure) {
            let label = index.label_number(&cell.folded);
            let without_unit = || index.label_number(&fold(without_unit(&cell.cell.text)?));
            if let Some(label) = label.or_else(without_unit) {
                seen[label] = true;
            }
        }
    }
    let Coverage { found, missing, distinct } = index.coverage(&seen);
    let mut headings: Vec<usize> = Vec::new();
    let mut titled = false;
    for item in &flow.items {
        let Item::Text(text) = item else { continue };
        if text.folded.len() <= 60 * 4 && text.text.chars().count() <= 60 {
            headings.extend(index.section(&text.folded));
        }
        titled = titled || index.is_titled(&text.folded);
    }
    for row in &flow.rows {
        for cell in row.cells.iter().filter(|cell| cell.own && !cell.figure) {
            headings.extend(index.section(&cell.folded));
            titled = titled || index.is_titled(&cell.folded);
        }
    }
    let inline = index
        .headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| heading.as_ref().is_some_and(|heading| heading.find(folded.as_bytes()).is_some()));
    headings.extend(inline.map(|(number, _)| number));
    headings.sort_unstable();
    headings.dedup();
    Fit { found, different: distinct, missing, headings: headings.len(), titled }
}

/// Minimum number of characters of a label that is recognised without its unit: 金额 and 合计 occur in any table.
const LABEL: usize = 4;

/// A label without the unit in brackets after it; `None` if it has no unit or is too short: `网络申请数（件）`.
fn without_unit(text: &str) -> Option<&str> {
    let text = text.trim_matches(blank);
    let open = text.strip_suffix(['）', ')']).and_then(|rest| rest.rfind(['（', '(']))?;
    units::unit_in(&text[open..])?;
    Some(&text[..open]).filter(|label| label.chars().count() >= LABEL)
}

fn unknown_form(id: &str, forms: &[FormIndex]) -> Finding {
    let known: Vec<&str> = forms.iter().map(|index| index.form.id.as_str()).collect();
    let known = known.join(", ");
    let message = Message::new(
        format!("没有编号为“{id}”的格式；可用的有：{known}。"),
        format!("There is no form \"{id}\"; there are: {known}."),
    );
    Finding::new(&code::FORM_NOT_RECOGNISED, message)
}

fn nothing(reading: &Reading, flow: &Flow) -> Finding {
    let paragraphs = flow.items.iter().filter(|item| matches!(item, Item::Text(_))).count();
    let pictures = reading.document.blocks.iter().filter(|block| matches!(block, Block::Picture(_))).count();
    let (grids, rows) = (flow.grids.len(), flow.rows.len());
    let hint = if pictures > 0 && grids == 0 {
        ("表格可能是图片。", " The tables may be pictures.")
    } else {
        ("", "")
    };
    let message = Message::new(
        format!(
            "未找到年度报告的表格，文件有{paragraphs}段文字、{grids}个表格、{pictures}张图片。{}请确认报送的是年度报告全文。",
            hint.0
        ),
        format!(
            "No known form was found: the file has {paragraphs} paragraphs, {grids} tables ({rows} rows) and {pictures} pictures.{} Make sure that the whole report was sent.",
            hint.1
        ),
    );
    Finding::new(&code::FORM_NOT_RECOGNISED, message)
}
