//! The letter to an agency whose report has to be corrected or looked at again.

use super::which::{Mention, about_figures};
use super::{About, Letter, Sender, Sent, Style};
use crate::finding::{Finding, Language, Severity};
use crate::text::balanced;

/// Kind of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    /// The report is returned for correction.
    Return,
    /// Figures have to be checked.
    Check,
    /// The report is missing.
    Reminder,
    /// The report was received.
    Receipt,
}

impl LetterKind {
    /// Name of the folder for letters of this kind.
    pub fn folder(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Return, Language::Zh) => "退回修改通知",
            (Self::Check, Language::Zh) => "核对函",
            (Self::Reminder, Language::Zh) => "催报通知",
            (Self::Receipt, Language::Zh) => "收件回执",
            (Self::Return, Language::En) => "returned",
            (Self::Check, Language::En) => "to-check",
            (Self::Reminder, Language::En) => "reminders",
            (Self::Receipt, Language::En) => "receipts",
        }
    }
}

/// Maximum number of items in the letter itself; more are on a separate page.
const ITEMS: usize = 10;

/// Maximum number of items on that page.
const MOST: usize = 400;

/// Maximum number of characters of a line of the title.
const TITLE: usize = 20;

/// An item: the file that it is about, if there are several, and the finding.
type LetterItem<'a> = (Option<&'a str>, &'a Finding);

impl Letter {
    /// The letter about everything that an agency sent, with its kind; `None` if there is nothing to write about. `mention` decides how
    /// letters mention a finding.
    pub(crate) fn compose(
        about: &About,
        sent: &[Sent],
        sender: &Sender,
        mention: impl Fn(&Finding) -> Mention,
        language: Language,
    ) -> Option<(LetterKind, Self)> {
        let several = sent.len() > 1;
        let all = sent.iter().flat_map(|one| {
            let file = several.then_some(one.file);
            one.findings.iter().map(move |finding| (file, finding))
        });
        let told: Vec<LetterItem> = all.filter(|(_, finding)| mention(finding) > Mention::Never).collect();
        let of = |severity| {
            told.iter().filter(move |(_, one)| one.severity == severity).copied().collect::<Vec<LetterItem>>()
        };
        let (must, should) = (of(Severity::Error), of(Severity::Warning));
        let alone = |finding: &Finding| mention(finding) == Mention::Alone || about_figures(finding);
        let kind = match (must.is_empty(), should.iter().any(|(_, finding)| alone(finding))) {
            (false, _) => LetterKind::Return,
            (true, true) => LetterKind::Check,
            (true, false) => return None,
        };
        let mut letter = Self::new();
        letter.head(about, sender, kind, language);
        match sent {
            // The only file could not be read, so there are no items.
            [only] if !only.read => letter.unread(only, &must, sender, language),
            sent => {
                letter.opening(about, sent, (must.len(), should.len()), (sender, kind), language);
                letter.items(&must, &should, language);
            }
        }
        letter.closing(sender, language);
        letter.annex(&must, &should, language);
        Some((kind, letter))
    }

    /// Number, title and address.
    pub(super) fn head(&mut self, about: &About, sender: &Sender, kind: LetterKind, language: Language) {
        if let Some(number) = &sender.number {
            self.add(Style::Number, number);
        }
        let name = sender.name.as_deref().unwrap_or_default();
        let report = about.report(language);
        let title = match language {
            Language::Zh => {
                let (what, end) = match kind {
                    LetterKind::Return => ("关于退回修改", "的通知"),
                    LetterKind::Check => ("关于核对", "的函"),
                    LetterKind::Reminder => ("关于催报", "的通知"),
                    LetterKind::Receipt => ("", ""),
                };
                if kind == LetterKind::Receipt {
                    "收 件 回 执".to_owned()
                } else {
                    // The year is not a part of the phrase after it.
                    let (year, words) =
                        report.split_once('年').map_or(("", report.as_str()), |(year, words)| (year, words));
                    let year = if year.is_empty() { String::new() } else { format!("{year}年") };
                    let half =
                        words.char_indices().nth(words.chars().count().saturating_sub(LAST)).map_or(0, |at| at.0);
                    let (first, last) = words.split_at(half);
                    let end = format!("{last}{end}");
                    balanced(&[name, what, &year, first, &end], TITLE).join("\n")
                }
            }
            Language::En => match kind {
                LetterKind::Return => "Returned for correction",
                LetterKind::Check => "Please check",
                LetterKind::Reminder => "Reminder",
                LetterKind::Receipt => "Receipt",
            }
            .to_owned(),
        };
        self.add(Style::Title, title);
        self.add(
            Style::Address,
            match language {
                Language::Zh => format!("{}：", about.agency),
                Language::En => format!("To {}:", about.agency),
            },
        );
    }

