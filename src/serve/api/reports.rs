//! Routes of a report: view model of the review screen, text of the file, generated files.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Asked, At, chinese, download, made};
use crate::ledger::What;
use crate::serve::body;
use crate::serve::fault::{Fault, answer};
use crate::serve::hub::Hub;
use crate::serve::rows::{self, parse};
use crate::serve::state::{Phase, stated};
use crate::serve::work::{Answer, Ask, OutputKind};

/// Maximum number of files in an archive.
const MOST: usize = 4_000;

/// Parses the id of a report into the file's number and the report's index; 404 if there is no such file.
pub(super) fn report(hub: &Hub, id: &str) -> Result<(u64, usize), Fault> {
    let (file, number) = parse(id).ok_or_else(Fault::not_found)?;
    hub.state().sent(file).ok_or_else(Fault::not_found)?;
    Ok((file, number))
}

/// The view model of a report.
pub(super) async fn one(State(hub): State<Arc<Hub>>, At(id): At<String>) -> Answered {
    let id = report(&hub, &id)?;
    let described = hub.described().await;
    let failed = match hub.state().items.get(&id.0).map(|item| item.phase.clone()) {
        Some(Phase::Refused(finding, agency)) => Some((finding, agency)),
        _ => None,
    };
    let view = match failed {
        Some((finding, agency)) => {
            json!({ "failed": { "code": finding.code, "message": finding.message, "agency": agency } })
        }
        None => match hub.ask_about(id, Ask::View).await {
            Answer::Shown(view) => view,
            Answer::Refused { finding, agency } => {
                json!({ "failed": { "code": finding.code, "message": finding.message, "agency": agency } })
            }
            Answer::No(message) => return Err(Fault::refused(message)),
            _ => return Err(Fault::not_found()),
        },
    };
    Ok(answer(&around(&hub, id, &view, &described)?))
}

/// Adds the server's data to the view model of a report: its row with versions, revision, corrections, entries of the log.
pub(super) fn around(hub: &Hub, (file, number): (u64, usize), view: &Value, described: &Value) -> Result<Value, Fault> {
    let agencies = described.get("agencies").cloned().unwrap_or_default();
    let state = hub.state();
    let sent = state.sent(file).ok_or_else(Fault::not_found)?;
    let part = state.parts(file).get(number);
    let year = part.and_then(|part| part.year);
    let id = rows::id(file, number);
    let rows = rows::rows(&state, year, false, &agencies);
    let has =
        |row: &&rows::AgencyRow| row.id.as_ref() == Some(&id) || row.versions.iter().any(|version| version.id == id);
    let row = rows.iter().find(has);
    let entries = state.ledger.entries.iter().filter(|entry| match &entry.what {
        What::Accepted { file: of, report, .. } | What::Returned { file: of, report, .. } => {
            (*of, *report) == (file, number)
        }
        _ => false,
    });
    let done: Vec<Value> = entries
        .map(|entry| json!({ "id": entry.id.to_string(), "at": entry.at, "who": entry.who, "what": entry.what, "undone": state.ledger.is_undone(entry.id) }))
        .collect();
    let corrections: Vec<Value> = state
        .corrections
        .iter()
        .enumerate()
        .filter(|(_, line)| line.sha256 == sent.sha256 && line.report == number)
        .map(|(at, line)| {
            let id = format!("c{}", at + 1);
            let undone = state.ledger.undone.contains_key(&id);
            json!({ "id": id, "at": line.at, "who": line.by, "field": line.field, "from": stated(&line.from), "to": stated(&line.to), "reason": line.reason, "undone": undone, "last": state.is_last(at + 1) })
        })
        .collect();
    Ok(json!({
        "id": id,
        "file": { "id": file, "name": sent.name, "sha256": sent.sha256, "bytes": sent.bytes, "at": sent.at, "who": sent.who },
        "revision": state.items.get(&file).map(|item| item.revision),
        "checks": state.items.get(&file).map(|item| item.checks),
        "again": state.items.get(&file).is_some_and(|item| item.again),
        "row": row,
        "done": done,
        "corrections": corrections,
        "report": view,
    }))
}

#[derive(Deserialize)]
pub(super) struct Field {
    field: Option<String>,
}

/// The text of the file, or the surroundings of a field.
pub(super) async fn source(State(hub): State<Arc<Hub>>, At(id): At<String>, Asked(wanted): Asked<Field>) -> Answered {
    let id = report(&hub, &id)?;
    match hub.ask_about(id, move |which| Ask::Source { which, field: wanted.field }).await {
        Answer::Shown(view) => Ok(answer(&view)),
        Answer::No(message) => Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => Err(Fault::refused(finding.message)),
        _ => Err(Fault::not_found()),
    }
}

#[derive(Deserialize)]
pub(super) struct Findings {
    findings: Option<String>,
}

/// Makes a file of a report and sends it.
pub(super) async fn output(
    State(hub): State<Arc<Hub>>,
    At((id, kind)): At<(String, String)>,
    Asked(wanted): Asked<Findings>,
    headers: HeaderMap,
) -> Answered {
    let id = report(&hub, &id)?;
    let kind = OutputKind::named(&kind).ok_or_else(Fault::not_found)?;
    let out = made(&hub, "")?;
    let (path, chinese) = (out.clone(), chinese(&headers));
    let findings: Vec<String> =
        wanted.findings.iter().flat_map(|ids| ids.split(',')).map(str::to_owned).filter(|id| !id.is_empty()).collect();
    let answered = hub.ask_about(id, move |which| Ask::Make { which, kind, chinese, findings, out }).await;
    match answered {
        Answer::Made { name } => download(path, &name, true).await,
        Answer::No(message) => Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => Err(Fault::refused(finding.message)),
        _ => Err(Fault::not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    reports: Vec<String>,
    kinds: Vec<String>,
}

/// Makes many files and sends them in one archive.
pub(super) async fn bundle(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: Body) -> Answered {
    let Bundle { reports, kinds } = body::json(body).await?;
    let kinds: Option<Vec<OutputKind>> = kinds.iter().map(|kind| OutputKind::named(kind)).collect();
    let kinds = kinds
        .filter(|kinds| !kinds.is_empty())
        .ok_or_else(|| Fault::bad("没有这种文件。", "there is no such kind of file"))?;
    if reports.is_empty() || reports.len() * kinds.len() > MOST {
        return Err(Fault::bad(format!("请选1到{MOST}个文件。"), format!("choose between 1 and {MOST} files")));
    }
    let ids = reports.iter().map(|id| report(&hub, id)).collect::<Result<Vec<_>, _>>()?;
    let out = made(&hub, ".zip")?;
    let (path, chinese, asking) = (out.clone(), chinese(&headers), Arc::clone(&hub));
    let answered = hub.pool.ask_of_all(move || {
        let state = asking.state();
        let files = ids.iter().filter_map(|&id| Some((asking.which(&state, id)?, kinds.clone()))).collect();
        asking.request(&state, Ask::Bundle { files, chinese, out })
    });
    match answered.await {
        Answer::Made { name } => download(path, &name, true).await,
        Answer::No(message) => Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => Err(Fault::refused(finding.message)),
        _ => Err(Fault::not_found()),
    }
}
