//! Roll-up routes: a child recomputes the roll-up when something changed.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Asked, At, download};
use crate::ledger::Sent;
use crate::serve::earlier;
use crate::serve::fault::{Fault, answer};
use crate::serve::hub::Hub;
use crate::serve::rows;
use crate::serve::work::{Answer, Ask};

#[derive(Deserialize)]
pub(super) struct Wanted {
    year: Option<i16>,
    /// Whether reports with errors are excluded.
    clean: Option<bool>,
}

/// The roll-up, with the names of its files.
pub(super) async fn rollup(State(hub): State<Arc<Hub>>, Asked(wanted): Asked<Wanted>) -> Answered {
    Ok(answer(&sums(&hub, &wanted).await?))
}

async fn sums(hub: &Arc<Hub>, wanted: &Wanted) -> Result<Value, Fault> {
    let revision = *hub.changed.borrow();
    let clean = wanted.clean.unwrap_or_default();
    let asked = wanted.year.or_else(|| hub.settings().text("year").and_then(|year| year.parse().ok()));
    let year = rows::year(&hub.state(), asked);
    // The folder name is the cache key: revision of the state, year and option.
    let name = format!("rollup-{revision}-{}-{clean}", year.unwrap_or_default());
    let folder = hub.store.made().join(&name);
    let kept = folder.join("shown.json");
    let reading = kept.clone();
    if let Ok(bytes) = super::on_disk(move || std::fs::read(reading)).await
        && let Ok(value) = serde_json::from_slice(&bytes)
    {
        return Ok(value);
    }
    let (asking, out) = (Arc::clone(hub), folder.clone());
    let answered = hub.pool.ask_of_all(move || {
        let state = asking.state();
        // Reports that are in the folder as last year's are only compared with; they are not listed as reports of another year.
        let kept = year.map(|year| earlier::kept(&state, year)).unwrap_or_default();
        let last = year.and_then(|year| year.checked_sub(1));
        let of_last = |sent: &&Sent| state.parts(sent.file).iter().any(|part| part.year == last && last.is_some());
        let before = state.ledger.counting().filter(of_last).map(|sent| asking.alone(&state, sent)).collect();
        let files = state.ledger.counting().filter(|sent| !earlier::is_kept(&state, &kept, sent.file));
        let files = files.map(|sent| asking.file(&state, sent)).collect();
        asking.request(&state, Ask::Rollup { files, before, year, without_errors: clean, out })
    });
    let mut shown = match answered.await {
        Answer::Shown(shown) => shown,
        Answer::No(message) => return Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => return Err(Fault::refused(finding.message)),
        _ => return Err(Fault::not_found()),
    };
    shown["made"] = json!(name);
    let (text, made) = (shown.to_string(), hub.store.made());
    super::on_disk(move || {
        std::fs::write(&kept, text)?;
        sweep(&made, &name);
        Ok(())
    })
    .await?;
    Ok(shown)
}

/// Deletes earlier roll-ups except the last few, which an open page may still refer to.
fn sweep(made: &std::path::Path, latest: &str) {
    const KEPT: usize = 3;
    let entries = std::fs::read_dir(made).into_iter().flatten().flatten();
    let mut earlier: Vec<_> = entries
        .filter(|entry| {
            entry.file_name().to_string_lossy().starts_with("rollup-") && entry.file_name().to_string_lossy() != latest
        })
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    earlier.sort();
    for (_, path) in earlier.iter().rev().skip(KEPT) {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// A file of the roll-up.
pub(super) async fn file(State(hub): State<Arc<Hub>>, At(name): At<String>, Asked(wanted): Asked<Wanted>) -> Answered {
    let shown = sums(&hub, &wanted).await?;
    let names = shown["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    // Only names that the roll-up returned become part of a path.
    let known = names.iter().filter_map(Value::as_str).find(|known| *known == name).ok_or_else(Fault::not_found)?;
    let folder = shown["made"].as_str().ok_or_else(Fault::not_found)?;
    let superior = shown["superior"].as_str().unwrap_or_default();
    let shown_name = if known == "index.html" { "汇总.html".to_owned() } else { known.to_owned() };
    let year = shown["year"].as_i64().unwrap_or_default();
    download(hub.store.made().join(folder).join(known), &format!("{superior}{year}年{shown_name}"), false).await
}
