//! The return notice to an agency: what is wrong with its report, item by item, in words, and as a Word file.

mod docx;

use crate::document::Place;
use crate::finding::{Bilingual, Finding, Language, Message, Severity};
use crate::report::Report;

/// How a paragraph of a letter looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The title, centred.
    Title,
    /// To whom it goes, without indent.
    Address,
    /// A heading.
    Heading,
    /// Running text.
    Body,
    /// Sender and date, at the right.
    Signature,
}

/// A return notice, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// Its paragraphs in order.
    pub(crate) paragraphs: Vec<(Style, String)>,
}

/// Items of a letter; more would help nobody.
const MOST: usize = 400;

impl Letter {
    /// The notice about a file: errors to be corrected first, then what is to be looked at. `None` where there is neither.
    /// `report` is what was read from it, if anything was; `file` is its name.
    ///
    /// Sender, deadline and date are left to the office that sends it.
    pub(crate) fn compose(
        report: Option<&Report>,
        file: &str,
        findings: &[Finding],
        language: Language,
    ) -> Option<Self> {
        let of = |severity| findings.iter().filter(move |finding| finding.severity == severity).collect::<Vec<_>>();
        let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
        if errors.is_empty() && warnings.is_empty() {
            return None;
        }
        let mut letter = Self { paragraphs: Vec::new() };
        letter.opening(report, file, !errors.is_empty(), language);
        let (must, should) = match language {
            Language::Zh => ("必须改正的问题", "请核对的问题"),
            Language::En => ("To be corrected", "To be looked at"),
        };
        let lists = [(must, errors), (should, warnings)].into_iter().filter(|(_, list)| !list.is_empty());
        for ((heading, list), (zh, en)) in lists.zip([("一", "1"), ("二", "2")]) {
            let heading = match language {
                Language::Zh => format!("{zh}、{heading}（{}项）", list.len()),
                Language::En => format!("{en}. {heading} ({})", list.len()),
            };
            letter.add(Style::Heading, heading);
            for (index, finding) in list.iter().take(MOST).enumerate() {
                letter.item(index + 1, finding, language);
            }
            if let Some(more) = list.len().checked_sub(MOST).filter(|more| *more > 0) {
                letter.add(
                    Style::Body,
                    match language {
                        Language::Zh => format!("其余{more}项从略。"),
                        Language::En => format!("{more} more are left out."),
                    },
                );
            }
        }
        letter.closing(language);
        Some(letter)
    }

    fn add(&mut self, style: Style, text: impl Into<String>) {
        self.paragraphs.push((style, text.into()));
    }

    fn opening(&mut self, report: Option<&Report>, file: &str, returned: bool, language: Language) {
        let title = report.and_then(|report| report.title.as_deref());
        let agency = report.and_then(|report| report.agency.as_deref());
        match language {
            Language::Zh => {
                self.add(Style::Title, if returned { "退回修改通知" } else { "请予核对的通知" });
                self.add(Style::Address, format!("{}：", agency.unwrap_or("报送单位")));
                let what =
                    title.map_or_else(|| format!("文件“{file}”"), |title| format!("《{title}》（文件：{file}）"));
                let asked = if returned {
                    "现予退回，请逐项核实改正后重新报送。"
                } else {
                    "请逐项核对。"
                };
                self.add(Style::Body, format!("你单位报送的{what}经核对，存在以下问题。{asked}"));
            }
            Language::En => {
                self.add(Style::Title, if returned { "Returned for correction" } else { "Please check" });
                self.add(Style::Address, format!("To {}:", agency.unwrap_or("the sender")));
                let what = title.map_or_else(|| format!("\"{file}\""), |title| format!("\"{title}\" (file: {file})"));
                let asked = if returned {
                    "Please correct each of them and send it again."
                } else {
                    "Please check each of them."
                };
                self.add(Style::Body, format!("There are the following points about your report {what}. {asked}"));
            }
        }
    }

    fn item(&mut self, number: usize, finding: &Finding, language: Language) {
        let mut text = format!("{number}. {}", finding.message.get(language));
        if let Some(place) = finding.place.as_ref().and_then(|place| where_it_stands(place, language)) {
            text.push_str(&place);
        }
        self.add(Style::Body, text);
    }

    fn closing(&mut self, language: Language) {
        let (asked, sender, date) = match language {
            Language::Zh => ("修改中如有疑问，请与我们联系。", "（单位名称、印章）", "    年    月    日"),
            Language::En => ("Do ask us if anything is unclear.", "(office, seal)", "(date)"),
        };
        self.add(Style::Body, asked);
        self.add(Style::Signature, sender);
        self.add(Style::Signature, date);
    }

