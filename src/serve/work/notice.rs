//! Documents for a sender: the letter, and the sender's file with comments or corrections.

use crate::annotate::{AUTHOR, Revision, annotate, revise};
use crate::batch::{guarded, safe_name};
use crate::document::Budget;
use crate::finding::{Bilingual, Finding, Language, Message, Severity};
use crate::letter::{About, Letter, Mention, Sender, Sent};
use crate::report::Report;

use super::Which;
use super::desk::Desk;
use super::examine::ids_of;
use super::make::{Done, OutputKind};

impl Desk<'_> {
    /// The letter, or an annotated or revised copy of the uploaded file.
    pub(super) fn notice(
        &mut self,
        which: &Which,
        kind: OutputKind,
        chinese: bool,
        ids: &[String],
    ) -> Result<Done, Message> {
        let language = if chinese { Language::Zh } else { Language::En };
        let (bytes, report, findings) = self.subject(which)?;
        let wanted = |(id, finding): (String, &Finding)| {
            let named = if ids.is_empty() { finding.counts(Severity::Warning) } else { ids.contains(&id) };
            named.then(|| finding.clone())
        };
        let named: Vec<Finding> = ids_of(&findings).into_iter().zip(&findings).filter_map(wanted).collect();
        let author = self.settings.text("author");
        let author = author.as_deref().unwrap_or(AUTHOR);
        let stem = which.file.name.rsplit_once('.').map_or(which.file.name.as_str(), |(stem, _)| stem);
        match kind {
            OutputKind::Annotated => {
                let made = guarded(|| Ok(annotate(&bytes, &named, (language, author), &mut Budget::default())));
                let made = made.map_err(|finding| finding.message)?.map_err(|error| error.message())?;
                Ok(Done { name: format!("批注-{}.{}", safe_name(stem), made.kind), bytes: made.bytes })
            }
            OutputKind::Revised => {
                let report = report.ok_or_else(nothing)?;
                let revisions: Vec<Revision> = report.values.values().filter_map(revision).collect();
                if revisions.is_empty() {
                    return Err(nothing());
                }
                let made = guarded(|| Ok(revise(&bytes, &revisions, author, &mut Budget::default())));
                let made = made.map_err(|finding| finding.message)?.map_err(|error| error.message())?;
                Ok(Done { name: format!("修订-{}.{}", safe_name(stem), made.kind), bytes: made.bytes })
            }
            _ => {
                let whose = report.as_ref().and_then(|report| report.agency.as_deref()).unwrap_or(stem);
                let (form, year) = report.as_ref().map(|report| (report.form.as_str(), report.year)).unzip();
                let about = self.about(form, year.flatten(), whose);
                let sent = Sent {
                    file: &which.file.name,
                    title: report.as_ref().and_then(|report| report.title.as_deref()),
                    read: report.is_some(),
                    findings: &named,
                };
                let letter = Letter::compose(&about, &[sent], &self.sender(language), |_| Mention::Alone, language);
                let (_, letter) =
                    letter.ok_or_else(|| Message::new("没有要写进通知的问题。", "there is nothing to write about"))?;
                // One letter alone: its serial number is written by hand.
                let bytes = letter.numbered(None).docx().map_err(|error| error.message())?;
                Ok(Done { name: format!("退回修改通知-{}.docx", safe_name(whose)), bytes })
            }
        }
    }

    /// The addressee of a letter, and the form and year that it is about.
    pub(super) fn about<'n>(&'n self, form: Option<&str>, year: Option<i16>, agency: &'n str) -> About<'n> {
        let form = form.and_then(|form| self.shelf.forms.get(form));
        let duty = form.and_then(|form| form.duty.as_ref()).filter(|duty| duty.holds(agency));
        About {
            agency,
            year,
            name: form.map(|form| form.title.words()),
            basis: form.and_then(|form| form.basis.as_deref()),
            duty: duty.map(|duty| &duty.text),
        }
    }

    /// The sender of letters, from the settings in `nianbao.toml`.
    pub(super) fn sender(&self, language: Language) -> Sender {
        let text = |key: &str| self.settings.text(key);
        let day = |key: &str| {
            let given = text(key)?;
            match (given.parse::<jiff::civil::Date>(), language) {
                (Ok(day), Language::Zh) => Some(format!("{}年{}月{}日", day.year(), day.month(), day.day())),
                _ => Some(given),
            }
        };
        Sender {
            name: text("sender"),
            number: text("number"),
            deadline: day("deadline"),
            reply_to: text("reply-to"),
            contact: text("contact"),
            phone: text("phone"),
            date: day("date"),
            request: text("request"),
            due: day("due"),
            portal: text("portal"),
        }
    }

    /// The bytes of a file, its report if it can be read, and the findings.
    #[allow(clippy::type_complexity, reason = "destructured by the only caller")]
    fn subject(&mut self, which: &Which) -> Result<(Vec<u8>, Option<Report>, Vec<Finding>), Message> {
        match self.reports(&which.file) {
            Ok((bytes, reports)) => {
                let report = reports.into_iter().nth(which.report).ok_or_else(super::examine::none)?;
                let examined = self.examined(report, &which.file);
                Ok((bytes, Some(examined.report), examined.findings))
            }
            Err(finding) => Ok((Vec::new(), None, vec![*finding])),
        }
    }
}

fn nothing() -> Message {
    Message::new("没有更正过的格，修订件与原件相同。", "nothing was corrected, so the copy would be the file itself")
}

/// A corrected figure as a tracked change; `None` if it is not corrected or has no place.
fn revision(value: &crate::report::Value) -> Option<Revision<'_>> {
    let corrected = value.corrected.as_ref().filter(|corrected| corrected.from.trim() != value.raw.trim())?;
    let shown = |text: &str| if text.trim().is_empty() { "（空白）".to_owned() } else { text.trim().to_owned() };
    let reason = corrected.reason.as_ref().map(|reason| format!("；{reason}")).unwrap_or_default();
    let day = corrected.at.split('T').next().unwrap_or_default();
    let at = corrected.at.parse::<jiff::Timestamp>().map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Some(Revision {
        place: value.place.as_ref()?,
        to: value.raw.clone(),
        date: at.unwrap_or_else(|_| format!("{day}T00:00:00Z")),
        note: format!(
            "原填{}，更正为{}（{}，{day}{reason}）。",
            shown(&corrected.from),
            shown(&value.raw),
            corrected.by
        ),
    })
}
