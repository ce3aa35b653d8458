//! The list of the start screen, and long polling for changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Asked};
use crate::serve::earlier;
use crate::serve::fault::answer;
use crate::serve::hub::Hub;
use crate::serve::rows::{self, Standing};
use crate::serve::state::Phase;

/// Timeout of long polling.
const WAIT: Duration = Duration::from_secs(25);

/// Debounce interval: changes within it are reported together.
const TOGETHER: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
pub(super) struct Wanted {
    year: Option<String>,
}

/// All data of the start screen.
pub(super) async fn state(State(hub): State<Arc<Hub>>, Asked(wanted): Asked<Wanted>) -> Answered {
    let described = hub.described().await;
    let agencies = described.get("agencies").cloned().unwrap_or_default();
    let settings = hub.settings();
    let all = wanted.year.as_deref() == Some("all");
    let asked = wanted.year.or_else(|| settings.text("year")).and_then(|year| year.parse().ok());
    let revision = *hub.changed.borrow();
    let state = hub.state();
    let year = rows::year(&state, asked);
    let rows = rows::rows(&state, year, all, &agencies);
    let count = |standing: Standing| rows.iter().filter(|row| row.state == standing).count();
    let list = agencies.get("list").and_then(Value::as_array).map_or(0, Vec::len);
    let tops = rows::tops(&agencies);
    let reported_tops = rows.iter().filter(|row| row.agency.as_ref().is_some_and(|name| tops.contains(name))).count();
    let mut years: BTreeMap<i16, usize> = BTreeMap::new();
    for part in state.ledger.standing().flat_map(|sent| state.parts(sent.file)) {
        if let Some(year) = part.year {
            *years.entry(year).or_default() += 1;
        }
    }
    let files: Vec<Value> = state
        .ledger
        .standing()
        .filter_map(|sent| {
            let phase = match state.items.get(&sent.file)?.phase {
                Phase::Waiting => "waiting",
                Phase::Reading => "reading",
                _ => return None,
            };
            Some(json!({ "file": sent.file, "name": sent.name, "bytes": sent.bytes, "phase": phase }))
        })
        .collect();
    let done = state.ledger.standing().count() - files.len();
    let (left, of) = state.checking_again();
    let counts = json!({
        "expected": (list > 0).then_some(list - tops.len() + reported_tops),
        "bad": count(Standing::Bad),
        "failed": count(Standing::Failed),
        "other": count(Standing::Other),
        "returned": count(Standing::Returned),
        "none": count(Standing::None),
        "fixed": count(Standing::Fixed),
        "accepted": count(Standing::Accepted),
        "clean": count(Standing::Clean),
        "working": count(Standing::Working),
        "double": rows.iter().filter(|row| row.double).count(),
        "unlisted": rows.iter().filter(|row| row.unlisted).count(),
        "warned": rows.iter().filter(|row| row.warnings > 0).count(),
    });
    Ok(answer(&json!({
        "revision": revision,
        "year": year,
        "years": years,
        "all": all,
        "form": settings.text("form"),
        "forms": described.get("forms"),
        "formats": described.get("formats"),
        "wrong": described.get("wrong"),
        "agencies": settings.text("agencies").map(|name| json!({ "name": name, "count": list - tops.len() })),
        "previous": settings.text("previous"),
        "kept": earlier::agencies(&state, year),
        "again": { "left": left, "of": of },
        "counts": counts,
        "rows": rows,
        "files": files,
        "done": done,
    })))
}

#[derive(Deserialize)]
pub(super) struct Since {
    since: Option<u64>,
}

/// Long polling: answers when the revision differs from `since`, or after a timeout with the same revision.
pub(super) async fn changes(State(hub): State<Arc<Hub>>, Asked(since): Asked<Since>) -> Answered {
    let since = since.since.unwrap_or_default();
    let mut changes = hub.changed.subscribe();
    let changed = tokio::time::timeout(WAIT, changes.wait_for(|revision| *revision != since)).await.is_ok();
    if changed {
        tokio::time::sleep(TOGETHER).await;
    }
    let revision = *hub.changed.borrow();
    Ok(answer(&json!({ "revision": revision })))
}
