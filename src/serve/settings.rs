//! `nianbao.toml` of the work folder: the same file and keys as for the command line.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml_edit::{DocumentMut, Item, Table, value};

use super::ServeError;
use crate::batch::write_whole;
use crate::finding::{Bilingual, Message, TomlError};
use crate::ledger::{CORRECTIONS, SETTINGS, WAIVERS};
use crate::settings::{Policy, SettingsError};

/// Settings that name a file or a folder, relative to the work folder.
const PATHS: &[&str] = &["agencies", "previous", "template", "page-template", "mappings"];

/// Settings of the page itself, in the table `[serve]`.
const OWN: &[&str] = &["name", "office", "year", "limit", "host"];

/// The settings as written.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    folder: PathBuf,
    document: DocumentMut,
}

impl Settings {
    /// Reads the settings of a folder; creates the file if it is missing.
    pub(super) fn load(folder: &Path) -> Result<Self, ServeError> {
        let path = folder.join(SETTINGS);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = format!(
                    "# 年报工作文件夹的设置；网页“设置”和命令行用的是同一个文件。\ncorrections = \"{CORRECTIONS}\"\nwaivers = \"{WAIVERS}\"\n"
                );
                write_whole(folder, SETTINGS, text.as_bytes()).map_err(|source| ServeError::Folder { path, source })?;
                text
            }
            Err(source) => return Err(ServeError::Folder { path, source }),
        };
        let document = text.parse::<DocumentMut>();
        let document = document
            .map_err(|error| ServeError::File(SETTINGS.to_owned(), TomlError::of_message(error.message()).message()))?;
        Ok(Self { folder: folder.to_owned(), document })
    }

    fn item(&self, key: &str) -> Option<&Item> {
        if OWN.contains(&key) { self.document.get("serve")?.get(key) } else { self.document.get(key) }
    }

    /// A setting as text; `None` if it is missing or blank.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let item = self.item(key)?;
        let text = item.as_str().map(str::to_owned).or_else(|| item.as_integer().map(|number| number.to_string()));
        text.or_else(|| item.as_datetime().map(ToString::to_string)).filter(|text| !text.trim().is_empty())
    }

    /// A setting that names a file or folder, resolved against the work folder.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        Some(self.folder.join(self.text(key)?))
    }

    /// Sets a setting; removes it if `text` is `None` or blank.
    pub(super) fn set(&mut self, key: &str, text: Option<&str>) {
        let own = OWN.contains(&key);
        if own && !self.document.contains_table("serve") {
            self.document.insert("serve", Item::Table(Table::new()));
        }
        let table = if own { self.document.get_mut("serve").and_then(Item::as_table_mut) } else { None };
        let table = match table {
            Some(table) => table,
            None => self.document.as_table_mut(),
        };
        match text.map(str::trim).filter(|text| !text.is_empty()) {
            None => {
                table.remove(key);
            }
            Some(text) => {
                let number = text.parse::<i64>().ok().filter(|_| matches!(key, "year" | "limit"));
                let mut item = number.map_or_else(|| value(text), value);
                match (table.get_mut(key).and_then(Item::as_value_mut), item.as_value_mut()) {
                    // Keep the comments around the old value.
                    (Some(known), Some(new)) => {
                        *new.decor_mut() = known.decor().clone();
                        *known = new.clone();
                    }
                    _ => {
                        table.insert(key, item);
                    }
                }
            }
        }
    }

    /// Writes the file atomically and syncs it.
    pub(super) fn save(&self) -> std::io::Result<()> {
        let text = self.document.to_string();
        write_whole(&self.folder, SETTINGS, text.as_bytes())?;
        std::fs::File::open(self.folder.join(SETTINGS))?.sync_all()
    }

    /// The severities and accepted codes that the settings define.
    pub(super) fn policy(&self, today: Date) -> Result<Policy, SettingsError> {
        let read = crate::settings::Settings::read(&self.document.to_string())?;
        let list = |key: &str| read.values("check", key).map(<[String]>::to_vec).unwrap_or_default();
        Ok(Policy::new((&list("select"), &list("ignore"), None), &read.codes, &read.accept, today)?)
    }

    /// Whether the page may change this setting.
    pub(super) fn may_set(key: &str) -> bool {
        const TEXTS: &[&str] = &["form", "site-name", "site-domain", "site-id", "column", "author"];
        const LETTER: &[&str] = LETTER_KEYS;
        OWN.contains(&key) && key != "host" || TEXTS.contains(&key) || LETTER.contains(&key)
    }

    /// Whether a setting names a file or folder.
    pub(super) fn is_file(key: &str) -> bool {
        PATHS.contains(&key)
    }

    /// All settings shown on the page, as keys with texts.
    pub(super) fn all(&self) -> Vec<(&'static str, String)> {
        let keys =
            ["form", "site-name", "site-domain", "site-id", "column", "author", "name", "office", "year", "limit"];
        let keys = keys.iter().chain(PATHS).chain(LETTER_KEYS);
        keys.filter_map(|key| Some((*key, self.text(key)?))).collect()
    }
}

/// Settings whose texts appear in letters.
pub(super) const LETTER_KEYS: &[&str] =
    &["sender", "number", "deadline", "reply-to", "contact", "phone", "date", "request", "due", "portal"];

/// Why a setting cannot have this value; `None` if it can.
pub(super) fn invalid(key: &str, text: &str) -> Option<Message> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let number = text.parse::<i64>().ok();
    match key {
        "year" if !number.is_some_and(|year| (1900..=2200).contains(&year)) => {
            Some(Message::new("年度请写四位数字，例如2025。", "write the year in four digits, such as 2025"))
        }
        "limit" if !number.is_some_and(|megabytes| (1..=64).contains(&megabytes)) => {
            Some(Message::new("单个文件的上限是1到64 MB。", "the limit of a file is 1 to 64 MB"))
        }
        _ if text.chars().count() > 200 || text.contains(['\n', '\r', '\0']) => {
            Some(Message::new("文字过长或有换行。", "the text is too long or has line breaks"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_keeps_comments_and_other_settings() {
        let folder = tempfile::tempdir().unwrap();
        let text = "# 本县\nagencies = \"名录.xlsx\" # 60个\njobs = 2\n[check]\nform = \"x\"\n";
        std::fs::write(folder.path().join(SETTINGS), text).unwrap();
        let mut settings = Settings::load(folder.path()).unwrap();
        settings.set("name", Some("王敏"));
        settings.set("year", Some("2025"));
        settings.set("agencies", Some("另一份.xlsx"));
        settings.save().unwrap();
        let after = std::fs::read_to_string(folder.path().join(SETTINGS)).unwrap();
        assert!(after.contains("# 本县") && after.contains("jobs = 2") && after.contains("[check]"), "{after}");
        let settings = Settings::load(folder.path()).unwrap();
        assert_eq!(settings.text("year").as_deref(), Some("2025"));
        assert_eq!(settings.path("agencies"), Some(folder.path().join("另一份.xlsx")));
        assert_eq!(settings.text("form"), None);
    }

    #[test]
    fn a_new_folder_gets_settings_that_the_command_line_reads() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(folder.path()).unwrap();
        assert_eq!(settings.text("corrections").as_deref(), Some(CORRECTIONS));
        assert!(folder.path().join(SETTINGS).is_file());
    }
}
