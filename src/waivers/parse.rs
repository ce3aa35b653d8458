//! Parses a waivers file: TOML or CSV.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CellKind, Waiver, WaiverCause, WaiverMistake};
use crate::finding::TomlError;

/// Content of a waivers file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) waiver: Vec<Waiver>,
}

pub(super) fn toml(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let file: File = ::toml::from_str(text)
        .map_err(|error| WaiverMistake { entry: None, cause: WaiverCause::Toml(TomlError::new(text, &error)) })?;
    Ok(file.waiver)
}

/// Columns of a CSV file; `values` contains `field=text` separated by `;`.
pub(super) const COLUMNS: &[&str] =
    &["code", "rule", "agency", "year", "values", "left", "right", "quote", "reason", "until"];

pub(super) fn csv(text: &str) -> Result<Vec<Waiver>, WaiverMistake> {
    let whole = |cause| WaiverMistake { entry: None, cause };
    let not_csv = |error: csv::Error| whole(WaiverCause::Csv(error));
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads: Vec<String> = reader.headers().map_err(not_csv)?.iter().map(str::to_owned).collect();
    if let Some(unknown) = heads.iter().find(|head| !COLUMNS.contains(&head.as_str())) {
        return Err(whole(WaiverCause::UnknownColumn(unknown.clone())));
    }
    let mut waivers = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(not_csv)?;
        let get = |name: &str| {
            let at = heads.iter().position(|head| head == name)?;
            record.get(at).filter(|text| !text.is_empty())
        };
        waivers.push(waiver(&get).map_err(|cause| WaiverMistake { entry: Some(index + 1), cause })?);
    }
    Ok(waivers)
}

fn waiver<'r>(get: &impl Fn(&str) -> Option<&'r str>) -> Result<Waiver, WaiverCause> {
    let needed = |name: &'static str| get(name).ok_or(WaiverCause::Blank(name));
    let wrong = |column, wanted, text: &str| WaiverCause::Cell { column, wanted, text: text.to_owned() };
    let number = |name: &'static str| {
        get(name).map(|text| text.parse().map_err(|_| wrong(name, CellKind::Number, text))).transpose()
    };
    let mut values = BTreeMap::new();
    for pair in get("values").unwrap_or_default().split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (field, text) = pair.split_once('=').ok_or_else(|| wrong("values", CellKind::Pair, pair))?;
        values.insert(field.trim().to_owned(), text.trim().to_owned());
    }
    let (year, until) = (needed("year")?, needed("until")?);
    Ok(Waiver {
        code: needed("code")?.to_owned(),
        rule: get("rule").map(str::to_owned),
        agency: needed("agency")?.to_owned(),
        year: year.parse().map_err(|_| wrong("year", CellKind::Year, year))?,
        values,
        left: number("left")?,
        right: number("right")?,
        quote: get("quote").map(str::to_owned),
        reason: needed("reason")?.to_owned(),
        until: until.parse().map_err(|_| wrong("until", CellKind::Date, until))?,
    })
}
