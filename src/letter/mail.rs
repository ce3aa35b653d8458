//! Reminders of missing reports, and receipts of received ones.

use super::compose::LetterKind;
use super::{About, Letter, Sender, Style};
use crate::finding::Language;

/// The reminder to an agency.
pub(crate) fn reminder(about: &About, sender: &Sender, language: Language) -> Letter {
    let mut letter = Letter::new();
    letter.head(about, sender, LetterKind::Reminder, language);
    let report = about.report(language);
    let text = match language {
        Language::Zh => {
            let asked = match (&sender.request, &sender.due) {
                (Some(request), Some(due)) => format!("按照{request}要求，{report}应于{due}前报送。"),
                (Some(request), None) => format!("按照{request}要求，应报送{report}。"),
                (None, Some(due)) => format!("{report}应于{due}前报送。"),
                (None, None) => String::new(),
            };
            let duty = about.duty.map(|duty| duty.zh.as_str()).unwrap_or_default();
            let until = sender.date.as_deref().map(|day| format!("截至{day}，")).unwrap_or_default();
            let by = sender.deadline.as_deref().map_or_else(|| "尽快".to_owned(), |day| format!("于{day}前"));
            let to = sender.reply_to.as_deref().map_or_else(|| "报送我单位".to_owned(), |to| format!("报送{to}"));
            format!(
                "{asked}{duty}{until}尚未收到你单位的报告。请{by}{to}；已经报送的，请来电核实。没有发生有关事项的，也应报送，相应栏目填0。"
            )
        }
        Language::En => {
            let by = sender.deadline.as_deref().map(|day| format!(" by {day}")).unwrap_or_default();
            format!(
                "We have not received {report} of your agency. Please send it{by}, or call us where you have sent it already. Where nothing happened, write 0."
            )
        }
    };
    letter.add(Style::Body, text);
    letter.signed(sender, language);
    letter
}

/// The receipt of a report, without its content. `clean` if nothing has to be corrected.
pub fn receipt(
    about: &About,
    files: &[&str],
    sha256: &[&str],
    clean: bool,
    sender: &Sender,
    language: Language,
) -> Letter {
    let mut letter = Letter::new();
    letter.head(about, sender, LetterKind::Receipt, language);
    let report = about.report(language);
    let short: Vec<&str> = sha256.iter().map(|digest| digest.get(..SHORT).unwrap_or(digest)).collect();
    match language {
        Language::Zh => {
            let result =
                if clean { "经核对，未发现须改正的内容。" } else { "核对情况另行通知。" };
            letter.add(Style::Body, format!("你单位报送的{report}（文件：{}）已收到。{result}", files.join("、")));
            if let Some(portal) = &sender.portal {
                letter.add(Style::Body, format!("本回执不代替你单位向社会公布的义务，请按期在{portal}公布。"));
            }
            letter.add(Style::Body, format!("文件校验码（SHA-256 前{SHORT}位）：{}", short.join("、")));
        }
        Language::En => {
            let result = if clean { "Nothing has to be corrected." } else { "You will hear about its content." };
            letter.add(Style::Body, format!("We have received {report} (file: {}). {result}", files.join(", ")));
            letter.add(Style::Body, format!("SHA-256 of the file, first {SHORT} digits: {}", short.join(", ")));
        }
    }
    letter.signed(sender, language);
    letter
}

/// Number of digits of a digest in a receipt.
const SHORT: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(letter: Letter) -> String {
        letter.paragraphs.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn only_known_facts_are_mentioned() {
        let about = About { agency: "信访局", year: Some(2025), ..About::default() };
        let bare = texts(reminder(&about, &Sender::default(), Language::Zh));
        assert!(bare.contains("尚未收到你单位的报告。请尽快报送我单位") && !bare.contains("按照"), "{bare}");
        let sender =
            Sender { request: Some("×〔2025〕38号".into()), due: Some("1月15日".into()), ..Sender::default() };
        assert!(
            texts(reminder(&about, &sender, Language::Zh))
                .contains("按照×〔2025〕38号要求，2025年年度报告应于1月15日前报送。")
        );
        let receipt = texts(receipt(&about, &["a.docx"], &["0123456789abcdef0123"], true, &sender, Language::Zh));
        assert!(
            receipt.contains("（文件：a.docx）已收到。经核对") && receipt.contains("：0123456789abcdef"),
            "{receipt}"
        );
    }
}
