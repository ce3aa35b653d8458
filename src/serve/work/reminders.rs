//! Notices to agencies that have sent no report: one Word file each, and one file with all of them for printing.

use std::path::Path;

use crate::batch::safe_name;
use crate::finding::{Bilingual, Language, Message};
use crate::letter::{Letter, LetterKind, reminder};

use super::Answer;
use super::desk::Desk;
use super::make::{Archive, Done};

impl Desk<'_> {
    /// Writes the notices into an archive at `out`, named as by `check --letter`. `form` is the form that the agencies are asked for.
    pub(super) fn reminders(
        &self,
        agencies: &[String],
        (year, form): (Option<i16>, Option<&str>),
        chinese: bool,
        out: &Path,
    ) -> Answer {
        let language = if chinese { Language::Zh } else { Language::En };
        let sender = self.sender(language);
        let letter = |agency| reminder(&self.about(form, year, agency), &sender, language);
        let letters: Vec<Letter> = (0..).zip(agencies).map(|(at, agency)| letter(agency).numbered(Some(at))).collect();
        let all = match language {
            Language::Zh => "全部（打印用）",
            Language::En => "all (for printing)",
        };
        let made = agencies.iter().zip(&letters).map(|(agency, letter)| (safe_name(agency), letter.docx()));
        let made = made.chain([(all.to_owned(), Letter::print(&letters))]);
        let packed = || -> Result<(), Message> {
            let mut archive = Archive::create(out)?;
            for (name, bytes) in made {
                let bytes = bytes.map_err(|error| error.message())?;
                archive.put(&Done { name: format!("{name}.docx"), bytes })?;
            }
            archive.finish()
        };
        match packed() {
            Ok(()) => Answer::Made { name: format!("{}.zip", LetterKind::Reminder.folder(language)) },
            Err(message) => Answer::No(message),
        }
    }
}
