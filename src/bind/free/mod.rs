//! Classifies each line of a document without a form by the elements of GB/T 9704-2012, from its words and position. Unrecognised lines
//! are body text.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::Hints;
use crate::document::{Block, Cell, Region};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::read::Reading;
use crate::report::{Content, Report, Section};
use crate::text::{DateReading, blank, numbering, read_date};

#[allow(clippy::expect_used, reason = "the patterns are constants, and a test compiles them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// `浙政发〔2024〕3号`, whatever its brackets.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[（(]?\s*[\p{Han}]{1,14}\s*[〔\[（(﹝【]?\s*\d{4}\s*[〕\]）)﹞】]?\s*第?\s*\d+\s*号\s*[）)]?$")
});

/// `抄送：`, `分送：` and what else names receivers at the foot.
static COPIES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:抄\s*送|分\s*送|抄\s*报|主\s*送|报|送|发)\s*[：:]"));

/// `某办公室    2024年3月1日印发`.
static PRINTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d{4}年\d{1,2}月\d{1,2}日\s*印发|^共印\s*\d+\s*份|^主题词\s*[：:]"));

/// `附件：1.××` before the signature.
static ATTACHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^附\s*(?:件|表)?\s*[：:]"));

/// A date in Chinese numerals: 二○○八年七月十五日.
static CHINESE_DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[一二三四五六七八九〇○零0Oo]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日$")
});

/// Ends of the titles of documents.
const KINDS: [&str; 26] = [
    "通知", "报告", "请示", "函", "意见", "通报", "决定", "公告", "通告", "批复", "纪要", "办法", "方案", "总结",
    "决议", "命令", "公报", "议案", "规定", "细则", "计划", "要点", "情况", "说明", "制度", "规划",
];

/// Lines among which title and addressee are looked for.
const HEAD: usize = 20;

/// Most characters of a line of a title, an addressee and a signature.
const TITLE: usize = 60;
const ADDRESSEE: usize = 100;
const SIGNATURE: usize = 30;

/// Most characters of a heading that stands alone.
const HEADING: usize = 50;

/// A piece of the document.
enum Piece {
    Line(String, Content),
    Other(Content),
}

/// Reads a document whole.
pub(super) fn read(form: &Form, reading: &Reading, hints: &Hints) -> Report {
    let mut report = Report::empty(&form.id);
    report.findings.clone_from(&reading.findings);
    report.pictures.clone_from(&reading.document.pictures);
    let (pieces, aside) = pieces(reading);
    if !aside.is_empty() {
        let shown = aside.join(" / ");
        let message = Message::new(
            format!("页眉页脚和网页栏目的文字未计入正文：{shown}"),
            format!("The text of headers, footers and a page's frame was left out: {shown}"),
        );
        report.findings.push(Finding::new(&code::PAGE_MARGINS, message));
    }
    let mut reader = Reader { of: vec!["body"; pieces.len()], pieces: &pieces, title: None };
    reader.head();
    reader.foot();
    let Reader { of, title, .. } = reader;
    let named: Vec<String> =
        title.iter().flat_map(|lines| lines.iter()).map(|&at| pieces[at].text().to_owned()).collect();
    let untitled = named.is_empty();
    report.title = if untitled { hints.file_stem.map(str::to_owned) } else { Some(named.concat()) };
    for spec in &form.sections {
        let own = (0..pieces.len())
            .filter(|&at| of[at] == spec.id && !title.as_ref().is_some_and(|lines| lines.contains(&at)));
        let content: Vec<Content> = own.map(|at| pieces[at].content()).collect();
        if !content.is_empty() {
            report.sections.push(Section { id: spec.id.clone(), heading: None, content });
        }
    }
    facts(&pieces, &of, &mut report);
    if untitled {
        let message = Message::new(
            "没有找到标题，以文件名代替。请核对。",
            "No title was found; the file's name stands for it. Check it.",
        );
        report.findings.push(Finding::new(&code::CONTENT_UNCLAIMED, message));
    }
    report
}

fn pieces(reading: &Reading) -> (Vec<Piece>, Vec<String>) {
    let (mut pieces, mut aside) = (Vec::new(), Vec::new());
    for block in &reading.document.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                let text = paragraph.shown();
                let text = text.trim_matches(blank);
                if text.is_empty() || super::source::stream::is_page_number(text) {
                    continue;
                }
                if matches!(paragraph.region, Region::HeaderFooter | Region::Chrome) {
                    if text.chars().any(char::is_alphabetic) {
                        aside.push(text.to_owned());
                    }
                    continue;
                }
                let level = level(text);
                let place = Some(paragraph.place.clone());
                pieces.push(Piece::Line(text.to_owned(), Content::Paragraph { text: text.to_owned(), level, place }));
            }
            // A frame around the whole text, or one around a line, is no table.
            Block::Grid(grid) if grid.cells().len() == 1 => {
                for cell in grid.cells() {
                    lines_of(cell, &mut pieces);
                }
            }
            Block::Grid(grid) => pieces.push(Piece::Other(Content::Extra(grid.into()))),
            Block::Picture(picture) => {
                let (index, extent, alt) = (picture.index, picture.extent, picture.alt.clone());
                pieces.push(Piece::Other(Content::Picture { index, extent, alt }));
            }
        }
    }
    (pieces, aside)
}

