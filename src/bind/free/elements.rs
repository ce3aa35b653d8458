//! Assigns each line of a document to the section whose element it is, by its position and the patterns of the form.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::lines::FreeItem;
use crate::form::{Element, ElementPlace, Form, LineFacts};
use crate::text::{DateReading, blank, numbering, read_date};

/// Number of lines at the beginning of a document that may contain the title.
const HEAD: usize = 20;

/// Maximum number of lines of a title, and of lines examined below it.
const TITLE_LINES: usize = 6;
const UNDER_TITLE: usize = 5;

/// Number of characters of a line of a title.
const TITLE: std::ops::RangeInclusive<usize> = 2..=60;

/// Number of lines above the signature that may contain the beginning of a list.
const LIST: usize = 12;

/// Maximum number of characters of a line that is only a date, such as `二〇二四年十二月三十一日`.
const DATE: usize = 14;

/// A date in Chinese numerals: 二○○八年七月十五日.
#[allow(clippy::expect_used, reason = "the pattern is a constant, and a test compiles it")]
static CHINESE_DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[一二三四五六七八九〇○零0Oo]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日$")
        .expect("a constant pattern")
});

/// The assignment of a document's lines to sections.
pub(super) struct Elements {
    /// For each piece its section; `None` for the title.
    pub(super) section: Vec<Option<usize>>,
    /// Indices of the pieces of the title.
    pub(super) title: Vec<usize>,
    /// Index of the line above the text that names a document without a title.
    pub(super) named: Option<usize>,
    /// The date of the document.
    pub(super) date: Option<Date>,
    /// Position and facts of the lines assigned to elements, in the order of assignment: lines above the date follow the date.
    pub(super) facts: Vec<(ElementPlace, LineFacts)>,
}

/// Assigns the pieces of a document to the elements of a form.
pub(super) fn find(form: &Form, pieces: &[FreeItem]) -> Elements {
    let text = form.sections.iter().position(|section| section.element.is_none());
    let found =
        Elements { section: vec![text; pieces.len()], title: Vec::new(), named: None, date: None, facts: Vec::new() };
    let mut search = Search { form, pieces, text, found };
    let below_title = search.head();
    search.under_title(below_title);
    search.assign_closing();
    search.found
}

struct Search<'a> {
    form: &'a Form,
    pieces: &'a [FreeItem],
    /// The section for all other text.
    text: Option<usize>,
    found: Elements,
}

