//! Builds the tree of agencies: unique names and codes, existing superiors, no cycles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::parse::{Column, ListRow};
use super::{AgenciesError, Agency, AgencyMistake};
use crate::text::fold;

/// Builds the agencies of the rows, in order.
pub(super) fn resolve(rows: &[ListRow]) -> Result<Vec<Agency>, AgenciesError> {
    let mut mistakes = Vec::new();
    let mut words = HashSet::new();
    let mut list: Vec<Agency> = rows.iter().map(|row| agency(row, &mut words, &mut mistakes)).collect();
    if list.is_empty() {
        mistakes.push(AgencyMistake::whole("名录中没有单位。", "the file lists no agency"));
    }
    let (names, codes) = (index(rows, Column::Name, &mut mistakes), index(rows, Column::Code, &mut mistakes));
    for (number, row) in rows.iter().enumerate() {
        let Some(wanted) = row.get(Column::Parent) else { continue };
        match codes.get(fold(wanted).as_str()).or_else(|| names.get(fold(wanted).as_str())) {
            Some(&parent) if parent == number => {
                let zh = format!("“{wanted}”的上级写成了自己。");
                mistakes.push(row.mistake(Column::Parent, zh, format!("`{wanted}` is its own superior")));
            }
            Some(&parent) => list[number].parent = Some(parent),
            None => {
                let zh = format!("名录中没有“{wanted}”这个单位。");
                mistakes.push(row.mistake(Column::Parent, zh, format!("no agency has the code or name `{wanted}`")));
            }
        }
    }
    circles(rows, &list, &mut mistakes);
    mistakes.sort_by_key(|mistake| mistake.line);
    if mistakes.is_empty() { Ok(list) } else { Err(AgenciesError { mistakes }) }
}

/// The agency of a row; levels and kinds are shared through `words`.
fn agency(row: &ListRow, words: &mut HashSet<Arc<str>>, mistakes: &mut Vec<AgencyMistake>) -> Agency {
    let text = |column| row.get(column).map(str::to_owned);
    let names = [Column::Former, Column::Aliases].into_iter().filter_map(|column| row.get(column));
    let aliases = names.flat_map(|names| names.split([';', '；', '、'])).map(str::trim).filter(|name| !name.is_empty());
    if row.get(Column::Name).is_none() {
        mistakes.push(row.mistake(Column::Name, "缺少单位名称。", "the name is missing"));
    }
    let aggregate = row.get(Column::Aggregate).and_then(|word| match fold(word).as_str() {
        "是" | "yes" | "true" | "1" | "y" => Some(true),
        "否" | "no" | "false" | "0" | "n" => Some(false),
        _ => {
            let en = format!("write 是 (yes) or 否 (no), not `{word}`");
            mistakes.push(row.mistake(Column::Aggregate, format!("请填“是”或“否”，不要填“{word}”。"), en));
            None
        }
    });
    let mut word = |column| {
        let text = row.get(column)?;
        let known = words.get(text).cloned();
        Some(known.unwrap_or_else(|| {
            let shared: Arc<str> = text.into();
            words.insert(Arc::clone(&shared));
            shared
        }))
    };
    let (level, kind) = (word(Column::Level), word(Column::Kind));
    Agency {
        code: text(Column::Code),
        name: text(Column::Name).unwrap_or_default(),
        aliases: aliases.map(str::to_owned).collect(),
        parent: None,
        level,
        kind,
        site: text(Column::Site),
        contact: text(Column::Contact),
        aggregate,
    }
}

/// The rows by the folded text of a column, which must be unique.
fn index(rows: &[ListRow], column: Column, mistakes: &mut Vec<AgencyMistake>) -> HashMap<Box<str>, usize> {
    let mut known: HashMap<Box<str>, usize> = HashMap::new();
    for (number, row) in rows.iter().enumerate() {
        let Some(text) = row.get(column) else { continue };
        let folded = fold(text);
        match known.get(folded.as_str()) {
            Some(&first) => {
                let line = rows[first].line;
                let zh = format!("“{text}”重复，第{line}行已有。");
                mistakes.push(row.mistake(column, zh, format!("`{text}` stands twice, first in line {line}")));
            }
            None => {
                known.insert(folded.into(), number);
            }
        }
    }
    known
}

/// Reports each cycle once, at its first row.
fn circles(rows: &[ListRow], list: &[Agency], mistakes: &mut Vec<AgencyMistake>) {
    // The last walk that visited each agency; 0 for none.
    let mut met = vec![0; list.len()];
    for start in 0..list.len() {
        let mut at = start;
        while met[at] == 0 {
            met[at] = start + 1;
            match list[at].parent {
                Some(parent) if met[parent] == start + 1 => {
                    let name = &list[parent].name;
                    let zh = format!("“{name}”的各级上级又回到了它自己。");
                    let en = format!("the superiors of `{name}` lead back to it");
                    mistakes.push(rows[parent].mistake(Column::Parent, zh, en));
                }
                Some(parent) => at = parent,
                None => {}
            }
        }
    }
}