    /// The letter as a Word file. The same letter gives the same bytes.
    ///
    /// # Errors
    /// What the packer says; packing into memory does not fail.
    pub(crate) fn docx(&self) -> Result<Vec<u8>, LetterError> {
        docx::write(self).map_err(LetterError)
    }
}

/// The letter could not be packed.
#[derive(Debug, thiserror::Error)]
#[error("the letter could not be packed: {0}")]
pub(crate) struct LetterError(zip::result::ZipError);

impl Bilingual for LetterError {
    fn message(&self) -> Message {
        Message::new("通知未能生成。", self.to_string())
    }
}

/// The place in words that someone with the file open can follow, counting from 1.
fn where_it_stands(place: &Place, language: Language) -> Option<String> {
    let sheet = place.a1();
    let part = place.part.as_deref().unwrap_or_default();
    if let Some(page) = place.page {
        let page = page + 1;
        return Some(match (language, place.table.zip(place.row)) {
            (Language::Zh, Some((_, row))) => format!("（第{page}页，表格第{}行）", row + 1),
            (Language::Zh, None) => format!("（第{page}页）"),
            (Language::En, Some((_, row))) => format!(" (page {page}, row {} of the table)", row + 1),
            (Language::En, None) => format!(" (page {page})"),
        });
    }
    let text = match (language, sheet, place.table, place.row, place.column, place.line) {
        (Language::Zh, Some(cell), ..) => format!("（工作表“{part}”{cell}单元格）"),
        (Language::En, Some(cell), ..) => format!(" (sheet \"{part}\", cell {cell})"),
        (Language::Zh, _, Some(table), Some(row), Some(column), _) => {
            format!("（文件中第{}个表格第{}行第{}列）", table + 1, row + 1, column + 1)
        }
        (Language::En, _, Some(table), Some(row), Some(column), _) => {
            format!(" (table {} of the file, row {}, column {})", table + 1, row + 1, column + 1)
        }
        (Language::Zh, .., Some(line)) => format!("（第{}行）", line + 1),
        (Language::En, .., Some(line)) => format!(" (line {})", line + 1),
        _ => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Message;
    use crate::finding::code::check::{CELL_WRONG, PROSE_SUM, RULES_NOT_ASSESSED};

    fn finding(code: &crate::finding::Code, zh: &str) -> Finding {
        Finding::new(code, Message::new(zh, "en"))
    }

    #[test]
    fn errors_come_first_and_infos_are_no_reason_to_write() {
        let mut report = Report::empty("f");
        report.agency = Some("青岚市水利局".into());
        report.title = Some("青岚市水利局2023年年报".into());
        let info = finding(&RULES_NOT_ASSESSED, "空白");
        assert_eq!(Letter::compose(Some(&report), "a.doc", std::slice::from_ref(&info), Language::Zh), None);
        let part: std::sync::Arc<str> = "word/document.xml".into();
        let wrong = finding(&CELL_WRONG, "表三应为27。").at(Some(Place::cell(&part, 1, 4, 4)));
        let findings = [finding(&PROSE_SUM, "正文不符。"), info, wrong];
        let letter = Letter::compose(Some(&report), "a.doc", &findings, Language::Zh)
            .map(|letter| letter.paragraphs)
            .unwrap_or_default();
        let texts: Vec<&str> = letter.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts[0], "退回修改通知");
        assert_eq!(texts[1], "青岚市水利局：");
        assert!(texts[2].contains("《青岚市水利局2023年年报》（文件：a.doc）"), "{}", texts[2]);
        assert_eq!(
            texts[3..7],
            [
                "一、必须改正的问题（1项）",
                "1. 表三应为27。（文件中第2个表格第5行第5列）",
                "二、请核对的问题（1项）",
                "1. 正文不符。",
            ]
        );
    }

    #[test]
    fn a_file_that_could_not_be_read_goes_back_by_its_name() {
        let findings = [finding(&CELL_WRONG, "文件已加密。")];
        let letter = Letter::compose(None, "上报.doc", &findings, Language::Zh);
        let letter = letter.map(|letter| letter.paragraphs).unwrap_or_default();
        assert_eq!((letter[1].1.as_str(), letter[2].1.contains("文件“上报.doc”")), ("报送单位：", true));
    }

    #[test]
    fn what_a_sender_wrote_cannot_become_markup() -> Result<(), LetterError> {
        let letter = Letter { paragraphs: vec![(Style::Body, "<w:p/>&\u{0}\u{1f}终".into())] };
        let bytes = letter.docx()?;
        assert_eq!(bytes, letter.docx()?);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(LetterError)?;
        let mut text = String::new();
        let read =
            std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").map_err(LetterError)?, &mut text);
        assert!(read.is_ok() && text.contains(">&lt;w:p/&gt;&amp;终<"), "{text}");
        Ok(())
    }
}
