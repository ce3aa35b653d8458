//! Corrections as a table, for offices that work in Excel: one row each, read from and written as CSV.

use std::borrow::Cow;

use super::{Correction, CorrectionMistake, Corrections, Drafted, Stated, parse};
use crate::finding::Message;

/// Headers of the columns; the first of each is written.
const DAY: &[&str] = &["日期", "at"];
const WHO: &[&str] = &["更正人", "by"];
const FILE: &[&str] = &["校验码", "sha256"];
const REPORT: &[&str] = &["第几份", "report"];
const FIELD: &[&str] = &["栏目", "field"];
const FROM: &[&str] = &["原填", "from"];
const TO: &[&str] = &["更正为", "to"];
const REASON: &[&str] = &["理由", "reason"];

/// Headers of the columns in words: the agency, and the cell.
const AGENCY: &str = "单位";
const CELL: &str = "位置";

/// Byte order mark, by which spreadsheets recognise UTF-8.
const MARK: char = '\u{feff}';

/// Whether a corrections file is a table: JSON begins with a brace.
pub(super) fn is_table(text: &str) -> bool {
    let text = text.trim_start_matches(MARK).trim_start();
    !text.is_empty() && !text.starts_with(['{', '['])
}

/// Reads a table. Unknown columns are skipped; an empty cell of a value is empty.
pub(super) fn read(text: &str) -> Result<Corrections, CorrectionMistake> {
    let mistake = |line: usize, zh: String, en: String| CorrectionMistake { line, detail: Message::new(zh, en) };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.trim_start_matches(MARK).as_bytes());
    let not_csv = |error: &csv::Error| mistake(1, "不是规范的 CSV 文件。".to_owned(), error.to_string());
    let heads: Vec<String> = reader.headers().map_err(|error| not_csv(&error))?.iter().map(str::to_owned).collect();
    let column = |names: &[&str]| heads.iter().position(|head| names.contains(&head.as_str()));
    for names in [DAY, WHO, FILE, FIELD, FROM, TO] {
        if column(names).is_none() {
            return Err(mistake(1, format!("没有“{}”栏。", names[0]), format!("no column `{}`", names[1])));
        }
    }
    let mut lines = String::new();
    for record in reader.records() {
        let record = record.map_err(|error| not_csv(&error))?;
        let line = record.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
        // Mistakes are reported with the line of the table.
        while lines.matches('\n').count() + 1 < line {
            lines.push('\n');
        }
        let get = |names: &[&str]| column(names).and_then(|at| record.get(at)).unwrap_or_default();
        if record.iter().all(str::is_empty) {
            continue;
        }
        let report: usize = get(REPORT).parse::<usize>().map_or(0, |number| number.saturating_sub(1));
        let reason = Some(get(REASON).to_owned()).filter(|reason| !reason.is_empty());
        let correction = Correction {
            at: get(DAY).to_owned(),
            by: get(WHO).to_owned(),
            sha256: get(FILE).to_owned(),
            report,
            field: get(FIELD).to_owned(),
            from: stated(get(FROM)),
            to: stated(get(TO)),
            reason,
        };
        let written = serde_json::to_string(&correction);
        lines.push_str(
            &written.map_err(|error| mistake(line, "不是一条完整的更正记录。".to_owned(), error.to_string()))?,
        );
        lines.push('\n');
    }
    parse::read(&lines)
}

/// The value of a cell.
fn stated(cell: &str) -> Stated {
    match cell.parse() {
        _ if cell.is_empty() => Stated::Nothing,
        Ok(number) => Stated::Number(number),
        Err(_) => Stated::Text(cell.to_owned()),
    }
}

/// Corrections as a table; JSON lines have the same but for agency and cell in words, which are skipped when a table is read.
pub(super) fn write(drafts: &[Drafted]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = [DAY, WHO, FILE, REPORT, FIELD, FROM, TO, REASON].map(|names| names[0]);
    // Writing to memory does not fail.
    let _ = writer.write_record([AGENCY, CELL].iter().chain(&names));
    for Drafted { agency, cell: place, correction: one } in drafts {
        let _ = writer.write_record([
            harmless(agency).as_ref(),
            harmless(place).as_ref(),
            one.at.as_str(),
            &one.by,
            &one.sha256,
            &(one.report + 1).to_string(),
            &one.field,
            &cell(&one.from),
            &cell(&one.to),
            one.reason.as_deref().unwrap_or_default(),
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("{MARK}{}", String::from_utf8(bytes).unwrap_or_default())
}

/// A text of a report that a spreadsheet does not take for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

fn cell(stated: &Stated) -> String {
    match stated {
        Stated::Number(number) => number.to_string(),
        Stated::Text(text) => text.clone(),
        Stated::Nothing => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Correction, Corrections, Drafted, Stated};

    fn one(to: Stated) -> Correction {
        Correction {
            at: "2026-01-20".into(),
            by: "张某".into(),
            sha256: "ab".repeat(32),
            report: 1,
            field: "requests.received.total".into(),
            from: Stated::Number("0.10".parse().unwrap()),
            to,
            reason: Some("来电,更正".into()),
        }
    }

    #[test]
    fn a_table_has_the_same_content_as_lines() {
        let all = [one(Stated::Number("7".parse().unwrap())), one(Stated::Nothing), one(Stated::Text("无".into()))];
        let of = |correction: &Correction| Drafted {
            correction: correction.clone(),
            agency: "甲局".into(),
            cell: "表三“总计”栏".into(),
        };
        let text = Corrections::table(&all.iter().map(of).collect::<Vec<_>>());
        assert!(text.starts_with("\u{feff}单位,位置,日期,更正人,校验码"), "{text}");
        assert!(text.contains("\n甲局,表三“总计”栏,2026-01-20"), "{text}");
        assert_eq!(Corrections::read(&text).unwrap().of_file(&"ab".repeat(32)), all);
        let hostile = Drafted { agency: "=1+1".into(), ..of(&all[0]) };
        assert!(Corrections::table(&[hostile]).contains("\n'=1+1,"));
        // Columns in another order, additional ones, and blank rows.
        let digest = "ab".repeat(32);
        let text = format!("栏目,位置,更正为,原填,校验码,更正人,日期\nf,表三,2,1,{digest},张某,2026-01-20\n,,,,,,\n");
        let read = Corrections::read(&text).unwrap();
        assert_eq!(
            (read.of_file(&digest)[0].report, &read.of_file(&digest)[0].to),
            (0, &Stated::Number("2".parse().unwrap()))
        );
    }

    #[test]
    fn a_mistake_is_reported_with_its_line() {
        let heads = "日期,更正人,校验码,栏目,原填,更正为\n";
        let (good, bad) = (format!("2026-01-20,张某,{},f,1,2\n", "ab".repeat(32)), "2026-01-20,张某,ab,f,1,2\n");
        let error = Corrections::read(&format!("{heads}{good}{bad}")).unwrap_err();
        assert_eq!(error.line, 3);
        assert_eq!(Corrections::read("日期,更正人\n").unwrap_err().detail.zh, "没有“校验码”栏。");
    }
}
