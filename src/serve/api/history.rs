//! The history of all actions with author and reason; undo appends an entry and removes none.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reports::around;
use super::writes::{latest, reason, renewed};
use super::{Answered, Asked, At};
use crate::corrections::{Correction, FORM};
use crate::finding::Message;
use crate::ledger::{Entry, What};
use crate::serve::auth::Visitor;
use crate::serve::body;
use crate::serve::fault::{Fault, answer};
use crate::serve::guard::name_of;
use crate::serve::hub::Hub;
use crate::serve::journal::{Command, Written};
use crate::serve::state::{State as OfficeState, stated};
use crate::serve::work::{Answer, Ask, Wanted};
use crate::serve::{now, reading, rows};

/// Maximum number of lines in a response.
const PAGE: usize = 200;

#[derive(Deserialize)]
pub(super) struct Filter {
    who: Option<String>,
    kind: Option<String>,
    agency: Option<String>,
    before: Option<usize>,
}

/// The history, latest first.
pub(super) async fn log(State(hub): State<Arc<Hub>>, Asked(filter): Asked<Filter>) -> Answered {
    let described = hub.described().await;
    let state = hub.state();
    let mut lines: Vec<(String, Value)> = Vec::new();
    for entry in &state.ledger.entries {
        if let Some(line) = entry_line(&state, entry) {
            lines.push((entry.at.clone(), line));
        }
    }
    for (at, line) in state.corrections.iter().enumerate() {
        lines.push((line.at.clone(), correction_line(&state, &described, at + 1, line)));
    }
    lines.sort_by(|one, other| other.0.cmp(&one.0));
    let mut people: Vec<String> =
        lines.iter().filter_map(|(_, line)| line["who"].as_str().map(str::to_owned)).collect();
    people.sort();
    people.dedup();
    people.retain(|name| !name.is_empty());
    let fits = |line: &Value| {
        let is = |key: &str, wanted: &Option<String>| {
            wanted.as_deref().filter(|wanted| !wanted.is_empty()).is_none_or(|wanted| line[key] == wanted)
        };
        let agency = filter.agency.as_deref().map(str::trim).filter(|wanted| !wanted.is_empty());
        let named = |wanted: &str| {
            ["agency", "name"].iter().any(|key| line[*key].as_str().is_some_and(|name| name.contains(wanted)))
        };
        is("who", &filter.who) && is("kind", &filter.kind) && agency.is_none_or(named)
    };
    let all: Vec<Value> = lines.into_iter().map(|(_, line)| line).filter(fits).collect();
    let (total, skipped) = (all.len(), filter.before.unwrap_or_default());
    let shown: Vec<Value> = all.into_iter().skip(skipped).take(PAGE).collect();
    Ok(answer(
        &json!({ "lines": shown, "total": total, "people": people, "next": (skipped + PAGE < total).then_some(skipped + PAGE) }),
    ))
}

/// The agency of a report and the name of its file.
fn subject(state: &OfficeState, file: u64, report: usize) -> (Option<String>, Option<String>) {
    let agency = state.parts(file).get(report).and_then(|part| part.listed.clone().or_else(|| part.agency.clone()));
    (agency, state.ledger.files.get(&file).map(|sent| sent.name.clone()))
}

