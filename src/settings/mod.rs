//! `nianbao.toml`: the options of an office, the severities of codes, and accepted findings. Text in, data out; the caller finds the file
//! and resolves relative paths.

mod policy;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::finding::{Bilingual, Message, TomlError};

pub(crate) use policy::codes_named;
pub use policy::{Level, Policy, UnknownCode, similar_codes};

/// The name of the file.
pub const FILE: &str = "nianbao.toml";

/// The parsed settings file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Options for every command, by long name, each with its values.
    options: BTreeMap<String, Vec<String>>,
    /// Options of one command.
    commands: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Overrides per code.
    pub codes: BTreeMap<String, CodeSetting>,
    /// Findings that the office accepts, by code.
    pub accept: Vec<Accept>,
}

/// Overrides of a code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeSetting {
    /// Severity; default that of the code.
    #[serde(default)]
    pub severity: Option<Level>,
    /// Whether letters mention its findings: alone, never, or (by default) as the code defines.
    #[serde(default)]
    pub letter: Option<bool>,
}

/// Findings of a code that the office accepts, whatever their figures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The code, or the name of a group of codes.
    pub code: String,
    /// Only of this agency.
    #[serde(default)]
    pub agency: Option<String>,
    /// Reason.
    pub reason: String,
    /// Last day.
    #[serde(deserialize_with = "day")]
    pub until: Date,
}

/// An error in a settings file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum SettingsError {
    /// It is not valid TOML, or a part of it has an unknown key or a wrong type.
    Toml(#[source] TomlError),
    /// A name that is neither a code nor a group of codes.
    Code(#[from] UnknownCode),
    /// The value of this option has a type that options do not have.
    OptionType(String),
}

impl Bilingual for SettingsError {
    fn message(&self) -> Message {
        match self {
            Self::Toml(error) => error.message(),
            Self::Code(error) => error.message(),
            Self::OptionType(name) => Message::new(
                format!("“{name}”应为文字、数字、日期、是否或文字的列表。"),
                format!("`{name}` is to be a text, a number, a day, true or false, or a list of texts"),
            ),
        }
    }
}

/// The parts of a file that are not options.
#[derive(Debug, Deserialize)]
struct Parts {
    #[serde(default)]
    codes: BTreeMap<String, CodeSetting>,
    #[serde(default)]
    accept: Vec<Accept>,
}

impl Settings {
    /// Reads a settings file. Whether an option exists is checked by [`Settings::unknown`], which is given the options of every command.
    ///
    /// # Errors
    /// Invalid TOML, an unknown code, a value of a type that options do not have.
    pub fn read(text: &str) -> Result<Self, SettingsError> {
        let wrong = |error: toml::de::Error| SettingsError::Toml(TomlError::new(text, &error));
        let mut table: toml::Table = toml::from_str(text).map_err(wrong)?;
        let Parts { codes, accept } = toml::from_str(text).map_err(wrong)?;
        table.remove("codes");
        table.remove("accept");
        for name in codes.keys().chain(accept.iter().map(|accept| &accept.code)) {
            codes_named(name)?;
        }
        let mut settings = Self { codes, accept, ..Self::default() };
        for (name, value) in table {
            match value {
                toml::Value::Table(inner) => {
                    let options = inner.into_iter().map(|(name, value)| Ok((name.clone(), values(&name, value)?)));
                    settings.commands.insert(name, options.collect::<Result<_, SettingsError>>()?);
                }
                value => {
                    let values = values(&name, value)?;
                    settings.options.insert(name, values);
                }
            }
        }
        Ok(settings)
    }

    /// The values of an option of a command: from the command's own table, else from those for all.
    pub fn values(&self, command: &str, option: &str) -> Option<&[String]> {
        let own = self.commands.get(command).and_then(|options| options.get(option));
        own.or_else(|| self.options.get(option)).map(Vec::as_slice)
    }

    /// The first value of an option for all commands.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.first().map(String::as_str)
    }

    /// The first name that is not an option of any command, or not a command, given the options of each.
    pub fn unknown(&self, known: impl Fn(Option<&str>, &str) -> bool) -> Option<String> {
        let all = self.options.keys().find(|name| !known(None, name)).cloned();
        let own = self.commands.iter().flat_map(|(command, options)| {
            let empty = options.is_empty().then_some((command, ""));
            options.keys().map(move |name| (command, name.as_str())).chain(empty)
        });
        let mut own = own.filter(|(command, name)| !known(Some(command), name));
        all.or_else(|| {
            own.next().map(
                |(command, name)| if name.is_empty() { format!("[{command}]") } else { format!("[{command}] {name}") },
            )
        })
    }
}

/// The values of an option as they would be typed.
fn values(name: &str, value: toml::Value) -> Result<Vec<String>, SettingsError> {
    let one = |value: toml::Value| match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(yes) => Ok(yes.to_string()),
        toml::Value::Datetime(day) => Ok(day.to_string()),
        _ => Err(SettingsError::OptionType(name.to_owned())),
    };
    match value {
        toml::Value::Array(list) => list.into_iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}

/// A day, as a date of TOML or as text.
fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = match &value {
        toml::Value::Datetime(day) => day.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse().map_err(|_| serde::de::Error::custom("invalid value: a day such as 2026-03-31 is wanted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_s_own_option_overrides_the_general_one() {
        let text = "to = [\"docx\", \"html\"]\njobs = 2\n[check]\njobs = 3\ntoday = 2026-01-20\n[codes.section-too-long]\nseverity = \"提示\"\n";
        let settings = Settings::read(text).unwrap();
        assert_eq!(settings.values("check", "jobs"), Some(&["3".to_owned()][..]));
        assert_eq!(settings.values("convert", "jobs"), Some(&["2".to_owned()][..]));
        assert_eq!(settings.values("check", "today"), Some(&["2026-01-20".to_owned()][..]));
        assert_eq!(settings.values("convert", "to").map(<[String]>::len), Some(2));
        assert_eq!(settings.codes["section-too-long"].severity, Some(Level::Warning));
        let known =
            |command: Option<&str>, name: &str| command.is_none_or(|command| command == "check") && name != "to";
        assert_eq!(settings.unknown(known).as_deref(), Some("to"));
    }

    #[test]
    fn a_mistake_is_reported_with_its_line_or_its_name() {
        let said = |text: &str| Settings::read(text).unwrap_err().message().zh;
        assert_eq!(said("a = 1\nb = \n"), "第2行：不符合 TOML 语法。");
        assert!(said("[codes.cell-wrnog]\n").contains("cell-wrong"), "{}", said("[codes.cell-wrnog]\n"));
        assert!(said("[[accept]]\ncode = \"cell-wrong\"\nuntil = 2026-01-01\n").contains("缺少“reason”这一项"));
        assert!(said("[check]\njobs = { a = 1 }\n").contains("“jobs”应为"));
    }
}