fn lines_of(cell: &Cell, pieces: &mut Vec<Piece>) {
    for line in cell.text.split('\n').map(|line| line.trim_matches(blank)).filter(|line| !line.is_empty()) {
        let content = Content::Paragraph { text: line.to_owned(), level: level(line), place: Some(cell.place.clone()) };
        pieces.push(Piece::Line(line.to_owned(), content));
    }
    for block in &cell.nested {
        match block {
            Block::Grid(grid) => pieces.push(Piece::Other(Content::Extra(grid.into()))),
            Block::Picture(picture) => pieces.push(Piece::Other(Content::Picture {
                index: picture.index,
                extent: picture.extent,
                alt: picture.alt.clone(),
            })),
            Block::Paragraph(_) => {}
        }
    }
}

/// The outline level of a heading that stands alone: 2 for 一、, 3 for （一）, 4 for 1., 5 for （1）.
fn level(text: &str) -> Option<u8> {
    let found = numbering(text)?;
    let alone = text.chars().count() <= HEADING
        && !text.contains(['。', '；', '！', '？'])
        && !text.ends_with(['：', ':', '，', ',']);
    alone.then_some(found.level + 1)
}

impl Piece {
    fn text(&self) -> &str {
        match self {
            Self::Line(text, _) => text,
            Self::Other(_) => "",
        }
    }

    fn content(&self) -> Content {
        match self {
            Self::Line(_, content) | Self::Other(content) => content.clone(),
        }
    }
}

struct Reader<'p> {
    of: Vec<&'static str>,
    pieces: &'p [Piece],
    title: Option<Vec<usize>>,
}

impl Reader<'_> {
    fn set(&mut self, at: usize, what: &'static str) {
        self.of[at] = what;
        // The number or mark of an element is no heading of the text; its content keeps its words.
    }

    /// The elements before the text.
    fn head(&mut self) {
        let most = self.pieces.len().min(HEAD);
        let text = |at: usize| self.pieces[at].text();
        let ends = |line: &str| {
            let line = line.trim_end_matches(|sign: char| "）)》」".contains(sign));
            KINDS.iter().any(|kind| line.ends_with(kind))
        };
        let short = |line: &str| {
            (2..=TITLE).contains(&line.chars().count())
                && !line.contains(['。', '；'])
                && !line.ends_with(['：', ':', '，'])
        };
        let mut marks: Vec<(usize, &'static str)> = Vec::new();
        let mut first = 0;
        for at in 0..most {
            let line = text(at);
            let what = mark(line);
            let Some(what) = what else { break };
            marks.push((at, what));
            first = at + 1;
        }
        // The title: lines up to one that ends as titles do; else the first short line.
        let mut title: Vec<usize> = Vec::new();
        let last = (first..most.min(first + 6)).find(|&at| ends(text(at)) && short(text(at)));
        if let Some(last) = last.filter(|&last| {
            (first..=last).all(|at| short(text(at)) && numbering(text(at)).is_none_or(|found| found.level != 1))
        }) {
            title = (first..=last).filter(|&at| mark(text(at)).is_none()).collect();
            marks.extend((first..=last).filter_map(|at| Some((at, mark(text(at))?))));
        } else if first < most && short(text(first)) && !text(first).is_empty() {
            title = vec![first];
        }
        let after = title.last().map_or(first, |last| last + 1);
        for at in after..most.min(after + 5) {
            let line = text(at);
            let count = line.chars().count();
            let addressed = line.ends_with(['：', ':'])
                && (2..=ADDRESSEE).contains(&count)
                && numbering(line).is_none()
                && !line.contains('。');
            if NUMBER.is_match(line) {
                marks.push((at, "document_number"));
            } else if line.starts_with(['（', '(']) && line.ends_with(['）', ')']) && at == after && count <= TITLE {
                marks.push((at, "title_note"));
            } else if addressed {
                marks.push((at, "addressees"));
                break;
            } else {
                break;
            }
        }
        for (at, what) in marks {
            self.set(at, what);
        }
        self.title = (!title.is_empty()).then_some(title);
    }

    /// The elements behind the text: from the date on, and the list of attachments before the signature.
    fn foot(&mut self) {
        let lines: Vec<usize> =
            (0..self.pieces.len()).filter(|&at| self.of[at] == "body" && !self.is_title(at)).collect();
        let dated = lines.iter().copied().filter(|&at| day(self.pieces[at].text()).is_some()).collect::<Vec<_>>();
        // The first date that stands alone behind the middle of the text, for attachments may be dated too.
        let Some(date) = dated.first().copied() else {
            for &at in &lines {
                self.after(at, true);
            }
            return;
        };
        self.set(date, "date");
        let mut at = date;
        while let Some(before) = at.checked_sub(1).filter(|before| self.is_signature(*before)) {
            self.set(before, "signature");
            at = before;
        }
        // The list of attachments ends at the signature.
        let from = (0..at)
            .rev()
            .take(12)
            .find(|&before| self.of[before] == "body" && ATTACHED.is_match(self.pieces[before].text()));
        for before in from.map_or(at..at, |from| from..at) {
            if self.of[before] == "body" {
                self.set(before, "attachment_list");
            }
        }
        for &behind in lines.iter().filter(|&&line| line > date) {
            self.after(behind, false);
        }
    }

    /// What stands behind the date.
    fn after(&mut self, at: usize, undated: bool) {
        let text = self.pieces[at].text();
        let noted = text.starts_with(['（', '(']) && text.ends_with(['）', ')']);
        if COPIES.is_match(text) {
            self.set(at, "copies_to");
        } else if PRINTED.is_match(text) {
            self.set(at, "printed");
        } else if undated {
        } else if noted {
            self.set(at, "note");
        } else {
            self.set(at, "attachments");
        }
    }

    fn is_title(&self, at: usize) -> bool {
        self.title.as_ref().is_some_and(|lines| lines.contains(&at))
    }

    fn is_signature(&self, at: usize) -> bool {
        let text = self.pieces[at].text();
        let count = text.chars().count();
        self.of[at] == "body"
            && !self.is_title(at)
            && (2..=SIGNATURE).contains(&count)
            && !text.contains(['。', '：', ':', '；', '，', '、'])
            && numbering(text).is_none()
            && !ATTACHED.is_match(text)
            && !text.starts_with(|digit: char| digit.is_ascii_digit())
    }
}