fn entry_line(state: &OfficeState, entry: &Entry) -> Option<Value> {
    let undone = state.ledger.undone.get(&entry.id.to_string());
    let undone = undone.and_then(|id| state.ledger.entries.iter().find(|entry| entry.id == *id));
    let mut line = json!({ "id": entry.id.to_string(), "at": entry.at, "who": entry.who });
    let mut put = |key: &str, value: Value| line[key] = value;
    if let Some(by) = undone {
        put("undone", json!({ "who": by.who, "at": by.at }));
    }
    let (kind, file, report) = match &entry.what {
        What::Received { file, archive, .. } => {
            put("archive", json!(archive));
            ("received", Some(*file), 0)
        }
        What::Unpacked { .. } => return None,
        What::Replaced { file, by } => {
            put("by", json!(by.to_string()));
            ("replaced", Some(*file), 0)
        }
        What::Used { file, report, reason } => {
            put("reason", json!(reason));
            put("undoable", json!(undone.is_none()));
            ("used", Some(*file), *report)
        }
        What::Accepted { file, report, about, reason, until, .. } => {
            put("about", json!(about));
            put("reason", json!(reason));
            put("until", json!(until));
            put("undoable", json!(undone.is_none()));
            ("accepted", Some(*file), *report)
        }
        What::Returned { file, report, about, reason, due, .. } => {
            put("about", json!(about));
            put("reason", json!(reason));
            put("due", json!(due));
            put("undoable", json!(undone.is_none()));
            ("returned", Some(*file), *report)
        }
        What::Deleted { file, reason } => {
            put("reason", json!(reason));
            put("undoable", json!(undone.is_none()));
            ("deleted", Some(*file), 0)
        }
        What::Undone { of, reason, .. } => {
            put("of", json!(of));
            put("reason", json!(reason));
            let file = of
                .parse::<u64>()
                .ok()
                .and_then(|id| state.ledger.entries.iter().find(|entry| entry.id == id))
                .and_then(file_of);
            let line = of
                .strip_prefix('c')
                .and_then(|number| state.corrections.get(number.parse::<usize>().ok()?.checked_sub(1)?));
            let corrected = line.and_then(|line| {
                state.ledger.files.values().find(|sent| sent.sha256 == line.sha256).map(|sent| (sent.file, line.report))
            });
            let (file, report) = corrected.or(file).map_or((None, 0), |(file, report)| (Some(file), report));
            ("undone", file, report)
        }
        What::Settings { about } => {
            put("about", json!([about]));
            ("settings", None, 0)
        }
        What::LastYear(given) => {
            put("name", json!(given.name));
            ("settings", None, 0)
        }
    };
    put("kind", json!(kind));
    if let Some(file) = file {
        let (agency, name) = subject(state, file, report);
        put("report", json!(rows::id(file, report)));
        put("agency", json!(agency));
        put("name", json!(name));
    }
    Some(line)
}

/// The report that an entry is about.
fn file_of(entry: &Entry) -> Option<(u64, usize)> {
    match &entry.what {
        What::Accepted { file, report, .. } | What::Returned { file, report, .. } | What::Used { file, report, .. } => {
            Some((*file, *report))
        }
        What::Deleted { file, .. } | What::Received { file, .. } => Some((*file, 0)),
        _ => None,
    }
}

fn correction_line(state: &OfficeState, described: &Value, number: usize, line: &Correction) -> Value {
    let file = state.ledger.files.values().find(|sent| sent.sha256 == line.sha256).map(|sent| sent.file);
    let (agency, name) = file.map_or((None, None), |file| subject(state, file, line.report));
    let form = file.and_then(|file| state.parts(file).get(line.report)).map_or("", |part| part.form.as_str());
    let id = format!("c{number}");
    let undone = state.ledger.undone.get(&id).and_then(|by| state.ledger.entries.iter().find(|entry| entry.id == *by));
    // A correction that undoes another one is named in an entry of the log.
    let takes_back = state
        .ledger
        .entries
        .iter()
        .any(|entry| matches!(&entry.what, What::Undone { by: Some(by), .. } if *by == number));
    json!({
        "id": id,
        "at": line.at,
        "who": line.by,
        "kind": if takes_back { "taken-back" } else { "corrected" },
        "report": file.map(|file| rows::id(file, line.report)),
        "agency": agency,
        "name": name,
        "field": line.field,
        "label": if line.field == FORM { json!({ "zh": "人工录入", "en": "Typed in" }) } else { described["labels"][form][&line.field].clone() },
        "from": stated(&line.from),
        "to": if line.field == FORM { form_name(described, &stated(&line.to)) } else { stated(&line.to) },
        "reason": line.reason,
        "undone": undone.map(|by| json!({ "who": by.who, "at": by.at })),
        "undoable": undone.is_none() && !takes_back && state.is_last(number),
    })
}

/// The Chinese name of a form, else its id.
fn form_name(described: &Value, id: &str) -> String {
    let forms = described.get("forms").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let known = forms.iter().find(|form| form["id"] == id).and_then(|form| form["name"]["zh"].as_str());
    known.unwrap_or(id).to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    reason: String,
}

