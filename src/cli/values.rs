//! Parsers of argument values, with errors in both languages.

use std::num::NonZeroU64;

use jiff::civil::Date;
use nianbao::batch::Shard;
use nianbao::finding::{Language, Message, Severity};
use nianbao::write::Output;

/// An argument that cannot be used; the message says what was expected.
#[derive(Debug)]
pub(crate) struct ArgumentError(pub(crate) Message);

impl std::fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for ArgumentError {}

pub(super) fn wanted(zh: impl Into<String>, en: impl Into<String>) -> ArgumentError {
    ArgumentError(Message::new(zh, en))
}

/// A day: 2025-03-31 or 2025年3月31日.
pub(super) fn date(text: &str) -> Result<Date, ArgumentError> {
    let written = || {
        let (year, rest) = text.trim().strip_suffix('日')?.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let day = text.parse().ok().or_else(written);
    day.ok_or_else(|| wanted("应为 2025-03-31 或 2025年3月31日", "write a day such as 2025-03-31"))
}

pub(super) fn severity(text: &str) -> Result<Severity, ArgumentError> {
    match text {
        "error" | "错误" => Ok(Severity::Error),
        "warning" | "提示" => Ok(Severity::Warning),
        "note" | "info" | "说明" => Ok(Severity::Info),
        _ => Err(wanted("应为 error（错误）、warning（提示）或 note（说明）", "write error, warning or note")),
    }
}

pub(super) fn language(text: &str) -> Result<Language, ArgumentError> {
    match text {
        "zh" => Ok(Language::Zh),
        "en" => Ok(Language::En),
        _ => Err(wanted("应为 zh 或 en", "write zh or en")),
    }
}

pub(super) fn shard(text: &str) -> Result<Shard, ArgumentError> {
    let parts = text.split_once('/').and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
    let shard = parts.map(|(number, count): (u64, NonZeroU64)| Shard { number, count });
    let inside = |shard: &Shard| (1..=shard.count.get()).contains(&shard.number);
    shard
        .filter(inside)
        .ok_or_else(|| wanted("应为 2/3 这样的份数，从 1/3 到 3/3", "write a part such as 2/3, from 1/3 to 3/3"))
}

pub(super) fn output(text: &str) -> Result<Output, ArgumentError> {
    let known: Vec<&str> = Output::ALL.iter().map(|output| output.suffix()).collect();
    let found = Output::ALL.iter().find(|output| output.suffix().eq_ignore_ascii_case(text));
    found
        .copied()
        .ok_or_else(|| wanted(format!("可以是：{}", known.join("、")), format!("the formats are {}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn a_day_is_written_with_hyphens_or_in_chinese() {
        let expected = jiff::civil::date(2025, 1, 20);
        for text in ["2025-01-20", "2025年1月20日", "2025年01月20日"] {
            assert_eq!(date(text).ok(), Some(expected), "{text}");
        }
        for text in ["2025年1月", "2025年2月30日", "1月20日", ""] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
