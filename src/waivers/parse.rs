//! Parses a waivers file: TOML or CSV.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Waiver, WaiverMistake};
use crate::finding::{Message, not_toml};

/// Content of a waivers file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) waiver: Vec<Waiver>,
}

pub(super) fn toml(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let file: File =
        ::toml::from_str(text).map_err(|error| WaiverMistake { entry: None, detail: at_line(text, &error) })?;
    Ok(file.waiver)
}

/// The TOML error, with its line.
fn at_line(text: &str, error: &::toml::de::Error) -> Message {
    let mut message = not_toml(error.message());
    if let Some(before) = error.span().and_then(|span| text.get(..span.start)) {
        let line = before.matches('\n').count() + 1;
        message = Message::new(format!("第{line}行：{}", message.zh), format!("line {line}: {}", message.en));
    }
    message
}

/// Columns of a CSV file; `values` contains `field=text` separated by `;`.
const COLUMNS: &[&str] = &["code", "rule", "agency", "year", "values", "left", "right", "quote", "reason", "until"];

pub(super) fn csv(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let whole = |zh: String, en: String| WaiverMistake { entry: None, detail: Message::new(zh, en) };
    let not_csv = |error: csv::Error| whole("不是规范的 CSV 文件。".to_owned(), error.to_string());
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads: Vec<String> = reader.headers().map_err(not_csv)?.iter().map(str::to_owned).collect();
    if let Some(unknown) = heads.iter().find(|head| !COLUMNS.contains(&head.as_str())) {
        return Err(whole(
            format!("没有“{unknown}”栏；可用的栏有：{}。", COLUMNS.join("、")),
            format!("unknown column `{unknown}`; the columns are {}", COLUMNS.join(", ")),
        ));
    }
    let mut waivers = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(not_csv)?;
        let get = |name: &str| {
            let at = heads.iter().position(|head| head == name)?;
            record.get(at).filter(|text| !text.is_empty())
        };
        let fail = |detail: Message| WaiverMistake { entry: Some(index + 1), detail };
        waivers.push(waiver(&get).map_err(fail)?);
    }
    Ok(waivers)
}

fn waiver<'r>(get: &impl Fn(&str) -> Option<&'r str>) -> Result<Waiver, Message> {
    let needed =
        |name: &str| get(name).ok_or_else(|| Message::new(format!("“{name}”栏未填。"), format!("`{name}` is empty")));
    let wrong = |name: &str, text: &str, zh: &str, en: &str| {
        Message::new(format!("“{name}”栏{zh}：{text}。"), format!("`{name}` {en}: {text}"))
    };
    let number = |name: &str| {
        get(name).map(|text| text.parse().map_err(|_| wrong(name, text, "不是数字", "is no number"))).transpose()
    };
    let mut values = BTreeMap::new();
    for pair in get("values").unwrap_or_default().split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (field, text) =
            pair.split_once('=').ok_or_else(|| wrong("values", pair, "应写成“字段=文字”", "needs field=text"))?;
        values.insert(field.trim().to_owned(), text.trim().to_owned());
    }
    let (year, until) = (needed("year")?, needed("until")?);
    Ok(Waiver {
        code: needed("code")?.to_owned(),
        rule: get("rule").map(str::to_owned),
        agency: needed("agency")?.to_owned(),
        year: year.parse().map_err(|_| wrong("year", year, "不是年度", "is no year"))?,
        values,
        left: number("left")?,
        right: number("right")?,
        quote: get("quote").map(str::to_owned),
        reason: needed("reason")?.to_owned(),
        until: until
            .parse()
            .map_err(|_| wrong("until", until, "不是 2025-03-31 这样的日期", "is no date such as 2025-03-31"))?,
    })
}