/// Undoes an entry or a correction.
pub(super) async fn undo(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let Undo { reason: why } = body::json(body).await?;
    let reason = reason(&why)?;
    let who = name_of(&hub, &visitor);
    if let Some(number) = id.strip_prefix('c') {
        let number: usize = number.parse().map_err(|_| Fault::not_found())?;
        return take_back(&hub, number, who, reason).await;
    }
    let number: u64 = id.parse().map_err(|_| Fault::not_found())?;
    let about = {
        let state = hub.state();
        let entry = state.ledger.entries.iter().find(|entry| entry.id == number).ok_or_else(Fault::not_found)?;
        let may = matches!(
            entry.what,
            What::Accepted { .. } | What::Returned { .. } | What::Used { .. } | What::Deleted { .. }
        );
        if !may || state.ledger.is_undone(number) {
            return Err(Fault::refused(Message::new(
                "这一条不能撤销，或已经撤销。",
                "This cannot be undone, or is undone already.",
            )));
        }
        file_of(entry)
    };
    let what = What::Undone { of: id, by: None, reason };
    let entry = Fault::of_written(hub.write(Command::Log { who, what, seen: None }).await)?;
    let mut answered = json!({ "entry": entry.to_string() });
    if let Some(about) = about {
        if hub.state().parts(about.0).is_empty() {
            reading::queue(&hub, about.0);
        } else if let Ok(report) = renewed(&hub, about).await {
            answered["report"] = report;
        }
    }
    Ok(answer(&answered))
}

/// Undoes a correction by a further correction with the old value.
async fn take_back(hub: &Arc<Hub>, number: usize, who: String, reason: String) -> Answered {
    let (line, file) = {
        let state = hub.state();
        let at = number.checked_sub(1).ok_or_else(Fault::not_found)?;
        let line = state.corrections.get(at).cloned().ok_or_else(Fault::not_found)?;
        if state.ledger.undone.contains_key(&format!("c{number}")) {
            return Err(Fault::refused(Message::new("这一条已经撤销。", "This is undone already.")));
        }
        if !state.is_last(number) {
            let message = Message::new(
                "这一格后来又改过，请先撤销后面的更正。",
                "This place was corrected again; undo the later correction first.",
            );
            return Err(Fault::refused(message));
        }
        let file = state.ledger.standing().find(|sent| sent.sha256 == line.sha256).map(|sent| sent.file);
        (line, file.ok_or_else(Fault::not_found)?)
    };
    let id = (file, line.report);
    let field = line.field.clone();
    let wanted =
        Wanted { field: field.clone(), to: String::new(), stated: Some(line.from), reason, by: who.clone(), at: now() };
    let wanted = vec![wanted];
    let (lines, view) = match hub.ask_about(id, move |which| Ask::Try { which, wanted }).await {
        Answer::Tried { lines, refused, view, .. } if refused.is_empty() => (lines, view),
        Answer::Tried { refused, .. } => {
            let message = refused.into_iter().next().map(|(_, message)| message);
            return Err(message.map_or_else(Fault::not_found, Fault::refused));
        }
        Answer::Again(line) => (vec![*line], Value::Null),
        Answer::No(message) => return Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => return Err(Fault::refused(finding.message)),
        _ => return Err(Fault::not_found()),
    };
    let written = hub.write(Command::Correct { lines, who, seen: None, undoes: Some(number) }).await;
    let number = match written {
        Written::Conflict => return Err(Fault::conflict(latest(hub, id, Some(&field)))),
        other => Fault::of_written(other)?,
    };
    if view.is_null() {
        // Manual entry ended: the file itself is read again.
        reading::queue(hub, file);
        return Ok(answer(&json!({ "correction": format!("c{number}") })));
    }
    let report = if let Ok(report) = renewed(hub, id).await {
        report
    } else {
        let described = hub.described().await;
        around(hub, id, &view, &described)?
    };
    Ok(answer(&json!({ "correction": format!("c{number}"), "report": report })))
}