impl Search<'_> {
    fn line(&self, at: usize) -> &str {
        self.pieces[at].text()
    }

    /// The element that matches a line at a position. Elements with patterns take precedence over those that accept all other lines.
    fn element(&self, place: ElementPlace, at: usize) -> Option<(usize, &Element, LineFacts)> {
        let here = |rest: bool| {
            let own = self.form.sections.iter().enumerate();
            let own = own.filter_map(|(number, section)| Some((number, section.element.as_ref()?)));
            own.filter(move |(_, element)| element.at.contains(&place) && element.is_rest() == rest)
        };
        let line = self.line(at);
        here(false).chain(here(true)).find_map(|(number, element)| Some((number, element, element.read(line)?)))
    }

    /// Assigns a line to its element at a position. `None` if no element matches; otherwise whether the text begins below it.
    fn set(&mut self, place: ElementPlace, at: usize) -> Option<bool> {
        let (number, element, facts) = self.element(place, at)?;
        let last = element.last;
        self.found.section[at] = Some(number);
        self.found.facts.push((place, facts));
        Some(last)
    }

    /// Assigns the lines above the title, and the title. Returns the first line below it.
    fn head(&mut self) -> usize {
        let most = self.pieces.len().min(HEAD);
        let first = (0..most).find(|&at| self.set(ElementPlace::Head, at).is_none()).unwrap_or(most);
        self.found.named = (0..first).rev().find(|&at| {
            let element = self.found.section[at].and_then(|section| self.form.sections[section].element.as_ref());
            element.is_some_and(|element| element.is_title(self.line(at)))
        });
        let title = self.title(first, most);
        let below = title.last().map_or(first, |last| last + 1);
        for at in first..below {
            if title.contains(&at) {
                self.found.section[at] = None;
            } else {
                self.set(ElementPlace::Head, at);
            }
        }
        self.found.title = title;
        below
    }

    /// The lines of the title: up to a line that ends like a title, without elements in between; else the first short line.
    fn title(&self, first: usize, most: usize) -> Vec<usize> {
        let ends = |at: &usize| {
            let line = self.line(*at).trim_end_matches(|sign: char| "）)》」".contains(sign));
            self.form.title.ends.iter().any(|end| line.ends_with(end.as_str())) && short(self.line(*at))
        };
        let unnumbered = |at: usize| numbering(self.line(at)).is_none_or(|found| found.level != 1);
        let last = (first..most.min(first + TITLE_LINES)).find(ends);
        let last = last.filter(|&last| (first..=last).all(|at| short(self.line(at)) && unnumbered(at)));
        match last {
            Some(last) => (first..=last).filter(|&at| self.element(ElementPlace::Head, at).is_none()).collect(),
            None if first < most && short(self.line(first)) && self.found.named.is_none() => vec![first],
            None => Vec::new(),
        }
    }

    /// Assigns the lines directly below the title.
    fn under_title(&mut self, below: usize) {
        for at in below..self.pieces.len().min(HEAD).min(below + UNDER_TITLE) {
            if numbering(self.line(at)).is_some() || self.set(ElementPlace::UnderTitle, at) != Some(false) {
                break;
            }
        }
    }

    fn is_text(&self, at: usize) -> bool {
        self.found.section[at] == self.text && !self.line(at).is_empty()
    }

    /// Assigns the lines from the list above the signature on. The first date counts, because attachments may contain dates too.
    fn assign_closing(&mut self) {
        let dated =
            (0..self.pieces.len()).filter(|&at| self.is_text(at)).find_map(|at| Some((at, day(self.line(at))?)));
        let Some((date, day)) = dated else {
            for at in 0..self.pieces.len() {
                if self.is_text(at) {
                    self.set(ElementPlace::Foot, at);
                }
            }
            return;
        };
        self.found.date = day;
        self.set(ElementPlace::Date, date);
        let mut signed = date;
        while let Some(above) = signed.checked_sub(1).filter(|&above| self.is_text(above)) {
            if numbering(self.line(above)).is_some() || self.set(ElementPlace::Signature, above).is_none() {
                break;
            }
            signed = above;
        }
        self.list(signed);
        for at in date + 1..self.pieces.len() {
            if self.found.section[at] == self.text && self.set(ElementPlace::Foot, at).is_none() {
                self.set(ElementPlace::Behind, at);
            }
        }
    }

    /// Assigns the list above the signature, from the last line that matches the beginning of one.
    fn list(&mut self, signed: usize) {
        let begins = |at: &usize| self.is_text(*at) && self.element(ElementPlace::List, *at).is_some();
        let Some(from) = (0..signed).rev().take(LIST).find(begins) else { return };
        let Some((number, ..)) = self.element(ElementPlace::List, from) else { return };
        for at in from..signed {
            if self.found.section[at] == self.text {
                self.found.section[at] = Some(number);
            }
        }
    }
}

/// Whether a line may be part of a title.
fn short(line: &str) -> bool {
    TITLE.contains(&line.chars().count()) && !line.contains(['。', '；']) && !line.ends_with(['：', ':', '，'])
}

