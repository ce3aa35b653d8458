//! Settings routes: the content of `nianbao.toml`, and uploaded files that become part of it after validation in a child.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::files::{announced, file_name};
use super::{Answered, Asked, At, download, made, on_disk};
use crate::finding::Message;
use crate::ledger::{LastYearFile, Ledger, What, stored_name};
use crate::serve::auth::{LEAST, Visitor};
use crate::serve::body::{self, spool};
use crate::serve::earlier;
use crate::serve::fault::{Fault, answer};
use crate::serve::guard::name_of;
use crate::serve::hub::Hub;
use crate::serve::journal::Command;
use crate::serve::now;
use crate::serve::reading;
use crate::serve::rows;
use crate::serve::settings::{Settings, invalid};
use crate::serve::work::{Answer, Ask};

/// Maximum size of an uploaded settings file, in bytes.
const LIMIT: u64 = 32 << 20;

/// All settings with their evaluation.
pub(super) async fn all(State(hub): State<Arc<Hub>>) -> Answered {
    let mut described = hub.described().await.as_ref().clone();
    if let Some(described) = described.as_object_mut() {
        described.remove("labels");
    }
    let settings = hub.settings();
    let mut values = serde_json::Map::new();
    for (key, text) in settings.all() {
        values.insert(key.to_owned(), json!(text));
    }
    values.entry("name".to_owned()).or_insert_with(|| json!(hub.own_name()));
    let state = hub.state();
    let year = rows::year(&state, settings.text("year").and_then(|year| year.parse().ok()));
    let bytes: u64 = state.ledger.files.values().map(|sent| sent.bytes).sum();
    let given: Vec<&LastYearFile> = state.ledger.given.iter().collect();
    Ok(answer(&json!({
        "values": values,
        "described": described,
        "given": given,
        "names": names(&state.ledger),
        "kept": { "year": year.map(|year| year - 1), "count": earlier::agencies(&state, year) },
        "folder": hub.store.folder.display().to_string(),
        "stored": { "files": state.ledger.files.len(), "bytes": bytes },
        "lan": hub.lan,
        "address": hub.started().lan,
    })))
}

/// The original names of the settings files, taken from the log; the stored files are named by their digests.
fn names(ledger: &Ledger) -> BTreeMap<&'static str, String> {
    let said = |key: &'static str| {
        let begin = format!("{}：", title(key).zh);
        let last = ledger.entries.iter().rev().find_map(|entry| match &entry.what {
            What::Settings { about } => about.zh.strip_prefix(&begin),
            _ => None,
        });
        Some((key, last?.to_owned()))
    };
    ["agencies", "template", "page-template"].into_iter().filter_map(said).collect()
}

/// Changes text settings.
pub(super) async fn put(State(hub): State<Arc<Hub>>, Extension(visitor): Extension<Visitor>, body: Body) -> Answered {
    let wanted: BTreeMap<String, String> = body::json(body).await?;
    let mut settings = hub.settings();
    for (key, text) in &wanted {
        if !Settings::may_set(key) {
            return Err(Fault::bad(format!("没有“{key}”这一项设置。"), format!("there is no setting {key}")));
        }
        if let Some(message) = invalid(key, text) {
            return Err(Fault::refused(message));
        }
        settings.set(key, Some(text));
    }
    let names: Vec<&str> = wanted.keys().map(String::as_str).collect();
    let names = names.join(", ");
    let about = Message::new(format!("改了设置：{names}"), format!("changed settings: {names}"));
    saved(&hub, &visitor, settings, about).await
}

/// Saves the settings, logs the change, and queues all files to be checked again.
async fn saved(hub: &Arc<Hub>, visitor: &Visitor, settings: Settings, about: Message) -> Answered {
    let writing = settings.clone();
    on_disk(move || writing.save()).await?;
    hub.put_settings(settings);
    let who = name_of(hub, visitor);
    Fault::of_written(hub.write(Command::Log { who, what: What::Settings { about }, seen: None }).await)?;
    reading::again(hub);
    Ok(answer(&json!({ "saved": true })))
}

#[derive(Deserialize)]
pub(super) struct Named {
    name: Option<String>,
}

/// Labels of the settings.
fn title(key: &str) -> Message {
    let (zh, en) = match key {
        "agencies" => ("单位名录", "agencies"),
        "previous" => ("上年", "last year"),
        "template" => ("模板", "template"),
        "page-template" => ("网页模板", "page template"),
        "mappings" => ("表式", "forms"),
        other => (other, other),
    };
    Message::new(zh, en)
}

