//! The routes: screens, static files, and the JSON API used by the page and by other programs.

mod backup;
mod files;
mod history;
mod lists;
mod reminders;
mod reports;
mod session;
mod settings;
mod sums;
mod typed;
mod writes;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;

use super::assets;
use super::body::on_disk;
use super::fault::Fault;
use super::guard::guard;
use super::hub::Hub;
use super::outgoing::{Download, streamed};
use super::store::random;
use crate::finding::Message;

/// Path parameters; a rejection is a JSON error.
pub(super) struct At<T>(pub(super) T);

/// Query parameters; a rejection is a JSON error.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(found)| Self(found)).map_err(|_| Fault::not_found())
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let found = Query::<T>::from_request_parts(parts, state).await;
        let bad = || Fault::bad("网址中的参数不对。", "a parameter of the address is wrong");
        found.map(|Query(found)| Self(found)).map_err(|_| bad())
    }
}

/// The response to a method that a route does not support.
async fn no_method() -> Fault {
    let message = Message::new("这个网址不能这样用。", "The address does not take this method.");
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "no-method", message)
}

/// The result of a handler.
pub(super) type Answered = Result<Response, Fault>;

/// All routes.
pub(super) fn router(hub: Arc<Hub>) -> Router {
    let mut router = Router::new()
        .route("/login", get(|| async { assets::page() }))
        .route("/api/session", get(session::who).post(session::enter).delete(session::leave))
        .route("/api/state", get(lists::state))
        .route("/api/changes", get(lists::changes))
        .route("/api/files", post(files::receive))
        .route("/api/files/{file}", get(files::one))
        .route("/api/files/{file}/again", post(files::again))
        .route("/api/files/{file}/delete", post(files::delete))
        .route("/api/reports/{id}", get(reports::one))
        .route("/api/reports/{id}/source", get(reports::source))
        .route("/api/reports/{id}/output/{kind}", get(reports::output))
        .route("/api/reports/{id}/preview", post(writes::preview))
        .route("/api/reports/{id}/correct", post(writes::correct))
        .route("/api/reports/{id}/type", post(typed::fill))
        .route("/api/reports/{id}/accept", post(writes::accept))
        .route("/api/reports/{id}/return", post(writes::send_back))
        .route("/api/reports/{id}/use", post(writes::use_version))
        .route("/api/bundle", post(reports::bundle))
        .route("/api/reminders", post(reminders::all))
        .route("/api/rollup", get(sums::rollup))
        .route("/api/rollup/{name}", get(sums::file))
        .route("/api/log", get(history::log))
        .route("/api/log/{id}/undo", post(history::undo))
        .route("/api/settings", get(settings::all).put(settings::put))
        .route("/api/settings/{key}", axum::routing::put(settings::put_file).delete(settings::take_away))
        .route("/api/backup", get(backup::all))
        .route("/api/password", post(settings::password))
        .route("/api/forms/{form}/blank/{suffix}", get(settings::blank));
    for screen in assets::SCREENS {
        router = router.route(screen, get(|| async { assets::page() }));
    }
    router
        .method_not_allowed_fallback(no_method)
        .fallback(|request: Request| async move { assets::file(request.uri().path(), request.headers()) })
        .layer(from_fn_with_state(Arc::clone(&hub), guard))
        .with_state(hub)
}

/// A new path with a random name in the folder of generated files.
fn made(hub: &Hub, suffix: &str) -> Result<PathBuf, Fault> {
    let name = random().map_err(|_| Fault::disk(&std::io::ErrorKind::Other.into()))?;
    Ok(hub.store.made().join(format!("{name}{suffix}")))
}

/// Sends a file as a download named `name`; deletes it afterwards if `once` is set.
async fn download(path: PathBuf, name: &str, once: bool) -> Answered {
    let (file, size) = on_disk(move || Download::open(&path, once)).await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(size));
    if let Some(value) = disposition(name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok((headers, streamed(file)).into_response())
}

/// The `Content-Disposition` header for a download with a name.
fn disposition(name: &str) -> Option<header::HeaderValue> {
    let encoded: String = name.bytes().map(percent).collect();
    header::HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}")).ok()
}

/// Percent-encodes a byte of a header parameter (RFC 8187).
fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// Whether to answer in Chinese: unless `Accept-Language` names English and not Chinese before it.
fn chinese(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |language: &str| accepted.find(language);
    match (first("zh"), first("en")) {
        (Some(zh), Some(en)) => zh < en,
        (None, Some(_)) => false,
        _ => true,
    }
}