    fn unread(&mut self, sent: &Sent, must: &[LetterItem], sender: &Sender, language: Language) {
        let why = must.first().map(|(_, finding)| finding.message.get(language)).unwrap_or_default();
        let by = sender.deadline.as_deref();
        self.add(
            Style::Body,
            match language {
                Language::Zh => {
                    let by = by.map(|day| format!("，于{day}前")).unwrap_or_default();
                    let to = sender.reply_to.as_deref().map(|to| format!("至{to}")).unwrap_or_default();
                    format!("你单位报送的文件“{}”收悉。{why}请处理后{by}重新报送{to}。", sent.file)
                        .replace("后，于", "后于")
                }
                Language::En => {
                    let by = by.map(|day| format!(" by {day}")).unwrap_or_default();
                    format!("Your file \"{}\" has come. {why} Please send it again{by}.", sent.file)
                }
            },
        );
    }

    fn opening(
        &mut self,
        about: &About,
        sent: &[Sent],
        (must, should): (usize, usize),
        (sender, kind): (&Sender, LetterKind),
        language: Language,
    ) {
        let shown = |one: &Sent| match (language, one.title) {
            (Language::Zh, Some(title)) => format!("《{title}》（文件：{}）", one.file),
            (Language::Zh, None) => format!("文件“{}”", one.file),
            (Language::En, Some(title)) => format!("\"{title}\" (file: {})", one.file),
            (Language::En, None) => format!("\"{}\"", one.file),
        };
        let files: Vec<String> = sent.iter().map(shown).collect();
        let text = match language {
            Language::Zh => {
                let mut counts = Vec::new();
                if must > 0 {
                    counts.push(format!("{must}项内容须改正"));
                }
                if should > 0 {
                    counts.push(format!("{should}项内容请核实"));
                }
                let by = sender.deadline.as_deref().map(|day| format!("于{day}前")).unwrap_or_default();
                let to = sender.reply_to.as_deref().map_or_else(|| "报送我单位".to_owned(), |to| format!("报送{to}"));
                let basis = about.basis.map(|basis| format!("对照规定格式（{basis}）和")).unwrap_or_default();
                let asked = match kind {
                    LetterKind::Return => format!("现予退回。请{basis}原始台账修改，{by}将修改后的文件重新{to}。"),
                    _ => format!("请{basis}原始台账核对，无误的请{by}回复确认，有误的请修改后重新{to}。"),
                };
                let basis_only = about.basis.is_none();
                let asked = if basis_only { asked.replace("请原始台账", "请对照原始台账") } else { asked };
                let doubled = if sent.iter().filter(|one| one.read).count() > 1 {
                    "你单位先后报送了几份报告，请书面确认以哪一份为准。"
                } else {
                    ""
                };
                format!("你单位报送的{}收悉。{doubled}经核对，尚有{}，{asked}", files.join("、"), counts.join("、"))
            }
            Language::En => {
                let by = sender.deadline.as_deref().map(|day| format!(" by {day}")).unwrap_or_default();
                let asked = match kind {
                    LetterKind::Return => "Please correct it by the form and your records and send it again",
                    _ => "Please check your records and confirm, or correct it and send it again",
                };
                format!("Your report {} has come. {asked}{by}.", files.join(", "))
            }
        };
        self.add(Style::Body, text);
        if let Some(duty) = about.duty {
            self.add(Style::Body, duty.get(language));
        }
    }

