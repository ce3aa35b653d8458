//! Notices to the agencies that have sent nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::{Answered, chinese, download, made};
use crate::serve::body;
use crate::serve::fault::Fault;
use crate::serve::hub::Hub;
use crate::serve::rows::{self, Standing};
use crate::serve::state;
use crate::serve::work::{Answer, Ask};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The year of the page; if missing, that of the settings, else the default of [`rows::year`].
    year: Option<i16>,
}

/// Notices for all listed agencies that have sent nothing for the year, in one archive.
pub(super) async fn all(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: Body) -> Answered {
    let Wanted { year } = body::json(body).await?;
    let described = hub.described().await;
    let listed = described.get("agencies").cloned().unwrap_or_default();
    let settings = hub.settings();
    let (year, form, agencies) = {
        let state = hub.state();
        let year = rows::year(&state, year.or_else(|| settings.text("year")?.parse().ok()));
        let form = settings.text("form").or_else(|| most_sent(&state, year));
        let rows = rows::rows(&state, year, false, &listed).into_iter();
        let missing: Vec<String> =
            rows.filter(|row| row.state == Standing::None).filter_map(|row| row.agency).collect();
        (year, form, missing)
    };
    if agencies.is_empty() {
        return Err(Fault::bad("没有未报的单位。", "no agency is missing"));
    }
    let out = made(&hub, ".zip")?;
    let (path, chinese, asking) = (out.clone(), chinese(&headers), Arc::clone(&hub));
    let answered =
        hub.pool.ask(move || asking.request(&asking.state(), Ask::Reminders { agencies, year, form, chinese, out }));
    match answered.await {
        Answer::Made { name } => download(path, &name, true).await,
        Answer::No(message) => Err(Fault::refused(message)),
        _ => Err(Fault::not_found()),
    }
}

/// The most frequent form among the reports of the year.
fn most_sent(state: &state::State, year: Option<i16>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for part in state.ledger.standing().flat_map(|sent| state.parts(sent.file)) {
        if part.year == year {
            *counts.entry(&part.form).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|&(_, count)| count).map(|(form, _)| form.to_owned())
}
