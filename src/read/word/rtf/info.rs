//! The `\info` group: title, author, subject, company and dates of the document.

use super::reader::Rtf;
use super::state::{Dest, Info};

impl Rtf<'_> {
    /// Adds text to a field.
    pub(super) fn info(&mut self, field: Info, text: &str) {
        const MOST: usize = 4_096;
        let metadata = &mut self.document.metadata;
        let slot = match field {
            Info::Title => metadata.title.get_or_insert_default(),
            Info::Author => metadata.author.get_or_insert_default(),
            Info::Subject => entry(&mut metadata.entries, "subject"),
            Info::Company => entry(&mut metadata.entries, "company"),
            Info::Other | Info::Created | Info::Revised => return,
        };
        if slot.len() < MOST {
            slot.push_str(text);
        }
    }

    /// Ends a date field.
    pub(super) fn end_info(&mut self, outer: Dest) {
        let name = match self.group.dest {
            dest if dest == outer => return,
            Dest::Info(Info::Created) => "dcterms:created",
            Dest::Info(Info::Revised) => "dcterms:modified",
            _ => return,
        };
        let [year, month, day, hour, minute] = std::mem::take(&mut self.date);
        if (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day) {
            *entry(&mut self.document.metadata.entries, name) =
                format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:00", hour.clamp(0, 23), minute.clamp(0, 59));
        }
    }
}

fn entry<'e>(entries: &'e mut Vec<(String, String)>, name: &str) -> &'e mut String {
    let index = entries.iter().position(|(key, _)| key == name).unwrap_or_else(|| {
        entries.push((name.to_owned(), String::new()));
        entries.len() - 1
    });
    &mut entries[index].1
}
