//! The list of what agencies sent, as a CSV with one row per agency of the agencies file, and its Table Schema.

use std::io::Write;

use serde_json::json;

use super::flat::{MARK, harmless, pretty};
use super::{WriteError, failed};
use crate::rollup::{Rollup, Standing, Unread};

/// The columns: name, title, type.
const COLUMNS: [(&str, &str, &str); 10] = [
    ("code", "代码", "string"),
    ("agency", "单位", "string"),
    ("parent", "上级", "string"),
    ("level", "层级", "string"),
    ("kind", "类型", "string"),
    ("contact", "联系方式", "string"),
    ("year", "年度", "integer"),
    ("state", "状态", "string"),
    ("file", "文件", "string"),
    ("why", "未能读取的原因", "string"),
];

/// One row per agency in tree order: its standing, and the file that it sent.
///
/// # Errors
/// If it cannot be written.
pub fn standings_csv(rollup: &Rollup, mut out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
    out.write_all(MARK.as_bytes()).map_err(failed)?;
    let mut writer = csv::Writer::from_writer(&mut out);
    writer.write_record(COLUMNS.map(|(name, ..)| name)).map_err(failed)?;
    let (standings, list) = (rollup.standings(), rollup.agencies.list());
    let unread = rollup.unread();
    for node in rollup.agencies.in_tree_order() {
        let index = node.agency;
        let (agency, standing) = (&list[index], standings[index]);
        let (file, why) = sent_files(rollup, index, standing, &unread);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let cells = [
            text(agency.code.as_deref()),
            agency.name.clone(),
            agency.parent.map(|parent| list[parent].name.clone()).unwrap_or_default(),
            text(agency.level.as_deref()),
            text(agency.kind.as_deref()),
            text(agency.contact.as_deref()),
            rollup.year.to_string(),
            standing.words().to_owned(),
            file,
            why,
        ];
        writer.write_record(cells.map(|cell| harmless(&cell))).map_err(failed)?;
    }
    writer.flush().map_err(failed)
}

/// The files that an agency sent, and why they could not be read.
fn sent_files(rollup: &Rollup, agency: usize, standing: Standing, unread: &Unread) -> (String, String) {
    let own = rollup.nodes[agency].own.map(|own| rollup.entries[own].file.to_string());
    match standing {
        Standing::Unreadable => {
            let sent = unread.get(&Some(agency)).into_iter().flatten();
            let (files, reasons): (Vec<&str>, Vec<&str>) = sent.map(|(file, why)| (*file, why.zh.as_str())).unzip();
            (files.join("；"), reasons.join(" "))
        }
        Standing::Other => {
            (rollup.other_report(agency).map(|other| other.file.clone()).unwrap_or_default(), String::new())
        }
        _ => (own.unwrap_or_default(), String::new()),
    }
}

/// The columns of [`standings_csv`] as a Frictionless Table Schema.
///
/// # Errors
/// None in practice: writing to memory does not fail.
pub fn standings_schema() -> Result<Vec<u8>, WriteError> {
    let states = [Standing::Reported, Standing::Unreadable, Standing::Other, Standing::Missing, Standing::Superior];
    let fields = COLUMNS.map(|(name, title, kind)| match name {
        "state" => {
            json!({"name": name, "title": title, "type": kind, "constraints": {"enum": states.map(Standing::words)}})
        }
        _ => json!({"name": name, "title": title, "type": kind}),
    });
    pretty(&json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
        "missingValues": [""],
        "primaryKey": ["year", "agency"],
    }))
}