/// The date of a line that is only a date: `None` for another line, `Some(None)` if the date cannot be read.
#[allow(clippy::option_option, reason = "a date that cannot be read is still a date line")]
fn day(line: &str) -> Option<Option<Date>> {
    if CHINESE_DATE.is_match(line) {
        return Some(None);
    }
    let bare = line.trim_matches(blank);
    let marks = bare.contains('年') && bare.ends_with('日') && bare.chars().count() <= DATE;
    match read_date(line) {
        DateReading::One { date, repaired: false } if marks => Some(Some(date)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;
    use crate::report::Content;

    fn pieces(lines: &[&str]) -> Vec<FreeItem> {
        let line = |text: &&str| {
            let content = Content::Paragraph { text: (*text).to_owned(), level: None, place: None };
            FreeItem::Line((*text).to_owned(), content)
        };
        lines.iter().map(line).collect()
    }

    /// Ids of the sections assigned to lines under the built-in form; `title` for the title.
    fn sections(lines: &[&str]) -> Vec<String> {
        let forms = Forms::all().unwrap();
        let form = forms.iter().find(|form| form.title.is_free()).unwrap();
        let found = find(form, &pieces(lines));
        let id = |section: &Option<usize>| section.map_or("title".to_owned(), |at| form.sections[at].id.clone());
        found.section.iter().map(id).collect()
    }

    #[test]
    fn an_order_and_minutes_are_named_by_the_line_above_their_text() {
        let forms = Forms::all().unwrap();
        let form = forms.iter().find(|form| form.title.is_free()).unwrap();
        let named = |lines: &[&str]| {
            let found = find(form, &pieces(lines));
            (found.title.first().map(|&at| lines[at].to_owned()), found.named.map(|at| lines[at].to_owned()))
        };
        let text = "《石岭市公文办法》已经审议通过，现予公布。";
        assert_eq!(named(&["石岭市人民政府令", "第12号", text]), (None, Some("石岭市人民政府令".to_owned())));
        let minutes = ["石岭市人民政府常务会议纪要", "〔2024〕3号", "时间：5月3日上午", "会议研究了三件事。"];
        assert_eq!(named(&minutes), (None, Some(minutes[0].to_owned())));
        assert_eq!(sections(&minutes)[..2], ["issuer_mark", "document_number"]);
        assert_eq!(sections(&["石岭市人民政府专题会议纪要", "第5期", text])[..2], ["issuer_mark", "document_number"]);
        // A title below it is the title, and the name of an agency is none.
        let titled = ["石岭市人民政府令", "第12号", "石岭市公文办法", "第一条 为了规范公文。"];
        assert_eq!(named(&titled).0.as_deref(), Some("石岭市公文办法"));
        assert_eq!(named(&["石岭市人民政府文件", text]), (None, None));
    }

    #[test]
    fn lines_above_the_title_are_recognised_by_their_words() {
        for (line, section) in [
            ("000012", "copy_number"),
            ("机密★1年", "secrecy"),
            ("特 急", "urgency"),
            ("石岭市人民政府文件", "issuer_mark"),
            ("石岭市人民政府令", "issuer_mark"),
            ("石政发〔2024〕12号", "document_number"),
            ("（石政办〔2019〕3号）", "document_number"),
            ("签发人：王某", "signers"),
        ] {
            assert_eq!(sections(&[line, "石岭市人民政府关于印发公文的通知"]), [section, "title"], "{line}");
        }
    }

    #[test]
    fn lines_below_the_title_and_at_the_foot() {
        let lines = [
            "关于开展检查的",
            "通知",
            "（征求意见稿）",
            "各县人民政府：",
            "请遵照执行如下：",
            "一、范围",
            "全市。",
            "附件：1. 名单",
            "2. 表格",
            "石岭市人民政府",
            "2024年3月1日",
            "（此件公开发布）",
            "名单",
            "抄送：各局。",
        ];
        let expected = [
            "title",
            "title",
            "title_note",
            "addressees",
            "body",
            "body",
            "body",
            "attachment_list",
            "attachment_list",
            "signature",
            "date",
            "note",
            "attachments",
            "copies_to",
        ];
        assert_eq!(sections(&lines), expected);
    }

    #[test]
    fn a_date_is_a_line_of_its_own() {
        assert_eq!(day("2024年3月1日"), Some(Date::new(2024, 3, 1).ok()));
        assert_eq!(day("二○○八年七月十五日"), Some(None));
        assert_eq!(day("截至2024年3月1日"), None);
    }
}