/// The kind of a line above the title.
fn mark(line: &str) -> Option<&'static str> {
    let plain: String = line.chars().filter(|character| !blank(*character)).collect();
    if plain.len() == 6 && plain.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some("copy_number");
    }
    if ["绝密", "机密", "秘密"].iter().any(|word| plain == *word || plain.starts_with(&format!("{word}★"))) {
        return Some("secrecy");
    }
    if ["特急", "加急", "特提", "平急"].contains(&plain.as_str()) {
        return Some("urgency");
    }
    if plain.starts_with("签发人") {
        return Some("signers");
    }
    if NUMBER.is_match(&plain) {
        return Some("document_number");
    }
    let named = plain.ends_with("文件") || plain.ends_with('令') || plain.ends_with("会议纪要");
    (named && plain.chars().count() <= SIGNATURE && !plain.contains("关于")).then_some("issuer_mark")
}

/// The day of a line that is a date and nothing else.
#[allow(clippy::option_option, reason = "a date line whose day cannot be read is a date line all the same")]
fn day(text: &str) -> Option<Option<Date>> {
    if CHINESE_DATE.is_match(text) {
        return Some(None);
    }
    let marks = text.contains('年') && text.ends_with('日') && text.chars().count() <= 14;
    match read_date(text) {
        DateReading::One { date, repaired: false } if marks => Some(Some(date)),
        _ => None,
    }
}

/// Agency, year and day, as the elements say them.
fn facts(pieces: &[Piece], of: &[&str], report: &mut Report) {
    let first = |what: &str| (0..pieces.len()).find(|&at| of[at] == what).map(|at| pieces[at].text().to_owned());
    report.published = first("date").and_then(|text| day(&text)).flatten();
    let plain = |text: String| text.chars().filter(|character| !blank(*character)).collect::<String>();
    let signed = first("signature").map(plain).map(|name| {
        let end = name.find(['（', '(']).unwrap_or(name.len());
        name[..end].to_owned()
    });
    let marked = first("issuer_mark").map(plain).and_then(|mark| mark.strip_suffix("文件").map(str::to_owned));
    let titled =
        report.title.as_deref().and_then(|title| title.split_once("关于")).map(|(before, _)| before.to_owned());
    report.agency =
        [signed, marked, titled].into_iter().flatten().find(|name| (2..=40).contains(&name.chars().count()));
    let numbered = first("document_number").and_then(|number| {
        let digits: Vec<char> = number.chars().collect();
        digits
            .windows(4)
            .find_map(|four| four.iter().collect::<String>().parse::<i16>().ok())
            .filter(|year| (1949..=2100).contains(year))
    });
    report.year = report.published.map(jiff::civil::Date::year).or(numbered);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_words() {
        for (line, what) in [
            ("000012", Some("copy_number")),
            ("机密★1年", Some("secrecy")),
            ("特 急", Some("urgency")),
            ("石岭市人民政府文件", Some("issuer_mark")),
            ("石政发〔2024〕12号", Some("document_number")),
            ("（石政办〔2019〕3号）", Some("document_number")),
            ("签发人：王某", Some("signers")),
            ("石岭市人民政府关于印发公文的通知", None),
        ] {
            assert_eq!(mark(line), what, "{line}");
        }
        assert_eq!(day("2024年3月1日"), Some(Date::new(2024, 3, 1).ok()));
        assert_eq!(day("二○○八年七月十五日"), Some(None));
        assert_eq!(day("截至2024年3月1日"), None);
    }
}
