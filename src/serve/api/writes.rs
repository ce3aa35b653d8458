//! Write routes of a report: correct, accept, send back, choose a version. Each needs a reason and the revision it was based on.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reports::{around, report};
use super::{Answered, At};
use crate::corrections::Correction;
use crate::finding::Message;
use crate::ledger::What;
use crate::serve::auth::Visitor;
use crate::serve::body;
use crate::serve::fault::{Fault, answer};
use crate::serve::guard::name_of;
use crate::serve::hub::Hub;
use crate::serve::journal::{Command, Seen, Written};
use crate::serve::now;
use crate::serve::reading;
use crate::serve::state::{Phase, stated};
use crate::serve::work::{Answer, Ask, ReportSummary, Wanted};

/// Maximum length of a reason, in characters.
const REASON: usize = 500;

/// Validates a reason and replaces its control characters.
pub(super) fn reason(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::bad(
            "请写依据。以后有人问起，凭它说明为什么。",
            "write the reason; it explains later why this was done",
        ));
    }
    if text.chars().count() > REASON {
        return Err(Fault::bad(
            format!("依据请不超过{REASON}字。"),
            format!("a reason has at most {REASON} characters"),
        ));
    }
    Ok(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preview {
    field: String,
    to: String,
}

/// Previews a correction: the outcome of the rules with the field, and the counts of errors and warnings.
pub(super) async fn preview(State(hub): State<Arc<Hub>>, At(id): At<String>, body: Body) -> Answered {
    let id = report(&hub, &id)?;
    let Preview { field, to } = body::json(body).await?;
    let wanted =
        Wanted { field: field.clone(), to, stated: None, reason: "—".to_owned(), by: String::new(), at: now() };
    let Attempted { part, view, .. } = attempted(&hub, id, vec![wanted]).await?;
    let rules = view.get("rules").and_then(Value::as_array).cloned().unwrap_or_default();
    let touches =
        |instance: &Value| instance["fields"].as_array().is_some_and(|fields| fields.iter().any(|one| *one == field));
    let touched: Vec<Value> = rules
        .iter()
        .flat_map(|rule| {
            let instances = rule["instances"].as_array().cloned().unwrap_or_default();
            instances
                .into_iter()
                .filter(touches)
                .map(|instance| json!({ "rule": rule["id"], "text": rule["text"], "instance": instance }))
                .collect::<Vec<_>>()
        })
        .collect();
    Ok(answer(&json!({ "rules": touched, "errors": part.errors, "warnings": part.warnings })))
}

/// Corrections that can be applied, and the report with them.
pub(super) struct Attempted {
    pub(super) lines: Vec<Correction>,
    pub(super) part: Box<ReportSummary>,
    pub(super) view: Value,
}

/// Has a child try corrections. If one of them cannot be applied, all are refused with the names of the fields.
pub(super) async fn attempted(hub: &Arc<Hub>, id: (u64, usize), wanted: Vec<Wanted>) -> Result<Attempted, Fault> {
    match hub.ask_about(id, move |which| Ask::Try { which, wanted }).await {
        Answer::Tried { lines, refused, part, view } => match refused.first() {
            None => Ok(Attempted { lines, part, view }),
            Some((_, message)) => {
                let fields: Vec<&str> = refused.iter().map(|(field, _)| field.as_str()).collect();
                Err(Fault { more: json!({ "fields": fields }), ..Fault::refused(message.clone()) })
            }
        },
        Answer::No(message) => Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => Err(Fault::refused(finding.message)),
        _ => Err(Fault::not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correct {
    field: String,
    to: String,
    reason: String,
    revision: u64,
}

/// Corrects a figure, a paragraph, the agency, the year or the title.
pub(super) async fn correct(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let id = report(&hub, &id)?;
    let Correct { field, to, reason: why, revision } = body::json(body).await?;
    let reason = reason(&why)?;
    let seen = Seen { file: id.0, revision };
    let who = name_of(&hub, &visitor);
    let wanted = Wanted { field: field.clone(), to, stated: None, reason, by: who.clone(), at: now() };
    if !is_current(&hub, seen) {
        return Err(Fault::conflict(latest(&hub, id, Some(&field))));
    }
    let Attempted { lines, part, view } = attempted(&hub, id, vec![wanted]).await?;
    if lines.iter().all(|line| line.from == line.to) {
        return Err(Fault::bad("与原来的一样，没有改动。", "this is what stands there already"));
    }
    let number = match hub.write(Command::Correct { lines, who, seen: Some(seen), undoes: None }).await {
        Written::Conflict => return Err(Fault::conflict(latest(&hub, id, Some(&field)))),
        other => Fault::of_written(other)?,
    };
    put(&hub, id, *part);
    corrected(&hub, id, number, &view).await
}

/// The response to a written correction: its number, and the corrected report.
pub(super) async fn corrected(hub: &Arc<Hub>, id: (u64, usize), number: u64, view: &Value) -> Answered {
    reading::replace(hub, id.0).await;
    let described = hub.described().await;
    let report = around(hub, id, view, &described)?;
    Ok(answer(&json!({ "correction": format!("c{number}"), "report": report })))
}

pub(super) fn is_current(hub: &Hub, seen: Seen) -> bool {
    hub.state().items.get(&seen.file).is_some_and(|item| item.revision == seen.revision)
}

/// The last correction of a field, else of the report, shown on a conflict.
pub(super) fn latest(hub: &Hub, (file, number): (u64, usize), field: Option<&str>) -> Value {
    let state = hub.state();
    let Some(sent) = state.sent(file) else { return Value::Null };
    let own = |line: &&Correction| line.sha256 == sent.sha256 && line.report == number;
    let of_field = state.corrections.iter().rev().filter(own).find(|line| Some(line.field.as_str()) == field);
    let line = of_field.or_else(|| state.corrections.iter().rev().find(own));
    line.map_or(Value::Null, |line| {
        json!({ "who": line.by, "at": line.at, "field": line.field, "from": stated(&line.from), "to": stated(&line.to), "reason": line.reason })
    })
}

/// Replaces the summary of a report in the list.
fn put(hub: &Hub, (file, number): (u64, usize), part: ReportSummary) {
    hub.change(|state| {
        if let Some(item) = state.items.get_mut(&file)
            && let Phase::Read(parts) = &mut item.phase
            && let Some(known) = parts.get_mut(number)
        {
            *known = part;
        }
    });
}

/// Has a child read a file again for the list; returns the view model of the report.
pub(super) async fn renewed(hub: &Arc<Hub>, id: (u64, usize)) -> Result<Value, Fault> {
    let asking = Arc::clone(hub);
    let read = hub.pool.ask(move || {
        let state = asking.state();
        let ask = state.sent(id.0).map_or(Ask::Settings, |sent| Ask::Read(asking.file(&state, sent)));
        asking.request(&state, ask)
    });
    if let Answer::Parts(parts) = read.await {
        hub.change(|state| {
            if let Some(item) = state.items.get_mut(&id.0) {
                item.phase = Phase::Read(parts);
            }
        });
    }
    let described = hub.described().await;
    let view = match hub.ask_about(id, Ask::View).await {
        Answer::Shown(view) => view,
        _ => Value::Null,
    };
    around(hub, id, &view, &described)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    #[serde(default)]
    findings: Vec<String>,
    reason: String,
    until: Date,
    revision: u64,
}

/// Accepts findings, or all errors of a report.
pub(super) async fn accept(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let id = report(&hub, &id)?;
    let Accept { findings, reason: why, until, revision } = body::json(body).await?;
    let reason = reason(&why)?;
    let seen = Seen { file: id.0, revision };
    if !is_current(&hub, seen) {
        return Err(Fault::conflict(latest(&hub, id, None)));
    }
    let text = reason.clone();
    let answered = hub.ask_about(id, move |which| Ask::Accept { which, findings, reason: text, until }).await;
    let (waivers, about, left) = match answered {
        Answer::Accepted { waivers, about, left } => (waivers, about, left),
        Answer::No(message) => return Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => return Err(Fault::refused(finding.message)),
        _ => return Err(Fault::not_found()),
    };
    if waivers.is_empty() {
        let message = if left > 0 {
            Message::new(
                "这个问题不能接受：先要确定单位和年度。",
                "This cannot be accepted before agency and year are known.",
            )
        } else {
            Message::new("没有要接受的问题。", "There is nothing to accept.")
        };
        return Err(Fault::refused(message));
    }
    let what = What::Accepted { file: id.0, report: id.1, waivers, about, reason, until };
    let entry = log(&hub, &visitor, (id, seen), what).await?;
    let report = renewed(&hub, id).await?;
    Ok(answer(&json!({ "entry": entry.to_string(), "left": left, "report": report })))
}

/// Appends an entry about a report to the log; a conflict if the file has changed since `seen`.
async fn log(hub: &Hub, visitor: &Visitor, (id, seen): ((u64, usize), Seen), what: What) -> Result<u64, Fault> {
    match hub.write(Command::Log { who: name_of(hub, visitor), what, seen: Some(seen) }).await {
        Written::Conflict => Err(Fault::conflict(latest(hub, id, None))),
        other => Fault::of_written(other),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Return {
    #[serde(default)]
    findings: Vec<String>,
    reason: String,
    due: Option<Date>,
    revision: u64,
}

/// Logs that a report was sent back; the letter and the annotated copy are downloaded separately.
pub(super) async fn send_back(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let id = report(&hub, &id)?;
    let Return { findings, reason: why, due, revision } = body::json(body).await?;
    let reason = reason(&why)?;
    let seen = Seen { file: id.0, revision };
    let about = match hub.ask_about(id, Ask::View).await {
        Answer::Shown(view) => named(&view, &findings),
        _ => Vec::new(),
    };
    let what = What::Returned { file: id.0, report: id.1, about, findings, reason, due };
    let entry = log(&hub, &visitor, (id, seen), what).await?;
    Ok(answer(&json!({ "entry": entry.to_string() })))
}

/// The messages of the findings with these ids.
fn named(view: &Value, ids: &[String]) -> Vec<Message> {
    let findings = view.get("findings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wanted = |finding: &&Value| finding["id"].as_str().is_some_and(|id| ids.iter().any(|one| one == id));
    findings
        .iter()
        .filter(wanted)
        .filter_map(|finding| serde_json::from_value(finding["message"].clone()).ok())
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    reason: String,
}

/// Chooses the version of a report that counts.
pub(super) async fn use_version(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let id = report(&hub, &id)?;
    let Use { reason: why } = body::json(body).await?;
    let what = What::Used { file: id.0, report: id.1, reason: reason(&why)? };
    let written = hub.write(Command::Log { who: name_of(&hub, &visitor), what, seen: None }).await;
    let entry = Fault::of_written(written)?;
    Ok(answer(&json!({ "entry": entry.to_string() })))
}