    fn items(&mut self, must: &[LetterItem], should: &[LetterItem], language: Language) {
        let lists = headed(must, should, language);
        let mut left = ITEMS;
        let whole: usize = lists.iter().map(|(_, list)| list.len()).sum();
        for (number, (heading, list)) in lists.iter().enumerate() {
            self.add(Style::Heading, ordinal(number, heading, language));
            for (index, item) in list.iter().take(left).enumerate() {
                self.add(Style::Body, line(index, *item, language));
            }
            left = left.saturating_sub(list.len());
            if left == 0 {
                break;
            }
        }
        if whole > ITEMS {
            let more = whole - ITEMS;
            self.add(
                Style::Body,
                match language {
                    Language::Zh => format!("另有{more}项，见附件。"),
                    Language::En => format!("{more} more are attached."),
                },
            );
        }
    }

    /// The annex: all items again in full, on separate pages.
    fn annex(&mut self, must: &[LetterItem], should: &[LetterItem], language: Language) {
        if must.len() + should.len() <= ITEMS {
            return;
        }
        self.add(
            Style::Attached,
            match language {
                Language::Zh => "附件：修改清单",
                Language::En => "Attached: all points",
            },
        );
        for (number, (heading, list)) in headed(must, should, language).iter().enumerate() {
            self.add(Style::Heading, ordinal(number, heading, language));
            for (index, item) in list.iter().take(MOST).enumerate() {
                self.add(Style::Body, line(index, *item, language));
            }
            if let Some(more) = list.len().checked_sub(MOST).filter(|more| *more > 0) {
                self.add(
                    Style::Body,
                    match language {
                        Language::Zh => format!("其余{more}项从略。"),
                        Language::En => format!("{more} more are left out."),
                    },
                );
            }
        }
    }

    /// The end of every letter.
    pub(super) fn closing(&mut self, sender: &Sender, language: Language) {
        self.add(
            Style::Body,
            match language {
                Language::Zh => "如有疑问，请与我们联系。",
                Language::En => "Please contact us with any questions.",
            },
        );
        self.signed(sender, language);
    }

    /// Sender, date, and contact.
    pub(super) fn signed(&mut self, sender: &Sender, language: Language) {
        for text in [&sender.name, &sender.date].into_iter().flatten() {
            self.add(Style::Signature, text);
        }
        let asked = match (language, &sender.contact, &sender.phone) {
            (_, None, None) => return,
            (Language::Zh, Some(contact), Some(phone)) => format!("（联系人：{contact}，联系电话：{phone}）"),
            (Language::Zh, Some(contact), None) => format!("（联系人：{contact}）"),
            (Language::Zh, None, Some(phone)) => format!("（联系电话：{phone}）"),
            (Language::En, contact, phone) => {
                let both: Vec<&str> = [contact, phone].into_iter().flatten().map(String::as_str).collect();
                format!("(contact: {})", both.join(", "))
            }
        };
        self.add(Style::Body, asked);
    }
}

/// Number of characters of the last phrase of a report's name, `年度报告`.
const LAST: usize = 4;

fn headed<'a, 'b>(
    must: &'b [LetterItem<'a>],
    should: &'b [LetterItem<'a>],
    language: Language,
) -> Vec<(&'static str, &'b [LetterItem<'a>])> {
    let (first, second) = match language {
        Language::Zh => ("须改正的内容", "请核实的内容"),
        Language::En => ("To be corrected", "Please check"),
    };
    [(first, must), (second, should)].into_iter().filter(|(_, list)| !list.is_empty()).collect()
}

fn ordinal(number: usize, heading: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("{}、{heading}", if number == 0 { "一" } else { "二" }),
        Language::En => format!("{}. {heading}", number + 1),
    }
}

