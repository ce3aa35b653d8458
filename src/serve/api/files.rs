//! Uploads, one file per request: spooled to disk, named by digest, logged, then acknowledged.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::{Answered, Asked, At};
use crate::ledger::{What, stored_name};
use crate::serve::auth::Visitor;
use crate::serve::body::{self, spool};
use crate::serve::fault::{Fault, answer};
use crate::serve::guard::name_of;
use crate::serve::hub::Hub;
use crate::serve::journal::{Command, Seen, Written};
use crate::serve::reading;
use crate::serve::state::Phase;

/// Maximum length of a file name, in characters.
const NAME: usize = 240;

#[derive(Deserialize)]
pub(super) struct Named {
    name: Option<String>,
    drop: Option<String>,
}

/// Receives an upload.
pub(super) async fn receive(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    Asked(named): Asked<Named>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let name = file_name(named.name.as_deref().unwrap_or_default());
    if name.is_empty() {
        return Err(Fault::bad("请写明文件名（name）。", "say the name of the file (name)"));
    }
    let drop: Option<String> =
        named.drop.map(|drop| drop.chars().filter(char::is_ascii_alphanumeric).take(40).collect());
    let spooled = spool(body, &hub.store.sent(), &name, hub.limit(), announced(&headers)).await?;
    let (sha256, bytes) = (spooled.sha256.clone(), spooled.bytes);
    spooled.keep(&stored_name(&sha256, &name)).await?;
    let what = What::Received { file: 0, name: name.clone(), sha256: sha256.clone(), bytes, drop, archive: None };
    let who = name_of(&hub, &visitor);
    let (file, known) = match hub.write(Command::Log { who, what, seen: None }).await {
        Written::Received(file) => {
            reading::queue(&hub, file);
            (file, false)
        }
        Written::Known(file) => (file, true),
        other => (Fault::of_written(other)?, false),
    };
    Ok(answer(&json!({ "file": file, "name": name, "sha256": sha256, "bytes": bytes, "known": known })))
}

/// The `Content-Length` of a request.
pub(super) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The last part of a path, without invisible characters.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    last.trim().chars().filter(shown).take(NAME).collect()
}

/// The processing phase of a file.
pub(super) async fn one(State(hub): State<Arc<Hub>>, At(file): At<u64>) -> Answered {
    let state = hub.state();
    let (sent, item) = state.sent(file).zip(state.items.get(&file)).ok_or_else(Fault::not_found)?;
    let mut shown = json!({ "file": file, "name": sent.name, "sha256": sent.sha256, "bytes": sent.bytes, "at": sent.at, "revision": item.revision });
    match &item.phase {
        Phase::Waiting => shown["phase"] = json!("waiting"),
        Phase::Reading => shown["phase"] = json!("reading"),
        Phase::Read(parts) => {
            shown["phase"] = json!("read");
            let ids: Vec<String> = (0..parts.len()).map(|report| crate::serve::rows::id(file, report)).collect();
            shown["reports"] = json!(ids);
        }
        Phase::Refused(finding, _) => {
            shown["phase"] = json!("refused");
            shown["finding"] = json!({ "code": finding.code, "message": finding.message });
        }
    }
    Ok(answer(&shown))
}

/// Queues a file to be read again.
pub(super) async fn again(State(hub): State<Arc<Hub>>, At(file): At<u64>) -> Answered {
    hub.state().sent(file).ok_or_else(Fault::not_found)?;
    reading::queue(&hub, file);
    Ok(answer(&json!({ "file": file })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deleting {
    reason: String,
    revision: u64,
}

/// Marks a file as deleted; its bytes stay in the folder, and the deletion can be undone.
pub(super) async fn delete(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(file): At<u64>,
    body: Body,
) -> Result<Response, Fault> {
    let Deleting { reason, revision } = body::json(body).await?;
    hub.state().sent(file).ok_or_else(Fault::not_found)?;
    let reason = super::writes::reason(&reason)?;
    let seen = Some(Seen { file, revision });
    let written =
        hub.write(Command::Log { who: name_of(&hub, &visitor), what: What::Deleted { file, reason }, seen }).await;
    let id = Fault::of_written(written)?;
    Ok(answer(&json!({ "entry": id })))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_name_is_its_last_part_without_invisible_characters() {
        for (name, kept) in [
            ("../../etc/passwd", "passwd"),
            ("甲\\乙\\报告.docx", "报告.docx"),
            ("报告\u{202e}xcod.exe", "报告xcod.exe"),
            ("a\r\nSet-Cookie: x.docx", "aSet-Cookie: x.docx"),
            ("..", ".."),
        ] {
            assert_eq!(file_name(name), kept);
        }
        assert_eq!(file_name(&"长".repeat(500)).chars().count(), 240);
    }
}