/// Receives a file that becomes part of the settings.
pub(super) async fn put_file(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(key): At<String>,
    Asked(named): Asked<Named>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    if !Settings::is_file(&key) {
        return Err(Fault::not_found());
    }
    let name = file_name(named.name.as_deref().unwrap_or_default());
    let spooled = spool(body, &hub.store.made(), &name, LIMIT, announced(&headers)).await?;
    let (asking, what, shown, path) = (Arc::clone(&hub), key.clone(), name.clone(), spooled.path().to_owned());
    let tried = hub.pool.ask(move || asking.request(&asking.state(), Ask::Candidate { what, name: shown, path })).await;
    let described = match tried {
        Answer::Shown(value) => value,
        Answer::No(message) => return Err(Fault::refused(message)),
        Answer::Refused { finding, .. } => return Err(Fault::refused(finding.message)),
        _ => return Err(Fault::not_found()),
    };
    let digest = spooled.sha256.clone();
    // The path consists of the setting's name and a digest; of the uploaded name only the suffix is used.
    let stored = stored_name(&digest[..16], &name);
    let (folder, value) = match key.as_str() {
        "mappings" => ("设置/表式".to_owned(), "设置/表式".to_owned()),
        "previous" => ("设置/上年".to_owned(), "设置/上年".to_owned()),
        key => (format!("设置/{key}"), format!("设置/{key}/{stored}")),
    };
    let stored = if key == "mappings" { format!("{}.toml", &digest[..16]) } else { stored };
    let (from, into) = (spooled.path().to_owned(), hub.store.folder.join(&folder));
    on_disk(move || {
        std::fs::create_dir_all(&into)?;
        let to = into.join(stored);
        std::fs::copy(&from, &to)?;
        std::fs::File::open(&to)?.sync_all()
    })
    .await?;
    drop(spooled);
    let who = name_of(&hub, &visitor);
    let given = What::LastYear(LastYearFile { name: name.clone(), sha256: digest });
    if key == "previous" {
        Fault::of_written(hub.write(Command::Log { who, what: given, seen: None }).await)?;
    }
    let value = if key == "previous" { only_file(&hub.store.folder, &value) } else { value };
    let mut settings = hub.settings();
    settings.set(&key, Some(&value));
    let title = title(&key);
    let about = Message::new(format!("{}：{name}", title.zh), format!("{}: {name}", title.en));
    let _ = saved(&hub, &visitor, settings, about).await?;
    Ok(answer(&json!({ "saved": true, "is": described })))
}

/// The path of the only file of a folder, else of the folder itself: a single file may be a roll-up.
fn only_file(root: &std::path::Path, folder: &str) -> String {
    let names: Vec<String> = std::fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    match names.as_slice() {
        [name] => format!("{folder}/{name}"),
        _ => folder.to_owned(),
    }
}

/// Removes a file from the settings; the file stays in the folder.
pub(super) async fn take_away(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(key): At<String>,
) -> Answered {
    if !Settings::is_file(&key) {
        return Err(Fault::not_found());
    }
    if key == "previous" {
        // Files uploaded later must not mix with these, so the folder is renamed with the time.
        let (from, to) = (
            hub.store.folder.join("设置/上年"),
            hub.store.folder.join(format!("设置/上年-{}", now().replace(':', ""))),
        );
        on_disk(move || if from.exists() { std::fs::rename(from, to) } else { Ok(()) }).await?;
    }
    let mut settings = hub.settings();
    settings.set(&key, None);
    let title = title(&key);
    let about = Message::new(format!("{}：不用了", title.zh), format!("{}: no longer used", title.en));
    saved(&hub, &visitor, settings, about).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    password: String,
}

/// Sets the password for other machines; allowed only from this machine.
pub(super) async fn password(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    body: Body,
) -> Answered {
    let Password { password } = body::json(body).await?;
    if visitor.name.is_some() {
        return Err(Fault::refused(Message::new(
            "口令只能在放程序的电脑上改。",
            "The password is changed at the machine itself.",
        )));
    }
    if password.chars().count() < LEAST {
        return Err(Fault::refused(Message::new(
            format!("口令至少{LEAST}个字。"),
            format!("A password has at least {LEAST} characters."),
        )));
    }
    let setting = Arc::clone(&hub);
    on_disk(move || {
        setting.access.set_password(&setting.store, &password).map_err(|error| std::io::Error::other(error.to_string()))
    })
    .await?;
    let about = Message::new("改了口令", "changed the password");
    let who = name_of(&hub, &visitor);
    Fault::of_written(hub.write(Command::Log { who, what: What::Settings { about }, seen: None }).await)?;
    Ok(answer(&json!({ "saved": true })))
}

/// Sends a blank form.
pub(super) async fn blank(State(hub): State<Arc<Hub>>, At((form, suffix)): At<(String, String)>) -> Answered {
    let out = made(&hub, "")?;
    let (asking, path) = (Arc::clone(&hub), out.clone());
    match hub.pool.ask(move || asking.request(&asking.state(), Ask::Blank { form, suffix, out })).await {
        Answer::Made { name } => download(path, &name, true).await,
        Answer::No(message) => Err(Fault::refused(message)),
        _ => Err(Fault::new(axum::http::StatusCode::NOT_FOUND, "not-found", Message::default())),
    }
}