fn line(index: usize, (file, finding): LetterItem, language: Language) -> String {
    let (number, said) = (index + 1, finding.message.get(language));
    match (language, file) {
        (Language::Zh, Some(file)) => format!("{number}.{said}（文件：{file}）"),
        (Language::Zh, None) => format!("{number}.{said}"),
        (Language::En, Some(file)) => format!("{number}. {said} (file: {file})"),
        (Language::En, None) => format!("{number}. {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Message;
    use crate::finding::code::check::{CELL_WRONG, PROSE_SUM, SECTION_MISSING, SECTION_TOO_LONG};
    use crate::letter::mention;

    fn finding(code: &crate::finding::Code, zh: &str) -> Finding {
        Finding::new(code, Message::new(zh, "en"))
    }

    fn composed(findings: &[Finding], read: bool) -> Option<(LetterKind, Vec<String>)> {
        let about = About {
            agency: "青岚县水利局",
            year: Some(2025),
            name: Some("政府信息公开工作年度报告"),
            basis: Some("国办公开办函〔2021〕30号"),
            duty: None,
        };
        let sender = Sender {
            name: Some("青岚县人民政府办公室".into()),
            deadline: Some("2026年1月26日".into()),
            reply_to: Some("县政府办公室政务公开科".into()),
            date: Some("2026年1月20日".into()),
            phone: Some("0571-60000000".into()),
            ..Sender::default()
        };
        let sent = [Sent { file: "水利局.docx", title: read.then_some("水利局年报"), read, findings }];
        let (kind, letter) = Letter::compose(&about, &sent, &sender, |one| mention(one, None), Language::Zh)?;
        Some((kind, letter.paragraphs.into_iter().map(|(_, text)| text).collect()))
    }

    #[test]
    fn errors_come_first_in_the_wording_of_an_office() {
        let findings = [finding(&PROSE_SUM, "正文不符。"), finding(&CELL_WRONG, "表三应为27。")];
        let (kind, texts) = composed(&findings, true).unwrap();
        assert_eq!(kind, LetterKind::Return);
        assert_eq!(texts[0].replace('\n', ""), "青岚县人民政府办公室关于退回修改2025年政府信息公开工作年度报告的通知");
        assert!(texts[0].contains('\n'));
        assert_eq!(texts[1], "青岚县水利局：");
        assert!(texts[2].contains("尚有1项内容须改正、1项内容请核实，现予退回。请对照规定格式（国办公开办函〔2021〕30号）和原始台账修改，于2026年1月26日前"), "{}", texts[2]);
        assert_eq!(texts[3..7], ["一、须改正的内容", "1.表三应为27。", "二、请核实的内容", "1.正文不符。"]);
        assert_eq!(texts[8..], ["青岚县人民政府办公室", "2026年1月20日", "（联系电话：0571-60000000）"]);
    }

    #[test]
    fn nobody_is_written_to_about_manner_alone() {
        assert_eq!(composed(&[finding(&SECTION_TOO_LONG, "太长。")], true), None);
        assert_eq!(composed(&[finding(&SECTION_MISSING, "缺少六。")], true), None);
        let (kind, texts) =
            composed(&[finding(&PROSE_SUM, "正文不符。"), finding(&SECTION_MISSING, "缺少六。")], true).unwrap();
        assert!(
            kind == LetterKind::Check
                && texts[0].contains("关于核对")
                && !texts.iter().any(|text| text.contains("退回"))
        );
    }

    #[test]
    fn an_unreadable_report_is_requested_again() {
        let (kind, texts) = composed(&[finding(&CELL_WRONG, "文件设有打开密码，未能读取。")], false).unwrap();
        assert!(
            kind == LetterKind::Return && texts[2].contains("文件“水利局.docx”收悉。文件设有打开密码"),
            "{texts:?}"
        );
        assert!(!texts.iter().any(|text| text.starts_with("一、")));
    }

    #[test]
    fn many_items_are_on_a_separate_page() {
        let findings: Vec<Finding> = (0..12).map(|number| finding(&CELL_WRONG, &format!("第{number}处。"))).collect();
        let (_, texts) = composed(&findings, true).unwrap();
        assert!(texts.contains(&"另有2项，见附件。".to_owned()) && texts.contains(&"附件：修改清单".to_owned()));
        assert_eq!(texts.last().unwrap(), "12.第11处。");
    }
}
