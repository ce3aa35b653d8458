//! A waivers file as written: TOML or CSV.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Waiver, WaiverMistake};

/// A file of waivers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) waiver: Vec<Waiver>,
}

pub(super) fn toml(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let file: File =
        ::toml::from_str(text).map_err(|error| WaiverMistake { entry: None, message: error.to_string() })?;
    Ok(file.waiver)
}

/// Columns of a CSV file; `values` holds `field=text` parted by `;`.
const COLUMNS: &[&str] = &["code", "rule", "agency", "year", "values", "left", "right", "quote", "reason", "until"];

pub(super) fn csv(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let whole = |message: String| WaiverMistake { entry: None, message };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads: Vec<String> =
        reader.headers().map_err(|error| whole(error.to_string()))?.iter().map(str::to_owned).collect();
    if let Some(unknown) = heads.iter().find(|head| !COLUMNS.contains(&head.as_str())) {
        return Err(whole(format!("unknown column `{unknown}`; the columns are {}", COLUMNS.join(", "))));
    }
    let mut waivers = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| whole(error.to_string()))?;
        let get = |name: &str| {
            let at = heads.iter().position(|head| head == name)?;
            record.get(at).filter(|text| !text.is_empty())
        };
        let fail = |message: String| WaiverMistake { entry: Some(index + 1), message };
        waivers.push(waiver(&get).map_err(fail)?);
    }
    Ok(waivers)
}

fn waiver<'r>(get: &impl Fn(&str) -> Option<&'r str>) -> Result<Waiver, String> {
    let needed = |name: &str| get(name).ok_or_else(|| format!("`{name}` is empty"));
    let number = |name: &str| {
        get(name).map(|text| text.parse().map_err(|_| format!("`{name}` is no number: {text}"))).transpose()
    };
    let mut values = BTreeMap::new();
    for pair in get("values").unwrap_or_default().split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (field, text) = pair.split_once('=').ok_or_else(|| format!("`values` needs field=text: {pair}"))?;
        values.insert(field.trim().to_owned(), text.trim().to_owned());
    }
    let (year, until) = (needed("year")?, needed("until")?);
    Ok(Waiver {
        code: needed("code")?.to_owned(),
        rule: get("rule").map(str::to_owned),
        agency: needed("agency")?.to_owned(),
        year: year.parse().map_err(|_| format!("`year` is no year: {year}"))?,
        values,
        left: number("left")?,
        right: number("right")?,
        quote: get("quote").map(str::to_owned),
        reason: needed("reason")?.to_owned(),
        until: until.parse().map_err(|_| format!("`until` is no date such as 2025-03-31: {until}"))?,
    })
}
